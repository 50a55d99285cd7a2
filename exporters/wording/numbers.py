"""Numbers and quantities in words, exactly as strong and as precise as the source states them."""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import NamedTuple

from exporters.model import EMPTY, Comparator, Lang, Measure, Target, Unit
from exporters.wording.spacing import apart

# Chinese comparator words that stand behind the number; all others (超, 突破, 不低于) stand before it.
_BEHIND = frozenset(("以上", "左右", "以下", "以内", "上下", "内", "起"))
_ZH = {
    Comparator.GTE: "以上", Comparator.GT: "超", Comparator.LTE: "以内", Comparator.LT: "低于",
    Comparator.APPROX: "左右",
}  # fmt: skip
_EN = {
    Comparator.GTE: "at least", Comparator.GT: "over", Comparator.LTE: "at most", Comparator.LT: "under",
    Comparator.APPROX: "about",
}  # fmt: skip
# Of numbers below zero: 以内 and 超 would be read of their size.
_SIGNED = {"zh": _ZH | {Comparator.GT: "高于", Comparator.LTE: "以下"}, "en": _EN}
MIRRORED = {
    Comparator.GTE: Comparator.LTE, Comparator.LTE: Comparator.GTE, Comparator.GT: Comparator.LT,
    Comparator.LT: Comparator.GT,
}  # fmt: skip
"""What a comparator of a value says of the size of its fall."""
SYMBOL = {
    Comparator.EQ: "=", Comparator.APPROX: "≈", Comparator.GTE: "≥", Comparator.GT: ">", Comparator.LTE: "≤",
    Comparator.LT: "<", Comparator.BETWEEN: "–", Comparator.IN_STEP_WITH: "~", Comparator.NONE: "",
}  # fmt: skip
_DIGIT = re.compile(r"[\d.]").search
_SCALES = ((12, "tn"), (9, "bn"), (6, "m"))
# A member asked of its class costs six times what a constant does (Python 3.11), and figures are said by the thousand.
_BETWEEN, _IN_STEP_WITH = Comparator.BETWEEN, Comparator.IN_STEP_WITH
_GROWTH, _CHANGE, _RANK, _MULTIPLE = (
    Measure.GROWTH_YOY, Measure.CHANGE_PP, Measure.RANK, Measure.MULTIPLE_GROWTH,
)  # fmt: skip


def plain(value: Decimal, grouped: bool = False) -> str:
    """Return *value* without an exponent, its digits as the source gives them (6.5 stays 6.5, 7.50 stays 7.50)."""
    text = f"{value:,f}" if grouped else str(value)
    return text if "E" not in text else f"{value:f}"


def rounded(value: Decimal, places: int) -> Decimal:
    """Return *value* with so many decimals; a half goes away from zero, as in a spreadsheet's cell."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def amount(value: Decimal, unit: Unit | None, lang: Lang, counter: str = "") -> str:
    """Return a value with its unit: ``730亿元``, ``CNY 73 bn``, ``10%``, ``180个``, ``180 projects``."""
    if unit is None:
        return plain(value, lang == "en")
    if lang == "zh":
        return plain(value) + apart("0", unit.label.in_(lang) + counter)
    scaled = _trim(unit.scaled(value)) if unit.multiplier else value
    if unit.symbol:
        for power, word in _SCALES:
            if abs(scaled) >= Decimal(10) ** power:
                return f"{unit.symbol} {plain(_trim(scaled.scaleb(-power)), True)} {word}"
        return f"{unit.symbol} {plain(scaled, True)}"
    label = unit.label.en or counter
    label = singular(label) if abs(scaled) == 1 else label
    gap = "" if label in {"%", "‰", ""} else " "
    return plain(scaled, True) + gap + label


def unit_of(unit: Unit, lang: Lang, counter: str = "") -> str:
    """Return the unit in which a source states its numbers: ``亿元``, ``CNY 100 m``, ``万人``, ``10,000 people``.

    English has no names for 万 and 亿: it says how many of the base unit they are.
    """
    if lang == "zh":
        return unit.label.in_(lang) + counter
    power, word = next((scale for scale in _SCALES if unit.multiplier >= scale[0]), (0, ""))
    size = Decimal(10) ** max(unit.multiplier - power, 0)
    base = unit.symbol or unit.label.en or counter or ("" if unit.code == "RANK" else unit.label.zh)
    scale = [plain(size, True) if size > 1 else "", word]
    return " ".join(filter(None, (base, *scale) if unit.symbol else (*scale, base)))


def singular(noun: str) -> str:
    """Return an English plural's singular: one project, not 1 projects."""
    if noun == "people":
        return "person"
    if noun.endswith("ies"):
        return noun[:-3] + "y"
    if noun.endswith(("sses", "shes", "ches", "xes")):
        return noun[:-2]
    return noun[:-1] if noun.endswith("s") and not noun.endswith("ss") else noun


def _trim(value: Decimal) -> Decimal:
    """Return *value* without the trailing zeros that scaling may add; no digit that counts is lost."""
    whole = value.to_integral_value()
    return whole if whole == value else value.normalize()


def quantity(target: Target, value: Decimal, unit: Unit | None, lang: Lang, counter: str = "") -> str:
    """Return a value of *target*, its own or an actual one, with unit and sign: ``6.5%``, ``-3%``, ``第9位``."""
    if target.measure is _RANK:
        return f"第{plain(value)}位" if lang == "zh" else f"no. {plain(value)}"
    if target.measure is _MULTIPLE and lang == "en" and target.unit == "TIMES":
        # 增长2倍 adds twice the old value; "2 times" would be read as twice in all.
        return f"{plain(_trim(value * 100), True)}%"
    return amount(value, unit, lang, counter)


def figure(target: Target, unit: Unit | None, lang: Lang, counter: str = "") -> str:
    """Return the bare figure with comparator and sign: ``10%以上``, ``超730亿元``, ``-3%``, ``over CNY 73 bn``."""
    if target.expression:
        return target.expression.in_(lang)
    if target.comparator is _IN_STEP_WITH:
        reference = target.reference.in_(lang)
        return f"与{reference}同步" if lang == "zh" else f"in step with {reference}"
    if target.value is None:
        return ""
    if target.measure is _RANK:
        return _place(target, target.value, lang)
    # The source's own word goes with the size of a fall (下降3%以上), not with a number below zero.
    word = _SIGNED[lang].get(target.comparator) if _falls(target) else None
    return _said(target, target.value, target.upper, word or _word(target, lang), unit, lang, counter)


def _said(
    target: Target, value: Decimal, upper: Decimal | None, word: str, unit: Unit | None, lang: Lang, counter: str
) -> str:
    text = quantity(target, value, unit, lang, counter)
    if upper is not None:
        end = quantity(target, upper, unit, lang, counter)
        return f"{text}—{end}" if lang == "zh" else f"{text} to {end}"
    if lang == "en":
        return f"{word} {text}" if word else text
    return text + word if word in _BEHIND else word + apart(word, text)


def _word(target: Target, lang: Lang, comparator: Comparator | None = None) -> str:
    """Return the source's own word for the comparator, else the usual one of *comparator* (the target's own)."""
    usual = _ZH if lang == "zh" else _EN
    own = target.comparator_word.zh if lang == "zh" else target.comparator_word.en
    return own or usual.get(comparator or target.comparator, "")


def _place(target: Target, value: Decimal, lang: Lang) -> str:
    if target.upper is not None:
        ends = plain(value), plain(target.upper)
        return "第{}—{}位".format(*ends) if lang == "zh" else "no. {} to {}".format(*ends)
    within = target.comparator in {Comparator.LTE, Comparator.LT}
    if target.comparator is Comparator.LT and value > 1:
        value = value.to_integral_value(ROUND_CEILING) - 1
    if lang == "zh":
        return f"{'前' if within else '第'}{plain(value)}位"
    return f"top {plain(value)}" if within else f"no. {plain(value)}"


def _falls(target: Target) -> bool:
    """Whether all that a target of growth or change allows for is a fall."""
    if target.measure is not _GROWTH and target.measure is not _CHANGE:
        return False
    return (target.value or 0) < 0 and (target.upper or 0) <= 0


_VERBS = {
    "zh": {_GROWTH: ("增长", "下降"), _MULTIPLE: ("增长", "下降"), _CHANGE: ("提高", "下降")},
    "en": {_GROWTH: ("up ", "down "), _MULTIPLE: ("up ", "down "), _CHANGE: ("up ", "down ")},
}
# A range from a fall to a rise has no verb.
_EITHER_WAY = {"zh": {_GROWTH: "增速", _CHANGE: "变动"}, "en": {_GROWTH: "growth of ", _CHANGE: "change of "}}


def phrase(target: Target, said: str, unit: Unit | None, lang: Lang, counter: str = "") -> str:
    """Return what :func:`figure` says (*said*) with the verb of its measure: ``增长10%以上``, ``up at least 10%``.

    A fall is said by its size, and a comparator turns with it: at least -1% is down at most 1%.
    """
    verbs = _VERBS[lang].get(target.measure)
    value, upper = target.value, target.upper
    if verbs is None or target.expression or value is None or target.comparator is _IN_STEP_WITH:
        return said
    if _falls(target):
        least, most = (abs(value), None) if upper is None else (abs(upper), abs(value))
        word = _word(target, lang, MIRRORED.get(target.comparator, target.comparator))
        return verbs[True] + _said(target, least, most, word, unit, lang, counter)
    if value < 0 and upper is not None and target.measure in _EITHER_WAY[lang]:
        return _EITHER_WAY[lang][target.measure] + said
    return verbs[False] + said


def pieces(target: Target, whole: str, unit: Unit | None, lang: Lang, counter: str = "") -> tuple[str, str, str]:
    """Return what :func:`phrase` says in three: what leads to the number, the number with its unit, what follows.

    ``("增长", "10%", "以上")``, ``("up at least ", "10%", "")``; joined they are *whole*.
    """
    value = target.value
    ranged = target.comparator is _BETWEEN or target.comparator is _IN_STEP_WITH
    if target.expression or ranged or value is None or target.measure is _RANK:
        return "", whole, ""
    middle = quantity(target, abs(value) if _falls(target) else value, unit, lang, counter)
    lead, found, tail = whole.rpartition(middle)
    return (lead, middle, tail) if found else ("", whole, "")


class Saying(NamedTuple):
    """What statements of a kind say around their number: ``("增长", "", "%", "以上")``, ``("up ", "over ", "%", "")``.

    Without the verb it is the figure; the number with its unit is what :func:`pieces` has in the middle.
    """

    verb: str
    before: str
    unit: str
    behind: str


def steady(target: Target) -> bool:
    """Whether a target may say around its number what others of its kind do.

    Falls and ranges do not.
    """
    value, words = target.value, target.expression
    return value is not None and not value.is_signed() and target.upper is None and (words is EMPTY or not words)


def saying(target: Target, unit: Unit | None, lang: Lang, counter: str = "") -> Saying | None:
    """Return what a :func:`steady` target says around its number; None where that depends on the number.

    So do ranks (第9位, 前3位), words with digits of their own, and what English scales or puts in the singular.
    """
    if lang == "en" and unit is not None:
        noun = unit.label.en or counter
        if unit.multiplier or singular(noun) != noun:
            return None
    text = figure(target, unit, lang, counter)
    whole = phrase(target, text, unit, lang, counter)
    lead, middle, behind = pieces(target, whole, unit, lang, counter)
    number = plain(target.value or Decimal(0), lang == "en")
    verb = whole.removesuffix(text)
    found = Saying(verb, lead.removeprefix(verb), middle.removeprefix(number), behind)
    return None if middle == found.unit or _DIGIT("".join(found)) else found
