"""The JSON Schema of a dataset, for editors that check while one types."""

from __future__ import annotations

from typing import Any

from exporters.model import Dataset

from .shape import SHORT_FORMS

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def dataset_schema() -> dict[str, Any]:
    """Return the schema; records with a short form (a text, a flag) may be typed as one plain value."""
    found: dict[str, Any] = Dataset.model_json_schema(mode="validation")
    definitions = found.pop("$defs")
    for model, field in SHORT_FORMS.items():
        whole = definitions[model.__name__]
        description = whole.pop("description", "")
        short = {"$ref": "#/$defs/FlagCode"} if field == "code" else {"type": "string"}
        definitions[model.__name__] = {"description": description, "anyOf": [short, whole]}
    return {"$schema": DIALECT, **found, "title": "briefpack dataset", "$defs": definitions}
