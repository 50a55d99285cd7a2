"""A template of one's own shades every other row: a district more or less turns the looks of all rows behind it."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
import yaml
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from exporters.runs.planning import Request
from tests.e2e import changes
from tests.e2e.edited import SAMPLE, Edited, build, said

_TAGS = {
    1: "{%tr for d in districts %}",
    2: "{%tr if loop.index is odd %}",
    4: "{%tr else %}",
    6: "{%tr endif %}{%tr endfor %}",
}


@pytest.fixture
def striped(tmp_path: Path) -> Edited:
    document = docx.Document()
    document.add_paragraph("{{ pack.title }}")
    table = document.add_table(7, 3)
    for cell, text in zip(table.rows[0].cells, ("区", "增速", "固投"), strict=True):
        cell.text = text
    for number, tag in _TAGS.items():
        table.cell(number, 0).text = tag
    for number in (3, 5):
        cells = table.rows[number].cells
        cells[0].text, cells[1].text = "{{ d.short }}", "{{ d.target.gdp_growth.text|dash }}"
        cells[2].text = "{{ d.target.fai_growth.text|dash }}"
    for cell in table.rows[3].cells:
        shade = OxmlElement("w:shd")
        shade.set(qn("w:fill"), "DDDDDD")
        cell._tc.get_or_add_tcPr().append(shade)
    template = tmp_path / "striped"
    template.mkdir()
    document.save(template / "briefing.docx")
    request, out = Request(templates=str(template), only=("word",), cache=tmp_path / "cache"), tmp_path / "pack"
    build(yaml.safe_load(SAMPLE), out, request)
    return Edited(out, request)


def rows(edited: Edited) -> list[str]:
    (table,) = docx.Document(edited / "word").tables
    return ["|".join("".join(map(said, cell.paragraphs)) for cell in row.cells) for row in table.rows[1:]]


def is_shaded(edited: Edited) -> list[bool]:
    (table,) = docx.Document(edited / "word").tables
    return [row._tr.find(f".//{qn('w:shd')}") is not None for row in table.rows[1:]]


def one_less(data: changes.Data) -> None:
    """The first district goes; the figures of two others move."""
    gone = next(one["id"] for one in data["places"] if one["level"] == "district")
    data["places"] = [one for one in data["places"] if one["id"] != gone]
    data["people"] = [one for one in data["people"] if all(post["place"] != gone for post in one["posts"])]
    data["initiatives"] = [one for one in data["initiatives"] if one["place"] != gone]
    changes.keep(data, lambda one: one["place"] != gone)
    for key, value in (("nanting.gdp-growth", 11), ("xilan.gdp-growth", 12), ("dongyu.gdp-growth", 13)):
        for one in data["targets"]:
            if one["id"] == key:
                one["value"] = value


def test_touched_rows_stand_once_and_follow(striped: Edited):
    before, shades = rows(striped), is_shaded(striped)
    assert shades == [at % 2 == 0 for at in range(len(before))] and len(before) == 5
    document = docx.Document(striped / "word")
    for number in (2, 4):
        document.tables[0].rows[number].cells[0].paragraphs[0].add_run("（注）")
    document.save(striped / "word")
    outcome = striped.rebuilt(one_less)
    assert outcome.exit_code == 0
    now = rows(striped)
    names = [row.partition("|")[0] for row in before[1:]]
    names[0], names[2] = names[0] + "（注）", names[2] + "（注）"
    assert [row.partition("|")[0] for row in now] == names
    assert len([row for row in now if "|11%" in row or "|12%" in row or "|13%" in row]) == 2
    # A row that nobody touched looks as the template has it by now.
    assert [is_shaded(striped)[at] for at in (1, 3)] == [False, False]
    striped.rebuilt()
    assert [row.partition("|")[0].removesuffix("（注）") for row in rows(striped)] == [
        row.partition("|")[0] for row in before
    ]
