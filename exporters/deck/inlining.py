"""Code for what a deck says a hundred times on each slide: texts, names of shapes, boxes that hold the same runs.

Written into the program it costs less than a call. It holds the common cases: a text without markup, a name that
nobody on the slide has, values that fit their box for certain. The call stands beside it for all others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from itertools import accumulate, count

from jinja2.compiler import Frame
from jinja2.nodes import Expr, Filter, Name, Tuple

from exporters.binding.generating import Code, Generator, Inlined, constant, filtered
from exporters.deck.boxes import BETWEEN, Box


def inlined(boxes: Sequence[Box]) -> Inlined:
    """Return the code of texts, shapes' names and the *boxes* that always hold the same runs."""
    first = list(accumulate((len(box.runs) for box in boxes), initial=0))

    def text(generator: Generator, node: Filter, frame: Frame) -> Iterator[str]:
        yield _text(generator, node, frame)

    def shape(generator: Generator, node: Filter, frame: Frame) -> Iterator[str]:
        rest = constant(node.args[0])
        yield Code(
            f"(key if (record := {generator.code(filtered(node), frame)}).__class__ in kinds "
            f"and (key := {_formatted('{record.key}.' + _doubled(rest))}) not in {generator.needed('_taken')} "
            f"and not {generator.needed('_take')}(key) else {generator.filters['_shape']}(record, {rest!r}))"
        )

    def fill(generator: Generator, node: Filter, frame: Frame) -> Iterator[str]:
        values, number = filtered(node), int(constant(node.args[0]))
        assert isinstance(values, Tuple)
        names = [f"value{at}" for at in range(len(values.items))]
        made = [f"({name} := {_text(generator, one, frame)})" for name, one in zip(names, values.items, strict=True)]
        call = f"{generator.filters['_fill']}(({', '.join(names)},), {number})"
        box = boxes[number]
        if box.filling is None or box.filling.spare < 0:
            yield Code(call.replace(", ".join(names), ", ".join(made), 1))
            return
        xml = _between(box.filling.xml, names)
        most = " + ".join(f"len({one}) * {wide!r}" for one, wide in zip(made, box.filling.each, strict=True))
        runs = zip(_between(box.filling.texts, names).split(BETWEEN), count(first[number]))
        widths = " + ".join(f"{generator.needed('_widths')}[{at}][{_formatted(run)}]" for run, at in runs)
        # A tab is as wide as its stop, and what is shown only at need begins with a noncharacter.
        plain = " and ".join(f"{name}.isprintable()" for name in names)
        yield Code(
            f"({_formatted(xml)} if ({most} <= {box.filling.spare!r} or {widths} <= {box.one_line!r}) and {plain} "
            f"else {call})"
        )

    forms = repr([(box.filling, box.one_line, len(box.runs)) for box in boxes])
    return Inlined(
        {"_text": text, "_shape": shape, "_fill": fill},
        ("_taken", "_take", "_widths", "_special"),
        blake2b(forms.encode("utf-8", "surrogatepass")).hexdigest(),
    )


def _text(generator: Generator, node: Expr, frame: Frame) -> Code:
    """Return the code of a value as text: of one that is text already, where it is no call of that filter."""
    if not (isinstance(node, Filter) and node.name == "_text") or isinstance(node.node, Name):
        return generator.code(node, frame)
    said = generator.code(filtered(node), frame)
    call = generator.filters["_text"]
    special = generator.needed("_special")
    plain = f"(words := {said}).__class__ is str and (words.isalnum() or not {special}(words))"
    return Code(f"(words if {plain} else {call}(words))")


def _between(pieces: Sequence[str], names: Sequence[str]) -> str:
    """Return *pieces* with the named values between them, as a formatted string has it."""
    first, *others = map(_doubled, pieces)
    return first + "".join(f"{{{name}}}{piece}" for name, piece in zip(names, others, strict=True))


def _doubled(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _formatted(text: str) -> str:
    """Return the code of a formatted string."""
    return f"f{text!r}"
