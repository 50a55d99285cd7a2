"""Code for what a briefing says tens of thousands of times: bookmarks, and values in their controls.

Written into the program it costs a third of a call. It holds the common cases, a text of a record that is there under
a key that bookmarks can spell, or what stands for a record that is not; the call stands beside it for all others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2b

from jinja2.compiler import Frame
from jinja2.nodes import Const, Filter

from exporters.binding.generating import Code, Generator, Inlined, Silent, octets
from exporters.binding.trees import constant, filtered, is_length, is_public
from exporters.word.counting import PARAGRAPH_OVER
from exporters.word.filters import escaped
from exporters.word.forms import Form


def inlined(forms: Sequence[Form], own: Sequence[str] | None = ()) -> Inlined:
    """Return the code of bookmarks, of values in these *forms*, and of what the page count takes.

    *own* are the words of the template itself that it counts; None where nobody asks for pages.
    """
    marks: dict[int, tuple[str, str]] = {}

    def field(generator: Generator, node: Filter, frame: Frame) -> Iterator[str]:
        name, number = constant(node.args[0]), constant(node.args[1])
        form = forms[number]
        above, call = generator.code(node.args[2], frame), f"{generator.filters['_field']}(%s, {name!r}, {number}, %s)"
        if not is_public(name):
            yield generator.streamed(call % (generator.code(filtered(node), frame), above))
            return
        known, record = generator.record(filtered(node), frame)
        yield Code(
            f"({written(generator, form)} if ({known} and {said(f'{record}.{name} or {form.dash!r}')} "
            f"and (key := {record}.key) "
            f"or ({record} is None or {record}.__class__ is {generator.needed('_absent')}) "
            f"and ((words := {form.dash!r}) or True) "
            f"and (key := {generator.needed('_missing')}({record}, {above}, {form.child!r}))) "
            f"and {spelt(generator, number)} else {generator.streamed(call % (record, above))})"
        )

    def control(generator: Generator, node: Filter, frame: Frame) -> Iterator[str]:
        value, number = generator.code(filtered(node), frame), constant(node.args[0])
        if is_length(filtered(node)):
            value = Code(f"str({value})")
        form = forms[number]
        known, record = generator.record(node.args[1], frame)
        call = f"{generator.filters['_control']}(words, {number}, {record}, {generator.code(node.args[2], frame)})"
        # Both are worked out: the call needs them.
        yield Code(
            f"({written(generator, form)} if ({known}) & {said(value)} "
            f"and (key := {record}.key) and {spelt(generator, number)} else {generator.streamed(call)})"
        )

    def said(code: str) -> str:
        """Return the condition that what *code* comes to, the *words*, is a text or a whole number."""
        return f"((words := {code}).__class__ is str or words.__class__ is int and bool(words := str(words)))"

    def written(generator: Generator, form: Form) -> str:
        """Return the code of the *words* of a *key* in their control; *place* and *ending* lead to its alias."""
        needed = generator.needed
        ten, digit = generator.number()
        return (
            f"f{_text(form.start)}f'{{{ten}}}{digit}'f{_text(form.named)}f'{{{ten}}}{digit}_{{place[0]}}{{ending}}{{key}}'"
            f"f{_text(escaped(form.tail) + form.begun)}"
            f"f'{{{needed('_texts')}[words]}}'f{_text(form.ended)}f'{{{ten}}}{digit}'f{_text(form.closed)}"
        )

    def spelt(generator: Generator, number: int) -> str:
        """Return the condition that a key can be spelt; the words are counted when nothing else can fail any more."""
        counted = taken(generator) if forms[number].flow else ""
        return (
            f"(place := {generator.needed('_places')}[(parts := key.partition('.'))[0]]) "
            f"and (ending := place[1][{number}][parts[2]]){counted}"
        )

    def taken(generator: Generator) -> str:
        """Return the condition, always true, that the page count has taken the words."""
        return f" and not {generator.needed('_count')}(words)" if own is not None else ""

    def value(generator: Generator, node: Filter, frame: Frame) -> Iterator[str]:
        code, call = generator.code(filtered(node), frame), f"{generator.filters[node.name]}(words)"
        counted = taken(generator) if node.name == "_v" else ""
        yield Code(
            f"({generator.needed('_texts')}[words] if (words := {code}).__class__ is str{counted} "
            f"else {generator.streamed(call)})"
        )

    def counted(generator: Generator, node: Filter, _frame: Frame) -> Iterator[str]:
        assert own is not None
        yield Silent(f"{generator.needed('_count')}({own[constant(filtered(node))]!r})")

    def over(generator: Generator, node: Filter, _frame: Frame) -> Iterator[str]:
        yield Silent(f"{generator.needed('_over')}({int(constant(filtered(node)))})")

    def inside(generator: Generator, node: Filter, _frame: Frame) -> Iterator[str]:
        step = int(constant(filtered(node)))
        name, given = ("_count", None) if step == PARAGRAPH_OVER else ("_step", step)
        yield Silent(f"{generator.needed(name)}({given})")

    def table(generator: Generator, node: Filter, frame: Frame) -> Iterator[str]:
        yield Code(f"(held if '<w:tr' in (held := {generator.code(filtered(node), frame)}) else '')")

    def mark(generator: Generator, node: Filter, frame: Frame) -> Iterator[str]:
        yield '<w:bookmarkStart w:id="'
        number = marks[constant(node.args[0])] = generator.number()
        yield from numbered(number)
        yield f'" w:name="{constant(filtered(node))}'
        suffix = node.args[1]
        yield suffix.value if isinstance(suffix, Const) else generator.code(suffix, frame)
        yield '"/>'

    def unmark(_generator: Generator, node: Filter, _frame: Frame) -> Iterator[str]:
        yield '<w:bookmarkEnd w:id="'
        yield from numbered(marks[constant(filtered(node))])
        yield '"/>'

    def numbered(number: tuple[str, str]) -> Iterator[str]:
        ten, digit = number
        yield Code(ten)
        yield digit

    return Inlined(
        {
            "_field": field,
            "_control": control,
            "_v": value,
            "_x": value,
            "_mark": mark,
            "_unmark": unmark,
            "_table": table,
            "_own": counted,
            "_end": over,
            "_inside": inside,
        },
        ("_numbers", "_count", "_over", "_step", "_texts", "_places", "_absent", "_missing"),
        blake2b(repr((forms, own)).encode("utf-8", "surrogatepass")).hexdigest(),
        octets=True,
    )


def _text(text: str) -> str:
    """Return *text* as it is written in a formatted string."""
    return repr(octets(text).replace("{", "{{").replace("}", "}}"))
