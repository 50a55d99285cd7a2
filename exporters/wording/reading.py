"""Figures read back from words: the inverse of :mod:`exporters.wording.numbers`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal

from msgspec import Struct

from exporters.model import Comparator, Lang, Measure, Target, Unit
from exporters.wording.numbers import MIRRORED, singular

_NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
# A hyphen behind nothing, or behind another sign of a range, is a minus.
_RANGE = r"\s*(?:—+|–|~|～|至|到|\bto\b|(?<=[^\s—–~～至到])-|(?<=\s)-(?=\s))\s*"
_BEFORE = {
    **dict.fromkeys(("不低于", "不少于", "不小于", "至少", "≥", "at least", "no less than", "not less than",
                     "no fewer than", "not below"), Comparator.GTE),
    **dict.fromkeys(("超过", "超", "突破", "高于", "大于", "逾", ">", "over", "above", "more than", "exceeding"),
                    Comparator.GT),
    **dict.fromkeys(("不超过", "不高于", "不大于", "至多", "最多", "≤", "at most", "no more than", "not more than",
                     "not above"), Comparator.LTE),
    **dict.fromkeys(("低于", "不到", "不足", "小于", "<", "under", "below", "less than", "fewer than"), Comparator.LT),
    **dict.fromkeys(("约", "大约", "≈", "about", "around", "approximately", "roughly"), Comparator.APPROX),
}  # fmt: skip
_BEHIND = {
    **dict.fromkeys(("及以上", "或以上", "以上", "or more", "or above", "and above"), Comparator.GTE),
    **dict.fromkeys(("左右", "上下"), Comparator.APPROX),
    **dict.fromkeys(("及以下", "或以下", "以下", "以内", "or less", "or below"), Comparator.LTE),
}  # fmt: skip
COMPARATORS = {**_BEFORE, **_BEHIND, ">=": Comparator.GTE, "<=": Comparator.LTE, "大于等于": Comparator.GTE,
               "小于等于": Comparator.LTE}  # fmt: skip
"""What a comparator may be called."""
_UP = ("增长", "提高", "提升", "上升", "达到", "up", "增速", "变动", "growth of", "change of")
_DOWN = ("下降", "降低", "down")
_PLACE = (
    r"第\s*(?P<zh>\d+)(?:\s*[—–~-]+\s*(?P<zh_end>\d+))?\s*[位名]|前\s*(?P<zh_top>\d+)\s*[位名]"
    r"|no\.\s*(?P<en>\d+)(?: to (?P<en_end>\d+))?|top\s*(?P<en_top>\d+)"
)
_PER_CENT = re.compile(r"(?<=\d) ?per ?cent\b", re.IGNORECASE)
_SCALES = {"tn": 12, "bn": 9, "m": 6}


class AmbiguousError(ValueError):
    """The text says more, or less, than one figure; the message says why, ``hint`` what to do."""

    def __init__(self, message: str, hint: str = "type it as a figure with its unit") -> None:
        super().__init__(message)
        self.hint = hint


class Figure(Struct, frozen=True):
    """A figure as read: ``word`` is the comparator's own word where it is not the usual one."""

    comparator: Comparator
    value: Decimal
    upper: Decimal | None
    unit: str
    word: str


def read_figure(text: str, target: Target, units: Mapping[str, Unit], lang: Lang, counter: str = "") -> Figure:
    """Return the figure that *text* states, in the terms of *target*; raise AmbiguousError where it is not plain.

    A unit of another multiplier (万亿元 for 亿元) is taken as typed; a unit of another kind is refused.
    """
    plain = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip()
    plain = _PER_CENT.sub("%", plain)
    if target.measure is Measure.RANK:
        return _place(plain, target)
    rest, falls = _verb(plain)
    word, comparator, rest = _before(rest)
    behind, after, rest = _behind(rest)
    if word and behind:
        raise AmbiguousError(f"it says both “{word}” and “{behind}”")
    if target.measure is Measure.QUALITATIVE:
        raise AmbiguousError("the target is stated in words (measure qualitative)", "change it in the data file")
    pieces = re.split(_RANGE, rest) if re.search(rf"\d.*{_RANGE}.*\d", rest) else [rest]
    if len(pieces) > 2:
        raise AmbiguousError("it holds more than two figures")
    if len(pieces) == 2 and (word or behind):
        raise AmbiguousError(f"a range cannot be “{word or behind}”")
    read = [_amount(piece, target, units, lang, counter) for piece in pieces]
    known = [unit for _, unit in read if unit]
    if not known or len(set(known)) > 1:
        raise AmbiguousError("it needs one unit" if not known else "its two figures have two units")
    unit = known[-1]
    values = [value for value, _ in read]
    if falls and min(values) < 0:
        raise AmbiguousError("it says that it falls, and has a minus sign too")
    if values[-1] < values[0]:
        raise AmbiguousError("the range ends below its beginning", "type its lower end first")
    if falls:
        values = [-value for value in reversed(values)]
    if _in_percent(target, lang) and unit == "PERCENT":
        values, unit = [value / 100 for value in values], "TIMES"
    if len(values) == 2:
        return Figure(Comparator.BETWEEN, values[0], values[1], unit, "")
    found = comparator or after or Comparator.EQ
    return Figure(MIRRORED.get(found, found) if falls else found, values[0], None, unit, word or behind)


def _place(text: str, target: Target) -> Figure:
    """Return a rank: 第3位, 第3—5位, 前3位; no. 3, no. 3 to 5, top 3."""
    found = re.fullmatch(_PLACE, text.lower())
    if found is None:
        raise AmbiguousError("it is no rank such as 第3位, 前3位, no. 3 or top 3")
    unit = target.unit or "RANK"
    top = found["zh_top"] or found["en_top"]
    if top:
        return Figure(Comparator.LTE, Decimal(top), None, unit, "")
    first, end = Decimal(found["zh"] or found["en"]), found["zh_end"] or found["en_end"]
    return Figure(Comparator.BETWEEN if end else Comparator.EQ, first, Decimal(end) if end else None, unit, "")


def _in_percent(target: Target, lang: Lang) -> bool:
    """Whether English says a growth by times in per cent."""
    return target.measure is Measure.MULTIPLE_GROWTH and lang == "en" and target.unit == "TIMES"


def _verb(text: str) -> tuple[str, bool]:
    for verb in (*_UP, *_DOWN):
        if text.startswith(verb):
            return text[len(verb) :].strip(), verb in _DOWN
    return text, False


def _before(text: str) -> tuple[str, Comparator | None, str]:
    for word in sorted(_BEFORE, key=len, reverse=True):
        if text.lower().startswith(word):
            return word, _BEFORE[word], text[len(word) :].strip()
    return "", None, text


def _behind(text: str) -> tuple[str, Comparator | None, str]:
    for word, comparator in _BEHIND.items():
        if text.lower().endswith(word):
            return word, comparator, text[: -len(word)].strip()
    return "", None, text


def _amount(
    text: str, target: Target, units: Mapping[str, Unit], lang: Lang, counter: str
) -> tuple[Decimal, str | None]:
    found = re.fullmatch(rf"(?P<symbol>[A-Z]{{3}})?\s*(?P<number>{_NUMBER})\s*(?P<rest>.*)", text.strip())
    if found is None:
        raise AmbiguousError("it holds no plain number")
    value = Decimal(found["number"].replace(",", ""))
    rest = found["rest"].strip()
    own = units.get("PERCENT" if _in_percent(target, lang) else target.unit or "")
    if found["symbol"]:
        return _money(value, found["symbol"], rest, own, units)
    if not rest:
        return value, None if own is None or own.label.in_(lang) or own.symbol else own.code
    if own is not None and rest in _spellings(own, lang, counter):
        # An English text has its multiplier worked into the number: 200,000 sq m is 20 of 万平方米.
        return (_exact(value.scaleb(-own.multiplier)) if lang == "en" else value), own.code
    for unit in units.values():
        same = own is None or unit.base == own.base
        if same and rest == unit.label.in_(lang) and (lang == "zh" or not unit.multiplier):
            return value, unit.code
    expected = max(_spellings(own, lang, counter), key=len, default="") if own is not None else ""
    raise AmbiguousError(f"“{rest}” is not a unit of this figure" + (f" ({expected})" if expected else ""))


def _spellings(unit: Unit, lang: Lang, counter: str) -> set[str]:
    label = unit.label.in_(lang) if lang == "zh" else unit.label.en
    said = label + counter if lang == "zh" else label or counter
    return {one for one in (said, singular(said) if lang == "en" else "", label) if one}


def _money(
    value: Decimal, symbol: str, rest: str, own: Unit | None, units: Mapping[str, Unit]
) -> tuple[Decimal, str | None]:
    if rest and rest not in _SCALES:
        raise AmbiguousError(f"“{rest}” is no scale; it can be tn, bn or m")
    whole = value.scaleb(_SCALES.get(rest, 0))
    if own is not None and own.symbol == symbol:
        return _exact(whole.scaleb(-own.multiplier)), own.code
    fitting = [unit for unit in units.values() if unit.symbol == symbol and abs(whole) >= 10**unit.multiplier]
    best = max(fitting, key=lambda unit: unit.multiplier, default=None)
    if best is None or (own is not None and best.base != own.base):
        raise AmbiguousError(f"{symbol} is not the currency of this figure")
    return _exact(whole.scaleb(-best.multiplier)), best.code


def _exact(value: Decimal) -> Decimal:
    whole = value.to_integral_value()
    return whole if whole == value else value.normalize()
