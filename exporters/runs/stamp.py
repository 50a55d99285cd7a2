"""What a file says of its own making, in one custom document property: the only mark that every editor keeps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from exporters.package import Package

PROPERTY = "briefpack"
_PROPERTY = re.compile(rb"""name=["']briefpack["'][^>]*>\s*<[^>]*lpwstr[^>]*>([^<]*)<""")
_STAMP = re.compile(r"^(?P<pack>[^:]+):(?P<generation>[0-9]+):(?P<digest>[0-9a-f]+)$")


class Stamp(Struct, frozen=True):
    """Pack, generation, and the beginning of the digest of what the file was made from."""

    pack: str
    generation: int
    digest: str

    @classmethod
    def parse(cls, text: str) -> Stamp | None:
        """Return the stamp that *text* holds; None where it holds none."""
        found = _STAMP.match(text)
        return cls(found["pack"], int(found["generation"]), found["digest"]) if found else None

    @classmethod
    def of(cls, pack: str, generation: int, inputs: str) -> Stamp:
        """Return the stamp of a render; *inputs* is the digest of all that it is made from."""
        return cls(pack, generation, inputs[:16])

    def __str__(self) -> str:
        return f"{self.pack}:{self.generation}:{self.digest}"


def read_stamp(package: Package) -> str:
    """Return the stamp that a package carries among its custom properties; empty where it carries none."""
    from exporters.package import rt

    part = package.relationships().target_of_type(rt.CUSTOM_PROPERTIES)
    found = _PROPERTY.search(package.read(part)) if part is not None and part in package else None
    return found[1].decode("utf-8", "replace").strip() if found else ""
