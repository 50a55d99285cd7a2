"""A compiled deck and a dataset -> the .pptx, streamed: every part is written once, names come from counters."""

from __future__ import annotations

import posixpath
from array import array
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, BinaryIO

from exporters.charts.making import FILTERS as CHART_FILTERS
from exporters.charts.making import ChartMaker
from exporters.charts.marks import SLOT
from exporters.charts.writing import ChartWriter
from exporters.collector import collector_paused
from exporters.deck.anchors import Anchors
from exporters.deck.boxes import read_box
from exporters.deck.fitting import Fitter
from exporters.deck.inlining import Texts, inlined
from exporters.errors import Fault, TemplateError
from exporters.package import (
    ContentTypes,
    DeflateSegment,
    Package,
    PackageWriter,
    Stencil,
    ct,
    relative_target,
    rt,
    zip_time,
)
from exporters.package.content_types import TAIL as TYPES_TAIL
from exporters.package.content_types import override_xml
from exporters.package.relationships import HEAD, TAIL, rels_name

if TYPE_CHECKING:
    from exporters.binding.compiled import Compiled
    from exporters.binding.scope import Scope

_TEMPLATES = {ct.PRESENTATION_TEMPLATE: ct.PRESENTATION, ct.SLIDE_SHOW: ct.PRESENTATION}
_FIRST_ID = 256
_CHART = f"../charts/chart{SLOT}.xml"
_NOTES = f"../notesSlides/notesSlide{SLOT}.xml"
_SLIDE = f"slide{SLOT}.xml"
_SLIDE_OF_NOTES = f"../slides/slide{SLOT}.xml"


def render_deck(
    compiled: Compiled,
    template: Package,
    scope: Scope,
    out: BinaryIO,
    *,
    epoch: int | None = None,
    properties: Mapping[str, str] = {},
) -> None:
    """Write the deck of *scope* to *out*; parts without tags come from *template* as they are."""
    with collector_paused():
        _DeckRenderer(compiled, template, scope, epoch, properties).write(out)


class _DeckRenderer:
    """One rendering; use it once."""

    def __init__(
        self, compiled: Compiled, template: Package, scope: Scope, epoch: int | None, properties: Mapping[str, str]
    ) -> None:
        self._compiled, self._template, self._epoch = compiled, template, epoch
        self._meta = compiled.meta
        self._scope, self._names = scope, scope.names()
        self._properties = dict(properties)
        self._boxes = [read_box(box) for box in self._meta["boxes"]]
        self._fitter = Fitter(self._boxes)
        self._anchors = Anchors()
        self._number = self._meta["first_number"]
        self._charts: dict[int, tuple[ChartMaker, ChartWriter]] = {}
        self._overrides: dict[str, str] = {}
        self._chart_numbers = array("I")
        self._plan: list[int] = []
        self._first: dict[int, int] = {}
        self._notes = 0
        self._shown = 0
        self._record: Any = None
        """What the slide that is being written is about."""

    def write(self, out: BinaryIO) -> None:
        planned = self._meta["planned"]
        if planned:
            plan = self._compiled.programs["plan"].bind({}, {"slide_count": 0})
            self._plan = list(map(int, "".join(plan.stream(self._names)).split()))
            self._first = {index: number for number, index in reversed(list(enumerate(self._plan, 1)))}
        with PackageWriter(out, date_time=zip_time(self._epoch)) as writer:
            self._slides = _Pages(writer, "ppt/slides", "slide")
            self._notes_pages = _Pages(writer, "ppt/notesSlides", "notesSlide")
            writer.add("_rels/.rels", self._meta["package_relationships"].encode())
            self._carry(writer)
            self._stream(writer, planned)
            self._properties_parts(writer)
            self._presentation(writer)
            writer.add_segments("[Content_Types].xml", [self._content_types()])

    # --- constant parts ----------------------------------------------------------------------------------------------

    def _carry(self, writer: PackageWriter) -> None:
        """Carry every part that nobody bound as it is."""
        replaced = {*self._meta["replaced"], *self._unshown()}
        for name in self._template.names():
            if name not in replaced and not name.endswith("/"):
                writer.add_raw(self._template.raw(name))
        for part in self._meta["added"]:
            if "from" in part:
                writer.add_raw(self._template.raw(part["from"]), part["part"])
            else:
                writer.add(part["part"], part["text"].encode())
            if part["type"]:
                self._overrides[part["part"]] = part["type"]

    def _unshown(self) -> set[str]:
        """Return the parts that only slides own which are not shown at all."""
        shown: set[str] = set()
        hidden: set[str] = set()
        for index, slide in enumerate(self._meta["slides"]):
            target = shown if index in self._first else hidden
            for _, _, tree in slide["owned"]:
                target |= _tree_parts(tree)
        return hidden - shown

    # --- the stream --------------------------------------------------------------------------------------------------

    def _start_slide(self, _: Any) -> str:
        self._shown += 1
        self._anchors.start_slide()
        self._fitter.start_slide()
        return ""

    def _slide_name(self, record: Any, rest: str) -> str:
        """Return the name of the slide that begins. With the last slide about a place, all worked out of it is over."""
        if record is not self._record:
            self._scope.done(self._record)
            self._record = record
        return self._anchors.slide(record, rest)

    def _stream(self, writer: PackageWriter, planned: bool) -> None:
        filters: dict[str, Any] = {
            **CHART_FILTERS,
            **self._fitter.filters(),
            "_shape": self._anchors.name,
            "_slide": self._slide_name,
            "_start": self._start_slide,
            "_number": lambda _: str(self._shown),
            "_taken": self._anchors.taken,
            "_take": self._anchors.taken.add,
            "_texts": Texts(),
            "_widths": [widths for box in self._boxes for widths in box.runs],
        }
        deck = self._compiled.programs["deck"].bind(filters, {"slide_count": len(self._plan)}, inlined(self._boxes))
        slide = _Instance(0, {})
        stack: list[tuple[str, list[str]]] = []
        number = 0
        for kind, text in deck.events(self._names):
            if kind == "text":
                if stack:
                    stack[-1][1].append(text)
            elif kind == "open":
                stack.append((text, []))
                if text.startswith("slide:"):
                    number += 1
                    index = int(text[6:])
                    slide = _Instance(number, self._meta["slides"][index])
                    if not planned:
                        self._plan.append(index)
                        self._first.setdefault(index, number)
            else:
                route, pieces = stack.pop()
                name, _, rest = route.partition(":")
                data = "".join(pieces).encode("latin-1")
                if name == "slide":
                    self._slide(writer, slide, data)
                elif name == "notes":
                    self._write_notes(slide, data)
                elif name == "chart":
                    self._chart(writer, slide, rest, data)
                else:
                    writer.add(rest, self._dated(data.decode()).encode())

    def _dated(self, text: str) -> str:
        """Return a part's text with its times: those of *epoch*, where one is given."""
        if SLOT not in text:
            return text
        pieces = text.split(SLOT)
        if self._epoch is not None:
            pieces[1::2] = [_iso(self._epoch)] * len(pieces[1::2])
        return "".join(pieces)

    def _chart(self, writer: PackageWriter, slide: _Instance, rest: str, text: bytes) -> None:
        index, _, rel_id = rest.partition(":")
        found = self._charts.get(int(index))
        if found is None:
            meta = self._meta["charts"][int(index)]
            maker = ChartMaker(meta, self._template, self._epoch)
            found = self._charts[int(index)] = maker, ChartWriter(self._template, meta["relationships"], "ppt")
        maker, files = found
        number = self._number
        self._overrides.update(files.write(writer, number, maker.make(text))[1:])
        self._chart_numbers.append(number)
        slide.relate(rel_id, rt.CHART, _CHART, number)
        self._number += 1

    def _slide(self, writer: PackageWriter, slide: _Instance, text: bytes) -> None:
        meta = slide.meta
        if meta["raw"]:
            self._slides.add_raw(slide.number, self._template.raw(meta["part"]))
            if meta["notes"] is not None:
                self._write_notes(slide, None)
        else:
            self._slides.add(slide.number, text)
        others: list[str] = []
        for rel_id, target in meta["links"]:
            slide.relate(rel_id, rt.SLIDE, _SLIDE, self._linked(target, slide.number))
        for rel_id, kind, tree in meta["owned"]:
            part = tree["part"] if slide.number == self._first[self._plan[slide.number - 1]] else None
            part = part or self._copy(writer, tree)
            others.append(_relationship(rel_id, kind, relative_target("ppt/slides/slide1.xml", part)))
        self._slides.relate(slide.number, (meta["constant"], *slide.relationships), slide.numbers, others)

    def _linked(self, part: str, own: int) -> int:
        """Return the number of the first instance of a template slide; a link to a slide not shown leads to its own."""
        index = next((i for i, meta in enumerate(self._meta["slides"]) if meta["part"] == part), -1)
        return self._first.get(index, own)

    def _write_notes(self, slide: _Instance, text: bytes | None) -> None:
        meta = slide.meta["notes"]
        if text is not None and meta["part"] is None and b"<a:t>" not in text:
            return  # the template has no notes here, and nothing was left out
        self._notes += 1
        if text is None:
            self._notes_pages.add_raw(self._notes, self._template.raw(meta["part"]))
        else:
            self._notes_pages.add(self._notes, text)
        back = _relationship(meta["back"], rt.SLIDE, _SLIDE_OF_NOTES)
        self._notes_pages.relate(self._notes, (meta["constant"], back), (slide.number,))
        slide.relate(meta["rel_id"], rt.NOTES_SLIDE, _NOTES, self._notes)

    def _copy(self, writer: PackageWriter, tree: Mapping[str, Any]) -> str:
        """Write a copy of a part and of all that it leads to, and return its name."""
        part = tree["part"]
        stem, suffix = posixpath.splitext(part)
        name = f"{stem.rstrip('0123456789')}{self._number}{suffix}"
        self._number += 1
        children = "".join(
            _relationship(rel_id, kind, relative_target(name, self._copy(writer, child)))
            for rel_id, kind, child in tree["children"]
        )
        writer.add_raw(self._template.raw(part), name)
        if children or tree["constant"]:
            writer.add(rels_name(name), "".join((HEAD, tree["constant"], children, TAIL)).encode())
        if tree["type"]:
            self._overrides[name] = tree["type"]
        return name

    # --- parts that know the whole -----------------------------------------------------------------------------------

    def _properties_parts(self, writer: PackageWriter) -> None:
        from exporters.deck.custom import custom_xml

        app = self._meta["app"]
        if app is not None:
            hidden = sum(self._meta["slides"][index]["hidden"] for index in self._plan)
            counts = {"slides": len(self._plan), "notes": self._notes, "hidden": hidden}
            pieces = list(app["pieces"])
            pieces[1::2] = [str(counts[name]) for name in pieces[1::2]]
            writer.add(app["part"], "".join(pieces).encode())
        custom = self._meta["custom"]
        writer.add(custom["part"], custom_xml(custom, self._properties))
        self._overrides[custom["part"]] = ct.CUSTOM_PROPERTIES

    def _presentation(self, writer: PackageWriter) -> None:
        meta, main = self._meta, self._meta["main"]
        known = {slide["id"] for slide in meta["slides"]}
        next_id = max((*known, _FIRST_ID - 1)) + 1
        next_rel = meta["relationships"]["next"]
        ids: list[int] = []
        entries: list[str] = []
        relationships = [HEAD, meta["relationships"]["constant"]]
        before, after = relative_target(main, f"ppt/slides/slide{SLOT}.xml").split(SLOT)
        for number, index in enumerate(self._plan, 1):
            slide = meta["slides"][index]
            if self._first[index] == number:
                slide_id, rel_id = slide["id"], slide["rel_id"]
            else:
                slide_id, rel_id = next_id, f"rId{next_rel}"
                next_id, next_rel = next_id + 1, next_rel + 1
            ids.append(slide_id)
            entries.append(f'<p:sldId id="{slide_id}" r:id="{rel_id}"/>')
            relationships.append(f'<Relationship Id="{rel_id}" Type="{rt.SLIDE}" Target="{before}{number}{after}"/>')
        pieces = list(meta["presentation"]["pieces"])
        for at in range(1, len(pieces), 2):
            pieces[at] = "".join(entries) if pieces[at] == "slides" else self._section(int(pieces[at]), ids)
        writer.add(main, "".join(pieces).encode())
        writer.add(rels_name(main), "".join((*relationships, TAIL)).encode())

    def _section(self, number: int, ids: list[int]) -> str:
        members = set(self._meta["presentation"]["sections"][number])
        shown = (slide_id for slide_id, index in zip(ids, self._plan, strict=True) if index in members)
        return "".join(f'<p14:sldId id="{slide_id}"/>' for slide_id in shown)

    def _content_types(self) -> DeflateSegment:
        """Return the list of content types; it is written in pieces, for it names every part."""
        template = self._template.content_types
        gone = {*self._meta["replaced"], *self._unshown()} - self._once()
        kept = {part: _TEMPLATES.get(kind, kind) for part, kind in template.overrides.items() if part not in gone}
        defaults = dict(template.defaults)
        if self._meta["charts"]:
            defaults["xlsx"] = ct.EMBEDDED_WORKBOOK
        kept |= self._overrides
        listing = DeflateSegment()
        listing.write(ContentTypes(defaults, kept).xml().removesuffix(TYPES_TAIL.encode()))
        for part, kind, numbers in (
            (f"ppt/slides/slide{SLOT}.xml", ct.SLIDE, range(1, len(self._plan) + 1)),
            (f"ppt/notesSlides/notesSlide{SLOT}.xml", ct.NOTES_SLIDE, range(1, self._notes + 1)),
            (f"ppt/charts/chart{SLOT}.xml", ct.CHART, self._chart_numbers),
        ):
            before, after = override_xml(part, kind).split(SLOT)
            listing.write("".join([f"{before}{number}{after}" for number in numbers]).encode())
        listing.write(TYPES_TAIL.encode())
        return listing

    def _once(self) -> set[str]:
        """Return the replaced parts that keep their names."""
        slides = {slide["part"] for slide in self._meta["slides"]}
        notes = {slide["notes"]["part"] for slide in self._meta["slides"] if slide["notes"] and slide["notes"]["part"]}
        charts = {name for chart in self._meta["charts"] for name in (chart["part"], *_companions(chart))}
        return set(self._meta["replaced"]) - slides - notes - charts


class _Pages:
    """Numbered parts, each with its relationships."""

    def __init__(self, writer: PackageWriter, folder: str, stem: str) -> None:
        parts = writer.series(f"{folder}/{stem}", ".xml")
        self.add, self.add_raw = parts.add, parts.add_raw
        self._relationships = writer.series(f"{folder}/_rels/{stem}", ".xml.rels")
        self._stencils: dict[tuple[str, ...], Stencil] = {}

    def relate(
        self, number: int, numbered: tuple[str, ...], numbers: Sequence[int], others: Sequence[str] = ()
    ) -> None:
        """Write a part's relationships: those to parts with *numbers*, which thousands have in common, and *others*."""
        if others:
            pieces = "".join((HEAD, *numbered, *others, TAIL)).split(SLOT)
            text = "".join(f"{piece}{number}" for piece, number in zip(pieces, numbers, strict=False)) + pieces[-1]
            self._relationships.add(number, text.encode())
            return
        stencil = self._stencils.get(numbered)
        if stencil is None:
            stencil = self._stencils[numbered] = Stencil("".join((HEAD, *numbered, TAIL)).split(SLOT))
        self._relationships.add_deflated(number, stencil.fill(numbers))


class _Instance:
    """A slide being written, with its relationships to parts that bear numbers."""

    __slots__ = ("meta", "number", "numbers", "relationships")

    def __init__(self, number: int, meta: dict[str, Any]) -> None:
        self.number, self.meta = number, meta
        self.relationships: list[str] = []
        self.numbers: list[int] = []

    def relate(self, rel_id: str, kind: str, target: str, number: int) -> None:
        self.relationships.append(_relationship(rel_id, kind, target))
        self.numbers.append(number)


def _companions(chart: Mapping[str, Any]) -> list[str]:
    return [item[2] for item in chart["relationships"] if item[4]]


def _tree_parts(tree: Mapping[str, Any]) -> set[str]:
    found = {tree["part"], rels_name(tree["part"])}
    for _, _, child in tree["children"]:
        found |= _tree_parts(child)
    return found


@lru_cache(maxsize=256)
def _relationship(rel_id: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{rel_id}" Type="{kind}" Target="{target}"/>'


def _iso(epoch: int) -> str:
    import time

    try:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(epoch))
    except (OverflowError, OSError, ValueError):
        raise TemplateError(Fault("bad-date", f"{epoch} seconds is no date that a file can hold")) from None
