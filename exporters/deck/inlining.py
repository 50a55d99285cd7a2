"""Code for what a deck says a hundred times on each slide: texts, names of shapes, boxes that hold the same runs.

Written into the program it costs less than a call. It holds the common cases: a text without markup, a name that
nobody on the slide has, values that fit their box for certain. The call stands beside it for all others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import accumulate, count

from jinja2.compiler import Frame
from jinja2.nodes import Expr, Filter, Tuple

from exporters.binding.environment import text as escaped
from exporters.binding.generating import Code, Generator, Inlined, octets
from exporters.binding.trees import constant, filtered, is_held
from exporters.deck.boxes import BETWEEN, Box

_REMEMBERED = 4096
"""How many texts are remembered; they recur close to each other."""


class Texts(dict[str, str]):
    """The octets of escaped texts, worked out once."""

    def __missing__(self, text: str) -> str:
        if len(self) >= _REMEMBERED:
            self.clear()
        found = text if text.isalnum() else escaped(text)
        if not found.isascii():
            # As octets() has it, without the call: every slide has texts that no other has.
            found = found.encode("utf-8", "surrogatepass").decode("latin-1")
        self[text] = found
        return found


def inlined(boxes: Sequence[Box]) -> Inlined:
    """Return the code of texts, shapes' names and the *boxes* that always hold the same runs."""
    first = list(accumulate((len(box.runs) for box in boxes), initial=0))

    def text(generator: Generator, node: Filter, frame: Frame) -> Iterator[str]:
        said, call = generator.code(filtered(node), frame), generator.filters["_text"]
        known = f"{generator.needed('_texts')}[words]"
        yield Code(f"({known} if (words := {said}).__class__ is str else octets({call}(words)))")

    def shape(generator: Generator, node: Filter, frame: Frame) -> Iterator[str]:
        rest = constant(node.args[0])
        given = ", ".join(generator.code(one, frame) for one in node.args)
        # A record's key is one octet a character.
        key = "key" if rest.isascii() else "octets(key)"
        yield Code(
            f"({key} if (record := {generator.code(filtered(node), frame)}).__class__ in kinds "
            f"and (key := {_formatted('{record.key}.' + _doubled(rest))}) not in {generator.needed('_taken')} "
            f"and not {generator.needed('_take')}(key) else octets({generator.filters['_shape']}(record, {given})))"
        )

    def fill(generator: Generator, node: Filter, frame: Frame) -> Iterator[str]:
        values, number = filtered(node), int(constant(node.args[0]))
        assert isinstance(values, Tuple)
        names = [f"value{at}" for at in range(len(values.items))]
        made, known, written, given = zip(
            *(_value(generator, one, name, frame) for one, name in zip(values.items, names, strict=True)), strict=True
        )
        call = f"octets({generator.filters['_fill']}(({', '.join(given)},), {number}))"
        box = boxes[number]
        if box.filling is None or box.filling.spare < 0:
            yield Code(f"(({', '.join(made)},) and {call})")
            return
        xml = _between(map(octets, box.filling.xml), written)
        most = " + ".join(f"len({one}) * {wide!r}" for one, wide in zip(names, box.filling.each, strict=True))
        runs = zip(_between(box.filling.texts, names).split(BETWEEN), count(first[number]))
        widths = " + ".join(f"{generator.needed('_widths')}[{at}][{_formatted(run)}]" for run, at in runs)
        yield Code(
            f"({_formatted(xml)} if ({', '.join(made)},) and {' and '.join(known)} "
            f"and ({most} <= {box.filling.spare!r} or {widths} <= {box.one_line!r}) else {call})"
        )

    def fit(generator: Generator, node: Filter, frame: Frame) -> Iterator[str]:
        number, held = int(constant(node.args[0])), generator.code(filtered(node), frame)
        yield Code(
            f"({held} if {generator.needed('_holds')}(words := from_octets({held}), {number}) "
            f"else octets({generator.filters['_fit']}(words, {number})))"
        )

    def rest(generator: Generator, node: Filter, frame: Frame) -> Iterator[str]:
        held, call = generator.code(filtered(node), frame), generator.filters["_rest"]
        yield Code(f"(octets({call}(from_octets({held}))) if {generator.needed('_left_out')} else {held})")

    forms = repr([(box.filling, box.one_line, len(box.runs)) for box in boxes])
    return Inlined(
        {"_text": text, "_shape": shape, "_fill": fill, "_fit": fit, "_rest": rest},
        ("_taken", "_take", "_widths", "_texts", "_holds", "_left_out"),
        blake2b(forms.encode("utf-8", "surrogatepass")).hexdigest(),
        octets=True,
    )


def _value(generator: Generator, node: Expr, name: str, frame: Frame) -> tuple[str, str, str, str]:
    """Return the code of a value in a box that always holds the same runs: what makes it, under its *name*; the
    condition that its characters can be counted; its octets; and its XML for the call.

    A tab is as wide as its stop, and what is shown only at need begins with a noncharacter; a width is that of XML.
    """
    if is_held(node):
        held = generator.code(node, frame)
        return f"({name} := from_octets(octets{name} := {held}))", f"{name}.isprintable()", f"octets{name}", name
    call = generator.filters["_text"]
    said = generator.code(filtered(node) if isinstance(node, Filter) and node.name == "_text" else node, frame)
    made = f"({name} := words if (words := {said}).__class__ is str else {call}(words))"
    known = f"{name}.__class__ is str and '&' not in {name} and {name}.isprintable()"
    return made, known, f"{generator.needed('_texts')}[{name}]", f"{call}({name})"


def _between(pieces: Iterable[str], names: Sequence[str]) -> str:
    """Return *pieces* with the named values between them, as a formatted string has it."""
    first, *others = map(_doubled, pieces)
    return first + "".join(f"{{{name}}}{piece}" for name, piece in zip(names, others, strict=True))


def _doubled(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _formatted(text: str) -> str:
    """Return the code of a formatted string."""
    return f"f{text!r}"
