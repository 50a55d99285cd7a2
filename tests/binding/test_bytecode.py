"""Runnable programs kept between processes: the same result, and nothing forged is ever loaded."""

from __future__ import annotations

import marshal
import os

import pytest

from exporters.binding.bytecode import CodeStore
from exporters.binding.compiled import Cache, Compiled
from exporters.binding.environment import VALUE
from exporters.binding.program import Program
from exporters.errors import TemplateError

SOURCE = f"a{VALUE[0]}x|shout{VALUE[1]}b"


def said(program: Program) -> str:
    return "".join(program.bind({"shout": lambda value: value.upper() + "!"}).stream({"x": "y"}))


def cached(folder) -> Program:
    return Cache(folder).get(b"t", "word", lambda: Compiled({"main": Program(SOURCE, (), ())})).programs["main"]


def codes(folder):
    return [path for path in folder.iterdir() if path.suffix == ".code"]


def test_the_same_is_said_with_and_without_the_store(tmp_path, monkeypatch):
    assert said(cached(tmp_path)) == said(Program(SOURCE, (), ())) == "aY!b"
    assert len(codes(tmp_path)) == 1
    monkeypatch.setattr("jinja2.environment.Environment.compile", lambda *_: pytest.fail("compiled twice"))
    assert said(cached(tmp_path)) == "aY!b"


def test_other_filters_have_code_of_their_own(tmp_path):
    program = cached(tmp_path)
    said(program)
    program.bind({"shout": str, "whisper": str})
    assert len(codes(tmp_path)) == 2


@pytest.mark.parametrize("harm", ["flipped", "cut", "empty", "moved", "foreign key"])
def test_what_does_not_bear_the_digest_is_never_loaded(tmp_path, monkeypatch, harm):
    said(cached(tmp_path))
    path = codes(tmp_path)[0]
    kept = path.read_bytes()
    if harm == "flipped":
        path.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
    elif harm == "cut":
        path.write_bytes(kept[:-9])
    elif harm == "empty":
        path.write_bytes(b"")
    elif harm == "moved":
        cached(tmp_path).bind({"shout": str, "whisper": str})
        other = next(one for one in codes(tmp_path) if one != path)
        path.write_bytes(other.read_bytes())
    else:
        evil = compile("raise SystemExit('taken over')", "x", "exec")
        CodeStore(tmp_path, b"another key").get(SOURCE, (), lambda: evil)
        forged = next(one for one in codes(tmp_path) if one != path)
        path.write_bytes(forged.read_bytes())
    monkeypatch.setattr(marshal, "loads", lambda _: pytest.fail("loaded"))
    assert said(cached(tmp_path)) == "aY!b"


@pytest.mark.skipif(os.name != "posix", reason="links and owners")
def test_a_key_that_is_a_link_is_not_trusted(tmp_path):
    known = tmp_path / "elsewhere"
    known.write_bytes(b"a key that others know")
    known.chmod(0o600)
    folder = tmp_path / "cache"
    folder.mkdir()
    (folder / "key").symlink_to(known)
    assert said(cached(folder)) == "aY!b"
    assert codes(folder) == []


def test_a_program_that_does_not_parse_still_says_so(tmp_path):
    broken = Program(f"{VALUE[0]}x|{VALUE[1]}", (1,), ("paragraph 3",), CodeStore(tmp_path, b"key"))
    with pytest.raises(TemplateError, match="paragraph 3"):
        broken.bind({})


def test_what_a_filter_gave_once_is_not_kept(tmp_path):
    source = f"{VALUE[0]}('never')|stamp{VALUE[1]} {VALUE[0]}('a' ~ 'b')|stamp{VALUE[1]}"
    store = CodeStore(tmp_path, b"key")
    for given in ("first", "second"):
        bound = Program(source, (), (), store).bind({"stamp": lambda _, given=given: given})
        assert "".join(bound.stream({})) == f"{given} {given}"
