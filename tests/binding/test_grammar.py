"""What people mistype in a tag is told in words of their own, with the tag and how it is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporters.binding.grammar import misread
from exporters.binding.tags import scan


def told(text: str) -> list[str]:
    faults: list = []
    scan(text, "paragraph 1", faults)
    return [f"{fault.message} ({fault.hint})" for fault in faults]


@pytest.mark.parametrize(
    ("tag", "message"),
    [
        ("{{ district name }}", "“district” and “name” stand side by side"),
        ("{{ d.name 'x' }}", "“name” and “'x'” stand side by side"),
        ("{{ city..name }}", "something is missing between “.” and “.”"),
        ("{{ city.name if }}", "something is missing behind “if”"),
        ("{{ city. }}", "something is missing behind “.”"),
        ("{{ | upper }}", "something is missing before “|”"),
        ("{{ a & b }}", "“&” means nothing here (texts are joined with ~)"),
        ("{{ a ? b : c }}", "“?” means nothing here (one of two values is written {{ a if condition else b }})"),
        ("{{ a|join(、) }}", "“、” means nothing here (a text stands in quotation marks)"),
        ("{{ a|join('、' }}", "“(” is not closed (it needs ))"),
        ("{{ a) }}", "“)” closes no bracket"),
        ("{{ a|d('x }}", "“'” means nothing here (a quoted text needs its closing mark)"),
        ("{% for d districts %}", "a loop needs “in” between its name and its list"),
        ("{% for d of districts %}", "(a loop is written {% for d in districts %})"),
        ("{% for d in %}", "something is missing behind “in”"),
        ("{% if a = 'x' %}", "“=” compares nothing (equal is written ==)"),
        ("{% if %}", "nothing stands behind if (a condition is written {% if d.leader %})"),
        ("{% elif %}", "nothing stands behind elif"),
        ("{% else if a %}", "nothing stands behind else (write {% elif … %} for another condition)"),
        ("{% endif a %}", "nothing stands behind endif"),
        ("{% if a not b %}", "“not” cannot stand where it does"),
        ("{% set x %}", "the name is given no value (a name is given with {% set name = value %})"),
        ("{%tc for d in districts %}", "(columns are not repeated; {%tr for … %} repeats rows)"),
    ],
)
def test_a_mistyped_tag_says_what_is_wrong_with_it(tag: str, message: str) -> None:
    (said,) = told(f"Before {tag} after")
    assert message in said and tag in said


def test_every_mistyped_tag_is_told_not_only_the_first() -> None:
    assert len(told("{{ a b }} and {{ c..d }}, then {% if x = 1 %}")) == 3


@pytest.mark.parametrize(
    ("typed", "body"),
    [
        ("{{ city。name }}", "city.name"),
        ("{{ city．name｜default（“无，有”） }}", 'city.name|default("无，有")'),
        ("{{ a ≥ 3 }}", "a >= 3"),
        ("{{ a – 1 }}", "a - 1"),
        ("{{r city.name }}", "city.name"),
        ("{{ r if r else '' }}", "r if r else ''"),
        ("{{ r.name }}", "r.name"),
        ("{%r if city.name %}", "if city.name"),
    ],
)
def test_signs_of_a_chinese_keyboard_and_docxtpl_habits_are_read(typed: str, body: str) -> None:
    faults: list = []
    (tag,) = scan(typed, "paragraph 1", faults)
    assert (tag.body, tag.level, faults) == (body, "", [])


@given(
    st.text(st.sampled_from("ab .|,()[]{}'\"=~&?:1、if not else"), max_size=30),
    st.sampled_from(["", "if", "for", "set", "else"]),
)
def test_any_words_are_told_in_one_line_or_can_be_read(words: str, keyword: str) -> None:
    wrong = misread(f"{keyword} {words}".strip(), keyword)
    assert wrong is None or (wrong[0] and "\n" not in wrong[0] + wrong[1] and "token" not in wrong[0] + wrong[1])
