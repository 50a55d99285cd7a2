"""Where every value of a JSON text stands. Only for a text that ``json`` has accepted: nothing is checked again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from msgspec import Struct, field

_TOKEN = re.compile(r'[{}\[\],:]|"(?:[^"\\]|\\.)*"|[^\s{}\[\],:"]+')


class JsonNode(Struct):
    """A value's span in the text; ``start`` of a member is its key's, ``value_start`` its value's."""

    start: int
    value_start: int
    end: int = 0
    members: dict[str, JsonNode] | None = None
    items: list[JsonNode] | None = None

    def child(self, step: str | int) -> JsonNode | None:
        if isinstance(step, str):
            return self.members.get(step) if self.members is not None else None
        return self.items[step] if self.items is not None and step < len(self.items) else None


class JsonTree(Struct):
    root: JsonNode
    duplicates: list[tuple[str, int]] = field(default_factory=list)
    """Keys that stand twice in one object, with the offset of the second."""


def json_tree(text: str) -> JsonTree:
    """Index *text* in one pass, without recursion."""
    tokens: Iterator[re.Match[str]] = _TOKEN.finditer(text)
    tree = JsonTree(JsonNode(0, 0, len(text)))
    open_: list[JsonNode] = []
    key: str | None = None
    key_start = 0
    awaits_value = False

    def place(node: JsonNode) -> None:
        nonlocal key, awaits_value
        if not open_:
            tree.root = node
        elif open_[-1].items is not None:
            open_[-1].items.append(node)
        elif key is not None and open_[-1].members is not None:
            if key in open_[-1].members:
                tree.duplicates.append((key, key_start))
            open_[-1].members.setdefault(key, node)
        key, awaits_value = None, False

    for token in tokens:
        text_of, start = token[0], token.start()
        first = text_of[0]
        if first in "}]":
            open_.pop().end = token.end()
        elif first == ",":
            continue
        elif first == ":":
            awaits_value = True
        elif first == '"' and open_ and open_[-1].members is not None and not awaits_value:
            key, key_start = json.loads(text_of, strict=False), start
        else:
            node = JsonNode(key_start if key is not None else start, start, token.end())
            if first == "{":
                node.members = {}
            elif first == "[":
                node.items = []
            place(node)
            if first in "{[":
                open_.append(node)
    return tree
