from __future__ import annotations

import subprocess
import sys

import pytest

from exporters.metrics import (
    Box,
    Paragraph,
    break_lines,
    count_lines,
    excel_width,
    fits,
    height,
    line_height,
    shorten,
    width,
)

MODERN = {"latin": "Arial", "east_asian": "微软雅黑"}


class TestWidth:
    def test_han_is_one_em(self) -> None:
        assert width("广州市，南沙区。", 16) == 16 * 8
        assert width("𠮷", 10) == 10

    def test_latin_takes_the_named_font(self) -> None:
        assert width("2023", 1000, latin="Arial") == 4 * 556
        assert width("2023", 1000, latin="Times New Roman") == 4 * 500
        assert width("2023", 1000, latin="Calibri") == 4 * 507

    def test_bold_is_measured_not_guessed(self) -> None:
        assert width("A", 1000, latin="Arial", bold=True) == 722
        assert width("年", 1000, latin="Arial", bold=True) == 1000

    def test_quotes_take_the_font_of_their_surroundings(self) -> None:
        assert width("“好”", 1000, **MODERN) == 3000
        assert width("“OK”", 1000, **MODERN) < 2300
        assert width("它it’s", 1000, **MODERN) == 1000 + width("it’s", 1000, **MODERN)

    def test_dash_and_ellipsis_are_full_width_in_chinese(self) -> None:
        assert width("安全——发展……", 1000, **MODERN) == 8000

    def test_unknown_fonts_are_measured_wide(self) -> None:
        text = "Retail sales 2023"
        known = max(width(text, 12, latin=name) for name in ("Arial", "Calibri", "Times New Roman"))
        assert width(text, 12, latin="No Such Font") > known
        assert width(text, 12) > known

    def test_names_are_found_in_any_case(self) -> None:
        assert width("Ab", 12, latin=" times new roman ") == width("Ab", 12, latin="Times New Roman")

    @pytest.mark.parametrize("text", ["e\u0301", "é"])
    def test_an_accent_takes_no_room(self, text: str) -> None:
        assert width(text, 1000, latin="Arial") == 556

    def test_invisible_characters_take_no_room(self) -> None:
        assert width("❤\ufe0f\u200b", 10, latin="Arial") == width("❤", 10, latin="Arial")

    def test_an_emoji_is_one_em(self) -> None:
        assert width("🚇", 20) == 20
        assert width("👍🏽", 20) == 20

    def test_spacing_is_added_to_every_character(self) -> None:
        assert width("南沙", 16, spacing=-0.25) == 31.5

    def test_word_puts_room_between_han_and_latin(self) -> None:
        plain = width("增长10%以上", 10, **MODERN)
        assert width("增长10%以上", 10, flow="word", **MODERN) == pytest.approx(plain + 2)
        assert width("增长10%以上", 10, flow="slide", **MODERN) == pytest.approx(plain + 5)


class TestBreaking:
    def test_no_line_begins_with_a_closing_mark(self) -> None:
        assert break_lines("一二三四五，六", 10, 50) == ["一二三四", "五，六"]
        assert break_lines("一二三四五”，六", 10, 50) == ["一二三四", "五”，六"]

    def test_a_stop_may_hang_in_word(self) -> None:
        assert break_lines("一二三四五，六", 10, 50, flow="word") == ["一二三四五，", "六"]
        assert break_lines("一二三四五。", 10, 50, flow="word") == ["一二三四五。"]

    def test_no_line_ends_with_an_opening_mark(self) -> None:
        assert break_lines("一二三四“五六”", 10, 50) == ["一二三四", "“五六”"]
        assert break_lines("一二三（《五六》）", 10, 50) == ["一二三", "（《五", "六》）"]

    def test_dash_and_ellipsis_are_not_split(self) -> None:
        assert break_lines("一二三四——五", 10, 50) == ["一二三", "四——五"]
        assert break_lines("一二三四……", 10, 50) == ["一二三", "四……"]

    def test_words_stay_whole(self) -> None:
        assert break_lines("Nansha Science City", 10, 50, latin="Arial") == ["Nansha", "Science", "City"]
        assert break_lines("建设CBD核心", 10, 40, **MODERN) == ["建设", "CBD核", "心"]

    def test_figures_keep_their_unit(self) -> None:
        assert break_lines("总值增长10%以上", 10, 57, **MODERN) == ["总值增长", "10%以上"]
        assert break_lines("投资达到3.5万亿元", 10, 70, **MODERN)[0] == "投资达到"
        assert break_lines("投资达到3.5万亿元", 10, 70, keep_units=False, **MODERN)[0] == "投资达到3.5万"

    def test_a_word_longer_than_the_line_is_broken(self) -> None:
        lines = break_lines("abcdefghijklmnop", 10, 30, latin="Courier New")
        assert lines == ["abcde", "fghij", "klmno", "p"]

    def test_newline_forces_a_break(self) -> None:
        assert break_lines("一\n\n二", 10, 100) == ["一", "", "二"]
        assert count_lines("一\n二", 10, 100) == 2

    def test_spaces_at_a_break_belong_to_no_line(self) -> None:
        assert break_lines("ab   cd", 10, 14, latin="Arial") == ["ab", "cd"]

    def test_a_first_line_indent_takes_room(self) -> None:
        assert break_lines("一二三四五六", 10, 50, first_indent=20) == ["一二三", "四五六"]

    def test_a_box_narrower_than_a_character_still_ends(self) -> None:
        assert break_lines("一二", 10, 3) == ["一", "二"]
        assert break_lines("", 10, 3) == [""]


class TestHeight:
    def test_single_spacing_comes_from_the_face(self) -> None:
        assert line_height(10, "微软雅黑") == pytest.approx(14.48)
        assert line_height(10, "Calibri") == pytest.approx(12.21, abs=0.01)

    def test_multiple_exact_and_at_least(self) -> None:
        assert line_height(10, "Calibri", 1.5) == pytest.approx(1.5 * line_height(10, "Calibri"))
        assert line_height(16, "仿宋_GB2312", "exact 28.95") == 28.95
        assert line_height(16, "仿宋_GB2312", "at least 12") == line_height(16, "仿宋_GB2312")

    def test_an_unknown_spacing_is_refused(self) -> None:
        with pytest.raises(ValueError, match="exact PT"):
            line_height(10, "Arial", "double")

    def test_fits(self) -> None:
        paragraph = Paragraph("一二三四五六七八九十", 10, "Arial", "微软雅黑", after=5)
        assert height([paragraph, paragraph], 50) == pytest.approx(4 * 14.48 + 10)
        assert fits([paragraph, paragraph], Box(50, 68))
        assert not fits([paragraph, paragraph], Box(50, 67))
        assert not fits([paragraph, paragraph], Box(49, 68))


class TestShorten:
    def test_text_that_fits_is_unchanged(self) -> None:
        assert shorten("建设南沙科学城", 10, 70) == "建设南沙科学城"

    def test_the_cut_falls_after_a_clause(self) -> None:
        assert shorten("建设南沙科学城，打造湾区极点", 10, 100) == "建设南沙科学城"

    def test_else_after_a_character_with_an_ellipsis(self) -> None:
        assert shorten("建设南沙科学城打造湾区极点", 10, 60) == "建设南沙科…"
        assert shorten("Build the science city", 10, 70, latin="Arial") == "Build the…"

    def test_no_quotation_is_left_open(self) -> None:
        assert shorten("全面推进实施“百千万工程”建设", 10, 90) == "全面推进实施…"
        assert shorten("“百千万工程建设总体方案”", 10, 70) == "“百千万工…”"

    def test_a_figure_is_never_cut(self) -> None:
        for box in range(10, 140):
            result = shorten("固定资产投资超1.2万亿元以上的项目储备", 10, box, **MODERN)
            assert "1" not in result or "超1.2万亿元以上" in result

    def test_an_english_figure_is_never_cut(self) -> None:
        for box in range(10, 200, 3):
            result = shorten("Invest at least CNY 73 bn in the new port", 10, box, latin="Arial")
            assert "7" not in result or "at least CNY 73 bn" in result

    def test_more_lines(self) -> None:
        text = "一二三四五六七八九十甲乙丙丁"
        assert shorten(text, 10, 50, max_lines=2) == "一二三四五六七八九…"
        assert count_lines(shorten(text, 10, 50, max_lines=2), 10, 50) == 2


class TestExcel:
    def test_a_han_character_is_about_two_units(self) -> None:
        assert 10 < excel_width("工业增加值") < 12
        assert 8.7 <= excel_width("12345678") < 9.5

    def test_the_longest_line_counts(self) -> None:
        assert excel_width("指标\n规模以上工业") == excel_width("规模以上工业")

    def test_never_wider_than_excel_allows(self) -> None:
        assert excel_width("工" * 4000) == 255


def test_import_loads_no_heavy_module_and_no_table() -> None:
    code = "import sys, exporters.metrics; print(*sorted(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert not loaded & {"exporters.metrics._tables", "lxml", "docx", "pptx", "openpyxl", "fontTools", "dataclasses"}
