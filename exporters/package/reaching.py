"""What in a file reaches out of it, or runs something: links, fields, formulas, actions, embedded objects, connections.

Nothing of it is ever followed here. Office does: some at a click, some when a field is updated, some when a file is
opened. The last two are errors, as is a link that runs a program; a template that holds one is not used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote

from lxml import etree
from msgspec.structs import replace

from exporters.errors import Fault, PackageError, Severity
from exporters.package import ct, rt
from exporters.package.dde import LONGEST, runs_a_program
from exporters.package.reader import Package

Element = etree._Element
Place = Callable[[Element], str]

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CALLING = re.compile(
    rb"instrText|fldSimple|hlink|yperlink|<\w*:?f[ >]|ormula|definedName|ole[Oo]bj|OLEObject|altChunk|imagedata|"
    rb"control|connection|ddeLink|mailMerge|webextension"
)
_SHOWN = 60
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
#: Fields that fetch from outside when they are updated, most of them at opening or printing.
_FETCHING = frozenset(
    ("DATABASE", "DDE", "DDEAUTO", "IMPORT", "INCLUDE", "INCLUDEPICTURE", "INCLUDETEXT", "LINK", "RD")
)
_RUNNING = frozenset(("DDE", "DDEAUTO"))
_REFERRING = re.compile(rb"\s*(?:PAGEREF|REF|NOTEREF|HYPERLINK|TOC) ")
"""How instructions begin that hold names: in those that end with a digest, hexadecimal, some digits are DDE."""
_ASKING = frozenset(("ADDIN", "ASK", "CONTROL", "EMBED", "FILLIN", "HTMLCONTROL"))
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_HARMLESS = frozenset(("http", "https", "mailto", "tel", "ftp"))
_PROGRAM = re.compile(r"\.(?:bat|cmd|com|cpl|exe|hta|jse?|lnk|msi|pif|ps1|scr|url|vb[es]?|ws[fh]?)(?:[?#]|$)", re.I)
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
_TEXT = re.compile(r'"(?:[^"]|"")*"')
_CALL = re.compile(
    r"(?<![\w.])(?:_xlfn\.|_xlws\.|_xlpm\.)*(WEBSERVICE|IMAGE|RTD|CALL|REGISTER(?:\.ID)?|EXEC|SQL\.REQUEST)\s*\(", re.I
)
_HYPERLINK = re.compile(r'(?<![\w.])HYPERLINK\s*\(\s*(?:"((?:[^"]|"")*)")?', re.I)
_OTHER_BOOK = re.compile(r"\[[1-9]\d*\][^\[\]!'\"()+\-*/,;:]*!|'[^']*\[[^\]']+\][^']*'!|'(?:https?|file):[^']*'!", re.I)
_FORMULAS = frozenset(
    ("f", "formula", "formula1", "formula2", "definedName", "calculatedColumnFormula", "totalsRowFormula")
)
_ACTIONS = frozenset(("hlinkClick", "hlinkHover", "hlinkMouseOver"))
_OBJECTS = {
    "oleObj": "an embedded object", "OLEObject": "an embedded object", "oleObject": "an embedded object",
    "control": "a control", "altChunk": "an embedded document that Office converts", "webextension": "an add-in",
}  # fmt: skip
_PARTS = (".xml", ".vml")
_STORIES = frozenset((ct.DOCUMENT, ct.WORD_HEADER, ct.WORD_FOOTER))
#: Stands for a field inside another's instruction.
_INNER = "\x00"


def reaches(package: Package, placed: Callable[[str, Element], Place]) -> list[Fault]:
    """Return what reaches out of a file, each with its place; ``placed(part, root)`` says places of a part's elements.

    Links that people follow are advice; what leads to files or asks its reader something, warnings; what fetches or
    runs without a click, and links that run something, errors.
    """
    found: list[Fault] = []
    for part in package.names():
        if not part.endswith(_PARTS):
            continue
        links = {item.id: item.target for item in package.relationships(part) if item.external}
        data = package.read(part)
        if not links and not _CALLING.search(data):
            continue
        root = etree.fromstring(data, _PARSER)
        where = placed(part, root)
        found += _of_links(root, links, where)
        found += _of_elements(root, where)
        if b"instr" in data:
            found += _of_fields(root, where)
    return list(dict.fromkeys(found))


def linked_books(package: Package) -> list[str]:
    """Return the addresses of the other workbooks that formulas take values from."""
    parts = (part for part in package.names() if package.content_types.of(part) == ct.EXTERNAL_LINK)
    found = (item for part in parts for item in package.relationships(part) if item.external)
    return list(dict.fromkeys(item.target for item in found if item.type.rpartition("/")[2] in rt.LINKED_BOOKS))


def refuse_running(package: Package) -> None:
    """Raise PackageError where a document that came back from people holds a field that runs a program (DDE)."""
    faults: list[Fault] = []
    for part in package.names():
        data = package.read(part) if package.content_types.of(part) in _STORIES else b""
        if b"DDE" in b"".join(code for code in _codes(data) if not _REFERRING.match(code)).upper():
            root = etree.fromstring(data, _PARSER)
            told = _of_fields(root, lambda _, part=part: f"part {part}")  # type: ignore[misc]
            faults += [replace(fault, file=package.file) for fault in told if fault.mark in _RUNNING]
    if faults:
        raise PackageError(faults)


def _codes(data: bytes) -> Iterator[bytes]:
    """Yield the instructions of fields, piece by piece."""
    for mark, opened, closed in ((b":instrText", b">", b"<"), (b":fldSimple ", b" ", b">")):
        at = data.find(mark)
        while at >= 0:
            start = data.find(opened, at) + 1
            end = data.find(closed, start)
            yield data[start : end if end >= 0 else None]
            at = data.find(mark, max(end, start))


# --- links -----------------------------------------------------------------------------------------------------------


def _of_links(root: Element, links: dict[str, str], where: Place) -> Iterator[Fault]:
    unplaced = dict(links)
    for element in root.iter(etree.Element) if links else ():
        for name, value in element.attrib.items():
            if str(name).startswith(_R) and value in links:
                unplaced.pop(str(value), None)
                yield _related(links[str(value)], where(element))
    for target in unplaced.values():
        yield _related(target, where(root))


def _related(target: str, where: str) -> Fault:
    """Tell a link whose address is no text of its part: no tag is filled in there. Editors write its braces as %7B."""
    address = unquote(target)
    tag = _TAG.search(address)
    if tag is None:
        return _link(target, where)
    hint = "type it into a HYPERLINK field (Word) or the function HYPERLINK (Excel)"
    message = f"a tag in a link's address is not filled in: {_short(address)}"
    return Fault("link-tag", message, "", where, hint, "error", address, tag[0])


def _link(target: str, where: str) -> Fault:
    """Tell a link that people follow by a click."""
    shown = _short(target)
    plain = "".join(char for char in target if char > " ").replace("\\", "/")
    scheme = _SCHEME.match(plain)
    kind = scheme[1].lower() if scheme is not None else ""
    if kind and kind not in _HARMLESS and len(kind) > 1 and kind != "file":
        hint = "remove the link: it is no address of a page"
        return Fault("link", f"a link to {shown} runs a program", "", where, hint, "error", target, target)
    if kind in _HARMLESS or plain.startswith(("#", "{{")):
        return Fault("link", f"a link leads to {shown}", "", where, "", "advice")
    hint = "readers may not have that file; over a share, their names and passwords can be read"
    severity: Severity = "error" if _PROGRAM.search(plain) else "warning"
    return Fault("link", f"a link leads to the file {shown}", "", where, hint, severity)


# --- elements --------------------------------------------------------------------------------------------------------


def _of_elements(root: Element, where: Place) -> Iterator[Fault]:
    for element in root.iter(etree.Element):
        name = etree.QName(element).localname
        if name in _FORMULAS:
            yield from _of_formula("".join(map(str, element.itertext())), where(element))
        elif name in _ACTIONS:
            yield from _of_action(element.get("action", ""), where(element))
        elif name in _OBJECTS:
            hint = "paste it as a picture, if nobody has to open it"
            yield Fault("embedded-object", f"{_OBJECTS[name]} stands here", "", where(element), hint, "warning")
        elif name in {"imagedata", "fill", "stroke"}:
            yield from _of_picture(element, where)
        elif name == "connection":
            message = f"the workbook takes data from a connection ({_short(element.get('name', ''))})"
            severity: Severity = "error" if element.get("refreshOnLoad") in {"1", "true"} else "warning"
            yield Fault("connection", message, "", where(element), "remove it (Data, Queries & Connections)", severity)
        elif name == "ddeLink":
            message = f"it takes values from the program {_short(element.get('ddeService', ''))} (DDE)"
            yield Fault("dde", message, "", where(element), "break the link (Data, Edit Links)")
        elif name == "mailMerge":
            hint = "Mailings, Start Mail Merge, Normal Word Document"
            yield Fault("connection", "the document is a mail merge and asks for its data", "", where(element), hint,
                        "error" if element.find(f"{_W}connectString") is not None else "warning")  # fmt: skip


def _of_picture(element: Element, where: Place) -> Iterator[Fault]:
    for name, value in element.attrib.items():
        if etree.QName(name).localname in {"src", "href", "althref"} and _SCHEME.match(str(value).strip()):
            hint = "insert the picture itself"
            yield Fault("linked-picture", f"a picture is fetched from {_short(str(value))}", "", where(element), hint)


def _of_action(action: str, where: str) -> Iterator[Fault]:
    kind = action.removeprefix("ppaction://").partition("?")[0].lower()
    if kind in {"program", "macro", "ole"}:
        what = {"program": "a program", "macro": "a macro", "ole": "an embedded object"}[kind]
        yield Fault("action", f"a click here runs {what}", "", where, "remove the action (Insert, Action)")
    elif kind == "hlinkfile":
        yield Fault("action", "a click here opens a file", "", where, "", "warning")


# --- formulas --------------------------------------------------------------------------------------------------------


def _of_formula(formula: str, where: str) -> Iterator[Fault]:
    if "(" not in formula and "!" not in formula:
        return
    formula = formula[:LONGEST]
    code = _TEXT.sub('""', formula)
    if runs_a_program(formula):
        message = f"the formula ={_short(formula)} runs a program (DDE)"
        yield Fault("dde", message, "", where, "write the value itself", "error", formula, formula)
    if _OTHER_BOOK.search(code):
        message = f"the formula ={_short(formula)} takes values from another file"
        yield Fault("formula", message, "", where, "bring the values into this workbook", "error", formula, formula)
    for call in _CALL.finditer(code):
        message = f"the formula calls {call[1].upper()}, which fetches from outside or runs a program"
        yield Fault("formula", message, "", where, "write the value itself", "error", formula, call[1])
    for call in _HYPERLINK.finditer(formula):
        target = (call[1] or "").replace('""', '"')
        if not target.startswith("#"):
            yield _link(target, where) if target else Fault("link", "a formula makes a link", "", where, "", "advice")


# --- fields ----------------------------------------------------------------------------------------------------------


def _of_fields(root: Element, where: Place) -> Iterator[Fault]:
    for simple in root.iter(f"{_W}fldSimple"):
        yield from _of_code(simple.get(f"{_W}instr", ""), where(simple))
    stack: list[tuple[Element, list[str], list[bool]]] = []
    for element in root.iter(f"{_W}fldChar", f"{_W}instrText", f"{_W}delInstrText"):
        kind = element.get(f"{_W}fldCharType")
        if element.tag != f"{_W}fldChar":
            if stack and not stack[-1][2]:
                stack[-1][1].append(element.text or "")
        elif kind == "begin":
            if stack and not stack[-1][2]:
                stack[-1][1].append(_INNER)
            stack.append((element, [], []))
        elif kind == "separate" and stack:
            stack[-1][2].append(True)
        elif kind == "end" and stack:
            begin, codes, _ = stack.pop()
            yield from _of_code("".join(codes), where(begin))
    for begin, codes, _ in stack:
        yield from _of_code("".join(codes), where(begin))


def _of_code(code: str, where: str) -> Iterator[Fault]:
    words = code.replace(_INNER, f" {_INNER} ").split()
    name = words[0].strip('"').upper() if words else ""
    shown = _short(code.replace(_INNER, "{…}"))
    hint = "replace the field by what it shows (Ctrl+Shift+F9)"
    if name in _FETCHING:
        does = "runs a program" if name in _RUNNING else "fetches from outside the file"
        message = f"the field {{ {shown} }} {does}"
        yield Fault("field", message, "", where, hint, "error", code, name)
    elif name == _INNER or name.startswith("{{"):
        yield Fault("field", f"what the field {{ {shown} }} does is made up by another", "", where, hint, "error")
    elif name in _ASKING or (name == "MACROBUTTON" and words[1:2] and words[1].upper() != "NOMACRO"):
        message = f"the field {{ {shown} }} asks its reader or runs something"
        yield Fault("field", message, "", where, hint, "warning")
    elif name == "HYPERLINK":
        target = re.search(r'HYPERLINK\s+(?!\\)(?:"([^"]*)"|(\S+))', code, re.IGNORECASE)
        if target is not None:
            yield _link((target[1] or target[2]).replace("\\\\", "\\"), where)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
