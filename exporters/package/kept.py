"""What a package was opened as, kept for as long as its snapshot is held: a patch that follows opens nothing again."""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar
from weakref import WeakValueDictionary

from exporters.package.reader import Package
from exporters.snapshot import Snapshot


class Opened(Protocol):
    """A package as trees of its parts."""

    package: Package


T = TypeVar("T", bound=Opened)


class _Reading(Snapshot, frozen=True, kw_only=True):
    """A snapshot that holds what it was read from."""

    opened: Opened


class Kept(Generic[T]):
    """The opened packages of one format."""

    def __init__(self) -> None:
        self._opened: WeakValueDictionary[int, T] = WeakValueDictionary()

    def keep(self, opened: T) -> T:
        """Return *opened*, which is found by its package as long as it is held."""
        self._opened[id(opened.package)] = opened
        return opened

    def hold(self, opened: T, snapshot: Snapshot) -> Snapshot:
        """Return *snapshot*; as long as it is held, *opened* is found by its package."""
        self.keep(opened)
        return _Reading(snapshot.format, snapshot.groups, snapshot.loose, snapshot.stamp, opened=opened)

    def any(self) -> T | None:
        """Return a package that is kept, to be looked at only: what is read meanwhile is most likely another edition
        of it."""
        return next(iter(self._opened.values()), None)

    def find(self, package: Package) -> T | None:
        """Return what *package* was opened as, to be looked at only."""
        found = self._opened.get(id(package))
        return found if found is not None and found.package is package else None

    def take(self, package: Package) -> T | None:
        """Return what *package* was opened as, to be changed: it is not given out again."""
        found = self.find(package)
        self._opened.pop(id(package), None)
        return found
