"""What the data drops leaves no trace in an edited workbook's totals, rankings, lists and charts."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from desk import NAME, Desk, verified
from living_samples import opened

from exporters.package import ct


def shown(content: bytes) -> dict[tuple[str, str], Any]:
    """Return what all cells show, by sheet and address."""
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    cells = ((sheet.title, cell) for sheet in book for line in sheet.iter_rows() for cell in line)
    return {(title, cell.coordinate): cell.value for title, cell in cells if cell.value not in (None, "")}


def charts(content: bytes) -> list[bytes]:
    package = opened(content)
    return [package.read(name) for name in package.names() if package.content_types.of(name) == ct.CHART]


@pytest.mark.parametrize(("dataset", "templates"), [("guangzhou-2023", "standard"), ("sample-progress", "gbt9704")])
def test_a_district_gone_leaves_what_a_fresh_build_says(tmp_path: Path, dataset: str, templates: str):
    desk = Desk(tmp_path, dataset, templates)
    desk.build()
    typed = '<row r="900"><c r="B900" t="inlineStr"><is><t>手写</t></is></c></row></sheetData>'
    desk.xml({"xl/worksheets/sheet6.xml": lambda text: text.replace("</sheetData>", typed)})
    desk.drop(next(one["place"] for one in reversed(desk.data["targets"]) if one["place"] != desk.data["city"]))
    assert desk.build().results == {NAME: "merged"}
    content, fresh = verified(desk), desk.fresh()
    found, wanted = shown(content), shown(fresh)
    mine = {place for place, value in found.items() if value == "手写"}
    assert len(mine) == 1
    assert {place: value for place, value in found.items() if place not in mine} == wanted
    assert charts(content) == charts(fresh)
