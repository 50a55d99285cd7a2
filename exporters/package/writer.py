"""A small, deterministic zip writer for Office packages.

Every local header holds the true sizes (no data descriptors): some readers do not accept streamed entries.
Names, order, times and bytes depend on the caller's input alone. Clauses: PKWARE APPNOTE 4.3, 4.4, 4.5.3.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
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
        return name.casefold() in self._names

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
        key = name.casefold()
        if key in self._names:
            raise ValueError(f"part '{name}' is in the package already")
        if not name or name[0] == "/" or "\\" in name:
            raise ValueError(f"'{name}' is no part name: it is empty, absolute or holds a backslash")
        encoded = name.encode()
        length = len(encoded)
        if length > _MAX_16:
            raise ValueError("a part name is longer than 65,535 bytes")
        self._names.add(key)
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
        head += encoded + local_extra
        write = self._out.write
        write(head)
        for chunk in chunks:
            write(chunk)
        self._offset = offset + len(head) + packed_size
        self._central += _CENTRAL.pack(
            _CENTRAL_MARK, version, version, flags, method, time, date, crc, listed_packed, listed_size, length,
            len(extra), 0, 0, 0, 0, listed_offset,
        )  # fmt: skip
        self._central += encoded + extra

    def close(self) -> None:
        """Write the directory. Calling it again does nothing."""
        if self._closed:
            return
        self._closed = True
        count, start, size = len(self._names), self._offset, len(self._central)
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


def _zip64_fields(size: int, packed_size: int, offset: int) -> tuple[int, bytes, bytes]:
    """Return version and ZIP64 field of a directory entry, and the field of the part's own header in between.

    Only overflowing fields are in the directory's.
    """
    sizes = struct.pack("<2Q", size, packed_size) if max(size, packed_size) >= _MAX_32 else b""
    local = struct.pack("<2H", 1, 16) + sizes if sizes else b""
    fields = sizes + (struct.pack("<Q", offset) if offset >= _MAX_32 else b"")
    return _VERSION_64, local, struct.pack("<2H", 1, len(fields)) + fields
