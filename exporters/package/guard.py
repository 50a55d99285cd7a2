"""The guard: what is hostile, broken or too large is refused before any library opens a file.

It reads the directory, the content types, the relationships and the first bytes of each part; only worksheets
and embedded packages are inflated. Every refusal names its part; all that can be told at once are told at once.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from exporters.errors import Fault, PackageError
from exporters.package import ct, rt
from exporters.package.content_types import NAME as CONTENT_TYPES
from exporters.package.content_types import ContentTypes
from exporters.package.dde import dde_fault
from exporters.package.directory import CFB_MAGIC, Directory, FileBytes, Member, read_directory
from exporters.package.limits import DEFAULT, Limits
from exporters.package.names import fold_name
from exporters.package.prolog import prolog_fault
from exporters.package.relationships import Relationships, source_name

_MACRO_WORDS = ("vbaproject", "vbadata", "macroenabled", "macrosheet", "activex", "attachedtoolbars")
_MACRO_RELATIONS = ("vbaproject", "vbadata", "macrosheet", "attachedtoolbars", "/control")
_TELLING = (b"external", b"&#", b"vbaproject", b"vbadata", b"macrosheet", b"attachedtoolbars", b"/control")
_VBA_STREAM = "_VBA_PROJECT".encode("utf-16-le")
_WITH_FORMULAS = (ct.WORKBOOK, ct.WORKBOOK_TEMPLATE, ct.EXTERNAL_LINK)
_PEEK = 128
_PEEK_MORE = 1 << 16
_MACRO_HINT = "save a copy as .docx, .pptx or .xlsx without macros"


# What was found sound, by its digest and depth, and what it counts: the editions of a deck share most of the workbooks
# behind its charts, and a build opens an edited file for its stamp first and for the merge later.
_SOUND: dict[tuple[bytes, Limits, int], tuple[int, int]] = {}
_MOST = 4096


class _Totals:
    """Members and bytes over a package and all packages inside it."""

    __slots__ = ("members", "size")

    def __init__(self) -> None:
        self.members = 0
        self.size = 0

    def takes(self, members: int, size: int, limits: Limits) -> bool:
        """Count so many more, if the limits allow them; return whether they do."""
        if self.members + members > limits.members or self.size + size > limits.total_size:
            return False
        self.members, self.size = self.members + members, self.size + size
        return True


def guard_file(source: Path | str | bytes, *, name: str = "", limits: Limits = DEFAULT) -> Directory:
    """Check a file, or a file's bytes, and return its directory.

    Raises PackageError with every fault found; *name* is what the faults call the file.
    """
    file = name or ("" if isinstance(source, bytes) else Path(source).name)
    data = FileBytes(source, file, limits)
    seen = (hashlib.sha256(source).digest(), limits, 0) if isinstance(source, bytes) else None
    try:
        if seen in _SOUND:
            return read_directory(data, file, limits)
        totals = _Totals()
        found = _check(data, file, limits, 0, totals)
        if seen is not None:
            _remember(seen, totals.members, totals.size)
        return found
    except BaseException:
        data.close()
        raise


def _remember(seen: tuple[bytes, Limits, int], members: int, size: int) -> None:
    if len(_SOUND) >= _MOST:
        _SOUND.clear()
    _SOUND[seen] = members, size


def _check(data: FileBytes, file: str, limits: Limits, depth: int, totals: _Totals) -> Directory:
    directory = read_directory(data, file, limits)
    members = directory.members
    totals.members += len(members)
    totals.size += sum(member.size for member in members.values())
    if totals.members > limits.members:
        raise directory.fault("too-many-members", f"with embedded packages it has more than {limits.members:,} members")
    if totals.size > limits.total_size:
        raise directory.fault(
            "package-too-large", f"with embedded packages it inflates to more than {limits.total_size:,} bytes"
        )
    faults: list[Fault] = []
    types = _content_types(directory, limits, faults)
    for member in members.values():
        _check_part(directory, member, types, limits, depth, totals, faults)
    if faults:
        raise PackageError(faults)
    return directory


def _content_types(directory: Directory, limits: Limits, faults: list[Fault]) -> ContentTypes:
    found = directory.members.get(CONTENT_TYPES)
    if found is None:
        found = {fold_name(key): value for key, value in directory.members.items()}.get(CONTENT_TYPES.lower())
    if found is None:
        raise directory.fault("not-a-package", "the file is a zip but not an Office file (.docx, .pptx, .xlsx)")
    data = directory.read(found)
    wrong = prolog_fault(data, whole=True)
    if wrong:
        raise directory.fault(*wrong, CONTENT_TYPES)
    try:
        types = ContentTypes.parse(data)
    except ValueError as error:
        raise directory.fault("broken-xml", str(error), CONTENT_TYPES) from None
    if not limits.macros:
        listed = [(f"part {part}", kind) for part, kind in types.overrides.items()]
        listed += [(f"extension .{extension}", kind) for extension, kind in types.defaults.items()]
        for where, kind in listed:
            folded = kind.lower()
            if any(word in folded for word in _MACRO_WORDS):
                faults.append(
                    Fault(
                        "macros",
                        f"it holds macros or controls ({kind.rpartition('.')[2]})",
                        directory.file,
                        where,
                        _MACRO_HINT,
                    )
                )
    return types


def _check_part(
    directory: Directory,
    member: Member,
    types: ContentTypes,
    limits: Limits,
    depth: int,
    totals: _Totals,
    faults: list[Fault],
) -> None:
    name = member.name
    if name.endswith(".rels"):
        _check_relationships(directory, member, types, limits, faults)
        return
    head = directory.peek(member, _PEEK)
    if head[:4] == b"PK\x03\x04":
        _check_embedded(directory, member, limits, depth, totals, faults)
        return
    if head[:8] == CFB_MAGIC and not limits.macros and _VBA_STREAM in directory.read(member):
        faults.append(Fault("macros", "it holds a VBA project", directory.file, f"part {name}", _MACRO_HINT))
        return
    kind = types.of(name) or ""
    if kind == "text/html" and name.endswith((".htm", ".html")):
        return
    wrong = prolog_fault(head)
    if wrong and wrong[0] == "prolog-unfinished":
        wrong = prolog_fault(directory.peek(member, _PEEK_MORE), whole=True)
    if wrong:
        faults.append(Fault(wrong[0], wrong[1], directory.file, f"part {name}"))
    elif kind == ct.WORKSHEET:
        from exporters.package.farcells import sheet_fault

        data = directory.read(member)
        told = sheet_fault(data, limits)
        if told:
            faults.append(Fault("far-cells", told, directory.file, f"part {name}"))
        _check_formulas(data, directory, name, faults)
    elif kind in _WITH_FORMULAS:
        _check_formulas(directory.read(member), directory, name, faults)


def _check_formulas(data: bytes, directory: Directory, name: str, faults: list[Fault]) -> None:
    told = dde_fault(data)
    if told:
        faults.append(Fault("dde", told, directory.file, f"part {name}", "write the value itself"))


def _check_embedded(
    directory: Directory, member: Member, limits: Limits, depth: int, totals: _Totals, faults: list[Fault]
) -> None:
    if depth >= limits.depth:
        faults.append(
            Fault(
                "nested-too-deep",
                f"packages lie more than {limits.depth} deep inside each other",
                directory.file,
                f"part {member.name}",
            )
        )
        return
    inside, data = f"{directory.file}!{member.name}", directory.read(member)
    seen = hashlib.sha256(data).digest(), limits, depth + 1
    known = _SOUND.get(seen)
    if known is not None and totals.takes(*known, limits):
        return
    members, size = totals.members, totals.size
    try:
        _check(FileBytes(data, inside, limits), inside, limits, depth + 1, totals)
        _remember(seen, totals.members - members, totals.size - size)
    except PackageError as error:
        # A plain zip that Office never opens as a package is only carried.
        if error.faults[0].code != "not-a-package":
            faults.extend(error.faults)


def _check_relationships(
    directory: Directory, member: Member, types: ContentTypes, limits: Limits, faults: list[Fault]
) -> None:
    data = directory.read(member)
    wrong = prolog_fault(data, whole=True)
    if wrong:
        faults.append(Fault(wrong[0], wrong[1], directory.file, f"part {member.name}"))
        return
    # Escapes cannot hide a word: a part that holds one is read by the parser as well.
    folded = data.lower()
    if not any(word in folded for word in _TELLING) and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return
    try:
        relationships = Relationships.parse(source_name(member.name), data)
    except ValueError as error:
        faults.append(Fault("broken-xml", str(error), directory.file, f"part {member.name}"))
        return
    where = f"part {relationships.source or 'package'}"
    links = limits.linked_books and types.of(relationships.source) == ct.EXTERNAL_LINK
    for item in relationships:
        kind = item.type.rpartition("/")[2]
        if item.external and item.type not in limits.external_types and not (links and kind in rt.LINKED_BOOKS):
            message = f"it links to {item.target[:200]!r} outside the file ({kind})"
            hint = "break the link or embed what it leads to"
            faults.append(Fault("external-target", message, directory.file, where, hint))
        elif not limits.macros and item.type.lower().endswith(_MACRO_RELATIONS):
            faults.append(Fault("macros", f"it holds macros or controls ({kind})", directory.file, where, _MACRO_HINT))
