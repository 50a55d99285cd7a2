"""Deflating parts: whole, once for many uses, or as segments that are joined into one zip entry.

ISA-L does it: it takes a quarter of zlib's time, and its release is pinned where zlib's is the machine's own, so that
the same parts become the same bytes wherever the same wheels are installed: on any x86-64 processor with SSE 4.2, for
without it ISA-L finds matches by another hash.

A stream that starts without history comes out otherwise now and then: at the levels 1 and 2 ISA-L (2.32, the assembly
of ``isal_deflate_icf_body``) marks the third octet under the hash of a register that was never loaded, and what stands
there is the stream's own address. So the first octet is stored, and handed over as what went before.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from isal.isal_zlib import (
    DEFLATED,
    Z_FULL_FLUSH,
    Z_SYNC_FLUSH,
    compress,
    compressobj,
    crc32,
    crc32_combine,
)
from msgspec import Struct

if TYPE_CHECKING:
    from isal.isal_zlib import Compress

#: An empty last block with fixed codes; it ends a stream whose blocks were all marked as not the last.
_END_OF_STREAM = b"\x03\x00"
#: ISA-L knows the levels 0 to 3. At 3 it packs otherwise on a processor with AVX2, with AVX-512, and with neither.
LEVEL = 1
#: Codes of its own take a part 15 to 25 microseconds and save a small one 200 to 350 bytes: level 0 has fixed ones.
_SMALL_LEVEL, _SMALL = 0, 1 << 15
#: For what is deflated once and written many times.
SMALLEST = 2
_RAW = -15
_BUFFER = 1 << 16


class Deflated(NamedTuple):
    """A part deflated once, to be written many times. ``size`` is the plain size in bytes."""

    crc: int
    size: int
    compressed: bytes


class Segment(Struct, frozen=True):
    """Finished piece of a part: raw-deflate blocks without an end, so that another piece can follow.

    It holds plain bytes only and may travel between processes.
    """

    crc: int
    size: int
    compressed: bytes | bytearray


def packed(data: bytes) -> bytes:
    """Return *data* as a raw deflate stream, made quickly."""
    return compress(data, _SMALL_LEVEL, _RAW) if len(data) < _SMALL else _whole(data, LEVEL)


def deflate(data: bytes) -> Deflated:
    """Deflate *data* as a raw stream with its checksum, small."""
    return Deflated(crc32(data), len(data), _whole(data, SMALLEST))


def _whole(data: bytes, level: int) -> bytes:
    compressor, head = _begun(data, level)
    return head + compressor.flush()


def _begun(data: bytes, level: int) -> tuple[Compress, bytes]:
    """Return a stream that begins with *data*, and what came out of it so far."""
    first = data[:1]
    compressor = compressobj(level, DEFLATED, _RAW, zdict=first)
    return compressor, _stored_head(len(first)) + first + compressor.compress(data[1:])


class Stencil:
    """A small part's text with numbers in it, written many times: what stands around them is deflated once.

    The numbers are stored, not deflated. Later text may refer back to earlier, so that what is deflated holds for
    numbers of the same lengths.
    """

    __slots__ = ("_deflated", "_pieces", "_plain")

    def __init__(self, pieces: Sequence[str]) -> None:
        self._pieces = [piece.encode() for piece in pieces]
        self._plain = _format(self._pieces)
        self._deflated: dict[tuple[int, ...], bytes] = {}

    def fill(self, numbers: Sequence[int]) -> Deflated:
        """Return the part with the *numbers* between its pieces."""
        given = tuple(numbers)
        lengths = tuple([len(str(number)) for number in given])
        deflated = self._deflated.get(lengths)
        if deflated is None:
            deflated = self._deflated[lengths] = _format(self._deflate(lengths))
        whole = self._plain % given
        return Deflated(crc32(whole), len(whole), deflated % given)

    def _deflate(self, lengths: Sequence[int]) -> Iterator[bytes]:
        """Yield what is around the numbers, each with the head of the block that stores the number behind it."""
        compressor, begun = _begun(self._pieces[0], SMALLEST)
        for piece, length in zip(self._pieces[1:], lengths, strict=True):
            yield begun + compressor.flush(Z_SYNC_FLUSH) + _stored_head(length)
            # Bytes that no text holds: nothing refers to where the number stands.
            compressor.compress(b"\0" * length)
            compressor.flush(Z_SYNC_FLUSH)
            begun = compressor.compress(piece)
        yield begun + compressor.flush()


def _format(pieces: Iterable[bytes]) -> bytes:
    """Return the format that has a number between each two *pieces*."""
    return b"%d".join(piece.replace(b"%", b"%%") for piece in pieces)


def _stored_head(length: int) -> bytes:
    """Return the head of a stored block that is not the last, on a byte boundary (RFC 1951, 3.2.4)."""
    return struct.pack("<BHH", 0, length, length ^ 0xFFFF)


class DeflateSegment:
    """Collects a part's text piece by piece and keeps only its deflated chunks.

    A body can be written into one segment before the head, in another, is known;
    ``PackageWriter.add_segments`` joins them in reading order.
    """

    __slots__ = ("_compressor", "_crc", "_deflated", "_pending", "_pending_size", "_sealed", "_size")

    def __init__(self) -> None:
        self._compressor: Compress | None = None
        self._deflated = bytearray()
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
        self._crc = crc32(data, self._crc)
        self._size += len(data)
        # One buffer: thousands of chunks would leave as many holes in memory.
        if self._compressor is None:
            self._compressor, begun = _begun(data, LEVEL)
            self._deflated += begun
        else:
            self._deflated += self._compressor.compress(data)

    @property
    def size(self) -> int:
        """Plain bytes written so far."""
        return self._size + self._pending_size

    def seal(self) -> Segment:
        """End the segment on a byte boundary and return it; further calls return the same one."""
        if self._sealed is None:
            if self._pending_size:
                self._drain()
            if self._compressor is not None:
                self._deflated += self._compressor.flush(Z_FULL_FLUSH)
            self._sealed = Segment(self._crc, self._size, self._deflated)
        return self._sealed


def join_segments(segments: Iterable[Segment | DeflateSegment]) -> tuple[int, int, list[bytes | bytearray]]:
    """Join *segments* into one stream: checksum, plain size, and the deflated chunks with their end mark."""
    crc = size = 0
    chunks: list[bytes | bytearray] = []
    for piece in segments:
        segment = piece.seal() if isinstance(piece, DeflateSegment) else piece
        crc = crc32_combine(crc, segment.crc, segment.size)
        size += segment.size
        chunks.append(segment.compressed)
    chunks.append(_END_OF_STREAM)
    return crc, size, chunks
