"""What is kept between runs: safe to delete, cannot be forged."""

from __future__ import annotations

import errno
import os

import pytest

from exporters.cache import Store


def entries(folder):
    return sorted(path.name for path in folder.iterdir() if path.name != "key")


def test_kept_and_found_again(tmp_path):
    first = Store(tmp_path)
    name = first.name("thing", b"made", b"from")
    assert first.get(name) is None
    first.put(name, b"content")
    assert Store(tmp_path).get(name) == b"content"
    assert entries(tmp_path) == [name]


def test_names_tell_what_things_are_made_from(tmp_path):
    store = Store(tmp_path)
    names = {
        store.name("a", b"xy", b"z"),
        store.name("a", b"x", b"yz"),
        store.name("a", b"xyz"),
        store.name("b", b"xyz"),
    }
    assert len(names) == 4


@pytest.mark.parametrize("harm", ["flipped", "cut", "empty", "moved", "foreign key"])
def test_what_does_not_bear_the_digest_is_not_there(tmp_path, harm):
    store = Store(tmp_path / "cache")
    name, other = store.name("thing", b"1"), store.name("thing", b"2")
    store.put(name, b"right")
    path = tmp_path / "cache" / name
    kept = path.read_bytes()
    if harm == "flipped":
        path.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
    elif harm == "cut":
        path.write_bytes(kept[:-2])
    elif harm == "empty":
        path.write_bytes(b"")
    elif harm == "moved":
        store.put(other, b"wrong")
        path.write_bytes((tmp_path / "cache" / other).read_bytes())
    else:
        foreign = Store(tmp_path / "elsewhere")
        foreign.put(name, b"wrong")
        path.write_bytes((tmp_path / "elsewhere" / name).read_bytes())
    assert store.get(name) is None
    store.put(name, b"right")
    assert store.get(name) == b"right"


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_a_key_that_others_can_read_is_not_trusted(tmp_path):
    store = Store(tmp_path)
    name = store.name("thing", b"1")
    store.put(name, b"content")
    (tmp_path / "key").chmod(0o644)
    assert Store(tmp_path).get(name) is None


@pytest.mark.skipif(os.name != "posix", reason="links and owners")
def test_a_key_that_is_a_link_is_not_trusted(tmp_path):
    known = tmp_path / "elsewhere"
    known.write_bytes(b"a key that others know")
    known.chmod(0o600)
    folder = tmp_path / "cache"
    folder.mkdir()
    (folder / "key").symlink_to(known)
    store = Store(folder)
    store.put(store.name("thing", b"1"), b"content")
    assert entries(folder) == []


def test_no_folder_is_no_error(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    for store in (Store(blocked / "cache"), Store(None)):
        name = store.name("thing", b"1")
        store.put(name, b"content")
        store.keep_newest("thing", 1, 100)
        assert store.get(name) is None


@pytest.mark.parametrize(("count", "size", "left"), [(2, 10_000, 2), (5, 10_000, 5), (5, 100, 2), (5, 10, 0)])
def test_only_the_newest_of_a_kind_stay(tmp_path, count, size, left):
    store = Store(tmp_path)
    names = [store.name("thing", str(number).encode()) for number in range(5)]
    for age, name in enumerate(names):
        store.put(name, b"content of 18 bytes"[:18])
        os.utime(tmp_path / name, (age, age))
    store.put(store.name("other", b""), b"content")
    store.keep_newest("thing", count, size)
    assert entries(tmp_path) == sorted([*names[5 - left :], store.name("other", b"")])


def test_what_a_process_left_that_died_while_it_wrote_goes_an_hour_later(tmp_path):
    store = Store(tmp_path)
    name = store.name("thing", b"1")
    store.put(name, b"content")
    newest = (tmp_path / name).stat().st_mtime
    for left, age in ((f"{name}.1.part", 3_700), (f"{name}.2.part", 3_500), ("other.kind.3.part", 3_700)):
        (tmp_path / left).write_bytes(b"half")
        os.utime(tmp_path / left, (newest - age, newest - age))
    store.keep_newest("thing", 5, 10_000)
    assert entries(tmp_path) == sorted([name, f"{name}.2.part", "other.kind.3.part"])


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_a_disk_that_was_full_when_the_key_was_made_does_no_harm_later(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "no room")

    with monkeypatch.context() as at_first:
        at_first.setattr("exporters.cache.os.fdopen", full)
        Store(tmp_path).put("a.thing", b"content")
    store = Store(tmp_path)
    name = store.name("thing", b"1")
    store.put(name, b"content")
    assert store.get(name) == b"content"


def test_entries_that_cannot_be_dropped_are_no_error(tmp_path, monkeypatch):
    store = Store(tmp_path)
    name = store.name("thing", b"1")
    store.put(name, b"content")

    def refused(*_, **__):
        raise PermissionError

    monkeypatch.setattr("exporters.cache.Path.unlink", refused)
    store.keep_newest("thing", 0, 0)
    assert store.get(name) == b"content"
