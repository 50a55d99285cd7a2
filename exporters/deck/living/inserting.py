"""What the data adds to a slide that stands: rows of a table, and shapes."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from exporters.charts.drawingml import A, P
from exporters.deck.living.deck import Slide
from exporters.deck.living.lifting import Lifter
from exporters.deck.living.names import key_of
from exporters.deck.living.places import Place, Places
from exporters.deck.living.shapes import GROUP, Element, name_of, table_of
from exporters.deck.living.tables import columns_of, new_row
from exporters.snapshot import InsertItem

_TREE = f"{P}spTree"


class _Order(Struct):
    source: Place
    slide: Slide
    after: Place | None
    before: Place | None


class Inserter:
    """Places are found in ``prepare``, before anything moves; ``run`` inserts, at one spot in the order of the plan."""

    def __init__(self, places: Places, sources: Places, lifter: Lifter, dirty: set[str]) -> None:
        self._places, self._sources, self._lifter, self._dirty = places, sources, lifter, dirty
        self._orders: list[_Order] = []
        self._last: dict[Element, Element] = {}
        self._lifted: dict[str, set[Element]] = {}
        self._new_rows: dict[tuple[str, Element], int] = {}

    def prepare(self, edits: Iterable[InsertItem]) -> None:
        for edit in edits:
            source, group = self._sources.find(edit.source), self._places.find(edit.group)
            if source is None or source.shape is None or group is None:
                continue
            after, before = (self._places.find(at) if at else None for at in (edit.after, edit.before))
            self._orders.append(_Order(source, group.slide, after, before))
            if source.row is not None:
                place = group.slide.part, source.shape
                self._new_rows[place] = self._new_rows.get(place, 0) + 1

    def run(self) -> None:
        for order in self._orders:
            if order.source.row is not None:
                self._row(order)
            else:
                self._shape(order)

    # --- rows --------------------------------------------------------------------------------------------------------

    def _row(self, order: _Order) -> None:
        source = order.source
        assert source.shape is not None
        assert source.row is not None
        neighbours = [one for one in (order.after, order.before) if one is not None and one.row is not None]
        frame = neighbours[0].shape if neighbours else self._named(order.slide, name_of(source.shape))
        table = table_of(frame) if frame is not None else None
        if frame is None or table is None:
            # A table that a person took out stays out; one that is new as a whole is a shape like any other.
            if self._new_rows[order.slide.part, source.shape] == len(self._sources.rows(source.shape)):
                self._shape(order)
            return
        rows = table.findall(f"{A}tr")
        anchor = self._row_of(order.after, frame)
        like = anchor if anchor is not None and anchor is not rows[0] else rows[min(1, len(rows) - 1)]
        made = new_row(like, source.row, columns_of(table))
        behind = self._row_of(order.before, frame)
        if anchor is not None:
            self._last.get(anchor, anchor).addnext(made)
            self._last[anchor] = made
        elif behind is not None:
            behind.addprevious(made)
        else:
            rows[-1].addnext(made)
        self._dirty.add(order.slide.part)

    def _row_of(self, place: Place | None, frame: Element) -> Element | None:
        return place.row.element if place is not None and place.row is not None and place.shape is frame else None

    def _named(self, slide: Slide, name: str) -> Element | None:
        return next((one for one in slide.shapes if key_of(name_of(one)) == name), None)

    # --- shapes ------------------------------------------------------------------------------------------------------

    def _shape(self, order: _Order) -> None:
        source = order.source
        assert source.shape is not None
        lifted = self._lifted.setdefault(order.slide.part, set())
        here = {key for one in order.slide.shapes if (key := key_of(name_of(one)))}
        element = self._whole(source.shape, here)
        if any(one in lifted for one in (element, *element.iterancestors())):
            return
        lifted.add(element)
        made = self._lifter.shape(element, source.slide, order.slide)
        self._dirty.add(order.slide.part)
        home = self._home(element, order.slide)
        anchor = order.after.shape if order.after is not None else None
        beside = next((one for one in self._line(anchor) if one.getparent() is home), None)
        if beside is not None:
            self._last.get(beside, beside).addnext(made)
            self._last[beside] = made
            return
        extension = home.find(f"{P}extLst")
        if extension is not None:
            extension.addprevious(made)
        else:
            home.append(made)

    def _whole(self, shape: Element, here: set[str]) -> Element:
        """Return the group that came with the shape, as long as nothing else of it stands on the slide already."""
        found = shape
        for parent in shape.iterancestors(GROUP):
            if any(key_of(name_of(one)) in here for one in parent.iter() if key_of(name_of(one))):
                break
            found = parent
        return found

    def _home(self, element: Element, slide: Slide) -> Element:
        """Return what the shape goes into: the group in which its neighbours stand, else the slide."""
        tree = slide.root.find(f"{P}cSld/{_TREE}")
        assert tree is not None
        parent = element.getparent()
        if parent is None or parent.tag != GROUP:
            return tree
        names = {key for one in parent if (key := key_of(name_of(one)))}
        for one in slide.shapes:
            group = one.getparent()
            if key_of(name_of(one)) in names and group is not None and group.tag == GROUP:
                return group
        return tree

    def _line(self, shape: Element | None) -> Iterable[Element]:
        return (shape, *shape.iterancestors()) if shape is not None else ()
