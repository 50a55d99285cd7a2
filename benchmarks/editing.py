"""What the comparisons of edits (edits.py, edits_deck.py, edits_workbook.py) share: the data, the merge, the table."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec.structs import replace

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]


def data(moved: bool) -> Any:
    """Return four districts; *moved*, the first has another figure (77)."""
    from decimal import Decimal

    from synthetic import dataset

    found = dataset(4)
    targets = [
        replace(one, value=Decimal(77)) if moved and one.id == "d00001.gdp-growth" else one for one in found.targets
    ]
    return replace(found, targets=tuple(targets))


def renders(room: Any, template: bytes, name: str) -> tuple[bytes, bytes]:
    """Return what briefpack makes of the old and of the new data."""
    from exporters.binding.scope import Scope
    from exporters.package import Package
    from exporters.runs.stamp import PROPERTY, Stamp

    source = Package.open(template, name=name)
    compiled = room.compile(source, name)
    made = [io.BytesIO(), io.BytesIO()]
    for generation, out in enumerate(made, 1):
        stamp = {PROPERTY: str(Stamp.of("edits", generation, "00"))}
        room.render(compiled, source, Scope(data(moved=generation > 1), "zh"), out, epoch=0, properties=stamp)
    return made[0].getvalue(), made[1].getvalue()


def merged(room: Any, name: str, base: bytes, theirs: bytes, ours: bytes) -> tuple[bytes, str]:
    """Return the edited file with the new data, and whether a conflict was told."""
    from exporters.package import Package
    from exporters.runs.living import regenerate
    from exporters.runs.stamp import Stamp

    packages = (Package.open(one, name=name) for one in (base, theirs, ours))
    found = regenerate(room, name, *packages, stamp=Stamp.of("edits", 2, "00"), epoch=0)
    return found.content or theirs, "told" if found.plan.conflicts else ""


def show(rows: Mapping[str, Mapping[str, Mapping[str, Any]]], as_json: bool) -> None:
    """Print, for each edit and way, whether the edit stays, whether the new figure is there, and what was said."""
    if as_json:
        print(json.dumps({"rows": rows}, ensure_ascii=False, indent=2))
        return
    for what, ways in rows.items():
        print(what)
        for way, found in ways.items():
            edit = "stays" if found["edit"] else "lost"
            figure = "there" if found["data"] else "missing"
            print(f"    {way:10} edit {edit:6} new figure {figure:8} {found['note']}")
