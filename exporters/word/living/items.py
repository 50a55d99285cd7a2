"""What the merge sees of one item."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exporters.snapshot import BELONGING, Item, Slot, SlotKind
from exporters.word.living.atoms import Atom, Kind, prose_of, text_of
from exporters.word.living.found import Found, Region

# Kinds of handles within an item: "p<region>/<atom>", "v<value>".
REGION, VALUE = "p", "v"
NOTES = BELONGING
"""Ends the key of the slot that tells how many notes a region refers to, in asterisks."""
# Looked up as plain names, for there are some hundred thousand atoms.
_TEXT, _CONTROL, _BOOKED, _PROSE, _DERIVED = Kind.TEXT, Kind.CONTROL, Kind.BOOKED, SlotKind.PROSE, SlotKind.DERIVED


def item_of(at: str, found: Found, shown: Sequence[Slot] = (), lost: Callable[[Region], bool] = bool) -> Item:
    """Return an item; *shown* are the slots of its charts and drawings, *lost* tells notes without words."""
    told = found.beside and found.unit
    beside = Slot(f"{found.id}+", "\n".join(found.beside), "", SlotKind.FOREIGN) if told else None
    if found.unread is not None:
        rows, place = found.unread
        return Item(found.id, at, rows.slots(at, place, beside), found.unit, composed=found.is_row)
    slots: list[Slot] = []
    for number, region in enumerate(found.regions):
        kind = SlotKind.LOST if region.is_note and lost(region) else _PROSE
        slots += _region(f"{at}/{REGION}{number}", region, kind, is_row=found.is_row)
    slots += (value_slot(f"{at}/{VALUE}{index}", atom) for index, atom in enumerate(found.values))
    slots += shown
    if found.inside:
        slots.append(Slot(f"{found.id}!", "\n".join(found.inside), "", SlotKind.FOREIGN))
    if beside is not None:
        slots.append(beside)
    return Item(found.id, at, tuple(slots), found.unit, composed=found.is_row)


def value_slot(at: str, atom: Atom) -> Slot:
    return Slot(atom.key, text_of(atom.inner), at)


def _region(at: str, region: Region, kind: SlotKind, *, is_row: bool) -> list[Slot]:
    atoms = region.atoms
    slots = [Slot(f"{region.name}#", prose_of(atoms), at, kind)]
    fields = notes = 0
    for index, atom in enumerate(atoms):
        if atom.kind is _TEXT:
            continue
        if atom.kind is _CONTROL or atom.kind is _BOOKED:
            slots.append(Slot(atom.key, text_of(atom.inner), f"{at}/{index}"))
        elif atom.kind is Kind.FIELD:
            slots.append(Slot(f"{region.name}#field{fields}", text_of(atom.inner), f"{at}/{index}", _DERIVED))
            fields += 1
        elif atom.kind is Kind.NOTE:
            notes += 1
    if not region.is_note and (not is_row or notes):
        slots.append(Slot(region.name + NOTES, "*" * notes, at, _DERIVED))
    return slots
