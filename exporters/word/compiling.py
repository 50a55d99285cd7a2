"""A Word template -> programs and what the renderer must know of its parts."""

from __future__ import annotations

from typing import Any

from lxml import etree
from msgspec.structs import replace

from exporters.binding import expressions
from exporters.binding.compiled import Compiled
from exporters.binding.program import Program, Weaver, closing, opening
from exporters.binding.weave import Places, TreeWeaver, weave_text
from exporters.charts.writing import first_free, with_workbook_type
from exporters.errors import Fault, TemplateError
from exporters.package import Package, Relationships, ct, rt
from exporters.package.custom import CUSTOM, custom_part
from exporters.package.relationships import rels_name
from exporters.word.bookmarks import Bookmarks
from exporters.word.controls import Emitter, mark_fields, unmark_fields
from exporters.word.document import Document, has_tags
from exporters.word.names import DIALECT, W15, W
from exporters.word.properties import own_properties
from exporters.word.scopes import Scopes
from exporters.word.xmlparts import clean, is_fallback, parse, prefix_of, serialise

_STORIES = {ct.WORD_HEADER: "header", ct.WORD_FOOTER: "footer"}
_DATES = frozenset((
    "{http://purl.org/dc/terms/}created",
    "{http://purl.org/dc/terms/}modified",
))  # fmt: skip
_FIRST_ID = 1000
_MOST_DIGITS = 7


def compile_template(package: Package, file: str) -> Compiled:
    """Compile a Word template; raise TemplateError with every fault and its place."""
    return _Compiler(package, file).compile()


class _Compiler:
    def __init__(self, package: Package, file: str) -> None:
        self._package, self._file = package, file
        self._weaver = Weaver()
        self._faults: list[Fault] = []
        self._bookmarks = Bookmarks(self._weaver)
        self._plans: list[list[Any]] = []
        """How each value's control is written."""
        self._small: list[str] = []
        self._written: set[str] = set()
        """Parts that the renderer writes itself."""

    def compile(self) -> Compiled:
        package = self._package
        main = package.main_part()
        document = Document(package, main, self._weaver, self._bookmarks, self._plans, self._faults)
        document.compile()
        self._written |= {main, rels_name(main)}
        for part in package.names():
            kind = package.content_types.of(part)
            if kind in _STORIES and has_tags(package.read(part)):
                self._story(part, _STORIES[kind])
        self._document_properties()
        self._settings(main)
        head = self._program(document.head)
        body = self._program(document.body)
        small = self._program(self._weaver.weave("".join(self._small)))
        programs = {"body": body, "small": small, **({"head": head} if document.head else {})}
        self._check(programs)
        notes: dict[str, Any] = {}
        for one in document.notes:
            if one.dynamic:
                notes[one.kind.name] = {"part": one.part, "rest": list(one.rest), "first": one.first}
                self._written.add(one.part)
        self._written |= {name for chart in document.charts for name in self._chart_parts(chart)}
        meta = {
            "main": main,
            "notes": notes,
            "charts": document.charts,
            "controls": self._plans,
            "first_chart": first_free(package),
            "first_id": max(_FIRST_ID, self._highest_id(main) + 1),
            **document.meta,
            **self._package_meta(main, document.charts),
        }
        return Compiled(programs, meta)

    def _program(self, source: str) -> Program:
        return self._weaver.program(source)

    def _check(self, programs: dict[str, Program]) -> None:
        faults = list(self._faults)
        if not faults:
            for program in programs.values():
                try:
                    faults += expressions.check(program)
                except TemplateError as error:
                    faults += error.faults
        if faults:
            raise TemplateError(replace(fault, file=self._file) for fault in dict.fromkeys(faults))

    # --- headers, footers, properties --------------------------------------------------------------------------------

    def _story(self, part: str, name: str) -> None:
        """Compile a header or footer."""
        root = parse(self._package.read(part))
        clean(root)
        number = "".join(char for char in part.rpartition("/")[2] if char.isdigit())
        prefix = f"{name} {number}, " if number else f"{name}, "
        places = Places(root, DIALECT, prefix)
        emitter = Emitter(
            self._weaver, self._plans, flow=False, prefix=prefix_of(root, W, "w"), w15=prefix_of(root, W15, "w15")
        )
        mark_fields(root)
        TreeWeaver(DIALECT, self._weaver, self._faults, emitter).weave(root, places)
        unmark_fields(root)
        scopes = Scopes(self._weaver, start=1000 * (1 + len(self._small)))
        scopes.walk(root)
        for paragraph in root.iter(f"{W}p"):
            own = self._bookmarks.number()
            bound = scopes.of(paragraph) or paragraph in emitter.holders or paragraph in scopes.varying
            if bound and not is_fallback(paragraph):
                self._bookmarks.enclose(paragraph, [(f"_bp_{own}", scopes.suffix(paragraph))])
        self._bookmarks.free_ids(root, scopes)
        emitter.finish()
        self._add_small(part, serialise(root, controls=True))

    def _add_small(self, part: str, text: str) -> None:
        self._small.append(self._weaver.raw(opening(part)) + text + self._weaver.raw(closing()))
        self._written.add(part)

    def _document_properties(self) -> None:
        relationships = self._package.relationships()
        for kind, name in ((rt.CORE_PROPERTIES, "title and author"), (rt.EXTENDED_PROPERTIES, "document properties")):
            part = relationships.target_of_type(kind)
            if part is None or part not in self._package:
                continue
            root = parse(self._package.read(part))
            dated = False
            for element in root.iter(etree.Element):
                if element.tag in _DATES:
                    element.text = self._weaver.value(repr(element.text or ""), "", "_stamp")
                    dated = True
                elif element.text:
                    element.text = weave_text(element.text, name, self._weaver, self._faults)
            if dated or has_tags(self._package.read(part)):
                self._add_small(self._package.stored_name(part), serialise(root))

    def _settings(self, main: str) -> None:
        """Never ask the reader to update fields: their results are right on delivery."""
        part = self._package.relationships(main).target_of_type(rt.SETTINGS)
        if part is None or part not in self._package:
            return
        root = parse(self._package.read(part))
        found = root.findall(f"{W}updateFields")
        if found:
            for element in found:
                root.remove(element)
            self._add_small(self._package.stored_name(part), serialise(root))

    # --- the package -------------------------------------------------------------------------------------------------

    def _chart_parts(self, chart: dict[str, Any]) -> list[str]:
        part: str = chart["meta"]["part"]
        copied = [name for _, _, name, external, kind in chart["relations"] if not external and (kind or name)]
        own = [name for name in copied if name != chart["meta"]["book"]]
        inside = [name for _, _, name, external, kind in chart["relations"] if not external and kind and name in own]
        return [part, rels_name(part), chart["meta"]["book"], *inside]

    def _package_meta(self, main: str, charts: list[dict[str, Any]]) -> dict[str, Any]:
        package = self._package
        types = package.content_types
        if types.of(main) == ct.DOCUMENT_TEMPLATE:
            types = types.with_override(main, ct.DOCUMENT)
        custom = custom_part(package)
        root = package.relationships()
        if not custom:
            root, _ = root.adding(rt.CUSTOM_PROPERTIES, CUSTOM)
        types = types.with_override(custom or CUSTOM, ct.CUSTOM_PROPERTIES)
        if charts:
            types = with_workbook_type(types).without(name for chart in charts for name in self._chart_parts(chart))
        own = package.relationships(main)
        dropped = {chart["rel"] for chart in charts}
        kept = Relationships(main, (item for item in own if item.id not in dropped))
        written = self._written | {custom or CUSTOM, "_rels/.rels", "[Content_Types].xml"}
        return {
            "types": types.xml().decode(),
            "root": root.xml().decode(),
            "relations": kept.xml().decode(),
            "next_relation": int(own.next_id()[3:]),
            "custom": [custom or CUSTOM, own_properties(package, custom)],
            "carried": [name for name in package.names() if name not in written and not name.endswith("/")],
        }

    def _highest_id(self, main: str) -> int:
        root = parse(self._package.read(main))
        numbers = [one.get(f"{W}id", "") for one in root.iter(etree.Element)]
        # Longer ones (Word gives such to moves) would leave a bookmark's name no room for its key; none comes so high.
        return max((int(number) for number in numbers if number.isdecimal() and len(number) <= _MOST_DIGITS), default=0)
