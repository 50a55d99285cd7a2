"""The Word exporter: WordprocessingML templates compiled, and documents streamed from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from exporters.binding.compiled import Compiled
    from exporters.binding.scope import Scope
    from exporters.package import Package

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
