"""Plain data -> JSON: a line per field, small objects in one line, numbers exactly as they are."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

WIDTH = 120


def json_text(data: dict[str, Any]) -> str:
    return json_value(data, "") + "\n"


def json_value(value: Any, indent: str, room: int = WIDTH) -> str:
    """Return *value*; its further lines start at *indent*. What fits into *room* characters stays in one line."""
    if not isinstance(value, dict | list) or not value:
        return json_inline(value)
    if indent and room > 0 and len(short := json_inline(value)) <= room:
        return short
    inner = indent + "  "
    if isinstance(value, dict):
        parts = [
            f"{inner}{json_inline(name)}: {json_value(item, inner, room_for(item, inner, name))}"
            for name, item in value.items()
        ]
        return "{\n" + ",\n".join(parts) + f"\n{indent}}}"
    parts = [inner + json_value(item, inner, 0 if isinstance(item, dict) else WIDTH - len(inner)) for item in value]
    return "[\n" + ",\n".join(parts) + f"\n{indent}]"


def room_for(value: Any, indent: str, name: str) -> int:
    """Return how much of the line is left for *value*; a list of records never shares its line."""
    is_records = isinstance(value, list) and any(isinstance(item, dict) for item in value)
    return 0 if is_records else WIDTH - len(indent) - len(name) - 5


def json_inline(value: Any) -> str:
    """Return *value* in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json_inline(name)}: {json_inline(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(json_inline, value)) + "]"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return json.dumps(value, ensure_ascii=False)
