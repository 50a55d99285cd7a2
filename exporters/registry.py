"""The exporters by name. This is the one module that names them all; a room is imported when it is asked for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, cast

from msgspec import Struct
from msgspec.structs import replace

from exporters.errors import BriefpackError, Fault, PackageError, TemplateError

if TYPE_CHECKING:
    from exporters.binding.compiled import Compiled
    from exporters.binding.scope import Scope
    from exporters.outline import Outline
    from exporters.package.reader import Package
    from exporters.snapshot import Arrangement, Plan, Snapshot, Text, Twin


class Exporter(Protocol):
    """What a room offers; it says where each stands (:func:`exporters.rooms.offering`).

    ``compile`` raises TemplateError with every fault of the template, each with its place; ``render`` streams, dated by
    *epoch* (seconds, UTC), *properties* in the custom document properties; ``read`` tells what an edited file holds,
    ``arrange`` writes *target* in another order, as far as it can safely be taken apart, and returns whether it did;
    ``adopt`` writes *target* with what people put into *source* of their own (slides, shapes, sheets, paragraphs) and
    *base*, which it was edited from, does not have, beside what it stands beside there (*twins* tells what that is in
    the others); it writes nothing where *target* lacks nothing of it, and returns what has no place there and stands in
    no line of text. ``patch`` writes *target* with a merge carried out on it: *ours* is the new render that the plan
    was made with, *track* (ISO 8601) dates tracked changes, where empty they are not tracked. ``lines`` gives every
    visible line of text in order, ``texts`` each with its place, and with them what a page does not show (alternative
    texts, properties), ``outline`` is what the rules of ``briefpack check`` look at in a template, ``reaches`` what
    leads out of a file or runs something, ``whereabouts`` says in a person's words where each handle of a snapshot
    leads.

    A room may also have ``results(package) -> list[Fault]``: what a file shows although its own formulas say otherwise;
    ``overflows(package) -> list[Fault]``: what of a finished file's text does not fit;
    ``keys(package) -> Iterable[str]``: what the values in it are of, where an editor has dropped their names;
    ``whole_keys(package) -> Mapping[str, str]``: keys that are too long for it, by what stands in it for them;
    ``mended(EditedPackage) -> EditedPackage``: an edited file put right where an editor has spoilt it unseen;
    ``relaid(EditedPackage, ours) -> Relaid``: an edited file, and what it was edited from, laid out as the new render
    where that has more or less of what has no key, what things are called then, and what people wrote in what is gone;
    ``stranded(EditedPackage, plan) -> list[str]``: what people wrote that names what a plan takes out; and
    ``untracked(plan) -> list[SetSlot]``: what a plan writes and no revision can carry.
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

    def arrange(
        self, target: Package, wanted: Sequence[Arrangement], ours: Package, out: BinaryIO, *, epoch: int | None = None
    ) -> bool: ...

    def adopt(
        self,
        target: Package,
        source: Package,
        base: Package,
        twins: Mapping[str, Twin],
        out: BinaryIO,
        *,
        epoch: int | None = None,
    ) -> list[str]: ...

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

    def texts(self, package: Package) -> list[Text]: ...

    def outline(self, package: Package) -> Outline: ...

    def reaches(self, package: Package) -> list[Fault]: ...

    def whereabouts(self, package: Package, snapshot: Snapshot) -> dict[str, str]: ...


class _Wary:
    """A room whose stumbling over a file is told as a fault of that file."""

    def __init__(self, room: Any) -> None:
        self._room = room

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._room, name)
        if name == "compile":
            found = _refusing(self._room)
        if name in _READING:
            found = _telling(found)
        elif name == "render":
            found = _rendering(found)
        setattr(self, name, found)
        return found


_READING = (
    *("compile", "read", "arrange", "relaid", "adopt", "patch", "mended"),
    *("keys", "whole_keys", "lines", "texts", "whereabouts", "results"),
)
"""What a room does with a file that came from outside; the file is the first argument."""


def _telling(do: Callable[..., Any]) -> Callable[..., Any]:
    def told(package: Package, *arguments: Any, **more: Any) -> Any:
        with _blaming(package):
            if do.__name__ == "read":
                from exporters.package.marks import refuse_strict
                from exporters.package.reaching import refuse_running

                refuse_strict(package)
                refuse_running(package)
            return do(package, *arguments, **more)

    return told


def _rendering(render: Callable[..., Any]) -> Callable[..., Any]:
    """Return a room's ``render``: numbers and names that no Office writes may fail only where they are written."""

    def rendered(compiled: Any, template: Package, *arguments: Any, **more: Any) -> Any:
        with _blaming(template):
            return render(compiled, template, *arguments, **more)

    return rendered


def _refusing(room: Any) -> Callable[..., Any]:
    """Return a room's ``compile`` that takes no template which forges marks, or would fetch or run something."""

    def compiled(package: Package, file: str) -> Any:
        from exporters.package.marks import refuse_marks, refuse_strict

        refuse_strict(package)
        refuse_marks(package)
        faults = [replace(fault, file=file) for fault in room.reaches(package) if fault.severity == "error"]
        try:
            done = room.compile(package, file)
        except TemplateError as error:
            raise TemplateError((*error.faults, *faults)) from None
        if faults:
            raise TemplateError(faults)
        return done

    return compiled


@contextmanager
def _blaming(package: Package) -> Iterator[None]:
    """Turn what nobody expected into the package's faults: a room does not check again what the linter checks.

    BRIEFPACK_TRACEBACK=1 shows the error itself.
    """
    try:
        yield
    except BriefpackError:
        raise
    except Exception as error:
        if os.environ.get("BRIEFPACK_TRACEBACK"):
            raise
        from exporters.package.check import broken_structure

        where = f"part {package.last_read}" if package.last_read else ""
        faults = broken_structure(package)
        message = f"it is not built as Office builds its files ({type(error).__name__}: {error})"
        hint = "open it in Office and save it again; if that does not help, please report it"
        raise PackageError(faults or Fault("not-understood", message, package.file, where, hint)) from error


class Entry(Struct, frozen=True):
    """A room and the file that it writes. ``templates`` are the file names under which its template may stand."""

    name: str
    filename: str
    module: str
    templates: tuple[str, ...]

    def room(self) -> Exporter:
        """Import the room."""
        try:
            return cast(Exporter, _Wary(import_module(self.module)))
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
