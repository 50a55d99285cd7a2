"""Values, rows and notes of an edited workbook after a new render, edited as openpyxl and as Excel itself would."""

from __future__ import annotations

import io
import re
from typing import Any

import living_samples as samples
import pytest
from living_samples import changed, clean, dataset, loaded, part, regenerate, render, snapshot, values
from msgspec.structs import replace
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from exporters.merge import Overrides, merge
from exporters.workbook.living.reading import lines

SHEET = "xl/worksheets/sheet2.xml"
GDP, FAI = "liwan.gdp-growth", "liwan.fai-growth"


def saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def row_of(sheet: Any, key: str) -> int:
    return next(row for row in range(samples.TOP, sheet.max_row + 1) if sheet.cell(row, 1).value == key)


def test_a_file_nobody_edited_becomes_the_new_render():
    base, ours = render(dataset()), render(changed(dataset(), {GDP: "7.5"}))
    result, plan = regenerate(base, base, ours)
    assert len(plan.edits) == 1
    assert not plan.conflicts
    assert part(result, SHEET) == part(ours, SHEET)
    assert part(result, "xl/worksheets/sheet1.xml") == part(ours, "xl/worksheets/sheet1.xml")
    assert part(result, "xl/charts/chart1.xml") == part(ours, "xl/charts/chart1.xml")


def test_nothing_changed_nothing_planned():
    base = render(dataset())
    plan = merge(snapshot(base), snapshot(base), snapshot(base))
    assert not plan.edits
    assert not plan.conflicts
    assert not plan.kept
    assert plan.vanished == 0


def test_both_sides_changed_one_number():
    base = render(dataset())
    book = loaded(base)
    sheet = book["目标"]
    sheet.cell(row_of(sheet, GDP), 5).value = 0.12
    theirs = saved(book)
    ours = render(changed(dataset(), {GDP: "7.5", FAI: "21"}))
    plan = merge(snapshot(base), snapshot(theirs), snapshot(ours))
    assert [(one.key, one.base, one.theirs, one.ours) for one in plan.conflicts] == [
        (f"{GDP}.目标值", "0.065", "0.12", "0.075")
    ]
    result, _ = regenerate_with_conflicts(base, theirs, ours)
    assert values(result)[GDP]["目标值"] == "0.12"
    assert values(result)[FAI]["目标值"] == "0.21"
    note = loaded(result)["目标"].cell(samples.TOP, 5).comment
    assert note.author == "briefpack"
    assert "0.075" in note.text
    assert f"[{GDP}.目标值]" in note.text
    # What the build says is no line of a person.
    assert not any("briefpack" in line for line in lines(samples.opened(result)))
    # The conflict stays open: the base of that value stays the old one, the note is not written twice.
    again, plan = regenerate_with_conflicts(ours, result, ours, Overrides.of(plan.conflicts))
    assert len(plan.conflicts) == 1
    assert part(again, "xl/comments1.xml").count("<comment ") == 1
    # Resolved in favour of the person: the note goes.
    final, plan = regenerate_with_conflicts(ours, again, render(changed(dataset(), {GDP: "7.5", FAI: "22"})))
    assert not plan.conflicts
    assert "<comment " not in part(final, "xl/comments1.xml")
    assert "<v:shape " not in part(final, "xl/drawings/vmlDrawing1.vml")


def regenerate_with_conflicts(base, theirs, ours, overrides=None):
    plan = merge(snapshot(base), snapshot(theirs), snapshot(ours), overrides)
    out = io.BytesIO()
    samples.patch(samples.opened(theirs), plan, samples.opened(ours), out, properties={"briefpack": "test:2:11"})
    clean(out.getvalue())
    return out.getvalue(), plan


def test_the_same_change_on_both_sides_is_silent():
    base = render(dataset())
    book = loaded(base)
    book["目标"].cell(row_of(book["目标"], GDP), 5).value = 0.075
    plan = merge(snapshot(base), snapshot(saved(book)), snapshot(render(changed(dataset(), {GDP: "7.5"}))))
    assert not plan.conflicts
    assert not plan.edits


def test_a_value_changed_by_hand_stays_until_the_data_moves():
    base = render(dataset())
    book = loaded(base)
    book["目标"].cell(row_of(book["目标"], GDP), 5).value = 0.12
    theirs = saved(book)
    plan = merge(snapshot(base), snapshot(theirs), snapshot(base))
    assert [(one.key, one.theirs) for one in plan.kept] == [(f"{GDP}.目标值", "0.12")]
    assert not plan.edits
    result, _ = regenerate(base, theirs, render(changed(dataset(), {FAI: "21"})))
    assert values(result)[GDP]["目标值"] == "0.12"
    assert values(result)[FAI]["目标值"] == "0.21"


def test_actual_values_and_remarks_are_the_persons():
    base = render(dataset())
    book = loaded(base)
    sheet = book["目标"]
    sheet.cell(row_of(sheet, GDP), 7).value = 0.031
    sheet.cell(row_of(sheet, GDP), 9).value = "上半年完成近半"
    theirs = saved(book)
    result, _ = regenerate(base, theirs, render(changed(dataset(), {GDP: "6"})))
    row = values(result)[GDP]
    assert (row["目标值"], row["实际值"], row["备注"]) == ("0.06", "0.031", "上半年完成近半")
    cached = loaded(result, cached=True)
    assert abs(cached["目标"].cell(samples.TOP, 8).value - 0.031 / 0.06) < 1e-12
    assert cached["总览"]["B4"].value == 0.031


def test_sorted_coloured_filtered_with_a_column_a_chart_and_a_new_name():
    """Scenario 11: each change follows its row."""
    base = render(dataset())
    book = loaded(base)
    sheet = book["目标"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(samples.TOP, 72, 1, 9)]
    order = sorted(range(len(rows)), key=lambda at: -rows[at][4])
    for number, at in enumerate(order, samples.TOP):
        for column, value in enumerate(rows[at], 1):
            text = value
            if isinstance(value, str) and value.startswith("="):
                text = re.sub(r"(?<=[A-Z])\d+", str(number), value)
            sheet.cell(number, column).value = text
    yellow = PatternFill("solid", fgColor="FFFFFF00")
    coloured = row_of(sheet, GDP)
    sheet.cell(coloured, 5).fill = yellow
    sheet.cell(row_of(sheet, FAI), 9).value = "已核对"
    sheet.cell(samples.TOP - 1, 10).value = "责任人"
    sheet.cell(coloured, 10).value = "张三"
    sheet.tables["Targets"].ref = "A4:J72"
    sheet.tables["Targets"].autoFilter.ref = "A4:J72"
    from openpyxl.worksheet.table import TableColumn

    sheet.tables["Targets"].tableColumns.append(TableColumn(id=10, name="责任人"))
    sheet.row_dimensions[9].hidden = True
    sheet.title = "年度目标"
    for formula in ("B3", "B4", "B5"):
        book["总览"][formula].value = book["总览"][formula].value.replace("目标!", "年度目标!")
    for row in range(2, 13):
        cell = book["对比"].cell(row, 2)
        cell.value = cell.value.replace("目标!", "年度目标!")
    book.create_sheet("我的分析")["A1"] = "=年度目标!E5*2"
    theirs = saved(book)
    result, plan = regenerate(base, theirs, render(changed(dataset(), {GDP: "7.5", FAI: "21"})))
    assert not plan.conflicts
    assert values(result)[GDP]["目标值"] == "0.075"
    assert values(result)[FAI]["目标值"] == "0.21"
    assert values(result)[FAI]["备注"] == "已核对"
    after = loaded(result)["年度目标"]
    assert after.cell(coloured, 1).value == GDP
    assert after.cell(coloured, 5).value == 0.075
    assert after.cell(coloured, 5).fill.fgColor.rgb == "FFFFFF00"
    assert after.cell(coloured, 10).value == "张三"
    assert after.row_dimensions[9].hidden
    assert loaded(result)["我的分析"]["A1"].value == "=年度目标!E5*2"


def test_a_grand_total_counts_no_subtotal_and_no_filtered_row():
    base = render(dataset())
    book = loaded(base)
    sheet, own = book["目标"], book.create_sheet("小计")
    first, hidden = row_of(sheet, GDP), row_of(sheet, FAI)
    sheet.row_dimensions[hidden].hidden = True
    own["A1"], own["A2"] = f"=目标!E{first}", 1
    own["A3"], own["A4"], own["A5"] = "=SUBTOTAL(9,A1:A2)", "=SUBTOTAL(9,A1:A3)", "=SUM(A1:A3)"
    top, bottom = sorted((first, hidden))
    for row, kind in enumerate((9, 109, 2, 102), 1):
        own.cell(row, 2).value = f"=SUBTOTAL({kind},目标!E{top}:E{bottom})"
    own["B5"] = f"=COUNT(目标!E{top}:E{bottom})"
    result, _ = regenerate(base, saved(book), render(changed(dataset(), {GDP: "7.5", FAI: "21"})))
    found = loaded(result, cached=True)
    assert [found["小计"].cell(row, 1).value for row in range(1, 6)] == pytest.approx([0.075, 1, 1.075, 1.075, 2.15])
    shown = [found["目标"].cell(row, 5).value for row in range(top, bottom + 1) if row != hidden]
    numbers = [one for one in shown if isinstance(one, int | float)]
    sums, counts = [sum(numbers)] * 2, [len(numbers)] * 2
    assert [found["小计"].cell(row, 2).value for row in range(1, 6)] == pytest.approx([*sums, *counts, counts[0] + 1])


def test_a_row_and_a_column_by_hand_while_the_data_adds_a_row():
    """Scenario 8: cells stay aligned; what stands under the table moves down; formulas go on covering it."""
    base = render(changed(dataset(), drop=(FAI, "zengcheng.gdp-growth")))
    count = len(values(base))
    book = loaded(base)
    sheet = book["目标"]
    last = samples.TOP + count - 1
    assert sheet.cell(last + 3, 2).value == "说明：百分数按小数存放。"
    sheet.cell(last + 1, 2).value = "合计"
    sheet.cell(last + 1, 5).value = f"=SUM(E5:E{last})"
    sheet.cell(last + 1, 9).comment = Comment("人工合计行", "李四")
    sheet.merge_cells(start_row=last + 3, start_column=2, end_row=last + 3, end_column=5)
    theirs = saved(book)
    ours = render(dataset())
    result, plan = regenerate(base, theirs, ours)
    assert not plan.conflicts
    assert values(result).keys() == values(ours).keys()
    assert list(values(result)) == list(values(ours))
    after = loaded(result)["目标"]
    bottom = samples.TOP + count + 2 - 1
    assert after.tables["Targets"].ref == f"A4:I{bottom}"
    assert after.cell(bottom + 1, 2).value == "合计"
    assert after.cell(bottom + 1, 5).value == f"=SUM(E5:E{bottom})"
    assert after.cell(bottom + 1, 9).comment.text == "人工合计行"
    assert f"B{bottom + 3}:E{bottom + 3}" in {str(one) for one in after.merged_cells.ranges}
    assert after.cell(bottom + 3, 2).value == "说明：百分数按小数存放。"
    assert after.cell(bottom, 8).value == f'=IF(G{bottom}="","",G{bottom}/E{bottom})'
    assert str(after.data_validations.dataValidation[0].sqref) == f"G5:G{bottom}"
    assert {str(one.sqref) for one in after.conditional_formatting} == {f"H5:H{bottom}", f"B5:C{bottom}"}
    front = loaded(result)["总览"]
    assert front["B3"].value == f"=SUM(目标!E5:E{bottom})"
    cached = loaded(result, cached=True)
    total = sum(float(row["目标值"] or 0) for row in values(result).values())
    assert abs(cached["总览"]["B3"].value - total) < 1e-6
    assert abs(cached["目标"].cell(bottom + 1, 5).value - total) < 1e-6
    assert cached["总览"]["B5"].value == count + 2


def test_a_dropped_record_that_a_person_wrote_at_is_marked_and_stays():
    base = render(dataset())
    book = loaded(base)
    sheet = book["目标"]
    sheet.cell(row_of(sheet, FAI), 3).comment = Comment("我的批注", "王五")
    theirs = saved(book)
    ours = render(changed(dataset(), drop=(FAI,)))
    result, plan = regenerate(base, theirs, ours)
    (told,) = plan.conflicts
    assert (told.key, told.reason) == (FAI, "changed-dropped")
    after = loaded(result)["目标"]
    assert "briefpack" in after.cell(row_of(after, FAI), 2).comment.text
    assert after.cell(row_of(after, FAI), 3).comment.text == "我的批注"
    # It is told again until somebody settles it.
    moved = render(changed(dataset(), {GDP: "8"}, drop=(FAI,)))
    again, plan = regenerate_with_conflicts(ours, result, moved, overrides=Overrides.of([told]))
    assert [one.key for one in plan.conflicts] == [FAI]
    assert loaded(again)["目标"].cell(row_of(after, FAI), 2).comment is not None
    settled = Overrides.of([replace(told, base=told.theirs)])
    gone, plan = regenerate_with_conflicts(ours, result, moved, overrides=settled)
    assert not plan.conflicts
    assert FAI not in values(gone)
    # The record comes back: the mark goes.
    back, _ = regenerate_with_conflicts(ours, result, render(changed(dataset(), {GDP: "8"})))
    assert loaded(back)["目标"].cell(row_of(after, FAI), 2).comment is None
    assert loaded(back)["目标"].cell(row_of(after, FAI), 3).comment.text == "我的批注"


def test_a_dropped_record_that_nobody_touched_goes_with_its_row():
    base, ours = render(dataset()), render(changed(dataset(), drop=(FAI,)))
    book = loaded(base)
    book["总览"]["D9"] = "=目标!E7*2"
    result, plan = regenerate(base, saved(book), ours)
    assert not plan.conflicts
    assert values(result) == values(ours)
    after, fresh = loaded(result, cached=True), loaded(ours, cached=True)
    assert [after["总览"][at].value for at in ("B3", "B4", "B5")] == [
        fresh["总览"][at].value for at in ("B3", "B4", "B5")
    ]
    old, new = loaded(base)["目标"], loaded(result)
    assert new["总览"]["D9"].value == f"=目标!E{row_of(new['目标'], old['A7'].value)}*2"


def test_a_dropped_row_that_a_formula_names_alone_is_emptied():
    base, ours = render(dataset()), render(changed(dataset(), drop=(FAI,)))
    book = loaded(base)
    row = row_of(book["目标"], FAI)
    book["总览"]["D9"] = f"=目标!E{row}*2"
    result, plan = regenerate(base, saved(book), ours)
    assert not plan.conflicts
    after, fresh = loaded(result, cached=True), loaded(ours, cached=True)
    assert loaded(result)["总览"]["D9"].value == f"=目标!E{row}*2"
    assert {cell.value for cell in after["目标"][row]} == {None}
    assert after["总览"]["B5"].value == fresh["总览"]["B5"].value
    assert after["总览"]["B3"].value == pytest.approx(fresh["总览"]["B3"].value)


def test_a_deleted_row_is_not_brought_back():
    base = render(dataset())
    text = part(base, SHEET)
    theirs = replaced(base, {SHEET: re.sub(r'<c r="A6".*?</c>', '<c r="A6"/>', text)})
    result, plan = regenerate(base, theirs, render(changed(dataset(), {GDP: "7"})))
    assert FAI not in values(result)
    assert [one.reason for one in plan.kept] == ["deleted"]
    plan = merge(snapshot(base), snapshot(theirs), snapshot(render(changed(dataset(), {FAI: "7"}))))
    assert [one.reason for one in plan.conflicts] == ["deleted-changed"]


def replaced(data: bytes, parts: dict[str, str]) -> bytes:
    from exporters.package import PackageWriter

    package = samples.opened(data)
    out = io.BytesIO()
    with PackageWriter(out) as writer:
        for name in package.names():
            writer.add(name, parts[name].encode() if name in parts else package.read(name))
    return out.getvalue()


def test_a_formula_over_a_bound_value_stays():
    base = render(dataset())
    book = loaded(base)
    book["目标"].cell(samples.TOP, 5).value = "=G5*2+对比!A1"
    theirs = saved(book)
    assert values(theirs)[GDP]["目标值"] == "=[@{实际值}]*2+对比!A1"
    plan = merge(snapshot(base), snapshot(theirs), snapshot(render(changed(dataset(), {GDP: "7.5"}))))
    assert [one.reason for one in plan.conflicts] == ["both-changed"]
    result, _ = regenerate_with_conflicts(base, theirs, render(changed(dataset(), {GDP: "7.5"})))
    assert loaded(result)["目标"].cell(samples.TOP, 5).value == "=G5*2+对比!A1"


def test_five_cycles_of_edit_and_regeneration():
    """Scenario 15: nothing lost."""
    base = theirs = render(changed(dataset(), drop=("zengcheng.gdp-growth",)))
    remarks: dict[str, str] = {}
    keys = list(values(base))
    for cycle in range(5):
        book = loaded(theirs)
        sheet = book["目标"]
        key = keys[cycle * 7]
        sheet.cell(row_of(sheet, key), 9).value = remarks[key] = f"第{cycle}轮"
        sheet.cell(row_of(sheet, key), 7).value = cycle + 1
        if cycle == 2:
            book.create_sheet("草稿")["A1"] = "手工"
        drop = ("zengcheng.gdp-growth",) if cycle < 3 else ()
        ours = render(changed(dataset(), {FAI: str(20 + cycle)}, drop=drop), stamp=f"test:{cycle + 2}:00")
        theirs, plan = regenerate(base, saved(book), ours)
        assert not plan.conflicts
        base = ours
    final = values(theirs)
    assert {key: final[key]["备注"] for key in remarks} == remarks
    assert [final[key]["实际值"] for key in remarks] == ["1", "2", "3", "4", "5"]
    assert final[FAI]["目标值"] == "0.24"
    assert "zengcheng.gdp-growth" in final
    assert loaded(theirs)["草稿"]["A1"].value == "手工"


@pytest.mark.parametrize(
    "typed", ["_x0041_ b", "_x000D_", "_x005F_", "a_x0007_b", "_xD800_", "two\nlines", "__x0041__"]
)
def test_what_looks_like_excels_own_spelling_of_a_character_is_read_as_it_was_typed(typed: str):
    """Excel stores ``_x0041_`` that somebody typed as ``_x005F_x0041_``; new values are written in the same way."""
    base = render(dataset())
    book = loaded(base)
    sheet = book["目标"]
    sheet.cell(row_of(sheet, GDP), 9).value = re.sub("_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", typed)
    theirs = saved(book)
    assert values(theirs)[GDP]["备注"] == typed
    targets = [replace(one, note=replace(one.note, zh=typed)) if one.id == FAI else one
               for one in dataset().targets]  # fmt: skip
    ours = render(replace(dataset(), targets=tuple(targets)))
    assert values(ours)[FAI]["备注"] == typed
    result, _ = regenerate(base, theirs, ours)
    assert {values(result)[key]["备注"] for key in (GDP, FAI)} == {typed}
