"""What an expression can reach, and how far it can go."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporters.binding.expressions import key_of
from exporters.binding.program import Weaver, closing, opening
from exporters.errors import TemplateError


def run(expression: str, **names: object) -> str:
    weaver = Weaver()
    source = weaver.weave(weaver.value(expression, "here"))
    return "".join(weaver.program(source).bind({}).stream(names))


@pytest.mark.parametrize(
    "expression",
    [
        "''.__class__", "x.__class__.__mro__", "x['__class__']", "(1).__init__", "x|attr('__class__')", "range(9)",
        "lipsum()", "cycler('a')", "x.append(1)", "'a' * 99999999", "9 ** 9999", "'%999999999d' % 1",
        "x|format", "x|xmlattr", "x.pop()",
    ],
)  # fmt: skip
def test_nothing_beyond_the_model_is_reached(expression):
    with pytest.raises(TemplateError) as caught:
        text = run(expression, x=[1])
        # What does not raise must at least print nothing.
        if not text:
            raise TemplateError("printed nothing")
    assert caught.value.faults[0].where in {"here", ""}


def test_an_error_while_running_names_its_place():
    with pytest.raises(TemplateError) as caught:
        run("1 / x", x=0)
    assert caught.value.faults[0].where == "here"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=50))
def test_text_is_escaped_and_comes_back(text):
    from xml.sax.saxutils import unescape

    got = run("x", x=text)
    assert "<" not in got
    assert unescape(got, {"&#34;": '"', "&#39;": "'"}) == text


def test_a_missing_value_prints_nothing():
    assert run("x.y.z", x=None) == ""


@pytest.mark.parametrize(
    ("expression", "key"),
    [
        ("t.text", ("t", "text")),
        ("t.text|dash", ("t", "text")),
        ("district.target.gdp_growth.text", ("district.target.gdp_growth", "text")),
        ("district.target['gdp-growth'].value|percent(1)", ("district.target['gdp-growth']", "value")),
        ("district.top[0].base.phrase", ("district.top[0].base", "phrase")),
        ("a ~ b", None),
        ("loop.index", None),
        ("x", None),
    ],
)
def test_the_key_of_a_value_is_found_in_its_expression(expression, key):
    assert key_of(expression) == key


@pytest.mark.parametrize(
    ("expression", "key"),
    [
        ("targets|selectattr('actual')|list|length", ("pack", "targets")),
        ("missing|map(attribute='short')|listed", ("pack", "missing")),
        ("city.targets|length", ("city", "targets")),
        ("items|length", None),
        ("targets", None),
    ],
)
def test_what_is_made_of_a_list_at_the_top_is_the_packs(expression, key):
    assert key_of(expression, of_lists=True) == key


def test_one_stream_writes_many_parts():
    weaver = Weaver()
    body = "".join((
        "<doc>", weaver.statement("for x in xs", ""), weaver.raw(opening("note")), "n", weaver.value("x", ""),
        weaver.raw(closing()), "t", weaver.value("x", ""), weaver.statement("endfor", ""), "</doc>",
    ))  # fmt: skip
    events = list(weaver.program(weaver.weave(body)).bind({}).events({"xs": range(400)}))
    parts = [event for event in events if event[0] == "open"]
    assert len(parts) == 400
    stack, texts = ["doc"], {"doc": "", "note": ""}
    for kind, value in events:
        if kind == "open":
            stack.append(value)
        elif kind == "close":
            stack.pop()
        else:
            texts[stack[-1]] += value
    assert texts["note"] == "".join(f"n{x}" for x in range(400))
    assert texts["doc"] == "<doc>" + "".join(f"t{x}" for x in range(400)) + "</doc>"
