"""The grain of generated prose: sentences, with the values inside them flowing on their own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from exporters.merge.values import Merged, canonical
from exporters.snapshot import MARK

# A sentence keeps its closing mark and what closes behind it; a full stop ends one only before a space: 7.5% is whole.
_SENTENCE = re.compile(r".*?(?:[。！？；\n]+[”’」』）》]*|[.!?;][”’\"')]*(?=\s)\s*|\Z)", re.DOTALL)
# The pieces that may flow on their own: a bound value, a number with what binds to it, a word, a Han character.
_TOKEN = re.compile(
    rf"{MARK}[^{MARK}]*{MARK}"
    r"|[+-]?\d[\d,]*(?:\.\d+)?(?:%|‰|[万亿]+(?:元|平方米|人|吨)?|元)?(?:以上|左右|以下|以内)?"
    r"|[A-Za-z]+|\s+|.",
    re.DOTALL,
)
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_OPEN_NUMBER = re.compile(r"[\d%‰万亿元]\s*[-–—~～至到:：/.×]\s*\Z")
_MORE_NUMBER = re.compile(r"\s*[-–—~～至到:：/.×]\s*\d")
_ENDS = frozenset("0123456789%‰万亿元")


def sentences(text: str) -> list[str]:
    """Return the sentences of *text*; joined they are the text again."""
    return [found[0] for found in _SENTENCE.finditer(text) if found[0]]


def merge_prose(base: str, theirs: str, ours: str) -> Merged:
    """Merge generated prose by sentence; a sentence that both sides changed stays theirs, its values flow."""
    if theirs == base:
        return Merged(ours)
    if canonical(ours) in {canonical(base), canonical(theirs)}:
        return Merged(theirs)
    merged = _by_sentence(base, theirs, ours)
    if not {*_NUMBER.findall(merged.text)} <= {*_NUMBER.findall(theirs), *_NUMBER.findall(ours)}:
        # What came to stand side by side reads as a number that nobody wrote.
        return Merged(theirs, conflict=True)
    # An open conflict meets the same texts again at every run: what would then change once more is left as it stands.
    if merged.conflict and _by_sentence(base, merged.text, ours) != merged:
        return Merged(theirs, conflict=True)
    return merged


def _by_sentence(base: str, theirs: str, ours: str) -> Merged:
    pieces: list[str] = []
    conflict = False
    for chunk in _chunks(sentences(base), sentences(theirs), sentences(ours)):
        merged = chunk.merge()
        pieces.append(merged.text)
        conflict |= merged.conflict
    return Merged("".join(pieces), conflict)


@dataclass(frozen=True, slots=True)
class _Chunk:
    base: Sequence[str]
    theirs: Sequence[str]
    ours: Sequence[str]

    def merge(self) -> Merged:
        base, theirs, ours = "".join(self.base), "".join(self.theirs), "".join(self.ours)
        if theirs == base:
            return Merged(ours)
        if ours in {base, theirs}:
            return Merged(theirs)
        if not base:
            # Both added at one point: theirs stays, the new sentence follows unless it stands there already.
            return Merged(theirs if ours in theirs else theirs + ours)
        # One side only put words before or behind: the other side's change goes between them.
        pieces = _TOKEN.findall(base)
        for added_to, other in ((theirs, ours), (ours, theirs)):
            within = _TOKEN.findall(added_to)
            spots = _spots(pieces, within)
            if len(spots) == 1 and not _joined(within, spots[0], spots[0] + len(pieces)):
                return Merged("".join((*within[: spots[0]], other, *within[spots[0] + len(pieces) :])))
        return _flow(base, theirs, ours)


def _flow(base: str, theirs: str, ours: str) -> Merged:
    """Carry the values that changed between base and ours into theirs; conflict if the wording changed as well.

    All of them or none: some new figures among old ones would say what neither side says.
    """
    old, now, new = (_TOKEN.findall(text) for text in (base, theirs, ours))
    places = _places(old, now)
    written = list(now)
    reworded = False
    for a, b, c, d in _changes(old, new):
        if not _is_value(old[a:b]) or not _is_value(new[c:d]):
            reworded = True
            continue
        at = places.get(a, -1)
        if any(places.get(one) != at + one - a for one in range(a, b)):
            spots = _spots(old[a:b], now)
            if not spots and _spots(new[c:d], now):
                continue
            at = spots[0] if len(spots) == 1 else -1
        if at < 0 or (_joined(now, at, at + b - a) and not _joined(old, a, b)):
            return Merged(theirs, conflict=True)
        written[at : at + b - a] = ["".join(new[c:d]), *[""] * (b - a - 1)]
    return Merged("".join(written), conflict=reworded)


def _joined(pieces: Sequence[str], start: int, end: int) -> bool:
    """Return whether what stands around some *pieces* makes another number of them: a range, a ratio, a date."""
    before, text, behind = ("".join(part) for part in (pieces[:start], pieces[start:end], pieces[end:]))
    return bool(
        (text[:1].isdigit() and _OPEN_NUMBER.search(before)) or (text[-1:] in _ENDS and _MORE_NUMBER.match(behind))
    )


def _spots(wanted: Sequence[str], within: Sequence[str]) -> list[int]:
    """Return where *wanted* stands in one piece."""
    spots = range(len(within) - len(wanted) + 1)
    return [at for at in spots if list(within[at : at + len(wanted)]) == list(wanted)]


def _places(base: Sequence[str], other: Sequence[str]) -> dict[int, int]:
    """Return where the pieces of *base* stand in *other*."""
    found: dict[int, int] = {}
    for a, b, size in SequenceMatcher(None, base, other, autojunk=False).get_matching_blocks():
        found |= {a + step: b + step for step in range(size)}
    return found


def _is_value(pieces: Sequence[str]) -> bool:
    text = "".join(pieces)
    return MARK in text or any(character.isdigit() for character in text)


def _changes(first: Sequence[str], second: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    for kind, *places in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if kind != "equal":
            a, b, c, d = places
            yield a, b, c, d


def _chunks(base: list[str], theirs: list[str], ours: list[str]) -> Iterator[_Chunk]:
    """Cut three lists of sentences at the points where all three agree (diff3)."""
    left = _places(base, theirs)
    right = _places(base, ours)
    at = at_theirs = at_ours = 0
    for index in range(len(base)):
        if index not in left or index not in right:
            continue
        yield _Chunk(base[at:index], theirs[at_theirs : left[index]], ours[at_ours : right[index]])
        yield _Chunk([base[index]], [theirs[left[index]]], [ours[right[index]]])
        at, at_theirs, at_ours = index + 1, left[index] + 1, right[index] + 1
    yield _Chunk(base[at:], theirs[at_theirs:], ours[at_ours:])
