"""What new data changes in a pack, in words: 南沙 GDP: 10%以上 -> 9%以上."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from exporters.binding.scope import Scope
    from exporters.model import Dataset

_TOLD = ("text", "word", "period", "clause", "label")
"""What is told of a target, the first that changed; the figure itself needs no name."""
_KINDS = ("places", "people", "events", "indicators", "sources", "units")


class Move(Struct, frozen=True):
    """A value that moved: its key, what it is, its old and its new text (empty where there was or is none)."""

    key: str
    what: str
    old: str
    new: str

    def __str__(self) -> str:
        if self.old == self.new:
            return f"{self.what}: changed"
        return f"{self.what}: {self.old or 'new'} -> {self.new or 'gone'}"


def moves(old: Scope, new: Scope) -> tuple[Move, ...]:
    """Return what moved between two states of a dataset, in the new data's order, what is gone last."""
    return (*_targets(old, new), *_initiatives(old, new), *_others(old.dataset, new.dataset))


def _targets(old: Scope, new: Scope) -> Iterator[Move]:
    observed = [{(one.target, one.date): one.value for one in scope.dataset.observations} for scope in (old, new)]
    seen = {target for target, _ in (key for key, _ in observed[0].items() ^ observed[1].items())}
    before, after = _views(old, "targets"), _views(new, "targets")
    for key in {**after, **before}:
        if key not in seen and old.dataset.target_by_id.get(key) == new.dataset.target_by_id.get(key):
            continue
        was, now = before.get(key), after.get(key)
        view = now if now is not None else before[key]
        what = f"{view.place.name} {view.short}"
        if was is None or now is None:
            yield Move(f"{key}.text", what, was.text if was else "", now.text if now else "")
            continue
        told = False
        for name in _TOLD:
            first, second = getattr(was, name), getattr(now, name)
            if first != second:
                yield Move(f"{key}.{name}", what if name == "text" else f"{what} ({name})", first, second)
                told = True
        first, second = (view.actual.text if view.actual else "" for view in (was, now))
        if first != second:
            yield Move(f"{key}.actual.text", f"{what} (actual)", first, second)
        elif not told:
            yield Move(key, what, now.text, now.text)


def _initiatives(old: Scope, new: Scope) -> Iterator[Move]:
    before, after = _views(old, "initiatives"), _views(new, "initiatives")
    names = {place.id: place.name.in_(new.lang) for place in (*old.dataset.places, *new.dataset.places)}
    places = {one.id: names[one.place] for one in (*old.dataset.initiatives, *new.dataset.initiatives)}
    for key in {**after, **before}:
        was, now = before.get(key), after.get(key)
        texts = [(view.theme, view.text) if view else ("", "") for view in (was, now)]
        if texts[0] != texts[1]:
            yield Move(f"{key}.text", f"{places[key]} {texts[1][0] or texts[0][0]}", texts[0][1], texts[1][1])


def _others(old: Dataset, new: Dataset) -> Iterator[Move]:
    for kind in _KINDS:
        before, after = ({_id(one): one for one in getattr(dataset, kind)} for dataset in (old, new))
        for key in {**after, **before}:
            if before.get(key) != after.get(key):
                here = [key if dataset.get(key) else "" for dataset in (before, after)]
                yield Move(key, f"{kind} {key}", here[0], here[1])
    plain = ("title", "subtitle", "office", "as_of", "period", "note")
    for name in plain:
        if getattr(old, name) != getattr(new, name):
            yield Move(f"pack.{name}", f"pack {name}", "", "")


def _views(scope: Scope, kind: str) -> dict[str, Any]:
    return {view.key: view for view in scope.names()[kind]}


def _id(record: Any) -> str:
    return str(getattr(record, "id", None) or record.code)
