"""Content types of parts (ECMA-376 part 2, clause 6.2.3.4 and 7.2.3.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from exporters.package.xmltext import attribute, read_elements

NAME = "[Content_Types].xml"
_NAMESPACE = "http://schemas.openxmlformats.org/package/2006/content-types"
HEAD = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Types xmlns="{_NAMESPACE}">'
TAIL = "</Types>"


def default_xml(extension: str, content_type: str) -> str:
    """Return the entry for all parts with an *extension*; to be written before the overrides."""
    return f'<Default Extension="{attribute(extension)}" ContentType="{attribute(content_type)}"/>'


def override_xml(part: str, content_type: str) -> str:
    """Return the entry for one *part* (named without a leading slash)."""
    return f'<Override PartName="/{attribute(part)}" ContentType="{attribute(content_type)}"/>'


class ContentTypes:
    """Content types by extension (``defaults``) and by part (``overrides``), in file order. Immutable."""

    __slots__ = ("_folded", "_lower", "defaults", "overrides")

    def __init__(self, defaults: Mapping[str, str], overrides: Mapping[str, str]) -> None:
        self.defaults: Mapping[str, str] = MappingProxyType(dict(defaults))
        self.overrides: Mapping[str, str] = MappingProxyType(dict(overrides))
        self._lower = {extension.lower(): kind for extension, kind in defaults.items()}
        self._folded: dict[str, str] | None = None

    @classmethod
    def parse(cls, data: bytes) -> ContentTypes:
        """Read ``[Content_Types].xml``. Raises ValueError where it is not XML or holds a DTD."""
        defaults: dict[str, str] = {}
        overrides: dict[str, str] = {}
        for name, at in read_elements(data):
            if name == f"{_NAMESPACE} Default":
                defaults[at.get("Extension", "")] = at.get("ContentType", "")
            elif name == f"{_NAMESPACE} Override":
                overrides[at.get("PartName", "").removeprefix("/")] = at.get("ContentType", "")
        return cls(defaults, overrides)

    def of(self, part: str) -> str | None:
        """Return the content type of *part*; None where it has none. Names compare without case."""
        found = self.overrides.get(part)
        if found is not None:
            return found
        if self._folded is None:
            self._folded = {name.casefold(): kind for name, kind in self.overrides.items()}
        found = self._folded.get(part.casefold())
        if found is not None:
            return found
        return self._lower.get(part.rpartition("/")[2].rpartition(".")[2].lower())

    def parts_of(self, content_type: str) -> tuple[str, ...]:
        """Return the parts that are listed by name under a content type."""
        return tuple(part for part, kind in self.overrides.items() if kind == content_type)

    def with_override(self, part: str, content_type: str) -> ContentTypes:
        """Return these with one part added or changed."""
        return ContentTypes(self.defaults, {**self.overrides, part: content_type})

    def with_default(self, extension: str, content_type: str) -> ContentTypes:
        """Return these with one extension added or changed."""
        return ContentTypes({**self.defaults, extension: content_type}, self.overrides)

    def without(self, parts: Iterable[str]) -> ContentTypes:
        """Return these with the overrides of *parts* left out."""
        gone = frozenset(parts)
        return ContentTypes(self.defaults, {part: kind for part, kind in self.overrides.items() if part not in gone})

    def xml(self) -> bytes:
        """Return the part's bytes: defaults and overrides, each sorted by name."""
        return "".join(
            (
                HEAD,
                *(default_xml(*item) for item in sorted(self.defaults.items())),
                *(override_xml(*item) for item in sorted(self.overrides.items())),
                TAIL,
            )
        ).encode()
