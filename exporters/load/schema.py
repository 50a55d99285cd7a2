"""The JSON Schema of a dataset, for editors that check while one types."""

from __future__ import annotations

from typing import Any

from exporters.model import Dataset

from .shape import SHORT_FORMS

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NUMBER_TEXT = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,4})?$"


def dataset_schema() -> dict[str, Any]:
    """Return the schema of what people type: a text or a flag may be one plain value, a text may look like a number."""
    found: dict[str, Any] = Dataset.model_json_schema(mode="validation")
    definitions = found.pop("$defs")
    for model, field in SHORT_FORMS.items():
        whole = definitions[model.__name__]
        description = whole.pop("description", "")
        short = {"$ref": "#/$defs/FlagCode"} if field == "code" else {"type": "string"}
        definitions[model.__name__] = {"description": description, "anyOf": [short, whole]}
    schema = {"$schema": DIALECT, **found, "title": "briefpack dataset", "$defs": definitions}
    _loosen(schema)
    return schema


def _loosen(node: Any) -> None:
    """Let a text be typed without quotes where YAML sees a number in it: a year, a division code."""
    if isinstance(node, list):
        for item in node:
            _loosen(item)
        return
    if not isinstance(node, dict):
        return
    choices = [choice.get("type") for choice in node.get("anyOf", ()) if isinstance(choice, dict)]
    if "number" in choices and "string" in choices:
        for choice in node["anyOf"]:
            if choice["type"] == "string":
                choice["pattern"] = _NUMBER_TEXT
    elif node.get("type") == "string" and "enum" not in node and "format" not in node and "const" not in node:
        pattern = node.get("pattern", "")
        if not pattern or pattern.startswith("^([0-9]"):
            node["type"] = ["string", "number"]
    for value in node.values():
        _loosen(value)
