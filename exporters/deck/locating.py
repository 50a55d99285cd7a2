"""Where the handles of a deck's snapshot lead, in a person's words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from exporters.package.described import where_described
from exporters.snapshot import UNKNOWN

if TYPE_CHECKING:
    from exporters.package.reader import Package
    from exporters.snapshot import Snapshot

_ROW = re.compile(r"/r([0-9]+)")


def whereabouts(_package: Package, snapshot: Snapshot) -> dict[str, str]:
    """Return handle -> "slide 4, table row 2, shape nansha.targets" of every slot of *snapshot*."""
    found: dict[str, str] = {}
    for number, group in enumerate(snapshot.groups, 1):
        for item in group.items:
            for slot in item.slots:
                parts = [f"slide {number}"]
                row = _ROW.search(slot.at)
                if slot.at.endswith("#notes"):
                    parts.append("speaker notes")
                elif "/chart" in slot.at:
                    parts.append("chart")
                if row is not None:
                    parts.append(f"table row {int(row[1]) + 1}")
                if not item.id.startswith(UNKNOWN) and not slot.at.endswith("#notes"):
                    parts.append(f"shape {item.id.partition('/')[0]}")
                found[slot.at] = ", ".join(parts)
    return found | where_described(snapshot)
