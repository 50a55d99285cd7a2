"""YAML -> Document, in one pass over the parser's events.

Scalars are taken as the text that stands there: YAML 1.1 would read ``no`` as false, ``0777`` as 511 and
``12:30:00`` as 45000. Only an unquoted ``null``, ``~`` or nothing means absent. Aliases, merge keys and tags are
refused: they let a short file stand for a huge one, and a person cannot see what a record holds.
"""

from __future__ import annotations

from typing import Any, Final

import yaml
from yaml import events
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from exporters.model import Path

from .document import MAX_DEPTH, MAX_REPORTED, Document, Misfit, SourceText, Spot, UnreadableError
from .plaintext import refuse_forbidden
from .yaml_advice import syntax_misfit

try:
    from yaml import CBaseLoader as Loader
except ImportError:  # PyYAML built without libyaml: slower, the same result
    from yaml import BaseLoader as Loader  # type: ignore[assignment]

ABSENT: Final = frozenset(("", "~", "null", "Null", "NULL"))
_BEFORE = 200
_NOTHING = ScalarNode("", "", yaml.Mark("", 0, 0, 0, "", 0))
_CLOSING = (events.MappingEndEvent, events.SequenceEndEvent)


def read_yaml(text: str) -> Document:
    """Read one YAML document; raise UnreadableError where its syntax ends all reading."""
    source = SourceText(text)
    safe, misfits = refuse_forbidden(source, hidden_breaks=True)
    builder = _Builder(source)
    loader = Loader(safe)
    try:
        data = builder.build(loader)
    except yaml.YAMLError as error:
        raise UnreadableError(*misfits, *builder.misfits, syntax_misfit(source, error)) from None
    finally:
        loader.dispose()
    misfits += builder.misfits
    if builder.structural:
        raise UnreadableError(*misfits)
    return Document(data, _Locator(source, safe), misfits)


class _Builder:
    """Plain data from the parser's events, without recursion.

    ``structural`` turns true with the first thing that leaves a hole in the data (an alias, a tag, a merge key):
    whatever a later check found then would be about the hole.
    """

    def __init__(self, source: SourceText) -> None:
        self.source = source
        self.misfits: list[Misfit] = []
        self.structural = False

    def build(self, loader: Any) -> Any:
        next_event = loader.get_event
        scalar, mapping, sequence = events.ScalarEvent, events.MappingStartEvent, events.SequenceStartEvent
        root: list[Any] = []
        outer: list[tuple[Any, str | None]] = []
        here: Any = root
        key: str | None = None
        wants_key = False
        while (event := next_event()) is not None:
            kind = type(event)
            if kind is scalar:
                if event.tag is not None or event.anchor is not None:
                    self._refuse_properties(event)
                value = event.value
                if wants_key:
                    if value in here:
                        self._refuse(event, "duplicate-key", f"{value!r} is given twice in one record")
                    elif value == "<<" and not event.style:
                        self._refuse_structure(
                            event, "merge-key", "merge keys (<<) are not read", "write the fields out"
                        )
                    key, wants_key = value, False
                    continue
                if value in ABSENT and not event.style:
                    if not value and key is not None and self._is_alone(event):
                        hint = "quote a text or a number that holds a comma"
                        self._refuse_structure(event, "syntax", f"{key!r} stands without a value between braces", hint)
                    value = None
                if key is None:
                    here.append(value)
                else:
                    here.setdefault(key, value)
                    key, wants_key = None, True
            elif kind is mapping or kind is sequence:
                self._check_collection(event, wants_key, len(outer))
                child: Any = {} if kind is mapping else []
                if key is None:
                    here.append(child)
                else:
                    here.setdefault(key, child)
                outer.append((here, key))
                here, key, wants_key = child, None, kind is mapping
            elif kind in _CLOSING:
                if type(here) is dict and None in here.values():
                    for absent in [name for name, value in here.items() if value is None]:
                        del here[absent]
                here, key = outer.pop()
                key, wants_key = None, key is not None
            elif kind is events.AliasEvent:
                self._refuse_structure(
                    event,
                    "alias",
                    f"alias *{event.anchor} is not read",
                    "write the value out; quote a text that starts with *",
                )
                if wants_key:
                    key, wants_key = "", False
                elif key is not None:
                    key, wants_key = None, True
            elif kind is events.DocumentStartEvent and root:
                self._refuse_structure(
                    event, "syntax", "a second document starts here", "a dataset is one document; delete the ---"
                )
                break
        return root[0] if root else None

    def _is_alone(self, event: Any) -> bool:
        """Whether no colon stands before an empty value: in ``{zh: a, b}`` the text has lost its second half."""
        at = event.start_mark.index
        return not self.source.text[max(0, at - _BEFORE) : at].rstrip().endswith(":")

    def _check_collection(self, event: Any, wants_key: bool, depth: int) -> None:
        if event.tag is not None or event.anchor is not None:
            self._refuse_properties(event)
        if wants_key:
            self._refuse(
                event, "syntax", "a list or mapping stands where a field's name is expected", "quote braces in a text"
            )
            raise UnreadableError(*self.misfits)
        if depth >= MAX_DEPTH:
            self._refuse(event, "too-deep", f"more than {MAX_DEPTH} lists and mappings inside each other")
            raise UnreadableError(*self.misfits)

    def _refuse(self, event: Any, code: str, message: str, hint: str = "") -> None:
        self.misfits.append(Misfit(self.source.spot(event.start_mark.index), code, message, hint))
        if len(self.misfits) > MAX_REPORTED:
            raise UnreadableError(*self.misfits)

    def _refuse_structure(self, event: Any, code: str, message: str, hint: str) -> None:
        self.structural = True
        self._refuse(event, code, message, hint)

    def _refuse_properties(self, event: Any) -> None:
        if event.anchor is not None:
            hint = "write values out where they are used; quote a text that starts with &"
            self._refuse_structure(event, "alias", f"anchor &{event.anchor} is not read", hint)
        if event.tag is not None:
            typed = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._refuse_structure(event, "tag", f"tag {typed} is not read", "quote a text that starts with !")


class _Locator:
    """Where a path stands; the node tree is built for the first fault, and never for a good file."""

    def __init__(self, source: SourceText, text: str) -> None:
        self._source = source
        self._text = text
        self._root: Node | None = None

    def __call__(self, path: Path) -> Spot:
        if self._root is None:
            self._root = compose(self._text)
        node, offset = self._root, self._root.start_mark.index
        for step in path:
            found = child(node, step)
            if found is None:
                break
            node, offset = found
        return self._source.spot(offset)


def compose(text: str) -> Node:
    """Return the node tree of a text that ``read_yaml`` has accepted (so its depth is bounded)."""
    loader = Loader(text)
    try:
        node = loader.get_single_node()
    finally:
        loader.dispose()
    return node if node is not None else _NOTHING


def child(node: Node, step: str | int) -> tuple[Node, int] | None:
    """Return the node one step below *node*, and the offset where a person sees it begin."""
    if isinstance(node, MappingNode):
        for name, value in node.value:
            if name.value == step:
                return value, name.start_mark.index
    elif isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        item: Node = node.value[step]
        return item, item.start_mark.index
    return None
