"""The JSON Schema of a dataset, for editors that check while one types."""

from __future__ import annotations

import ast
import inspect
import textwrap
from itertools import pairwise
from typing import Any

from exporters.model import Dataset, Record, form

from .shape import SHORT_FORMS

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NUMBER_TEXT = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,4})?$"


def dataset_schema() -> dict[str, Any]:
    """Return the schema of what people type: a text or a flag may be one plain value, a text may look like a number."""
    found: dict[str, Any] = form(Dataset).model_json_schema(mode="validation")
    definitions = found.pop("$defs")
    for kind in Record.__subclasses__():
        _describe(kind, found if kind is Dataset else definitions.get(kind.__name__, {}))
    for kind, field in SHORT_FORMS.items():
        whole = definitions[kind.__name__]
        description = whole.pop("description", "")
        short = {"$ref": "#/$defs/FlagCode"} if field == "code" else {"type": "string"}
        definitions[kind.__name__] = {"description": description, "anyOf": [short, whole]}
    schema = {"$schema": DIALECT, **found, "title": "briefpack dataset", "$defs": definitions}
    _loosen(schema)
    return schema


def _describe(kind: type[Record], schema: dict[str, Any]) -> None:
    """Take the texts below the fields into the schema: pydantic could, but at the cost of every start of the tool."""
    [tree] = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(tree, ast.ClassDef)
    for field, below in pairwise(tree.body):
        if not isinstance(field, ast.AnnAssign) or not isinstance(field.target, ast.Name):
            continue
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) and isinstance(below.value.value, str):
            schema.get("properties", {}).get(field.target.id, {})["description"] = inspect.cleandoc(below.value.value)


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
