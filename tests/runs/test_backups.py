"""What builds put aside: kept as long as somebody may want it back, and not for ever."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path

import pytest
import stub_room
from test_publishing import files, put

from exporters.errors import RefusedError
from exporters.runs import backups, publish
from exporters.runs.build import execute
from exporters.runs.planning import Request, plan


@pytest.fixture
def clock(monkeypatch):
    """Let the time of backups be what is set."""
    now = [dt.datetime(2026, 1, 1, 6, tzinfo=dt.UTC)]

    def moment() -> time.struct_time:
        return now[-1].timetuple()

    def later(**spans: int) -> None:
        now.append(now[-1] + dt.timedelta(**spans))

    monkeypatch.setattr(time, "gmtime", moment)
    return later


def names(out: Path) -> list[str]:
    return [path.name for path in backups.newest_first(out / ".briefpack" / "backup")]


def test_the_newest_are_kept_and_the_last_of_each_day_before(tmp_path, clock):
    for number in range(60):
        for hour in range(3):
            put(tmp_path, {"a": f"{number} {hour}".encode()})
            clock(hours=1)
        clock(hours=21)
    left = names(tmp_path)
    newest = [
        f"{dt.date(2026, 1, 1) + dt.timedelta(60 - 1 - back // 3):%Y%m%d}T{8 - back % 3:02}0000Z" for back in range(20)
    ]
    assert left[:20] == newest
    days = [name[:8] for name in left[20:]]
    assert len(left) == 20 + 30 - 7
    assert days == sorted(set(days), reverse=True)
    assert all(name.endswith("T080000Z") for name in left[20:])
    # The backup holds what the build after it replaced.
    assert files(tmp_path / ".briefpack" / "backup" / left[0]) == {"a": b"59 1"}
    assert not (tmp_path / ".briefpack" / "staging").exists()


def test_many_of_one_second_keep_their_order(tmp_path, clock):
    for number in range(13):
        put(tmp_path, {"a": str(number).encode()})
    held = [files(tmp_path / ".briefpack" / "backup" / name)["a"] for name in names(tmp_path)]
    assert held == [str(number).encode() for number in range(11, -1, -1)]


def test_a_run_that_dies_while_it_clears_leaves_no_half_backup(tmp_path, clock, monkeypatch):
    for number in range(21):
        put(tmp_path, {"a": str(number).encode()})
    oldest = names(tmp_path)[-1]

    class KilledError(BaseException):
        pass

    def killed(*_):
        raise KilledError

    with monkeypatch.context() as patch, pytest.raises(KilledError):
        patch.setattr(publish.Staging, "discard", lambda staging: killed() if staging._files else None)
        put(tmp_path, {"a": b"last"})
    assert (tmp_path / "a").read_bytes() == b"last"
    assert oldest not in names(tmp_path)
    put(tmp_path, {"b": b"next"})
    assert not (tmp_path / ".briefpack" / "staging").exists()


@pytest.fixture
def request_for(tmp_path, monkeypatch):
    folder = stub_room.install(monkeypatch, tmp_path / "mine", one="<doc/>")

    def make(**changes) -> Request:
        return Request(out=tmp_path / "pack", templates=str(folder), only=("one",), **changes)

    return make


def test_what_fresh_threw_away_is_never_cleared(request_for, tmp_path, clock):
    execute(plan(request_for()))
    nothing_lost = execute(plan(request_for(fresh=True, epoch=1)))
    (tmp_path / "pack" / "one.docx").write_bytes(b"by hand")
    thrown = execute(plan(request_for(fresh=True, epoch=2)))
    for number in range(25):
        put(tmp_path / "pack", {"a": str(number).encode()})
    clock(days=1)
    for number in range(25):
        put(tmp_path / "pack", {"a": f"later {number}".encode()})
    assert not nothing_lost.backup.exists()
    assert (thrown.backup / "one.docx").read_bytes() == b"by hand"
    assert len(names(tmp_path / "pack")) == 20 + 1 + 1


def test_a_version_beside_a_file_goes_when_the_file_is_up_to_date(request_for, tmp_path):
    out = tmp_path / "pack"
    execute(plan(request_for()))
    (out / "~$one.docx").write_bytes(b"")
    assert execute(plan(request_for(epoch=1))).exit_code == 4
    assert (out / "one.new.docx").exists()
    # It stays as long as the file itself is not up to date.
    assert execute(plan(request_for(epoch=2))).exit_code == 4
    assert (out / "one.new.docx").exists()
    (out / "~$one.docx").unlink()
    done = execute(plan(request_for(epoch=2)))
    assert (done.exit_code, done.warnings) == (0, ())
    assert not (out / "one.new.docx").exists()


def test_a_version_beside_a_file_that_somebody_changed_stays_and_is_told(request_for, tmp_path):
    out = tmp_path / "pack"
    execute(plan(request_for()))
    (out / "~$one.docx").write_bytes(b"")
    execute(plan(request_for(epoch=1)))
    (out / "~$one.docx").unlink()
    (out / "one.new.docx").write_bytes(b"by hand")
    for _ in range(2):
        done = execute(plan(request_for(epoch=1)))
        [fault] = done.warnings
        assert (done.exit_code, fault.severity) == (0, "warning")
        assert fault.file.endswith("one.new.docx")
    assert (out / "one.new.docx").read_bytes() == b"by hand"


def test_a_version_beside_a_file_that_somebody_changed_is_not_written_over(request_for, tmp_path):
    out = tmp_path / "pack"
    execute(plan(request_for()))
    (out / "~$one.docx").write_bytes(b"")
    assert execute(plan(request_for(epoch=1))).warnings == ()
    (out / "one.new.docx").write_bytes(b"by hand")
    for epoch in (1, 2):
        done = execute(plan(request_for(epoch=epoch)))
        [fault] = done.warnings
        assert (done.exit_code, fault.severity, Path(fault.file).name) == (4, "warning", "one.new.docx")
        assert (out / "one.new.docx").read_bytes() == b"by hand"
    (out / "one.new.docx").unlink()
    assert execute(plan(request_for(epoch=2))).warnings == ()
    (out / "~$one.new.docx").write_bytes(b"")
    before = (out / "one.new.docx").read_bytes()
    assert len(execute(plan(request_for(epoch=3))).warnings) == 1
    assert (out / "one.new.docx").read_bytes() == before


def test_a_foreign_file_and_what_stands_beside_it_are_both_left(request_for, tmp_path):
    out = tmp_path / "pack"
    out.mkdir()
    (out / "one.docx").write_bytes(b"someone's own")
    for _ in range(2):
        assert execute(plan(request_for())).exit_code == 4
        assert (out / "one.docx").read_bytes() == b"someone's own"
        assert (out / "one.new.docx").exists()
    (out / "one.docx").rename(tmp_path / "mine.docx")
    assert execute(plan(request_for())).exit_code == 0
    assert not (out / "one.new.docx").exists()


def test_a_pack_of_another_dataset_is_refused_before_anything_is_cleared(request_for, tmp_path):
    execute(plan(request_for()))
    (tmp_path / "pack" / "one.new.docx").write_bytes(b"x")
    with pytest.raises(RefusedError):
        plan(request_for(dataset="sample-progress"))
    assert (tmp_path / "pack" / "one.new.docx").exists()


def test_a_backup_made_while_the_clock_was_ahead_is_not_the_last_for_ever(tmp_path, clock):
    put(tmp_path, {"a": b"first"})
    (tmp_path / ".briefpack" / "backup" / "zz of my own").mkdir(parents=True)
    clock(days=1000)
    put(tmp_path, {"a": b"ahead"})
    clock(days=-1000)
    for number in range(25):
        put(tmp_path, {"a": str(number).encode()})
        # What was replaced last is there, and it is what `restore` takes.
        newest = next(name for name in names(tmp_path) if name != "zz of my own")
        assert files(tmp_path / ".briefpack" / "backup" / newest) == {
            "a": str(number - 1).encode() if number else b"ahead"
        }
