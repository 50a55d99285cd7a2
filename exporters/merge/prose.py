"""The grain of generated prose: sentences, with the values inside them flowing on their own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from msgspec import Struct
from msgspec.structs import replace

from exporters.merge.values import Merged, canonical, merge_value, narrow
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
_CLAUSE = frozenset("，、；：。！？,;:.!?\n（）()")
# The words around a value are those of another place by so much of them, and by so much more than any other's.
_ALIKE = 0.5
_MARGIN = 0.1


def sentences(text: str) -> list[str]:
    """Return the sentences of *text*; joined they are the text again."""
    return [found[0] for found in _SENTENCE.finditer(text) if found[0]]


def merge_prose(base: str, theirs: str, ours: str, *, both_ways: bool = False) -> Merged:
    """Merge generated prose by sentence; a sentence that both sides changed stays theirs, its values flow.

    *both_ways*: values may flow into the words of *ours* as well, for people wrote these.
    """
    if theirs == base:
        return Merged(ours)
    if canonical(ours) in {canonical(base), canonical(theirs)}:
        return Merged(theirs)
    respelled = _respelled(base, theirs)
    if respelled:
        # Another spelling is nobody's edit: such a sentence follows the data, and keeps its spelling where that rests.
        plain = "".join(respelled.get(one, one) for one in sentences(theirs))
        typed = {sentence: one for one, sentence in respelled.items()}
        merged = merge_prose(base, plain, ours, both_ways=both_ways)
        return replace(merged, text="".join(typed.get(one, one) for one in sentences(merged.text)))
    said = _said(base), _said(theirs), _said(ours)
    merged = _by_sentence(base, theirs, ours, said[0], both_ways)
    ways = ((said[1], said[2]), (said[2], said[1]))[: 1 + both_ways]
    if not all(_is_true(merged, said[0], *sides, both_ways) for sides in ways):
        return Merged(theirs, conflict=True)
    # An open conflict meets the same texts again at every run: what would then change once more is left as it stands.
    if merged.conflict and _by_sentence(base, merged.text, ours, said[0], both_ways) != merged:
        return Merged(theirs, conflict=True)
    return merged


def _respelled(base: str, theirs: str) -> dict[str, str]:
    """Return the sentences of theirs that only spell differently what *base* says (``10％以上``), or spell figures in
    wide characters, each in plain ones."""
    before, now = sentences(base), sentences(theirs)
    meant = {_meaning(one): one for one in before}
    thin = narrow(base) == base
    found = {one: meant.get(_meaning(one)) or (narrow(one) if thin else one) for one in now if one not in before}
    return {one: plain for one, plain in found.items() if plain != one and plain not in now}


def _meaning(sentence: str) -> tuple[str, str]:
    return canonical(sentence), sentence[len(sentence.rstrip()) :]


def relabelled(base: str, theirs: str, ours: str) -> Merged | None:
    """Return *theirs* with the data's new figure, where a person only called the one figure of a text otherwise.

    None where any of the texts has no figure or several, where the data reworded it too, or where the figure is not the
    same one in theirs: then it may be that of something else.
    """
    pieces = [_TOKEN.findall(text) for text in (base, theirs, ours)]
    values = [_values(one) for one in pieces]
    if any(len(one) != 1 for one in values):
        return None
    (old, now, new), (at, here, there) = pieces, (one[0] for one in values)
    words = [*old[:at], "", *old[at + 1 :]]
    if not "".join(words).strip() or words != [*new[:there], "", *new[there + 1 :]]:
        return None
    if old[at] != now[here] or _joined(now, here, here + 1):
        return None
    return Merged("".join((*now[:here], new[there], *now[here + 1 :])))


def _is_true(merged: Merged, base: _Said, theirs: _Said, ours: _Said, both_ways: bool) -> bool:
    """Whether every number of a merged text is what one side wrote, and none says of a thing what neither side does.

    Into words that only one side has the other's figure may have flown: theirs, and *both_ways* ours as well.
    """
    found = _said(merged.text)
    if not found.numbers <= theirs.numbers | ours.numbers:
        # What came to stand side by side reads as a number that nobody wrote.
        return False
    for words, values in found.by_words.items():
        known = ours.by_words.get(words)
        if known is None or (both_ways and words not in theirs.by_words):
            continue
        before, now = base.by_words.get(words, frozenset()), theirs.by_words.get(words, frozenset())
        if not values <= known | now or (not merged.conflict and values & (before - known)):
            # Another's figure, or the old one in a copy of the words.
            return False
    return True


def _by_sentence(base: str, theirs: str, ours: str, said: _Said, both_ways: bool) -> Merged:
    pieces: list[str] = []
    conflict = False
    for chunk in _chunks(sentences(base), sentences(theirs), sentences(ours)):
        merged = chunk.merge(said)
        if merged.conflict and both_ways:
            turned = _Chunk(chunk.base, chunk.ours, chunk.theirs).merge(said)
            merged = merged if turned.conflict else turned
        pieces.append(merged.text)
        conflict |= merged.conflict
    return Merged("".join(pieces), conflict)


_Words = tuple[str, str]
"""The words before and behind a value in its clause."""


class _Said(Struct, frozen=True):
    """What a text says: its values by the words around them."""

    by_words: dict[_Words, frozenset[str]]
    numbers: frozenset[str]


def _said(text: str) -> _Said:
    pieces = _TOKEN.findall(text)
    found: dict[_Words, set[str]] = {}
    for at in _values(pieces):
        found.setdefault(_around(pieces, at), set()).add(pieces[at])
    return _Said({words: frozenset(values) for words, values in found.items()}, frozenset(_NUMBER.findall(text)))


class _Chunk(Struct, frozen=True):
    base: Sequence[str]
    theirs: Sequence[str]
    ours: Sequence[str]

    def merge(self, said: _Said) -> Merged:
        base, theirs, ours = "".join(self.base), "".join(self.theirs), "".join(self.ours)
        if theirs == base:
            return Merged(ours)
        if ours in {base, theirs}:
            return Merged(theirs)
        if not base:
            # Both added at one point: theirs stays, the new sentence follows unless it stands there already.
            return Merged(theirs if ours in theirs else theirs + ours)
        # One side only put words before or behind: the other side's change goes between them, once.
        pieces = _TOKEN.findall(base)
        for added_to, other in ((theirs, ours), (ours, theirs)):
            within = _TOKEN.findall(added_to)
            spots = _spots(pieces, within)
            if len(spots) == 1 and not _joined(within, spots[0], spots[0] + len(pieces)):
                before, behind = "".join(within[: spots[0]]), "".join(within[spots[0] + len(pieces) :])
                head, tail = _ends(pieces, _TOKEN.findall(other))
                headed = before in head or (other.startswith(before) and not base.startswith(before))
                tailed = behind in tail or (other.endswith(behind) and not base.endswith(behind))
                # What the other side added may stand among what was added here: then it is said already.
                other = other.removeprefix(head) if not headed and _holds(before, head) else other
                other = other.removesuffix(tail) if not tailed and _holds(behind, tail) else other
                return Merged(("" if headed else before) + other + ("" if tailed else behind))
        return _alike(base, theirs, ours) or _flow(base, theirs, ours, said)


def _alike(base: str, theirs: str, ours: str) -> Merged | None:
    """Merge the values of what both sides reworded in the same words, one by one; None where they did not."""
    pieces = [_TOKEN.findall(text) for text in (base, theirs, ours)]
    places = [_values(one) for one in pieces]
    old, now, new = (
        [piece for at, piece in enumerate(one) if at not in of] for one, of in zip(pieces, places, strict=True)
    )
    if old == new or now != new or len(set(map(len, places))) > 1:
        return None
    written = list(pieces[1])
    for at, here, there in zip(*places, strict=True):
        merged = merge_value(pieces[0][at], pieces[1][here], pieces[2][there])
        if merged.conflict:
            return Merged(theirs, conflict=True)
        written[here] = merged.text
    return Merged("".join(written))


def _flow(base: str, theirs: str, ours: str, said: _Said) -> Merged:
    """Carry the values that changed between base and ours into theirs; conflict if the wording changed as well, or
    theirs has no certain place for one of them.

    All of them or none: some new figures among old ones would say what neither side says.
    """
    old, now, new = (_TOKEN.findall(text) for text in (base, theirs, ours))
    written = list(now)
    reworded = False
    for a, b, c, d in _changes(old, new):
        carried = _is_one_value(old[a:b]) and _is_one_value(new[c:d])
        if not carried or _likeness(_around(old, a, b), _around(new, c, d)) < _ALIKE:
            if any(MARK not in old[a + one] for one in _values(old[a:b])):
                # An old figure would stay among the new ones.
                return Merged(theirs, conflict=True)
            reworded = True
            continue
        at = _place(old, a, b, now, said)
        if at >= 0 and now[at : at + d - c] == new[c:d]:
            continue
        if at < 0 or now[at : at + b - a] != old[a:b] or (_joined(now, at, at + b - a) and not _joined(old, a, b)):
            return Merged(theirs, conflict=True)
        written[at : at + b - a] = ["".join(new[c:d]), *[""] * (b - a - 1)]
    return Merged("".join(written), conflict=reworded)


def _place(old: Sequence[str], start: int, end: int, now: Sequence[str], said: _Said) -> int:
    """Return where in *now* stands what *old* says in a piece with a value; -1 where that is not certain.

    The words around a value in its clause tell what it is the value of; its digits tell nothing, for another may have
    the same. What stands twice, or in words that are as much those of another value, has no certain place.
    """
    first = next(at for at in range(start, end) if _is_value(old[at : at + 1]))
    own = _around(old, first)
    found = [(at - (first - start), _around(now, at)) for at in _values(now)]
    exact = [at for at, words in found if words == own]
    alike = [at for at in _values(old) if _around(old, at) == own]
    if exact or len(alike) > 1:
        return exact[alike.index(first)] if len(exact) == len(alike) else -1
    near = []
    for at, words in found:
        likeness = _likeness(own, words)
        others = max((_likeness(other, words) for other in said.by_words if other != own), default=0.0)
        if likeness >= _ALIKE and likeness > others - _MARGIN:
            near.append((at, likeness >= others + _MARGIN))
    return near[0][0] if len(near) == 1 and near[0][1] else -1


def _values(pieces: Sequence[str]) -> list[int]:
    return [at for at in range(len(pieces)) if _is_value(pieces[at : at + 1])]


def _around(pieces: Sequence[str], start: int, end: int = -1) -> _Words:
    """Return the words before and behind some *pieces* (one, without an end) up to the next value or clause."""
    before, behind = [], []
    for at in range(start - 1, -1, -1):
        if pieces[at] in _CLAUSE or _is_value(pieces[at : at + 1]):
            break
        before.append(pieces[at])
    for piece in pieces[start + 1 if end < 0 else end :]:
        if piece in _CLAUSE or _is_value([piece]):
            break
        behind.append(piece)
    return "".join(reversed(before)).strip(), "".join(behind).strip()


def _likeness(first: _Words, second: _Words) -> float:
    """Return how much of the words around two values is common, from 0 to 1."""
    total = sum(map(len, (*first, *second)))
    sides = (SequenceMatcher(None, *pair, autojunk=False) for pair in zip(first, second, strict=True))
    common = sum(block.size for side in sides for block in side.get_matching_blocks())
    return 2 * common / total if total else 1.0


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


def _holds(text: str, other: str) -> bool:
    return bool(other) and bool(_spots(_TOKEN.findall(other), _TOKEN.findall(text)))


def _ends(pieces: Sequence[str], other: Sequence[str]) -> tuple[str, str]:
    """Return what *other* says before and behind some *pieces*, whose values may be others there."""
    (wanted, within) = (["" if _is_value([one]) else one for one in text] for text in (pieces, other))
    spots = _spots(wanted, within)
    at = spots[0] if len(spots) == 1 else 0
    return "".join(other[:at]), "".join(other[at + len(pieces) :] if len(spots) == 1 else ())


def _places(base: Sequence[str], other: Sequence[str]) -> dict[int, int]:
    """Return where the pieces of *base* stand in *other*."""
    found: dict[int, int] = {}
    for a, b, size in SequenceMatcher(None, base, other, autojunk=False).get_matching_blocks():
        found |= {a + step: b + step for step in range(size)}
    return found


def _is_value(pieces: Sequence[str]) -> bool:
    text = "".join(pieces)
    return MARK in text or any(character.isdigit() for character in text)


def _is_one_value(pieces: Sequence[str]) -> bool:
    """Return whether some pieces are one value with words of its clause, if any."""
    return len(_values(pieces)) == 1 and _CLAUSE.isdisjoint(pieces)


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
