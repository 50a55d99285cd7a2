"""Through the keys: each bound value is what was rendered, and what its record says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from exporters.binding.keys import Keys
from exporters.binding.views import TargetView
from exporters.merge import canonical, spanned
from exporters.runs.numbers import changes, normal, numbers
from exporters.runs.verifying.findings import BY_HAND, Finding
from exporters.runs.verifying.reading import Kept, Read
from exporters.snapshot import MARK, Slot, SlotKind, Snapshot

# Of longer texts only the numbers are told.
_LONGEST_VALUE = 24
_NAMES = frozenset(("short", "label", "full_label", "name"))
_NOTHING = frozenset(("", "-", "—", "–"))


def through_keys(one: Read, keys: Keys, kept: Kept) -> tuple[int, list[Finding]]:
    """Compare each bound text with the render that the file was edited from, and each value with its record."""
    found: list[Finding] = []
    count = 0
    before = Before(one.base)
    for slot in one.taken:
        base = before.take("", "", slot)
        if base is not None and not same(one, base, slot):
            found += _changed(one, slot, base)
    for group, item, slot in one.snapshot.slots():
        if slot.kind.silent or slot.at in kept.slots:
            continue
        base = before.take(group, item, slot)
        if base is not None and not same(one, base, slot):
            found += _changed(one, slot, base)
        if slot.kind is not SlotKind.VALUE:
            continue
        count += 1
        if base is not None and not same(one, base, slot):
            continue
        record = keys.find(one.key(slot))
        if record is None:
            if base is None and one.base is not None and numbers(slot.text) and one.snapshot.format != "workbook":
                message = f"“{slot.text}” carries a key of no record"
                found.append(Finding("unknown-key", one.file.name, one.where(slot), slot.key, message))
            elif one.snapshot.format != "workbook" and not stated(slot.text, said := keys.statements(one.key(slot))):
                message = f"shows {slot.text}, the record says {said[0].phrase}"
                found.append(Finding("disagrees", one.file.name, one.where(slot), slot.key, message))
            continue
        value = keys.value(record)
        if isinstance(value, (str, int, Decimal)) and not (
            _agree(str(value), slot.text) or shortened(slot.text, str(value), one.key(slot))
        ):
            message = f"shows {slot.text or 'nothing'}, the record says {value}"
            found.append(Finding("disagrees", one.file.name, one.where(slot), slot.key, message))
    return count, found


def same(one: Read, base: str, slot: Slot) -> bool:
    """Whether a text is as it was rendered, in whatever width, and with whatever sign for a range. Editors keep the
    spelling of text; of a number in a cell they do not."""
    if one.snapshot.format == "workbook":
        return canonical(base) == canonical(slot.text)
    return "".join(spanned(normal(base)).split()) == "".join(spanned(normal(slot.text)).split())


class Before:
    """The texts of the render behind an edited file, taken in order, so that copies of one key stay apart."""

    def __init__(self, base: Snapshot | None) -> None:
        self._exact: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        self._by_item: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._by_key: dict[str, set[str]] = defaultdict(set)
        for group, item, slot in base.slots() if base else ():
            self._exact[group, item, slot.key].append(slot.text)
            self._by_item[item, slot.key].add(slot.text)
            self._by_key[slot.key].add(slot.text)

    def take(self, group: str, item: str, slot: Slot) -> str | None:
        """Return what stood in the slot, or nearest to one that was moved or copied; None for a new one."""
        exact = self._exact.get((group, item, slot.key))
        if exact:
            return exact.pop(0)
        texts = self._by_item.get((item, slot.key)) or self._by_key.get(slot.key)
        if not texts:
            return None
        same = next((text for text in texts if canonical(text) == canonical(slot.text)), None)
        return same if same is not None else min(texts)


def _changed(one: Read, slot: Slot, base: str) -> Iterator[Finding]:
    """Say what a hand changed: of a value all of it, of sentences and charts their numbers."""
    if slot.kind is SlotKind.VALUE:
        pairs = [(base, slot.text)]
        if len(base) > _LONGEST_VALUE:
            pairs = changes(base, slot.text)[0] or pairs
        if not numbers(base) and not numbers(slot.text) and one.snapshot.format == "workbook" and not base:
            return  # a remark or a status that people fill in
    else:
        first, second = numbers(base), numbers(slot.text)
        if slot.kind is not SlotKind.CHART:
            # What was added is looked at in the text itself.
            pairs = changes(unmarked(base), unmarked(slot.text))[0]
        elif len(first) == len(second):
            pairs = [pair for pair in zip(first, second, strict=True) if pair[0] != pair[1]]
        else:
            pairs = [(f"{len(first)} numbers", f"{len(second)} numbers")]
    for old, new in pairs:
        message = f"{BY_HAND}{old or 'nothing'} -> {new or 'nothing'}"
        yield Finding("changed", one.file.name, one.where(slot), slot.key, message)


def unmarked(prose: str) -> str:
    """Return prose without the values in it, which are looked at for themselves."""
    return " ".join(prose.split(MARK)[::2])


def _agree(first: str, second: str) -> bool:
    """Whether what a file shows (*second*) states the value *first*: its numbers, or its words and perhaps a remark."""
    if canonical(first) == canonical(second):
        return True
    one, other = numbers(first), numbers(second)
    if one or other:
        return one == other
    return first.strip() in _NOTHING or canonical(first) in canonical(second)


def shortened(shown: str, value: str, key: str) -> bool:
    """Whether *shown* is the beginning of a *value* that a template cut for want of room: words, no figure."""
    begun, cut, rest = shown.rstrip("）)]}】》」』”").rpartition("…")
    whole = bool(cut and not rest and canonical(begun)) and canonical(value).startswith(canonical(begun))
    return whole and (not numbers(value) or key.rpartition(".")[2] in _NAMES)


def stated(text: str, targets: Sequence[TargetView]) -> bool:
    """Whether every number of a *text* that a template made of some statements stands in one of them."""
    said = [words for one in targets for words in (one.text, one.phrase, one.amount)]
    for one in targets:
        said += [one.actual.text, one.actual.rate_text, one.actual.date] if one.actual else []
    return not targets or {*numbers(text)} <= {number for words in said for number in numbers(words)}
