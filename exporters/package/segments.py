"""Deflating parts: whole, once for many uses, or as segments that are joined into one zip entry."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass

#: An empty last block with fixed codes; it ends a stream whose blocks were all marked as not the last.
_END_OF_STREAM = b"\x03\x00"
#: Up to this size a shared compressor is used. It is below zlib's window, so that no match can be lost to the
#: window's sliding and the bytes of a part do not depend on the parts before it.
SMALL_PART = 16_384
#: The level at which packages are deflated: half the time of zlib's own choice, 6, for a tenth (slides) to a quarter
#: (long texts) more bytes. What is deflated once and written many times takes level 6.
LEVEL = 3
_BUFFER = 1 << 16
_POLYNOMIAL = 0xEDB88320
_ONE = 1 << 31


@dataclass(frozen=True, slots=True)
class Deflated:
    """A part deflated once, to be written many times. ``size`` is the plain size in bytes."""

    crc: int
    size: int
    compressed: bytes


@dataclass(frozen=True, slots=True)
class Segment:
    """Finished piece of a part: raw-deflate blocks without an end, so that another piece can follow.

    It holds plain bytes only and may travel between processes.
    """

    crc: int
    size: int
    compressed: bytes


class SmallDeflater:
    """Deflates many small parts with one compressor.

    A new compressor takes and clears a quarter of a megabyte. On a fresh heap that is several times the work of
    deflating a small part; with one compressor for all, the cost is the same in every process.

    A full flush after each part empties the compressor's history, and the end mark is added by hand: six bytes
    more in each part. zlib never matches its window's first byte; a discarded flush moves past it, so that the
    first part comes out as it would at any other place.
    """

    __slots__ = ("_compressor",)

    def __init__(self, level: int) -> None:
        self._compressor = zlib.compressobj(level, zlib.DEFLATED, -15)
        self._compressor.compress(b"\n")
        self._compressor.flush(zlib.Z_FULL_FLUSH)

    def __call__(self, data: bytes) -> bytes:
        compressor = self._compressor
        return compressor.compress(data) + compressor.flush(zlib.Z_FULL_FLUSH) + _END_OF_STREAM


def deflate(data: bytes, level: int = 6) -> Deflated:
    """Deflate *data* as a raw stream with its checksum."""
    compressed = zlib.compress(data, level, -15)
    return Deflated(zlib.crc32(data), len(data), compressed)


class DeflateSegment:
    """Collects a part's text piece by piece and keeps only its deflated chunks.

    A body can be written into one segment before the head, in another, is known;
    ``PackageWriter.add_segments`` joins them in reading order.
    """

    __slots__ = ("_chunks", "_compressor", "_crc", "_pending", "_pending_size", "_sealed", "_size")

    def __init__(self, level: int = LEVEL) -> None:
        self._compressor = zlib.compressobj(level, zlib.DEFLATED, -15)
        self._chunks: list[bytes] = []
        self._pending: list[bytes] = []
        self._pending_size = 0
        self._crc = 0
        self._size = 0
        self._sealed: Segment | None = None

    def write(self, data: bytes) -> None:
        """Append *data*. Small writes are gathered before they are deflated."""
        if self._sealed is not None:
            raise ValueError("the segment is sealed")
        self._pending.append(data)
        self._pending_size += len(data)
        if self._pending_size >= _BUFFER:
            self._drain()

    def _drain(self) -> None:
        data = b"".join(self._pending)
        self._pending.clear()
        self._pending_size = 0
        self._crc = zlib.crc32(data, self._crc)
        self._size += len(data)
        chunk = self._compressor.compress(data)
        if chunk:
            self._chunks.append(chunk)

    @property
    def size(self) -> int:
        """Plain bytes written so far."""
        return self._size + self._pending_size

    def seal(self) -> Segment:
        """End the segment on a byte boundary and return it; further calls return the same one."""
        if self._sealed is None:
            if self._pending:
                self._drain()
            self._chunks.append(self._compressor.flush(zlib.Z_FULL_FLUSH))
            self._sealed = Segment(self._crc, self._size, b"".join(self._chunks))
            self._chunks.clear()
        return self._sealed


def join_segments(segments: Iterable[Segment | DeflateSegment]) -> tuple[int, int, list[bytes]]:
    """Join *segments* into one stream: checksum, plain size, and the deflated chunks with their end mark."""
    crc = size = 0
    chunks: list[bytes] = []
    for piece in segments:
        segment = piece.seal() if isinstance(piece, DeflateSegment) else piece
        crc = crc32_combine(crc, segment.crc, segment.size)
        size += segment.size
        chunks.append(segment.compressed)
    chunks.append(_END_OF_STREAM)
    return crc, size, chunks


def _multiply(a: int, b: int) -> int:
    """Multiply two polynomials modulo the CRC-32 polynomial, lowest power in the highest bit."""
    product = 0
    bit = _ONE
    while bit:
        if a & bit:
            product ^= b
        b = (b >> 1) ^ _POLYNOMIAL if b & 1 else b >> 1
        bit >>= 1
    return product


def _byte_shifts() -> tuple[int, ...]:
    """Return x^(8 * 2^k) for k = 0..63: the effect on a checksum of 2^k zero bytes."""
    power = _ONE >> 8
    powers = [power]
    for _ in range(63):
        power = _multiply(power, power)
        powers.append(power)
    return tuple(powers)


_SHIFTS: tuple[int, ...] = ()


def crc32_combine(first: int, second: int, second_size: int) -> int:
    """Return the CRC-32 of two joined texts from their checksums and the second's size in bytes."""
    global _SHIFTS  # noqa: PLW0603 - a table of constants, made at first use to keep the import cheap
    if not _SHIFTS:
        _SHIFTS = _byte_shifts()
    shift = _ONE
    index = 0
    while second_size:
        if second_size & 1:
            shift = _multiply(_SHIFTS[index & 63], shift)
        second_size >>= 1
        index += 1
    return _multiply(shift, first) ^ second
