"""Slides, and rows of tables on slides, in another order, with all that people put on them and behind them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO

from exporters.charts.drawingml import P, R
from exporters.deck.living.deck import Deck
from exporters.deck.living.listing import P14
from exporters.deck.living.packing import Changes
from exporters.deck.living.places import Places
from exporters.deck.living.reading import KEPT
from exporters.deck.living.shapes import Element, serialised
from exporters.snapshot import Arrangement

if TYPE_CHECKING:
    from exporters.package import Package


def arrange(
    target: Package, wanted: Sequence[Arrangement], ours: Package, out: BinaryIO, *, epoch: int | None = None
) -> bool:
    """Write *target* with its stretches in the order that is *wanted*; return whether any of them moved.

    Shapes keep their order: it is what lies upon what.
    """
    deck = KEPT.take(target) or Deck(target)
    changes, places = Changes(target), Places(deck)
    found = [(_slides(deck, one) if not one.group else _rows(places, one), one) for one in wanted]
    for lists, one in found:
        for stretches in lists:
            _move(stretches, one.order)
        if lists:
            part = deck.main if not one.group else one.stretches[0][0].partition("#")[0]
            changes.set(part, serialised(deck.tree(part)))
    moved = any(lists for lists, _ in found)
    if moved:
        changes.write(out, epoch)
    return moved


def _move(stretches: Sequence[Sequence[Element]], order: Sequence[int]) -> None:
    parent = stretches[0][0].getparent()
    assert parent is not None
    at = parent.index(stretches[0][0])
    for number in order:
        for one in stretches[number]:
            parent.remove(one)
            parent.insert(at, one)
            at += 1


def _slides(deck: Deck, wanted: Arrangement) -> list[list[list[Element]]]:
    """Return the entries of slides in the lists that have their order: that of the deck, and that of the one section
    they stand in. Nothing where they stand in several: a person put them there."""
    root, relationships = deck.tree(deck.main), deck.package.relationships(deck.main)
    ids = ((one, one.get(f"{R}id", "")) for one in root.iter(f"{P}sldId"))
    entries = {deck.package.stored_name(relationships.target(rel_id)): one for one, rel_id in ids}
    stretches = [[entries[part] for part in stretch] for stretch in wanted.stretches]
    members = {one.get("id"): one for one in root.iter(f"{P14}sldId")}
    if not members:
        return [stretches]
    listed = [[members.get(one.get("id")) for one in stretch] for stretch in stretches]
    own = [[one for one in stretch if one is not None] for stretch in listed]
    homes = {one.getparent() for stretch in own for one in stretch}
    return [stretches, own] if len(homes) == 1 and listed == own else []


def _rows(places: Places, wanted: Arrangement) -> list[list[list[Element]]]:
    """Return the rows of one table; nothing where other things are to move, or merged cells hold rows together."""
    found = [[places.find(at) for at in stretch] for stretch in wanted.stretches]
    rows = [[one.row.element for one in stretch if one is not None and one.row is not None] for stretch in found]
    parents = {one.getparent() for stretch in rows for one in stretch}
    whole = all(len(one) == len(other) for one, other in zip(rows, found, strict=True))
    behind = rows[-1][-1].getnext() if rows[-1] else None
    first = [*(stretch[0] for stretch in rows if stretch), *(() if behind is None else (behind,))]
    merged = any(cell.get("vMerge") in {"1", "true"} for row in first for cell in row)
    return [rows] if whole and len(parents) == 1 and not merged else []
