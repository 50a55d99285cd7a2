"""The shipped workbook, edited and regenerated: lists, matrix, charts and figures follow the data."""

from __future__ import annotations

import io
import random
import re
from functools import cache
from pathlib import Path
from typing import Any

import living_samples as samples
import pytest
from living_samples import changed, clean, dataset, loaded, opened, part, regenerate, snapshot, values
from msgspec.structs import replace
from openpyxl.comments import Comment
from test_living_values import replaced, row_of, saved

from exporters import workbook
from exporters.errors import BriefpackError
from exporters.merge import merge
from exporters.package import PackageWriter
from exporters.runs import living
from exporters.workbook.living.book import Book

TEMPLATE = Path(__file__).parents[2] / "templates" / "standard" / "zh" / "targets.xlsx"
GDP = "liwan.gdp-growth"


def render(data: Any) -> bytes:
    return samples.render(data, source=TEMPLATE.read_bytes())


def without(place: str) -> Any:
    data = dataset()
    return replace(
        data,
        places=tuple(one for one in data.places if one.id != place),
        targets=tuple(one for one in data.targets if one.place != place),
        people=tuple(one for one in data.people if not one.id.startswith(place)),
        initiatives=tuple(one for one in data.initiatives if one.place != place),
    )


def cells(data: bytes) -> dict[tuple[str, str], tuple[str, str]]:
    """Return value and formula of every cell that holds something."""
    book = Book(opened(data))
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for entry in book.entries:
        sheet = book.sheet(entry.part)
        found |= {(entry.name, cell.address): (book.text(cell), sheet.formula(cell)) for cell in sheet.cells()}
    return {place: content for place, content in found.items() if content != ("", "")}


def test_a_changed_figure_reaches_every_sheet_and_chart():
    base, ours = render(dataset()), render(changed(dataset(), {GDP: "7.5"}))
    result, plan = regenerate(base, base, ours)
    assert not plan.conflicts
    assert {name for name in opened(ours).names() if unmarked(ours, name) != unmarked(result, name)} == {
        "docProps/custom.xml"
    }


def unmarked(content: bytes, name: str) -> bytes:
    """Return a part without the marks of rows: only those of renders say whose a row is."""
    return re.sub(rb' bp:of="[^"]*"', b"", opened(content).read(name))


def test_a_new_district_lands_in_table_matrix_lists_and_charts():
    base, ours = render(without("haizhu")), render(dataset())
    result, plan = regenerate(base, base, ours)
    assert not plan.conflicts
    assert cells(result) == cells(ours)
    for number in (1, 2):
        assert part(result, f"xl/charts/chart{number}.xml") == part(ours, f"xl/charts/chart{number}.xml")


def shown(content: bytes) -> dict[tuple[str, str], object]:
    """Return what all cells show, by sheet and address."""
    book = loaded(content, cached=True)
    cells = ((sheet.title, cell) for sheet in book for line in sheet.iter_rows() for cell in line)
    return {(title, cell.coordinate): cell.value for title, cell in cells if cell.value not in (None, "")}


def test_a_district_gone_takes_its_rows_along_and_the_rest_follows():
    base, ours = render(dataset()), render(without("haizhu"))
    result, plan = regenerate(base, base, ours)
    assert not plan.conflicts
    assert values(result, "targets") == values(ours, "targets")
    assert shown(result) == shown(ours)


def test_a_record_that_comes_back_with_another_value_is_not_passed_over():
    first, second = render(dataset()), render(changed(dataset(), drop=(GDP,)))
    book = loaded(first)
    sheet = book["目标"]
    sheet.cell(row_of(sheet, GDP), 2).comment = Comment("留着", "王五")
    result, _ = regenerate(first, saved(book), second)
    third = render(changed(dataset(), {GDP: "9"}))
    plan = merge(snapshot(second), snapshot(result), snapshot(third))
    assert {(one.theirs, one.ours) for one in plan.conflicts} >= {("0.065", "0.09")}


def test_typed_actual_values_flow_to_the_dashboard():
    base = render(dataset())
    book = loaded(base)
    sheet = book["目标"]
    header = {cell.value: cell.column for cell in sheet[4]}
    sheet.cell(row_of(sheet, GDP), header["实际值"]).value = 0.031
    theirs = saved(book)
    result, plan = regenerate(base, theirs, render(changed(dataset(), {GDP: "6.2"})))
    assert not plan.conflicts
    row = values(result, "targets")[GDP]
    assert (row["目标值"], row["实际值"]) == ("0.062", "0.031")
    after = loaded(result, cached=True)["目标"]
    assert abs(after.cell(row_of(after, GDP), header["完成率"]).value - 0.5) < 1e-9


def test_tables_taken_away_are_refused():
    """Scenario 13: lost anchors look exactly like deletions."""
    base = render(dataset())
    book = loaded(base)
    for sheet in book.worksheets:
        for name in list(sheet.tables):
            del sheet.tables[name]
    plan = merge(snapshot(base), snapshot(saved(book)), snapshot(base))
    assert plan.lost_too_much


def test_an_old_copy_merges_against_its_own_base():
    first, second = render(dataset()), render(changed(dataset(), {GDP: "7"}))
    book = loaded(first)
    book["目标"].cell(row_of(book["目标"], GDP), 7).value = 0.065
    third = render(changed(dataset(), {GDP: "8"}))
    result, plan = regenerate(first, saved(book), third)
    assert not plan.conflicts
    assert values(result, "targets")[GDP]["目标值"] == "0.08"
    assert snapshot(first).stamp == snapshot(second).stamp == "test:1:00"
    assert snapshot(result).stamp == "test:2:11"


def test_custom_properties_lost_by_an_editor_are_written_again():
    base = render(dataset())
    package = opened(base)
    rels = "_rels/.rels"
    cut = re.sub(r"<Relationship [^>]*custom-properties[^>]*/>", "", package.read(rels).decode())
    types = re.sub(r'<Override PartName="/docProps/custom.xml"[^>]*/>', "", part(base, "[Content_Types].xml"))
    theirs = without_part(replaced(base, {rels: cut, "[Content_Types].xml": types}), "docProps/custom.xml")
    assert snapshot(theirs).stamp == ""
    result, _ = regenerate(base, theirs, render(changed(dataset(), {GDP: "7.5"})))
    assert snapshot(result).stamp == "test:2:11"


def without_part(data: bytes, name: str) -> bytes:
    package = opened(data)
    out = io.BytesIO()
    with PackageWriter(out) as writer:
        for one in package.names():
            if one != name:
                writer.add_raw(package.raw(one))
    return out.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_any_mix_of_edits_keeps_what_people_typed(seed: int):
    """Random edits of a person and of the data: nothing typed is lost, nothing untouched stays old."""
    chance = random.Random(seed)
    data = dataset()
    keys = [one.id for one in data.targets if one.value is not None]
    dropped = tuple(chance.sample(keys, 3))
    base = render(changed(data, drop=dropped))
    book = loaded(base)
    sheet = book["目标"]
    rows = {sheet.cell(row, 1).value: row for row in range(5, sheet.max_row + 1) if sheet.cell(row, 1).value in keys}
    typed: dict[tuple[str, str], Any] = {}
    header = {cell.value: cell.column for cell in sheet[4]}
    for key in chance.sample(sorted(rows), 12):
        name = chance.choice(["目标值", "实际值", "备注", "指标"])
        value: Any = round(chance.random() * 900, 2) if name in {"目标值", "实际值"} else f"手写{chance.random():.3f}"
        sheet.cell(rows[key], header[name]).value = value
        typed[key, name] = value
    if chance.random() < 0.5:
        last = max(rows.values())
        sheet.cell(last + 1, 3).value = "合计"
        sheet.cell(last + 1, 7).value = f"=SUM(G5:G{last})"
    moved = {key: str(chance.randrange(1, 400)) for key in chance.sample(keys, 20)}
    ours = render(changed(data, moved, drop=tuple(chance.sample(dropped, 1))))
    base_snapshot, theirs = snapshot(base), saved(book)
    plan = merge(base_snapshot, snapshot(theirs), snapshot(ours))
    out = io.BytesIO()
    samples.patch(opened(theirs), plan, opened(ours), out, properties={"briefpack": "test:2:11"})
    clean(out.getvalue())
    before, after, wanted = values(base, "targets"), values(out.getvalue(), "targets"), values(ours, "targets")
    shown = loaded(out.getvalue())["目标"]
    for (key, name), value in typed.items():
        assert shown.cell(row_of(shown, key), header[name]).value == value
    for key, row in wanted.items():
        for name, text in row.items():
            if (key, name) not in typed and not text.startswith("="):
                assert after[key][name] == text, (key, name)
    open_conflicts = {one.key for one in plan.conflicts}
    for (key, name), value in typed.items():
        moved_too = key in wanted and wanted[key][name] != before[key][name] and wanted[key][name] != str(value)
        assert (f"{key}.{name}" in open_conflicts) == moved_too


@cache
def pristine() -> bytes:
    return render(dataset())


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_a_damaged_part_is_a_clear_error_or_none(seed: int):
    chance = random.Random(seed)
    data = pristine()
    package = opened(data)
    name = chance.choice([one for one in package.names() if one.endswith((".xml", ".rels"))])
    content = bytearray(package.read(name))
    for _ in range(chance.randrange(1, 4)):
        at = chance.randrange(len(content))
        del content[at : at + chance.randrange(1, 30)]
    out = io.BytesIO()
    with PackageWriter(out) as writer:
        for one in package.names():
            writer.add(one, bytes(content) if one == name else package.read(one))
    try:
        theirs = opened(out.getvalue())
        plan = merge(snapshot(data), samples.read(theirs), snapshot(data))
        samples.patch(theirs, plan, opened(data), io.BytesIO())
    except BriefpackError:
        pass


def test_a_new_template_takes_typed_values_along():
    base = render(dataset())
    book = loaded(base)
    sheet = book["目标"]
    header = {cell.value: cell.column for cell in sheet[4]}
    row = row_of(sheet, GDP)
    sheet.cell(row, header["实际值"]).value = 0.031
    sheet.cell(row, header["备注"]).value = "已核对"
    sheet.cell(row + 1, header["目标值"]).value = "=0.1+0.2"
    theirs = saved(book)
    template = loaded(TEMPLATE.read_bytes())
    template["目标"]["C1"].value = "新标题"
    ours = samples.render(changed(dataset(), {GDP: "6"}), source=saved(template))
    merged = living.regenerate(
        workbook,
        "targets.xlsx",
        opened(base),
        opened(theirs),
        opened(ours),
        stamp=living.Stamp("test", 2, "11"),
        template_changed=True,
    )
    assert merged.content is not None
    clean(merged.content)
    found = values(merged.content, "targets")
    assert (found[GDP]["目标值"], found[GDP]["实际值"], found[GDP]["备注"]) == ("0.06", "0.031", "已核对")
    after = loaded(merged.content)["目标"]
    assert after.cell(row, header["实际值"]).value == 0.031
    assert after.cell(row + 1, header["目标值"]).value == "=0.1+0.2"


def test_the_flow_of_one_file_writes_nothing_where_nothing_moved():
    base = render(dataset())
    stamp = living.Stamp("test", 2, "11")
    again = living.regenerate(workbook, "targets.xlsx", opened(base), opened(base), opened(base), stamp=stamp)
    assert again.content is None
