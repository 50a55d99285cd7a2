"""Sections and tables that a person took out whole: told, kept and settled as one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping

from msgspec import Struct

from exporters.merge.comparing import content_of
from exporters.snapshot import Item

_TABLE = "table:"
"""Begins the name of a table, which goes on with that of its first row."""


class Whole(Struct, frozen=True):
    """A section or a table that is gone: what it was, and what it would be by now."""

    name: str
    base: list[Item]
    ours: list[Item]

    @property
    def texts(self) -> tuple[str, str]:
        """What it said, and what it would say."""
        first, second = ("\n".join(map(content_of, items)) for items in (self.base, self.ours))
        return first, second


def wholes_gone(
    base: Mapping[str, Item],
    ours: Mapping[str, Item],
    here: Container[str],
    names: Container[str],
    is_apart: Callable[[Item], bool],
) -> list[Whole]:
    """Return what of *base* is gone whole from a file in which *here* is left, and in *ours* is not. *names* are those
    of open conflicts: what is open item by item stays so. *is_apart*: whether an item is no part of it (it was moved).
    """
    if all(name in here for name in base):
        return []
    found: list[Whole] = []
    taken: set[str] = set()
    now = wholes(ours.values())
    for name, items in wholes(base.values()):
        ids = {item.id for item in items}
        if len(items) < 2 or any(one in here or one in taken or one in names for one in ids):
            continue
        twins = [one for other, one in now if _is_table(other) == _is_table(name) and any(i.id in ids for i in one)]
        new = [item for one in twins for item in one if item.id not in here]
        if not new or any(is_apart(item) for item in items):
            continue
        taken |= ids
        # The row that a table was named after may be gone, or stand behind another one by now.
        known = (f"{_TABLE}{item.id}" for item in items) if _is_table(name) else ()
        found.append(Whole(next((one for one in known if one in names), name), items, new))
    return found


def wholes(items: Iterable[Item]) -> list[tuple[str, list[Item]]]:
    """Return sections, then tables, by name."""
    units: dict[str, list[Item]] = defaultdict(list)
    tables: list[list[Item]] = []
    last: Item | None = None
    for item in items:
        if item.unit:
            units[item.unit].append(item)
        if item.composed:
            if last is not None and last.composed and last.unit == item.unit:
                tables[-1].append(item)
            else:
                tables.append([item])
        last = item
    return [*units.items(), *((f"{_TABLE}{rows[0].id}", rows) for rows in tables)]


def _is_table(name: str) -> bool:
    return name.startswith(_TABLE)
