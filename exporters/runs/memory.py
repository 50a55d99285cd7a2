"""What a pack remembers of its files: the pristine render behind each generation, and the conflicts left open."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from msgspec import Struct

from exporters.errors import Fault, RefusedError
from exporters.runs import publish
from exporters.runs.ledger import Generation, Ledger
from exporters.runs.manifest import Manifest
from exporters.runs.objects import Objects
from exporters.runs.stamp import Stamp

if TYPE_CHECKING:
    from exporters.snapshot import Conflict


class Base(Struct, frozen=True):
    """What an edited file was edited from."""

    generation: Generation
    content: bytes


class Memory:
    """The ledger and the objects of the pack in a folder."""

    def __init__(self, out: Path) -> None:
        self._out = out
        state = out / publish.STATE
        self.ledger = Ledger(state / publish.LEDGER)
        self.objects = Objects(state / publish.OBJECTS)

    @staticmethod
    def exists(out: Path) -> bool:
        """Whether the folder remembers anything."""
        return (out / publish.STATE / publish.LEDGER).is_file()

    def __enter__(self) -> Memory:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.ledger.close()

    def base_of(self, file: str, text: str, pack: str) -> Base:
        """Return what the file with the stamp *text* was edited from; RefusedError says why there is none."""
        stamp = Stamp.parse(text)
        shown = str(self._out / file)
        hint = "the new version is beside it; move this one away, or --fresh to start over with a backup"
        if stamp is None:
            message = "it was not built here: it carries no stamp of a pack"
            raise RefusedError(Fault("foreign", message, shown, hint=hint))
        if stamp.pack != pack:
            message = f"it belongs to the pack '{stamp.pack}', not to '{pack}'"
            raise RefusedError(Fault("foreign", message, shown, hint=hint))
        generation = self.ledger.generation(file, stamp.generation)
        content = self.objects.get(generation.base) if generation else None
        if generation is None or content is None or not generation.inputs.startswith(stamp.digest):
            message = f"generation {stamp.generation}, which it was edited from, is not remembered here"
            raise RefusedError(Fault("no-base", message, shown, hint=hint))
        return Base(generation, content)

    def open_conflicts(self, file: str, base: Base, made: Manifest | None) -> list[Conflict]:
        """Return the conflicts that a person has yet to settle in *file*, which was edited from *base*.

        In an old copy that comes back nothing is open: it is merged against its own base.
        """
        record, newest = made.files.get(file) if made else None, self.ledger.current(file)
        in_place = {one.generation for one in (record, newest) if one is not None}
        return self.conflicts(file) if base.generation.generation in in_place else []

    def conflicts(self, file: str) -> list[Conflict]:
        """Return all conflicts of *file* that are known to be open."""
        return [conflict for _, conflict in self.ledger.conflicts(file)]
