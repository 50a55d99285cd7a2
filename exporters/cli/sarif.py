"""Faults as SARIF 2.1.0, which code hosts show beside the files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from exporters import __version__
from exporters.errors import Fault

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LINE = re.compile(r"line ([0-9]+)")


def sarif(faults: Sequence[Fault]) -> dict[str, Any]:
    """Return *faults* as one run; the place in a person's words is the logical location."""
    rules = [{"id": code, "name": code} for code in sorted({fault.code for fault in faults})]
    driver = {"name": "briefpack", "version": __version__, "rules": rules}
    return {"$schema": _SCHEMA, "version": "2.1.0",
            "runs": [{"tool": {"driver": driver}, "results": [_result(fault) for fault in faults]}]}  # fmt: skip


def _result(fault: Fault) -> dict[str, Any]:
    text = f"{fault.message} ({fault.hint})" if fault.hint else fault.message
    level = "note" if fault.severity == "advice" else fault.severity
    # In a message of SARIF, braces stand around placeholders; those of a tag are doubled (3.11.5).
    text = text.replace("{", "{{").replace("}", "}}")
    found: dict[str, Any] = {"ruleId": fault.code, "level": level, "message": {"text": text}}
    if fault.excerpt:
        found["properties"] = {"excerpt": fault.excerpt, "tag": fault.mark}
    location: dict[str, Any] = {}
    if fault.file:
        physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(fault.file)}}
        line = _LINE.search(fault.where)
        if line is not None:
            physical["region"] = {"startLine": max(int(line[1]), 1)}
            if fault.excerpt:
                physical["region"]["snippet"] = {"text": fault.excerpt}
        location["physicalLocation"] = physical
    if fault.where:
        location["logicalLocations"] = [{"fullyQualifiedName": fault.where}]
    return found | ({"locations": [location]} if location else {})


def _uri(file: str) -> str:
    from urllib.parse import quote

    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
