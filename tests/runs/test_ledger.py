"""The memory of a pack survives kills and never drops a base in use."""

from __future__ import annotations

import pytest

from exporters.errors import BriefpackError
from exporters.runs.ledger import Generation, Ledger
from exporters.runs.objects import Objects
from exporters.snapshot import Conflict

CONFLICT = Conflict("nansha.gdp-growth.text", "both-changed", "10%", "12%", "9%")


def generation(number: int, **changes: str) -> Generation:
    values = {"inputs": "i", "template": "t", "base": f"b{number}", "output": f"o{number}"} | changes
    return Generation("briefing.docx", number, 1, **values)


def test_published_is_remembered(tmp_path):
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        ledger.begin("2026-01-01T00:00:00Z", "build", "d", "i")
        ledger.pending(generation(1))
        assert ledger.current("briefing.docx") is None
        ledger.publish(generation(1), [CONFLICT])
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        assert ledger.current("briefing.docx") == generation(1)
        assert ledger.next_number("briefing.docx") == 2
        assert ledger.conflicts() == [("briefing.docx", CONFLICT)]


@pytest.mark.parametrize(("found", "kept"), [("o2", 2), ("o1", 1), (None, 1)])
def test_what_a_killed_run_left_is_settled_by_the_file(tmp_path, found, kept):
    with Ledger(tmp_path / "l") as ledger:
        ledger.pending(generation(1))
        ledger.publish(generation(1), [])
        ledger.pending(generation(2))
    with Ledger(tmp_path / "l") as ledger:
        assert ledger.recover(lambda _: found) == ["briefing.docx"]
        current = ledger.current("briefing.docx")
        assert current is not None
        assert current.generation == kept


def test_history(tmp_path):
    with Ledger(tmp_path / "l") as ledger:
        first = ledger.begin("2026-01-01T00:00:00Z", "build", "d", "i")
        ledger.finish(first, {"moved": ["南沙 GDP 10% -> 9%"]})
        ledger.begin("2026-01-02T00:00:00Z", "build", "d", "j")
        assert [run.id for run in ledger.history()] == [2, 1]
        assert ledger.history()[1].summary == {"moved": ["南沙 GDP 10% -> 9%"]}


def test_retention_keeps_bases_in_use(tmp_path):
    objects = Objects(tmp_path / "objects")
    with Ledger(tmp_path / "l") as ledger:
        digests = [objects.put(str(number).encode()) for number in range(6)]
        for number, digest in enumerate(digests):
            ledger.pending(generation(number, base=digest))
            ledger.publish(generation(number, base=digest), [])
        wanted = ledger.prune(2, {("briefing.docx", 1)})
        assert wanted == {digests[1], digests[4], digests[5]}
    assert objects.prune(wanted) == 3
    assert objects.get(digests[1]) == b"1"
    assert objects.get(digests[0]) is None


def test_an_object_that_was_damaged_is_not_given_out(tmp_path):
    objects = Objects(tmp_path)
    digest = objects.put(b"right")
    objects.path(digest).write_bytes(b"wrong")
    assert objects.get(digest) is None


def test_a_broken_ledger_says_what_to_do(tmp_path):
    (tmp_path / "l").write_bytes(b"not a database, but long enough to be looked at" * 20)
    with pytest.raises(BriefpackError) as caught:
        Ledger(tmp_path / "l")
    assert "move the .briefpack folder away" in str(caught.value)
