"""Numbers and quantities in words, exactly as strong and as precise as the source states them."""

from __future__ import annotations

from decimal import Decimal

from exporters.model import Comparator, Lang, Measure, Target, Unit

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


def plain(value: Decimal, grouped: bool = False) -> str:
    """Return *value* without an exponent, its digits as the source gives them (6.5 stays 6.5, 7.50 stays 7.50)."""
    return f"{value:,f}" if grouped else f"{value:f}"


def amount(value: Decimal, unit: Unit | None, lang: Lang, counter: str = "") -> str:
    """Return a value with its unit: ``730亿元``, ``CNY 73 bn``, ``10%``, ``180个``, ``180 projects``."""
    if unit is None:
        return plain(value, lang == "en")
    if lang == "zh":
        return plain(value) + unit.label.zh + counter
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
    if target.comparator is Comparator.IN_STEP_WITH:
        reference = target.reference.in_(lang)
        return f"与{reference}同步" if lang == "zh" else f"in step with {reference}"
    if target.value is None:
        return ""
    if target.measure is Measure.RANK:
        return _rank(target, target.value, lang)
    if target.measure is Measure.MULTIPLE_GROWTH and lang == "en":
        # 增长2倍 adds twice the old value; "2 times" would be read as twice in all.
        return _compare(target, f"{plain(_trim(target.value * 100), True)}%", lang)
    text = amount(abs(target.value) if _falls(target) else target.value, unit, lang, counter)
    if target.comparator is Comparator.BETWEEN and target.upper is not None:
        upper = amount(target.upper, unit, lang, counter)
        return f"{text}—{upper}" if lang == "zh" else f"{text} to {upper}"
    return _compare(target, text, lang)


def _compare(target: Target, text: str, lang: Lang) -> str:
    if lang == "en":
        word = target.comparator_word.en or _EN.get(target.comparator, "")
        return f"{word} {text}" if word else text
    word = target.comparator_word.zh or _ZH.get(target.comparator, "")
    return text + word if word in _BEHIND else word + text


def _rank(target: Target, value: Decimal, lang: Lang) -> str:
    within = target.comparator in {Comparator.LTE, Comparator.LT}
    if lang == "zh":
        return f"{'前' if within else '第'}{plain(value)}位"
    return f"top {plain(value)}" if within else f"no. {plain(value)}"


def _falls(target: Target) -> bool:
    return target.measure in {Measure.GROWTH_YOY, Measure.CHANGE_PP} and (target.value or 0) < 0


_VERBS = {
    ("zh", Measure.GROWTH_YOY): ("增长", "下降"),
    ("zh", Measure.MULTIPLE_GROWTH): ("增长", "下降"),
    ("zh", Measure.CHANGE_PP): ("提高", "下降"),
    ("en", Measure.GROWTH_YOY): ("up ", "down "),
    ("en", Measure.MULTIPLE_GROWTH): ("up ", "down "),
    ("en", Measure.CHANGE_PP): ("up ", "down "),
}


def phrase(target: Target, unit: Unit | None, lang: Lang, counter: str = "") -> str:
    """Return the figure with the verb of its measure: ``增长10%以上``, ``up at least 10%``, ``超730亿元``."""
    text = figure(target, unit, lang, counter)
    verbs = _VERBS.get((lang, target.measure))
    if verbs is None or target.expression or target.comparator is Comparator.IN_STEP_WITH:
        return text
    return verbs[_falls(target)] + text


def pieces(target: Target, unit: Unit | None, lang: Lang, counter: str = "") -> tuple[str, str, str]:
    """Return the phrase in three: what leads to the number, the number with its unit, what follows.

    ``("增长", "10%", "以上")``, ``("up at least ", "10%", "")``; joined they are :func:`phrase`.
    """
    whole = phrase(target, unit, lang, counter)
    ranged = target.comparator in {Comparator.BETWEEN, Comparator.IN_STEP_WITH}
    if target.expression or ranged or target.value is None or target.measure is Measure.RANK:
        return "", whole, ""
    value = abs(target.value) if _falls(target) else target.value
    middle = amount(value, unit, lang, counter)
    if target.measure is Measure.MULTIPLE_GROWTH and lang == "en":
        middle = f"{plain(_trim(target.value * 100), True)}%"
    lead, found, tail = whole.rpartition(middle)
    return (lead, middle, tail) if found else ("", whole, "")
