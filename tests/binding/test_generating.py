"""The code that programs become: one step for neighbouring outputs, octets, code written in place of calls."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporters.binding.generating import Code, Inlined, from_octets, octets
from exporters.binding.program import Bound, Weaver, closing, opening
from exporters.binding.scope import Scope
from exporters.errors import TemplateError
from exporters.load import load

ROOT = Path(__file__).resolve().parents[2]
OCTETS = Inlined(octets=True)
texts = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cn"]), max_size=40)


@pytest.fixture(scope="module")
def scope() -> Scope:
    return Scope(load(ROOT / "data" / "guangzhou-2023.yaml"))


def bound(*pieces: str, inlined: Inlined | None = None, **filters: object) -> Bound:
    weaver = Weaver()
    source = "".join(weaver.value(piece[2:-2], f"tag {number}") if piece.startswith("{{") else
                     weaver.statement(piece[2:-2].strip(), f"tag {number}") if piece.startswith("{%") else piece
                     for number, piece in enumerate(pieces))  # fmt: skip
    return weaver.program(weaver.weave(source)).bind(filters, inlined=inlined)


@given(texts)
def test_octets_are_the_bytes_of_the_text(text):
    assert octets(text).encode("latin-1") == text.encode()
    assert from_octets(octets(text)) == text


@given(texts, texts)
def test_a_program_of_octets_streams_what_a_plain_one_does(before, value):
    pieces = (before.replace("\r", ""), "{{ x }}", "市<", "{% for y in ys %}", "{{ y }}", "{% endfor %}")
    names = {"x": value, "ys": [value, 3, None]}
    streamed = "".join(bound(*pieces, inlined=OCTETS).stream(names))
    assert from_octets(streamed) == "".join(bound(*pieces).stream(names))


def test_what_a_block_captures_is_streamed_once_in_octets():
    pieces = ("{% set z %}", "广州", "{{ x }}", "{% endset %}", "{{ z }}", "{{ z|length }}")
    assert from_octets("".join(bound(*pieces, inlined=OCTETS).stream({"x": "南沙"}))) == "广州南沙4"


def test_parts_of_octets_are_told_apart():
    text = f"，{opening('a')}甲{closing()}乙"
    found = [(kind, from_octets(piece)) for kind, piece in bound(text, inlined=OCTETS).events({})]
    assert found == [("text", "，"), ("open", "a"), ("text", "甲"), ("close", ""), ("text", "乙")]


@pytest.mark.parametrize("bad", [1, 2, 4])
def test_an_error_in_a_joined_step_leads_to_its_own_tag(bad):
    pieces = ["a", "{{ x }}", "{{ x }}", "b", "{{ x }}"]
    pieces[bad] = "{{ 1 / y }}"
    with pytest.raises(TemplateError) as caught:
        list(bound(*pieces).stream({"x": 1, "y": 0}))
    assert caught.value.faults[0].where == f"tag {bad}"


def test_silent_calls_are_made_in_their_order_and_write_nothing():
    seen: list[object] = []
    pieces = ("{% set _ = 1|_end %}", "{{ x|note }}", "{% set _ = 2|_end %}", "b")
    filters = {"_end": seen.append, "note": lambda value: seen.append("x") or value}
    assert "".join(bound(*pieces, **filters).stream({"x": "a"})) == "ab"
    assert seen == [1, "x", 2]


def test_written_code_takes_the_place_of_a_call_and_knows_what_it_needs():
    def write(generator, node, frame):
        yield "<"
        yield Code(f"{generator.needed('_loud')}({generator.code(node.node, frame)})")
        yield ">"

    inlined = Inlined({"said": write}, ("_loud",))
    weaver = Weaver()
    source = weaver.weave("a{" + weaver.value("x", "here", "said") + "}b")
    program = weaver.program(source).bind({"said": str, "_loud": str.upper}, inlined=inlined)
    assert "".join(program.stream({"x": "x"})) == "a{<X>}b"


@pytest.mark.parametrize("name", ["selectattr", "rejectattr"])
@pytest.mark.parametrize("test", ["'kind_code', 'equalto', 'indicator'", "'kind_code', 'ne', 'indicator'"])
def test_selecting_records_gives_what_selecting_their_attributes_gives(name, test, scope):
    def keys(items: str) -> str:
        pieces = (f"{{% for t in {items}|{name}({test}) %}}", "{{ t.key }}", " ", "{% endfor %}")
        return "".join(bound(*pieces).stream({"targets": scope.names()["targets"]}))

    # A list that is not of records alone goes the long way.
    assert keys("targets") == keys("(targets|batch(999)|first)") != ""
    assert keys("targets").split() == keys("(targets|reverse)").split()[::-1]


def test_selecting_by_an_unknown_name_is_still_a_fault(scope):
    with pytest.raises(TemplateError):
        list(bound("{% for t in targets|selectattr('nope', 'eq', 1) %}", "{% endfor %}").stream(scope.names()))


def test_a_name_that_no_tag_asks_for_is_not_worked_out():
    names = Scope(load(ROOT / "data" / "guangzhou-2023.yaml")).names()
    assert "".join(bound("{{ pack.year }}", "{{ sources|length }}").stream(names)) == "20234"
    assert vars(names).keys().isdisjoint(names.keys() - {"pack", "sources", "targets"})
    assert len(names) == len(list(names.values())) and "nothing" not in names


def test_a_name_for_a_turn_is_made_only_where_it_is_read():
    named: list[str] = []

    def name(value, outer, _seen):
        named.append(outer + value)
        return outer + value

    loop = ("{% set _s = 0|_fresh %}", "{% for x in xs %}", "{% set _b = x|_anchor('-', _s) %}")
    filters = {"_fresh": lambda _: set(), "_anchor": name}
    assert "".join(bound(*loop, "a", "{% endfor %}", **filters).stream({"xs": ["1", "2"]})) == "aa"
    assert named == []
    assert "".join(bound(*loop, "{{ _b }}", "{% endfor %}", **filters).stream({"xs": ["1", "2"]})) == "-1-2"
    assert named == ["-1", "-2"]


def test_what_holds_and_what_does_not_are_one_question():
    asked: list[object] = []
    pieces = ("{% if x|ask %}", "a", "{% endif %}", "{% if not x|ask %}", "b", "{% endif %}")
    for x, said in ((1, "a"), (0, "b")):
        assert "".join(bound(*pieces, ask=lambda value: asked.append(value) or value).stream({"x": x})) == said
    assert asked == [1, 0]


def test_a_question_is_put_again_where_its_answer_changed():
    pieces = ("{% if not x %}", "a", "{% set x = 1 %}", "{% endif %}", "{% if not not x %}", "b", "{% endif %}")
    assert "".join(bound(*pieces).stream({"x": 0})) == "ab"


@pytest.mark.parametrize("more", ["", "{{ loop.index0 }}"])
@pytest.mark.parametrize("items", [[], ["a"], ["a", "b", "c"], "xyz", {"k": 1, "l": 2}, None])
def test_turns_are_numbered_whatever_else_is_asked_of_their_loop(items, more):
    """Where a loop is asked for no more than numbers, it goes through its items with those."""
    numbers = ("{{ loop.index }}", "{{ loop.revindex }}", "{% if loop.first %}", "<", "{% elif loop.last %}", ">")
    inner = ("{% for y in [loop.index, 7] %}", "{{ loop.index ~ y }}", "{% if loop.last %}", "/", "{% endif %}")
    pieces = ("{% for x in xs %}", *numbers, "{% endif %}", *inner, "{% endfor %}", "{{ x }}", more, "{% endfor %}")
    streamed = "".join(bound(*(piece for piece in pieces if piece)).stream({"xs": items}))
    expected, given = "", list(items or ())
    for at, item in enumerate(given):
        last = ">" if at + 1 == len(given) else ""
        expected += f"{at + 1}{len(given) - at}{last if at else '<'}1{at + 1}27/{item}{at if more else ''}"
    assert streamed.replace("&lt;", "<") == expected


def test_items_of_a_loop_may_be_of_any_kind_and_set_anew(scope):
    items = [scope.city, {"name": "x"}, None]
    turns = ("{% for d in items %}", "{{ d.name }}", "{{ '.' if loop.last else ',' }}", "{% endfor %}")
    assert "".join(bound(*turns).stream({"items": items})) == "广州市,x,."
    other = ("{% for d in items %}", "{% set d = 'abc' %}", "{{ d.name }}", "{% endfor %}")
    with pytest.raises(TemplateError, match="name"):
        "".join(bound(*other).stream({"items": items}))
    nested = (
        "{% for d in items %}",
        "{% for d in [d] %}",
        "{{ d.name }}",
        "{% endfor %}",
        "{{ d.name }}",
        "{% endfor %}",
    )
    assert "".join(bound(*nested).stream({"items": items})) == "广州市广州市xx"
