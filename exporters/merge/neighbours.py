"""Where in an edited file something new goes: beside its neighbours in the new render."""

from __future__ import annotations

from collections.abc import Sequence


def placements(order: Sequence[str], present: set[str], new: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return (id, id to stand behind, id to stand before) of each new id: beside its neighbours in the new render.

    One of the two neighbours is empty; both are when nothing of *order* is present.
    """
    wanted = set(new)
    found: list[tuple[str, str, str]] = []
    last = ""
    for index, name in enumerate(order):
        if name in wanted:
            if last:
                found.append((name, last, ""))
            else:
                found.append((name, "", next((one for one in order[index:] if one in present), "")))
            # The next new one follows this one; the patch keeps insertions at one spot in this order.
            last = last if last in present else ""
        elif name in present:
            last = name
    return found
