"""Which loops and conditions stand around each element of a woven tree, and a suffix for names made in them.

Every loop over paragraphs or rows sets a variable with the anchors of the records that it and the loops around it
stand at. A name made of a template's own name and that suffix is unique in the finished document, and the same after
a rebuild as long as the records are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from exporters.binding.program import Weaver
from exporters.word.names import W
from exporters.word.xmlparts import Element

_FOR = re.compile(r"for\s+(.+?)\s+in\s", re.DOTALL)
_BLOCKS = frozenset(
    f"{W}{name}" for name in ("body", "tbl", "tr", "tc", "hdr", "ftr", "footnote", "endnote", "comment", "txbxContent",
                              "sdtContent", "sdt")
)  # fmt: skip
# What takes names of its own even in a loop over characters.
_NAMED = tuple(
    f"{W}{name}"
    for name in ("footnoteReference", "endnoteReference", "commentReference", "txbxContent", "bookmarkStart")
)


@dataclass(frozen=True, slots=True)
class Construct:
    """One open ``for`` or ``if``.

    ``suffix`` is the variable of its loop, empty for a condition or an inline loop; ``record`` is what it runs with,
    ``test`` what a condition asks.
    """

    keyword: str
    suffix: str
    inline: bool
    record: str = ""
    test: str = field(default="", compare=False)

    def excludes(self, other: Construct) -> bool:
        """Return whether this is the condition that the *other* one does not hold."""
        return self.test != "" and self.test == f"not {other.test}"


Around = tuple[Construct, ...]


class Scopes:
    """Walks a woven tree once; :meth:`of` then gives the constructs around an element, outermost first."""

    def __init__(self, weaver: Weaver, start: int = 0) -> None:
        self._weaver = weaver
        self._around: dict[Element, Around] = {}
        self.loops = start
        self.varying: set[Element] = set()
        """Paragraphs with loops or conditions inside."""

    def walk(self, root: Element, outside: Around = ()) -> None:
        # What does not close inside its part is a fault that was told when its tags were woven.
        self._walk(root, outside)

    def of(self, element: Element) -> Around:
        return self._around[element]

    def __contains__(self, element: Element) -> bool:
        return element in self._around

    def suffix(self, element: Element) -> str:
        """Return the variable that holds the suffix at *element*, or nothing outside all loops."""
        return suffix_of(self._around[element])

    def _walk(self, element: Element, around: Around) -> Around:
        self._around[element] = around
        element.text, around = self._feed(element.text, around, element)
        for child in element:
            around = self._walk(child, around)
            child.tail, around = self._feed(child.tail, around, element)
        return around

    def _feed(self, text: str | None, around: Around, container: Element) -> tuple[str | None, Around]:
        if not text:
            return text, around
        inline = container.tag not in _BLOCKS and next(container.iter(*_NAMED), None) is None
        made: list[str] = []
        for piece, statement in self._weaver.pieces(text):
            keyword = statement.partition(" ")[0]
            if keyword in {"for", "if"}:
                self.varying |= _paragraph_of(container)
            if keyword == "for":
                construct = self._loop(statement, around, inline, piece, made)
                around = (*around, construct)
                continue
            if keyword in {"endfor", "else"} and len(around) == 1 and around[0].record:
                made.append(self._weaver.statement(f"set _ = ({around[0].record})|_done", ""))
            made.append(piece)
            if keyword == "if":
                around = (*around, Construct("if", "", inline, test=statement.removeprefix("if").strip()))
            elif keyword in {"endfor", "endif"}:
                around = around[:-1]
            elif keyword == "else" and around and around[-1].keyword == "for":
                # After a loop that ran over nothing there is no record to take an anchor of.
                around = (*around[:-1], Construct("if", "", inline))
        return "".join(made), around

    def _loop(self, statement: str, around: Around, inline: bool, token: str, made: list[str]) -> Construct:
        found = _FOR.match(statement)
        if inline or found is None:
            made.append(token)
            return Construct("for", "", True)
        self.loops += 1
        name, seen = f"_b{self.loops}", f"_s{self.loops}"
        outer = suffix_of(around) or "''"
        made += [
            self._weaver.statement(f"set {seen} = 0|_fresh", ""),
            token,
            self._weaver.statement(f"set {name} = ({found[1]})|_anchor({outer}, {seen})", ""),
        ]
        return Construct("for", name, False, found[1])


def _paragraph_of(element: Element) -> set[Element]:
    while element.tag not in _BLOCKS and (parent := element.getparent()) is not None:
        if element.tag == f"{W}p":
            return {element}
        element = parent
    return set()


def suffix_of(around: Around) -> str:
    """Return the innermost loop's variable."""
    return next((one.suffix for one in reversed(around) if one.suffix), "")
