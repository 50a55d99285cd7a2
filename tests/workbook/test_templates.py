"""The shipped workbooks: every statement in its row, statuses as the model has them, sound files, visible values."""

from __future__ import annotations

import html
import io
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from exporters.package import lint
from exporters.wording import label
from tests.workbook.books import dataset, formulas, parts, rendered, scope, values

ROOT = Path(__file__).resolve().parents[2]
SHEETS = {"zh": ["总览", "目标", "对比", "举措", "来源", "说明"],
          "en": ["Overview", "Targets", "Comparison", "Initiatives", "Sources", "Notes"]}  # fmt: skip
CASES = [(name, lang) for name in ("guangzhou-2023", "sample-progress") for lang in ("zh", "en")]
_made: dict[tuple[str, str], bytes] = {}


def made(name: str, lang: str) -> bytes:
    if (name, lang) not in _made:
        data = (ROOT / "templates" / "standard" / lang / "targets.xlsx").read_bytes()
        _made[name, lang] = rendered(data, scope(name, lang), epoch=0, properties={"briefpack": "x:1:0"})
    return _made[name, lang]


def table(name: str, lang: str) -> list[dict[str, Any]]:
    """The rows of the table of targets by header."""
    book = values(made(name, lang))
    sheet = book[SHEETS[lang][1]]
    rows = list(sheet[sheet.tables["targets"].ref])
    heads = [cell.value for cell in rows[0]]
    return [dict(zip(heads, [cell.value for cell in row], strict=True)) for row in rows[1:]]


@pytest.mark.parametrize(("name", "lang"), CASES)
def test_files_are_sound(name: str, lang: str) -> None:
    data = made(name, lang)
    assert lint(data) == []
    assert [part for part, content in parts(data).items() if b"{{" in content or b"{%" in content] == []
    assert values(data).sheetnames == SHEETS[lang]


@pytest.mark.parametrize(("name", "lang"), CASES)
def test_every_formula_has_its_value(name: str, lang: str) -> None:
    count = 0
    for part, content in parts(made(name, lang)).items():
        if part.startswith("xl/worksheets/sheet"):
            cells = re.findall(r"<c [^>]*>(<f>[^<]*</f>)(<v>[^<]*</v>)?</c>", content.decode())
            assert [formula for formula, value in cells if not value] == []
            assert [cell for cell in cells if re.search("#(REF|NAME|VALUE|NUM)", "".join(cell))] == []
            count += len(cells)
    assert count > 200


@pytest.mark.parametrize(("name", "lang"), CASES)
def test_every_statement_has_its_row(name: str, lang: str) -> None:
    rows = {row["键" if lang == "zh" else "Key"]: row for row in table(name, lang)}
    views = scope(name, lang).names()["targets"]
    assert list(rows) == [view.key for view in views]
    heads = ("目标值", "单位", "依据原文", "原文数字") if lang == "zh" else ("Target", "Unit", "Clause", "As stated")
    for view in views:
        row = rows[view.key]
        assert (row[heads[0]] is None) == (view.number is None)
        if view.number is not None:
            assert Decimal(str(row[heads[0]])) == view.number
        assert row[heads[1]] == (view.number_unit or None)
        assert row[heads[2]] == (view.clause or None)
        assert row[heads[3]] == view.text


def test_no_unit_is_mixed() -> None:
    units = {row["单位"] for row in table("guangzhou-2023", "zh")}
    assert "亿元" in units
    assert "万亿元" not in units


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_progress_is_what_the_model_says(lang: str) -> None:
    words = {"zh": ("已达到", "进度正常", "落后", "未填", "完成率", "状态", "键"),
             "en": ("Met", "On track", "Behind", "Open", "Completion", "Status", "Key")}[lang]  # fmt: skip
    status = {**dict(zip(("met", "on_track", "behind"), words, strict=False)), "": "—"}
    views = {view.key: view for view in scope("sample-progress", lang).names()["targets"]}
    seen = set()
    for row in table("sample-progress", lang):
        actual = views[row[words[6]]].actual
        assert row[words[5]] == (status[actual.status] if actual else words[3])
        seen.add(row[words[5]])
        if actual and actual.rate is not None:
            assert row[words[4]] == pytest.approx(float(actual.value / views[row[words[6]]].value))
        else:
            assert not row[words[4]]
    assert seen == {*words[:4], "—"}


def test_percent_is_stored_as_a_ratio_with_its_format() -> None:
    sheet = formulas(made("guangzhou-2023", "zh"))["目标"]
    row = next(row for row in sheet.iter_rows(min_row=5) if row[0].value == "tianhe.gdp-growth")
    assert (row[6].value, row[6].number_format) == (0.065, "0.0####%")


def test_the_matrix_finds_what_the_table_says() -> None:
    sheet = values(made("guangzhou-2023", "zh"))["对比"]
    rows = {sheet[f"B{row}"].value: row for row in range(8, sheet.max_row + 1)}
    assert [sheet[f"E{rows[place]}"].value for place in ("南沙", "越秀", "番禺", "全市")] == [0.1, 0.045, None, 0.06]
    assert sheet[f"K{rows['黄埔']}"].value == 2500


def test_the_matrix_does_not_mind_a_sorted_table() -> None:
    formula = formulas(made("guangzhou-2023", "zh"))["对比"]["E10"].value
    assert formula == '=IFERROR(INDEX(目标!$G$5:$G$77,MATCH($A10&"|"&E$3,目标!$B$5:$B$77,0)),"")'


def test_print_set_up_and_views() -> None:
    for sheet in formulas(made("guangzhou-2023", "zh")).worksheets:
        assert sheet.page_setup.paperSize == 9
        assert sheet.page_setup.fitToWidth == 1
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.oddHeader.left.text == "广州2023年高质量发展目标"
        assert not sheet.protection.sheet
        for rule in sheet.data_validations.dataValidation:
            assert len(rule.formula1) <= 257
    book = formulas(made("guangzhou-2023", "zh"))
    assert book["目标"].freeze_panes == "E5"
    assert book["目标"].print_title_rows == "$1:$4"
    assert book["目标"].column_dimensions["A"].hidden


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_printed_can_be_read(lang: str) -> None:
    """One page wide on A4, no text of a list comes out smaller than 8 points (a digit of 10 points is 7 pixels wide)."""
    book = formulas(made("guangzhou-2023", lang))
    for sheet in book.worksheets[1:]:
        shown = [one for one in sheet.column_dimensions.values() if not one.hidden]
        pixels = sum((one.max - one.min + 1) * round(one.width * 7) for one in shown)
        paper = 11.69 if sheet.page_setup.orientation == "landscape" else 8.27
        room = (paper - sheet.page_margins.left - sheet.page_margins.right) * 96
        smallest = min(cell.font.sz for row in sheet.iter_rows() for cell in row if cell.value is not None)
        assert min(room / pixels, 1) * smallest >= 8, sheet.title


def test_charts_have_names_texts_and_values() -> None:
    found = parts(made("guangzhou-2023", "zh"))
    drawing = found["xl/drawings/drawing1.xml"].decode()
    assert len(re.findall(r'descr="柱形图：各区', drawing)) == 2
    assert "{{" not in drawing
    shown = re.findall(r"<v>([^<]*)</v>", found["xl/charts/chart1.xml"].decode())[1:4]
    assert shown == ["南沙 \n10.0%", "海珠 \n7.0%", "白云 \n7.0%"]


def test_properties_and_language() -> None:
    book = values(made("guangzhou-2023", "en"))
    assert book.properties.title == "Guangzhou’s development targets for 2023"
    assert book.properties.language == "en-GB"
    assert book.custom_doc_props["briefpack"].value == "x:1:0"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_words_of_the_template_are_words_of_the_model(lang: str) -> None:
    """The status formula compares measures by their words: they must be those that the data shows."""
    from exporters.model import Measure

    text = parts((ROOT / "templates" / "standard" / lang / "targets.xlsx").read_bytes())[
        "xl/worksheets/sheet2.xml"
    ].decode()
    for measure in (Measure.LEVEL, Measure.COUNT, Measure.INCREMENT, Measure.FLOW):
        assert f'="{label(measure, lang)}"' in html.unescape(text)  # type: ignore[arg-type]


def test_both_sets_have_the_workbook() -> None:
    for lang in ("zh", "en"):
        one, other = (ROOT / "templates" / name / lang / "targets.xlsx" for name in ("standard", "gbt9704"))
        assert one.read_bytes() == other.read_bytes()


def test_an_outside_reader_sees_the_facts() -> None:
    calamine = pytest.importorskip(
        "python_calamine", reason="python-calamine is not installed (pip install python-calamine)"
    )
    rows = (
        calamine.CalamineWorkbook.from_filelike(io.BytesIO(made("guangzhou-2023", "zh")))
        .get_sheet_by_name("目标")
        .to_python()
    )
    shown = {row[0]: row for row in rows}
    assert shown["nansha.industrial-investment-growth"][6] == pytest.approx(0.85)
    assert shown["tianhe.goods-sales-level"][6] == 14000
    assert shown["guangzhou.gdp-level"][15] == dataset().target_by_id["guangzhou.gdp-level"].evidence.clause


def test_the_template_source_builds_the_shipped_files(tmp_path: Path) -> None:
    """The script writes nothing anew: what is shipped is what it makes."""
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, str(ROOT / "templates" / "source" / "workbook.py")], capture_output=True, text=True, check=True
    )
    assert {line.rpartition(": ")[2] for line in done.stdout.splitlines()} == {"unchanged"}
