"""Changes of single fields written into YAML text by the parser's marks; no line is touched that need not be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from exporters.model import Path

from .changes import Change, field_order, nested
from .plain import Plain
from .plaintext import BOM, decode
from .shape import LISTS
from .splices import Splices
from .yaml_reader import ABSENT, compose
from .yaml_writer import entry_lines, flow, item_lines, quoted, scalar


def edit_yaml(raw: bytes, changes: Sequence[Change]) -> bytes:
    """Return *raw* with *changes* made one after the other."""
    text = decode(raw)
    newline = "\r\n" if "\r\n" in text else "\n"
    pending = list(changes)
    while pending:
        editor = _Editor(text, newline)
        while pending and editor.make(pending[0]):
            pending.pop(0)
        text = editor.splices.applied()
    return (BOM if raw.startswith(BOM) else b"") + text.encode()


class _Editor:
    """Makes changes as long as each is in a record that none before it has moved."""

    def __init__(self, text: str, newline: str) -> None:
        self.splices = Splices(text)
        self.root = compose(text)
        self.newline = newline
        self._moved: set[Path] = set()

    def make(self, change: Change) -> bool:
        """Make the change and return True; False where the text has to be read again first."""
        record = change.path[:2]
        if record in self._moved or change.path[:1] in self._moved:
            return False
        if change.appends:
            if any(len(path) == 2 and path[0] == change.path[0] for path in self._moved):
                return False
            if not self._append(change.path, change.value):
                self._moved.add(change.path)
            return True
        if len(record) == 2 and _find(self.root, record) is None:
            return False
        self._moved.add(record)
        if change.value is None:
            self._remove(change.path)
        else:
            self._set(change.path, change.value)
        return True

    def _set(self, path: Path, value: Plain) -> None:
        node, in_flow = self.root, False
        for depth, step in enumerate(path):
            in_flow = in_flow or bool(getattr(node, "flow_style", False))
            found = _step(node, step)
            if found is not None:
                node = found
                continue
            if isinstance(node, ScalarNode):
                before = None if _is_absent(node) else node.value
                self._put(node, nested(path[depth:], value, path[:depth], before), in_flow)
                return
            inner = nested(path[depth + 1 :], value, path[: depth + 1])
            if isinstance(node, MappingNode):
                self._insert(node, str(step), inner, path[:depth], in_flow)
            elif isinstance(node, SequenceNode):
                self._append_item(node, inner)
            return
        self._put(node, value, in_flow)

    def _put(self, node: Node, value: Plain, in_flow: bool) -> None:
        start, end = node.start_mark.index, self._end(node)
        text = self.splices.text
        if isinstance(node, ScalarNode) and not isinstance(value, dict | list):
            new = quoted(value, node.style) if node.style in ("'", '"') else scalar(value, in_flow=in_flow)
        elif isinstance(value, dict) and value and isinstance(node, MappingNode) and not node.flow_style:
            lines = (line for key, item in value.items() for line in entry_lines(key, item, ""))
            new = (self.newline + " " * node.start_mark.column).join(lines)
        else:
            new = flow(value)
        if start == end and text[:start].rstrip(" ")[-1:] not in ("", "-") and text[start - 1 : start] != " ":
            new = " " + new
        self.splices.replace(start, end, new)

    def _insert(self, node: MappingNode, key: str, value: Plain, path: Path, in_flow: bool) -> None:
        order = field_order(path)
        earlier = order[: order.index(key)] if key in order else order
        before = next((entry for entry in reversed(node.value) if entry[0].value in earlier), None)
        if node.flow_style or in_flow:
            pair = f"{scalar(key, in_flow=True)}: {flow(value)}"
            if before is not None:
                self.splices.insert(self._end(before[1]), f", {pair}")
            elif node.value:
                self.splices.insert(node.value[0][0].start_mark.index, f"{pair}, ")
            else:
                self.splices.insert(node.start_mark.index + 1, pair)
            return
        indent = " " * node.value[0][0].start_mark.column
        lines = list(entry_lines(key, value, indent))
        if not path and key in LISTS:
            lines.insert(0, "")
        if before is not None:
            self._insert_lines(self._end(before[1]), lines)
        else:
            at = node.value[0][0].start_mark.index
            self.splices.insert(at, self.newline.join(lines).lstrip(" ") + self.newline + indent)

    def _append(self, path: Path, value: Any) -> bool:
        """Append a record; True where the next append finds its place without reading the text again."""
        name = str(path[0])
        node = _find(self.root, path)
        if isinstance(node, SequenceNode) and node.value:
            self._append_item(node, value)
            return True
        assert isinstance(self.root, MappingNode)
        if node is None:
            self._insert(self.root, name, [value], (), False)
        else:
            lines = list(item_lines(value, "  "))
            self.splices.replace(self._after_colon(node), self._end(node), self.newline + self.newline.join(lines))
        return False

    def _append_item(self, node: SequenceNode, value: Plain) -> None:
        if not node.value or node.flow_style:
            at = self._end(node.value[-1]) if node.value else node.start_mark.index + 1
            self.splices.insert(at, f", {flow(value)}" if node.value else flow(value))
            return
        last = node.value[-1]
        indent = " " * node.start_mark.column
        lines = [f"{indent}- {flow(value)}"] if getattr(last, "flow_style", False) else list(item_lines(value, indent))
        self._insert_lines(self._end(last), lines)

    def _remove(self, path: Path) -> None:
        parent = _find(self.root, path[:-1])
        if not isinstance(parent, MappingNode | SequenceNode) or _step(parent, path[-1]) is None:
            return
        spans = [self._span(entry) for entry in parent.value]
        place = path[-1] if isinstance(path[-1], int) else [key.value for key, _ in parent.value].index(path[-1])
        start, end = spans[place]
        if len(spans) == 1:
            empty = "{}" if isinstance(parent, MappingNode) else "[]"
            self.splices.replace(parent.start_mark.index, self._end(parent), empty)
        elif parent.flow_style:
            if place:
                self.splices.replace(spans[place - 1][1], end, "")
            else:
                self.splices.replace(start, spans[1][0], "")
        else:
            line = self.splices.line_start(start)
            dash = self.splices.text[line:start].lstrip(" ")
            if dash and isinstance(parent, MappingNode):
                self.splices.replace(start, spans[place + 1][0], "")
            else:
                self.splices.replace(line, self.splices.next_line(end), "")

    def _span(self, entry: Any) -> tuple[int, int]:
        if isinstance(entry, tuple):
            return entry[0].start_mark.index, self._end(entry[1])
        return entry.start_mark.index, self._end(entry)

    def _insert_lines(self, after: int, lines: list[str]) -> None:
        at = self.splices.next_line(after)
        text = self.newline.join(lines)
        if at == len(self.splices.text) and not self.splices.text.endswith("\n"):
            self.splices.insert(at, self.newline + text)
        else:
            self.splices.insert(at, text + self.newline)

    def _after_colon(self, node: Node) -> int:
        return len(self.splices.text[: node.start_mark.index].rstrip(" "))

    def _end(self, node: Node) -> int:
        """Return where a value ends as a person sees it: a block's end mark lies behind blank lines and comments."""
        if isinstance(node, MappingNode | SequenceNode) and not node.flow_style and node.value:
            last = node.value[-1]
            return self._end(last[1] if isinstance(last, tuple) else last) or self._end(last[0])
        start, end = node.start_mark.index, node.end_mark.index
        return start + len(self.splices.text[start:end].rstrip())


def _is_absent(node: ScalarNode) -> bool:
    return not node.style and node.value in ABSENT


def _step(node: Node, step: str | int) -> Node | None:
    if isinstance(node, MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        found: Node = node.value[step]
        return found
    return None


def _find(node: Node, path: Path) -> Node | None:
    for step in path:
        found = _step(node, step)
        if found is None:
            return None
        node = found
    return node
