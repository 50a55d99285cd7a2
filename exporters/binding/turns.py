"""What a template knows as ``loop``: Jinja2's own, with a shorter way through lists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jinja2.runtime import LoopContext
from jinja2.utils import missing


class Turns(LoopContext):
    """The turns of one loop. Jinja2's own looks an item ahead to know the last turn; a list knows its length."""

    _items: list[Any] | None = None

    def __iter__(self) -> Iterator[tuple[Any, LoopContext]]:  # type: ignore[override]
        return self._through(self._iterable) if isinstance(self._iterable, list) else self

    def _through(self, items: list[Any]) -> Iterator[tuple[Any, LoopContext]]:
        self._items, self._length = items, len(items)
        for self.index0, item in enumerate(items):
            yield item, self

    @property
    def last(self) -> bool:
        """Whether this is the last turn."""
        return super().last if self._items is None else self.index0 + 1 == self._length

    @property
    def previtem(self) -> Any:
        """The item of the turn before; undefined in the first one."""
        if self._items is not None and self.index0:
            return self._items[self.index0 - 1]
        return super().previtem

    def _peek_next(self) -> Any:
        if self._items is None:
            return super()._peek_next()
        return missing if self.last else self._items[self.index0 + 1]
