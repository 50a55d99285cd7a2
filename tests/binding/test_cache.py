"""The cache of compiled templates: safe to delete, cannot be forged."""

from __future__ import annotations

import json
import os

import pytest

from exporters.binding.compiled import Cache, Compiled
from exporters.binding.program import Program


def make() -> Compiled:
    return Compiled({"main": Program("right", (1,), ("here",))}, {"parts": ["a"]})


def entry(folder):
    return next(path for path in folder.iterdir() if path.suffix == ".json")


def test_kept_and_found_again(tmp_path):
    cache = Cache(tmp_path)
    assert cache.get(b"template", "word", make) == make()
    assert cache.get(b"template", "word", lambda: pytest.fail("compiled twice")) == make()
    assert cache.get(b"other", "word", make) == make()
    assert len([path for path in tmp_path.iterdir() if path.suffix == ".json"]) == 2


def test_what_was_tampered_with_is_compiled_anew(tmp_path):
    cache = Cache(tmp_path)
    cache.get(b"template", "word", make)
    path = entry(tmp_path)
    path.write_text(path.read_text("utf-8").replace("right", "wrong"), "utf-8")
    assert cache.get(b"template", "word", make).programs["main"].source == "right"
    path.write_text("{}", "utf-8")
    assert cache.get(b"template", "word", make).programs["main"].source == "right"


def test_an_entry_moved_to_another_name_does_not_count(tmp_path):
    cache = Cache(tmp_path)
    cache.get(b"template", "word", make)
    first = entry(tmp_path)
    text = first.read_text("utf-8")
    first.unlink()
    cache.get(b"other", "word", lambda: Compiled({"main": Program("other", (), ())}))
    entry(tmp_path).write_text(text, "utf-8")
    again = cache.get(b"other", "word", lambda: Compiled({"main": Program("other", (), ())}))
    assert again.programs["main"].source == "other"


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_a_key_that_others_can_read_is_not_trusted(tmp_path):
    cache = Cache(tmp_path)
    cache.get(b"template", "word", make)
    (tmp_path / "key").chmod(0o644)
    calls = []
    cache.get(b"template", "word", lambda: calls.append(1) or make())
    assert calls


def test_no_folder_is_no_error(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert Cache(blocked / "cache").get(b"t", "word", make) == make()
    assert Cache(None).get(b"t", "word", make) == make()


def test_an_entry_holds_no_code(tmp_path):
    Cache(tmp_path).get(b"template", "word", make)
    assert json.loads(entry(tmp_path).read_text("utf-8").partition("\n")[2])["programs"]["main"]["source"] == "right"
