"""Numbers that a person typed into a row which counts in another unit by now."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from exporters.merge.lookups import Texts
from exporters.merge.threeway import NOTHING
from exporters.snapshot import Conflict, Slot


def in_another_unit(base: Texts, ours: Texts, group: str, item: str, typed: Slot) -> bool:
    """Whether a number was typed into a row whose own numbers are others by a power of ten in the new render: they
    count in another unit there (10 亿元 is 0.001 万亿元, and in English CNY 1 bn)."""
    if _number(typed.text) is None:
        return False
    before, now = (_numbers(texts.own(group, item).values()) for texts in (base, ours))
    ratios = {now[key] / number for key, number in before.items() if number and key in now} - {Decimal(1)}
    return len(ratios) == 1 and _is_power_of_ten(ratios.pop())


def may_be_of_units(conflict: Conflict) -> bool:
    """Whether what a person typed, which is open, may have been meant in another unit than its row counts in by now."""
    before, typed, now = (_number(text) for text in (conflict.base, conflict.theirs, conflict.ours))
    if typed is None:
        return False
    return conflict.base == NOTHING or bool(before and now and before != now and _is_power_of_ten(now / before))


def _is_power_of_ten(ratio: Decimal) -> bool:
    return ratio.normalize().as_tuple().digits == (1,)


def _numbers(slots: Iterable[Slot]) -> dict[str, Decimal]:
    return {slot.key: found for slot in slots if (found := _number(slot.text)) is not None}


def _number(text: str) -> Decimal | None:
    try:
        found = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
