"""A chart bound in its data sheet: each instance has references, caches and a workbook that agree."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from chart_samples import LOOP, compiled, deck, made, sheet_of, workbook
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from exporters.charts import ChartParts
from exporters.charts.references import column_letters, column_number, parse_range
from exporters.package import Package, lint

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
TARGETS = [
    {"short": "GDP", "value": Decimal("6.5"), "city": 6},
    {"short": "固投 & <工业>", "value": None, "city": Decimal("10")},
    {"short": "社零", "value": Decimal("-0.30"), "city": None},
]


def names(targets: list[dict[str, object]]) -> dict[str, object]:
    return {"targets": targets, "name": "增速", "first": "南沙"}


def caches(parts: ChartParts) -> dict[str, list[str | None]]:
    """The cached values of each reference by its formula."""
    found = {}
    for formula in etree.fromstring(parts.chart).iter(f"{C}f"):
        cache = formula.getnext()
        count = int(cache.find(f"{C}ptCount").get("val"))
        values: list[str | None] = [None] * count
        for point in cache.iter(f"{C}pt"):
            values[int(point.get("idx"))] = point.findtext(f"{C}v")
        found[formula.text] = values
    return found


def test_loop_gives_rows_caches_and_references() -> None:
    parts = made(deck(LOOP), **names(TARGETS))
    assert sheet_of(parts) == [
        ["增速", "南沙", "全市"],
        ["GDP", 6.5, 6],
        ["固投 & <工业>", None, 10],
        ["社零", -0.3, None],
    ]
    assert caches(parts) == {
        "Sheet1!$B$1": ["南沙"],
        "Sheet1!$C$1": ["全市"],
        "Sheet1!$A$2:$A$4": ["GDP", "固投 & <工业>", "社零"],
        "Sheet1!$B$2:$B$4": ["6.5", None, "-0.30"],
        "Sheet1!$C$2:$C$4": ["6", "10", None],
    }


def test_no_rows_leave_one_empty_cell() -> None:
    parts = made(deck(LOOP), **names([]))
    assert sheet_of(parts) == [["增速", "南沙", "全市"]]
    assert caches(parts)["Sheet1!$B$2"] == [None]


def test_references_longer_than_the_tagged_rows() -> None:
    """An author often leaves the reference over the sample rows that the loop replaced."""
    parts = made(deck(LOOP, points=4), **names(TARGETS))
    assert caches(parts)["Sheet1!$C$2:$C$4"] == ["6", "10", None]


def test_rows_around_the_loop_stay() -> None:
    rows = [*LOOP, ["全市", 6, "{{ first }}"]]
    parts = made(deck(rows, points=2), **names(TARGETS))
    assert sheet_of(parts)[4] == ["全市", 6, "南沙"]
    assert caches(parts)["Sheet1!$A$2:$A$5"] == ["GDP", "固投 & <工业>", "社零", "全市"]


def test_statements_in_rows_of_their_own_and_conditions() -> None:
    rows = [
        ["", "值", "全市"],
        ["{% for t in targets %}", "", ""],
        ["{% if t.value %}{{ t.short }}", "{{ t.value }}", "{{ t.city }}{% endif %}"],
        ["{% endfor %}", "", ""],
        ["末", 1, 2],
    ]
    parts = made(deck(rows, points=4), **names(TARGETS))
    assert sheet_of(parts)[1:] == [["GDP", 6.5, 6], ["社零", -0.3, None], ["末", 1, 2]]


def test_the_table_over_the_data_follows() -> None:
    rows = [["指标", "{{ first }}", "全市"], *LOOP[1:]]
    data = deck(rows, book=workbook(rows, table="A1:C2"))
    parts = made(data, **names(TARGETS))
    table = openpyxl.load_workbook(io.BytesIO(parts.workbook)).worksheets[0].tables["Table1"]
    assert (table.ref, [column.name for column in table.tableColumns]) == ("A1:C4", ["指标", "南沙", "全市"])
    assert lint(parts.workbook) == []


def test_titles_and_point_colours() -> None:
    parts = made(deck(LOOP, title="{{ first }}：增速", tint=0), **names(TARGETS))
    root = etree.fromstring(parts.chart)
    assert "".join(root.find(f"{C}chart/{C}title").itertext()).strip() == "南沙：增速"
    assert [point.find(f"{C}idx").get("val") for point in root.iter(f"{C}dPt")] == ["0"]


def test_no_tag_stays_in_the_workbook() -> None:
    parts = made(deck(LOOP), **names(TARGETS))
    with zipfile.ZipFile(io.BytesIO(parts.workbook)) as book:
        assert book.testzip() is None
        assert not [name for name in book.namelist() if b"{{" in book.read(name) or b"{%" in book.read(name)]
        assert {info.date_time for info in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert lint(parts.workbook) == []


def test_a_chart_without_tags_is_left_alone() -> None:
    assert compiled(deck([["", "a"], ["x", 1]]))[1] is None


def test_text_that_looks_like_a_number() -> None:
    """In a value column it is one; in a category it stays text."""
    targets = [{"short": "2023", "value": "7.5", "city": "—"}]
    parts = made(deck(LOOP), **names(targets))
    assert sheet_of(parts)[1] == ["2023", 7.5, "—"]
    assert caches(parts)["Sheet1!$C$2"] == [None]


@pytest.mark.parametrize(
    ("rows", "place", "message"),
    [
        ([["", "x"], ["{% for t in targets %}{{ t.short }}", "{{ t.value }}"]], "cell A2", "not closed"),
        ([["", "{{ }}"], ["a", 1]], "cell B1", "empty"),
        ([["", "x"], ["{{ a }}", "{% wenn %}"]], "cell B2", "unknown tag"),
    ],
)
def test_faults_name_the_cell(rows: list[list[object]], place: str, message: str) -> None:
    _, _, _, faults = compiled(deck(rows))
    assert len(faults) == 1
    assert faults[0].where == f"slide 1, shape 'Chart 1', data sheet {place}"
    assert message in faults[0].message


def renamed(data: bytes, formulas: dict[str, str]) -> bytes:
    """Return a deck whose chart names other ranges."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            part = source.read(name).decode("latin-1")
            if name.startswith("ppt/charts/chart"):
                for old, new in formulas.items():
                    part = part.replace(f"<c:f>{old}</c:f>", f"<c:f>{new}</c:f>")
            target.writestr(name, part.encode("latin-1"))
    return out.getvalue()


COUNTED = {
    "Sheet1!$A$2:$A$2": "categories", "Sheet1!$B$1": "label 0", "Sheet1!$B$2:$B$2": "0",
    "Sheet1!$C$1": "label 1", "Sheet1!$C$2:$C$2": "1",
}  # fmt: skip


def test_the_ranges_of_libreoffice_are_the_columns_that_it_counts() -> None:
    named, counted = (made(data, **names(TARGETS)) for data in (deck(LOOP), renamed(deck(LOOP), COUNTED)))
    assert [*caches(counted).values()] == [*caches(named).values()]
    assert [*caches(counted)] == [name.replace("Sheet1", "'Sheet1'") for name in caches(named)]
    assert sheet_of(counted) == sheet_of(named)


def test_a_chart_that_names_nothing_of_its_sheet_is_told() -> None:
    _, program, _, faults = compiled(renamed(deck(LOOP), dict.fromkeys(COUNTED, "Umsatz")))
    assert program is None
    assert [(fault.code, fault.where) for fault in faults] == [("no-data-range", "slide 1, shape 'Chart 1'")]


def test_a_formula_below_a_loop_is_refused() -> None:
    rows = [*LOOP, ["合计", "=SUM(B2:B2)", 1]]
    # openpyxl writes no cached value, so one is put in as Office would.
    data = workbook(rows)
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b"<f>SUM(B2:B2)</f><v />", b"<f>SUM(B2:B2)</f><v>0</v>")
    parts[sheet] = parts[sheet].replace(b"<f>SUM(B2:B2)</f><v/>", b"<f>SUM(B2:B2)</f><v>0</v>")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name, content in parts.items():
            target.writestr(name, content)
    _, _, _, faults = compiled(deck(rows, points=2, book=out.getvalue()))
    assert [fault.code for fault in faults] == ["moving-formula"]
    assert faults[0].where.endswith("cell B3")


def test_same_input_same_bytes() -> None:
    data = deck(LOOP, title="{{ name }}")
    assert made(data, **names(TARGETS)) == made(data, **names(TARGETS))


_TEXT = st.text(
    st.characters(min_codepoint=32, exclude_categories=("Cs", "Cc", "Cn", "Co"), exclude_characters="\ufffe\uffff"),
    min_size=1,
    max_size=30,
)
_NUMBER = st.decimals(min_value=-(10**9), max_value=10**9, places=3)
_SAMPLE = compiled(deck(LOOP))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(_TEXT, st.none() | _NUMBER), min_size=1, max_size=6))
def test_any_text_and_number_comes_back(rows: list[tuple[str, Decimal | None]]) -> None:
    from exporters.charts import FILTERS, ChartMaker

    package, program, meta, _ = _SAMPLE
    assert program is not None
    targets = [{"short": text, "value": value, "city": 1} for text, value in rows]
    parts = ChartMaker(meta, package).make("".join(program.bind(FILTERS).stream(names(targets))).encode())
    found = sheet_of(parts)[1:]
    assert [row[0] for row in found] == [text for text, _ in rows]
    assert [row[1] for row in found] == [None if value is None else float(value) for _, value in rows]
    last = len(rows) + 1
    shown = caches(parts)["Sheet1!$A$2" if last == 2 else f"Sheet1!$A$2:$A${last}"]
    assert shown == [text for text, _ in rows]


def test_ranges() -> None:
    area = parse_range("'各''区 1'!$B$2:$AA$5")
    assert area is not None
    assert (area.sheet_name, area.first, area.top, area.last, area.bottom) == ("各'区 1", 2, 2, 27, 5)
    assert parse_range("Sheet1!Name") is None
    assert parse_range("(Sheet1!$A$1,Sheet1!$B$1)") is None
    assert [column_letters(n) for n in (1, 26, 27, 702, 703)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert column_number("AAA") == 703


def test_sheet_names_are_quoted_as_they_were() -> None:
    rows = [["", "{{ first }}"], ["x", 1]]
    data = deck(rows, book=workbook(rows, sheet="数 据"))
    package = Package.open(data)
    assert package  # the chart still points at Sheet1: its first sheet is taken
    parts = made(data, **names([]))
    assert sheet_of(parts)[0] == [None, "南沙"]
