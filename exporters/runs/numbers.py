"""Numbers in plain text: which ones a line states, and which of them a person typed."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

# A figure as readers see it: the number with what makes it one. Bare numbers (pages, years, list numbers) are none.
_FIGURE = re.compile(
    r"\d[\d,]*(?:\.\d+)?\s*(?:%|‰|百分点|个百分点|(?:万亿|千亿|百亿|亿|千万|百万|万|千)?(?:美元|元|平方米|亩|吨|公里|人次|人|户)"
    r"|万亿|亿|万|倍|个|家|项|成|per ?cent|percentage points?|trillion|billion|million|times|tn\b|bn\b)"
    r"|(?:CNY|USD|RMB|US\$|[$¥€£])\s?\d[\d,]*(?:\.\d+)?(?:\s?(?:tn|bn|m|trillion|billion|million)\b)?"
    r"|百分之[零〇一二两三四五六七八九十百千点]+",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_DATE = re.compile(r"(?:19|20)\d\d(?=\D|$)")
_DAY = re.compile(r"(?:19|20)\d\d[-年/.]\d{1,2}(?:[-月/.]\d{1,2}日?)?|\d{1,2}月\d{1,2}日")


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
    return [plain(found[0]) for found in _FIGURE.finditer(normal(text))]


def bare(text: str) -> list[str]:
    """Return the numbers in *text* that are no part of a figure, of a date or a year, and more than one digit long."""
    rest = _DAY.sub(" ", _FIGURE.sub(" ", normal(text)))
    return [one for one in map(_canonical, _NUMBER.findall(rest)) if len(one) > 1 and not _DATE.fullmatch(one)]


def _canonical(number: str) -> str:
    whole, point, part = number.replace(",", "").partition(".")
    part = part.rstrip("0") if point else ""
    return f"{whole.lstrip('0') or '0'}{'.' + part if part else ''}"


@dataclass(frozen=True, slots=True)
class Typed:
    """Numbers that stand in a line (from 1) and not in the render behind it: typed over, or new ones."""

    line: int
    text: str
    changed: tuple[tuple[str, str], ...] = ()
    new: tuple[str, ...] = ()


def typed(before: Sequence[str], now: Sequence[str], skip: Iterable[str] = ()) -> Iterator[Typed]:
    """Compare the lines of a file with those of the render that it was edited from.

    A line whose words stayed while its numbers did not was typed over. Lines in *skip* are passed over.
    """
    left = Counter(map(_key, before))
    passed = set(map(_key, skip))
    fresh: list[tuple[int, str]] = []
    for number, line in enumerate(now, 1):
        if left[_key(line)] > 0:
            left[_key(line)] -= 1
        elif _key(line) not in passed and (numbers(line) or figures(line)):
            fresh.append((number, line))
    gone: dict[str, list[str]] = defaultdict(list)
    for line in before:
        if left[_key(line)] > 0:
            left[_key(line)] -= 1
            gone[_words(line)].append(line)
    for number, line in fresh:
        twins = gone.get(_words(line))
        old = twins.pop(0) if twins else _nearest(line, gone)
        if old is None:
            yield Typed(number, line, (), tuple(dict.fromkeys(figures(line) + bare(line))))
            continue
        first, second = numbers(old), numbers(line)
        if _words(old) == _words(line):
            pairs = tuple(pair for pair in zip(first, second, strict=False) if pair[0] != pair[1])
            if not pairs:  # 0.50 became 0.5, or 007 became 7
                continue
            yield Typed(number, line, pairs)
        else:
            known = set(first) | {one for figure in figures(old) for one in numbers(figure)}
            new = [one for one in figures(line) + bare(line) if not set(numbers(one)) <= known or not numbers(one)]
            if new := [one for one in new if one not in figures(old)]:
                yield Typed(number, line, (), tuple(dict.fromkeys(new)))


def _key(line: str) -> str:
    return " ".join(normal(line).split())


def _words(line: str) -> str:
    return _NUMBER.sub("#", _key(line))


def _nearest(line: str, gone: dict[str, list[str]]) -> str | None:
    import difflib

    pool = {one: lines[0] for one, lines in gone.items() if lines}
    found = difflib.get_close_matches(_words(line), list(pool)[:500], n=1, cutoff=0.6)
    return pool[found[0]] if found else None
