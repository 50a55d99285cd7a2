"""Where the handles of a briefing's snapshot lead, in a person's words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from exporters.package.described import where_described
from exporters.snapshot import MARK, SlotKind
from exporters.word.living.atoms import ITEM_PREFIX
from exporters.word.living.document import is_alternative

if TYPE_CHECKING:
    from exporters.package.reader import Package
    from exporters.snapshot import Item, Snapshot

_VALUE = re.compile(f"{MARK}([^{MARK}]*){MARK}")
_GROUPS = {"margins": "header or footer, ", "contents": "contents, "}
_SHOWN = 24


def whereabouts(_package: Package, snapshot: Snapshot) -> dict[str, str]:
    """Return handle -> "paragraph “GDP grows by…”" of every slot: its place is known by its first words."""
    found: dict[str, str] = {}
    for group in snapshot.groups:
        for item in group.items:
            kind = "table row" if item.id.startswith(f"{ITEM_PREFIX}r") else "paragraph"
            place = f"{_GROUPS.get(group.id, '')}{kind} “{_text(item)}”"
            found |= {slot.at: place for slot in item.slots}
        for item, behind in zip(group.items, group.items[1:], strict=False):
            # A chart stands over its caption.
            if any(slot.kind is SlotKind.CHART for slot in item.slots):
                shown = (slot for slot in item.slots if slot.kind is SlotKind.CHART or is_alternative(slot.at))
                found |= {slot.at: f"chart above “{_text(behind)}”" for slot in shown}
    found |= {at: f"alternative text of the {place}" for at, place in found.items() if is_alternative(at)}
    found |= {slot.at: "chart" for slot in snapshot.loose if slot.kind is SlotKind.CHART}
    return found | where_described(snapshot)


def _text(item: Item) -> str:
    values = {slot.key: slot.text for slot in item.slots if slot.kind is SlotKind.VALUE}
    said = [slot for slot in item.slots if not is_alternative(slot.at)]
    # What Office counts stands somewhere within the words; an entry of the contents is nothing else.
    prose = [slot.text for slot in said if slot.kind is SlotKind.PROSE]
    prose = prose or [slot.text for slot in said if slot.kind is SlotKind.DERIVED]
    text = " ".join(_VALUE.sub(lambda mark: values.get(mark[1], ""), one) for one in prose)
    text = " ".join((text.strip() or " ".join(values.values())).split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
