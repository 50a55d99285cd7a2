"""Figures typed over inside a sentence that a template made: which statement each of them belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from exporters.binding.views import TargetView
from exporters.runs.numbers import claims, normal, plain, worded

_CLAUSE = re.compile(r"[。！？；;\n]|[.!?](?=\s|$)")


class Spoken(Struct, frozen=True):
    """A figure of a sentence that was typed over, and the statement that it is; None where that cannot be told."""

    old: str
    new: str
    target: TargetView | None = None


def spoken(before: str, now: str, own: Sequence[TargetView], others: Sequence[TargetView]) -> Iterator[Spoken]:
    """Yield the figures that a person typed over in a text.

    *own* are the statements of the record that the text is about, *others* those that count only where the clause
    names their place.
    """
    first, second = (_CLAUSE.split(normal(text)) for text in (before, now))
    for old, new in zip(first, second, strict=True) if len(first) == len(second) else [(before, now)]:
        pairs = [pair for pair in zip(claims(old), claims(new), strict=False) if plain(pair[0]) != plain(pair[1])]
        untouched = worded(old) == worded(new)
        for one, other in pairs if untouched else pairs[:1]:
            if not untouched:
                yield Spoken(one, new.strip())
                continue
            found = [target for target in own if plain(target.text) == plain(one)] or [
                target for target in others if plain(target.text) == plain(one) and target.place.short in old
            ]
            if len({target.key for target in found}) == 1:
                yield Spoken(found[0].text, other, found[0])
            else:
                yield Spoken(one, other)
