"""Files come into their folder all or none, whatever happens on the way."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from exporters.errors import BriefpackError, RefusedError
from exporters.runs import lock, publish
from exporters.runs.ledger import Generation, Ledger, News, Run
from exporters.runs.memory import Memory


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "lock"
    }


def put(out: Path, contents: dict[str, bytes], expected: dict[str, str | None] | None = None) -> Path | None:
    with publish.staging(out) as work:
        for name, data in contents.items():
            work.write(name, lambda file, data=data: file.write(data))
        seen = {name: publish.digest(out / name) for name in contents}
        return work.publish(seen | (expected or {}))


def test_new_files_are_published_without_a_backup(tmp_path):
    out = tmp_path / "deep" / "pack"
    assert put(out, {"a": b"1", "manifest.json": b"{}"}) is None
    assert files(out) == {"a": b"1", "manifest.json": b"{}"}


def test_replaced_files_are_backed_up_and_equal_ones_keep_their_time(tmp_path):
    put(tmp_path, {"a": b"1", "b": b"2"})
    os.utime(tmp_path / "b", ns=(1, 1))
    backup = put(tmp_path, {"a": b"one", "b": b"2"})
    assert backup is not None
    assert files(backup) == {"a": b"1"}
    assert (tmp_path / "a").read_bytes() == b"one"
    assert (tmp_path / "b").stat().st_mtime_ns == 1


def test_two_backups_in_one_second_do_not_meet(tmp_path):
    put(tmp_path, {"a": b"1"})
    backups = {put(tmp_path, {"a": str(number).encode()}) for number in range(2, 6)}
    assert [files(backup) for backup in sorted(backups)] == [{"a": str(number).encode()} for number in range(1, 5)]


def test_a_file_saved_meanwhile_is_refused_and_nothing_moves(tmp_path):
    put(tmp_path, {"a": b"1", "b": b"2"})
    before = files(tmp_path)
    with pytest.raises(RefusedError) as caught:
        put(tmp_path, {"a": b"one", "b": b"two"}, {"b": sha(b"what the plan saw")})
    assert caught.value.exit_code == 4
    assert files(tmp_path) == before


def test_files_open_in_an_editor_are_refused_and_nothing_moves(tmp_path):
    put(tmp_path, {"a": b"1", "b": b"2", "c": b"3"})
    (tmp_path / "~$b").write_bytes(b"")
    (tmp_path / ".~lock.c#").write_bytes(b"")
    before = files(tmp_path)
    with pytest.raises(RefusedError) as caught:
        put(tmp_path, {"a": b"one", "b": b"two", "c": b"three"})
    assert [Path(fault.file).name for fault in caught.value.faults] == ["b", "c"]
    assert files(tmp_path) == before
    put(tmp_path, {"a": b"one", "b": b"2", "c": b"3"})
    assert (tmp_path / "a").read_bytes() == b"one"


def test_an_error_while_writing_leaves_no_trace(tmp_path):
    out = tmp_path / "new" / "pack"

    def burst(file):
        file.write(b"half")
        raise RuntimeError("full disk")

    with pytest.raises(RuntimeError), publish.staging(out) as work:
        work.write("a", lambda file: file.write(b"1"))
        work.write("b", burst)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("free", [True, False])
def test_a_first_build_that_fails_takes_nothing_of_another_first_build_away(tmp_path, monkeypatch, free):
    out = tmp_path / "pack"
    held = lock.held

    @contextmanager
    def held_after_another(path, shown):
        with monkeypatch.context() as patch, ExitStack() as other:
            patch.setattr(lock, "held", held)
            work = other.enter_context(publish.staging(out))
            work.write("manifest.json", lambda file: file.write(b"{}"))
            work.keep(b"pristine")
            work.publish({"manifest.json": None})
            if free:
                other.close()
            with held(path, shown):
                yield

    with monkeypatch.context() as patch:
        patch.setattr(lock, "held", held_after_another)
        with pytest.raises((RuntimeError, BriefpackError)), publish.staging(out):
            raise RuntimeError("this one fails")
    assert (out / "manifest.json").read_bytes() == b"{}"
    assert [path.read_bytes() for path in (out / ".briefpack" / "objects").rglob("*") if path.is_file()]


def test_a_lock_file_that_was_taken_away_keeps_nobody_out(tmp_path, monkeypatch):
    path = tmp_path / "lock"
    lock_file = lock._lock

    def too_late(handle):
        path.unlink()
        lock_file(handle)

    monkeypatch.setattr(lock, "_lock", too_late)
    with pytest.raises(BriefpackError, match="another run"), lock.held(path, tmp_path):
        pytest.fail("held a file that nobody else can see")


def test_an_error_between_two_moves_puts_the_first_back(tmp_path, monkeypatch):
    put(tmp_path, {"a": b"1", "manifest.json": b"old"})
    before = files(tmp_path)
    move = Path.replace

    def open_in_word(self, target):
        if Path(target) == tmp_path / "b":
            raise PermissionError(13, "in use", str(target))
        return move(self, target)

    monkeypatch.setattr(Path, "replace", open_in_word)
    with pytest.raises(PermissionError):
        put(tmp_path, {"a": b"one", "b": b"two", "manifest.json": b"new"})
    after = {name: data for name, data in files(tmp_path).items() if "backup" not in name}
    assert after == before


def dead_in_the_moves(out: Path, monkeypatch, at: str) -> None:
    """Publish a=one, b=two over a=1, and die (as by a kill) when *at* is to be moved."""
    put(out, {"a": b"1", "manifest.json": b"old"})
    move = Path.replace

    class KilledError(BaseException):
        pass

    def killed(self, target):
        if Path(target) == out / at:
            raise KilledError
        return move(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with pytest.raises(KilledError):
            put(out, {"a": b"one", "b": b"two", "manifest.json": b"new"})


@pytest.mark.parametrize("at", ["a", "b", "manifest.json"])
def test_the_next_run_finishes_what_a_killed_one_had_decided(tmp_path, monkeypatch, at):
    dead_in_the_moves(tmp_path, monkeypatch, at)
    publish.recover(tmp_path)
    found = files(tmp_path)
    assert (found["a"], found["b"], found["manifest.json"]) == (b"one", b"two", b"new")
    assert not (tmp_path / ".briefpack" / "ready").exists()


def test_finishing_never_writes_over_what_someone_saved_since(tmp_path, monkeypatch):
    dead_in_the_moves(tmp_path, monkeypatch, "a")
    (tmp_path / "a").write_bytes(b"by hand")
    publish.recover(tmp_path)
    assert (tmp_path / "a").read_bytes() == b"by hand"
    assert (tmp_path / "b").read_bytes() == b"two"


def test_what_was_not_decided_is_dropped(tmp_path):
    put(tmp_path, {"a": b"1"})
    left = tmp_path / ".briefpack" / "staging"
    left.mkdir()
    (left / "a").write_bytes(b"half")
    put(tmp_path, {"b": b"2"})
    assert (tmp_path / "a").read_bytes() == b"1"
    assert not left.exists()


def test_one_run_at_a_time(tmp_path):
    put(tmp_path, {"a": b"1"})
    with lock.held(tmp_path / ".briefpack" / "lock", tmp_path), pytest.raises(BriefpackError, match="another run"):
        put(tmp_path, {"a": b"2"})
    put(tmp_path, {"a": b"2"})
    assert (tmp_path / "a").read_bytes() == b"2"


def test_the_order_of_moves_is_on_disk_before_the_first(tmp_path, monkeypatch):
    dead_in_the_moves(tmp_path, monkeypatch, "a")
    order = json.loads((tmp_path / ".briefpack" / "ready" / "publish.json").read_text())
    assert order == {
        "names": ["a", "b", "manifest.json"],
        "expected": {"a": sha(b"1"), "b": None, "manifest.json": sha(b"old")},
        "behind": [],
        "news": None,
    }


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_a_replaced_file_keeps_its_mode(tmp_path):
    put(tmp_path, {"a": b"1"})
    (tmp_path / "a").chmod(0o640)
    put(tmp_path, {"a": b"2"})
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640


def test_a_killed_undoing_is_undone_by_the_next_run(tmp_path, monkeypatch):
    """A move fails, what was moved before is put back, and the kill comes in the middle of that."""
    put(tmp_path, {"a": b"1", "c": b"3"})
    move = Path.replace

    class KilledError(BaseException):
        pass

    def moves(self, target):
        if Path(target) == tmp_path / "c":
            raise PermissionError(13, "in use", str(target))
        if Path(target) == tmp_path / "a" and (tmp_path / "a").read_bytes() == b"one":
            raise KilledError
        return move(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", moves)
        with pytest.raises(KilledError):
            put(tmp_path, {"a": b"one", "b": b"two", "c": b"three"})
    assert (tmp_path / "a").read_bytes() == b"one"
    publish.recover(tmp_path)
    assert (tmp_path / "a").read_bytes() == b"1"
    assert (tmp_path / "c").read_bytes() == b"3"
    assert not (tmp_path / "b").exists()
    assert not (tmp_path / ".briefpack" / "ready").exists()


def in_use(monkeypatch, path: Path, times: int) -> None:
    """Let moves onto *path* fail as on Windows while a program holds it open."""
    move, left = Path.replace, [times]

    def moves(self, target):
        if Path(target) == path and left[0]:
            left[0] -= 1
            error = PermissionError(13, "The process cannot access the file", str(target))
            error.winerror = 32
            raise error
        return move(self, target)

    monkeypatch.setattr(Path, "replace", moves)
    monkeypatch.setattr("time.sleep", lambda _seconds: None)


def test_a_file_held_for_a_moment_is_waited_for(tmp_path, monkeypatch):
    put(tmp_path, {"a": b"1"})
    in_use(monkeypatch, tmp_path / "a", 3)
    put(tmp_path, {"a": b"2"})
    assert (tmp_path / "a").read_bytes() == b"2"


def test_a_file_held_for_long_is_refused_and_the_pack_stays(tmp_path, monkeypatch):
    put(tmp_path, {"a": b"1", "b": b"2"})
    in_use(monkeypatch, tmp_path / "b", 1000)
    with pytest.raises(RefusedError, match="open in another program"):
        put(tmp_path, {"a": b"one", "b": b"two"})
    assert (tmp_path / "a").read_bytes() == b"1"
    assert (tmp_path / "b").read_bytes() == b"2"


def generation(output: bytes) -> Generation:
    return Generation("a", 2, "i", "t", sha(output), sha(output))


def test_the_ledger_is_told_by_the_next_run_where_the_first_was_killed_before(tmp_path, monkeypatch):
    put(tmp_path, {"a": b"1"})
    news = News(Run("2026-01-01T00:00:00Z", "build", "d", "i", {}), (generation(b"2"),))

    class KilledError(BaseException):
        pass

    def killed(*_):
        raise KilledError

    with monkeypatch.context() as patch, pytest.raises(KilledError):
        patch.setattr(Ledger, "tell", killed)
        with publish.staging(tmp_path) as work:
            work.keep(b"2")
            work.write("a", lambda file: file.write(b"2"))
            work.publish({"a": sha(b"1")}, news)
    assert (tmp_path / "a").read_bytes() == b"2"
    publish.recover(tmp_path)
    with Memory(tmp_path) as memory:
        assert memory.ledger.current("a") == generation(b"2")
        assert memory.objects.get(sha(b"2")) == b"2"
        assert len(memory.ledger.history()) == 1
