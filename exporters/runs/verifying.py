"""Proving a pack: its three files as they are now, against their renders, their records, evidence and each other.

Each file must state what the pack was last built from, and three readings must agree. Through the keys: each bound
value is what was rendered and what its record says. Through plain text: no number stands there that the render did not
hold. And inside each file: what formulas and charts show is what their cells give.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from exporters.binding.keys import Keys
from exporters.binding.views import TargetView
from exporters.errors import BriefpackError
from exporters.files import read_file
from exporters.merge import aligned, canonical, content_of, known
from exporters.model import Target, check_sources
from exporters.package import EDITED, Package, lint
from exporters.registry import EXPORTERS
from exporters.runs.living import edited_from, says_the_same
from exporters.runs.memory import Memory
from exporters.runs.numbers import bare, changes, figures, normal, numbers, plain, typed
from exporters.runs.pack import Pack, PackFile
from exporters.runs.stamp import read_stamp
from exporters.snapshot import MARK, UNKNOWN, Slot, SlotKind, Snapshot, Text

Kind = Literal[
    "changed",
    "disagrees",
    "unknown-key",
    "missing",
    "no-evidence",
    "span",
    "orphan-number",
    "unreadable",
    "stale",
    "outdated",
]
_CHART_CODES = frozenset(("chart-cache-size", "chart-cache-differs"))
# Of longer texts only the numbers are told.
_LONGEST_VALUE = 24
_SHOWN = 3
_BY_HAND = "changed by hand: "
_NOTHING = frozenset(("", "-", "—", "–"))


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a person should know of. ``error`` says that the pack does not prove what it shows."""

    kind: Kind
    file: str
    where: str
    key: str
    message: str
    error: bool = True


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked, and what was found."""

    findings: tuple[Finding, ...]
    values: int
    targets: int
    spans: int

    @property
    def proven(self) -> bool:
        return not any(finding.error for finding in self.findings)


@dataclass(frozen=True, slots=True)
class _Read:
    file: PackFile
    package: Package
    snapshot: Snapshot
    texts: list[Text]
    places: dict[str, str]
    base: Snapshot | None = None
    taken: tuple[Slot, ...] = ()
    """What carries the key of another record than the one at whose place it stands."""
    base_texts: list[Text] = field(default_factory=list)

    def where(self, slot: Slot) -> str:
        return self.places.get(slot.at, "")


def verify(pack: Pack, sources: Path | None = None) -> Verification:
    """Return everything in the pack that does not agree with its records, or that a hand has changed.

    *sources* is a folder with the texts of the sources (by ``Source.file``): clauses are then looked up at their spans.
    """
    findings: list[Finding] = []
    read = list(_read_all(pack, findings))
    keys = Keys(pack.scope)
    known = _Known(pack)
    values = 0
    for one in read:
        kept = _kept(one, pack)
        findings += kept.findings
        count, found = _through_keys(one, keys, kept)
        values += count
        findings += found
        findings += _through_text(one, found, known, kept)
        findings += _dropped(one)
        findings += _in_itself(one)
    findings += _everywhere_the_same(read, keys)
    findings += _all_there(read, pack)
    findings += _evidence(pack)
    spans, wrong = _spans(pack, sources) if sources else (0, [])
    findings += wrong
    findings += [Finding("missing", name, "", "", "the file is gone") for name in pack.gone]
    return Verification(tuple(findings), values, len(pack.dataset.targets), spans)


def _read_all(pack: Pack, findings: list[Finding]) -> Iterator[_Read]:
    with Memory(pack.folder) as memory:
        for file in pack.files:
            room = EXPORTERS[file.record.exporter].room()
            try:
                package = Package.open(file.path, name=str(file.path), limits=EDITED)
                base, before, missing = None, None, ""
                try:
                    origin = memory.base_of(file.name, read_stamp(package), pack.manifest.dataset)
                    base = Package.open(origin.content, name=file.name)
                    package = edited_from(room, base, package)
                    before = room.read(base)
                except BriefpackError as error:
                    missing = str(error)
                now = room.read(package)
                texts = room.texts(package)
            except BriefpackError as error:
                findings.append(Finding("unreadable", file.name, "", "", str(error)))
                continue
            places = room.whereabouts(package, now)
            if base is None or before is None:
                findings.append(Finding("unreadable", file.name, "", "", missing))
                yield _Read(file, package, now, texts, places)
                continue
            if file.record.origin not in {"", pack.manifest.origin}:
                message = "it states other data, another day or language than the last build, which left it out"
                findings.append(Finding("outdated", file.name, "", "", message))
            elif (found := origin.generation.generation) != file.record.generation and not _alike(file, memory, before):
                message = f"it is a copy of generation {found}; the pack's own is {file.record.generation}"
                findings.append(Finding("outdated", file.name, "", "", message))
            there = aligned(before, now)
            yield _Read(file, package, there, texts, places, known(before), _taken(now, there), room.texts(base))


def _alike(file: PackFile, memory: Memory, before: Snapshot) -> bool:
    """Whether the render that the manifest names says what *before* says, which the file was edited from."""
    generation = memory.ledger.generation(file.name, file.record.generation)
    content = memory.objects.get(generation.base) if generation else None
    if content is None:
        return False
    return says_the_same(before, EXPORTERS[file.record.exporter].room().read(Package.open(content, name=file.name)))


def _taken(now: Snapshot, there: Snapshot) -> tuple[Slot, ...]:
    """Return the slots of *now* that the alignment with the base gave another key than the one they carry."""
    keys = {slot.at: slot.key for _, _, slot in there.slots()}
    return tuple(
        slot
        for _, _, slot in now.slots()
        if slot.kind is SlotKind.VALUE and keys.get(slot.at, slot.key) != slot.key and not slot.key.startswith(UNKNOWN)
    )


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the data dropped and stays because a person had changed it, until that conflict is settled; by handle."""

    findings: tuple[Finding, ...] = ()
    slots: frozenset[str] = frozenset()
    lines: frozenset[str] = frozenset()


def _kept(one: _Read, pack: Pack) -> _Kept:
    """Tell what a file goes on saying of what the data no longer holds as one thing for each conflict that is open."""
    if one.snapshot.format == "workbook":
        # There it is told row by row, with what counts it.
        return _Kept()
    findings: list[Finding] = []
    slots, lines = set[str](), set[str]()
    for conflict in pack.manifest.open_conflicts(one.file.name):
        if conflict.reason != "changed-dropped" or conflict.ours:
            continue
        items = [
            item
            for group in one.snapshot.groups
            for item in group.items
            if conflict.key in {item.unit, group.id, item.id, f"{item.id}@{group.id}"}
        ]
        here = [slot for item in items for slot in item.slots]
        count = sum(slot.kind is SlotKind.VALUE and bool(numbers(slot.text)) for slot in here)
        message = "it stays although the data no longer holds it: a person had changed it (a conflict that is open); "
        message += (
            f"{count} figures in it follow nothing, and its numbers among sections, tables and slides may stand twice"
        )
        where = next((one.where(slot) for slot in here if one.where(slot)), "")
        findings.append(Finding("stale", one.file.name, where, conflict.key, message))
        slots |= {slot.at for slot in here}
        said = (*map(content_of, items), *(slot.text for slot in here))
        lines |= {line for text in said for line in text.split("\n")}
    return _Kept(tuple(findings), frozenset(slots), frozenset(lines))


def _through_keys(one: _Read, keys: Keys, kept: _Kept) -> tuple[int, list[Finding]]:
    """Compare each bound text with the render that the file was edited from, and each value with its record."""
    found: list[Finding] = []
    count = 0
    before = _Before(one.base)
    for slot in one.taken:
        base = before.take("", "", slot)
        if base is not None and not _same(one, base, slot):
            found += _changed(one, slot, base)
    for group, item, slot in one.snapshot.slots():
        if slot.kind.silent or slot.at in kept.slots:
            continue
        base = before.take(group, item, slot)
        if base is not None and not _same(one, base, slot):
            found += _changed(one, slot, base)
        if slot.kind is not SlotKind.VALUE:
            continue
        count += 1
        if base is not None and not _same(one, base, slot):
            continue
        record = keys.find(slot.key)
        if record is None:
            if base is None and one.base is not None and numbers(slot.text) and one.snapshot.format != "workbook":
                message = f"“{slot.text}” carries a key of no record"
                found.append(Finding("unknown-key", one.file.name, one.where(slot), slot.key, message))
            elif one.snapshot.format != "workbook" and not stated(slot.text, said := keys.statements(slot.key)):
                message = f"shows {slot.text}, the record says {said[0].phrase}"
                found.append(Finding("disagrees", one.file.name, one.where(slot), slot.key, message))
            continue
        value = keys.value(record)
        if isinstance(value, (str, int, Decimal)) and not _agree(str(value), slot.text):
            message = f"shows {slot.text or 'nothing'}, the record says {value}"
            found.append(Finding("disagrees", one.file.name, one.where(slot), slot.key, message))
    return count, found


def _same(one: _Read, base: str, slot: Slot) -> bool:
    """Whether a text is as it was rendered, in whatever width. Editors keep the spelling of text; of a number in a cell
    they do not."""
    if one.snapshot.format == "workbook":
        return canonical(base) == canonical(slot.text)
    return "".join(normal(base).split()) == "".join(normal(slot.text).split())


class _Before:
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


def _changed(one: _Read, slot: Slot, base: str) -> Iterator[Finding]:
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
            pairs = changes(_unmarked(base), _unmarked(slot.text))[0]
        elif len(first) == len(second):
            pairs = [pair for pair in zip(first, second, strict=True) if pair[0] != pair[1]]
        else:
            pairs = [(f"{len(first)} numbers", f"{len(second)} numbers")]
    for old, new in pairs:
        message = f"{_BY_HAND}{old or 'nothing'} -> {new or 'nothing'}"
        yield Finding("changed", one.file.name, one.where(slot), slot.key, message)


def _unmarked(prose: str) -> str:
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


def stated(text: str, targets: Sequence[TargetView]) -> bool:
    """Whether every number of a *text* that a template made of some statements stands in one of them."""
    said = [words for one in targets for words in (one.text, one.phrase, one.amount)]
    for one in targets:
        said += [one.actual.text, one.actual.rate_text, one.actual.date] if one.actual else []
    return not targets or {*numbers(text)} <= {number for words in said for number in numbers(words)}


class _Known:
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


def _by_hand(one: _Read) -> Counter[str]:
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
        known = Counter(figures(_unmarked(rendered[place][0]))) if place in rendered else Counter[str]()
        for text in copies[len(rendered.get(place, ())) :]:
            found.subtract(Counter(figures(_unmarked(text))) & known)
    return found


def _sayings(snapshot: Snapshot | None) -> dict[tuple[str, str, str], list[str]]:
    """Return the generated prose of a file, alternative texts too, by group, item and key; what was copied, twice."""
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for group, item, slot in snapshot.slots() if snapshot else ():
        if slot.kind in {SlotKind.PROSE, SlotKind.DERIVED}:
            found[group, item, slot.key].append(slot.text)
    return found


def _through_text(one: _Read, told: Iterable[Finding], known: _Known, kept: _Kept) -> Iterator[Finding]:
    """List numbers in the visible text that the render did not hold and no finding through a key has told of."""
    if one.base is None:
        return
    told = list(told)
    # What editors work out anew (pages, captions) states no figure; an alternative text that follows a chart does.
    derived = [slot.text for _, _, slot in one.snapshot.slots() if slot.kind is SlotKind.DERIVED]
    derived = [text for text in derived if not figures(text)]
    rendered = {figure for line in one.base_texts for figure in figures(line.text)}
    by_hand = _by_hand(one)
    pairs = {tuple(one.message.removeprefix(_BY_HAND).split(" -> ")) for one in told if one.kind == "changed"}
    for line in typed(one.base_texts, one.texts, derived):
        if line.line.text in kept.lines:
            continue
        where = f"{line.line.where}: “{_cut(line.line.text)}”"
        for old, new in line.changed:
            if not any(old in first and new in second for first, second in _two(pairs)):
                yield Finding("changed", one.file.name, where, "", f"{_BY_HAND}{old} -> {new}")
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


def _two(pairs: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    for pair in pairs:
        if len(pair) == 2:
            yield pair[0], pair[1]


def _cut(text: str, most: int = 60) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _dropped(one: _Read) -> Iterator[Finding]:
    """List the rows that the data dropped, or never had, in tables that it fills: sums and lookups may count them."""
    if one.base is None or one.snapshot.format != "workbook":
        return
    held = {group.id: {item.id for item in group.items} for group in one.base.groups if group.keeps}
    for group in one.snapshot.groups:
        for item in group.items if group.id in held else ():
            if item.id not in held[group.id] and not item.id.startswith(UNKNOWN):
                message = "the data holds no such row; sums that take it in count more than the data does"
                where = next((one.where(slot) for slot in item.slots if one.where(slot)), "")
                yield Finding("stale", one.file.name, where, item.id, message)


def _in_itself(one: _Read) -> Iterator[Finding]:
    """List what a file shows although its own formulas say otherwise, or its charts' own cells."""
    results: Any = getattr(EXPORTERS[one.file.record.exporter].room(), "results", None)
    faults = results(one.package) if results is not None else []
    faults += [fault for fault in lint(one.file.path, one.file.name, limits=EDITED) if fault.code in _CHART_CODES]
    for fault in faults:
        yield Finding("stale", one.file.name, fault.where, "", fault.message, error=fault.severity == "error")


def _everywhere_the_same(read: Iterable[_Read], keys: Keys) -> Iterator[Finding]:
    texts: dict[str, dict[tuple[str, ...], dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for one in read:
        for _, _, slot in one.snapshot.slots():
            if slot.kind is SlotKind.VALUE and keys.find(slot.key) is not None:
                # Files word a value differently (a dash, a shorter form); its numbers are the same everywhere.
                texts[slot.key][tuple(numbers(slot.text))].setdefault(one.file.name, slot.text)
    for key, shown in texts.items():
        stated = {stands: files for stands, files in shown.items() if stands}
        if len(stated) > 1:
            said = "; ".join(f"{text} in {file}" for files in stated.values() for file, text in sorted(files.items()))
            yield Finding("disagrees", "", "", key, f"is not the same everywhere: {said}")


def _all_there(read: list[_Read], pack: Pack) -> Iterator[Finding]:
    """Every target must stand in the briefing and in the workbook, in the workbook with its very number."""
    for one in read:
        if one.snapshot.format not in {"word", "workbook"}:
            continue
        rows: dict[str, list[str]] = defaultdict(list)
        for _, item, slot in one.snapshot.slots():
            rows[item].append(slot.text)
            rows[slot.key.partition("|")[0].rpartition(".")[0]].append(slot.text)
        for target in pack.dataset.targets:
            shown = rows.get(target.id)
            if not shown:
                message = "the statement does not stand in this file"
                yield Finding("missing", one.file.name, "", target.id, message)
            elif one.snapshot.format == "workbook" and target.value is not None and not _holds(shown, target, pack):
                message = f"its row does not hold the number {target.value}"
                yield Finding("disagrees", one.file.name, "", target.id, message)


def _holds(shown: list[str], target: Target, pack: Pack) -> bool:
    """Whether one of the texts is the target's number in its own or another scale of its unit."""
    assert target.value is not None
    found = {canonical(text) for text in shown}
    scales = {0, -2, 2}
    if target.unit:
        own = pack.dataset.unit_by_code[target.unit]
        units = [unit for unit in pack.dataset.unit_by_code.values() if unit.base == own.base]
        scales |= {own.multiplier - unit.multiplier for unit in units}
    tabular = pack.scope.tabular(target, target.value)
    if tabular is not None and canonical(f"{tabular:f}") in found:
        return True
    return any(canonical(f"{target.value.scaleb(power):f}") in found for power in scales)


def _evidence(pack: Pack) -> Iterator[Finding]:
    for target in pack.dataset.targets:
        if not target.evidence.clause and not target.note:
            message = "no clause is known for this statement, and no note says why"
            yield Finding("no-evidence", "", "", target.id, message, error=False)
    for observation in pack.dataset.observations:
        if not observation.source:
            message = "no source is known for this actual value"
            yield Finding("no-evidence", "", "", observation.id, message, error=False)


def _spans(pack: Pack, folder: Path) -> tuple[int, list[Finding]]:
    texts: dict[str, str] = {}
    found: list[Finding] = []
    for source in pack.dataset.sources:
        path = folder / source.file if source.file else None
        if path is not None and path.is_file():
            try:
                texts[source.id] = read_file(path).decode("utf-8-sig")
            except UnicodeDecodeError:
                found.append(Finding("span", str(path), "", source.id, "the source's text is not UTF-8"))
        elif source.file:
            found.append(Finding("span", str(folder), "", source.id, f"{source.file} is not there", error=False))
    for problem in check_sources(pack.dataset, texts):
        record = getattr(pack.dataset, str(problem.path[0]))[int(problem.path[1])]
        found.append(Finding("span", "", "", record.id, f"{problem.message}: {problem.hint}"))
    given = [target.evidence for target in pack.dataset.targets if target.evidence.source in texts]
    return sum(evidence.start is not None for evidence in given), found
