"""What is not there prints nothing, whatever a template makes of it: no None, no 0, no failed build."""

from __future__ import annotations

import pytest
from test_sandbox import run

from exporters.binding.environment import KEPT_FILTERS
from exporters.binding.filters import FILTERS
from exporters.binding.program import Weaver
from exporters.binding.views import Absent
from exporters.errors import TemplateError

NOTHING = [None, Absent("somewhere.gdp")]
SAYING = {"count": "0", "length": "0", "dash": "—"}
"""Filters that say something of what is not there."""
LISTS = {
    "batch",
    "groupby",
    "list",
    "map",
    "reject",
    "rejectattr",
    "reverse",
    "select",
    "selectattr",
    "slice",
    "sort",
    "unique",
}
GIVEN = {
    "batch": "(2)", "groupby": "('a')", "map": "(attribute='a')", "rejectattr": "('a')", "replace": "('a', 'b')",
    "selectattr": "('a')", "slice": "(2)", "clip": "(4)",
}  # fmt: skip


@pytest.mark.parametrize("value", NOTHING, ids=["field", "record"])
@pytest.mark.parametrize("name", sorted({*KEPT_FILTERS, *FILTERS}))
def test_every_filter_makes_nothing_of_nothing(name, value):
    expression = f"x|{name}{GIVEN.get(name, '')}"
    if name in LISTS:
        expression = f"({expression})|list|length"
    said = run(expression, x=value)
    assert said == ({"slice": "2"}.get(name, "0") if name in LISTS else SAYING.get(name, ""))


@pytest.mark.parametrize("value", NOTHING, ids=["field", "record"])
@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("x > 1", "False"), ("x < 1", "False"), ("1 >= x", "False"), ("x == 1", "False"), ("0 < x < 9", "False"), ("x in [1]", "False"),
        ("1 in x", "False"), ("1 not in x", "True"), ("x + 1", ""), ("2 - x", ""), ("x * 2", ""), ("x / 2", ""), ("x // 2", ""), ("-x", ""),
        ("x ~ 'a'", "a"), ("(x|first).text", ""), ("(x|max) + 1", ""), ("x|default('none')|inline", "none"), ("x[:2]|length", "0"), ("x[0]", ""), ("x|int(5)", "5"),
    ],
)  # fmt: skip
def test_comparisons_sums_and_texts_of_nothing(expression, said, value):
    assert run(answered(expression, said), x=value) == said


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("x|first", ""), ("x|last", ""), ("x|min", ""), ("x|sum", "0"), ("x|length", "0"), ("'x'|int", ""), ("'7'|int", "7"), ("0|d('a')", "0"),
        ("0|d('a', true)", "a"), ("1 < 2 < 3", "True"), ("1 < 3 < 2", "False"), ("2 in [1, 2] == true", "False"), ("3 - 1", "2"), ("-3", "-3"), ("[1, 2, 3][1:]|join", "23"), ("'abc'[:2]", "ab"),
    ],
)  # fmt: skip
def test_what_is_there_is_what_it_was(expression, said):
    assert run(answered(expression, said), x=[]) == said


def answered(expression: str, said: str) -> str:
    """Return what says the answer of a comparison: yes and no have no words of their own."""
    return f"'True' if {expression} else 'False'" if said in ("True", "False") else expression


@pytest.mark.parametrize(
    "expression", ["1 < 2", "not x", "x is none", "'a' ~ (1 < 2)", "(1 < 2)|string", "[1 < 2]|join"]
)
def test_yes_and_no_are_no_text(expression):
    with pytest.raises(TemplateError, match="yes or no stands where a text is expected"):
        run(expression, x=[])


@pytest.mark.parametrize("name", ["upper", "trim", "string", "replace('a', 'b')", "clip(3)", "number"])
def test_a_list_is_no_text(name):
    with pytest.raises(TemplateError, match="a list stands where a text is expected"):
        run(f"x|{name}", x=["a"])


@pytest.mark.parametrize(
    "expression",
    ["x", "x|map('upper')", "x|batch(2)|join", "x|groupby('n')|listed", "{'a': x}", "'a'|replace('a', x)", "[x]|join('、')", "y|join('、', 'n')", "x|list", "x|reverse"],
)  # fmt: skip
def test_no_list_is_printed_as_python_writes_it(expression):
    with pytest.raises(TemplateError, match="a list stands where a text is expected"):
        run(expression, x=["a"], y=[{"n": ["a"]}])


@pytest.mark.parametrize("value", NOTHING, ids=["field", "record"])
def test_what_is_missing_has_no_place_in_a_row_of_words(value):
    people = [{"n": "a"}, {"n": value}, {"n": "b"}]
    assert run("x|join('、', attribute='n')", x=people) == "a、b"
    assert run("x|map(attribute='n')|listed", x=people) == "a、b"
    assert run("x|map(attribute='n')|join('-')", x=people) == "a-b"


@pytest.mark.parametrize("value", NOTHING, ids=["field", "record"])
def test_a_loop_over_nothing_has_no_turns(value):
    weaver = Weaver()
    pieces = [
        weaver.statement("for one in x", "here"),
        "turn",
        weaver.statement("else", "here"),
        "none",
        weaver.statement("endfor", "here"),
    ]
    program = weaver.program(weaver.weave("".join(pieces)))
    assert "".join(program.bind({}).stream({"x": value})) == "none"


def test_what_lacks_the_value_to_sort_by_comes_last():
    items = [
        {"n": "a", "v": 2},
        {"n": "b", "v": None},
        {"n": "c", "v": 1},
        {"n": "d", "v": Absent("k")},
        {"n": "e", "v": 1},
    ]
    assert run("x|sort(attribute='v')|map(attribute='n')|join", x=items) == "ceabd"
    assert run("x|sort(attribute='v', reverse=true)|map(attribute='n')|join", x=items) == "acebd"
