"""A template workbook -> its compiled form: one program for each sheet that data changes, and what rendering needs."""

from __future__ import annotations

from typing import Any

from msgspec import to_builtins
from msgspec.structs import replace as changed

from exporters.binding import expressions
from exporters.binding.compiled import Compiled
from exporters.binding.program import Program, Weaver, closing, opening
from exporters.binding.weave import weave_text
from exporters.errors import Fault, TemplateError
from exporters.package import Package, rt
from exporters.workbook import emitting, linking, markup
from exporters.workbook.around import replace, weave_around
from exporters.workbook.attached import Attached, relations_of, weave_attached
from exporters.workbook.reading import BookDraft, SheetDraft, read_book, tags_in
from exporters.workbook.records import Records
from exporters.workbook.references import quoted_sheet
from exporters.workbook.rowmarks import PREFIX, SPACE, labels, names_in
from exporters.workbook.xmltree import Element, R, S, escape, parse, text_of, with_ignorable

_EXTENDED = "{http://schemas.openxmlformats.org/officeDocument/2006/extended-properties}"


def compile(package: Package, file: str) -> Compiled:  # noqa: A001 - the room's interface
    """Compile a template; raise TemplateError with every fault and its place."""
    faults: list[Fault] = []
    book = read_book(package, file, faults)
    compiled = _Compiler(book, file).compiled()
    if faults:
        raise TemplateError([fault if fault.file else changed(fault, file=file) for fault in faults])
    return compiled


class _Compiler:
    def __init__(self, book: BookDraft, file: str) -> None:
        self._book, self._file = book, file
        self._links = linking.Links(book)
        self._programs: dict[str, Program] = {}
        self._kinds: dict[str, list[Any]] = {}
        self._name_texts: list[str] = []
        self._wrapping: dict[int, float] = {}
        self._full_calculation = False

    def compiled(self) -> Compiled:
        book, links = self._book, self._links
        for sheet in book.sheets:
            sheet.changes |= tags_in(sheet.name) or self._tagged_around(sheet)
        linking.link_formulas(book, links)
        linking.mark_changes(book, links)
        records = [Records(links, Weaver(), book.faults, self._kinds) for _ in book.sheets]
        attached = [weave_attached(book, sheet, records[sheet.index]) for sheet in book.sheets]
        for sheet in book.sheets:
            if sheet.changes and sheet.root is not None:
                weave_around(sheet, sheet.root, records[sheet.index])
        book_source, book_weaver = self._book_source()
        order = linking.order(book, links)
        linking.mark_deferred(book, links, order)
        linking.keep_values(book, links)
        for sheet in book.sheets:
            self._sheet_programs(sheet, records[sheet.index], attached[sheet.index])
        self._programs["book"] = book_weaver.program(book_weaver.weave(book_source))
        meta = self._meta(order, attached)
        if not book.faults:
            self._check()
        return Compiled(self._programs, meta)

    def _tagged_around(self, sheet: SheetDraft) -> bool:
        if sheet.root is None:
            return False
        around = (child for child in sheet.root if child.tag != f"{S}sheetData")
        for child in around:
            for element in child.iter():
                if tags_in(element.text or "") or any(tags_in(str(value)) for value in element.attrib.values()):
                    return True
        return False

    # --- programs ------------------------------------------------------------------------------------------------

    def _sheet_programs(self, sheet: SheetDraft, records: Records, attached: list[Attached]) -> None:
        weaver = records.weaver
        opens = [tag for tag in sheet.sheet_tags if tag.kind == "open"]
        for tag in sheet.sheet_tags:
            if tag.kind not in {"open", "close"}:
                hint = "{%sheet for … %} and {%sheet if … %} are known"
                self._book.faults.append(Fault("level", f"{{%sheet {tag.body} %}}", where=tag.place, hint=hint))
        before = "".join(weaver.tag(tag) for tag in opens)
        after = "".join(weaver.statement(f"end{tag.keyword}", tag.place) for tag in reversed(opens))
        body: list[str] = []
        if sheet.changes and sheet.root is not None:
            body.append(weaver.raw(opening("s")) + self._sheet_body(sheet, sheet.root, weaver) + weaver.raw(closing()))
        for number, part in enumerate(attached):
            if part.source is not None:
                body.append(weaver.raw(opening(f"p{number}")) + part.source + weaver.raw(closing()))
        if body:
            begin = weaver.values((), "_begin")
            source = before + begin + "".join(body) + after
            self._programs[f"sheet:{sheet.index}"] = weaver.program(weaver.weave(source))
            if sheet.changes and sheet.root is not None:
                whole = Weaver()
                opened = "".join(whole.tag(tag) for tag in opens)
                ended = "".join(whole.statement(f"end{tag.keyword}", tag.place) for tag in reversed(opens))
                rows = opened + emitting.rows_source(sheet, whole, whole=True) + ended
                self._programs[f"check:{sheet.index}"] = whole.program(whole.weave(rows))
        if opens or tags_in(sheet.name) or sheet.moves:
            layout = Weaver()
            name = weave_text(escape(sheet.name), f"the name of {sheet.place}", layout, self._book.faults)
            before = "".join(layout.tag(tag) for tag in opens)
            after = "".join(layout.statement(f"end{tag.keyword}", tag.place) for tag in reversed(opens))
            rows = emitting.layout_source(sheet, layout)
            source = before + layout.raw(opening("n")) + name + layout.raw(closing())
            if opens:
                turns = [(names_in(tag), tag.place) for tag in opens if tag.keyword == "for"]
                source += layout.raw(opening("k")) + layout.values(turns, "_turn") + layout.raw(closing())
            source += rows + after
            self._programs[f"layout:{sheet.index}"] = layout.program(layout.weave(source))

    def _sheet_body(self, sheet: SheetDraft, root: Element, weaver: Weaver) -> str:
        data = root.find(f"{S}sheetData")
        if data is None:
            message, hint = "the sheet has no place for cells (sheetData)", "open it in Excel and save it again"
            raise TemplateError(Fault("broken-sheet", message, self._file, sheet.place, hint))
        for child in list(data):
            data.remove(child)
        data.text = emitting.rows_source(sheet, weaver) + weaver.values((), "_end")
        return text_of(with_ignorable(root, PREFIX, SPACE) if any(sheet.marked) else root)

    def _book_source(self) -> tuple[str, Weaver]:
        """Return the program text of the workbook part and of the document's properties."""
        book = self._book
        weaver = Weaver()
        records = Records(self._links, weaver, book.faults, self._kinds)
        sheets = book.root.find(f"{S}sheets")
        assert sheets is not None
        names = book.root.find(f"{S}definedNames")
        if names is None:
            names = book.root.makeelement(f"{S}definedNames", {})
            before = [one for one in map(book.root.find, _BEFORE_NAMES) if one is not None]
            before[-1].addnext(names)
        if names is not None:
            for item in names:
                self._defined_name(item, records)
            replace(names, book.root, markup.NAMES_MARK)
        book.root.replace(sheets, _only_mark(sheets, markup.SHEETS_MARK))
        self._calculation()
        for element in book.root.iter():
            if isinstance(element.tag, str):
                for name, value in element.attrib.items():
                    if tags_in(str(value)):
                        element.set(name, weave_text(str(value), "the workbook", weaver, book.faults))
        source = "".join(
            weaver.raw(opening(f"w{number}")) + text + weaver.raw(closing())
            for number, text in enumerate(self._name_texts)
        )
        source += weaver.raw(opening("book")) + text_of(book.root) + weaver.raw(closing())
        for part in self._property_parts():
            root = parse(book.package.read(part), part, self._file)
            self._properties(root, part, weaver)
            source += weaver.raw(opening(part)) + text_of(root) + weaver.raw(closing())
        return source, weaver

    def _defined_name(self, item: Element, records: Records) -> None:
        local = item.get("localSheetId")
        host = self._book.sheets[int(local)] if local is not None else self._book.sheets[0]
        attributes = {str(name): str(value) for name, value in item.attrib.items() if name != "localSheetId"}
        place = f"name {item.get('name')}"
        text = item.text or ""
        # The tag in a repeated sheet's own name is no part of the text.
        plain = text
        for sheet in self._book.sheets:
            plain = plain.replace(quoted_sheet(sheet.name) + "!", "")
        if tags_in(plain) and '"' not in text:
            woven = weave_text(text, place, records.weaver, self._book.faults)
        else:
            woven = records.formula(text, host, place)
        self._kinds.setdefault("w", []).append([attributes, -1 if local is None else host.index])
        self._name_texts.append(escape(woven))

    def _calculation(self) -> None:
        """Formulas whose value is not worked out here are left to the office, when it opens the file."""
        if not any(sheet.changes and emitting.warnings(sheet) for sheet in self._book.sheets):
            return
        root = self._book.root
        calculation = root.find(f"{S}calcPr")
        if calculation is None:
            calculation = root.makeelement(f"{S}calcPr", {})
            followers = [root.find(f"{S}{name}") for name in _AFTER_CALC]
            follower = next((one for one in followers if one is not None), None)
            if follower is not None:
                follower.addprevious(calculation)
            else:
                root.append(calculation)
        calculation.set("fullCalcOnLoad", "1")
        self._full_calculation = True

    def _property_parts(self) -> list[str]:
        package = self._book.package
        found = []
        for kind in (rt.CORE_PROPERTIES, rt.EXTENDED_PROPERTIES):
            target = package.relationships().target_of_type(kind)
            if target is not None and target in package:
                part = package.stored_name(target)
                changes = kind == rt.EXTENDED_PROPERTIES and self._renames()
                if changes or b"{" in package.read(part):
                    found.append(part)
        return found

    def _renames(self) -> bool:
        return any(sheet.repeats or tags_in(sheet.name) for sheet in self._book.sheets)

    def _properties(self, root: Element, part: str, weaver: Weaver) -> None:
        if self._renames():
            # The list of sheet titles would be out of date; offices make it anew when they save.
            for name in ("TitlesOfParts", "HeadingPairs"):
                for element in root.findall(f"{_EXTENDED}{name}"):
                    root.remove(element)
        for element in root.iter():
            if isinstance(element.tag, str) and tags_in(element.text or ""):
                place = f"document property {element.tag.rpartition('}')[2]}"
                element.text = weave_text(element.text or "", place, weaver, self._book.faults)

    def _check(self) -> None:
        # Programs named "check:" are never run: they hold every expression of the rows, for this check and those
        # that know the data's codes.
        for _, program in sorted(self._programs.items(), key=lambda item: (not item[0].startswith("check:"), item[0])):
            try:
                self._book.faults.extend(
                    fault for fault in expressions.check(program) if fault not in self._book.faults
                )
            except TemplateError as error:
                self._book.faults.extend(error.faults)

    # --- notes for the renderer ----------------------------------------------------------------------------------

    def _meta(self, order: list[int], attached: list[list[Attached]]) -> dict[str, Any]:
        book = self._book
        relations = relations_of(book, book.main)
        chain = next((target for _, kind, target, _ in relations if kind == rt.CALC_CHAIN), "")
        styles = next((target for _, kind, target, _ in relations if kind == rt.STYLES), "")
        properties = book.root.find(f"{S}workbookPr")
        custom = book.package.relationships().target_of_type(rt.CUSTOM_PROPERTIES)
        formats = self._formats(styles)
        warnings = [
            Fault("not-worked-out", f"the value of {what} is left to the office that opens the file", self._file, place,
                  "its cell has no value before that", "warning")
            for sheet in book.sheets if sheet.changes for place, what in emitting.warnings(sheet)
        ]  # fmt: skip
        return {
            "main": book.main,
            "relations": relations,
            "chain": chain if any(sheet.changes for sheet in book.sheets) else "",
            "styles": styles,
            "formats": formats,
            "date_1904": properties is not None and properties.get("date1904") in {"1", "true"},
            "strings": [book.strings_part, self._strings()],
            "custom": custom if custom is not None and custom in book.package else "",
            "active": self._active(),
            "book_changes": self._full_calculation or b"{" in book.package.read(book.main),
            "order": order,
            "sheets": [self._sheet_meta(sheet, attached[sheet.index]) for sheet in book.sheets],
            "links": [link.record() for link in self._links.all],
            "records": self._kinds,
            "warnings": [to_builtins(fault) for fault in warnings],
        }

    def _sheet_meta(self, sheet: SheetDraft, attached: list[Attached]) -> dict[str, Any]:
        stored = sorted(sheet.readers)
        return {
            "part": sheet.part,
            "name": sheet.name,
            "entry": sheet.entry,
            "changes": sheet.changes,
            "repeats": sheet.repeats,
            "relations": relations_of(self._book, sheet.part),
            "attached": [[part.name, part.relations, part.source is not None, part.tagged] for part in attached],
            "heights": [unit.row.height for unit in sheet.units],
            "starts": sheet.starts,
            "rows": [emitting.unit_record(sheet, number, self._wrapping) for number in range(len(sheet.units))]
            if sheet.changes or stored else [],
            "stored": stored,
            "readers": [sorted(sheet.readers[column]) for column in stored],
            "marked": sheet.marked if any(sheet.marked) else [],
            "loops": labels(sheet.loops),
            "needed": sorted(sheet.needed),
            "needed_in": [[loop, sorted(found)] for loop, found in sorted(sheet.needed_in.items())],
            "held": linking.is_unsteady(sheet),
            "last": max((row.number + row.height - 1 for row in sheet.rows), default=0),
        }  # fmt: skip

    def _formats(self, styles: str) -> list[int]:
        """Return the number format of each cell style, and note the font size of those that wrap."""
        if not styles:
            return []
        root = parse(self._book.package.read(styles), styles, self._file)
        sizes = [float(one.get("val", "11")) if (one := font.find(f"{S}sz")) is not None else 11.0
                 for font in root.iterfind(f"{S}fonts/{S}font")]  # fmt: skip
        formats: list[int] = []
        for number, item in enumerate(root.iterfind(f"{S}cellXfs/{S}xf")):
            formats.append(int(item.get("numFmtId") or 0))
            alignment = item.find(f"{S}alignment")
            if alignment is not None and alignment.get("wrapText") in {"1", "true"}:
                font = int(item.get("fontId") or 0)
                self._wrapping[number] = sizes[font] if font < len(sizes) else 11.0
        return formats

    def _strings(self) -> str:
        """Return the shared strings without the tagged ones, which are written into their cells; empty if unchanged."""
        root = self._book.strings_root
        if root is None:
            return ""
        changed = False
        for item in self._book.strings:
            if tags_in("".join(str(text) for text in item.itertext())):
                changed = True
                for child in list(item):
                    item.remove(child)
                item.append(item.makeelement(f"{S}t", {}))
        return text_of(root) if changed else ""

    def _active(self) -> int:
        view = self._book.root.find(f"{S}bookViews/{S}workbookView")
        return int(view.get("activeTab", "0")) if view is not None else 0


_BEFORE_NAMES = (f"{S}sheets", f"{S}functionGroups", f"{S}externalReferences")
_AFTER_CALC = (
    "oleSize", "customWorkbookViews", "pivotCaches", "smartTagPr", "smartTagTypes", "webPublishing", "fileRecoveryPr",
    "webPublishObjects", "extLst",
)  # fmt: skip


def _only_mark(element: Element, mark: str) -> Element:
    made = element.makeelement(element.tag, {}, {"r": R.strip("{}")})
    made.text = mark
    made.tail = element.tail
    return made
