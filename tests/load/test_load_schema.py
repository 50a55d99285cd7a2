"""The JSON Schema describes what people type."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml
from load_samples import GUANGZHOU, PROGRESS, small_data

from exporters.load import schema


def fits(value: Any, node: dict[str, Any], root: dict[str, Any]) -> bool:
    """Tell whether *value* fits the part of JSON Schema that the dataset's schema uses."""
    if "$ref" in node:
        node = {**root["$defs"][node["$ref"].rpartition("/")[2]], **{k: v for k, v in node.items() if k != "$ref"}}
    if "anyOf" in node:
        return any(fits(value, choice, root) for choice in node["anyOf"])
    if "const" in node or "enum" in node:
        return value in (node.get("enum") or [node["const"]])
    kinds = node.get("type", [])
    found = {dict: "object", list: "array", str: "string", bool: "boolean", int: "number", float: "number"}[type(value)]
    wanted = {kinds} if isinstance(kinds, str) else set(kinds)
    if found not in wanted and not (type(value) is int and "integer" in wanted):
        return False
    if isinstance(value, str):
        return re.search(node.get("pattern", ""), value) is not None
    if isinstance(value, list):
        return len(value) >= node.get("minItems", 0) and all(fits(item, node["items"], root) for item in value)
    if isinstance(value, dict):
        fields = node["properties"]
        return set(node.get("required", ())) <= set(value) <= set(fields) and all(
            fits(item, fields[name], root) for name, item in value.items()
        )
    return True


class CoreLoader(yaml.SafeLoader):
    """YAML as editors read it: days stay text."""


CoreLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in known if not tag.endswith("timestamp")]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def test_the_schema_is_one_json_document() -> None:
    found = schema()
    assert found["$schema"].endswith("2020-12/schema")
    assert json.loads(json.dumps(found)) == found
    assert set(found["required"]) == {"id", "title", "period", "city", "places", "indicators", "sources"}
    assert "evidence" in found["$defs"]["Target"]["required"]
    assert found["$defs"]["Evidence"]["description"]


def test_the_shipped_datasets_fit() -> None:
    root = schema()
    assert fits(small_data(), root, root)
    for path in (GUANGZHOU, PROGRESS):
        data = yaml.load(path.read_text(encoding="utf-8"), CoreLoader)
        assert fits(data, root, root), path


def test_mistakes_do_not_fit() -> None:
    root = schema()
    for field, value in (("unit", "percent"), ("value", "6,500"), ("comparater", "gte"), ("flags", ["odd"])):
        data = small_data()
        data["targets"][0][field] = value
        assert not fits(data, root, root), field
