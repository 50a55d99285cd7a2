"""What every view is: a record with a key, a record that the data does not hold, and views by code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from exporters.binding.kept import given, share_room

if TYPE_CHECKING:
    from exporters.binding.scope import Scope

V = TypeVar("V")
_DIGEST = blake2b(digest_size=5)
"""To be copied: setting one up takes as long again as what it does."""


class View:
    """A record as templates see it. ``key`` identifies the record in all three files."""

    names: ClassVar[frozenset[str]] = frozenset()
    readers: ClassVar[dict[str, Callable[[Any], Any]]] = {}
    """The function of each name but the key; it tells the name's type and meaning."""
    _shared: ClassVar[frozenset[str]] = frozenset()
    """Names whose values depend on ``_common`` alone: what records have in common need be worked out only once."""
    _common: object = None
    key: str

    def __init_subclass__(cls) -> None:
        own: dict[str, Any] = {name: one for name, one in vars(cls).items() if not name.startswith("_")}
        cls.readers = cls.readers | {name: getattr(one, "fget", None) or one.func for name, one in own.items()}
        cls.names = cls.names.union(own, {"key"})
        share_room(cls)
        for name, one in own.items():
            if isinstance(one, given):
                delattr(cls, name)

    def __init__(self, scope: Scope, key: str) -> None:
        self._scope = scope
        self.key = key

    def __str__(self) -> str:
        called = type(self).__name__.removesuffix("View").lower()
        raise TypeError(f"a whole {called} stands where a text is expected; name one of its fields")

    @property
    def anchor(self) -> str:
        """Ten letters and digits that stand for the key where an Office name may hold no other characters."""
        digest = _DIGEST.copy()
        digest.update(self.key.encode())
        return digest.hexdigest()


class Absent(View):
    """A record that the data does not hold: false, prints nothing, and still has the key it would have."""

    def __init__(self, key: str) -> None:
        self.key = key

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return ""


@cache
def text_fields() -> frozenset[str]:
    """Return what those fields of any kind of record are called that hold a text."""
    read = (item for kind in View.__subclasses__() for item in kind.readers.items())
    return frozenset(name for name, reader in read if reader.__annotations__["return"] == "str")


class Lookup(Generic[V]):
    """Views by code; a code may be written with ``-`` or ``_`` (``district.target.gdp_growth``).

    *codes* gives those that are told, if not all.
    """

    def __init__(self, owner: str, found: Mapping[str, V], codes: Callable[[], Iterable[str]] | None = None) -> None:
        self._owner, self._found, self._codes = owner, found, codes or found.keys

    def __str__(self) -> str:
        raise TypeError("a list by code stands where a text is expected; name a code and a field")

    def find(self, code: str) -> V | Absent:
        """Return the view of *code*, or one that is absent and knows its key."""
        found = self._found.get(code) or self._found.get(code := code.replace("_", "-"))
        return found if found is not None else Absent(f"{self._owner}.{code}")

    @property
    def owner(self) -> str:
        """The key of the record that looks up, or the name of the list."""
        return self._owner

    def codes(self) -> list[str]:
        """Return the codes that are known."""
        return list(self._codes())
