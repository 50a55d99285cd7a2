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
    short = json_inline(value)
    if not isinstance(value, dict | list) or not value or (indent and len(short) <= room):
        return short
    inner = indent + "  "
    if isinstance(value, dict):
        parts = [
            f"{inner}{json_inline(name)}: {json_value(item, inner, WIDTH - len(inner) - len(name) - 5)}"
            for name, item in value.items()
        ]
        return "{\n" + ",\n".join(parts) + f"\n{indent}}}"
    parts = [inner + json_value(item, inner, 0 if isinstance(item, dict) else WIDTH - len(inner)) for item in value]
    return "[\n" + ",\n".join(parts) + f"\n{indent}]"


def json_inline(value: Any) -> str:
    """Return *value* in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json_inline(name)}: {json_inline(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(json_inline, value)) + "]"
    if isinstance(value, Decimal):
        return str(value)
    return json.dumps(value, ensure_ascii=False)
