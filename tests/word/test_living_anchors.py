"""Values' bookmarks as LibreOffice leaves them: begun too early, or moved off by a comment or a note."""

from __future__ import annotations

import copy
import io
from pathlib import Path
from typing import Any

import docx
import pytest
from lxml import etree
from msgspec.structs import replace

from exporters.load import load
from exporters.word.living.atoms import Kind, Walker, text_of
from exporters.word.living.drifting import COMMENTS, CUT, has_cut_values, put_back
from tests.editors import Edit, LibreOffice
from tests.word.living_samples import FIRST, Maker, changed, dataset, template
from tests.word.living_steps import W, plan_of, write
from tests.word.test_living_docx import edited
from tests.word.test_living_guangzhou import ROOT, Briefing
from tests.word.test_living_upgrades import upgraded


def paragraph(content: str) -> Any:
    """Return a paragraph; ``+1 key`` and ``-1`` begin and end a bookmark, ``(`` and ``)`` a nameless control, ``!name`` what it is booked as."""
    pieces: list[str] = []
    for word in content.split():
        if word[0] == "+":
            number, key = word[1:].split(":")
            pieces.append(f'<w:bookmarkStart w:id="{number}" w:name="_bv{number}_{key}"/>')
        elif word[0] == "-":
            pieces.append(f'<w:bookmarkEnd w:id="{word[1:]}"/>')
        elif word[0] == "!":
            pieces.append(f'<w:bookmarkStart w:id="0" w:name="_bp_{word[1:]}"/>')
        elif word in "()":
            pieces.append("<w:sdt><w:sdtPr/><w:sdtContent>" if word == "(" else "</w:sdtContent></w:sdt>")
        elif word == "#":
            pieces.append('<w:r><w:commentReference w:id="0"/></w:r>')
        else:
            pieces.append(f"<w:r><w:t>{word}</w:t></w:r>")
    return etree.fromstring(f'<w:p xmlns:w="{W[1:-1]}">{"".join(pieces)}</w:p>')


def values_in(content: str, base: str = "") -> dict[str, str]:
    """Return the values of a paragraph, edited from *base* if given."""
    body = etree.Element(f"{W}body", nsmap={"w": W[1:-1]})
    body.append(paragraph(content))
    if base:
        beside = (*COMMENTS, *(CUT if has_cut_values(etree.tostring(body)) else ()))
        put_back(body, lambda: (paragraph(base),), {}, beside)
    atoms = Walker({}).paragraph(body[0])
    return {atom.key: text_of(atom.inner) for atom in atoms if atom.kind is Kind.BOOKED}


@pytest.mark.parametrize(
    ("content", "values"),
    [
        # Two values side by side, the second begun inside the first.
        ("+1:a_text 980 亿元 ( +2:b_text -1 ) 左右 -2", {"a.text": "980亿元", "b.text": "左右"}),
        ("共 ( +1:a_text 12 ) -1 个", {"a.text": "12"}),
        ("共 +1:a_text 有 ( 12 -1 0 ) 个", {"a.text": "有12"}),
    ],
)
def test_where_values_stand(content: str, values: dict[str, str]) -> None:
    assert values_in(content) == values


CELL = "!p ( +1:a_text 零售额 ) -1"
PROSE = (
    "!p 全市 +1:a_text ( 增长 7% 以上 ) -1 +2:b_text ( 力争 ) -2 +3:c_text ( 8% ) -3 ，4 个区高于 +4:d_text ( 5 ) -4 个"
)


@pytest.mark.parametrize(
    ("base", "content", "values"),
    [
        # In a cell, one, two and three characters to the left; at the paragraph's beginning they can go no further.
        (CELL, "!p # ( +1:a_text 零售 -1 额 )", {"a.text": "零售额"}),
        (CELL, "!p # ( +1:a_text 零 -1 售额 )", {"a.text": "零售额"}),
        # Typed over: where the control is.
        (CELL, "!p # ( +1:a_text 进出 -1 口额 )", {"a.text": "进出口额"}),
        (CELL, "!p # ( +1:a_text 零售 -1 )", {"a.text": "零售"}),
        # In prose, where the controls of neighbours are lost, and begin and end in other runs.
        (
            PROSE,
            "!p # 全市 +1:a_text 增长 7%以 -1 上 ( +2:b_text ) 力 -2 争 ( +3:c_text ) 8 -3 %，4个区高于 ( +4:d_text 5 ) -4 个",
            {"a.text": "增长7%以上", "b.text": "力争", "c.text": "8%", "d.text": "5"},
        ),
        (
            PROSE,
            "!p # 全市 +1:a_text 增长7% -1 以上 +2:b_text -2 力争 +3:c_text -3 8%，4个区高 +4:d_text 于 -4 ( 5 ) 个",
            {"a.text": "增长7%以上", "b.text": "力争", "c.text": "8%", "d.text": "5"},
        ),
        # Typed over, and words put in, by a person.
        (
            PROSE,
            "!p # 全市我们 +1:a_text 增长9% -1 以上 +2:b_text -2 力争 +3:c_text -3 8%，4个区高 +4:d_text 于 -4 ( 5 ) 个",
            {"a.text": "增长9%以上", "b.text": "力争", "c.text": "8%", "d.text": "5"},
        ),
        # What did not move: the number that was typed behind is a person's.
        (
            PROSE,
            "!p # 全市 +1:a_text 增长7%以上 -1 +2:b_text 力争 -2 +3:c_text 9% -3 （原 8% ），4个区高于 +4:d_text 5 -4 个",
            {"a.text": "增长7%以上", "b.text": "力争", "c.text": "9%", "d.text": "5"},
        ),
        (PROSE, "!p 全市 +1:a_text 增长7% -1 以上", {"a.text": "增长7%"}),
        # The comment was deleted meanwhile.
        (CELL, "!p ( +1:a_text 零售 -1 额 )", {"a.text": "零售额"}),
        (
            PROSE,
            "!p 全市 ( +1:a_text 增长7%以 -1 上 ) +2:b_text ( -2 力争 ) +3:c_text ( 8 -3 % ) ，4个区高于 ( +4:d_text 5 ) -4 个",
            {"a.text": "增长7%以上", "b.text": "力争", "c.text": "8%", "d.text": "5"},
        ),
        # A person's own words behind a value, typed within its control.
        (CELL, "!p ( +1:a_text 零售额 -1 （万元） )", {"a.text": "零售额"}),
    ],
)
def test_values_behind_a_comment_are_put_back(base: str, content: str, values: dict[str, str]) -> None:
    assert values_in(content, base) == values


def _remark(document: Any) -> None:
    for at, name in ((1, "A3"), (1, "C4"), (4, "B2")):
        remark = document.createInstance("com.sun.star.text.textfield.Annotation")
        remark.Author, remark.Content = "王", "请核实"
        cell = document.TextTables.getByIndex(at).getCellByName(name)
        cell.insertTextContent(cell.createTextCursor(), remark, False)


def _note(document: Any) -> None:
    search = document.createSearchDescriptor()
    search.SearchString = "缺口"
    found = document.findFirst(search)
    note = document.createInstance("com.sun.star.text.Footnote")
    found.Text.insertTextContent(found.End, note, False)
    note.setString("自己的注")


@pytest.mark.office
@pytest.mark.slow
@pytest.mark.parametrize(
    ("template", "edit"),
    [("standard/zh", None), ("standard/zh", _remark), ("standard/zh", _note), ("gbt9704/zh", _note)],
)
def test_the_progress_briefing_saved_three_times(
    template: str, edit: Edit | None, office: LibreOffice, tmp_path: Path
) -> None:
    base = Briefing(template)(load(ROOT / "data" / "sample-progress.yaml"))
    path = write(tmp_path / "briefing.docx", base)
    if edit is not None:
        office.edit(path, edit)
    office.resave(path, 3)
    plan = plan_of(base, path.read_bytes(), base)
    lost = [one for one in plan.edits if not one.key.endswith("~0#")]
    assert (lost, plan.conflicts, plan.kept, plan.vanished) == ([], (), (), 0)


@pytest.mark.office
@pytest.mark.slow
def test_values_behind_the_notes_of_a_template(office: LibreOffice, tmp_path: Path) -> None:
    document = docx.Document(io.BytesIO(template()))
    for mark in document.element.body.iter(f"{W}footnoteReference"):
        run = mark.getparent()
        next(run.getparent().iterchildren(f"{W}r")).addprevious(run)
    out = io.BytesIO()
    document.save(out)
    make = Maker(out.getvalue())
    base, ours = make(FIRST), make(changed(anhe={"gdp-growth": "9.5", "fai-level": "731"}))
    path = write(tmp_path / "briefing.docx", base)
    for _ in range(3):
        office.resave(path)
        plan = plan_of(base, path.read_bytes(), base)
        assert (plan.edits, plan.conflicts, plan.kept, plan.vanished) == ((), (), (), 0)
    plan = plan_of(base, path.read_bytes(), ours)
    assert not plan.conflicts and {"9.5%以上", "731亿元"} <= {one.new for one in plan.edits}


def test_a_watermark_cuts_no_value_of_a_header() -> None:
    document = docx.Document(io.BytesIO(template()))
    document.sections[0].header.paragraphs[0].text = "{{ pack.title }}"
    out = io.BytesIO()
    document.save(out)
    base = Maker(out.getvalue())(FIRST)

    def marked(document: Any) -> None:
        """Put a watermark in as LibreOffice 7.4 does: the value's control and bookmark end at it."""
        paragraph = document.sections[0].header.paragraphs[0]._p
        control = paragraph.find(f"{W}sdt")
        run = next(control.iter(f"{W}r"))
        rest = copy.deepcopy(run)
        node, after = next(run.iter(f"{W}t")), next(rest.iter(f"{W}t"))
        node.text, after.text = node.text[:2], node.text[2:]
        run.append(run.makeelement(f"{W}pict"))
        paragraph.append(rest)

    theirs = edited(base, marked)
    plan = plan_of(base, theirs, base)
    assert (plan.edits, plan.conflicts, plan.kept) == ((), (), ())
    data = dataset(FIRST)
    named = replace(data, title=replace(data.title, zh="新的标题"))
    result = upgraded(base, theirs, Maker(out.getvalue())(named), changed=False)
    assert (result.plan.conflicts, result.plan.kept) == ((), ())
    header = docx.Document(io.BytesIO(result.content or b"")).sections[0].header._element
    assert "".join(one.text or "" for one in header.iter(f"{W}t")) == "新的标题"
    assert header.find(f".//{W}pict") is not None


def test_a_paragraph_that_libreoffice_books_twice_when_it_is_split_is_one() -> None:
    make = Maker()
    base, ours = make(FIRST), make(changed(anhe={"gdp-growth": "9.5", "fai-level": "731"}))
    document = docx.Document(io.BytesIO(base))
    paragraph = next(
        one._p for one in document.paragraphs if "请抓好落实" in "".join(t.text for t in one._p.iter(f"{W}t"))
    )
    (start,) = [one for one in paragraph.iter(f"{W}bookmarkStart") if one.get(f"{W}name").startswith("_bp_")]
    (end,) = [one for one in paragraph.iter(f"{W}bookmarkEnd") if one.get(f"{W}id") == start.get(f"{W}id")]
    second = copy.deepcopy(paragraph)
    for one in list(second):
        if "请抓好落实" not in "".join(text.text for text in one.iter(f"{W}t")):
            second.remove(one)
    for text in list(paragraph.iter(f"{W}t")):
        text.text = text.text.replace("请抓好落实。", "")
    for text in second.iter(f"{W}t"):
        text.text = "请抓好落实。"
    again = copy.deepcopy(start)
    again.set(f"{W}id", "9001")
    second.insert(0, again)
    end.getparent().remove(end)
    end.set(f"{W}id", "9001")
    second.append(end)
    paragraph.addnext(second)
    out = io.BytesIO()
    document.save(out)
    plan = plan_of(base, out.getvalue(), ours)
    assert not plan.conflicts and not any(one.reason == "deleted" for one in plan.kept)
    assert {"9.5%以上", "731亿元"} <= {one.new for one in plan.edits}
