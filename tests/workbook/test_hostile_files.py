"""What makes a workbook another kind of file: days from 1904, shared strings, protection, macros, hidden sheets, pivots."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest
from desk import Desk, Grid, built, sheet_part, untouched, verified, without
from living_excel import _link, _shared
from living_samples import opened, part
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.worksheet.datavalidation import DataValidation

from exporters.package import PackageWriter

pytestmark = pytest.mark.slow
GDP, FAI = "liwan.gdp-growth", "liwan.fai-growth"


def test_a_workbook_that_counts_days_from_1904_gets_the_right_days(desk: Desk):
    whole = without(desk, GDP)

    def edit(book: Any) -> None:
        book.epoch = dt.datetime(1904, 1, 1)
        Grid(book).cell(FAI, "实际日期").value = dt.date(2023, 6, 30)

    desk.edit(edit)
    assert [(one.key, one.theirs) for one in desk.status().plan.kept] == [(f"{FAI}.实际日期", "2023-06-30")]
    desk.data["targets"] = whole
    built(desk)
    verified(desk, {(FAI, "实际日期"): "2023-06-30"})
    assert Grid(openpyxl.load_workbook(desk.file)).cell(GDP, "起始日").value == dt.datetime(2023, 1, 1)


def test_shared_strings_are_read_and_kept(desk: Desk):
    package, strings = opened(desk.content), []
    parts = {name: package.read(name) for name in package.names()}
    for name in [name for name in parts if name.startswith("xl/worksheets/sheet")]:
        parts[name] = _shared(parts[name].decode(), strings).encode()
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    known = "xl/sharedStrings.xml" in parts
    if known:
        pytest.skip("the template brings shared strings of its own")
    items = "".join(f'<si><t xml:space="preserve">{one}</t></si>' for one in strings)
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{main}">{items}</sst>'.encode()
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    _link(parts, "xl/_rels/workbook.xml.rels", (("rId95", f"{relations}/sharedStrings", "sharedStrings.xml"),))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", override.encode())
    out = io.BytesIO()
    with PackageWriter(out) as writer:
        for name, content in parts.items():
            writer.add(name, content)
    desk.file.write_bytes(out.getvalue())
    before = desk.content
    assert not desk.status().plan.kept
    desk.target(GDP)["value"] = 7.5
    built(desk)
    untouched(before, verified(desk), "sharedStrings", "theme", "styles")


def test_protection_by_a_person_stays(desk: Desk):
    def edit(book: Any) -> None:
        for sheet in book.worksheets:
            sheet.protection.sheet, sheet.protection.password = True, "x"
        book.security.workbookPassword, book.security.lockStructure = "x", True

    desk.edit(edit)
    desk.target(GDP)["value"] = 7.5
    built(desk)
    content = verified(desk)
    assert "<sheetProtection" in part(content, sheet_part(desk, "目标"))
    assert "<workbookProtection" in part(content, "xl/workbook.xml")


def test_macros_are_refused_and_the_file_is_left_alone(desk: Desk):
    plain, macros = "vnd.openxmlformats-officedocument.spreadsheetml.sheet", "vnd.ms-excel.sheet.macroEnabled"
    desk.xml(
        {"[Content_Types].xml": lambda old: old.replace(f"{plain}.main+xml", f"{macros}.main+xml")},
        {"xl/vbaProject.bin": b"x" * 100},
    )
    before = desk.content
    desk.target(GDP)["value"] = 7.5
    assert built(desk, 4).refused[0].code == "macros"
    assert desk.content == before
    assert desk.status().state == "foreign"


def test_sheets_hidden_moved_and_deleted_and_things_put_on_them(desk: Desk):
    whole = without(desk, GDP)

    def edit(book: Any) -> None:
        book.move_sheet("目标", -1)
        book["来源"].sheet_state = "hidden"
        del book["举措"]
        mine = book.create_sheet("我的")
        mine["A1"] = "=SUM(目标!G5:G76)"
        chart = BarChart()
        chart.add_data(Reference(book["目标"], min_col=7, min_row=5, max_row=9))
        mine.add_chart(chart, "C3")
        sheet = book["目标"]
        sheet["C2"], sheet["G1"] = "我的说明", "抄送"
        sheet["D9"].comment = Comment("请核实", "王")
        rule = DataValidation(type="list", formula1='"甲,乙"', sqref="AA5:AA76")
        sheet.add_data_validation(rule)

    desk.edit(edit)
    before = desk.content
    desk.data["targets"] = whole
    built(desk)
    content = verified(desk)
    book = openpyxl.load_workbook(desk.file)
    assert book.sheetnames == ["目标", "总览", "对比", "来源", "说明", "我的"]
    assert book["来源"].sheet_state == "hidden"
    assert book["我的"]["A1"].value == "=SUM(目标!G5:G77)"
    assert (book["目标"]["C2"].value, book["目标"]["G1"].value) == ("我的说明", "抄送")
    assert [cell.comment.text for row in book["目标"].iter_rows() for cell in row if cell.comment] == ["请核实"]
    assert "AA5:AA77" in str([one.sqref for one in book["目标"].data_validations.dataValidation])
    untouched(before, content, "theme", "drawings/drawing3", "_rels/sheet6")


def test_a_pivot_table_over_the_table_follows_its_rows(desk: Desk):
    whole = without(desk, GDP)
    sheet = sheet_part(desk, "来源")
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    cache = (
        f'<pivotCacheDefinition xmlns="{main}"><cacheSource type="worksheet">'
        '<worksheetSource ref="A4:AA76" sheet="目标"/></cacheSource><cacheFields count="0"/></pivotCacheDefinition>'
    )
    desk.xml(
        {
            "xl/_rels/workbook.xml.rels": lambda old: old.replace(
                "</Relationships>",
                f'<Relationship Id="rId90" Type="{relations}/pivotCacheDefinition" '
                'Target="pivotCache/pivotCacheDefinition1.xml"/></Relationships>',
            ),
            "[Content_Types].xml": lambda old: old.replace(
                "</Types>",
                '<Override PartName="/xl/pivotCache/pivotCacheDefinition1.xml" ContentType="application/'
                'vnd.openxmlformats-officedocument.spreadsheetml.pivotCacheDefinition+xml"/></Types>',
            ),
        },
        {"xl/pivotCache/pivotCacheDefinition1.xml": cache.encode()},
    )
    before = desk.content
    desk.data["targets"] = whole
    desk.build()
    found = part(desk.content, "xl/pivotCache/pivotCacheDefinition1.xml")
    # Its copy of the cells is the old one: it is to be worked out anew.
    assert 'ref="A4:AA77"' in found and 'refreshOnLoad="1"' in found
    assert part(before, sheet) != "" and desk.build().results == {"targets.xlsx": "unchanged"}
