"""Inside each file, between the files, and with the data: what is shown agrees, all of it is there and has evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from exporters.binding.keys import Keys
from exporters.files import read_file
from exporters.merge import canonical
from exporters.model import Target, check_sources
from exporters.package import EDITED, lint
from exporters.registry import EXPORTERS
from exporters.runs.numbers import numbers
from exporters.runs.pack import Pack
from exporters.runs.verifying.findings import Finding
from exporters.runs.verifying.reading import Read
from exporters.snapshot import UNKNOWN, SlotKind

_CHART_CODES = frozenset(("chart-cache-size", "chart-cache-differs"))


def dropped(one: Read) -> Iterator[Finding]:
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


def in_itself(one: Read) -> Iterator[Finding]:
    """List what a file shows although its own formulas say otherwise, or its charts' own cells."""
    results: Any = getattr(EXPORTERS[one.file.record.exporter].room(), "results", None)
    faults = results(one.package) if results is not None else []
    faults += [fault for fault in lint(one.file.path, one.file.name, limits=EDITED) if fault.code in _CHART_CODES]
    for fault in faults:
        yield Finding("stale", one.file.name, fault.where, "", fault.message, error=fault.severity == "error")


def everywhere_the_same(read: Iterable[Read], keys: Keys) -> Iterator[Finding]:
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


def all_there(read: list[Read], pack: Pack) -> Iterator[Finding]:
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


def evidence(pack: Pack) -> Iterator[Finding]:
    for target in pack.dataset.targets:
        if not target.evidence.clause and not target.note:
            message = "no clause is known for this statement, and no note says why"
            yield Finding("no-evidence", "", "", target.id, message, error=False)
    for observation in pack.dataset.observations:
        if not observation.source:
            message = "no source is known for this actual value"
            yield Finding("no-evidence", "", "", observation.id, message, error=False)


def look_up_spans(pack: Pack, folder: Path) -> tuple[int, list[Finding]]:
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
