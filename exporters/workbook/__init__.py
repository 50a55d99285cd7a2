"""SpreadsheetML: a template workbook -> targets.xlsx, its formulas live and their values already worked out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from exporters.binding.compiled import Compiled
    from exporters.binding.scope import Scope
    from exporters.errors import Fault
    from exporters.outline import Outline
    from exporters.package.reader import Package
    from exporters.snapshot import Plan, Snapshot, Text

NAME = "workbook"
FILENAME = "targets.xlsx"


def compile(package: Package, file: str) -> Compiled:  # noqa: A001 - the room's interface
    """Compile a template; raise TemplateError with every fault and its place.

    ``meta["warnings"]`` of the result lists what is no fault (formulas whose values are left to the office).
    """
    from exporters.workbook.compiling import compile as compile_template

    return compile_template(package, file)


def render(
    compiled: Compiled,
    template: Package,
    scope: Scope,
    out: BinaryIO,
    *,
    epoch: int | None = None,
    properties: Mapping[str, str] = {},
) -> None:
    """Write the workbook to *out*; *properties* go to its custom document properties."""
    from exporters.workbook.rendering import render as render_book

    render_book(compiled, template, scope, out, epoch=epoch, properties=properties)


def read(package: Package) -> Snapshot:
    """Return what an edited workbook holds."""
    from exporters.workbook.living.reading import read as read_book

    return read_book(package)


def patch(
    target: Package,
    plan: Plan,
    ours: Package,
    out: BinaryIO,
    *,
    properties: Mapping[str, str] = {},
    track: str = "",
    epoch: int | None = None,
) -> None:
    """Carry *plan* out on *target* and write the result to *out*; workbooks have no tracked changes."""
    from exporters.workbook.living.patching import patch as patch_book

    patch_book(target, plan, ours, out, properties=properties, track=track, epoch=epoch)


def lines(package: Package) -> list[str]:
    """Return every text and number that people see in a workbook, in order."""
    from exporters.workbook.living.reading import lines as lines_of

    return lines_of(package)


def whereabouts(package: Package, snapshot: Snapshot) -> dict[str, str]:
    """Return handle -> place in a person's words of every slot that ``read`` found in a workbook."""
    from exporters.workbook.locating import whereabouts as places

    return places(package, snapshot)


def results(package: Package) -> list[Fault]:
    """Return every formula whose stored result is not what it gives."""
    from exporters.workbook.locating import results as wrong

    return wrong(package)


def texts(package: Package) -> list[Text]:
    """Return every line that the file says, with its place: cells without formulas, notes, shapes, properties."""
    from exporters.workbook.printed import texts as texts_of

    return texts_of(package)


def outline(package: Package) -> Outline:
    """Return what the rules of ``briefpack check`` look at in a template."""
    from exporters.workbook.outlining import outline as outline_of

    return outline_of(package)


def overflows(package: Package) -> list[Fault]:
    """Return what of a finished workbook's numbers its columns cannot show."""
    from exporters.workbook.overflow import overflows as overflows_of

    return overflows_of(package)


def reaches(package: Package) -> list[Fault]:
    """Return what in a file leads out of it or runs something, each with its place."""
    from exporters.workbook.reaching import reaches as reaches_of

    return reaches_of(package)
