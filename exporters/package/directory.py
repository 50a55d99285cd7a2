"""The zip directory of a package: strict reading, and members inflated within their stated sizes.

Readers disagree about malformed zips, and such disagreements hide contents from checks. So whatever two readers
could see differently is refused here: gaps in front, two directories, headers that contradict the directory,
members that share bytes. Clauses: PKWARE APPNOTE 4.3; ECMA-376 part 2, annex B.
"""

from __future__ import annotations

import io
import stat
import struct
import zlib
from pathlib import Path
from typing import BinaryIO

from isal.isal_zlib import crc32
from msgspec import Struct
from msgspec.structs import replace

from exporters.errors import Fault, PackageError
from exporters.files import check_file
from exporters.package.limits import Limits
from exporters.package.names import fold_name, name_fault

_END = struct.Struct("<4s4H2IH")
_END_64 = struct.Struct("<4sQ2H2I4Q")
_LOCATOR_64 = struct.Struct("<4sIQI")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_LOCAL = struct.Struct("<4s5H3I2H")
_MAX_16 = 0xFFFF
_MAX_32 = 0xFFFFFFFF
_ENCRYPTED = 0x2041
_UNIX = 3
_FILES = frozenset((0, stat.S_IFREG, stat.S_IFDIR))
_STREAMED = 0x8
_UTF8_NAME = 0x800
CFB_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Files up to this size are read at once; larger ones stay open and are read where needed.
_READ_AT_ONCE = 16 << 20
_ANY = 1 << 62
STORED = 0
DEFLATED = 8


class RawPart(Struct, frozen=True):
    """A part as it lies in a package: ``compressed`` by ``method`` (0 stored, 8 deflated), ``size`` when plain."""

    name: str
    method: int
    crc: int
    size: int
    compressed: bytes


class Member:
    """One entry of the directory.

    ``start`` is where its packed bytes begin; -1 until they were looked for. ``sound``: it was inflated once, and its
    size and checksum held.
    """

    __slots__ = ("crc", "flags", "method", "name", "offset", "packed", "size", "sound", "start")

    def __init__(self, name: str, method: int, flags: int, crc: int, packed: int, size: int, offset: int) -> None:
        self.name = name
        self.method = method
        self.flags = flags
        self.crc = crc
        self.packed = packed
        self.size = size
        self.offset = offset
        self.start = -1
        self.sound = False


class FileBytes:
    """A file's bytes, read where asked for; small files are held whole and closed at once."""

    __slots__ = ("_data", "_file", "size")

    def __init__(self, source: Path | str | bytes, name: str, limits: Limits) -> None:
        self._data = b""
        self._file: BinaryIO | None = None
        if isinstance(source, bytes):
            self._data = source
            self.size = len(source)
            _check_file_size(self.size, name, limits)
            return
        try:
            check_file(Path(source), _ANY)
            file = Path(source).open("rb")  # noqa: SIM115 - kept open where the file is large
        except OSError as error:
            raise PackageError(Fault("unreadable", f"the file cannot be read: {error.strerror}", name)) from error
        self.size = file.seek(0, io.SEEK_END)
        try:
            _check_file_size(self.size, name, limits)
            if self.size <= _READ_AT_ONCE:
                file.seek(0)
                self._data = file.read()
                self.size = len(self._data)
            else:
                self._file = file
        finally:
            if self._file is None:
                file.close()

    def read(self, start: int, count: int) -> bytes:
        if self._file is None:
            return self._data[start : start + count]
        self._file.seek(start)
        return self._file.read(count)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def _check_file_size(size: int, name: str, limits: Limits) -> None:
    if size > limits.file_size:
        raise PackageError(
            Fault("file-too-large", f"the file has {size:,} bytes; at most {limits.file_size:,} are read", name)
        )


class Directory:
    """The members of a package in directory order, and their contents on demand."""

    __slots__ = ("data", "file", "members")

    def __init__(self, data: FileBytes, file: str, members: dict[str, Member]) -> None:
        self.data = data
        self.file = file
        self.members = members

    def packed(self, member: Member) -> bytes:
        """Return a member's bytes as they lie in the file."""
        if member.start < 0:
            self.locate(member)
        packed = self.data.read(member.start, member.packed)
        if len(packed) != member.packed:
            raise self.fault("broken-zip", "the part runs past the end of the file", member.name)
        return packed

    def locate(self, member: Member) -> int:
        """Find where a member's bytes begin, and check that its own header says what the directory says."""
        header = self.data.read(member.offset, 30 + len(member.name) * 4)
        if len(header) < 30 or header[:4] != b"PK\x03\x04":
            raise self.fault("broken-zip", "the part's header is not where the directory says", member.name)
        _, _, flags, method, _, _, crc, packed, size, name_size, extra_size = _LOCAL.unpack_from(header)
        raw = header[30 : 30 + name_size]
        if len(raw) != name_size or _decode(raw, flags) != member.name or method != member.method:
            raise self.fault("broken-zip", "the part's header contradicts the directory", member.name)
        if not flags & _STREAMED and (
            crc != member.crc or packed not in (member.packed, _MAX_32) or size not in (member.size, _MAX_32)
        ):
            raise self.fault("broken-zip", "the part's header contradicts the directory", member.name)
        member.start = member.offset + 30 + name_size + extra_size
        return member.start

    def read(self, member: Member) -> bytes:
        """Inflate a member; its stated size and checksum must hold."""
        packed = self.packed(member)
        if member.method == STORED:
            data = packed
        else:
            data, ended = self._inflate(member, packed, member.size + 1)
            if not ended:
                raise self.fault("broken-zip", "the part does not inflate to its stated size", member.name)
        if len(data) != member.size:
            raise self.fault("broken-zip", "the part does not inflate to its stated size", member.name)
        if crc32(data) != member.crc:
            raise self.fault("broken-zip", "the part's checksum is wrong", member.name)
        member.sound = True
        return data

    def peek(self, member: Member, count: int) -> bytes:
        """Inflate only the first *count* bytes of a member."""
        if member.start < 0:
            self.locate(member)
        packed = self.data.read(member.start, min(member.packed, count + 1024))
        if member.method == STORED:
            return packed[:count]
        return self._inflate(member, packed, count)[0]

    def _inflate(self, member: Member, packed: bytes, count: int) -> tuple[bytes, bool]:
        inflater = zlib.decompressobj(-15)
        try:
            return inflater.decompress(packed, count), inflater.eof
        except zlib.error:
            raise self.fault("broken-zip", "the part's packed bytes are damaged", member.name) from None

    def raw(self, member: Member) -> RawPart:
        """Return a member packed as it is; damage is found here, not by whoever opens the copy."""
        if not member.sound:
            self.read(member)
        return RawPart(member.name, member.method, member.crc, member.size, self.packed(member))

    def fault(self, code: str, message: str, part: str = "", hint: str = "") -> PackageError:
        return PackageError(Fault(code, message, self.file, f"part {part}" if part else "", hint))


def read_directory(data: FileBytes, file: str, limits: Limits) -> Directory:
    """Read the directory of a zip. Every refusal is a PackageError that carries all faults found."""
    directory = Directory(data, file, {})
    _check_magic(directory)
    count, start, size = _find_end(directory)
    if count > limits.members:
        raise directory.fault(
            "too-many-members", f"the package has {count:,} members; at most {limits.members:,} are accepted"
        )
    members, faults = _read_entries(directory, data.read(start, size), count)
    faults += _check_members(members, file, limits, data.size)
    if faults:
        raise PackageError(_each_once(faults))
    ordered = sorted(members, key=lambda member: member.offset)
    end = 0
    for member in ordered:
        if member.offset < end:
            raise directory.fault("overlapping-members", "the part shares its bytes with another", member.name)
        end = directory.locate(member) + member.packed
    if end > start:
        raise directory.fault("broken-zip", "the last part runs into the directory")
    directory.members = {member.name: member for member in members if not member.name.endswith("/")}
    return directory


def _check_magic(directory: Directory) -> None:
    head = directory.data.read(0, 8)
    if head[:4] == b"PK\x03\x04":
        return
    if head == CFB_MAGIC:
        whole = directory.data.read(0, directory.data.size)
        if "EncryptedPackage".encode("utf-16-le") in whole:
            raise directory.fault(
                "encrypted", "the file is protected with a password", hint="save it without a password"
            )
        raise directory.fault(
            "legacy-format",
            "the file is in the old binary format of Office 97-2003 (.doc, .ppt, .xls)",
            hint="save it as .docx, .pptx or .xlsx",
        )
    if not head:
        raise directory.fault("not-a-package", "the file is empty")
    raise directory.fault("not-a-package", "the file is not an Office file (.docx, .pptx, .xlsx): it is no zip")


def _find_end(directory: Directory) -> tuple[int, int, int]:
    """Return the directory's number of entries, place and size."""
    data = directory.data
    tail_start = max(0, data.size - _END.size - _MAX_16)
    tail = data.read(tail_start, data.size - tail_start)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        raise directory.fault(
            "broken-zip", "the zip directory is missing; the file was cut off or damaged", hint="copy it again"
        )
    _, disk, first_disk, here, count, size, start, comment = _END.unpack_from(tail, at)
    end = tail_start + at
    if end + _END.size + comment != data.size:
        raise directory.fault("broken-zip", "bytes follow the zip directory")
    if disk not in (0, _MAX_16) or first_disk not in (0, _MAX_16) or here != count:
        raise directory.fault("broken-zip", "the zip is split into volumes")
    locator = data.read(end - _LOCATOR_64.size, _LOCATOR_64.size) if end >= _LOCATOR_64.size else b""
    if locator[:4] == b"PK\x06\x07":
        end = _LOCATOR_64.unpack(locator)[2]
        record = data.read(end, _END_64.size)
        if len(record) != _END_64.size or record[:4] != b"PK\x06\x06":
            raise directory.fault("broken-zip", "the ZIP64 directory is not where the file says")
        _, _, _, _, _, _, _, count, size, start = _END_64.unpack(record)
    elif _MAX_32 in (start, size):
        raise directory.fault("broken-zip", "the ZIP64 directory is missing")
    if start + size != end:
        raise directory.fault("broken-zip", "bytes lie before the zip or between its parts and its directory")
    return count, start, size


def _decode(raw: bytes, flags: int) -> str:
    # Many writers put UTF-8 without setting the flag; code page 437 is the standard's fallback.
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp437") if not flags & _UTF8_NAME else raw.decode(errors="replace")


def _read_entries(directory: Directory, table: bytes, count: int) -> tuple[list[Member], list[Fault]]:
    members: list[Member] = []
    faults: list[Fault] = []
    at = 0
    unpack = _CENTRAL.unpack_from
    for _ in range(count):
        if at + _CENTRAL.size > len(table) or table[at : at + 4] != b"PK\x01\x02":
            raise directory.fault("broken-zip", "the zip directory is damaged")
        found = unpack(table, at)
        flags, method, crc, packed, size, name_size, extra_size, note_size = (found[3], found[4], *found[7:13])
        mode, offset = found[15] >> 16, found[16]
        at += _CENTRAL.size
        name = _decode(table[at : at + name_size], flags)
        at += name_size
        if _MAX_32 in (packed, size, offset):
            packed, size, offset = _zip64(table[at : at + extra_size], packed, size, offset)
        at += extra_size + note_size
        if found[1] >> 8 == _UNIX and stat.S_IFMT(mode) not in _FILES:
            message = "the entry is a link or a device, not a file"
            faults.append(_fault("special-member", message, directory.file, name))
        if flags & _ENCRYPTED:
            faults.append(_fault("encrypted", "the part is encrypted", directory.file, name))
        elif method not in (STORED, DEFLATED):
            faults.append(
                _fault("compression-method", f"compression method {method} is not used by Office", directory.file, name)
            )
        elif method == STORED and packed != size:
            faults.append(_fault("broken-zip", "a stored part has two sizes", directory.file, name))
        members.append(Member(name, method, flags, crc, packed, size, offset))
    if at != len(table):
        raise directory.fault("broken-zip", "the zip directory has bytes left over")
    return members, faults


def _each_once(faults: list[Fault]) -> list[Fault]:
    """Return the first fault of each kind, with the number of parts that have it: a zip may have 200,000 of them."""
    kinds: dict[str, list[Fault]] = {}
    for fault in faults:
        kinds.setdefault(fault.code, []).append(fault)
    return [
        replace(first, message=f"{first.message}; so it is with {len(rest):,} more") if rest else first
        for first, *rest in kinds.values()
    ]


def _zip64(extra: bytes, packed: int, size: int, offset: int) -> tuple[int, int, int]:
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            field = extra[at + 4 : at + 4 + length]
            values = iter(struct.unpack_from(f"<{len(field) // 8}Q", field))
            size = next(values, size) if size == _MAX_32 else size
            packed = next(values, packed) if packed == _MAX_32 else packed
            offset = next(values, offset) if offset == _MAX_32 else offset
            break
        at += 4 + length
    return packed, size, offset


def _fault(code: str, message: str, file: str, part: str, hint: str = "") -> Fault:
    return Fault(code, message, file, f"part {part!r}" if not part.isprintable() else f"part {part}", hint)


def _check_members(members: list[Member], file: str, limits: Limits, file_size: int) -> list[Fault]:
    faults: list[Fault] = []
    seen: dict[str, str] = {}
    total = 0
    for member in members:
        name, size = member.name, member.size
        key = fold_name(name)
        if key in seen:
            first = seen[key]
            told = "twice" if first == name else f"twice, as '{first}' too"
            faults.append(_fault("duplicate-member", f"the name is in the package {told}", file, name))
        seen[key] = name
        wrong = name_fault(name, limits.name_length)
        if wrong:
            faults.append(_fault("bad-member-name", wrong, file, name[:80]))
        total += size
        if size > limits.member_size:
            faults.append(
                _fault(
                    "member-too-large",
                    f"inflated it has {size:,} bytes; at most {limits.member_size:,} are accepted",
                    file,
                    name,
                )
            )
        elif size > limits.ratio_floor and size > limits.ratio * max(member.packed, 1):
            faults.append(
                _fault(
                    "zip-bomb",
                    f"it inflates {size // max(member.packed, 1):,}-fold; at most {limits.ratio} is accepted",
                    file,
                    name,
                )
            )
    if total > limits.total_size:
        faults.append(
            Fault(
                "package-too-large",
                f"inflated the package has {total:,} bytes; at most {limits.total_size:,} are accepted",
                file,
            )
        )
    elif total > limits.ratio_floor and total > limits.ratio * file_size:
        faults.append(
            Fault(
                "zip-bomb",
                f"the package inflates {total // file_size:,}-fold; at most {limits.ratio} is accepted",
                file,
            )
        )
    return faults
