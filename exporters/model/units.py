"""Units of measure with their power-of-ten multiplier (万 4, 亿 8, 万亿 12)."""

from decimal import Decimal
from typing import Annotated

from .forms import Limits, Record
from .scalars import PLAIN_WHOLE
from .text import EMPTY, PlainText, Text

UnitCode = Annotated[str, Limits(pattern=r"^[A-Z][A-Z0-9_]{0,31}$")]


class Unit(Record, frozen=True, kw_only=True):
    """A unit in which a source states its figures.

    ``base`` is the unit without its multiplier (``CNY``, ``SQM``, ``PERCENT``): two units of one base can be compared
    after scaling by ``10 ** multiplier``.
    """

    code: UnitCode
    base: UnitCode
    multiplier: Annotated[int, Limits(ge=-12, le=18), PLAIN_WHOLE] = 0
    label: Text = EMPTY
    """How it is written behind a number: 亿元; in English the name of the base unit."""
    symbol: PlainText = ""
    """Put before the number in English: CNY, USD."""

    def scaled(self, value: Decimal) -> Decimal:
        """Return *value* in the base unit, exactly."""
        power = self.multiplier
        return value.scaleb(power) if power else value


def _unit(code: str, base: str, multiplier: int, zh: str, en: str = "", symbol: str = "") -> Unit:
    return Unit(code=code, base=base, multiplier=multiplier, label=Text(zh=zh, en=en), symbol=symbol)


BUILTIN_UNITS: dict[str, Unit] = {
    unit.code: unit
    for unit in (
        _unit("PERCENT", "PERCENT", 0, "%", "%"),
        _unit("PERMILLE", "PERMILLE", 0, "‰", "‰"),
        _unit("PP", "PP", 0, "个百分点", "percentage points"),
        _unit("TIMES", "TIMES", 0, "倍", "times"),
        _unit("COUNT", "COUNT", 0, ""),
        _unit("COUNT_10K", "COUNT", 4, "万"),
        _unit("RANK", "RANK", 0, "位"),
        _unit("PERSON", "PERSON", 0, "人", "people"),
        _unit("PERSON_10K", "PERSON", 4, "万人", "people"),
        _unit("CNY", "CNY", 0, "元", "", "CNY"),
        _unit("CNY_10K", "CNY", 4, "万元", "", "CNY"),
        _unit("CNY_100M", "CNY", 8, "亿元", "", "CNY"),
        _unit("CNY_TRILLION", "CNY", 12, "万亿元", "", "CNY"),
        _unit("USD", "USD", 0, "美元", "", "USD"),
        _unit("USD_10K", "USD", 4, "万美元", "", "USD"),
        _unit("USD_100M", "USD", 8, "亿美元", "", "USD"),
        _unit("HKD_100M", "HKD", 8, "亿港元", "", "HKD"),
        _unit("EUR_100M", "EUR", 8, "亿欧元", "", "EUR"),
        _unit("SQM", "SQM", 0, "平方米", "sq m"),
        _unit("SQM_10K", "SQM", 4, "万平方米", "sq m"),
        _unit("SQKM", "SQKM", 0, "平方公里", "sq km"),
        _unit("MU", "MU", 0, "亩", "mu"),
        _unit("MU_10K", "MU", 4, "万亩", "mu"),
        _unit("HECTARE", "HECTARE", 0, "公顷", "ha"),
        _unit("KM", "KM", 0, "公里", "km"),
        _unit("TON", "TON", 0, "吨", "t"),
        _unit("TON_10K", "TON", 4, "万吨", "t"),
        _unit("TON_100M", "TON", 8, "亿吨", "t"),
        _unit("KWH_100M", "KWH", 8, "亿千瓦时", "kWh"),
        _unit("DAY", "DAY", 0, "天", "days"),
        _unit("YEAR", "YEAR", 0, "年", "years"),
    )
}
