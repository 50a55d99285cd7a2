"""What a person must look at, said once in the speaker notes of the slide, and taken back when it is settled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from exporters.charts.data import in_words
from exporters.deck.living.deck import Deck, Slide
from exporters.deck.living.names import MARK, STALE_SLIDE
from exporters.deck.living.notes import NotesWriter, marks_of, set_marks
from exporters.deck.living.reading import snapshot
from exporters.snapshot import Conflict, MarkStale, Plan, SetSlot

_STALE = f"{MARK} stale"
_GONE = "数据中已无此项 / no longer in the data"
_LONGEST = 120


class Marker:
    """Writes the lines of stale records and open conflicts, and takes out those that no longer hold."""

    def __init__(self, edited: Deck, ours: Deck, plan: Plan, notes: NotesWriter) -> None:
        self._edited, self._ours, self._plan, self._notes = edited, ours, plan, notes
        self._known: dict[str, Slide] | None = None

    def run(self, stale: Sequence[MarkStale]) -> None:
        wanted: dict[str, list[str]] = defaultdict(list)
        for edit in stale:
            part, _, inside = edit.at.partition("#")
            wanted[part].append(f"{_STALE} {edit.id}: {_GONE}" if inside else f"{STALE_SLIDE} {edit.id}: {_GONE}")
        conflicts: dict[str, list[str]] = defaultdict(list)
        for conflict in self._plan.conflicts:
            line = _line(conflict)
            slide = self._slide_of(conflict)
            if slide is not None and line not in conflicts[slide.part]:
                conflicts[slide.part].append(line)
        alive = self._alive()
        for slide in self._edited.slides:
            kept = [line for line in marks_of(slide) if line.startswith(_STALE)]
            if slide.part in alive or slide.key in alive:
                kept = [line for line in kept if not line.startswith(STALE_SLIDE)]
            lines = [*dict.fromkeys((*wanted[slide.part], *kept)), *conflicts[slide.part]]
            set_marks(slide, lines, self._notes)

    def _alive(self) -> set[str]:
        """Return slides (names, parts) that the new render holds, so that a mark of an earlier one is taken back."""
        keys = {slide.key for slide in self._ours.slides if slide.key}
        return keys | {edit.at.partition("#")[0] for edit in self._plan.edits if isinstance(edit, SetSlot)}

    def _slide_of(self, conflict: Conflict) -> Slide | None:
        """Return the slide that a conflict belongs to; what was deleted with its slide is told on the first."""
        found = self._edited.by_part.get(conflict.at.partition("#")[0])
        if found is None:
            found = self._homes().get(conflict.key)
        return found or (self._edited.slides[0] if self._edited.slides else None)

    def _homes(self) -> dict[str, Slide]:
        """Return the edited slide for everything that the new render holds, by id and key."""
        if self._known is None:
            pairs = {slide.key: slide for slide in self._edited.slides if slide.key}
            for edit in self._plan.edits:
                if isinstance(edit, SetSlot) and edit.source:
                    origin = self._ours.by_part.get(edit.source.partition("#")[0])
                    target = self._edited.by_part.get(edit.at.partition("#")[0])
                    if origin is not None and target is not None:
                        pairs.setdefault(origin.key, target)
            self._known = {}
            for group in snapshot(self._ours).groups:
                slide = pairs.get(group.id)
                if slide is not None:
                    names = {name for item in group.items for name in (item.id, *(slot.key for slot in item.slots))}
                    for name in names:
                        self._known.setdefault(name, slide)
        return self._known


def _line(conflict: Conflict) -> str:
    if conflict.reason == "changed-dropped":
        return f"{MARK} conflict {conflict.key}: changed by hand, {_GONE}"
    theirs = f"yours “{_short(conflict.theirs)}”" if conflict.theirs else "yours: deleted"
    ours = f"data “{_short(conflict.ours)}”" if conflict.ours else f"data: {_GONE}"
    return f"{MARK} conflict {conflict.key}: {theirs}, {ours}"


def _short(text: str) -> str:
    plain = " ".join(in_words(text).split())
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…"
