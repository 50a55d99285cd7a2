"""The package checker: what no schema says and Office nevertheless insists on.

Schema validators (Microsoft's Open XML SDK) find wrong elements and attributes. This finds wrong relations: an id
that leads nowhere, a row with too few cells, a table header unlike its cell, and what else makes Office "repair".
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from exporters.errors import Fault, PackageError
from exporters.package import ct
from exporters.package.limits import DEFAULT, Limits
from exporters.package.reader import Package

if TYPE_CHECKING:
    from exporters.package.check.chart_data import Values
    from exporters.package.check.formulas import Names

__all__ = ["lint"]


def lint(
    source: Path | str | bytes,
    name: str = "",
    *,
    limits: Limits = DEFAULT,
    allowed_orphans: frozenset[str] = frozenset(),
) -> list[Fault]:
    """Return every fault of a .docx, .pptx or .xlsx; an empty list is a sound file.

    *name* is what the faults call the file. *allowed_orphans* names parts that nothing needs to refer to. What
    the guard refuses is returned as its faults. Packages inside the package are checked in the same way.
    """
    file = name or ("" if isinstance(source, bytes) else Path(source).name)
    try:
        with Package.open(source, name=file, limits=limits) as package:
            return _lint(package, limits, allowed_orphans)
    except PackageError as error:
        return list(error.faults)


def broken_structure(package: Package) -> list[Fault]:
    """Return what no reader can do with: XML that is none, relationships that lead nowhere, parts without a type."""
    from exporters.package.check import parts
    from exporters.package.check.probe import Probe

    probe = Probe(package)
    parts.check(probe, frozenset())
    return [fault for fault in probe.faults if fault.severity == "error"]


def _lint(package: Package, limits: Limits, allowed_orphans: frozenset[str]) -> list[Fault]:
    from exporters.package.check import charts, parts
    from exporters.package.check.probe import Probe

    probe = Probe(package)
    names: Names | None = None
    book: Values | None = None
    main = parts.check(probe, allowed_orphans)
    kind = ct.MAIN_KINDS.get(package.content_types.of(main) or "") if main else None
    if main and kind == "docx":
        from exporters.package.check import word

        word.check(probe, main)
    elif main and kind == "pptx":
        from exporters.package.check import slides

        slides.check(probe, main)
    elif main and kind == "xlsx":
        from exporters.package.check import chart_data, workbook

        names, book = workbook.check(probe, main), chart_data.Values(probe, main)
    elif main:
        probe.add("unknown-kind", "the main part is no document, presentation or workbook", main)
    charts.check(probe, names, book)
    for part in package.names():
        head = package.read(part)[:4] if not part.endswith((".xml", ".rels", ".png", ".jpeg")) else b""
        if head == b"PK\x03\x04":
            inside = f"{package.file}!{part}"
            deeper = replace(limits, depth=max(limits.depth - 1, 0))
            probe.faults += lint(package.read(part), inside, limits=deeper)
    return probe.faults
