"""Workbooks edited in a real LibreOffice, then regenerated."""

from __future__ import annotations

import sys
from pathlib import Path

import living_samples as samples
import pytest
from living_samples import changed, dataset, loaded, regenerate, render, snapshot, values

from exporters.merge import Overrides, merge

sys.path.insert(0, str(Path(__file__).parents[1]))
from editors import LibreOffice, office, properties

assert office
pytestmark = [pytest.mark.office, pytest.mark.slow]
GDP, FAI, LATE = "liwan.gdp-growth", "liwan.fai-growth", "zengcheng.gdp-growth"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "targets.xlsx"
    path.write_bytes(render(dataset()))
    return path


def test_saved_twice_without_an_edit_nothing_has_changed(office: LibreOffice, file: Path):
    office.resave(file, times=2)
    base = render(dataset())
    plan = merge(snapshot(base), snapshot(file.read_bytes()), snapshot(base))
    assert not plan.edits
    assert not plan.conflicts
    assert not plan.kept
    assert plan.vanished == 0
    result, plan = regenerate(base, file.read_bytes(), render(changed(dataset(), {GDP: "7.5"})))
    assert values(result)[GDP]["目标值"] == "0.075"


def sorted_by_value(document, value_column):
    from com.sun.star.table import TableSortField

    sheet = document.Sheets.getByIndex(1)
    area = sheet.getCellRangeByName("A5:I72")
    order = TableSortField()
    order.Field, order.IsAscending = value_column, False
    area.sort(properties(SortFields=uno.Any("[]com.sun.star.table.TableSortField", (order,)), ContainsHeader=False))  # noqa: F821
    for row in range(4, 72):
        if sheet.getCellByPosition(0, row).String == "liwan.gdp-growth":
            sheet.getCellByPosition(4, row).CellBackColor = 0xFFFF00
            sheet.getCellByPosition(8, row).String = "已核对"
            sheet.getCellByPosition(6, row).Value = 0.03
    sheet.Columns.insertByIndex(3, 1)
    sheet.getCellByPosition(3, 3).String = "责任人"
    sheet.getCellByPosition(3, 4).String = "张三"
    sheet.Name = "年度目标 2023"
    document.Sheets.insertNewByName("我的分析", 3)
    mine = document.Sheets.getByIndex(3)
    mine.getCellByPosition(0, 0).Formula = "=SUM($'年度目标 2023'.F5:F72)"
    from com.sun.star.awt import Rectangle

    place = Rectangle()
    place.X, place.Y, place.Width, place.Height = 1000, 8000, 8000, 5000
    address = sheet.getCellRangeByName("F5:F9").RangeAddress
    mine.Charts.addNewByName("mein", place, (address,), False, False)
    return sheet.getCellByPosition(0, 4).String


def test_sorted_with_a_column_a_colour_a_new_name_and_a_chart(office: LibreOffice, file: Path):
    """Scenario 11."""
    base = file.read_bytes()
    top = office.edit(file, sorted_by_value, 4)
    theirs = file.read_bytes()
    result, plan = regenerate(base, theirs, render(changed(dataset(), {GDP: "7.5", top: "999"})))
    assert not plan.conflicts
    found = values(result)
    assert found[GDP]["目标值"] == "0.075"
    assert (found[GDP]["备注"], found[GDP]["实际值"]) == ("已核对", "0.03")
    assert found[top]["目标值"] in {"999", "9.99"}
    assert found[top]["责任人"] == "张三"
    sheet = loaded(result)["年度目标 2023"]
    row = next(row for row in range(5, 73) if sheet.cell(row, 1).value == GDP)
    assert row > 5
    assert sheet.cell(row, 6).fill.fgColor.rgb == "FFFFFF00"
    assert "我的分析" in loaded(result).sheetnames
    total = sum(float(one["目标值"] or 0) for one in found.values())
    assert abs(loaded(result, cached=True)["我的分析"]["A1"].value - total) < 1e-6
    charts = [name for name in samples.opened(theirs).names() if name.startswith("xl/charts/chart")]
    assert len(charts) == 2
    assert set(charts) <= set(samples.opened(result).names())


def with_total_and_rows(document):
    sheet = document.Sheets.getByIndex(1)
    count = next(row for row in range(4, 200) if not sheet.getCellByPosition(0, row).String)
    sheet.getCellByPosition(1, count).String = "合计"
    sheet.getCellByPosition(4, count).Formula = f"=SUM(E5:E{count})"
    sheet.Rows.insertByIndex(6, 1)
    sheet.getCellByPosition(1, 6).String = "手工行"
    sheet.getCellByPosition(4, 6).Value = 5
    address = sheet.getCellByPosition(2, 5).CellAddress
    sheet.Annotations.insertNew(address, "请核实")
    return count + 2


def test_rows_by_hand_a_total_and_a_note_while_the_data_adds_rows(office: LibreOffice, tmp_path: Path):
    """Scenario 8."""
    base = render(changed(dataset(), drop=(FAI, LATE)))
    file = tmp_path / "targets.xlsx"
    file.write_bytes(base)
    total = office.edit(file, with_total_and_rows)
    result, plan = regenerate(base, file.read_bytes(), render(changed(dataset(), {GDP: "7.5"})))
    assert not plan.conflicts
    found = values(result)
    assert found.keys() == values(render(dataset())).keys()
    assert found[GDP]["目标值"] == "0.075"
    sheet = loaded(result)["目标"]
    after = total + 2
    assert sheet.cell(after, 2).value == "合计"
    assert sheet.cell(after, 5).value == f"=SUM(E5:E{after - 1})"
    assert sheet.tables["Targets"].ref == f"A4:I{after - 1}"
    keys = [sheet.cell(row, 1).value for row in range(5, after)]
    assert keys.index(FAI) == keys.index(GDP) + 1
    byhand = next(row for row in range(5, after) if sheet.cell(row, 2).value == "手工行")
    assert sheet.cell(byhand, 5).value == 5
    assert not sheet.cell(byhand, 1).value
    notes = [cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment]
    assert notes == ["请核实"]
    wanted = 5 + sum(float(one["目标值"] or 0) for one in found.values())
    assert abs(loaded(result, cached=True)["目标"].cell(after, 5).value - wanted) < 1e-6
    # LibreOffice works out the same totals from the result.
    file.write_bytes(result)
    assert abs(office.look(file, recalculated, after - 1) - wanted) < 1e-6


def recalculated(document, row):
    document.calculateAll()
    return document.Sheets.getByIndex(1).getCellByPosition(4, row).Value


def test_a_conflict_note_survives_the_office_and_stays_single(office: LibreOffice, file: Path):
    """Scenario 3."""
    base = file.read_bytes()
    office.edit(file, typed, "liwan.gdp-growth", 0.12)
    ours = render(changed(dataset(), {GDP: "7.5"}))
    theirs = file.read_bytes()
    told = merge(snapshot(base), snapshot(theirs), snapshot(ours)).conflicts
    result = patched(base, theirs, ours)
    file.write_bytes(result)
    office.resave(file)
    again = patched(ours, file.read_bytes(), ours, Overrides.of(told))
    notes = [cell.comment for row in loaded(again)["目标"].iter_rows() for cell in row if cell.comment]
    assert len(notes) == 1
    assert notes[0].text.startswith("briefpack")
    assert values(again)[GDP]["目标值"] == "0.12"


def typed(document, key, value):
    sheet = document.Sheets.getByIndex(1)
    for row in range(4, 72):
        if sheet.getCellByPosition(0, row).String == key:
            sheet.getCellByPosition(4, row).Value = value


def patched(base: bytes, theirs: bytes, ours: bytes, overrides: Overrides | None = None) -> bytes:
    import io

    plan = merge(snapshot(base), snapshot(theirs), snapshot(ours), overrides)
    assert len(plan.conflicts) == 1
    out = io.BytesIO()
    samples.patch(samples.opened(theirs), plan, samples.opened(ours), out, properties={"briefpack": "test:2:11"})
    samples.clean(out.getvalue())
    return out.getvalue()


def test_five_cycles_through_the_office(office: LibreOffice, file: Path):
    """Scenario 15."""
    base = file.read_bytes()
    for cycle in range(5):
        office.edit(file, remarked, f"第{cycle}轮", cycle)
        ours = render(changed(dataset(), {FAI: str(20 + cycle)}))
        result, plan = regenerate(base, file.read_bytes(), ours)
        assert not plan.conflicts
        file.write_bytes(result)
        base = ours
    found = values(file.read_bytes())
    assert found[FAI]["目标值"] == "0.24"
    assert [row["备注"] for row in found.values()][10:15] == [f"第{cycle}轮" for cycle in range(5)]


def remarked(document, text, at):
    document.Sheets.getByIndex(1).getCellByPosition(8, 14 + at).String = text
