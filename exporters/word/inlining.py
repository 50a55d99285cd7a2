"""Code for what a briefing says tens of thousands of times: bookmarks, and values in their controls.

Written into the program it costs a third of a call. It holds the common cases, a text of a record that is there under
a key that bookmarks can spell, or what stands for a record that is not; the call stands beside it for all others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Any

from jinja2.compiler import Frame
from jinja2.nodes import Const, Expr, Filter

from exporters.binding.generating import Code, Generator, Inlined, is_public, octets
from exporters.word.forms import HELD, Form


def inlined(forms: Sequence[Form]) -> Inlined:
    """Return the code of bookmarks, and of values in these *forms*."""

    def field(generator: Generator, node: Filter, frame: Frame) -> Iterator[str]:
        name, number = _constant(node.args[0]), _constant(node.args[1])
        form = forms[number]
        record, above = generator.code(_value(node), frame), generator.code(node.args[2], frame)
        call = f"{generator.filters['_field']}(%s, {name!r}, {number}, {above})"
        if not (form.tail_spelt and is_public(name)):
            yield generator.streamed(call % record)
            return
        needed = generator.needed
        spelt = f"name if len(name) <= {form.room} else {needed('_abridge')}(key, {form.room})"
        # Counted last, when nothing can send the value to the call any more.
        counted = f" and not {needed('_count')}(words)" if form.flow else ""
        yield Code(
            f"(f{_text(form.start)}f'{{(at := {needed('_next')}())}}'f{_text(form.named)}f'{{at:x}}_{{{spelt}}}'"
            f"f{_text(form.tail_spelt + form.aliased)}f'{{key}}'f{_text(form.tail + form.begun)}"
            f"f'{{{needed('_texts')}[words]}}'f{_text(form.ended)}f'{{at}}'f{_text(form.closed)} "
            f"if ((record := {record}).__class__ in kinds "
            f"and (words := record.{name} or {form.dash!r}).__class__ is str and (key := record.key) "
            f"or (record is None or record.__class__ is {needed('_absent')}) and ((words := {form.dash!r}) or True) "
            f"and (key := {needed('_missing')}(record, {above}, {form.child!r}))) "
            f"and (name := {needed('_spelt')}[key]){counted} else {generator.streamed(call % 'record')})"
        )

    def table(generator: Generator, node: Filter, frame: Frame) -> Iterator[str]:
        yield Code(f"(held if '<w:tr' in (held := {generator.code(_value(node), frame)}) else '')")

    def mark(generator: Generator, node: Filter, frame: Frame) -> Iterator[str]:
        yield '<w:bookmarkStart w:id="'
        yield Code(f"f'{{(mark{int(_constant(node.args[0]))} := {generator.needed('_next')}())}}'")
        yield f'" w:name="{_constant(_value(node))}'
        suffix = node.args[1]
        yield suffix.value if isinstance(suffix, Const) else generator.code(suffix, frame)
        yield '"/>'

    def unmark(_generator: Generator, node: Filter, _frame: Frame) -> Iterator[str]:
        yield '<w:bookmarkEnd w:id="'
        yield Code(f"f'{{mark{int(_constant(_value(node)))}}}'")
        yield '"/>'

    return Inlined(
        {"_field": field, "_mark": mark, "_unmark": unmark, "_table": table},
        ("_next", "_count", "_texts", "_spelt", "_abridge", "_absent", "_missing"),
        blake2b(repr(forms).encode("utf-8", "surrogatepass")).hexdigest(),
        octets=True,
        held=HELD,
    )


def _value(node: Filter) -> Expr:
    assert node.node is not None
    return node.node


def _constant(node: Expr) -> Any:
    assert isinstance(node, Const)
    return node.value


def _text(text: str) -> str:
    """Return *text* as it is written in a formatted string."""
    return repr(octets(text).replace("{", "{{").replace("}", "}}"))
