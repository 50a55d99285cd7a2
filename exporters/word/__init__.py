"""The Word exporter: WordprocessingML templates compiled, and documents streamed from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from exporters.binding.compiled import Compiled
    from exporters.binding.scope import Scope
    from exporters.errors import Fault
    from exporters.outline import Outline
    from exporters.package import Package
    from exporters.snapshot import Plan, SetSlot, Snapshot, Text

NAME = "word"
FILENAME = "briefing.docx"


def compile(package: Package, file: str) -> Compiled:  # noqa: A001 - the name that every exporter has
    """Compile the template in *package*; *file* is its name in messages. Raises TemplateError with every fault."""
    from exporters.word.compiling import compile_template

    return compile_template(package, file)


def render(
    compiled: Compiled,
    template: Package,
    scope: Scope,
    out: BinaryIO,
    *,
    epoch: int | None = None,
    properties: Mapping[str, str] | None = None,
) -> None:
    """Stream the document to *out*. *epoch* dates it (``SOURCE_DATE_EPOCH``); *properties* go to its custom ones."""
    from exporters.word.rendering import render_document

    render_document(compiled, template, scope, out, epoch=epoch, properties=properties)


def read(package: Package) -> Snapshot:
    """Return the items and bound values of a document as people left it."""
    from exporters.word.reading import read as read_document

    return read_document(package)


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
    """Write *target* to *out* with *plan* carried out; *ours* is the new render that the plan was made with.

    *track* (ISO 8601) dates tracked changes; empty, they are not tracked.
    """
    from exporters.word.patching import patch as patch_document

    patch_document(target, plan, ours, out, properties=properties, track=track, epoch=epoch)


def untracked(plan: Plan) -> list[SetSlot]:
    """Return what *plan* writes and no revision can carry: charts, alternative texts, properties, notes put back."""
    from exporters.word.patching import untracked as untracked_by

    return untracked_by(plan)


def lines(package: Package) -> list[str]:
    """Return every visible line of text in order: the body, headers and footers, notes."""
    from exporters.word.reading import lines as lines_of_document

    return lines_of_document(package)


def whereabouts(package: Package, snapshot: Snapshot) -> dict[str, str]:
    """Return handle -> place in a person's words of every slot that ``read`` found in a briefing."""
    from exporters.word.locating import whereabouts as places

    return places(package, snapshot)


def texts(package: Package) -> list[Text]:
    """Return every line that the file says, with its place: the stories, alternative texts, properties."""
    from exporters.word.printed import texts as texts_of

    return texts_of(package)


def outline(package: Package) -> Outline:
    """Return what the rules of ``briefpack check`` look at in a template."""
    from exporters.word.outlining import outline as outline_of

    return outline_of(package)


def reaches(package: Package) -> list[Fault]:
    """Return what in a file leads out of it or runs something, each with its place."""
    from exporters.word.reaching import reaches as reaches_of

    return reaches_of(package)


def overflows(package: Package) -> list[Fault]:
    """Return what of a finished document's text its rows, boxes and lines cannot hold."""
    from exporters.word.overflow import overflows as overflows_of

    return overflows_of(package)
