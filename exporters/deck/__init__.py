"""PowerPoint decks: a template bound by tags in its shapes, tables, charts and notes; slides repeated by slide tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from exporters.binding.compiled import Compiled
    from exporters.binding.scope import Scope
    from exporters.errors import Fault
    from exporters.outline import Outline
    from exporters.package import Package
    from exporters.snapshot import Plan, Snapshot, Text

NAME = "deck"
FILENAME = "deck.pptx"


def compile(package: Package, file: str) -> Compiled:  # noqa: A001 - the rooms' common name
    """Compile a template; raises TemplateError with every fault, each with its slide and shape."""
    from exporters.deck.compiling import compile_deck

    return compile_deck(package, file)


def render(
    compiled: Compiled,
    template: Package,
    scope: Scope,
    out: BinaryIO,
    *,
    epoch: int | None = None,
    properties: Mapping[str, str] = {},
) -> None:
    """Write the deck of *scope* to *out*. *epoch* (seconds, UTC) dates it; *properties* go to docProps/custom.xml."""
    from exporters.deck.rendering import DeckRenderer

    DeckRenderer(compiled, template, scope, epoch, properties).write(out)


def read(package: Package) -> Snapshot:
    """Return what an edited deck holds, for the merge."""
    from exporters.deck.living.reading import read as read_deck

    return read_deck(package)


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
    """Write *target* with *plan* carried out on it. Decks know no tracked changes: *track* changes nothing."""
    from exporters.deck.living.patching import patch as patch_deck

    patch_deck(target, plan, ours, out, properties=properties, track=track, epoch=epoch)


def lines(package: Package) -> list[str]:
    """Return every line that people see, slide by slide, the speaker notes behind."""
    from exporters.deck.living.reading import lines as lines_of

    return lines_of(package)


def whereabouts(package: Package, snapshot: Snapshot) -> dict[str, str]:
    """Return handle -> place in a person's words of every slot that ``read`` found in a deck."""
    from exporters.deck.locating import whereabouts as places

    return places(package, snapshot)


def texts(package: Package) -> list[Text]:
    """Return every line that the file says, with its place: slides, notes, what stands behind them, properties."""
    from exporters.deck.printed import texts as texts_of

    return texts_of(package)


def outline(package: Package) -> Outline:
    """Return what the rules of ``briefpack check`` look at in a template."""
    from exporters.deck.outlining import outline as outline_of

    return outline_of(package)


def overflows(package: Package) -> list[Fault]:
    """Return what of a finished deck's text its boxes cannot hold."""
    from exporters.deck.overflow import overflows as overflows_of

    return overflows_of(package)


def reaches(package: Package) -> list[Fault]:
    """Return what in a file leads out of it or runs something, each with its place."""
    from exporters.deck.reaching import reaches as reaches_of

    return reaches_of(package)
