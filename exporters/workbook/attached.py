"""Parts that belong to a sheet: drawings, charts, notes, tables, with bound texts and rows that move."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

from exporters.binding.program import Weaver
from exporters.binding.weave import Dialect, Places, TreeWeaver, weave_text
from exporters.charts.drawingml import DRAWINGML, C
from exporters.errors import Fault, TemplateError
from exporters.package import rt
from exporters.workbook import markup
from exporters.workbook.around import replace
from exporters.workbook.reading import BookDraft, SheetDraft, tags_in
from exporters.workbook.records import Records
from exporters.workbook.references import parse_range
from exporters.workbook.xmltree import Element, S, parse, text_of

_THREADED = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"
_XDR = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_VML_EXCEL = "{urn:schemas-microsoft-com:office:excel}"
_CX = "{http://schemas.microsoft.com/office/drawing/2014/chartex}"
# Parts that each copy of a repeated sheet needs for itself; all others can be shared.
COPIED = frozenset((
    rt.DRAWING, rt.CHART, rt.CHART_EX, rt.CHART_STYLE, rt.CHART_COLORS, rt.CHART_USER_SHAPES, rt.COMMENTS,
    rt.VML_DRAWING, rt.TABLE, _THREADED,
))  # fmt: skip
_NOT_REPEATED = {
    rt.PIVOT_TABLE: "a pivot table",
    "http://schemas.microsoft.com/office/2007/relationships/slicer": "a slicer",
    "http://schemas.microsoft.com/office/2011/relationships/timeline": "a timeline",
}
_NOTES = Dialect(
    paragraph=f"{S}text", run=f"{S}r", run_properties=f"{S}rPr", text=f"{S}t", table=f"{S}none", row=f"{S}none",
    cell=f"{S}none", silent=frozenset((f"{S}rPh", f"{S}phoneticPr")), empty_paragraph="", containers=frozenset(),
    heads=frozenset(), keeps_space=True,
)  # fmt: skip


class Attached(Struct):
    """A part that hangs on a sheet. ``source`` is its program text, None where it is carried as it is."""

    name: str
    relations: list[list[Any]] = field(default_factory=list)
    source: str | None = None
    tagged: bool = False


def relations_of(book: BookDraft, part: str) -> list[list[Any]]:
    """Return [id, type, target, external] of a part's relationships, targets as stored part names."""
    found: list[list[Any]] = []
    relationships = book.package.relationships(part)
    for item in relationships:
        target = item.target
        if not item.external:
            target = relationships.target(item)
            target = book.package.stored_name(target) if target in book.package else target
        found.append([item.id, item.type, target, item.external])
    return found


def weave_attached(book: BookDraft, sheet: SheetDraft, records: Records) -> list[Attached]:
    """Return the parts that belong to *sheet*, each with its program text where data or rows change it."""
    found: list[Attached] = []
    seen: set[str] = set()

    def visit(part: str) -> None:
        for _, kind, target, external in relations_of(book, part):
            if external or target in seen or target not in book.package:
                continue
            if sheet.repeats and kind in _NOT_REPEATED:
                message = f"a sheet with {_NOT_REPEATED[kind]} cannot be repeated"
                book.faults.append(Fault("repeated-sheet", message, where=sheet.place))
            if kind in COPIED or kind == rt.PIVOT_TABLE:
                seen.add(target)
                found.append(_attached(book, sheet, kind, target, records))
                visit(target)

    visit(sheet.part)
    return found


def _attached(book: BookDraft, sheet: SheetDraft, kind: str, part: str, records: Records) -> Attached:
    item = Attached(part, relations_of(book, part))
    data = book.package.read(part)
    tagged = b"{" in data
    if kind in {rt.CHART, rt.CHART_EX}:
        root = parse(data, part, book.file)
        item.tagged = tagged and _has_tags(root)
        if _chart(root, book, sheet, records) or item.tagged:
            _texts(root, f"{sheet.place}, chart, ", records)
            item.source = text_of(root)
        return item
    weaves = {
        rt.DRAWING: _drawing, rt.COMMENTS: _comments, rt.TABLE: _table, _THREADED: _threaded, rt.PIVOT_TABLE: _pivot,
        rt.VML_DRAWING: _vml,
    }  # fmt: skip
    if kind in weaves and (tagged or sheet.moves or sheet.repeats):
        try:
            root = parse(data, part, book.file)
        except TemplateError:
            if kind != rt.VML_DRAWING:
                raise
            # Old VML need not be XML; it is then carried as it is, and only a note's frame may stand too high.
            return item
        item.tagged = tagged and _has_tags(root)
        if item.tagged or sheet.moves or kind == rt.TABLE:
            weaves[kind](root, sheet, records)
            item.source = text_of(root)
    return item


def _has_tags(root: Element) -> bool:
    if tags_in("".join(str(text) for text in root.itertext())):
        return True
    return any(tags_in(str(value)) for element in root.iter() for value in element.attrib.values())


def _texts(root: Element, prefix: str, records: Records, dialect: Dialect = DRAWINGML) -> None:
    TreeWeaver(dialect, records.weaver, records.faults).weave(root, Places(root, dialect, prefix))


def _chart(root: Element, book: BookDraft, sheet: SheetDraft, records: Records) -> bool:
    """Bind a chart's references and the values cached with them; return whether they look at data."""
    changes = False
    for formula in [*root.iter(f"{C}f"), *root.iter(f"{_CX}f")]:
        before = len(records.links.all)
        text = records.formula(formula.text or "", sheet, f"{sheet.place}, chart")
        linked = records.links.all[before:]
        if not any(book.sheets[link.sheet].changes for link in linked):
            continue
        changes = True
        formula.text = text
        holder = formula.getparent()
        assert holder is not None
        if formula.tag != f"{C}f":
            continue
        for number, link in enumerate(linked, before):
            link.reference.grows = True
            records.links.keep(number, late=True)
        _cache(formula, holder, before if len(linked) == 1 else -1, records)
    return changes


def _cache(formula: Element, holder: Element, number: int, records: Records) -> None:
    code = ""
    for old in holder.findall("*"):
        if old.tag in {f"{C}numCache", f"{C}strCache", f"{C}multiLvlStrCache"}:
            code = old.findtext(f"{C}formatCode") or code
            holder.remove(old)
    kind = {f"{C}numRef": "num", f"{C}strRef": "str"}.get(str(holder.tag), "")
    if number < 0 or not kind:
        return
    prefix = f"{holder.prefix}:" if holder.prefix else ""
    parent = holder.getparent()
    if parent is not None and parent.tag == f"{C}cat":
        # Whether categories are texts or numbers shows only in the data.
        replace(holder, parent, records.mark(markup.CACHE, [number, "cat", code, prefix, formula.text]))
    else:
        formula.tail = records.mark(markup.CACHE, [number, kind, code, prefix, ""]) + (formula.tail or "")


def _drawing(root: Element, sheet: SheetDraft, records: Records) -> None:
    for anchor in root:
        if not isinstance(anchor.tag, str):
            continue
        start = anchor.find(f"{_XDR}from/{_XDR}row")
        end = anchor.find(f"{_XDR}to/{_XDR}row")
        if start is not None and sheet.moves:
            first = int(start.text or "0")
            start.text = records.mark(markup.ANCHOR_ROW, [first, 0])
            if end is not None:
                # A drawing keeps its size: what grows under it would else stretch it over all the rows.
                end.text = records.mark(markup.ANCHOR_ROW, [first, int(end.text or "0") - first])
    prefix = f"{sheet.place}, drawing, "
    _texts(root, prefix, records)


def _comments(root: Element, sheet: SheetDraft, records: Records) -> None:
    for comment in root.iter(f"{S}comment"):
        place = f"{sheet.place}, note at {comment.get('ref')}"
        plain = comment.find(f"{S}text/{S}t")
        if plain is not None and tags_in(plain.text or ""):
            plain.text = weave_text(plain.text or "", place, records.weaver, records.faults)
        comment.set("ref", records.cell(comment.get("ref", "")))
    _texts(root, f"{sheet.place}, notes, ", records, _NOTES)


def _threaded(root: Element, sheet: SheetDraft, records: Records) -> None:
    for comment in root:
        if comment.get("ref"):
            comment.set("ref", records.cell(comment.get("ref", "")))
    _plain(root, f"{sheet.place}, comments", records.weaver, records.faults)


def _plain(root: Element, place: str, weaver: Weaver, faults: list[Fault]) -> None:
    for element in root.iter():
        if isinstance(element.tag, str) and element.text and tags_in(element.text):
            element.text = weave_text(element.text, place, weaver, faults)


def _pivot(root: Element, sheet: SheetDraft, records: Records) -> None:
    for location in root.iter(f"{S}location"):
        location.set("ref", records.ranges(location.get("ref", "")))


def _vml(root: Element, sheet: SheetDraft, records: Records) -> None:
    for data in root.iter(f"{_VML_EXCEL}ClientData"):
        row = data.find(f"{_VML_EXCEL}Row")
        anchor = data.find(f"{_VML_EXCEL}Anchor")
        parts = [part.strip() for part in (anchor.text or "").split(",")] if anchor is not None else []
        at = int(row.text or "0") if row is not None else (int(parts[2]) if len(parts) == 8 else 0)
        if row is not None:
            row.text = records.mark(markup.ANCHOR_ROW, [at, 0])
        if anchor is not None and len(parts) == 8:
            parts[2] = records.mark(markup.ANCHOR_ROW, [at, int(parts[2]) - at])
            parts[6] = records.mark(markup.ANCHOR_ROW, [at, int(parts[6]) - at])
            anchor.text = ", ".join(parts)


def _table(root: Element, sheet: SheetDraft, records: Records) -> None:
    place = f"{sheet.place}, table {root.get('displayName')}"
    area = parse_range(root.get("ref", ""))
    if area is not None:
        top = area.top + int(root.get("headerRowCount", "1"))
        bottom = area.bottom - int(root.get("totalsRowCount", "0"))
        records.links.need(sheet, top, bottom)
        columns = root.findall(f"{S}tableColumns/{S}tableColumn")
        for column in columns:
            name = column.get("name", "")
            if tags_in(name):
                column.set("name", weave_text(name, place, records.weaver, records.faults))
            for child in ("calculatedColumnFormula", "totalsRowFormula"):
                formula = column.find(f"{S}{child}")
                if formula is not None and formula.text:
                    anchor = (top, bottom) if child == "calculatedColumnFormula" else (area.bottom, area.bottom)
                    formula.text = records.formula(formula.text, sheet, place, anchor)
    for element in root.iter(f"{S}table", f"{S}autoFilter", f"{S}sortState", f"{S}sortCondition"):
        if element.get("ref"):
            element.set("ref", records.ranges(element.get("ref", "")))
    root.set("id", records.mark(markup.TABLE_ID, root.get("id", "1")))
    for name in ("name", "displayName"):
        if root.get(name):
            root.set(name, records.mark(markup.TABLE_NAME, root.get(name, "")))
