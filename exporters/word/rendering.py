"""A compiled template and a scope -> a Word file, streamed."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

from jinja2 import pass_context

from exporters.binding.compiled import Compiled
from exporters.binding.program import Bound
from exporters.binding.scope import Scope
from exporters.charts import FILTERS as CHART_FILTERS
from exporters.charts import ChartMaker, ChartWriter
from exporters.collector import collector_paused
from exporters.package import DeflateSegment, Package, PackageWriter, rt, zip_time
from exporters.package.relationships import Relationship, rels_name
from exporters.word.anchors import digest_properties
from exporters.word.counting import Counter, Mark
from exporters.word.filters import Names
from exporters.word.forms import Form, forms_of
from exporters.word.inlining import inlined
from exporters.word.listing import entries, page_number
from exporters.word.properties import custom_xml, stamp

_CONTENT_TYPES = "[Content_Types].xml"
_SLOT = "\ufdde"


def render_document(
    compiled: Compiled,
    template: Package,
    scope: Scope,
    out: BinaryIO,
    *,
    epoch: int | None = None,
    properties: Mapping[str, str] = {},
) -> None:
    """Write the document that *compiled* and *scope* make; parts without tags come from *template* as they are."""
    with collector_paused():
        _Rendering(compiled, template, scope, epoch).write(out, properties)


class _Rendering:
    def __init__(self, compiled: Compiled, template: Package, scope: Scope, epoch: int | None) -> None:
        self._compiled, self._meta = compiled, compiled.meta
        self._template, self._scope, self._epoch = template, scope, epoch
        self._names = Names(self._meta["first_id"], {kind: one["first"] for kind, one in self._meta["notes"].items()})
        self._counter: Counter | None = None
        if "blocks" in self._meta:
            self._counter = Counter(self._meta["blocks"], self._meta["sections"], self._meta["rules"])
        self._body_marks: list[Mark] = []
        self._body_numbering: list[tuple[int, int]] = []
        self._pages: dict[str, str] = {}
        self._slots = False
        self._segments: dict[str, DeflateSegment] = {}
        self._relations: list[str] = []
        self._listed: list[tuple[str, str]] = []
        self._charts_made = 0

    # --- parts -------------------------------------------------------------------------------------------------------

    def write(self, out: BinaryIO, properties: Mapping[str, str]) -> None:
        meta, template = self._meta, self._template
        names = self._scope.names()
        forms = forms_of(meta["controls"])
        filters, written = self._filters(forms), inlined(forms, meta.get("own"))
        bound = {name: program.bind(filters, inlined=written) for name, program in self._compiled.programs.items()}
        main = meta["main"]
        with PackageWriter(out, date_time=zip_time(self._epoch)) as package:
            writer = self._chart_writer(package)
            package.add("_rels/.rels", meta["root"].encode())
            self._document(bound, names, main, writer)
            parts = {main: [*([self._segments[f"{main}#head"]] if "head" in bound else []), self._segments[main]]}
            for note in meta["notes"].values():
                parts[note["part"]] = self._note_segments(note)
            self._run(bound["small"], names, "", writer)
            for part, segment in self._segments.items():
                if part and part not in parts and not part.startswith(main):
                    parts[part] = [segment]
            self._segments.clear()
            while parts:
                part = next(iter(parts))
                package.add_segments(part, parts.pop(part))
            package.add(rels_name(main), self._document_relations())
            given = {**digest_properties(self._names.digests), **properties}
            custom = DeflateSegment()
            for piece in custom_xml(meta["custom"][1], given):
                custom.write(piece)
            package.add_segments(meta["custom"][0], [custom])
            for name in meta["carried"]:
                package.add_raw(template.raw(name))
            package.add(_CONTENT_TYPES, self._content_types())

    def _note_segments(self, note: dict[str, Any]) -> list[DeflateSegment]:
        head, tail = DeflateSegment(), DeflateSegment()
        head.write(note["rest"][0].encode())
        tail.write(note["rest"][1].encode())
        made = self._segments.get(note["part"])
        return [head, *([made] if made else []), tail]

    def _document_relations(self) -> bytes:
        xml: str = self._meta["relations"]
        return xml.replace("</Relationships>", "".join((*self._relations, "</Relationships>"))).encode()

    def _content_types(self) -> bytes:
        from exporters.package.content_types import override_xml

        xml: str = self._meta["types"]
        more = "".join(override_xml(part, kind) for part, kind in self._listed)
        return xml.replace("</Types>", more + "</Types>").encode()

    # --- streams -----------------------------------------------------------------------------------------------------

    def _document(self, bound: dict[str, Bound], names: Mapping[str, Any], main: str, chart: _Charts) -> None:
        """Write the body, then what stands before it: its contents list knows all headings by then."""
        counter = self._counter
        if counter is None or "head" not in bound:
            self._run(bound["body"], names, main, chart)
            return
        used, offset = 0.0, 1
        if self._meta["rehearsed"]:
            used, offset = self._rehearse(bound, names, chart)
        counter.reset(used)
        self._run(bound["body"], names, main, chart)
        self._end_body(counter)
        head = self._hold(bound["head"], names, f"{main}#head", chart)
        self._number(counter, counter.page + offset)
        segment = self._segments[f"{main}#head"]
        for number, text in enumerate("".join(head).split(_SLOT)):
            for piece in self._filled(text) if number % 2 else (text,):
                segment.write(piece.encode())

    def _end_body(self, counter: Counter) -> None:
        counter.settle()
        self._body_marks, self._body_numbering = counter.marks, counter.numbering

    def _hold(self, head: Bound, names: Mapping[str, Any], part: str, chart: _Charts) -> list[str]:
        """Run what stands before the body and return its text, with slots for what its pages decide."""
        assert self._counter is not None
        self._counter.reset()
        self._slots = True
        held: list[str] = []
        self._run(head, names, part, chart, held)
        self._counter.settle()
        self._slots = False
        return held

    def _rehearse(self, bound: dict[str, Bound], names: Mapping[str, Any], chart: _Charts) -> tuple[float, int]:
        """Count the pages in advance, where the text needs them or begins on the page of the contents list.

        Return the height at which the body begins, and how many pages it begins behind the last one before it.
        """
        counter = self._counter
        assert counter is not None
        used, offset = 0.0, 1
        for _ in range(2 if self._meta["flows_on"] else 1):
            counter.reset(used)
            self._silently(bound["body"], names)
            self._end_body(counter)
            counter.reset()
            self._slots = True
            self._silently(bound["head"], names)
            counter.settle()
            self._slots = False
            if self._meta["flows_on"]:
                used, offset = counter.last_height, 0
        self._number(counter, counter.page + offset)
        return used, offset

    def _silently(self, program: Bound, names: Mapping[str, Any]) -> None:
        """Run a program for what it counts; nothing is kept of what it writes."""
        saved = self._names.saved(), len(self._relations), self._charts_made
        for _ in program.stream(names):
            pass
        sequences, relations, self._charts_made = saved
        self._names.restore(sequences)
        del self._relations[relations:]

    def _filled(self, slot: str) -> Iterable[str]:
        """Yield what a slot of the head stands for, now that all pages are known."""
        kind, _, rest = slot.partition(" ")
        if kind == "page":
            name, _, otherwise = rest.partition(" ")
            return (self._pages.get(name, otherwise),)
        listing = self._meta["lists"][int(rest)]
        return entries(listing, self._listed_in(listing), lambda mark: self._pages.get(mark.name, ""))

    def _run(
        self, program: Bound, names: Mapping[str, Any], part: str, chart: _Charts, held: list[str] | None = None
    ) -> None:
        """Stream a program into its parts; the text of *part* itself is held back where *held* is given."""
        main = current = self._segments.setdefault(part, DeflateSegment())
        stack: list[DeflateSegment] = []
        pieces: list[bytes] | None = None
        which = -1
        for kind, text in program.events(names):
            if kind == "text":
                data = text.encode("latin-1")
                if pieces is not None:
                    pieces.append(data)
                elif held is not None and current is main:
                    held.append(data.decode())
                else:
                    current.write(data)
            elif kind == "open":
                if text.startswith("chart:"):
                    pieces, which = [], int(text[6:])
                else:
                    stack.append(current)
                    current = self._segments.setdefault(text, DeflateSegment())
            elif pieces is not None:
                chart(which, b"".join(pieces))
                pieces = None
            else:
                current = stack.pop()

    def _number(self, counter: Counter, head_pages: int) -> None:
        """Work out which number each marked page bears."""
        starts = [*counter.numbering, *((page + head_pages, number) for page, number in self._body_numbering)]
        starts = [*([] if starts and starts[0][0] == 0 else [(0, 1)]), *starts]
        for mark in self._body_marks:
            mark.page += head_pages
        for mark in (*counter.marks, *self._body_marks):
            page, number = next(one for one in reversed(starts) if one[0] <= mark.page)
            form = self._meta["sections"][mark.section]["form"]
            self._pages[mark.name] = page_number(number + mark.page - page, form)

    # --- filters -----------------------------------------------------------------------------------------------------

    def _filters(self, forms: list[Form]) -> dict[str, Any]:
        counter, epoch = self._counter, self._epoch
        found = self._names.filters(forms, counter.count if counter else _uncounted)
        found |= {f"_{name}": counter and getattr(counter, name) for name in ("over", "step", "asked")}
        found |= CHART_FILTERS
        found |= {
            "_toc": self._list,
            "_page": self._page,
            "_stamp": lambda otherwise: stamp(epoch, otherwise),
            "_chart": self._next_chart,
            "_done": self._scope.done,
        }
        return found

    @pass_context
    def _list(self, _context: Any, number: int) -> str:
        """Count the entries of a contents list and leave a slot for them."""
        listing = self._meta["lists"][number]
        counter = self._counter
        assert counter is not None
        for mark in self._listed_in(listing):
            block = listing["forms"].get(str(mark.level), {}).get("block")
            if block is not None:
                counter.count(mark.text + "000")
                counter.over(block)
        return f"{_SLOT}list {number}{_SLOT}"

    def _listed_in(self, listing: dict[str, Any]) -> list[Mark]:
        assert self._counter is not None
        marks = (*self._counter.marks, *self._body_marks)
        return [mark for mark in marks if mark.level and mark.sequence == listing["sequence"]]

    def _page(self, name: str, otherwise: str) -> str:
        """Return the page of a bookmark; in what stands before the contents, a slot for it."""
        if self._slots:
            return f"{_SLOT}page {name} {otherwise}{_SLOT}"
        return self._pages.get(name, otherwise)

    # --- charts ------------------------------------------------------------------------------------------------------

    @pass_context
    def _next_chart(self, _context: Any, index: int) -> str:
        number = self._meta["first_chart"] + self._charts_made
        self._charts_made += 1
        rel_id = f"rId{self._meta['next_relation'] + len(self._relations)}"
        self._relations.append(Relationship(rel_id, rt.CHART, f"charts/chart{number}.xml").xml())
        return rel_id

    def _chart_writer(self, package: PackageWriter) -> _Charts:
        folder = self._meta["main"].rpartition("/")[0]
        return _Charts(self, package, folder)


def _uncounted(_: str) -> None:
    """Take the words of a document whose pages nobody asks for."""


class _Charts:
    """Makes and writes the charts as their texts come by."""

    def __init__(self, rendering: _Rendering, package: PackageWriter, folder: str) -> None:
        self._rendering, self._package, self._folder = rendering, package, folder
        self._makers: dict[int, tuple[ChartMaker, ChartWriter]] = {}
        self._numbers = itertools.count(rendering._meta["first_chart"])

    def __call__(self, index: int, text: bytes) -> None:
        known = self._makers.get(index)
        if known is None:
            one, template = self._rendering._meta["charts"][index], self._rendering._template
            known = (
                ChartMaker(one["meta"], template, self._rendering._epoch),
                ChartWriter(template, one["relations"], self._folder),
            )
            self._makers[index] = known
        maker, writer = known
        self._rendering._listed += writer.write(self._package, next(self._numbers), maker.make(text))
