"""Numbers in plain text: which ones a line states, and which of them a person typed."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from exporters.merge import spanned
from exporters.snapshot import Text

# A figure as readers see it: the number with what makes it one. Bare numbers (pages, years, list numbers) are none.
_UNITS = (
    r"(?:%|‰|百分点|个百分点|(?:万亿|千亿|百亿|亿|千万|百万|万|千)?(?:美元|元|平方米|亩|吨|公里|人次|人|户)"
    r"|万亿|亿|万|倍|个|家|项|成|per ?cent|percentage points?|trillion|billion|million|times|tn\b|bn\b)"
)
_MONEY = r"(?:CNY|USD|RMB|US\$|[$¥€£])\s?\d[\d,]*(?:\.\d+)?(?:\s?(?:tn|bn|m|trillion|billion|million)\b)?"
# Chinese numerals state a figure with a unit of measure, or from ten on with a counter: 三个区 is as often no claim.
_NUMERAL = r"[一二两三四五六七八九十][零〇一二两三四五六七八九十百千点]*"
_TENS = r"(?:[二两三四五六七八九]?十|[一二两三四五六七八九][百千])[零〇一二两三四五六七八九十百千]*"
_IN_WORDS = (
    r"(?:百分之[零〇一二两三四五六七八九十百千点]+"
    rf"|{_NUMERAL}(?:万亿|亿|万)?(?:%|个?百分点|美元|元|平方米|亩|吨|公里|人次|倍|成)|{_NUMERAL}(?:万亿|亿|万)(?:人|户|个|家|项)?"
    rf"|{_TENS}(?:人|户|个|家|项))"
)
_FIGURE = re.compile(rf"\d[\d,]*(?:\.\d+)?\s*{_UNITS}|{_MONEY}|{_IN_WORDS}", re.IGNORECASE)
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
# What makes 10% another statement than "at least 10%".
_BEFORE = (
    r"(?:超过|超|逾|突破|不低于|不少于|不高于|不超过|至少|约|近|"
    r"\b(?:at least|at most|no less than|no more than|more than|less than|over|above|below|under|around|about|nearly"
    r"|up to)\s+)"
)
_BEHIND = r"(?:以上|以下|以内|左右|上下|\s+or (?:more|less|above|below)\b)"
_CLAIM = re.compile(
    rf"{_BEFORE}?-?(?:\d[\d,]*(?:\.\d+)?(?:\s*{_UNITS})?|{_MONEY}|{_IN_WORDS}){_BEHIND}?", re.IGNORECASE
)
_DATE = re.compile(r"(?:19|20)\d\d(?=\D|$)")
_DAY = re.compile(r"(?:19|20)\d\d[-年/.]\d{1,2}(?:[-月/.]\d{1,2}日?)?|\d{1,2}月\d{1,2}日")
_SLIDE = re.compile(r"^slide \d+,? ?")
_COPY = re.compile(r" \d+$")
#: Full-width letters, digits and signs, one for one: offsets stay.
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}


def normal(text: str) -> str:
    """Return *text* with one width of digits and signs."""
    return unicodedata.normalize("NFKC", text)


def plain(text: str) -> str:
    """Return *text* without spaces and grouping, for comparing figures."""
    return re.sub(r"[\s,]", "", normal(text))


def numbers(text: str) -> list[str]:
    """Return the numbers in *text*, in order and in one spelling: ``1,200.0`` and ``1200`` are one."""
    return [_canonical(found) for found in _NUMBER.findall(normal(text))]


def figures(text: str) -> list[str]:
    """Return the figures in *text*: numbers with the unit that makes them one."""
    return [_in_digits(plain(found[0])) for found in _FIGURE.finditer(normal(text))]


_DIGITS = {one: "零一二三四五六七八九".index(one) for one in "零一二三四五六七八九"} | {"〇": 0, "两": 2}
_POWERS = {"十": 10, "百": 100, "千": 1000}


def _in_digits(figure: str) -> str:
    """Return a figure of Chinese numerals in digits: 五百亿元 is 500亿元, 百分之七点五 is 7.5%."""
    percent = figure.startswith("百分之")
    found = re.match(_NUMERAL, figure.removeprefix("百分之"))
    if found is None:
        return figure
    whole, point, part = found[0].partition("点")
    total, digit = 0, 0
    for one in whole:
        if one in _POWERS:
            total, digit = total + (digit or 1) * _POWERS[one], 0
        else:
            digit = _DIGITS[one]
    number = f"{total + digit}{'.' if point else ''}{''.join(str(_DIGITS.get(one, '')) for one in part)}"
    return number + ("%" if percent else figure[found.end() :])


def bare(text: str) -> list[str]:
    """Return the numbers in *text* that are no part of a figure, of a date or a year, and more than one digit long."""
    rest = _DAY.sub(" ", _FIGURE.sub(" ", normal(text)))
    return [one for one in map(_canonical, _NUMBER.findall(rest)) if len(one) > 1 and not _DATE.fullmatch(one)]


def claims(text: str) -> list[str]:
    """Return what *text* says in numbers, as it is spelled: each with its unit and its comparator (``10%以上``)."""
    return [text[found.start() : found.end()].strip() for found in _CLAIM.finditer(text.translate(_NARROW))]


def worded(text: str) -> str:
    """Return the words of *text*: what stands around its claims, without spaces."""
    return "".join(_CLAIM.sub("#", text.translate(_NARROW)).split())


def _canonical(number: str) -> str:
    whole, point, part = number.replace(",", "").partition(".")
    part = part.rstrip("0") if point else ""
    return f"{whole.lstrip('0') or '0'}{'.' + part if part else ''}"


def changes(before: str, now: str) -> tuple[list[tuple[str, str]], list[str]]:
    """Return (old, new) of each number of a text that was typed over, and the numbers that are new in it."""
    import difflib

    old, new = claims(before), claims(now)
    pairs: list[tuple[str, str]] = []
    added: list[str] = []
    if len(old) == len(new):
        return [(one, other) for one, other in zip(old, new, strict=True) if _spelling(one) != _spelling(other)], []
    matcher = difflib.SequenceMatcher(None, [_spelling(one) for one in old], [_spelling(one) for one in new], False)
    for kind, first, last, start, end in matcher.get_opcodes():
        if kind == "replace" and last - first == end - start:
            pairs += zip(old[first:last], new[start:end], strict=True)
        elif kind in {"replace", "insert"}:
            added += new[start:end]
    return pairs, added


def _spelling(claim: str) -> str:
    return "".join(normal(claim).split())


class Typed(Struct, frozen=True):
    """Numbers that stand in a line and not in the render behind it: typed over, or new ones."""

    line: Text
    changed: tuple[tuple[str, str], ...] = ()
    new: tuple[str, ...] = ()


def typed(before: Sequence[Text], now: Sequence[Text], skip: Iterable[str] = ()) -> Iterator[Typed]:
    """Compare the lines of a file with those of the render that it was edited from.

    A line whose words stayed while its numbers did not was typed over. Lines in *skip* are passed over.
    """
    left = Counter(_key(line.text) for line in before)
    passed = set(map(_key, skip))
    # A copied slide says once more what its shapes say.
    shapes = {(_key(line.text), _shape(line.where)) for line in before if line.where}
    fresh: list[Text] = []
    stays: set[tuple[str, str]] = set()
    for line in now:
        key = _key(line.text)
        stays.add((key, line.where))
        if left[key] > 0:
            left[key] -= 1
        elif key not in passed and (key, _shape(line.where)) not in shapes and claims(line.text):
            fresh.append(line)
    gone: dict[str, list[Text]] = defaultdict(list)
    # Of lines that say the same, one is gone from where it no longer stands.
    for line in sorted(before, key=lambda line: (_key(line.text), line.where) in stays):
        if left[_key(line.text)] > 0:
            left[_key(line.text)] -= 1
            gone[_words(line.text)].append(line)
    # What stands where a line stood is its own, before another line of the same words takes it: numbers have no words.
    for line, own in [(line, _at_place(line, gone)) for line in fresh]:
        old = own or _twin(line, gone)
        if old is None:
            yield Typed(line, (), tuple(dict.fromkeys(figures(line.text) + bare(line.text))))
            continue
        pairs, added = changes(old.text, line.text)
        known = {*numbers(old.text), *figures(old.text)}
        new = [one for claim in added for one in figures(claim) + bare(claim) if not {one, *numbers(one)} & known]
        if pairs or new:
            yield Typed(line, tuple(dict.fromkeys(pairs)), tuple(dict.fromkeys(new)))


def _shape(where: str) -> str:
    """Return which shape a place names, on whatever slide, and without the number that editors give to a copy."""
    return _COPY.sub("", _SLIDE.sub("", where))


def _key(line: str) -> str:
    return spanned(" ".join(normal(line).split()))


def _words(line: str) -> str:
    return _NUMBER.sub("#", " ".join(normal(line).split()))


def _at_place(line: Text, gone: dict[str, list[Text]]) -> Text | None:
    """Return the line with the words of *line* that stood where it stands."""
    twins = gone.get(_words(line.text), [])
    same = next((number for number, one in enumerate(twins) if one.where == line.where), None)
    return twins.pop(same) if same is not None else None


def _twin(line: Text, gone: dict[str, list[Text]]) -> Text | None:
    """Return a line with the words of *line*, or else the one that is most like it."""
    import difflib

    twins = gone.get(_words(line.text))
    if twins:
        return twins.pop(0)
    at_place = [(words, lines) for words, lines in gone.items() for one in lines if one.where == line.where]
    if len(at_place) == 1:
        words, lines = at_place[0]
        found = next(one for one in lines if one.where == line.where)
        if difflib.SequenceMatcher(None, words, _words(line.text), False).ratio() >= 0.4:
            lines.remove(found)
            return found
    pool = {words: lines for words, lines in gone.items() if lines}
    nearest = difflib.get_close_matches(_words(line.text), list(pool)[:500], n=1, cutoff=0.6)
    return pool[nearest[0]].pop(0) if nearest else None
