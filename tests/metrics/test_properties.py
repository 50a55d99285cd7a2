"""Laws of measuring and breaking, over any text."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from exporters.metrics import break_lines, count_lines, excel_width, shorten, widest, width

SAMPLE = "广州南沙区增长力争突破万亿元以上，。、；：（）《》“”‘’—…·%abcXYZ 0123456789.-/\u3000\u0301\u200d🚇𠮷"
#: A busy machine is no failure.
unhurried = settings(deadline=None)
texts = st.one_of(st.text(st.sampled_from(SAMPLE), max_size=80), st.text(max_size=60))
any_text = st.text(st.characters(exclude_categories=()), max_size=60)
boxes = st.floats(1, 400)
fonts = st.sampled_from(
    [{}, {"latin": "Arial", "east_asian": "微软雅黑"}, {"east_asian": "仿宋_GB2312"}, {"latin": "?", "east_asian": "?"}]
)


def without_spaces(text: str) -> str:
    return re.sub(r"[\s]", "", text)


@unhurried
@given(texts, boxes, fonts, st.booleans())
def test_lines_hold_the_whole_text_in_order(text: str, box: float, fonts: dict[str, str], keep: bool) -> None:
    lines = break_lines(text, 12, box, keep_units=keep, **fonts)
    assert without_spaces("".join(lines)) == without_spaces(text)


@unhurried
@given(texts, boxes, fonts)
def test_no_line_is_wider_than_the_box(text: str, box: float, fonts: dict[str, str]) -> None:
    for line in map(str.rstrip, break_lines(text, 12, box, **fonts)):
        alone = sum(width(char, 12) > 0 for char in line) <= 1
        assert alone or width_as_set(line, text, fonts) <= box + 0.02


def width_as_set(line: str, text: str, fonts: dict[str, str]) -> float:
    """A line out of its paragraph may have lost the neighbours that made a mark wide or narrow: take the narrower."""
    return min(
        width(line, 12, **fonts), width(line + "a", 12, **fonts) - width("a", 12, **fonts), width_in(line, text, fonts)
    )


def width_in(line: str, text: str, fonts: dict[str, str]) -> float:
    start = text.find(line)
    if start < 0:
        return float("inf")
    before, upto = text[:start], text[: start + len(line)]
    return width(upto, 12, **fonts) - width(before, 12, **fonts)


@unhurried
@given(texts, boxes, fonts, st.sampled_from(["plain", "word", "slide"]))
def test_count_is_the_number_of_lines(text: str, box: float, fonts: dict[str, str], flow: str) -> None:
    assert count_lines(text, 12, box, flow=flow, **fonts) == len(
        break_lines(text, 12, box, flow=flow, keep_units=False, **fonts)
    )


@unhurried
@given(texts, boxes, st.integers(1, 4), fonts)
def test_shortened_text_fits(text: str, box: float, max_lines: int, fonts: dict[str, str]) -> None:
    result = shorten(text, 12, box, max_lines=max_lines, **fonts)
    assert count_lines(result, 12, box, flow="slide", keep_units=True, **fonts) <= max_lines
    assert result == text or not result.endswith(("“…", "（…", "《…"))
    if count_lines(text, 12, box, flow="slide", keep_units=True, **fonts) <= max_lines:
        assert result == text


@unhurried
@given(any_text, st.floats(-5, 300), st.floats(0, 60))
def test_no_text_raises(text: str, box: float, size: float) -> None:
    assert width(text, size) >= 0
    assert break_lines(text, size, box)
    assert count_lines(text, size, box, flow="word") >= 1
    assert shorten(text, size, box, max_lines=2) is not None
    assert 0 < excel_width(text) <= 255


@unhurried
@given(texts, st.floats(1, 400))
def test_a_wider_box_never_needs_more_lines_for_plain_han(text: str, box: float) -> None:
    han = re.sub("[^\u4e00-\u9fff]", "", text)
    assert count_lines(han, 12, box + 30) <= count_lines(han, 12, box)


@unhurried
@given(any_text.filter(lambda text: "\t" not in text), fonts, st.booleans())
def test_no_text_is_wider_than_its_widest_characters(text: str, fonts: dict[str, str], bold: bool) -> None:
    most = widest(fonts.get("latin", ""), fonts.get("east_asian", ""), bold) / 1000 + 0.25
    assert width(text, 10, bold=bold, flow="slide", **fonts) <= len(text) * most * 10 + 1e-6
