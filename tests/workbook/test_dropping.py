"""What the data drops leaves no trace in an edited workbook's totals, rankings, lists and charts."""

from __future__ import annotations

import copy
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from desk import NAME, Desk, Grid, built, rows, verified
from living_samples import opened
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import TableColumn

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


def test_what_stands_around_the_rows_follows(tmp_path: Path):
    desk = Desk(tmp_path)
    desk.build()

    def edit(book: Any) -> None:
        grid = Grid(book)
        sheet, last = grid.sheet, grid.bottom
        own = grid.right + 1
        letter = get_column_letter(own)
        sheet.cell(grid.head, own).value = "双倍"
        for row in range(grid.head + 1, last + 1):
            sheet.cell(row, own).value = f"=G{row}*2"
        grid.table.tableColumns.append(TableColumn(id=own, name="双倍"))
        grid.table.ref = grid.table.autoFilter.ref = f"A{grid.head}:{letter}{last}"
        choice = DataValidation(type="list", formula1='"甲,乙"')
        choice.add(f"{letter}5:{letter}{last}")
        sheet.add_data_validation(choice)
        sheet.row_dimensions[last - 1].outlineLevel = 1
        sheet.cell(last + 3, 7).value = f"=SUM(G5:G{last})"
        book["说明"]["G70"] = f"=AVERAGE(目标!G5:G{last})"
        book["说明"]["G71"] = "=目标!G10"

    desk.edit(edit)
    desk.drop("baiyun")
    assert desk.build().results == {NAME: "merged"}
    assert not desk.status().plan.conflicts
    content = verified(desk)
    book = openpyxl.load_workbook(io.BytesIO(content))
    shows = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    grid = Grid(book)
    last = grid.bottom
    numbers = [value for row in range(5, last + 1) if (value := shows["目标"].cell(row, 7).value) is not None]
    letter = get_column_letter(grid.right)
    assert f"{letter}5:{letter}{last}" in [str(one.sqref) for one in grid.sheet.data_validations.dataValidation]
    assert grid.sheet.cell(last + 3, 7).value == f"=SUM(G5:G{last})"
    assert shows["目标"].cell(last + 3, 7).value == pytest.approx(sum(numbers))
    # The district's row has left this sheet too.
    assert book["说明"]["G69"].value == f"=AVERAGE(目标!G5:G{last})"
    assert shows["说明"]["G69"].value == pytest.approx(sum(numbers) / len(numbers))
    assert book["说明"]["G70"].value == "=目标!G10"


def test_a_row_with_a_small_chart_of_its_own_is_emptied(tmp_path: Path):
    desk = Desk(tmp_path)
    desk.build()
    before = rows(desk.content)
    lines = "".join(
        f"<x14:sparkline><xm:f>目标!G{row}:U{row}</xm:f><xm:sqref>Z{row}</xm:sqref></x14:sparkline>"
        for row in range(5, 5 + len(before))
    )
    main = "http://schemas.microsoft.com/office"
    group = (
        f'<extLst><ext uri="{{05C60535-1F16-4fd2-B633-F4F36F0B64E0}}" xmlns:x14="{main}/spreadsheetml/2009/9/main">'
        f'<x14:sparklineGroups xmlns:xm="{main}/excel/2006/main"><x14:sparklineGroup displayEmptyCellsAs="gap">'
        f"<x14:sparklines>{lines}</x14:sparklines></x14:sparklineGroup></x14:sparklineGroups></ext></extLst>"
    )
    desk.xml({"xl/worksheets/sheet2.xml": lambda text: text.replace("</tableParts>", f"</tableParts>{group}")})
    desk.drop("baiyun")
    assert desk.build().results == {NAME: "merged"}
    content = verified(desk)
    assert lines in opened(content).read("xl/worksheets/sheet2.xml").decode()
    gone = [key for key in before if key.startswith("baiyun.")]
    assert rows(content).keys() == before.keys() - set(gone)
    found, wanted = shown(content), shown(desk.fresh())
    assert {place: value for place, value in found.items() if place[0] != "目标"} == {
        place: value for place, value in wanted.items() if place[0] != "目标"
    }


def test_a_remark_beside_the_table_keeps_its_row_and_a_column_filled_down_does_not(tmp_path: Path):
    """Excel alone grows a table when somebody types beside it; what stands two columns away it never takes in."""
    desk = Desk(tmp_path, "sample-progress")
    desk.build()
    keys = ("dongyu.fai-growth", "dongyu.fai-level")

    def edit(book: Any) -> None:
        grid = Grid(book)
        for row in range(grid.head + 1, grid.bottom + 1):
            grid.sheet.cell(row, grid.right + 5).value = f"=G{row}*2"
        grid.sheet.cell(grid.row(keys[0]), grid.right + 3).value = "已与区里核过"

    desk.edit(edit)
    desk.data["targets"] = [one for one in desk.data["targets"] if one["id"] not in keys]
    desk.data["observations"] = [one for one in desk.data["observations"] if one["target"] not in keys]
    assert desk.build().exit_code == 3
    assert [one.key for one in desk.status().plan.conflicts] == [keys[0]]
    assert rows(desk.content).keys() >= {keys[0]} and keys[1] not in rows(desk.content)
    assert "已与区里核过" in shown(desk.content).values()
    desk.resolve(keys[0], "data")
    assert desk.build().exit_code == 0
    assert rows(desk.content).keys() == rows(desk.fresh()).keys()


def test_a_district_that_comes_first_is_counted(tmp_path: Path):
    desk = Desk(tmp_path, "sample-progress", "standard", "en")
    whole = copy.deepcopy(desk.data)
    desk.drop("dongyu")
    built(desk)
    desk.edit(lambda book: book["Targets"].__setitem__("AE2", "mine"))
    desk.data = whole
    built(desk)
    wanted = openpyxl.load_workbook(io.BytesIO(desk.fresh()))["Overview"]["D11"].value
    assert "$D$10:$D$14" in wanted
    assert openpyxl.load_workbook(desk.file)["Overview"]["D11"].value == wanted
