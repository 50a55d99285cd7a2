"""Proving a pack: its three files as they are now, against its records, its evidence and each other."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

from exporters.binding.filters import dash, lowerfirst, percent, sign
from exporters.binding.keys import Found, Keys
from exporters.errors import BriefpackError, Fault
from exporters.merge import canonical
from exporters.model import Target, check_sources
from exporters.package import Package
from exporters.registry import EXPORTERS
from exporters.runs.memory import Memory
from exporters.runs.pack import Pack, PackFile
from exporters.snapshot import SlotKind, Snapshot

Kind = Literal["changed", "disagrees", "unknown-key", "missing", "no-evidence", "span", "orphan-number", "unreadable"]
# A figure as readers see it: the number with what binds to it. Bare numbers (page, year, list) are no figures.
_FIGURE = re.compile(
    r"\d[\d,]*(?:\.\d+)?\s*(?:%|‰|万亿元|亿元|万元|万平方米|平方米|个百分点|亿美元|万亿|亿|万|倍|个|家|项|人|元)"
    r"|(?:CNY|USD)\s?\d[\d,]*(?:\.\d+)?(?:\s(?:tn|bn|m)\b)?"
)


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
    snapshot: Snapshot
    lines: list[str]
    base: Snapshot | None
    base_lines: list[str]


def verify(pack: Pack, sources: Path | None = None) -> Verification:
    """Return everything in the pack that does not agree with its records, or that a hand has changed.

    *sources* is a folder with the texts of the sources (by ``Source.file``): clauses are then looked up at their spans.
    """
    findings: list[Finding] = []
    read = list(_read_all(pack, findings))
    keys = Keys(pack.scope)
    values = 0
    for one in read:
        count, found = _through_keys(one, keys)
        values += count
        findings += found
        findings += _numbers_of_no_record(one, pack)
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
                package = Package.open(file.path, name=str(file.path))
                now = room.read(package)
                lines = room.lines(package)
            except BriefpackError as error:
                findings.append(Finding("unreadable", file.name, "", "", str(error)))
                continue
            try:
                base = Package.open(memory.base_of(file.name, now.stamp, pack.manifest.dataset).content, name=file.name)
            except BriefpackError as error:
                findings.append(Finding("unreadable", file.name, "", "", str(error)))
                yield _Read(file, now, lines, None, [])
                continue
            yield _Read(file, now, lines, room.read(base), room.lines(base))


def _through_keys(one: _Read, keys: Keys) -> tuple[int, list[Finding]]:
    """Compare each bound value with its record, and with the render that the file was edited from."""
    found: list[Finding] = []
    count = 0
    before = {(item, slot.key): slot.text for _, item, slot in one.base.slots()} if one.base else {}
    by_key = {slot.key: slot.text for _, _, slot in one.base.slots()} if one.base else {}
    for group, item, slot in one.snapshot.slots():
        if slot.kind is not SlotKind.VALUE:
            continue
        count += 1
        where = _where(group, item)
        base = before.get((item, slot.key), by_key.get(slot.key))
        if base is not None and canonical(base) != canonical(slot.text):
            message = f"changed by hand: {base} -> {slot.text or 'nothing'}"
            found.append(Finding("changed", one.file.name, where, slot.key, message))
            continue
        record = keys.find(slot.key)
        if record is None:
            if base is None and not _in_table(one.snapshot, group):
                message = f"“{slot.text}” carries a key of no record"
                found.append(Finding("unknown-key", one.file.name, where, slot.key, message))
            continue
        value = keys.value(record)
        if value is not None and canonical(slot.text) not in _shown(value):
            message = f"shows {slot.text}, the record says {value}"
            found.append(Finding("disagrees", one.file.name, where, slot.key, message))
    return count, found


def _in_table(snapshot: Snapshot, group: str) -> bool:
    """Whether the group's slots are named by a column's header instead of a field (workbooks)."""
    return snapshot.format == "workbook" and bool(group)


def _where(group: str, item: str) -> str:
    return ", ".join(part for part in (group, item) if part)


def _everywhere_the_same(read: Iterable[_Read], keys: Keys) -> Iterator[Finding]:
    texts: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for one in read:
        for _, _, slot in one.snapshot.slots():
            if slot.kind is SlotKind.VALUE and keys.find(slot.key) is not None:
                texts[slot.key][canonical(slot.text)].add(one.file.name)
    for key, shown in texts.items():
        if len(shown) > 1:
            said = "; ".join(f"{text} in {', '.join(sorted(files))}" for text, files in sorted(shown.items()))
            yield Finding("disagrees", "", "", key, f"is not the same everywhere: {said}")


def _numbers_of_no_record(one: _Read, pack: Pack) -> Iterator[Finding]:
    """List figures in lines that people wrote: nothing proves them."""
    known = {_plain(view.text) for view in pack.scope.names()["targets"]}
    known |= {found for line in one.base_lines for found in _figures(line)}
    written = set(one.base_lines)
    for number, line in enumerate(one.lines, 1):
        if line in written:
            continue
        for figure in _figures(line):
            if figure not in known and not any(figure in text for text in known):
                message = f"“{figure}” belongs to no record: {line.strip()[:60]}"
                yield Finding("orphan-number", one.file.name, f"line {number} of its text", "", message, error=False)


def _figures(line: str) -> list[str]:
    return [_plain(found[0]) for found in _FIGURE.finditer(unicodedata.normalize("NFKC", line))]


def _plain(text: str) -> str:
    return re.sub(r"[\s,]", "", unicodedata.normalize("NFKC", text))


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
    scales = {0, -2}
    if target.unit:
        own = pack.dataset.unit_by_code[target.unit]
        units = [unit for unit in pack.dataset.unit_by_code.values() if unit.base == own.base]
        scales |= {own.multiplier - unit.multiplier for unit in units}
    tabular = pack.scope.tabular(target, target.value)
    if tabular is not None and canonical(f"{tabular:f}") in found:
        return True
    return any(canonical(f"{target.value.scaleb(power):f}") in found for power in scales)


def _shown(value: object) -> set[str]:
    """Return how a template may show *value*: as it is, or through one of the filters that only change its form."""
    text = str(value)
    shown = [text, str(dash(value)), lowerfirst(text)]
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        shown += [percent(value), sign(value)]
    return {canonical(one) for one in shown}


def _evidence(pack: Pack) -> Iterator[Finding]:
    for target in pack.dataset.targets:
        if not target.evidence.clause and not target.note:
            message = "no clause is known for this statement, and no note says why"
            yield Finding("no-evidence", "", "", target.id, message, error=False)


def _spans(pack: Pack, folder: Path) -> tuple[int, list[Finding]]:
    texts: dict[str, str] = {}
    found: list[Finding] = []
    for source in pack.dataset.sources:
        path = folder / source.file if source.file else None
        if path is not None and path.is_file():
            try:
                texts[source.id] = path.read_bytes().decode("utf-8")
            except UnicodeDecodeError:
                found.append(Finding("span", str(path), "", source.id, "the source's text is not UTF-8"))
        elif source.file:
            found.append(Finding("span", str(folder), "", source.id, f"{source.file} is not there", error=False))
    for problem in check_sources(pack.dataset, texts):
        record = getattr(pack.dataset, str(problem.path[0]))[int(problem.path[1])]
        found.append(Finding("span", "", "", record.id, problem.message))
    given = [target.evidence for target in pack.dataset.targets if target.evidence.source in texts]
    return sum(evidence.start is not None for evidence in given), found


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a record's values stand in a pack's files."""

    file: str
    where: str
    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A record, or the record of a value, with everything that proves it."""

    key: str
    label: str
    target: Target
    stands: tuple[Stand, ...]
    history: tuple[str, ...]


def explain(pack: Pack, asked: str) -> list[Explanation]:
    """Return what is known of a record's or value's key, or of a figure as it stands on a page.

    Raises BriefpackError for what is neither, with the nearest key.
    """
    from exporters.errors import nearest

    keys = Keys(pack.scope)
    views = {view.key: view for view in pack.scope.names()["targets"]}
    found: Found | None = keys.find(asked)
    if asked in views:
        chosen = [asked]
    elif found is not None and found.target is not None:
        chosen = [found.view.key]
    else:
        chosen = [key for key, view in views.items() if _plain(asked) in {_plain(view.text), _plain(view.phrase)}]
    if not chosen:
        hint = nearest(asked, views) or "give a target's id, a value's key, or a figure as it is printed"
        raise BriefpackError(Fault("unknown-key", f"nothing here is known as {asked!r}", str(pack.folder), hint=hint))
    stands = _stands(pack, set(chosen))
    return [
        Explanation(
            key, f"{views[key].place.name} {views[key].label} {views[key].text}", pack.dataset.target_by_id[key],
            tuple(stands[key]), tuple(_history(pack, key)),
        )
        for key in chosen
    ]  # fmt: skip


def _stands(pack: Pack, wanted: set[str]) -> dict[str, list[Stand]]:
    found: dict[str, list[Stand]] = defaultdict(list)
    for file in pack.files:
        room = EXPORTERS[file.record.exporter].room()
        for group, item, slot in room.read(Package.open(file.path, name=str(file.path))).slots():
            record = slot.key.partition("|")[0].rpartition(".")[0]
            key = record if record in wanted else item if item in wanted else ""
            if key and slot.kind is SlotKind.VALUE and slot.text:
                found[key].append(Stand(file.name, _where(group, item), slot.key, slot.text))
    return found


def _history(pack: Pack, key: str) -> Iterator[str]:
    with Memory(pack.folder) as memory:
        for run in memory.ledger.history(1000):
            for line in run.summary.get("moved", []):
                if line.startswith(key + "."):
                    yield f"{run.started}  {line}"
