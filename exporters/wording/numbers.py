"""Numbers and quantities in words, exactly as strong and as precise as the source states them."""

from __future__ import annotations

from decimal import Decimal

from exporters.model import Comparator, Lang, Measure, Target, Unit
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
SYMBOL = {
    Comparator.EQ: "=", Comparator.APPROX: "≈", Comparator.GTE: "≥", Comparator.GT: ">", Comparator.LTE: "≤",
    Comparator.LT: "<", Comparator.BETWEEN: "–", Comparator.IN_STEP_WITH: "~", Comparator.NONE: "",
}  # fmt: skip
_SCALES = ((12, "tn"), (9, "bn"), (6, "m"))
# A member asked of its class costs six times what a constant does (Python 3.11), and figures are said by the thousand.
_BETWEEN, _IN_STEP_WITH = Comparator.BETWEEN, Comparator.IN_STEP_WITH
_GROWTH, _CHANGE, _RANK, _MULTIPLE = (
    Measure.GROWTH_YOY, Measure.CHANGE_PP, Measure.RANK, Measure.MULTIPLE_GROWTH,
)  # fmt: skip


def plain(value: Decimal, grouped: bool = False) -> str:
    """Return *value* without an exponent, its digits as the source gives them (6.5 stays 6.5, 7.50 stays 7.50)."""
    return f"{value:,f}" if grouped else f"{value:f}"


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
    label = unit.label.en or (_singular(counter) if scaled == 1 else counter)
    gap = "" if label in {"%", "‰", ""} else " "
    return plain(scaled, True) + gap + label


def _singular(noun: str) -> str:
    """Return an English plural's singular: one project, not 1 projects."""
    if noun.endswith("ies"):
        return noun[:-3] + "y"
    return noun[:-1] if noun.endswith("s") and not noun.endswith("ss") else noun


def _trim(value: Decimal) -> Decimal:
    """Return *value* without the trailing zeros that scaling may add; no digit that counts is lost."""
    whole = value.to_integral_value()
    return whole if whole == value else value.normalize()


def figure(target: Target, unit: Unit | None, lang: Lang, counter: str = "") -> str:
    """Return the bare figure with its comparator: ``10%以上``, ``超730亿元``, ``at least 10%``, ``over CNY 73 bn``."""
    if target.expression:
        return target.expression.in_(lang)
    value, measure, comparator = target.value, target.measure, target.comparator
    if comparator is _IN_STEP_WITH:
        reference = target.reference.in_(lang)
        return f"与{reference}同步" if lang == "zh" else f"in step with {reference}"
    if value is None:
        return ""
    if measure is _RANK:
        return _place(target, value, lang)
    if measure is _MULTIPLE and lang == "en":
        # 增长2倍 adds twice the old value; "2 times" would be read as twice in all.
        return _compare(target, f"{plain(_trim(value * 100), True)}%", lang)
    text = amount(abs(value) if _falls(target) else value, unit, lang, counter)
    if comparator is _BETWEEN and target.upper is not None:
        upper = amount(target.upper, unit, lang, counter)
        return f"{text}—{upper}" if lang == "zh" else f"{text} to {upper}"
    return _compare(target, text, lang)


def _compare(target: Target, text: str, lang: Lang) -> str:
    if lang == "en":
        word = target.comparator_word.en or _EN.get(target.comparator, "")
        return f"{word} {text}" if word else text
    word = target.comparator_word.zh or _ZH.get(target.comparator, "")
    return text + word if word in _BEHIND else word + apart(word, text)


def _place(target: Target, value: Decimal, lang: Lang) -> str:
    within = target.comparator in {Comparator.LTE, Comparator.LT}
    if lang == "zh":
        return f"{'前' if within else '第'}{plain(value)}位"
    return f"top {plain(value)}" if within else f"no. {plain(value)}"


def _falls(target: Target) -> bool:
    return (target.measure is _GROWTH or target.measure is _CHANGE) and (target.value or 0) < 0


_VERBS = {
    "zh": {_GROWTH: ("增长", "下降"), _MULTIPLE: ("增长", "下降"), _CHANGE: ("提高", "下降")},
    "en": {_GROWTH: ("up ", "down "), _MULTIPLE: ("up ", "down "), _CHANGE: ("up ", "down ")},
}


def phrase(target: Target, said: str, lang: Lang) -> str:
    """Return what :func:`figure` says with the verb of its measure: ``增长10%以上``, ``up at least 10%``."""
    verbs = _VERBS[lang].get(target.measure)
    if verbs is None or target.expression or target.comparator is _IN_STEP_WITH:
        return said
    return verbs[_falls(target)] + said


def pieces(target: Target, whole: str, unit: Unit | None, lang: Lang, counter: str = "") -> tuple[str, str, str]:
    """Return what :func:`phrase` says in three: what leads to the number, the number with its unit, what follows.

    ``("增长", "10%", "以上")``, ``("up at least ", "10%", "")``; joined they are *whole*.
    """
    value = target.value
    ranged = target.comparator is _BETWEEN or target.comparator is _IN_STEP_WITH
    if target.expression or ranged or value is None or target.measure is _RANK:
        return "", whole, ""
    if target.measure is _MULTIPLE and lang == "en":
        middle = f"{plain(_trim(value * 100), True)}%"
    else:
        middle = amount(abs(value) if _falls(target) else value, unit, lang, counter)
    lead, found, tail = whole.rpartition(middle)
    return (lead, middle, tail) if found else ("", whole, "")
