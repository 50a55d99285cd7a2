"""Rows of a workbook whose hidden key names one record, and whose visible cells name another.

Whoever sorts, exchanges or pastes the visible cells alone leaves the hidden keys behind: what stands in such a row was
never typed over the record of its key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from exporters.binding.keys import Keys
from exporters.binding.scope import Scope
from exporters.binding.views import InitiativeView, TargetView, View
from exporters.errors import Fault
from exporters.merge import canonical
from exporters.snapshot import Plan

HINT = "sort and paste whole rows, with the hidden columns; `pull` takes nothing from such a row"
_NAMES: Mapping[type[View], tuple[str, ...]] = {
    TargetView: ("place.short", "full_label", "measure"),
    InitiativeView: ("place.short",),
}
_SHOWN = 3


class RowNames:
    """What the records of a pack are called in their rows."""

    def __init__(self, scope: Scope, keys: Keys | None = None) -> None:
        self._scope, self._keys = scope, keys or Keys(scope)
        self._known: dict[tuple[type[View], str], frozenset[str]] = {}

    def misnamed(self, record: str, base: str, theirs: str) -> bool:
        """Whether a cell that called the row of *record* by its name (*base*) calls it by another record's now."""
        found = self._keys.find(f"{record}.key")
        view = found.view if found is not None else None
        if view is None or type(view) not in _NAMES or not theirs or canonical(base) == canonical(theirs):
            return False
        names = (name for name in _NAMES[type(view)] if canonical(_value(view, name)) == canonical(base))
        return any(canonical(theirs) in self._said(type(view), name) for name in names)

    def _said(self, kind: type[View], name: str) -> frozenset[str]:
        """Return what all records of a kind say in one of their names."""
        known = self._known.get((kind, name))
        if known is None:
            places = (self._scope.city, *self._scope.districts)
            targets = self._scope.names()["targets"]
            records = targets if kind is TargetView else [one for place in places for one in place.initiatives]
            known = self._known[kind, name] = frozenset(canonical(_value(view, name)) for view in records)
        return known


def fault(file: str, rows: Mapping[str, str]) -> Fault:
    """Return what to tell of misnamed *rows* (key of the row -> what its cells say) of one file."""
    first = [f"the row with the key {key} says {said}" for key, said in list(rows.items())[:_SHOWN]]
    more = f", and {len(rows) - _SHOWN} rows more" if len(rows) > _SHOWN else ""
    message = f"hidden keys and visible names have come apart: {'; '.join(first)}{more}"
    return Fault("misnamed-row", message, file, hint=HINT, severity="warning")


def told(file: str, exporter: str, plan: Plan, scope: Scope) -> tuple[Fault, ...]:
    """Return what to tell of the misnamed rows among the hand edits that stand in *file*, a file of *exporter*."""
    if exporter != "workbook":
        return ()
    stand = [(one.key, one.base, one.theirs) for one in plan.kept]
    stand += [(one.key, one.base, one.theirs) for one in plan.conflicts]
    edits = ((key.rpartition(".")[0], base, theirs) for key, base, theirs in stand)
    found = misnamed(RowNames(scope), edits) if stand else {}
    return (fault(file, found),) if found else ()


def misnamed(names: RowNames, edits: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """Return key -> what it is called now, of the rows that *edits* (key, base, theirs) call by another's name."""
    found: dict[str, list[str]] = {}
    for record, base, theirs in edits:
        if names.misnamed(record, base, theirs):
            found.setdefault(record, []).append(theirs)
    return {record: " ".join(said) for record, said in found.items()}


def _value(view: View, path: str) -> str:
    found: object = view
    for name in path.split("."):
        found = getattr(found, name)
    return str(found)
