"""Writing the instances of a template's charts into a package, each with its own parts and relationships."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from exporters.charts.marks import SLOT
from exporters.package import ContentTypes, Package, PackageWriter, Stencil, ct, deflate, relative_target, rt
from exporters.package.relationships import HEAD, TAIL, Relationship

if TYPE_CHECKING:
    from exporters.charts.making import ChartParts
    from exporters.package import Deflated

_BOOK = "Microsoft_Excel_Sheet"
_COPIED = frozenset((rt.CHART_STYLE, rt.CHART_COLORS, rt.CHART_USER_SHAPES))


def chart_meta(package: Package, part: str) -> list[list[Any]]:
    """Return [id, type, target, external, content type or ""] of a chart's relationships.

    The content type is given for those whose part each instance needs a copy of (its style, its drawing).
    """
    relationships = package.relationships(part)
    found: list[list[Any]] = []
    for item in relationships:
        target = item.target if item.external else relationships.target(item)
        inside = not item.external and target in package
        name = package.stored_name(target) if inside else target
        kind = package.content_types.of(name) or "" if inside and item.type in _COPIED else ""
        found.append([item.id, item.type, name, item.external, kind])
    return found


class _Companion(Struct, frozen=True):
    rel_id: str
    type: str
    stem: str
    suffix: str
    content_type: str
    data: Deflated


class ChartWriter:
    """Gives the instances of one template chart their names and writes them.

    Names are ``<folder>/charts/chart<number>.xml`` and ``<folder>/embeddings/Microsoft_Excel_Sheet<number>.xlsx``; the
    caller counts *number* over all charts of the package, from above the template's own (:func:`first_free`).
    """

    def __init__(self, package: Package, relationships: list[list[Any]], folder: str) -> None:
        self._folder = folder
        self._companions: list[_Companion] = []
        constant: list[str] = []
        book_id = ""
        chart = f"{folder}/charts/chart1.xml"
        for rel_id, kind, name, external, content_type in relationships:
            if kind == rt.PACKAGE and not external:
                book_id = rel_id
            elif content_type:
                stem, suffix = posixpath.splitext(posixpath.basename(name))
                data = deflate(package.read(name))
                self._companions.append(_Companion(rel_id, kind, stem.rstrip("0123456789"), suffix, content_type, data))
            else:
                target = name if external else relative_target(chart, name)
                constant.append(Relationship(rel_id, kind, target, external).xml())
        book = _xml(book_id, rt.PACKAGE, f"../embeddings/{_BOOK}{SLOT}.xlsx")
        companions = (_xml(one.rel_id, one.type, f"{one.stem}{SLOT}{one.suffix}") for one in self._companions)
        pieces = "".join((HEAD, *constant, book, *companions, TAIL)).split(SLOT)
        self._relationships = Stencil(pieces)
        self._numbers = len(pieces) - 1

    def write(self, writer: PackageWriter, number: int, parts: ChartParts) -> list[tuple[str, str]]:
        """Write instance *number* and return the (part, content type) pairs to be listed; the workbook is an .xlsx."""
        folder = f"{self._folder}/charts/"
        written = [(f"{folder}chart{number}.xml", ct.CHART)]
        for item in self._companions:
            writer.series(folder + item.stem, item.suffix).add_deflated(number, item.data)
            written.append((f"{folder}{item.stem}{number}{item.suffix}", item.content_type))
        writer.series(f"{folder}chart", ".xml").add(number, parts.chart)
        relationships = self._relationships.fill([number] * self._numbers)
        writer.series(f"{folder}_rels/chart", ".xml.rels").add_deflated(number, relationships)
        writer.series(f"{self._folder}/embeddings/{_BOOK}", ".xlsx").add_stored(number, parts.workbook)
        return written


def _xml(rel_id: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{rel_id}" Type="{kind}" Target="{target}"/>'


def first_free(package: Package) -> int:
    """Return a number above that of every chart and embedding part in the template."""
    highest = 0
    for name in package.names():
        base = posixpath.basename(name).partition(".")[0]
        digits = base[len(base.rstrip("0123456789")) :]
        if digits and ("/charts/" in name or "/embeddings/" in name):
            highest = max(highest, int(digits))
    return highest + 1


def with_workbook_type(types: ContentTypes) -> ContentTypes:
    """Return *types* with the entry for embedded workbooks, which is by extension."""
    return types if "xlsx" in types.defaults else types.with_default("xlsx", ct.EMBEDDED_WORKBOOK)
