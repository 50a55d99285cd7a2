"""OPC packages: safe reading, deterministic streaming writing, relationships and content types.

Names are resolved at first use, so that importing the room costs nothing and the writing path never pays for
the reading one.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exporters.package.check import lint
    from exporters.package.content_types import ContentTypes
    from exporters.package.directory import RawPart
    from exporters.package.guard import guard_file
    from exporters.package.limits import DEFAULT, EDITED, Limits
    from exporters.package.reader import EditedPackage, Package
    from exporters.package.relationships import Relationship, Relationships, relative_target, resolve_target
    from exporters.package.segments import Deflated, DeflateSegment, Segment, Stencil, deflate
    from exporters.package.writer import FIRST_PARTS, PackageWriter, zip_time

_HOMES = {
    "ContentTypes": "content_types",
    "DEFAULT": "limits",
    "EDITED": "limits",
    "EditedPackage": "reader",
    "FIRST_PARTS": "writer",
    "DeflateSegment": "segments",
    "Deflated": "segments",
    "Limits": "limits",
    "Package": "reader",
    "PackageWriter": "writer",
    "RawPart": "directory",
    "Relationship": "relationships",
    "Relationships": "relationships",
    "Segment": "segments",
    "Stencil": "segments",
    "deflate": "segments",
    "guard_file": "guard",
    "lint": "check",
    "relative_target": "relationships",
    "resolve_target": "relationships",
    "zip_time": "writer",
}

__all__ = [
    "DEFAULT",
    "EDITED",
    "FIRST_PARTS",
    "ContentTypes",
    "DeflateSegment",
    "Deflated",
    "EditedPackage",
    "Limits",
    "Package",
    "PackageWriter",
    "RawPart",
    "Relationship",
    "Relationships",
    "Segment",
    "Stencil",
    "deflate",
    "guard_file",
    "lint",
    "relative_target",
    "resolve_target",
    "zip_time",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value
