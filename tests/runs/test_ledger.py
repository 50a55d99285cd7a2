"""The memory of a pack survives kills and never drops a base in use."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporters.errors import BriefpackError
from exporters.runs import ledger as ledgers
from exporters.runs.ledger import Generation, Ledger, News, Run
from exporters.runs.objects import Objects
from exporters.snapshot import Conflict

CONFLICT = Conflict("nansha.gdp-growth.text", "both-changed", "10%", "12%", "9%")


def generation(number: int, **changes: str) -> Generation:
    values = {"inputs": "i", "template": "t", "base": f"b{number}", "output": f"o{number}"} | changes
    return Generation("briefing.docx", number, **values)


def run(day: int = 1, **summary: object) -> Run:
    return Run(f"2026-01-{day:02}T00:00:00Z", "build", "d", "i", summary)


def test_what_was_told_is_remembered(tmp_path):
    news = News(run(), (generation(1),), {"briefing.docx": (CONFLICT,)})
    with Ledger(tmp_path / "l") as ledger:
        assert ledger.current("briefing.docx") is None
        ledger.tell(news)
    with Ledger(tmp_path / "l") as ledger:
        assert ledger.current("briefing.docx") == generation(1)
        assert ledger.next_number("briefing.docx") == 2
        assert ledger.conflicts() == [("briefing.docx", CONFLICT)]


def test_news_come_back_whole_from_json():
    news = News(run(moved=["南沙"]), (generation(1), generation(2)), {"deck.pptx": (CONFLICT,)}, (("deck.pptx", 4),))
    assert News.from_json(news.to_json()) == news


def test_what_is_told_twice_is_known_once(tmp_path):
    news = News(run(), (generation(1),))
    with Ledger(tmp_path / "l") as ledger:
        ledger.tell(news)
        ledger.tell(News.from_json(news.to_json()))
        assert len(ledger.history()) == 1


def test_of_a_file_that_was_left_alone_nothing_is_written(tmp_path):
    other = Generation("deck.pptx", 1, "i", "t", "b", "o")
    with Ledger(tmp_path / "l") as ledger:
        ledger.tell(News(run(), (generation(1),), {"briefing.docx": (CONFLICT,)}))
        ledger.tell(News(run(2), (generation(2), other), {"briefing.docx": ()}), left=["briefing.docx"])
        current = ledger.current("briefing.docx")
        assert current is not None
        assert current.generation == 1
        assert ledger.conflicts() == [("briefing.docx", CONFLICT)]
        assert ledger.current("deck.pptx") == other


def test_history(tmp_path):
    with Ledger(tmp_path / "l") as ledger:
        ledger.tell(News(run(1, moved=["南沙 GDP 10% -> 9%"]), (generation(1),)))
        ledger.tell(News(run(2)))
        assert [one.started[:10] for one in ledger.history()] == ["2026-01-02", "2026-01-01"]
        assert ledger.history()[1].summary == {"moved": ["南沙 GDP 10% -> 9%"]}


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sets(st.sampled_from("ab"), min_size=1), st.sampled_from(["newest", "old copy", "fresh"])),
        max_size=30,
    ),
    st.integers(1, 5),
)
def test_retention_never_drops_the_base_of_a_file_in_place(tmp_path_factory, steps, kept):
    """Files are published in any order; now and then somebody puts back the oldest copy that is still remembered."""
    folder = tmp_path_factory.mktemp("pack")
    objects = Objects(folder / "objects")
    in_place: dict[str, int] = {}
    with pytest.MonkeyPatch.context() as patch, Ledger(folder / "l") as ledger:
        patch.setattr(ledgers, "KEPT_GENERATIONS", kept)
        for files, how in steps:
            bases = []
            told = []
            for file in sorted(files):
                if how == "old copy" and file in in_place:
                    in_place[file] = min(n for n in range(1, 99) if ledger.generation(file, n) is not None)
                if file in in_place and how != "fresh":
                    bases.append((file, in_place[file]))
                number = ledger.next_number(file)
                digest = objects.put(f"{file}{number}".encode())[0]
                told.append(Generation(file, number, "i", "t", digest, "o"))
            wanted = ledger.tell(News(run(), tuple(told), {}, tuple(bases)))
            assert wanted is not None
            objects.prune(wanted)
            for file, number in bases:
                known = ledger.generation(file, number)
                assert known is not None
                assert objects.get(known.base) == f"{file}{number}".encode()
            in_place |= {one.file: one.generation for one in told}
            for file, number in in_place.items():
                known = ledger.generation(file, number)
                assert known is not None
                assert objects.get(known.base) is not None
            assert len(list((folder / "objects").iterdir())) <= 2 * (kept + 1)


def test_nothing_is_forgotten_of_files_that_nobody_looked_at(tmp_path, monkeypatch):
    """Settling a conflict says nothing of bases in use, and a build of one file nothing of the others'."""
    monkeypatch.setattr(ledgers, "KEPT_GENERATIONS", 2)
    with Ledger(tmp_path / "l") as ledger:
        for number in range(1, 6):
            ledger.tell(News(run(), (generation(number),), {}, (("briefing.docx", 1),)))
        assert ledger.generation("briefing.docx", 1) is not None
        assert ledger.generation("briefing.docx", 2) is None
        assert ledger.tell(News(run(), (generation(5, output="settled"),))) is None
        ledger.tell(News(run(), (Generation("deck.pptx", 1, "i", "t", "b", "o"),), {}, ()))
        assert ledger.generation("briefing.docx", 1) is not None


def test_an_object_that_was_damaged_is_not_given_out(tmp_path):
    objects = Objects(tmp_path)
    [digest] = objects.put(b"right")
    objects.path(digest).write_bytes(b"wrong")
    assert objects.get(digest) is None


def test_a_ledger_damaged_anywhere_is_read_or_said(tmp_path):
    with Ledger(tmp_path / "l") as ledger:
        ledger.tell(News(run(), (generation(1),), {"briefing.docx": (CONFLICT,)}))
    whole = (tmp_path / "l").read_bytes()
    said = 0
    for page in range(len(whole) // 4096):
        damaged = whole[: page * 4096] + b"\xff" * 4096 + whole[(page + 1) * 4096 :]
        (tmp_path / "l").write_bytes(damaged)
        for read in (Ledger.history, Ledger.conflicts, lambda ledger: ledger.next_number("briefing.docx")):
            try:
                with Ledger(tmp_path / "l") as ledger:
                    read(ledger)
            except BriefpackError as error:
                assert "cannot be read" in str(error)
                said += 1
    assert said >= 6


def test_a_broken_ledger_says_what_to_do(tmp_path):
    (tmp_path / "l").write_bytes(b"not a database, but long enough to be looked at" * 20)
    with pytest.raises(BriefpackError) as caught:
        Ledger(tmp_path / "l")
    assert "move the .briefpack folder away" in str(caught.value)
