"""The form of ``manifest.json`` as it is read: anybody may have changed it since it was written."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from exporters import registry

_SHOWN = 3


def _day(value: str) -> str:
    dt.date.fromisoformat(value)
    return value


def _exporter(value: str) -> str:
    if value not in registry.EXPORTERS:
        raise ValueError(f"should be one of {', '.join(registry.EXPORTERS)}")
    return value


Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Count = Annotated[int, Field(ge=0)]
# A name and no path: what a manifest names lies in its own folder.
Name = Annotated[str, Field(pattern=r"^[^/\\:\x00]+$", max_length=255)]


class _Form(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")


class Tool(_Form):
    version: str


class Data(_Form):
    id: str
    title: str
    sha256: Digest


class File(_Form):
    exporter: Annotated[str, AfterValidator(_exporter)]
    sha256: Digest
    bytes: Count
    generation: Annotated[int, Field(ge=1)]
    inputs: Digest
    template: str
    template_sha256: Digest
    statements: Count
    edited: bool = False
    origin: Digest | Literal[""] = ""


class Flag(_Form):
    target: str
    code: str
    note: str


class Conflict(_Form):
    file: Name
    key: str
    reason: Literal["both-changed", "deleted-changed", "changed-dropped", "not-carried"]
    base: str
    theirs: str
    ours: str
    item: str = ""
    group: str = ""


class Counts(_Form):
    districts: Count
    districts_without_source: Count
    targets: Count
    initiatives: Count
    observations: Count
    sources: Count


class Written(_Form):
    """A whole manifest."""

    tool: Tool
    dataset: Data
    lang: Literal["zh", "en"]
    as_of: Annotated[str, AfterValidator(_day)] | None
    templates: str
    files: dict[Name, File]
    counts: Counts
    flags: list[Flag]
    conflicts: list[Conflict]


def read(value: Any) -> Written:
    """Return a manifest in this form; ValueError says where it has another, and what is expected there."""
    try:
        return Written.model_validate(value)
    except ValidationError as error:
        found = [_said(one["loc"], one["msg"]) for one in error.errors(include_url=False, include_input=False)]
        rest = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        raise ValueError("; ".join(found[:_SHOWN]) + rest) from None


def _said(place: tuple[int | str, ...], message: str) -> str:
    where = ".".join(str(step) for step in place if step != "[key]") or "the whole"
    message = message.removeprefix("Value error, ").removeprefix("Input ")
    return f"{where} {message}" if message.startswith("should") else f"{where}: {message}"
