"""An embedded workbook written many times: its constant parts are packed once."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from isal.isal_zlib import crc32

from exporters.package import Deflated, Package, PackageWriter, zip_time
from exporters.package.segments import packed

_END = struct.Struct("<4s4H2IH")
_LOCAL_SIZES = struct.Struct("<3I")
_CRC_IN_LOCAL, _CRC_IN_CENTRAL, _OFFSET_IN_CENTRAL = 14, 16, 42


class _Slot(NamedTuple):
    """What stands around the checksum and the sizes of a part that changes: in its header and in the directory.

    Behind those in the directory comes ``attributes``, then the part's place, then its name.
    """

    local: bytes
    local_name: bytes
    central: bytes
    attributes: bytes
    central_name: bytes

    @classmethod
    def of(cls, local: bytes, central: bytes) -> _Slot:
        after_local, after_central = _CRC_IN_LOCAL + _LOCAL_SIZES.size, _CRC_IN_CENTRAL + _LOCAL_SIZES.size
        return cls(
            local[:_CRC_IN_LOCAL],
            local[after_local:],
            central[:_CRC_IN_CENTRAL],
            central[after_central:_OFFSET_IN_CENTRAL],
            central[_OFFSET_IN_CENTRAL + 4 :],
        )


class EmbeddedWorkbook:
    """A workbook package of which only some parts change from one writing to the next.

    Every byte but those of the changing parts is made once, so that writing one costs little more than deflating
    its sheet. The result depends on the given parts alone.
    """

    def __init__(
        self,
        package: Package,
        changing: Iterable[str],
        replaced: Mapping[str, bytes],
        epoch: int | None,
    ) -> None:
        self._changing = tuple(changing)
        out = io.BytesIO()
        with PackageWriter(out, date_time=zip_time(epoch)) as writer:
            for name in package.names():
                if name in replaced:
                    writer.add(name, replaced[name])
                elif name not in self._changing and not name.endswith("/"):
                    writer.add_raw(package.raw(name))
            head_size = writer.size
            starts = []
            for name in self._changing:
                starts.append(writer.size)
                writer.add_deflated(name, Deflated(0, 0, b""))
        data = out.getvalue()
        end = _END.unpack_from(data, len(data) - _END.size)
        self._count, directory = end[4], end[6]
        entries = _directory_entries(data[directory : directory + end[5]])
        constant = entries[: len(entries) - len(self._changing)]
        self._head = data[:head_size]
        self._constant_directory = b"".join(constant)
        starts.append(directory)
        self._directory_size = sum(map(len, entries))
        self._slots = [
            _Slot.of(data[start:stop], central)
            for start, stop, central in zip(starts, starts[1:], entries[len(constant) :], strict=False)
        ]

    def pack(self, parts: Iterable[bytes]) -> bytes:
        """Return the workbook with the changing *parts*, in the order in which they were announced."""
        pieces = [self._head]
        directory = [self._constant_directory]
        at = len(self._head)
        for (local, name, central, attributes, listed_name), data in zip(self._slots, parts, strict=True):
            deflated = packed(data)
            sizes = _LOCAL_SIZES.pack(crc32(data), len(deflated), len(data))
            pieces += (local, sizes, name, deflated)
            directory += (central, sizes, attributes, at.to_bytes(4, "little"), listed_name)
            at += len(local) + len(sizes) + len(name) + len(deflated)
        pieces += directory
        pieces.append(_END.pack(b"PK\x05\x06", 0, 0, self._count, self._count, self._directory_size, at, 0))
        return b"".join(pieces)


def _directory_entries(data: bytes) -> list[bytes]:
    entries = []
    at = 0
    while at < len(data):
        name, extra, comment = struct.unpack_from("<3H", data, at + 28)
        size = 46 + name + extra + comment
        entries.append(data[at : at + size])
        at += size
    return entries
