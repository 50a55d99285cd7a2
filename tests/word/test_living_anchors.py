"""Values' bookmarks as LibreOffice leaves them: begun too early, or moved off by a comment in a table's cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from exporters.load import load
from exporters.word.living.atoms import Kind, Walker, text_of
from tests.editors import LibreOffice
from tests.word.living_steps import W, plan_of, write
from tests.word.test_living_guangzhou import ROOT, Briefing


def paragraph(content: str) -> Any:
    """Return a paragraph; ``+1 key`` and ``-1`` begin and end a bookmark, ``(`` and ``)`` a nameless control."""
    pieces: list[str] = []
    for word in content.split():
        if word[0] == "+":
            number, key = word[1:].split(":")
            pieces.append(f'<w:bookmarkStart w:id="{number}" w:name="_bv{number}_{key}"/>')
        elif word[0] == "-":
            pieces.append(f'<w:bookmarkEnd w:id="{word[1:]}"/>')
        elif word in "()":
            pieces.append("<w:sdt><w:sdtPr/><w:sdtContent>" if word == "(" else "</w:sdtContent></w:sdt>")
        elif word == "#":
            pieces.append('<w:r><w:commentReference w:id="0"/></w:r>')
        else:
            pieces.append(f"<w:r><w:t>{word}</w:t></w:r>")
    return etree.fromstring(f'<w:p xmlns:w="{W[1:-1]}">{"".join(pieces)}</w:p>')


@pytest.mark.parametrize(
    ("content", "values"),
    [
        # Two values side by side, the second begun inside the first.
        ("+1:a_text 980 亿元 ( +2:b_text -1 ) 左右 -2", {"a.text": "980亿元", "b.text": "左右"}),
        ("共 ( +1:a_text 12 ) -1 个", {"a.text": "12"}),
        # One, two and three characters to the left; at the paragraph's beginning they can go no further.
        ("# ( +1:a_text 零售 -1 额 )", {"a.text": "零售额"}),
        ("# ( +1:a_text 零 -1 售额 )", {"a.text": "零售额"}),
        ("# 共 +1:a_text 有 ( 12 -1 0 ) 个", {"a.text": "120"}),
        ("# +1:a_text 共有 -1 ( 12 ) 个 +2:b_text 又 ( -2 7 )", {"a.text": "12", "b.text": "7"}),
        # Without a comment it is what a person did, or did not do.
        ("共 +1:a_text 有 ( 12 -1 0 ) 个", {"a.text": "有12"}),
        ("# ( +1:a_text 12 -1 ) 个", {"a.text": "12"}),
    ],
)
def test_where_values_stand(content: str, values: dict[str, str]) -> None:
    atoms = Walker({}).paragraph(paragraph(content))
    assert {atom.key: text_of(atom.inner) for atom in atoms if atom.kind is Kind.BOOKED} == values


def _remark(document: Any) -> None:
    for at, name in ((1, "A3"), (1, "C4"), (4, "B2")):
        remark = document.createInstance("com.sun.star.text.textfield.Annotation")
        remark.Author, remark.Content = "王", "请核实"
        cell = document.TextTables.getByIndex(at).getCellByName(name)
        cell.insertTextContent(cell.createTextCursor(), remark, False)


@pytest.mark.office
@pytest.mark.slow
@pytest.mark.parametrize("remark", [True, False])
def test_the_progress_briefing_saved_three_times(remark: bool, office: LibreOffice, tmp_path: Path) -> None:
    base = Briefing("standard/zh")(load(ROOT / "data" / "sample-progress.yaml"))
    path = write(tmp_path / "briefing.docx", base)
    if remark:
        office.edit(path, _remark)
    office.resave(path, 3)
    plan = plan_of(base, path.read_bytes(), base)
    lost = [one for one in plan.edits if not one.key.endswith("~0#")]
    assert (lost, plan.conflicts, plan.kept, plan.vanished) == ([], (), (), 0)
