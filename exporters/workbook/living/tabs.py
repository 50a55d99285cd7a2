"""Sheets under new names: every reference to one goes along, as in an office."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from exporters.package import rt
from exporters.workbook.formula.tokens import tokens
from exporters.workbook.living.book import Book
from exporters.workbook.living.packing import Changes
from exporters.workbook.living.spans import Span, Splices, parse, utf8
from exporters.workbook.references import quoted_sheet
from exporters.workbook.sheetnames import legal_name

TAB = "tab"
"""Ends the handle of a sheet's name."""
_FORMULAS = frozenset(("f", "formula", "formula1", "formula2", "calculatedColumnFormula", "totalsRowFormula",
                       "definedName"))  # fmt: skip
_ATTRIBUTES = frozenset(("location", "textlink"))


def rename(book: Book, changes: Changes, wanted: Mapping[str, str]) -> None:
    """Call sheets, by their parts, by other names; one that another sheet has gets a number."""
    names = _free(book, wanted)
    package = book.package
    for part in dict.fromkeys((*package.names(), *changes.parts)):
        if part in changes.dropped or part == book.strings_part or not part.endswith(".xml"):
            continue
        data = changes.parts.get(part) or utf8(package.read(part))
        try:
            root, splices = parse(data), Splices(data)
        except ValueError:
            # A part that is no XML cannot be shown by Excel either; it is carried as it is.
            continue
        for span in root.walk():
            _retell(span, splices, names)
        if splices:
            changes.set(part, splices.result())
    _tell_properties(book, changes, names)


def _free(book: Book, wanted: Mapping[str, str]) -> dict[str, str]:
    """Return old name -> new name, in the order of the sheets."""
    taken = {one.name.casefold() for one in book.entries if one.part not in wanted}
    return {one.name: legal_name(wanted[one.part], taken) for one in book.entries if one.part in wanted}


def _retell(span: Span, splices: Splices, names: Mapping[str, str]) -> None:
    if span.name == "sheet" and span.get("name") in names:
        splices.attribute(span, "name", names[span.get("name")])
    elif span.name == "worksheetSource" and span.get("sheet") in names:
        splices.attribute(span, "sheet", names[span.get("sheet")])
    elif span.name in _FORMULAS and span.text and not span.children:
        retold = formula(span.text, names)
        if retold != span.text:
            splices.text(span, retold)
    for name in _ATTRIBUTES & span.attributes.keys():
        retold = formula(span.get(name), names)
        if retold != span.get(name):
            splices.attribute(span, name, retold)


def formula(text: str, names: Mapping[str, str]) -> str:
    """Return a formula that speaks of sheets by their new names."""
    folded = {name.casefold(): new for name, new in names.items()}
    pieces: list[str] = []
    for token in tokens(text):
        ends = token.sheet.split(":") if token.kind == "ref" else []
        if any(end.casefold() in folded for end in ends):
            pieces.append(f"{quoted_sheet(':'.join(folded.get(end.casefold(), end) for end in ends))}!{token.area}")
        else:
            pieces.append(token.text)
    return "".join(pieces)


def _tell_properties(book: Book, changes: Changes, names: Mapping[str, str]) -> None:
    """Tell the names to the document's properties, which list them."""
    target = book.package.relationships().target_of_type(rt.EXTENDED_PROPERTIES)
    if target is None or target not in book.package:
        return
    part = book.package.stored_name(target)
    data = changes.parts.get(part) or utf8(book.package.read(part))
    root, splices = parse(data), Splices(data)
    for span in _titles(root):
        if span.text in names:
            splices.text(span, names[span.text])
    if splices:
        changes.set(part, splices.result())


def _titles(root: Span) -> Iterable[Span]:
    holders = (one for one in root.walk() if one.name == "TitlesOfParts")
    return (one for holder in holders for one in holder.walk() if one.name == "lpstr")
