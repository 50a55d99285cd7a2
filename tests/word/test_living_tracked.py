"""Updates delivered as revisions: accept all is the clean result, reject all is the edited file."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import docx
import pytest

from tests.editors import LibreOffice, dispatch
from tests.word.living_samples import FIRST, Maker, changed
from tests.word.living_steps import W, faults, patched, plan_of, regenerate, settled, snapshot, text, tree, write
from tests.word.test_living_docx import edited, of

DATE = "2026-11-23T08:00:00Z"
CASES = {
    "values": changed(city={"gdp-growth": "6.5", "fai-level": "9100"}, anhe={"gdp-growth": "9", "fai-level": "800"}),
    "new": changed(changning={"gdp-growth": "10", "fai-level": "88"}),
    "first": {"city": FIRST["city"], "aihua": {"gdp-growth": "10", "fai-level": "88"}, **FIRST},
    "dropped": changed(bailin=None),
    "both": changed(
        anhe=None, changning={"gdp-growth": "10", "fai-level": "88"}, dongshan={"gdp-growth": "1", "fai-level": "2"}
    ),
}


@pytest.fixture(scope="module")
def make() -> Maker:
    return Maker()


@pytest.fixture(scope="module")
def base(make: Maker) -> bytes:
    return make(FIRST)


@pytest.fixture(scope="module")
def theirs(base: bytes) -> bytes:
    def edit(document: Any) -> None:
        of(document, "全市地区").add_run("请各部门核对。")
        of(document, "东山区今年").runs[-1].add_text("另行通知。")

    return edited(base, edit)


@pytest.mark.parametrize("case", CASES)
def test_accept_and_reject_by_the_standard(make: Maker, base: bytes, theirs: bytes, case: str) -> None:
    ours = make(CASES[case])
    clean, plan = regenerate(base, theirs, ours)
    tracked = patched(theirs, plan, ours, DATE)
    assert faults(tracked, theirs) == []
    assert settled(tracked, accept=True) == settled(clean, accept=True)
    assert settled(tracked, accept=False) == settled(theirs, accept=True)
    marks = list(tree(tracked).iter(f"{W}ins", f"{W}del"))
    assert marks and {(one.get(f"{W}author"), one.get(f"{W}date")) for one in marks} == {("briefpack", DATE)}


def test_the_next_run_finds_its_values_before_anyone_accepts(make: Maker, base: bytes, theirs: bytes) -> None:
    ours = make(CASES["values"])
    tracked, _ = regenerate(base, theirs, ours, DATE)
    assert not list(tree(tracked).iter(f"{W}sdt")) or len(list(tree(tracked).iter(f"{W}sdt"))) < 60
    later = make(changed(city={"gdp-growth": "7", "fai-level": "9100"}, anhe={"gdp-growth": "9", "fai-level": "800"}))
    again, plan = regenerate(ours, tracked, later, DATE)
    assert not plan.conflicts
    assert "全市地区生产总值增长7%以上" in "\n".join(settled(again, accept=True))
    assert "全市地区生产总值增长6%以上" in "\n".join(settled(again, accept=False))


def test_a_clean_run_gives_the_controls_back(make: Maker, base: bytes, theirs: bytes) -> None:
    ours = make(CASES["values"])
    tracked, _ = regenerate(base, theirs, ours, DATE)

    def accept(document: Any) -> None:
        body = document.element.body
        for mark in list(body.iter(f"{W}del")):
            mark.getparent().remove(mark)
        for mark in list(body.iter(f"{W}ins")):
            for child in list(mark):
                mark.addprevious(child)
            mark.getparent().remove(mark)

    accepted = edited(tracked, accept)
    later = make(changed(city={"gdp-growth": "7", "fai-level": "9100"}, anhe={"gdp-growth": "9", "fai-level": "800"}))
    clean, plan = regenerate(ours, accepted, later)
    assert not plan.conflicts and "全市地区生产总值增长7%以上" in text(clean)
    assert not [one for one in tree(clean).iter(f"{W}bookmarkStart") if one.get(f"{W}name").startswith("_bv_")]
    keys = [(item, slot.key) for _, item, slot in snapshot(clean).slots()]
    assert keys == [(item, slot.key) for _, item, slot in snapshot(theirs).slots()]


def _settle(document: Any, command: str) -> str:
    dispatch(document, command)
    return document.Text.String


def _nothing(document: Any) -> None:
    pass


@pytest.mark.office
@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_accept_and_reject_in_libreoffice(
    make: Maker, base: bytes, theirs: bytes, case: str, office: LibreOffice, tmp_path: Path
) -> None:
    ours = make(CASES[case])
    clean, plan = regenerate(base, theirs, ours)
    tracked = patched(theirs, plan, ours, DATE)
    states = {"clean": clean, "theirs": theirs, "accept": tracked, "reject": tracked}
    files = {name: write(tmp_path / f"{name}.docx", data) for name, data in states.items()}
    seen = {name: office.edit(files[name], _nothing) for name in ("clean", "theirs")}
    seen |= {
        "accept": office.edit(files["accept"], _settle, ".uno:AcceptAllTrackedChanges"),
        "reject": office.edit(files["reject"], _settle, ".uno:RejectAllTrackedChanges"),
    }
    after = {name: text(path.read_bytes()) for name, path in files.items()}
    assert after["accept"] == after["clean"]
    assert after["reject"] == after["theirs"]
    # The next run finds its anchors, accepted or rejected.
    later = make({**CASES[case], "city": {"gdp-growth": "7.7", "fai-level": "9100"}})
    for name in ("accept", "reject"):
        data = files[name].read_bytes()
        plan = plan_of(ours, data, later)
        # Rejecting a fourth district of four is more than a fifth of everything.
        assert plan.lost_too_much == (name == "reject" and case in {"first", "new", "both"})
        result = text(patched(data, plan, later))
        assert ("生产总值增长7.7%以上" in result) == (name == "accept" or case != "values")


def test_a_document_with_tracked_edits_of_a_person(make: Maker, base: bytes) -> None:
    def track(document: Any) -> None:
        paragraph = of(document, "全市地区")._p
        mark = paragraph.makeelement(f"{W}ins", {f"{W}id": "7001", f"{W}author": "王", f"{W}date": DATE})
        mark.append(docx.oxml.parse_xml(
            f'<w:r xmlns:w="{W[1:-1]}"><w:t>请各部门核对。</w:t></w:r>'))  # fmt: skip
        paragraph.append(mark)
        node = next(one for one in paragraph.iter(f"{W}t") if one.text == "，固定资产投资")
        run = node.getparent()
        gone = paragraph.makeelement(f"{W}del", {f"{W}id": "7002", f"{W}author": "王", f"{W}date": DATE})
        run.addprevious(gone)
        node.tag = f"{W}delText"
        gone.append(run)

    theirs = edited(base, track)
    ours = make(CASES["values"])
    for date in ("", DATE):
        result, plan = regenerate(base, theirs, ours, date)
        assert not plan.conflicts
        people = [one for one in tree(result).iter(f"{W}ins", f"{W}del") if one.get(f"{W}author") == "王"]
        assert len(people) == 2
        document = docx.Document(io.BytesIO(result))
        assert of(document, "请各部门核对。") is not None
        if date:
            assert settled(result, accept=False) == settled(theirs, accept=False)


def test_some_revisions_accepted_some_rejected_one_edited(make: Maker, base: bytes, theirs: bytes) -> None:
    """Accepted figures follow, a rejected one is the person's, and so is what they typed into an insertion."""
    ours = make(CASES["values"])
    tracked, _ = regenerate(base, theirs, ours, DATE)

    def settle(paragraph: Any, gone: str, stays: str) -> None:
        for mark in list(paragraph.iter(f"{W}{gone}")):
            mark.getparent().remove(mark)
        for mark in list(paragraph.iter(f"{W}{stays}")):
            for run in list(mark):
                mark.addprevious(run)
                for words in run.iter(f"{W}delText"):
                    words.tag = f"{W}t"
            mark.getparent().remove(mark)

    def review(document: Any) -> None:
        settle(of(document, "全市地区")._p, "del", "ins")
        settle(of(document, "安和区今年")._p, "ins", "del")
        insertion = next(document.tables[0]._tbl.iter(f"{W}ins"))
        next(insertion.iter(f"{W}t")).text += "（待核）"

    reviewed = edited(tracked, review)
    assert snapshot(reviewed).slots()
    plan = plan_of(ours, reviewed, ours)
    assert not plan.edits and not plan.conflicts
    figures = {"city": {"gdp-growth": "7", "fai-level": "9100"}, "anhe": {"gdp-growth": "9.5", "fai-level": "850"}}
    later = make(changed(**figures))
    data, plan = regenerate(ours, reviewed, later)
    accepted = settled(data, accept=True)
    assert any(one.startswith("全市地区生产总值增长7%以上，固定资产投资9100亿元") for one in accepted)
    assert any(one.startswith("安和区今年地区生产总值力争增长7.5%以上，固定资产投资730亿元") for one in accepted)
    assert {(one.theirs, one.ours) for one in plan.conflicts} == {
        ("7.5%以上", "9.5%以上"), ("730亿元", "850亿元"), ("9%以上（待核）", "9.5%以上"),
    }  # fmt: skip
    _, again = regenerate(later, data, later)
    assert not again.edits
