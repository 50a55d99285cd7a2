"""Changes of single fields written into JSON text; layout and order of all else stay."""

from __future__ import annotations

import json
from collections.abc import Sequence

from exporters.model import Path

from .changes import Change, field_order, nested
from .json_tree import JsonNode, json_tree
from .json_writer import json_inline, json_value, room_for
from .plain import Plain
from .plaintext import BOM, decode
from .splices import Splices


def edit_json(raw: bytes, changes: Sequence[Change]) -> bytes:
    """Return *raw* with *changes* made one after the other."""
    text = decode(raw)
    pending = list(changes)
    while pending:
        editor = _Editor(text)
        editor.make(pending.pop(0))
        while pending and not pending[0].appends and not editor.moved & {pending[0].path[:1], pending[0].path[:2]}:
            editor.make(pending.pop(0))
        text = editor.splices.applied()
    return (BOM if raw.startswith(BOM) else b"") + text.encode()


class _Editor:
    def __init__(self, text: str) -> None:
        self.splices = Splices(text)
        self.root = json_tree(text).root
        self.moved: set[Path] = set()

    def make(self, change: Change) -> None:
        self.moved.add(change.path[:2])
        if change.appends:
            node = self.root.child(change.path[0])
            if node is None or node.items is None:
                self._set(change.path, [change.value])
            else:
                self._add(node, "", change.value)
        elif change.value is None:
            self._remove(change.path)
        else:
            self._set(change.path, change.value)

    def _set(self, path: Path, value: Plain) -> None:
        node = self.root
        for depth, step in enumerate(path):
            found = node.child(step)
            if found is not None:
                node = found
                continue
            if node.members is None and node.items is None:
                typed = json.loads(self.splices.text[node.value_start : node.end])
                before = typed if isinstance(typed, str) else None
                self._put(node, nested(path[depth:], value, path[:depth], before))
                return
            inner = nested(path[depth + 1 :], value, path[: depth + 1])
            self._add(node, str(step) if isinstance(step, str) else "", inner, field_order(path[:depth]))
            return
        self._put(node, value)

    def _put(self, node: JsonNode, value: Plain) -> None:
        self.splices.replace(node.value_start, node.end, json_inline(value))

    def _add(self, node: JsonNode, key: str, value: Plain | None, order: Sequence[str] = ()) -> None:
        """Add a member (with *key*) or an item, laid out like those beside it."""
        entries = _entries(node)
        text = self.splices.text
        if not entries:
            inline = json_inline({key: value} if node.members is not None else [value])
            self.splices.replace(node.value_start, node.end, inline)
            return
        gap = text[node.value_start + 1 : entries[0].start]
        indent = gap.rpartition("\n")[2] if "\n" in gap else ""
        room = room_for(value, indent, key) if key or not isinstance(value, dict) else 0
        new = json_value(value, indent, room) if indent else json_inline(value)
        if node.members is None:
            self.splices.insert(entries[-1].end, f",{gap or ' '}{new}")
            return
        new = f"{json_inline(key)}: {new}"
        earlier = set(order[: order.index(key)]) if key in order else set(order)
        before = next((entry for name, entry in reversed(node.members.items()) if name in earlier), None)
        separator = gap if "\n" in gap else " "
        if before is not None:
            self.splices.insert(before.end, f",{separator}{new}")
        else:
            self.splices.insert(entries[0].start, f"{new},{separator}")

    def _remove(self, path: Path) -> None:
        node: JsonNode | None = self.root
        for step in path[:-1]:
            node = node.child(step) if node is not None else None
        gone = node.child(path[-1]) if node is not None else None
        if node is None or gone is None:
            return
        entries = _entries(node)
        place = next(number for number, entry in enumerate(entries) if entry is gone)
        if len(entries) == 1:
            self.splices.replace(node.value_start + 1, node.end - 1, "")
        elif place:
            self.splices.replace(entries[place - 1].end, gone.end, "")
        else:
            self.splices.replace(gone.start, entries[1].start, "")


def _entries(node: JsonNode) -> list[JsonNode]:
    return list(node.members.values()) if node.members is not None else list(node.items or ())
