"""JSON -> Document. Numbers stay the text that was typed; line numbers are worked out for faults only."""

from __future__ import annotations

import json
from typing import Any

from exporters.model import Path

from .document import MAX_DEPTH, MAX_REPORTED, Document, Misfit, SourceText, Spot, UnreadableError
from .json_tree import JsonTree, json_tree
from .plaintext import refuse_forbidden

_ADVICE = (
    ("property name", "field names stand in double quotes, and no comma follows the last field"),
    ("',' delimiter", "put a comma between two fields or records"),
    ("':' delimiter", "put a colon behind the field's name"),
    ("Invalid control character", "a text cannot run over the end of a line; write \\n"),
    ("Invalid \\escape", "write \\\\ for a backslash"),
    ("Unterminated string", "add the closing quote"),
    ("Extra data", "a dataset is one object"),
)
_WIDE = {"：": ":", "，": ",", "“": '"', "”": '"', "｛": "{", "［": "["}


def read_json(text: str) -> Document:
    """Read one JSON document; raise UnreadableError where its syntax ends all reading."""
    source = SourceText(text)
    safe, misfits = refuse_forbidden(source)
    suspect = False

    def record(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal suspect
        found = dict(pairs)
        if len(found) != len(pairs):
            suspect = True
        if None in found.values():
            return {name: value for name, value in found.items() if value is not None}
        return found

    try:
        data = json.loads(safe, parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=record)
    except json.JSONDecodeError as error:
        raise UnreadableError(*misfits, _syntax(source, error)) from None
    except RecursionError:
        message = f"more than {MAX_DEPTH} lists and objects inside each other"
        raise UnreadableError(*misfits, Misfit(Spot("line 1"), "too-deep", message)) from None
    locator = _Locator(source)
    if suspect:
        for key, offset in locator.tree.duplicates[:MAX_REPORTED]:
            misfits.append(Misfit(source.spot(offset), "duplicate-key", f"{key!r} is given twice in one record"))
    return Document(data, locator, misfits)


def _syntax(source: SourceText, error: json.JSONDecodeError) -> Misfit:
    at = source.text[error.pos : error.pos + 1]
    before = source.text[: error.pos].rstrip()
    # Python 3.13 points at the comma, older ones at the bracket behind it.
    if error.msg.startswith("Illegal trailing comma") or (at in {"}", "]"} and before.endswith(",")):
        offset = error.pos if at == "," else len(before) - 1
        column = offset - source.text.rfind("\n", 0, offset)
        return Misfit(source.spot(offset), "syntax", f"a comma behind the last one, column {column}", "take it away")
    spot = source.spot(min(error.pos, len(source.text.rstrip()) - 1))
    if at in _WIDE and at:
        return Misfit(spot, "syntax", f"the full-width {at!r} stands where JSON wants {_WIDE[at]!r}")
    if at in {"/", "#"}:
        return Misfit(spot, "syntax", "JSON has no comments", "write the dataset as .yaml to keep comments")
    hint = next((advice for part, advice in _ADVICE if part in error.msg), "")
    column = error.pos - source.text.rfind("\n", 0, error.pos)
    return Misfit(spot, "syntax", f"{error.msg[0].lower()}{error.msg[1:]}, column {column}", hint)


class _Locator:
    """Where a path stands; the tree of positions is built for the first fault, and never for a good file."""

    def __init__(self, source: SourceText) -> None:
        self._source = source
        self._tree: JsonTree | None = None

    @property
    def tree(self) -> JsonTree:
        if self._tree is None:
            self._tree = json_tree(self._source.text)
        return self._tree

    def __call__(self, path: Path) -> Spot:
        node = self.tree.root
        for step in path:
            found = node.child(step)
            if found is None:
                break
            node = found
        return self._source.spot(node.start)
