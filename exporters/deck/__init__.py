"""PowerPoint decks: a template bound by tags in its shapes, tables, charts and notes; slides repeated by slide tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from exporters.binding.compiled import Compiled
    from exporters.binding.scope import Scope
    from exporters.package import Package

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
