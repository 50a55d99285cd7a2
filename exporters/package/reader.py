"""Reading a package: the guard first, then parts on demand."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from exporters.errors import PackageError
from exporters.package.attributes import MOST, many_attributes
from exporters.package.content_types import NAME as CONTENT_TYPES
from exporters.package.content_types import ContentTypes
from exporters.package.directory import Directory, FileBytes, Member, RawPart, read_directory
from exporters.package.guard import guard_file
from exporters.package.limits import DEFAULT, Limits
from exporters.package.names import fold_name, unquoted
from exporters.package.relationships import Relationships, rels_name
from exporters.package.rt import OFFICE_DOCUMENT

__all__ = ["Package", "RawPart"]


class Package:
    """An Office package that passed the guard. Part names have no leading slash.

    Only the directory is held; each part is read, inflated and checked against its checksum when asked for.
    A missing part raises KeyError, a damaged one PackageError. Large files stay open until ``close``.
    """

    __slots__ = ("_content_types", "_directory", "_folded", "_largest", "_relationships", "last_read")

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._content_types: ContentTypes | None = None
        self._folded: dict[str, Member] | None = None
        self._relationships: dict[str, Relationships] = {}
        self._largest = "", b""
        self.last_read = ""
        """The part that was read last: where somebody stumbled over the package."""

    @classmethod
    def open(cls, source: Path | str | bytes, *, name: str = "", limits: Limits = DEFAULT) -> Package:
        """Open a file, or a file's bytes; *name* is what messages call it (default: the file's own name)."""
        return cls(guard_file(source, name=name, limits=limits))

    @classmethod
    def written(cls, content: bytes, *, name: str = "") -> Self:
        """Open what this tool wrote itself or let in before; the guard, for strangers' files, is left out."""
        return cls(read_directory(FileBytes(content, name, DEFAULT), name, DEFAULT))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._directory.data.close()

    @property
    def file(self) -> str:
        """The file's name in messages."""
        return self._directory.file

    def names(self) -> tuple[str, ...]:
        """Return all part names in file order, ``[Content_Types].xml`` and .rels parts included."""
        return tuple(self._directory.members)

    def __contains__(self, name: str) -> bool:
        return self._find(name) is not None

    def _find(self, name: str) -> Member | None:
        found = self._directory.members.get(name)
        if found is None:
            if self._folded is None:
                self._folded = {fold_name(key): member for key, member in self._directory.members.items()}
            found = self._folded.get(fold_name(name))
        return found

    def _member(self, name: str) -> Member:
        found = self._find(name)
        if found is None:
            raise KeyError(name)
        return found

    def stored_name(self, name: str) -> str:
        """Return a part's name as the file spells it (references may differ in case or percent signs)."""
        return self._member(name).name

    def size(self, name: str) -> int:
        """Return a part's size in bytes when inflated."""
        return self._member(name).size

    def read(self, name: str) -> bytes:
        """Return a part's plain bytes. Those of the largest part are kept, for several look at them in turn."""
        self.last_read = name
        if name == self._largest[0]:
            return self._largest[1]
        data = self._directory.read(self._member(name))
        if name.endswith((".xml", ".rels", ".vml")) and many_attributes(data):
            raise self._directory.fault("broken-xml", f"an element has more than {MOST} attributes", name)
        if len(data) > len(self._largest[1]):
            self._largest = name, data
        return data

    def raw(self, name: str) -> RawPart:
        """Return a part packed as it is, to be carried into another package."""
        return self._directory.raw(self._member(name))

    def has_same(self, name: str, other: Package) -> bool:
        """Whether a part is packed in *other* as it is here, byte for byte; nothing is inflated for that."""
        here, there = self._find(name), other._find(name)
        if here is None or there is None or (here.crc, here.size, here.packed) != (there.crc, there.size, there.packed):
            return False
        return self._directory.packed(here) == other._directory.packed(there)

    @property
    def content_types(self) -> ContentTypes:
        if self._content_types is None:
            self._content_types = ContentTypes.parse(self.read(CONTENT_TYPES))
        return self._content_types

    def relationships(self, part: str = "") -> Relationships:
        """Return the relationships of *part*, empty where it has none; the empty name is the package."""
        known = self._relationships.get(part)
        if known is None:
            known = self._relationships[part] = self._read_relationships(part)
        return known

    def _read_relationships(self, part: str) -> Relationships:
        name = rels_name(part)
        found = self._find(name)
        if found is None:
            return Relationships(part)
        try:
            return Relationships.parse(part, self._directory.read(found))
        except ValueError as error:
            raise self._directory.fault("broken-xml", str(error), name) from None

    def main_part(self) -> str:
        """Return the document, presentation or workbook part."""
        target = self.relationships().target_of_type(OFFICE_DOCUMENT)
        if target is None or target not in self:
            raise self._directory.fault("no-main-part", "the package holds no document, presentation or workbook")
        return self.stored_name(unquoted(target))

    def fault(self, code: str, message: str, part: str = "", hint: str = "") -> PackageError:
        """Return an error about this file, ready to be raised."""
        return self._directory.fault(code, message, part, hint)


class EditedPackage(Package):
    """A package with what it was edited from: what people moved in it is found by that. *mended* is not the file as it
    stands, but what was put right in it unasked."""

    __slots__ = ("base", "mended")

    def __init__(self, package: Package, base: Package, *, mended: bool = False) -> None:
        super().__init__(package._directory)
        self.base, self.mended = base, mended
