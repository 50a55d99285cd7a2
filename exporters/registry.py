"""The exporters by name. This is the one module that names them all; a room is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

from exporters.errors import BriefpackError, Fault

if TYPE_CHECKING:
    from exporters.binding.compiled import Compiled
    from exporters.binding.scope import Scope
    from exporters.package.reader import Package
    from exporters.snapshot import Plan, Snapshot


class Exporter(Protocol):
    """What a room offers.

    ``compile`` raises TemplateError with every fault of the template; ``render`` streams; ``read`` tells what an edited
    file holds, ``patch`` carries a merge out on it, ``lines`` gives every visible line of text in order,
    ``whereabouts`` says in a person's words where each handle of a snapshot leads. A room may also have
    ``results(package) -> list[Fault]``: what a file shows although its own formulas say otherwise.
    """

    NAME: str
    FILENAME: str

    def compile(self, package: Package, file: str) -> Compiled: ...

    def render(
        self,
        compiled: Compiled,
        template: Package,
        scope: Scope,
        out: BinaryIO,
        *,
        epoch: int | None = None,
        properties: Mapping[str, str] = ...,
    ) -> None: ...

    def read(self, package: Package) -> Snapshot: ...

    def patch(
        self,
        target: Package,
        plan: Plan,
        ours: Package,
        out: BinaryIO,
        *,
        properties: Mapping[str, str] = ...,
        track: str = "",
        epoch: int | None = None,
    ) -> None: ...

    def lines(self, package: Package) -> list[str]: ...

    def whereabouts(self, package: Package, snapshot: Snapshot) -> dict[str, str]: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """A room and the file that it writes. ``templates`` are the file names under which its template may stand."""

    name: str
    filename: str
    module: str
    templates: tuple[str, ...]

    def room(self) -> Exporter:
        """Import the room."""
        try:
            return cast(Exporter, import_module(self.module))
        except ModuleNotFoundError as error:
            if error.name != self.module:
                raise
            message = f"this installation of briefpack has no exporter for {self.filename}"
            raise BriefpackError(Fault("no-exporter", message, hint="reinstall, or leave it out with --only")) from None


_ENTRIES = (
    Entry("word", "briefing.docx", "exporters.word", ("briefing.docx", "briefing.dotx")),
    Entry("deck", "deck.pptx", "exporters.deck", ("deck.pptx", "deck.potx")),
    Entry("workbook", "targets.xlsx", "exporters.workbook", ("targets.xlsx", "targets.xltx")),
)

EXPORTERS: Mapping[str, Entry] = {entry.name: entry for entry in _ENTRIES}
