"""Where statements come from, and on what occasion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exporters import wording
from exporters.binding.kept import kept
from exporters.binding.views.base import View
from exporters.model import Event, Source

if TYPE_CHECKING:
    from exporters.binding.scope import Scope


class SourceView(View):
    """A source of statements."""

    def __init__(self, scope: Scope, source: Source, number: int) -> None:
        super().__init__(scope, source.id)
        self._source = source
        self._number = number

    @property
    def n(self) -> int:
        """Its number in the list of sources, from 1."""
        return self._number

    @kept
    def title(self) -> str:
        """Its title."""
        return self._source.title.in_(self._scope.lang)

    @kept
    def outlet(self) -> str:
        """Who published it."""
        return self._source.outlet.in_(self._scope.lang)

    @kept
    def published(self) -> str:
        """The day of publication, in words."""
        return wording.date(self._source.published, self._scope.lang) if self._source.published else ""

    @kept
    def occasion(self) -> str:
        """The occasion that it reports."""
        return self._source.occasion.in_(self._scope.lang)

    @kept
    def address(self) -> str:
        """Its address on the web, as text."""
        return self._source.address

    @property
    def target_count(self) -> int:
        """How many target statements cite it."""
        return self._scope.citations[0][self.key]

    @property
    def actual_count(self) -> int:
        """How many of the actual values shown come from it."""
        return self._scope.citations[1][self.key]

    @kept
    def brief(self) -> str:
        """Its number, and the occasion, the outlet or the title, whichever is known first: [1] 广州市高质量发展大会."""
        return f"[{self.n}] {self.occasion or self.outlet or self.title}"

    @kept
    def citation(self) -> str:
        """Outlet, title, occasion and day in one line, as far as they are known."""
        zh = self._scope.lang == "zh"
        title = f"《{self.title}》" if zh else f"“{self.title}”"
        parts = [part for part in (self.outlet, title, self.occasion, self.published) if part]
        return ("，" if zh else ", ").join(parts)


class EventView(View):
    """A conference at which targets were announced."""

    def __init__(self, scope: Scope, event: Event) -> None:
        super().__init__(scope, event.id)
        self._event = event

    @kept
    def name(self) -> str:
        """Its name."""
        return self._event.name.in_(self._scope.lang)

    @kept
    def date(self) -> str:
        """Its day, in words."""
        return wording.date(self._event.date, self._scope.lang)

    @kept
    def time(self) -> str:
        """When it was held, in the data's words (上午)."""
        return self._event.time.in_(self._scope.lang)

    @kept
    def level(self) -> str:
        """Whose conference it was: 市, 区; in English city, district."""
        return wording.label(self._event.level, self._scope.lang)

    @kept
    def host(self) -> str:
        """Who held it."""
        return self._event.host.in_(self._scope.lang)

    @property
    def source(self) -> SourceView | None:
        """The source that tells of it."""
        return self._scope.source(self._event.source) if self._event.source else None
