"""LibreOffice works out every formula anew and comes to the values that stand in the file."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.workbook.books import rendered, scope, template

ROOT = Path(__file__).resolve().parents[2]

TABLE: dict[str, Any] = {
    "A1": "区", "B1": "指标", "C1": "值", "D1": "单位",
    "A2": "荔湾", "B2": "GDP", "C2": 6.5, "D2": "%", "A3": "越秀", "B3": "GDP", "C3": 4.5, "D3": "%",
    "A4": "海珠", "B4": "固投", "C4": 535, "D4": "亿元", "A5": "天河", "B5": "固投", "C5": 730, "D5": "亿元",
    "A6": "南沙", "B6": "gdp", "C6": 10, "D6": "%", "A7": "黄埔", "B7": "固投", "C7": 2500, "D7": "亿元",
    "A8": "增城", "B8": "工业投资", "D8": "亿元", "A9": "从化", "B9": "a*b", "C9": "无", "D9": 1, "C10": -3.25, "A10": "x?y",
}  # fmt: skip
FORMULAS = """
SUM(C2:C10) | AVERAGE(C2:C10) | COUNT(C2:C10) | COUNTA(C2:C10) | COUNTBLANK(C2:C10) | MAX(C2:C10) | MIN(C2:C10)
MEDIAN(C2:C10) | LARGE(C2:C10,2) | SMALL(C2:C10,2) | RANK(C4,C2:C10) | RANK(C4,C2:C10,1) | PRODUCT(C2:C3)
STDEV(C2:C7) | VAR(C2:C7) | QUARTILE(C2:C7,1) | PERCENTILE(C2:C7,0.3) | SUBTOTAL(9,C2:C10) | SUBTOTAL(103,C2:C10)
SUMIF(B2:B10,"GDP",C2:C10) | SUMIFS(C2:C10,B2:B10,"固投",C2:C10,">600") | COUNTIF(C2:C10,">=10") | COUNTIF(A2:A10,"*")
COUNTIF(B2:B10,"固?") | COUNTIFS(B2:B10,"固投",D2:D10,"<>%") | AVERAGEIF(B2:B10,"固投",C2:C10) | COUNTIF(C2:C10,"")
AVERAGEIFS(C2:C10,D2:D10,"亿元",C2:C10,"<1000") | MAXIFS(C2:C10,B2:B10,"固投") | MINIFS(C2:C10,B2:B10,"固投")
COUNTIF(B2:B10,"a~*b") | COUNTIF(C2:C10,"<0") | COUNTIF(D2:D10,1) | COUNTIF(D2:D10,"1") | COUNTIF(C2:C10,"<>")
INDEX(C2:C10,MATCH("天河",A2:A10,0)) | MATCH(600,C7:C8,-1) | MATCH("GDP",B2:B10,0) | VLOOKUP("海珠",A2:D10,3,FALSE)
INDEX(A2:D10,3,2) | INDEX(A1:D1,3) | HLOOKUP("值",A1:D4,3,FALSE) | LOOKUP(600,C4:C5) | MATCH(7,{1;5;9},1) | ROWS(A1:B7)
IF(C2>5,"高","低") | IF(C8="","空","满") | IF(C8=0,"零","非零") | IFERROR(1/0,"错") | IFERROR(C9*2,0) | IFNA(MATCH("x",A2:A10,0),-1)
IFS(C2>10,"a",C2>5,"b",TRUE,"c") | SWITCH(B4,"GDP",1,"固投",2,3) | CHOOSE(2,"a","b","c") | AND(C2>1,C3>1) | OR(C2>100,C3>100)
NOT(C2>1) | XOR(TRUE,FALSE,TRUE) | ISNUMBER(C9) | ISTEXT(C9) | ISBLANK(C8) | ISERROR(1/0) | ISNA(NA()) | N(C9) | T(C9)
ROUND(2.5,0) | ROUND(-2.5,0) | ROUND(1234.567,-2) | ROUNDUP(2.1,0) | ROUNDDOWN(-2.9,0) | INT(-2.5) | TRUNC(-2.5) | ABS(-3)
MOD(-7,3) | MOD(7,-3) | SQRT(2) | POWER(2,10) | 2^0.5 | -2^2 | SIGN(-3) | 10% | 1+2*3-4/5 | 0.1+0.2=0.3 | 0.3-0.1-0.2
"a"&1.5 | "a"="A" | "a"<"b" | 1<"a" | C8&"x" | C8+1 | "12"+1 | 1/3&"" | 123456789.123&"" | 1E+15&"" | 0.00001234&""
LEFT("广州市",2) | RIGHT("广州市",1) | MID("广州市",2,1) | LEN("广州市") | CONCAT("a",B2,1) | CONCATENATE("a","b") | TRIM("  a  b ")
SUBSTITUTE("aXbXc","X","-") | SUBSTITUTE("aXbXc","X","-",2) | FIND("州","广州") | SEARCH("B","abc") | REPT("ab",3) | CHAR(65) | "a"&CHAR(10)&"b" | UPPER("aé")
TEXTJOIN("、",TRUE,A2:A5) | VALUE("12.5") | EXACT("a","A") | EXACT("a","a") | LOWER("ABC") | SEARCH("b?","abc")
TEXT(0.065,"0.0%") | TEXT(1234.5,"#,##0") | TEXT(1234.567,"#,##0.00") | TEXT(5,"00") | TEXT(-5,"0.0") | TEXT(45000,"yyyy-mm-dd")
TEXT(0.5,"0%") | TEXT(1234.5,"0.0") | YEAR(45000) | MONTH(45000) | DAY(45000) | DATE(2023,6,30) | DATE(2023,14,1)
SUMPRODUCT((B2:B7="固投")*C2:C7) | SUMPRODUCT(C2:C7,C2:C7) | SUMPRODUCT((C2:C7>5)*1) | ROW() | ROW(C5) | COLUMN(C5)
SUM(C2,C3,4) | SUM(C8:C9) | MAX(C8:C8) | AVERAGE(C8:C8) | 1/0 | C9+1 | MATCH("zz",A2:A10,0) | SQRT(-1) | A2:A3 | "5%"+0
"""


def recalculated(document: Any) -> dict[str, Any]:
    document.calculateAll()
    found: dict[str, Any] = {}
    for sheet in document.Sheets:
        cursor = sheet.createCursor()
        cursor.gotoEndOfUsedArea(False)
        area = sheet.getCellRangeByPosition(0, 0, cursor.RangeAddress.EndColumn, cursor.RangeAddress.EndRow)
        data = area.getDataArray()
        for row, formulas in enumerate(area.getFormulaArray()):
            for column, formula in enumerate(formulas):
                if formula.startswith("="):
                    cell = area.getCellByPosition(column, row)
                    found[f"{sheet.Name}!{row},{column}"] = "error" if cell.getError() else data[row][column]
    return found


def cached(path: Path) -> dict[str, Any]:
    values = openpyxl.load_workbook(path, data_only=True)
    found: dict[str, Any] = {}
    for sheet in openpyxl.load_workbook(path).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    shown = values[sheet.title][cell.coordinate]
                    value = "error" if shown.data_type == "e" else shown.value
                    found[f"{sheet.title}!{cell.row - 1},{cell.column - 1}"] = value
    return found


def same(one: Any, other: Any) -> bool:
    if isinstance(one, (bool, int, float)) and isinstance(other, (bool, int, float)):
        return math.isclose(float(one), float(other), rel_tol=1e-12, abs_tol=1e-15)
    return (one or "") == (other or "")


def compare(office: Any, path: Path) -> None:
    told = cached(path)
    worked_out = office.look(path, recalculated)
    assert set(told) <= set(worked_out)
    assert {at: (told[at], worked_out[at]) for at in told if not same(told[at], worked_out[at])} == {}


@pytest.mark.office
def test_every_function_gives_what_libreoffice_gives(office: Any, tmp_path: Path) -> None:
    formulas = [formula.strip() for line in FORMULAS.strip().splitlines() for formula in line.split("|")]
    prefixed = {"CONCAT(": "_xlfn.CONCAT(", "IFS(": "_xlfn.IFS(", "SWITCH(": "_xlfn.SWITCH(", "TEXTJOIN(": "_xlfn.TEXTJOIN(",
                "MAXIFS(": "_xlfn.MAXIFS(", "MINIFS(": "_xlfn.MINIFS(", "XOR(": "_xlfn.XOR(", "IFNA(": "_xlfn.IFNA("}  # fmt: skip
    cells = {"F1": "{{ city.short }}"}
    for row, formula in enumerate(formulas, 2):
        for name, written in prefixed.items():
            if formula.startswith(name):
                formula = written + formula[len(name) :]
        cells[f"F{row}"] = f"={formula}"
    path = tmp_path / "functions.xlsx"
    path.write_bytes(rendered(template({"一": {**TABLE, **cells}})))
    compare(office, path)


@pytest.mark.office
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", ["guangzhou-2023", "sample-progress"])
def test_the_shipped_workbooks_hold_their_values(office: Any, tmp_path: Path, name: str, lang: str) -> None:
    path = tmp_path / "targets.xlsx"
    data = (ROOT / "templates" / "standard" / lang / "targets.xlsx").read_bytes()
    path.write_bytes(rendered(data, scope(name, lang)))
    compare(office, path)


def filled(document: Any) -> list[list[Any]]:
    """Type actual values of three targets; return their rates and states, and what the overview counts."""
    sheet = document.Sheets.getByName("目标")
    keys = [row[0] for row in sheet.getCellRangeByName("A1:A100").getDataArray()]
    typed = {"nansha.gdp-growth": 0.105, "tianhe.gdp-level": 3300, "haizhu.fai-level": 100}
    states = []
    for key, value in typed.items():
        row = keys.index(key) + 1
        sheet.getCellRangeByName(f"U{row}").setValue(value)
        sheet.getCellRangeByName(f"V{row}").setFormula("2023-06-30")
        found = [sheet.getCellRangeByName(f"{column}{row}") for column in "WX"]
        states.append([round(found[0].getValue(), 3), found[1].getString()])
    overview = document.Sheets.getByName("总览")
    tiles = [overview.getCellRangeByName(f"{column}11").getValue() for column in "FHJL"]
    rows = {row[0]: row[6:10] for row in overview.getCellRangeByName("B32:M43").getDataArray()}
    return [*states, tiles, *([*rows[place]] for place in ("南沙", "天河", "海珠"))]


@pytest.mark.office
def test_an_actual_value_typed_gives_its_rate_its_state_and_the_overview_at_once(office: Any, tmp_path: Path) -> None:
    path = tmp_path / "targets.xlsx"
    data = (ROOT / "templates" / "standard" / "zh" / "targets.xlsx").read_bytes()
    path.write_bytes(rendered(data, scope("guangzhou-2023", "zh")))
    *states, tiles, nansha, tianhe, haizhu = office.look(path, filled)
    assert states == [[1.05, "已达到"], [0.508, "进度正常"], [0.187, "落后"]]
    assert tiles == [3, 1, 1, 1]
    assert [[value or 0 for value in row] for row in (nansha, tianhe, haizhu)] == [
        [1, 1, 0, 0],
        [1, 0, 1, 0],
        [1, 0, 0, 1],
    ]
