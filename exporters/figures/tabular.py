"""Numbers as one column of a table holds them: amounts of one kind in one unit."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from exporters.model import Lang, Unit

_ONE = Decimal(1)
_ZH_MONEY = 8
_EN_MONEY = 9


def tabular_unit(
    unit: Unit, units: Mapping[str, Unit], lang: Lang, counter: str = "", largest: Unit | None = None
) -> tuple[int, str]:
    """Return (power of ten to multiply by, unit's label) for a value stated in *unit*.

    Per cent become ratios (6.5 is 0.065); money is in 亿 of its currency, in English in billions; counts are in ones.
    Other units stay as the source has them, or are in the *largest* in which their indicator is stated; English, which
    has no 万, counts them in ones.
    """
    largest = largest or unit
    power = unit.multiplier - largest.multiplier
    if unit.code == "PERCENT":
        return -2, "%"
    if unit.symbol:
        if lang == "en":
            return unit.multiplier - _EN_MONEY, f"{unit.symbol} bn"
        label = next(
            (one.label.zh for one in units.values() if one.base == unit.base and one.multiplier == _ZH_MONEY), ""
        )
        return (unit.multiplier - _ZH_MONEY, label) if label else (power, largest.label.in_(lang))
    if unit.base == "COUNT":
        return unit.multiplier, counter
    if unit.code == "RANK" and lang == "en":
        # “Top 3” says it by itself; English has no word for what a rank counts.
        return 0, ""
    if lang == "en":
        return unit.multiplier, unit.label.en or counter or unit.label.zh
    return power, largest.label.in_(lang) + counter


def shifted(value: Decimal, power: int) -> Decimal:
    """Return *value* times ten to a power, exactly, without an exponent or zeros that the shift added."""
    if not power:
        return value
    found = value.scaleb(power)
    # 1E+4 is the same number, but not what a cell should show in its XML.
    return found.quantize(_ONE) if power > 0 and "E" in str(found) else found
