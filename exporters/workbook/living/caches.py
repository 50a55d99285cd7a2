"""What a workbook keeps of formulas' results: values in cells and in charts, renewed after a patch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from exporters.package import ct, rt
from exporters.workbook.formula.named import definitions
from exporters.workbook.formula.tokens import tokens
from exporters.workbook.formula.values import Error, Scalar, general
from exporters.workbook.living.book import Book, SheetEntry, Table, read_table
from exporters.workbook.living.recalculating import Place, Recalculation, with_values
from exporters.workbook.living.sheet import Sheet, read_sheet
from exporters.workbook.living.spans import Span, Splices, escaped, parse, prefix_of, utf8
from exporters.workbook.references import Range, parse_range

if TYPE_CHECKING:
    from exporters.workbook.living.packing import Changes
    from exporters.workbook.living.writing import SheetEdit

_BEHIND_CALCULATION = frozenset((
    "oleSize", "customWorkbookViews", "pivotCaches", "smartTagPr", "smartTagTypes", "webPublishing", "fileRecoveryPr",
    "webPublishObjects", "extLst",
))  # fmt: skip


def renew(book: Book, changes: Changes, edits: Iterable[SheetEdit], lifted: Sequence[SheetEntry] = ()) -> None:
    """Work out what depends on the changed cells; Excel is asked to work out what cannot be worked out here."""
    changed: list[Place] = [
        (edit.entry.name.casefold(), row, column) for edit in edits for column, row in sorted(edit.touched)
    ]
    types = book.package.content_types
    if not (changed or lifted or any(types.of(part) == ct.CHART for part in changes.parts)):
        return
    sheets: dict[str, Sheet] = {}
    for entry in (*book.entries, *lifted):
        data = changes.parts.get(entry.part)
        changed_sheet = read_sheet(entry.part, data, book.known) if data is not None else None
        sheets[entry.name] = changed_sheet or book.sheet(entry.part)
    for entry in lifted:
        changed += ((entry.name.casefold(), cell.row, cell.column) for cell in sheets[entry.name].cells())
    state = Recalculation(sheets, _tables(book, changes), _names(book, changes), book.strings)
    unknown = state.blind
    folded = {name.casefold(): name for name in sheets}
    for name, values in state.run(changed).items():
        sheet = sheets[folded[name]]
        data = with_values(sheet, values)
        if data != sheet.data:
            changes.set(sheet.part, data)
        unknown |= any(value is None for value in values.values())
    _charts(book, changes, state, folded)
    _pivots(book, changes)
    if unknown:
        _ask_for_calculation(book, changes)


def _tables(book: Book, changes: Changes) -> Iterable[Table]:
    for table in book.tables:
        data = changes.parts.get(table.part)
        moved = read_table(table.part, table.sheet, data) if data is not None else None
        yield moved or table


def _names(book: Book, changes: Changes) -> dict[str, str]:
    return defined_names(parse(changes.parts[book.part]) if book.part in changes.parts else book.root)


def defined_names(root: Span) -> dict[str, str]:
    """Return what the names (without case) that the workbook's root defines stand for, as a piece of a formula."""
    named = [one for holder in root.all("definedNames") for one in holder.all("definedName")]
    found = definitions((one.get("name"), one.text) for one in named if not one.get("localSheetId"))
    return {name: text if len(list(tokens(text))) == 1 else f"({text})" for name, text in found.items()}


def _ask_for_calculation(book: Book, changes: Changes) -> None:
    data = changes.parts.get(book.part, book.data)
    root = parse(data)
    splices = Splices(data)
    settings = root.child("calcPr")
    if settings is not None:
        splices.attribute(settings, "fullCalcOnLoad", "1")
    else:
        xml = f'<{prefix_of(data, root)}calcPr fullCalcOnLoad="1"/>'
        following = next((child for child in root.children if child.name in _BEHIND_CALCULATION), None)
        splices.insert(following.start if following is not None else root.closed, xml)
    changes.set(book.part, splices.result())


def _pivots(book: Book, changes: Changes) -> None:
    """Have pivot tables over this workbook's cells worked out anew when it is opened: they keep a copy of these."""
    for part in book.targets(book.part, rt.PIVOT_CACHE):
        data = changes.parts.get(part) or utf8(book.package.read(part))
        try:
            root = parse(data)
        except ValueError:
            continue
        if any(one.name == "worksheetSource" for one in root.walk()) and root.get("refreshOnLoad") not in {"1", "true"}:
            splices = Splices(data)
            splices.attribute(root, "refreshOnLoad", "1")
            changes.set(part, splices.result())


# --- charts ------------------------------------------------------------------------------------------------------


def _charts(book: Book, changes: Changes, state: Recalculation, folded: dict[str, str]) -> None:
    for part in book.package.names():
        if book.package.content_types.of(part) != ct.CHART:
            continue
        data = changes.parts.get(part)
        data = utf8(book.package.read(part)) if data is None else data
        try:
            root = parse(data)
        except ValueError:
            continue
        splices = Splices(data)
        for one in root.walk():
            if one.name in {"numRef", "strRef"}:
                _renew_reference(one, splices, data, state, folded)
        if splices:
            changes.set(part, splices.result())


def _renew_reference(
    reference: Span, splices: Splices, data: bytes, state: Recalculation, folded: dict[str, str]
) -> None:
    formula = reference.child("f")
    cache = reference.child("numCache") or reference.child("strCache")
    found = _area(formula.text) if formula is not None else None
    if cache is None or found is None or found[0].casefold() not in folded:
        return
    sheet, area = found
    values = list(state.area(sheet.casefold(), *area))
    shown = [_shown(value, cache.name == "numCache") for value in values]
    if area.right == area.left and len(shown) < area.bottom - area.top + 1:
        shown += [""] * (area.bottom - area.top + 1 - len(shown))
    told = ((one.get("idx"), "".join(v.text for v in one.all("v"))) for one in cache.all("pt"))
    now = {index: text for index, text in told if text}
    new = {str(index): text for index, text in enumerate(shown) if text}
    count = cache.child("ptCount")
    if _equal(now, new) and (count is None or count.get("val") == str(len(shown))):
        return
    prefix = prefix_of(data, cache)
    points = "".join(
        f'<{prefix}pt idx="{index}"><{prefix}v>{escaped(text)}</{prefix}v></{prefix}pt>' for index, text in new.items()
    )
    code = cache.child("formatCode")
    head = data[code.start : code.end].decode() if code is not None else ""
    inside = f'{head}<{prefix}ptCount val="{len(shown)}"/>{points}'
    if cache.empty:
        splices.append(cache, inside)
    else:
        splices.replace(cache.opened, cache.closed, inside)


def _equal(now: dict[str, str], new: dict[str, str]) -> bool:
    if now.keys() != new.keys():
        return False
    for index, text in now.items():
        if text == new[index]:
            continue
        try:
            if float(text) != float(new[index]):
                return False
        except ValueError:
            return False
    return True


def _area(formula: str) -> tuple[str, Range] | None:
    found = list(tokens(formula.strip().removeprefix("(").removesuffix(")")))
    if len(found) != 1 or found[0].kind != "ref" or not found[0].sheet:
        return None
    area = parse_range(found[0].area)
    return (found[0].sheet, area) if area is not None else None


def _shown(value: Scalar, number: bool) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, Error):
        return value.code
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float):
        return repr(value).removesuffix(".0") if number else general(value)
    return "" if number else str(value)
