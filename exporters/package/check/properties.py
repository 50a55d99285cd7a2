"""Checks of document properties: one part of core properties, dates that are dates, ids of one's own properties."""

from __future__ import annotations

import re

from exporters.package import rt
from exporters.package.check.probe import Probe, duplicates, integer, local

_DATE = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?")
_DATED = frozenset(("created", "modified"))
_FIRST_ID = 2


def check_properties(probe: Probe) -> None:
    cores = probe.targets("", rt.CORE_PROPERTIES)
    if len(cores) > 1:
        probe.add("duplicate-properties", "the package has two parts of core properties", cores[1])
    for part in cores:
        root = probe.tree(part)
        items = [] if root is None else list(root)
        for item in items:
            text = (item.text or "").strip()
            if local(item) in _DATED and not _DATE.fullmatch(text):
                message = f"'{text}' is no date as Office writes it (2023-02-01T09:00:00Z)"
                probe.add("bad-date", message, part, local(item))
        for name in duplicates(local(item) for item in items if local(item)):
            probe.add("duplicate-properties", f"the property '{name}' stands there twice", part)
    for part in probe.targets("", rt.CUSTOM_PROPERTIES):
        root = probe.tree(part)
        items = [] if root is None else [item for item in root if local(item) == "property"]
        for item in items:
            number = integer(item.get("pid"))
            if number is None or number < _FIRST_ID:
                message = f"its number is {item.get('pid')}; they start with {_FIRST_ID}"
                probe.add("bad-property-id", message, part, f"property {item.get('name')}")
        for found in duplicates(item.get("pid", "") for item in items):
            probe.add("bad-property-id", f"two properties have the number {found}", part)
        for found in duplicates(item.get("name", "").casefold() for item in items):
            probe.add("duplicate-properties", f"two properties have the name '{found}'", part)
