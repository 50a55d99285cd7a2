"""Through plain text: no number stands there that the render did not hold."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from exporters.binding.views import TargetView
from exporters.runs.numbers import bare, figures, numbers, plain, typed
from exporters.runs.pack import Pack
from exporters.runs.verifying.findings import BY_HAND, Finding
from exporters.runs.verifying.reading import Kept, Read
from exporters.runs.verifying.through_keys import unmarked
from exporters.snapshot import SlotKind, Snapshot

_SHOWN = 3


def through_text(one: Read, told: Iterable[Finding], known: Known, kept: Kept) -> Iterator[Finding]:
    """List numbers in the visible text that the render did not hold and no finding through a key has told of."""
    if one.base is None:
        return
    told = list(told)
    # What editors work out anew (pages, captions) states no figure; an alternative text that follows a chart does.
    derived = [slot.text for _, _, slot in one.snapshot.slots() if slot.kind is SlotKind.DERIVED]
    derived = [text for text in derived if not figures(text)]
    rendered = {figure for line in one.base_texts for figure in figures(line.text)}
    by_hand = _by_hand(one)
    changed = [(one.where, *one.message.removeprefix(BY_HAND).split(" -> ")) for one in told if one.kind == "changed"]
    pairs = {(*pair,) for _, *pair in changed}
    there = {(where, pair[-1]) for where, *pair in changed}
    for line in typed(one.base_texts, one.texts, derived):
        if line.line.text in kept.lines:
            continue
        where = f"{line.line.where}: “{_cut(line.line.text)}”"
        for old, new in line.changed:
            if (line.line.where, new) in there:
                continue
            if not any(old in first and new in second for first, second in _two(pairs)):
                yield Finding("changed", one.file.name, where, "", f"{BY_HAND}{old} -> {new}")
        for new in line.new:
            if any(new in plain(second) for _, second in _two(pairs)):
                continue
            is_figure = new not in bare(line.line.text)
            if new in known or new in rendered:
                if is_figure and by_hand[new] > 0:
                    message, wrong = known.told(new, line.line.text)
                    yield Finding("orphan-number", one.file.name, where, "", message, error=wrong)
                continue
            message = f"“{new}” belongs to no record"
            yield Finding("orphan-number", one.file.name, where, "", message, error=is_figure)


class Known:
    """Every figure that a record states, in the spellings in which its views print it, and whose it is."""

    def __init__(self, pack: Pack) -> None:
        self._records: dict[str, list[TargetView]] = defaultdict(list)
        for view in pack.scope.names()["targets"]:
            said = [str(view.text), str(view.phrase), *([str(view.actual.text)] if view.actual else [])]
            for figure in {figure for text in said for figure in (plain(text), *figures(text), *numbers(text))}:
                self._records[figure].append(view)
        self._names = {one.key: {one.name, one.short} - {""} for one in pack.scope.districts}
        self._city = pack.scope.city.key

    def __contains__(self, figure: str) -> bool:
        return figure in self._records

    def told(self, figure: str, line: str) -> tuple[str, bool]:
        """Return what to tell of a known figure that a person typed into a *line*, and whether it is wrong there: the
        line speaks of districts, and none of them states it."""
        records = self._records.get(figure, [])
        if not records:
            return f"“{figure}” was typed by hand: it follows nothing", False
        named = {place for place, names in self._names.items() if any(name in line for name in names)}
        places = {view.place.key for view in records}
        there = [view for view in records if view.place.key in named] or records
        keys = ", ".join(view.key for view in there[:_SHOWN]) + (" …" if len(there) > _SHOWN else "")
        if named and not places & {*named, self._city}:
            return f"“{figure}” is what {keys} states, of which this line does not speak", True
        return f"“{figure}” is what {keys} states; typed by hand, it follows nothing", False


def _by_hand(one: Read) -> Counter[str]:
    """Return how much more often each figure stands in the text than was rendered, but for copies of what is bound."""
    found: Counter[str] = Counter()
    for lines, sign in ((one.texts, 1), (one.base_texts, -1)):
        for line in lines:
            for figure in figures(line.text):
                found[figure] += sign
    for snapshot, sign in ((one.snapshot, -1), (one.base, 1)):
        for _, _, slot in snapshot.slots() if snapshot else ():
            for figure in figures(slot.text) if slot.kind is SlotKind.VALUE else ():
                found[figure] += sign
    rendered = _sayings(one.base)
    for place, copies in _sayings(one.snapshot).items():
        known = Counter(figures(unmarked(rendered[place][0]))) if place in rendered else Counter[str]()
        for text in copies[len(rendered.get(place, ())) :]:
            found.subtract(Counter(figures(unmarked(text))) & known)
    return found


def _sayings(snapshot: Snapshot | None) -> dict[tuple[str, str, str], list[str]]:
    """Return the generated prose of a file, alternative texts too, by group, item and key; what was copied, twice."""
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for group, item, slot in snapshot.slots() if snapshot else ():
        if slot.kind in {SlotKind.PROSE, SlotKind.DERIVED}:
            found[group, item, slot.key].append(slot.text)
    return found


def _two(pairs: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    for pair in pairs:
        if len(pair) == 2:
            yield pair[0], pair[1]


def _cut(text: str, most: int = 60) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1]}…"
