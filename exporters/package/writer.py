"""A small, deterministic zip writer for Office packages.

Every local header holds the true sizes (no data descriptors): some readers do not accept streamed entries.
Names, order, times and bytes depend on the caller's input alone. Clauses: PKWARE APPNOTE 4.3, 4.4, 4.5.3.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Self

from isal.isal_zlib import crc32

from exporters.package.segments import Deflated, DeflateSegment, Segment, join_segments, packed

if TYPE_CHECKING:
    from exporters.package.directory import RawPart

ZipTime = tuple[int, int, int, int, int, int]

#: Parts to write first, before those of the main part's folder: by their names, among the first four entries,
#: ``file`` and desktops tell a document, a deck and a workbook apart. ``[Content_Types].xml`` may come last.
FIRST_PARTS = ("_rels/.rels", "docProps/app.xml", "docProps/core.xml")

EPOCH: ZipTime = (1980, 1, 1, 0, 0, 0)
_LATEST: ZipTime = (2107, 12, 31, 23, 59, 58)

_LOCAL = struct.Struct("<4s5H3I2H")
_LOCAL_MARK = b"PK\x03\x04"
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_CENTRAL_MARK = b"PK\x01\x02"
_END = struct.Struct("<4s4H2IH")
_END_64 = struct.Struct("<4sQ2H2I4Q")
_LOCATOR_64 = struct.Struct("<4sIQI")

_STORED = 0
_DEFLATED = 8
_UTF8_NAME = 0x800
_VERSION = 20
_VERSION_64 = 45
#: So many bytes are written at once, but for larger parts.
_GATHERED = 1 << 17
_MAX_16 = 0xFFFF
_MAX_32 = 0xFFFFFFFF


def zip_time(epoch: int | None) -> ZipTime:
    """Turn the value of ``SOURCE_DATE_EPOCH`` (seconds, UTC) into a member time; None is 1980-01-01.

    Times outside what a zip can hold (1980 to 2107, even seconds) move to the nearest that it can.
    """
    if epoch is None:
        return EPOCH
    import time

    try:
        moment = time.gmtime(epoch)
    except (OverflowError, OSError):
        return EPOCH if epoch < 0 else _LATEST
    stamp = (moment[0], moment[1], moment[2], moment[3], moment[4], min(moment[5], 59) & ~1)
    return min(max(stamp, EPOCH), _LATEST)


def _dos_time(date_time: ZipTime) -> tuple[int, int]:
    year, month, day, hour, minute, second = date_time
    if not 1980 <= year <= 2107:
        raise ValueError(f"a zip member's time must lie between 1980 and 2107, not in {year}")
    return hour << 11 | minute << 5 | second >> 1, (year - 1980) << 9 | month << 5 | day


class PackageWriter:
    """Writes parts to *out* one after the other and keeps nothing of them but their directory entries.

    *out* needs only ``write``. As a context manager it closes the package at the end of the block; where the
    block raises, nothing more is written and the output is not a package. A name given twice, or one that is
    absolute, raises ValueError.
    """

    def __init__(self, out: BinaryIO, *, date_time: ZipTime = EPOCH) -> None:
        self._out = out
        self._time, self._date = _dos_time(date_time)
        self._offset = 0
        self._central = bytearray()
        self._names: set[str] = set()
        self._series: dict[tuple[str, str], PartSeries] = {}
        self._count = 0
        self._waiting: list[bytes | bytearray] = []
        self._written = 0
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self._closed = True

    @property
    def size(self) -> int:
        """Bytes written so far."""
        return self._offset

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._names or any(one.has(name) for one in self._series.values())

    def series(self, before: str, after: str) -> PartSeries:
        """Return the parts that are named by a number between *before* and *after*; each call returns the same."""
        found = self._series.get((before, after))
        if found is None:
            found = self._series[before, after] = PartSeries(self, before, after)
        return found

    def add(self, name: str, data: bytes) -> None:
        """Add a part, deflated."""
        deflated = packed(data)
        self._entry(name, _DEFLATED, crc32(data), len(data), (deflated,), len(deflated))

    def add_stored(self, name: str, data: bytes) -> None:
        """Add a part as it is: for what is packed already, such as PNG pictures and embedded workbooks."""
        self._entry(name, _STORED, crc32(data), len(data), (data,), len(data))

    def add_raw(self, part: RawPart, name: str | None = None) -> None:
        """Carry a part of another package over without inflating it."""
        packed = part.compressed
        self._entry(part.name if name is None else name, part.method, part.crc, part.size, (packed,), len(packed))

    def add_deflated(self, name: str, part: Deflated) -> None:
        """Add a part that was deflated before."""
        self._entry(name, _DEFLATED, part.crc, part.size, (part.compressed,), len(part.compressed))

    def add_segments(self, name: str, segments: Iterable[Segment | DeflateSegment]) -> None:
        """Add one part made of *segments*, in this order; open segments are sealed."""
        crc, size, chunks = join_segments(segments)
        self._entry(name, _DEFLATED, crc, size, chunks, sum(map(len, chunks)))

    def _entry(
        self, name: str, method: int, crc: int, size: int, chunks: Iterable[bytes | bytearray], packed_size: int
    ) -> None:
        if self._closed:
            raise ValueError("the package is closed")
        if name in self:
            raise ValueError(f"part '{name}' is in the package already")
        encoded = _encoded(name)
        length = len(encoded)
        self._names.add(name.casefold())
        for one in self._series.values():
            one.take(name)
        flags = 0 if length == len(name) else _UTF8_NAME
        offset = self._offset
        version, time, date = _VERSION, self._time, self._date
        listed_size, listed_packed, listed_offset, local_extra, extra = size, packed_size, offset, b"", b""
        if size >= _MAX_32 or packed_size >= _MAX_32 or offset >= _MAX_32:
            version, local_extra, extra = _zip64_fields(size, packed_size, offset)
            listed_offset = min(offset, _MAX_32)
            if local_extra:
                listed_size = listed_packed = _MAX_32
        head = _LOCAL.pack(
            _LOCAL_MARK, _VERSION_64 if local_extra else _VERSION, flags, method, time, date, crc, listed_packed,
            listed_size, length, len(local_extra),
        )  # fmt: skip
        central = _CENTRAL.pack(
            _CENTRAL_MARK, version, version, flags, method, time, date, crc, listed_packed, listed_size, length,
            len(extra), 0, 0, 0, 0, listed_offset,
        )  # fmt: skip
        self._put(head + encoded + local_extra, chunks, packed_size, central + encoded + extra)

    def _put(self, head: bytes, chunks: Iterable[bytes | bytearray], size: int, central: bytes) -> None:
        """Write a part's own header and its *size* packed bytes, and keep its entry of the directory."""
        waiting = self._waiting
        waiting.append(head)
        self._offset += len(head) + size
        self._central += central
        self._count += 1
        if size < _GATHERED:
            waiting += chunks
            if self._offset - self._written > _GATHERED:
                self._flush()
        else:
            self._flush()
            for chunk in chunks:
                self._out.write(chunk)

    def _flush(self) -> None:
        self._out.write(b"".join(self._waiting))
        self._waiting.clear()
        self._written = self._offset

    def close(self) -> None:
        """Write the directory. Calling it again does nothing."""
        if self._closed:
            return
        self._closed = True
        self._flush()
        count, start, size = self._count, self._offset, len(self._central)
        tail = b""
        if count >= _MAX_16 or start >= _MAX_32 or size >= _MAX_32:
            tail = _END_64.pack(
                b"PK\x06\x06", _END_64.size - 12, _VERSION_64, _VERSION_64, 0, 0, count, count, size, start
            ) + _LOCATOR_64.pack(b"PK\x06\x07", 0, start + size, 1)
        end = _END.pack(
            b"PK\x05\x06",
            0,
            0,
            min(count, _MAX_16),
            min(count, _MAX_16),
            min(size, _MAX_32),
            min(start, _MAX_32),
            0,
        )
        self._central += tail + end
        self._out.write(self._central)
        self._offset += size + len(tail) + len(end)


_Header = tuple[Callable[..., bytes], bytes, bytes]
"""What packs a header, and its bytes before and behind checksum and sizes."""
_Frame = tuple[_Header, _Header, bytes]
"""A part's own header, its entry of the directory, and the end of its name."""


class PartSeries:
    """Parts of one package whose names differ in a number alone, which rises from part to part.

    What their headers have in common is made once, and their names need not be kept. A number that does not rise, or
    whose part is in the package already, raises ValueError.
    """

    __slots__ = ("_after", "_before", "_end", "_folded", "_frames", "_last", "_start", "_taken", "_writer")

    def __init__(self, writer: PackageWriter, before: str, after: str) -> None:
        self._writer, self._before, self._after = writer, before, after
        self._start, self._end = _encoded(before), after.encode()
        self._folded = before.casefold(), after.casefold()
        self._frames: dict[tuple[int, int], _Frame] = {}
        self._last = 0
        self._taken: set[int] = set()
        for name in writer._names:
            self.take(name)

    def add(self, number: int, data: bytes) -> None:
        """Add a part, deflated."""
        self._entry(number, _DEFLATED, crc32(data), len(data), packed(data))

    def add_stored(self, number: int, data: bytes) -> None:
        """Add a part as it is."""
        self._entry(number, _STORED, crc32(data), len(data), data)

    def add_raw(self, number: int, part: RawPart) -> None:
        """Carry a part of another package over without inflating it."""
        self._entry(number, part.method, part.crc, part.size, part.compressed)

    def add_deflated(self, number: int, part: Deflated) -> None:
        """Add a part that was deflated before."""
        self._entry(number, _DEFLATED, *part)

    def has(self, name: str) -> bool:
        """Return whether a part of that name was added here."""
        return 0 < self._number(name) <= self._last

    def take(self, name: str) -> None:
        """Note a part that was added by its whole name."""
        if number := self._number(name):
            self._taken.add(number)

    def _number(self, name: str) -> int:
        """Return the number in a part's name, or 0 for one that does not belong here; names compare without case."""
        key, (before, after) = name.casefold(), self._folded
        if not key.startswith(before) or not key.endswith(after):
            return 0
        digits = key[len(before) : len(key) - len(after)]
        plain = digits.isdecimal() and digits.isascii() and digits[0] != "0" and len(digits) < 10
        return int(digits) if plain else 0

    def _entry(self, number: int, method: int, crc: int, size: int, data: bytes) -> None:
        writer, packed_size = self._writer, len(data)
        offset = writer._offset
        if max(offset, size, packed_size) >= _MAX_32 or writer._closed:
            writer._entry(f"{self._before}{number}{self._after}", method, crc, size, (data,), packed_size)
            return
        if number <= self._last or number in self._taken:
            raise ValueError(f"part '{self._before}{number}{self._after}' is in the package, or one behind it")
        self._last = number
        digits = b"%d" % number
        frame = self._frames.get((method, len(digits)))
        if frame is None:
            frame = self._frames[method, len(digits)] = self._frame(method, len(digits))
        (head, local, local_name), (entry, central, attributes), end = frame
        writer._put(
            head(local, crc, packed_size, size, local_name, digits, end),
            (data,),
            packed_size,
            entry(central, crc, packed_size, size, attributes, offset, self._start, digits, end),
        )

    def _frame(self, method: int, length: int) -> _Frame:
        """Return how the headers of parts whose numbers have that *length* are packed."""
        writer, start, end = self._writer, self._start, self._end
        flags = 0 if (self._before + self._after).isascii() else _UTF8_NAME
        common = flags, method, writer._time, writer._date
        size = len(start) + length + len(end)
        local = struct.pack("<4s5H", _LOCAL_MARK, _VERSION, *common), struct.pack("<2H", size, 0) + start
        central = (
            struct.pack("<4s6H", _CENTRAL_MARK, _VERSION, _VERSION, *common),
            struct.pack("<5HI", size, 0, 0, 0, 0, 0),
        )
        head = struct.Struct(f"<{len(local[0])}s3I{len(local[1])}s{length}s{len(end)}s")
        entry = struct.Struct(f"<{len(central[0])}s3I{len(central[1])}sI{len(start)}s{length}s{len(end)}s")
        return (head.pack, *local), (entry.pack, *central), end


def _encoded(name: str) -> bytes:
    """Return a part's name in UTF-8; raises ValueError for one that no part may have."""
    if not name or name[0] == "/" or "\\" in name:
        raise ValueError(f"'{name}' is no part name: it is empty, absolute or holds a backslash")
    encoded = name.encode()
    if len(encoded) > _MAX_16:
        raise ValueError("a part name is longer than 65,535 bytes")
    return encoded


def _zip64_fields(size: int, packed_size: int, offset: int) -> tuple[int, bytes, bytes]:
    """Return version and ZIP64 field of a directory entry, and the field of the part's own header in between.

    Only overflowing fields are in the directory's.
    """
    sizes = struct.pack("<2Q", size, packed_size) if max(size, packed_size) >= _MAX_32 else b""
    local = struct.pack("<2H", 1, 16) + sizes if sizes else b""
    fields = sizes + (struct.pack("<Q", offset) if offset >= _MAX_32 else b"")
    return _VERSION_64, local, struct.pack("<2H", 1, len(fields)) + fields
