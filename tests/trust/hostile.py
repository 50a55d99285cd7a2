"""The bad packages: each is a good file with one thing done to it that somebody could do. ``BAD`` names them all."""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field

TYPES = "[Content_Types].xml"
MAIN = {"word": "word/document.xml", "deck": "ppt/presentation.xml", "workbook": "xl/workbook.xml"}
ROOMS = tuple(MAIN)
_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_CFB = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DTD = '<?xml version="1.0" encoding="{}"?>\n<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
_LAUGHS = "<!DOCTYPE a [<!ENTITY a '" + "x" * 64 + "'>" + "".join(
    f"<!ENTITY {new} '{f'&{old};' * 10}'>" for old, new in zip("abcdefgh", "bcdefghi", strict=True)) + "]>"  # fmt: skip


@dataclass(frozen=True)
class Bad:
    """One way to be bad: ``make`` turns a good file of a room into it; one of ``codes`` says why it is refused."""

    name: str
    make: Callable[[bytes, str], bytes]
    codes: tuple[str, ...]
    rooms: tuple[str, ...] = ROOMS


BAD: list[Bad] = []


def bad(
    *codes: str, rooms: tuple[str, ...] = ROOMS, **cases: object
) -> Callable[[Callable[..., bytes]], Callable[..., bytes]]:
    """Enter a way to be bad, or one for each of *cases*, whose value is then its third argument."""

    def entered(make: Callable[..., bytes]) -> Callable[..., bytes]:
        name = make.__name__.strip("_").replace("_", "-")
        if not cases:
            BAD.append(Bad(name, make, codes, rooms))
        for case, value in cases.items():
            BAD.append(Bad(f"{name}:{case.replace('_', '-')}", _with(make, value), codes, rooms))
        return make

    return entered


def _with(make: Callable[..., bytes], value: object) -> Callable[[bytes, str], bytes]:
    return lambda good, room: make(good, room, value)


# -- tools


@dataclass
class Entries:
    """A package's members, to be changed and zipped again."""

    parts: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, data: bytes) -> Entries:
        with zipfile.ZipFile(io.BytesIO(data)) as source:
            return cls({name: source.read(name) for name in source.namelist()})

    def replace(self, part: str, pattern: bytes, new: bytes) -> Entries:
        content, done = re.subn(pattern, lambda _: new, self.parts[part], count=1, flags=re.DOTALL)
        assert done, (part, pattern)
        self.parts[part] = content
        return self

    def typed(self, part: str, kind: str, content: bytes) -> Entries:
        self.parts[part] = content
        override = f'<Override PartName="/{part}" ContentType="{kind}"/></Types>'
        return self.replace(TYPES, b"</Types>", override.encode())

    def related(self, room: str, rel_type: str, target: str, mode: str = "") -> Entries:
        folder, _, base = MAIN[room].rpartition("/")
        item = f'<Relationship Id="rIdBad" Type="{rel_type}" Target="{target}"{mode}/></Relationships>'
        return self.replace(f"{folder}/_rels/{base}.rels", b"</Relationships>", item.encode())

    def zipped(self, *more: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
        import warnings

        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", method) as target, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for name, content in (*self.parts.items(), *more):
                target.writestr(name, content, compress_type=method)
        return out.getvalue()


def patched(data: bytes, magic: bytes, at: int, layout: str, *values: int, last: bool = True) -> bytes:
    """Return *data* with numbers written *at* bytes behind the last (or first) header of a kind."""
    changed = bytearray(data)
    start = changed.rfind(magic) if last else changed.find(magic)
    struct.pack_into(layout, changed, start + at, *values)
    return bytes(changed)


def both(data: bytes, local: int, central: int, layout: str, value: int) -> bytes:
    """Write one number into a member's own header and into its entry of the directory."""
    return patched(patched(data, _LOCAL, local, layout, value), _CENTRAL, central, layout, value)


# -- no package at all


@bad("not-a-package", empty=b"", text=b"just text", pdf=b"%PDF-1.7\n" + bytes(90), end_alone=_END + bytes(18),
     html=b"<html><body>a page saved as .docx</body></html>", gzip=b"\x1f\x8b\x08" + bytes(60))  # fmt: skip
def no_package(_good: bytes, _room: str, content: bytes) -> bytes:
    return content


@bad("legacy-format")
def old_binary_file(_good: bytes, _room: str) -> bytes:
    return _CFB + bytes(4096)


@bad("encrypted")
def with_a_password(_good: bytes, _room: str) -> bytes:
    return _CFB + bytes(1000) + "EncryptedPackage".encode("utf-16-le") + bytes(1000)


@bad("not-a-package")
def a_zip_of_other_things(_good: bytes, _room: str) -> bytes:
    return Entries({"readme.txt": b"hello"}).zipped()


@bad("no-main-part", "wrong-kind")
def without_a_document(_good: bytes, _room: str) -> bytes:
    types = b"<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>"
    return Entries({TYPES: types}).zipped()


# -- the zip itself


@bad("broken-zip", "not-a-package", half=2, third=3, most=1.01, all_but_a_byte=1.0000001)
def cut_off(good: bytes, _room: str, part: float) -> bytes:
    return good[: min(int(len(good) / part), len(good) - 1)]


@bad("broken-zip")
def bytes_behind_the_end(good: bytes, _room: str) -> bytes:
    return good + b"#!/bin/sh"


@bad("broken-zip", "not-a-package", program=b"MZ" + bytes(510), second_zip=Entries({"a": b"a"}).zipped())
def bytes_in_front(good: bytes, _room: str, front: bytes) -> bytes:
    return front + good


@bad("broken-zip")
def wrong_checksum(good: bytes, _room: str) -> bytes:
    return both(good, 14, 16, "<I", 0xDEADBEEF)


@bad("broken-zip")
def damaged_bytes(good: bytes, _room: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(good)) as source:
        largest = max(source.infolist(), key=lambda one: one.compress_size)
    changed = bytearray(good)
    middle = largest.header_offset + 30 + len(largest.filename) + largest.compress_size // 2
    changed[middle : middle + 8] = bytes(byte ^ 0x55 for byte in changed[middle : middle + 8])
    return bytes(changed)


@bad(
    "broken-zip",
    checksum=(14, "<I", 1),
    size=(22, "<I", 1),
    packed=(18, "<I", 1),
    method=(8, "<H", 0),
    name=(30, "<B", 90),
)
def own_header_differs(good: bytes, _room: str, change: tuple[int, str, int]) -> bytes:
    at, layout, value = change
    return patched(good, _LOCAL, at, layout, value)


@bad("broken-zip", "overlapping-members", "package-too-large", "member-too-large")
def a_size_that_lies(good: bytes, _room: str) -> bytes:
    return both(good, 22, 24, "<I", 10)


@bad("encrypted")
def an_encrypted_member(good: bytes, _room: str) -> bytes:
    return both(good, 6, 8, "<H", 1)


@bad("compression-method", bzip2=zipfile.ZIP_BZIP2, lzma=zipfile.ZIP_LZMA)
def an_odd_compression(good: bytes, _room: str, method: int) -> bytes:
    return Entries.of(good).zipped(method=method)


@bad("overlapping-members", "broken-zip")
def members_that_share_bytes(good: bytes, _room: str) -> bytes:
    data = Entries.of(good).zipped(("a.bin", b"same"), ("b.bin", b"same"))
    second = data.rfind(_CENTRAL)
    first = data.rfind(_CENTRAL, 0, second)
    return data[: second + 42] + data[first + 42 : first + 46] + data[second + 46 :]


@bad("zip-bomb")
def a_bomb_of_overlapping_members(good: bytes, _room: str) -> bytes:
    """Many entries of the directory lead to one member, as in Fifield's bomb."""
    data = Entries.of(good).zipped(("k.bin", bytes(1 << 20)))
    start = data.rfind(_CENTRAL)
    end = data.rfind(_END)
    entry = data[start:end]
    more = b"".join(entry.replace(b"k.bin", f"{number:05}".encode()) for number in range(999))
    _, disk, first, _, count, size, offset, note = struct.unpack("<4s4H2IH", data[end:])
    tail = struct.pack("<4s4H2IH", _END, disk, first, count + 999, count + 999, size + len(more), offset, note)
    return data[:end] + more + tail


@bad("broken-zip", count_too_large=(8, "<2H", (999, 999)), directory_elsewhere=(16, "<I", (5,)),
     volumes=(4, "<2H", (1, 1)), directory_too_long=(12, "<I", (0x7FFFFFF0,)))  # fmt: skip
def end_of_directory_lies(good: bytes, _room: str, change: tuple[int, str, tuple[int, ...]]) -> bytes:
    at, layout, values = change
    return patched(good, _END, at, layout, *values)


def _zip64(good: bytes, count: int, size: int, start: int, record_at: int) -> bytes:
    end = good.rfind(_END)
    record = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, start)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, record_at, 1)
    return good[:end] + record + locator + patched(good[end:], _END, 8, "<2H2I", 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)


@bad("broken-zip", "too-many-members")
def zip64_with_a_count_that_lies(good: bytes, _room: str) -> bytes:
    end = good.rfind(_END)
    size, start = struct.unpack("<2I", good[end + 12 : end + 20])
    return _zip64(good, 1 << 60, size, start, end)


@bad("broken-zip")
def zip64_record_elsewhere(good: bytes, _room: str) -> bytes:
    end = good.rfind(_END)
    size, start = struct.unpack("<2I", good[end + 12 : end + 20])
    return _zip64(good, 3, size, start, 1 << 62)


@bad("broken-zip")
def zip64_directory_elsewhere(good: bytes, _room: str) -> bytes:
    return _zip64(good, 3, (1 << 63) + 5, 1 << 63, good.rfind(_END))


@bad("member-too-large", "package-too-large")
def zip64_sizes_that_lie(good: bytes, _room: str) -> bytes:
    data = patched(good, _CENTRAL, 20, "<2I", 0xFFFFFFFF, 0xFFFFFFFF)
    at = data.rfind(_CENTRAL)
    name_size, extra = struct.unpack("<2H", data[at + 28 : at + 32])
    field64 = struct.pack("<2H2Q", 1, 16, 1 << 61, 1 << 61)
    stands = at + 46 + name_size + extra
    data = data[: at + 30] + struct.pack("<H", extra + len(field64)) + data[at + 32 : stands] + field64 + data[stands:]
    end = data.rfind(_END)
    size = struct.unpack("<I", data[end + 12 : end + 16])[0] + len(field64)
    return patched(data, _END, 12, "<I", size)


@bad("too-many-members", "duplicate-member")
def too_many_members(good: bytes, _room: str) -> bytes:
    """200,001 entries in the directory; nobody waits until they have been read."""
    end = good.rfind(_END)
    count, size, start = struct.unpack("<H2I", good[end + 10 : end + 20])
    grown = good[start : start + size] * (200_001 // count + 1)
    return _zip64(good[:start] + grown + good[end:], 200_001, len(grown), start, start + len(grown))


# -- members


@bad("duplicate-member", same=str, other_case=str.swapcase, percent=lambda name: name.replace(".", "%2e"))
def the_main_part_twice(good: bytes, room: str, spelled: Callable[[str], str]) -> bytes:
    return Entries.of(good).zipped((spelled(MAIN[room]), b"<a/>"))


@bad("duplicate-member")
def one_name_in_two_normal_forms(good: bytes, _room: str) -> bytes:
    return Entries.of(good).zipped(("caf\u00e9.xml", b"<a/>"), ("cafe\u0301.xml", b"<a/>"))


@bad("bad-member-name", absolute="/etc/cron.d/a", up="../../a.xml", inside="a/../../b.xml", drive="C:/a.xml",
     server="//server/share/a.xml", percent="%2e%2e/%2e%2e/a.xml", turned="a\u202efdp.xml", control="a\x07b.xml",
     empty_step="a//b.xml", long="a" * 600)  # fmt: skip
def a_member_that_leads_out(good: bytes, _room: str, name: str) -> bytes:
    return Entries.of(good).zipped((name, b"<a/>"))


@bad("bad-member-name")
def a_backslash_in_a_name(good: bytes, _room: str) -> bytes:
    return Entries.of(good).zipped(("up_up_a.xml", b"<a/>")).replace(b"up_up_a.xml", b"..\\..\\a.xml"[:11])


@bad("bad-member-name")
def a_zero_in_a_name(good: bytes, _room: str) -> bytes:
    return Entries.of(good).zipped(("a.xml_.exe", b"<a/>")).replace(b"a.xml_.exe", b"a.xml\x00.exe")


@bad("special-member", link=stat.S_IFLNK, device=stat.S_IFCHR, pipe=stat.S_IFIFO)
def a_member_that_is_no_file(good: bytes, _room: str, kind: int) -> bytes:
    info = zipfile.ZipInfo("customXml/item9.xml")
    info.create_system = 3
    info.external_attr = (kind | 0o777) << 16
    return Entries.of(good).zipped((info, b"/etc/passwd"))


@bad("zip-bomb")
def a_bomb(good: bytes, _room: str) -> bytes:
    return Entries.of(good).zipped(("media/a.bin", bytes(64 << 20)))


@bad("zip-bomb", "package-too-large")
def a_bomb_of_small_members(good: bytes, _room: str) -> bytes:
    """Each below the size from which a member's own ratio is looked at."""
    return Entries.of(good).zipped(*((f"media/{number}.bin", bytes(3 << 20)) for number in range(60)))


@bad("zip-bomb")
def a_bomb_in_an_embedded_package(good: bytes, _room: str) -> bytes:
    inside = Entries.of(good).zipped(("media/a.bin", bytes(32 << 20)))
    return Entries.of(good).zipped(("embeddings/a.xlsx", inside))


@bad("nested-too-deep")
def packages_in_packages(good: bytes, _room: str) -> bytes:
    inside = good
    for _ in range(3):
        inside = Entries.of(good).zipped(("embeddings/a.xlsx", inside))
    return inside


# -- XML


def _headed(good: bytes, room: str, head: bytes) -> bytes:
    entries = Entries.of(good)
    part = MAIN[room]
    entries.parts[part] = head + re.sub(rb"^<\?xml.*?\?>\s*", b"", entries.parts[part])
    return entries.zipped()


@bad("dtd", usual="UTF-8", laughs="", nothing_declared="-")
def a_dtd(good: bytes, room: str, encoding: str) -> bytes:
    return _headed(good, room, (_DTD.format(encoding) if encoding > "A" else _LAUGHS).encode())


@bad("dtd", little="utf-16-le", big="utf-16-be", marked="utf-16")
def a_dtd_in_wide_characters(good: bytes, room: str, codec: str) -> bytes:
    entries = Entries.of(good)
    entries.parts[MAIN[room]] = (_DTD.format("UTF-16") + "<a>&x;</a>").encode(codec)
    return entries.zipped()


@bad("dtd", part="customXml/item7.xml", relations="customXml/_rels/item7.xml.rels", picture="media/picture.svg")
def a_dtd_elsewhere(good: bytes, _room: str, part: str) -> bytes:
    return Entries.of(good).zipped((part, (_DTD.format("UTF-8") + "<a>&x;</a>").encode()))


@bad("dtd")
def a_dtd_far_behind_a_comment(good: bytes, room: str) -> bytes:
    return _headed(good, room, b"<?xml version='1.0'?><!--" + b"-".join([b" x"] * 9000) + b"--><!DOCTYPE a>")


@bad("xml-encoding", utf7="utf-7", utf32="utf-32", ebcdic="cp037", japanese="iso-2022-jp", made_up="x-evil", hz="hz")
def an_odd_encoding(good: bytes, room: str, encoding: str) -> bytes:
    entries = Entries.of(good)
    text = entries.parts[MAIN[room]].decode()
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + re.sub(r"^<\?xml.*?\?>", "", text)
    try:
        entries.parts[MAIN[room]] = text.encode(encoding)
    except (LookupError, UnicodeEncodeError):
        entries.parts[MAIN[room]] = text.encode("utf-8")
    return entries.zipped()


@bad("broken-xml", "wrong-kind", no_end=b"<w:a xmlns:w='urn:a'>", not_xml=b"hello", nothing=b"", two_roots=b"<a/><b/>",
     bad_entity=b"<a>&nbsp;</a>", no_namespace=b"<w:a/>", control=b"<a>\x07</a>", not_utf8=b"<a>\xff\xfe\xfa</a>",
     forbidden=b"<a>\xef\xbf\xbf&#xFFFF;</a>")  # fmt: skip
def a_main_part_that_is_no_xml(good: bytes, room: str, content: bytes) -> bytes:
    entries = Entries.of(good)
    entries.parts[MAIN[room]] = content
    return entries.zipped()


@bad("broken-xml")
def xml_10_000_levels_deep(good: bytes, room: str) -> bytes:
    entries = Entries.of(good)
    entries.parts[MAIN[room]] = b"<a>" * 10_000 + b"</a>" * 10_000
    return entries.zipped()


@bad("broken-xml")
def xml_10_000_levels_deep_inside(good: bytes, room: str) -> bytes:
    entries = Entries.of(good)
    root = re.sub(rb"(</[\w:]+>)\s*$", rb"", entries.parts[MAIN[room]])
    end = re.search(rb"</[\w:]+>\s*$", entries.parts[MAIN[room]])
    assert end
    entries.parts[MAIN[room]] = root + b"<a>" * 10_000 + b"</a>" * 10_000 + end[0]
    return entries.zipped()


@bad("broken-xml")
def an_attribute_of_10_million_characters(good: bytes, room: str) -> bytes:
    import random

    entries = Entries.of(good)
    noise = random.Random(1).randbytes(5 << 20).hex().encode()
    return entries.replace(MAIN[room], rb"(?<=[\w\"])(/?>)(?=.*</)", b' evil="' + noise + b'">').zipped(method=0)


@bad("broken-xml", plain=b' a%d="x"', spaces=b" xmlns:a%d = '%d'", hidden=b' a%d=">"')
def an_element_of_20_000_attributes(good: bytes, room: str, form: bytes) -> bytes:
    """lxml looks for each attribute from the first on: a minute and more for 100,000."""
    entries = Entries.of(good)
    many = b"".join(form % ((number,) * form.count(b"%d")) for number in range(20_000))
    return entries.replace(MAIN[room], rb"(?<=[\w\"])(/?>)(?=.*</)", many + b">").zipped(method=0)


# -- what Office would run or fetch

_MACRO_TYPES = {
    "document": "application/vnd.ms-word.document.macroEnabled.main+xml",
    "project": "application/vnd.ms-office.vbaProject",
    "sheet": "application/vnd.ms-excel.macrosheet+xml",
    "control": "application/vnd.ms-office.activeX+xml",
}


@bad("macros", **_MACRO_TYPES)
def macros_by_content_type(good: bytes, _room: str, kind: str) -> bytes:
    return Entries.of(good).typed("parts/any.bin", kind, b"1").zipped()


@bad("macros", project="http://schemas.microsoft.com/office/2006/relationships/vbaProject",
     sheet="http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet", control=f"{_RELS}/control",
     bar="http://schemas.microsoft.com/office/2006/relationships/attachedToolbars")  # fmt: skip
def macros_by_relationship(good: bytes, room: str, rel_type: str) -> bytes:
    """The part lies under an innocent name and type."""
    entries = Entries.of(good).typed("media/image9.bin", "application/octet-stream", b"1")
    return entries.related(room, rel_type, "/media/image9.bin").zipped()


@bad("macros")
def a_vba_project_under_an_innocent_name(good: bytes, _room: str) -> bytes:
    content = _CFB + bytes(504) + "_VBA_PROJECT".encode("utf-16-le") + bytes(1000)
    return Entries.of(good).typed("media/picture.png", "image/png", content).zipped()


_TARGETS = {"web": "http://example.invalid/a", "share": "\\\\example.invalid\\share\\a.dotm",
            "file": "file:///C:/a.dotm", "mhtml": "mhtml:http://example.invalid/a!x-usc:http://example.invalid/b"}  # fmt: skip


@bad("external-target", **{f"{name}_{kind}": (rel_type, target) for name, target in _TARGETS.items() for kind, rel_type in {
    "template": f"{_RELS}/attachedTemplate", "picture": f"{_RELS}/image", "object": f"{_RELS}/oleObject",
    "frame": f"{_RELS}/frame", "document": f"{_RELS}/subDocument", "book": f"{_RELS}/externalLinkPath",
    "chunk": f"{_RELS}/aFChunk", "video": f"{_RELS}/video",
}.items()})  # fmt: skip
def a_target_outside(good: bytes, room: str, what: tuple[str, str]) -> bytes:
    return Entries.of(good).related(room, what[0], what[1], ' TargetMode="External"').zipped()


@bad("external-target")
def a_target_outside_in_disguise(good: bytes, room: str) -> bytes:
    return (
        Entries.of(good)
        .related(room, f"{_RELS}/image", "http://example.invalid/a", ' TargetMode="E&#120;ternal"')
        .zipped()
    )


# -- far cells


@bad("far-cells", rooms=("workbook",), last=b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
     beyond=b'<row r="9999999"><c r="A9999999"><v>1</v></c></row>', wide=b'<row r="900"><c r="XFD900"><v>1</v></c></row>',
     quoted=b"<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>",
     blank=b'<row r="1048576"><c\tr="XFD1048576"><v>1</v></c></row>')  # fmt: skip
def a_far_cell(good: bytes, _room: str, row: bytes) -> bytes:
    entries = Entries.of(good)
    sheet = next(name for name in entries.parts if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name))
    return entries.replace(sheet, b"</sheetData>", row + b"</sheetData>").zipped()


@bad("far-cells", rooms=("workbook",))
def a_huge_merged_range(good: bytes, _room: str) -> bytes:
    entries = Entries.of(good)
    sheet = next(name for name in entries.parts if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name))
    merged = b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    return entries.replace(sheet, b"</sheetData>", merged).zipped()
