"""Rows without keys that the data puts elsewhere: each goes with all that people put into it, beside it and over it."""

from __future__ import annotations

import copy
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from desk import Desk, built
from living_samples import clean, opened
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.marker import DataPoint
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from exporters.errors import BriefpackError
from exporters.workbook import rowflow, rowmarks, rowwriter
from exporters.workbook.layout import read_order
from exporters.workbook.living import arranging
from exporters.workbook.living.arranging import Turn, Turns
from exporters.workbook.locating import results
from tests.workbook.books import rendered, template
from tests.workbook.ranking import CELLS, RATES, SHARE, ranked, rates, rerank, row, said, sheets, sort_by_name


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return ranked(tmp_path)


def reorder(desk: Desk) -> None:
    city, *districts = desk.data["places"]
    desk.data["places"] = [city, *districts[::-1]]


def test_a_new_rank_takes_along_all_that_people_put_there(desk: Desk):
    def edit(book: Any) -> None:
        sheet = book["List"]
        share, fixed, retail = (
            row(sheet, "Beilu", SHARE),
            row(sheet, "Dongyu", "Fixed-asset investment"),
            row(sheet, "Xilan", "Total retail sales of consumer goods"),
        )
        sheet.cell(share, 6).value = "ask the bureau"
        sheet.cell(fixed, 6).value = f"=C{fixed}-C{retail}"
        sheet.cell(fixed, 6).fill = PatternFill("solid", fgColor="FFFF0000")
        sheet.cell(retail, 1).font = Font(bold=True)
        sheet.cell(retail, 7).comment = Comment("checked", "Li")
        sheet.merge_cells(start_row=share, end_row=share, start_column=6, end_column=8)
        sheet.row_dimensions[share].height = 40
        mine = book.create_sheet("Mine")
        mine["A1"] = f"=List!C{share}"
        mine["A2"] = f"=SUM(List!C2:C{row(sheet, 'Sum') - 2})"

    desk.edit(edit)
    rerank(desk)
    outcome = built(desk)
    assert not [fault for fault in outcome.warnings if fault.code == "order"]
    clean(desk.content)
    book, fresh = sheets(desk.content), sheets(desk.fresh())["List"]
    sheet = book["List"]
    assert said(sheet) == said(fresh)
    share, fixed, retail = (
        row(sheet, "Beilu", SHARE),
        row(sheet, "Dongyu", "Fixed-asset investment"),
        row(sheet, "Xilan", "Total retail sales of consumer goods"),
    )
    assert share == 2
    assert sheet.cell(share, 6).value == "ask the bureau"
    assert [str(one) for one in sheet.merged_cells.ranges] == [f"F{share}:H{share}"]
    assert sheet.row_dimensions[share].height == 40
    assert sheet.cell(fixed, 6).value == f"=C{fixed}-C{retail}"
    assert sheet.cell(fixed, 6).fill.fgColor.rgb == "FFFF0000"
    assert sheet.cell(retail, 1).font.b
    assert sheet.cell(retail, 7).comment.text == "checked"
    assert book["Mine"]["A1"].value == f"=List!C{share}"
    assert book["Mine"]["A2"].value == f"=SUM(List!C2:C{row(sheet, 'Sum') - 2})"
    assert not results(opened(desk.content))
    before = desk.content
    built(desk)
    assert desk.content == before


def test_a_number_typed_over_goes_with_its_row(desk: Desk):
    def edit(book: Any) -> None:
        book["List"].cell(row(book["List"], "Beilu", SHARE), 3).value = 77

    desk.edit(edit)
    rerank(desk)
    outcome = built(desk, 3)
    sheet = sheets(desk.content)["List"]
    assert sheet.cell(row(sheet, "Beilu", SHARE), 3).value == 77
    (conflict,) = outcome.manifest.conflicts
    assert (conflict["theirs"], conflict["ours"]) == ("77", "0.3")
    desk.resolve(conflict["key"], "data")
    built(desk)
    assert said(sheets(desk.content)["List"]) == said(sheets(desk.fresh())["List"])


def test_blocks_move_with_what_stands_beside_and_between_them(desk: Desk):
    def edit(book: Any) -> None:
        sheet = book["List"]
        sheet.cell(row(sheet, "Xilan District") + 2, 5).value = "beside"
        at = row(sheet, "Nanting District")
        sheet.insert_rows(at)
        sheet.cell(at, 1).value = "of Dongyu"

    desk.edit(edit)
    reorder(desk)
    built(desk)
    clean(desk.content)
    sheet, fresh = sheets(desk.content)["List"], sheets(desk.fresh())["List"]
    assert [line for line in said(sheet, 2) if line[0] != "of Dongyu"] == said(fresh, 2)
    assert sheet.cell(row(sheet, "Xilan District") + 2, 5).value == "beside"
    at = row(sheet, "of Dongyu")
    assert row(sheet, "Dongyu District") < at
    assert sheet.cell(at + 1, 1).value in {"End", None}


def test_a_person_s_order_stays_and_is_told(desk: Desk):
    """Sorted by name, with a remark beside one row."""

    def edit(book: Any) -> None:
        sheet = book["List"]
        sort_by_name(sheet)
        sheet.cell(row(sheet, "Beilu", SHARE), 6).value = "ask the bureau"

    desk.edit(edit)
    before = said(sheets(desk.content)["List"], 1)
    rerank(desk)
    outcome = built(desk)
    assert [fault.code for fault in outcome.warnings] == ["order"]
    for growth in (5.5, 5.4):
        desk.target("xilan.gdp-growth")["value"] = growth
        built(desk)
        sheet, fresh = sheets(desk.content)["List"], sheets(desk.fresh())["List"]
        assert said(sheet, 1) == before
        assert rates(sheet) == rates(fresh)
        assert sheet.cell(row(sheet, "Beilu", SHARE), 6).value == "ask the bureau"


def test_what_hangs_together_keeps_its_order_and_is_told(desk: Desk):
    """A formula of somebody's over some of the rows."""

    def edit(book: Any) -> None:
        book.create_sheet("Mine")["A1"] = "=SUM(List!C3:C5)"
        book["List"].cell(row(book["List"], "Beilu", SHARE), 6).value = "ask the bureau"

    desk.edit(edit)
    before = said(sheets(desk.content)["List"], 1)
    rerank(desk)
    outcome = built(desk)
    assert [fault.code for fault in outcome.warnings] == ["order"]
    for growth in (5.5, 5.4):
        desk.target("xilan.gdp-growth")["value"] = growth
        built(desk)
        book, fresh = sheets(desk.content), sheets(desk.fresh())["List"]
        sheet = book["List"]
        assert said(sheet, 1) == before
        assert book["Mine"]["A1"].value == "=SUM(List!C3:C5)"
        assert rates(sheet) == rates(fresh)
        assert sheet.cell(row(sheet, "Beilu", SHARE), 6).value == "ask the bureau"


def test_each_list_that_hangs_together_is_found_in_one_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "targets.xlsx").write_bytes(template({"List": CELLS, "Other": CELLS, "Third": CELLS}))
    desk = Desk(tmp_path, "sample-progress", str(tmp_path / "own"), "en")
    built(desk)

    def edit(book: Any) -> None:
        book.create_sheet("Mine")["A1"] = "=SUM(List!C3:C5)"
        book["Mine"]["A2"] = "=SUM(Third!C3:C5)"
        book["Other"].cell(row(book["Other"], "Beilu", SHARE), 6).value = "ask the bureau"

    desk.edit(edit)
    rerank(desk)
    made: list[int] = []
    changed = arranging._changed
    monkeypatch.setattr(arranging, "_changed", lambda book, turns: made.append(len(turns)) or changed(book, turns))
    outcome = built(desk)
    assert made == [3, 3, 1]
    assert [fault.code for fault in outcome.warnings] == ["order"]
    sheet = sheets(desk.content)["Other"]
    assert said(sheet) == said(sheets(desk.fresh())["Other"])
    assert sheet.cell(row(sheet, "Beilu", SHARE), 6).value == "ask the bureau"


BLOCKS = {
    "A1": "Head", "A2": "{% for d in districts %}{{ d.name }}", "A3": "{% for t in d.targets %}{{ t.label }}",
    "B3": "{{ t.number }}{% endfor %}", "A5": "{% endfor %}",
}  # fmt: skip


def test_what_ends_with_the_last_row_that_says_something_holds_all(tmp_path: Path):
    """The list ends with an empty row."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "targets.xlsx").write_bytes(template({"List": BLOCKS}))
    desk = Desk(tmp_path, "sample-progress", str(tmp_path / "own"), "en")
    built(desk)
    last = len(said(sheets(desk.content)["List"]))

    def edit(book: Any) -> None:
        sheet = book["List"]
        sheet["E2"] = "of the first"
        sheet.print_area = sheet.auto_filter.ref = f"A1:E{last}"
        sheet.sheet_view.selection[0].sqref = "B5:B12"
        book.create_sheet("Mine")["A1"] = f"=SUM(List!B2:B{last})"

    desk.edit(edit)
    first = sheets(desk.content)["List"]["A2"].value
    reorder(desk)
    outcome = built(desk)
    assert not [fault for fault in outcome.warnings if fault.code == "order"]
    clean(desk.content)
    book = sheets(desk.content)
    sheet = book["List"]
    assert said(sheet, 2) == said(sheets(desk.fresh())["List"], 2)
    assert sheet.cell(row(sheet, first), 5).value == "of the first"
    assert book["Mine"]["A1"].value == f"=SUM(List!B2:B{last})"
    assert (sheet.auto_filter.ref, sheet.dimensions) == (f"A1:E{last}", f"A1:E{last}")
    assert sheet.print_area == f"'List'!$A$1:$E${last}"
    assert not results(opened(desk.content))


def test_a_range_over_all_goes_on_to_hold_all_where_the_last_row_was_empty():
    """Two rows change places with one that an empty row follows."""
    turn = Turn.of("List", [(2, 3), (4, 5)], [1, 0])
    turn.fit([2, 3, 4])
    assert turn.rows(2, 4) == (2, 5)
    assert not turn.torn
    assert turn.rows(2, 3) == (4, 5)
    assert turn.rows(3, 4) == (3, 4)
    assert turn.torn


def test_a_range_over_all_of_one_list_and_some_of_another_tears_that():
    first, second = Turn.of("List", [(2, 3), (4, 5)], [1, 0]), Turn.of("List", [(7, 8), (9, 10)], [1, 0])
    second.fit([7, 8, 9])
    assert Turns([second, first]).rows(4, 9) == (4, 10)
    assert (first.torn, second.torn) == (True, False)


def test_all_rows_that_stay_empty_in_a_turn_bear_its_mark():
    """Two rows of the template that are one, which a formula of the loop looks at."""
    marks = rowmarks.Marks([(), (0,), (0,), (0,), (), ()], ["list"])
    heights = [1, 1, 2, 1, 1, 1]
    order, turns, found = read_order("0,k0:dongyu,b0,1,e0,4,5,", (), heights, {0: [(2, 2, 1)]}, marks)
    assert (order, turns) == ([0, 1, ~2, 4, 5], {0: [(2, 4)]})
    assert found == dict.fromkeys((2, 3, 4), "list:dongyu")


def test_rows_come_go_and_move_at_once(desk: Desk):
    def edit(book: Any) -> None:
        sheet = book["List"]
        for number in range(2, row(sheet, "Sum") - 1):
            sheet.cell(number, 6).value = f"of {sheet.cell(number, 1).value} {sheet.cell(number, 2).value}"

    desk.edit(edit)
    was = {line[5] for line in said(sheets(desk.content)["List"], 6) if line[5]}
    rerank(desk)
    gone = desk.target("xilan.retail-growth")
    desk.data["targets"].remove(gone)
    desk.data["observations"] = [one for one in desk.data["observations"] if one["target"] != gone["id"]]
    desk.data["targets"].append({**copy.deepcopy(gone), "id": "beilu.retail-growth", "place": "beilu", "value": 9.5})
    desk.data["targets"][-1].pop("group", None)
    outcome = built(desk, 3)
    (conflict,) = outcome.manifest.conflicts
    assert "of Xilan Total retail sales of consumer goods" in conflict["theirs"]
    sheet, fresh = sheets(desk.content)["List"], sheets(desk.fresh())["List"]
    assert said(sheet) == said(fresh)
    beside = {f"of {line[0]} {line[1]}": line[5] for line in said(sheet, 6) if line[5]}
    assert all(name == text for name, text in beside.items())
    assert {*beside} == was - {"of Xilan Total retail sales of consumer goods"}


def test_a_row_in_the_place_of_another_record_s_takes_no_remark_over(tmp_path: Path):
    cells = {
        "A1": f"{{% for t in ({RATES})[:2] %}}{{{{ t.place.short }}}}",
        "B1": "{{ t.label }}", "C1": "{{ t.number }}{% endfor %}", "A3": "End",
    }  # fmt: skip
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "targets.xlsx").write_bytes(template({"List": cells}))
    desk = Desk(tmp_path, "sample-progress", str(tmp_path / "own"), "en")
    built(desk)
    first = said(sheets(desk.content)["List"], 2)[1]

    def edit(book: Any) -> None:
        book["List"]["E2"] = "of the second"

    desk.edit(edit)
    next(one for one in desk.data["targets"] if one["id"] == "dongyu.fai-growth")["value"] = 0.01
    desk.target("nanting.industrial-investment-growth")["value"] = 20
    outcome = built(desk, 3)
    assert said(sheets(desk.content)["List"], 2)[1] != first
    fresh = said(sheets(desk.fresh())["List"], 3)
    assert said(sheets(desk.content)["List"], 5) == [[*line, None, None] for line in fresh]
    assert ["of the second" in one["theirs"] for one in outcome.manifest.conflicts] == [True]


def test_a_chart_counts_a_new_row_that_has_no_number(desk: Desk):
    typed = '<row r="900"><c r="B900" t="inlineStr"><is><t>ours</t></is></c></row></sheetData>'
    desk.xml({"xl/worksheets/sheet1.xml": lambda text: text.replace("</sheetData>", typed)})
    open_ = copy.deepcopy(desk.target("yunting.income-growth"))
    desk.data["targets"].append({**open_, "id": "dongyu.income-growth", "place": "dongyu"})
    assert built(desk).results == {"targets.xlsx": "merged"}
    counts = [re.findall(rb'ptCount val="([0-9]+)"', opened(content).read("xl/charts/chart1.xml"))
              for content in (desk.content, desk.fresh())]  # fmt: skip
    assert counts[0] == counts[1] == [b"15"]


def test_a_sheet_with_a_loop_in_its_first_row_opens_with_one_cell_selected(tmp_path: Path):
    content = rendered(template({"List": {"A1": "{% for d in districts %}{{ d.name }}", "B1": "{% endfor %}"}}))
    (cursor,) = sheets(content)["List"].sheet_view.selection
    assert cursor.sqref == cursor.activeCell == "A1"


def test_a_copy_that_went_by_mail_says_it_in_the_rows_of_its_records(desk: Desk, tmp_path: Path):
    mailed = tmp_path / "mailed.xlsx"
    book = sheets(desk.content)
    book["List"].cell(row(book["List"], "Beilu", SHARE), 6).value = "by mail"
    book.save(mailed)
    rerank(desk)
    built(desk)
    outcome = desk.build(copies=(mailed,))
    assert outcome.exit_code == 0, outcome.manifest.conflicts
    sheet = sheets(desk.content)["List"]
    assert sheet.cell(row(sheet, "Beilu", SHARE), 6).value == "by mail"
    assert said(sheet) == said(sheets(desk.fresh())["List"])


def test_under_a_new_template_remarks_go_along_too(desk: Desk, tmp_path: Path):
    def edit(book: Any) -> None:
        book["List"].cell(row(book["List"], "Beilu", SHARE), 6).value = "ask the bureau"
        book["List"].cell(row(book["List"], "Xilan District") + 1, 5).value = "growth"

    desk.edit(edit)
    changed = sheets((tmp_path / "own" / "targets.xlsx").read_bytes())
    changed["List"].insert_rows(7)
    changed["List"]["A7"] = "{{ d.short }}"
    changed["List"]["A1"] = "Ranks"
    changed.save(tmp_path / "own" / "targets.xlsx")
    rerank(desk)
    reorder(desk)
    built(desk)
    sheet, fresh = sheets(desk.content)["List"], sheets(desk.fresh())["List"]
    assert said(sheet) == said(fresh)
    assert sheet.cell(row(sheet, "Beilu", SHARE), 6).value == "ask the bureau"
    assert sheet.cell(row(sheet, "Xilan District") + 1, 5).value == "growth"


def test_a_pack_of_before_rows_were_marked_goes_on_by_what_they_say(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as patch:
        patch.setattr(rowmarks, "marked", lambda _: b"")
        patch.setattr(rowwriter, "marked", lambda _: b"")
        patch.setattr(rowflow, "marked", lambda _: b"")
        desk.build(fresh=True)
        assert b"bp:of" not in opened(desk.content).read("xl/worksheets/sheet1.xml")
    desk.edit(
        lambda book: book["List"].cell(row(book["List"], "Key projects under way"), 5).__setattr__("value", "ours")
    )
    desk.target("xilan.key-projects-count")["value"] = 39
    rerank(desk)
    built(desk)
    sheet = sheets(desk.content)["List"]
    assert said(sheet) == said(sheets(desk.fresh())["List"])
    assert sheet.cell(row(sheet, "Key projects under way"), 5).value == "ours"
    sheet = desk.edit(lambda book: book["List"].cell(row(book["List"], "Beilu", SHARE), 6).__setattr__("value", "mine"))
    desk.target("beilu.rd-share-ratio")["value"] = 1
    built(desk)
    sheet = sheets(desk.content)["List"]
    assert sheet.cell(row(sheet, "Beilu", SHARE), 6).value == "mine"


def test_a_new_template_with_another_loop_over_the_same_takes_nothing_for_its_rows(tmp_path: Path):
    again = {"A5": "{% for d in districts %}{{ d.name }}", "B5": "{{ d.targets|length }}{% endfor %}", "A7": "End"}
    first = {f"{name[0]}{int(name[1:]) - 3}": text for name, text in again.items()}
    (tmp_path / "own").mkdir()
    template_file = tmp_path / "own" / "targets.xlsx"
    template_file.write_bytes(template({"List": {"A1": "Head"} | first}))
    desk = Desk(tmp_path, "sample-progress", str(tmp_path / "own"), "en")
    built(desk)

    def edit(book: Any) -> None:
        sheet = book["List"]
        sheet.cell(row(sheet, "Xilan District"), 5).value = "ask them"
        sheet.cell(row(sheet, "Beilu District"), 2).value = 99

    desk.edit(edit)
    other = {"A2": "{% for d in districts %}Short", "B2": "{{ d.short }}{% endfor %}", "A4": "Then"}
    template_file.write_bytes(template({"List": {"A1": "Head"} | other | again}))
    outcome = desk.build()
    sheet = sheets(desk.content)["List"]
    assert sheet.cell(row(sheet, "Xilan District"), 5).value == "ask them"
    assert sheet.cell(row(sheet, "Beilu District"), 2).value == 99
    assert [line[:2] for line in said(sheet)].count(["Short", "Beilu"]) == 1
    assert outcome.manifest.conflicts == ()


def test_a_row_that_a_person_deleted_has_no_place_for_what_the_data_says_of_it(desk: Desk):
    desk.edit(lambda book: book["List"].delete_rows(row(book["List"], "Beilu", SHARE)))
    desk.target("beilu.rd-share-ratio")["value"] = 3.3
    (conflict,) = desk.build().manifest.conflicts
    assert conflict["reason"] == "deleted-changed"
    with pytest.raises(BriefpackError, match="no place to go"):
        desk.resolve(conflict["key"], "data")
    assert [one["key"] for one in desk.build().manifest.conflicts] == [conflict["key"]]
    desk.resolve(conflict["key"], "mine")
    assert desk.build().manifest.conflicts == ()


def test_what_the_template_stresses_stays_first_and_a_point_that_a_person_coloured_goes_along(tmp_path: Path):
    def finish(book: Any) -> None:
        chart = BarChart()
        chart.add_data(Reference(book["List"], range_string="List!$C$2:$C$2"))
        chart.series[0].dPt.append(DataPoint(idx=0))
        book["List"].add_chart(chart, "J1")

    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "targets.xlsx").write_bytes(template({"List": CELLS}, finish))
    desk = Desk(tmp_path, "sample-progress", str(tmp_path / "own"), "en")
    built(desk)
    before = row(sheets(desk.content)["List"], "Dongyu", "Fixed-asset investment") - 2
    point = f'<dPt><idx val="{before}"/></dPt>'
    desk.xml({"xl/charts/chart1.xml": lambda text: text.replace("</dPt>", f"</dPt>{point}", 1)})
    rerank(desk)
    built(desk)
    after = row(sheets(desk.content)["List"], "Dongyu", "Fixed-asset investment") - 2
    chart = zipfile.ZipFile(io.BytesIO(desk.content)).read("xl/charts/chart1.xml").decode()
    assert after != before
    assert re.findall(r'<dPt>\s*<idx val="(\d+)"', chart) == ["0", str(after)]
