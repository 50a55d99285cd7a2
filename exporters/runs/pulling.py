"""Bringing typed edits of bound values back into the data file."""

from __future__ import annotations

import datetime as dt
import difflib
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from pathlib import Path

from msgspec import Struct
from msgspec.structs import asdict, replace
from pydantic import ValidationError

from exporters.binding.keys import Keys
from exporters.binding.scope import Scope
from exporters.binding.views import (
    ActualView,
    IndicatorView,
    InitiativeView,
    LeaderView,
    PackView,
    PlaceView,
    SourceView,
    TargetView,
    View,
)
from exporters.errors import BriefpackError, DataError, Fault
from exporters.load import load, read_bytes, write_whole
from exporters.load.edits import AppendRecord, Edit, RemoveField, SetField, apply_edits
from exporters.merge import canonical
from exporters.model import Comparator, Dataset, Measure, Observation, Target, validated
from exporters.runs.pack import Pack
from exporters.runs.typed import Reader, Typed
from exporters.wording import SYMBOL
from exporters.wording.reading import AmbiguousError, Figure, read_figure

# Fields of views that are plain texts of their record: (type of view, name) -> where the text stands in the record.
_TEXTS: dict[tuple[type[View], str], tuple[str, ...]] = {
    (PlaceView, "name"): ("name",),
    (PlaceView, "short"): ("short",),
    (PlaceView, "note"): ("note",),
    (InitiativeView, "text"): ("text",),
    (InitiativeView, "theme"): ("theme",),
    (LeaderView, "name"): ("name",),
    (IndicatorView, "label"): ("label",),
    (IndicatorView, "short"): ("short",),
    (IndicatorView, "note"): ("note",),
    (SourceView, "title"): ("title",),
    (SourceView, "outlet"): ("outlet",),
    (SourceView, "occasion"): ("occasion",),
    (PackView, "title"): ("title",),
    (PackView, "subtitle"): ("subtitle",),
    (PackView, "note"): ("note",),
    (TargetView, "note"): ("note",),
    (ActualView, "note"): ("note",),
    (TargetView, "sub_place"): ("sub_place",),
}
# The number of a statement, or of its actual value: as a spreadsheet holds it, as a ratio, as the source has it.
_NUMBERS = ("number", "ratio", "value")
# What makes up the figure of a statement.
_FIGURE = frozenset(("value", "upper", "unit", "comparator", "comparator_word", "expression"))
# The pieces that a figure with its verb is printed in.
_PIECES = ("lead", "amount", "tail")
_EXCEL_EPOCH = dt.date(1899, 12, 30)
_NO_SIGN = frozenset((Comparator.BETWEEN, Comparator.IN_STEP_WITH, Comparator.NONE))
FORMULA = "="
_TRIED = 50
"""Of so many records it is tried which one would make the data wrong."""


class Pulled(Struct, frozen=True):
    """What comes back: the edits, the data file's bytes before and after, and the typed values that were not taken."""

    dataset: Path
    before: bytes
    typed: tuple[Typed, ...]
    edits: tuple[Edit, ...]
    content: bytes
    faults: tuple[Fault, ...]

    def patch(self) -> str:
        """Return the change of the data file as a unified diff; for a workbook, a line for each edit."""
        if self.dataset.suffix.lower() == ".xlsx":
            return "".join(f"{_in_words(edit)}\n" for edit in self.edits)
        first, second = (text.decode("utf-8").splitlines(keepends=True) for text in (self.before, self.content))
        return "".join(difflib.unified_diff(first, second, str(self.dataset), str(self.dataset), n=1))


def pull(dataset: Path, folder: Path, templates: str | None = None) -> Pulled:
    """Return what people typed over in the pack in *folder*, as edits of *dataset*. Nothing is written.

    Ambiguous texts, values typed differently in two files, and values that the data has moved since stand in
    ``faults`` with their places, and so do those with which the data would be wrong; all others are taken.
    """
    pack = Pack.open(folder)
    before = read_bytes(dataset)
    data = load(dataset, content=before)
    if data.id != pack.manifest.dataset:
        message = f"the pack is of dataset '{pack.manifest.dataset}', the file holds '{data.id}'"
        raise BriefpackError(Fault("other-pack", message, str(dataset)))
    reader = Reader(pack, templates)
    typed = list(reader.typed())
    puller = _Puller(data, pack)
    puller.faults += reader.faults
    edits, content, wrong = _sound(dataset, before, puller.edits(typed))
    return Pulled(dataset, before, tuple(typed), edits, content, (*puller.faults, *wrong))


def _sound(
    dataset: Path, before: bytes, pairs: list[tuple[Typed, Edit]]
) -> tuple[tuple[Edit, ...], bytes, tuple[Fault, ...]]:
    """Return the edits that leave the data right, the data file with them, and what would be wrong with the others."""

    def made(edits: Sequence[Edit]) -> bytes:
        content = apply_edits(dataset, edits, before)
        if edits:
            load(dataset, content=content)
        return content

    edits = tuple(edit for _, edit in pairs)
    try:
        return edits, made(edits), ()
    except DataError as error:
        whole = tuple(replace(one, hint=one.hint or "so it would be with what was typed") for one in error.faults)
    of_record: dict[str, list[tuple[Typed, Edit]]] = defaultdict(list)
    for one, edit in pairs:
        of_record[str(edit.record["id"]) if isinstance(edit, AppendRecord) else edit.record].append((one, edit))
    faults: list[Fault] = []
    for record in list(of_record)[:_TRIED]:
        try:
            made([edit for _, edit in of_record[record]])
        except DataError as error:
            one = of_record.pop(record)[0][0]
            message = f"with “{one.theirs}” the data would be wrong: {error.faults[0].message}"
            faults.append(Fault("pull", message, one.file, one.place, hint="it was not taken"))
    edits = tuple(edit for found in of_record.values() for _, edit in found)
    try:
        return edits, made(edits), tuple(faults)
    except DataError:
        return (), before, whole


def _in_words(edit: Edit) -> str:
    if isinstance(edit, AppendRecord):
        return f"+ {edit.list}: " + ", ".join(f"{name} {value}" for name, value in edit.record.items())
    name = ".".join((edit.record, *map(str, edit.field)) if edit.record else map(str, edit.field))
    return f"{name} = {edit.value}" if isinstance(edit, SetField) else f"{name} is taken away"


def write(pulled: Pulled) -> None:
    """Write the data file's new bytes, whole or not at all; RefusedError where someone has saved it since."""
    write_whole(pulled.dataset, pulled.content, over=pulled.before)


class _Puller:
    """Translates typed texts into edits of records."""

    def __init__(self, dataset: Dataset, pack: Pack) -> None:
        self.dataset, self.lang = dataset, pack.lang
        self.scope = Scope(dataset, pack.lang)
        self.keys = Keys(self.scope)
        self.shown = Keys(pack.scope)
        self.observations = {(one.target, one.date): one for one in dataset.observations}
        self.before = {(one.target, one.date): one for one in pack.dataset.observations}
        self.observed = {one.id: one for one in dataset.observations}
        self.ids = {*self.observed, *dataset.target_by_id}
        self.faults: list[Fault] = []

    def edits(self, typed: list[Typed]) -> list[tuple[Typed, Edit]]:
        """Return the edits of all typed values; two files that say different things are a fault."""
        by_field: dict[tuple[str, str], list[Typed]] = defaultdict(list)
        for one in typed:
            by_field[one.record, one.field].append(one)
        edits: list[tuple[Typed, Edit]] = []
        actual: dict[str, dict[str, Typed]] = defaultdict(dict)
        pieces: dict[str, dict[str, Typed]] = defaultdict(dict)
        for (record, field), found in by_field.items():
            texts = {canonical(one.theirs) for one in found}
            if len(texts) > 1:
                self._differ(found)
            elif field.startswith("actual."):
                actual[record][field.removeprefix("actual.")] = found[0]
            elif field in _PIECES and record in self.dataset.target_by_id:
                pieces[record][field] = found[0]
            else:
                edits += self._taken(found[0])
        for record, typed_pieces in pieces.items():
            edits += self._taken(self._joined(record, typed_pieces))
        for record, fields in actual.items():
            edits += ((next(iter(fields.values())), edit) for edit in self._observed(record, fields))
        return self._agreeing(edits)

    def _taken(self, one: Typed) -> list[tuple[Typed, Edit]]:
        try:
            return [(one, edit) for edit in self._edits(one)]
        except AmbiguousError as error:
            self._fault(one, f"“{one.theirs}” cannot be taken: {error}", error.hint)
            return []

    def _joined(self, record: str, pieces: Mapping[str, Typed]) -> Typed:
        """Return the figure, with its verb, that a person typed over in some of its pieces."""
        shown = [self.shown.find(f"{record}.{name}") for name in _PIECES]
        said = [str(self.shown.value(found)) if found is not None else "" for found in shown]
        now = [pieces[name].theirs if name in pieces else text for name, text in zip(_PIECES, said, strict=True)]
        first = next(iter(pieces.values()))
        return replace(first, field="phrase", base="".join(said), theirs="".join(now))

    def _agreeing(self, edits: list[tuple[Typed, Edit]]) -> list[tuple[Typed, Edit]]:
        """Leave out the edits of figures for which people typed different things in different places."""
        said: dict[tuple[str, ...], list[tuple[Typed, Edit]]] = defaultdict(list)
        for one, edit in edits:
            if not isinstance(edit, AppendRecord):
                name = str(edit.field[0])
                said[edit.record, *(("figure",) if name in _FIGURE else map(str, edit.field))].append((one, edit))
        found: list[tuple[Typed, Edit]] = [(one, edit) for one, edit in edits if isinstance(edit, AppendRecord)]
        for pairs in said.values():
            fields = {edit.field: (one, edit) for one, edit in pairs if not isinstance(edit, AppendRecord)}
            if all(fields[edit.field][1] == edit for _, edit in pairs if not isinstance(edit, AppendRecord)):
                found += fields.values()
            else:
                self._differ([one for one, _ in pairs])
        return found

    def _differ(self, typed: list[Typed]) -> None:
        said = dict.fromkeys(f"“{one.theirs}” in {one.file} ({one.place})" for one in typed)
        self._fault(typed[0], f"it was typed differently in two places: {'; '.join(said)}", "make them alike")

    def _fault(self, one: Typed, message: str, hint: str = "") -> None:
        self.faults.append(Fault("pull", message, one.file, one.place, hint=hint))

    def _edits(self, one: Typed) -> list[Edit]:
        found = self.keys.find(f"{one.record}.{one.field}")
        if found is None and self.shown.find(f"{one.record}.{one.field}") is not None:
            message = f"“{one.theirs}” cannot be taken: the data no longer shows what it was typed over"
            self._fault(one, message, "build first")
            return []
        if found is None:
            message = f"“{one.theirs}” cannot be taken: it belongs to no single value of the data"
            self._fault(one, message, "type the figure where it stands alone, or edit the data file")
            return []
        now = self.keys.value(found)
        # Of several records nothing is set against what was typed.
        is_one = now is not None and not isinstance(now, list | tuple)
        if is_one and not self._open(one, str(now)):
            return []
        view = found.view
        if isinstance(view, TargetView):
            return self._target(replace(one, field=found.field), self.dataset.target_by_id[view.key])
        if isinstance(view, ActualView) and found.field == "text":
            return self._reached(one, self.observed[view.key])
        place = _TEXTS.get((type(view), found.field))
        if view.key != one.record and place is not None:
            message = f"“{one.theirs}” cannot be taken: {view.key} has its name in this row, but the row is not its own"
            self._fault(one, message, "edit the name in the data file")
            return []
        if place is None:
            message = f"“{one.theirs}” cannot be taken: this value is worked out from others"
            self._fault(one, message, "edit what it follows from")
            return []
        record = "" if isinstance(view, PackView) else view.code if isinstance(view, IndicatorView) else view.key
        return [SetField(record, (*place, self.lang), one.theirs)]

    def _open(self, one: Typed, now: str) -> bool:
        """Tell whether the data, which says *now*, still says what was typed over; a third value is a fault."""
        said = canonical(now)
        if said not in {canonical(one.base), canonical(one.theirs)}:
            self._fault(one, f"the data has moved to “{now}” since", "build first, then settle the conflict")
        return said == canonical(one.base)

    def _target(self, one: Typed, target: Target) -> list[Edit]:
        if one.field in {"text", "phrase"}:
            return self._figure(one, target)
        if one.field in _NUMBERS:
            return self._changed(target, {"value": self._number(one.theirs, target, one.field)})
        if one.field == "number_upper":
            upper = self._number(one.theirs, target, "number")
            if target.upper is None and target.comparator is not Comparator.EQ:
                raise AmbiguousError("the target is no range", "type the range as its figure")
            return self._changed(target, {"comparator": Comparator.BETWEEN, "upper": upper})
        if one.field == "comparator":
            return self._compared(one, target)
        if one.field == "word" and self.lang == "zh":
            return [SetField(target.id, ("modality_word",), one.theirs)]
        if (TargetView, one.field) in _TEXTS:
            return [SetField(target.id, (*_TEXTS[TargetView, one.field], self.lang), one.theirs)]
        message = f"“{one.theirs}” cannot be taken: {one.field} does not come back from a pack"
        self._fault(one, message, "edit the data file")
        return []

    def _compared(self, one: Typed, target: Target) -> list[Edit]:
        """Return the edits for a typed sign (≥, >, ≈, =, ≤, <)."""
        signs = {sign: comparator for comparator, sign in SYMBOL.items() if comparator not in _NO_SIGN}
        found = signs.get(one.theirs.strip())
        if found is None:
            raise AmbiguousError(f"it is none of the signs {' '.join(signs)}", "type one of them")
        if target.comparator in _NO_SIGN:
            kind = "a range" if target.comparator is Comparator.BETWEEN else "stated in words"
            raise AmbiguousError(f"the target is {kind}, which takes no sign", "type the figure itself")
        return self._changed(target, {"comparator": found, "comparator_word": None, "expression": None})

    def _read(self, one: Typed, target: Target) -> Figure:
        counter = self.dataset.indicator_by_code[target.indicator].counter
        noun = counter.in_(self.lang) if target.unit in {"COUNT", "COUNT_10K"} else ""
        return read_figure(one.theirs, target, self.dataset.unit_by_code, self.lang, noun)

    def _figure(self, one: Typed, target: Target) -> list[Edit]:
        read = self._read(one, target)
        fields: dict[str, object] = {
            "value": read.value, "upper": read.upper, "unit": read.unit, "comparator": read.comparator
        }  # fmt: skip
        word = {self.lang: read.word} if read.word and read.comparator is not Comparator.EQ else None
        printed = ""
        # The words of the data are kept where they print what was typed; no word is set that is printed without.
        for words in ({}, {"comparator_word": None, "expression": None}, {"comparator_word": word, "expression": None}):
            if not words and read.comparator is not target.comparator:
                continue
            printed = self._printed(target, fields | words, one.field)
            if canonical(printed) == canonical(one.theirs):
                return self._changed(target, fields | words)
        raise self._other(replace(one, theirs=printed), target, read)

    def _other(self, printed: Typed, target: Target, read: Figure) -> AmbiguousError:
        """Say how a figure would be printed; to type it so is advised only where that means the same."""
        hint = "change it in the data file"
        with suppress(AmbiguousError):
            hint = "type it so" if self._read(printed, target) == read else hint
        return AmbiguousError(f"it would be printed as “{printed.theirs}”", hint)

    def _reached(self, one: Typed, observation: Observation) -> list[Edit]:
        """Return the edit for the text of an actual value."""
        target = self.dataset.target_by_id[observation.target]
        read = self._read(one, target)
        if read.comparator is not Comparator.EQ or read.word:
            raise AmbiguousError("an actual value is one plain figure")
        if read.unit != target.unit:
            raise AmbiguousError("its unit is another than the target's")
        printed = self.scope.quantity(target, read.value)
        if canonical(printed) != canonical(one.theirs):
            raise self._other(replace(one, theirs=printed), target, read)
        return [SetField(observation.id, ("value",), read.value)]

    def _printed(self, target: Target, fields: Mapping[str, object], name: str) -> str:
        values = asdict(target) | {key: value for key, value in fields.items() if value is not None}
        for key in ("upper", "comparator_word", "expression"):
            if key in fields and fields[key] is None:
                values.pop(key, None)
        try:
            changed = validated(Target, values)
        except ValidationError as error:
            said = error.errors(include_url=False, include_input=False)[0]["msg"].removeprefix("Value error, ")
            raise AmbiguousError(said) from None
        return self.scope.said(changed)[name == "phrase"]

    def _changed(self, target: Target, fields: Mapping[str, object]) -> list[Edit]:
        """Return an edit for each field that differs from what the target has."""
        edits: list[Edit] = []
        for name, value in fields.items():
            old = getattr(target, name)
            if value is None:
                if old:
                    edits.append(RemoveField(target.id, (name,)))
            elif name == "comparator_word":
                if not isinstance(value, dict) or old.in_(self.lang) != value[self.lang]:
                    edits.append(SetField(target.id, (name,), value))
            elif old != value:
                edits.append(SetField(target.id, (name,), value))
        return edits

    def _power(self, target: Target, field: str) -> int:
        """Return the power of ten by which a field of a target's view differs from the source's number."""
        if field == "ratio":
            return -2 if target.unit == "PERCENT" else 0
        return self.scope.tabular_power(target) if field == "number" else 0

    def _number(self, text: str, target: Target, field: str) -> Decimal:
        """Return a typed number in the unit of the source; one that names its unit must name the target's own."""
        plain = unicodedata.normalize("NFKC", text).strip()
        if not plain.endswith("%"):
            with suppress(ArithmeticError):
                number = Decimal(canonical(plain)).scaleb(-self._power(target, field))
                if number.is_finite():
                    return _likely(number, target)
        if not any(character.isdecimal() for character in plain) or plain.startswith(FORMULA):
            raise AmbiguousError("it is not a number")
        read = read_figure(text, target, self.dataset.unit_by_code, self.lang)
        if read.comparator is not Comparator.EQ or read.word:
            raise AmbiguousError(f"it says “{read.word or SYMBOL[read.comparator]}”, and a number stands here")
        if read.unit != target.unit:
            raise AmbiguousError("its unit is another than the target's")
        alone = canonical(f"{read.value.scaleb(self._power(target, field)):f}")
        if canonical(text) != alone:
            # The unit stands beside it, and formulas reckon with the cell: the next build would not take it as this.
            raise AmbiguousError(f"a number alone stands here, “{alone}”", "type it so")
        return read.value

    def _observed(self, record: str, fields: Mapping[str, Typed]) -> list[Edit]:
        """Return the observation that a person typed beside a target: its value, its day, its note."""
        first = next(iter(fields.values()))
        target = self.dataset.target_by_id.get(record)
        if target is None:
            self._fault(first, "the data file no longer has this record")
            return []
        name = next((name for name in _NUMBERS if name in fields), "")
        try:
            value = self._number(fields[name].theirs, target, name) if name else None
            day = _day(fields["day"].theirs) if "day" in fields else None
        except AmbiguousError as error:
            self._fault(first, f"“{first.theirs}” cannot be taken: {error}", error.hint)
            return []
        found = self.shown.find(f"{record}.actual.day")
        shown = found.view if found is not None and isinstance(found.view, ActualView) else None
        if shown is not None and day in {None, shown.day}:
            now = self.observations.get((record, shown.day))
            if now is None:
                self._fault(first, f"the data has lost its actual value of {shown.day}", "build first")
                return []
            return self._corrected(now, target, fields, value)
        if value is None:
            # A remark alone is one about the target: it stays where people read it.
            if shown is not None:
                message = f"the day was moved to {day}, but the actual value beside it is still that of {shown.day}"
                self._fault(first, message, "type the value of that day too, or correct the day in the data file")
            elif day is not None:
                self._fault(first, "there is a day, but no actual value", "type the value too")
            return []
        if day is None:
            self._fault(first, f"the actual value {first.theirs} has no day", "type its day beside it")
            return []
        now = self.observations.get((record, day))
        if now is not None:
            # The pack showed nothing of that day: what the data has got since was not typed over.
            known = self.before.get((record, day))
            base = "" if known is None else f"{known.value.scaleb(self._power(target, name)):f}"
            said = {name: base, "note": "" if known is None else known.note.in_(self.lang)}
            typed = {key: replace(one, base=said.get(key, "")) for key, one in fields.items()}
            return self._corrected(now, target, typed, value)
        new = {"id": self._new_id(record, day), "target": record, "date": day, "value": value}
        note = fields["note"].theirs if "note" in fields else ""
        return [AppendRecord("observations", new | ({"note": {self.lang: note}} if note else {}))]

    def _new_id(self, record: str, day: dt.date) -> str:
        """Return an id for the observation of a day that no record has; ids are cut where they would be too long."""
        names = (f"{record[:39]}.{day:%Y%m%d}", *(f"{record[:36]}-{n}.{day:%Y%m%d}" for n in range(2, 100)))
        found = next(name for name in names if name not in self.ids)
        self.ids.add(found)
        return found

    def _corrected(
        self, now: Observation, target: Target, fields: Mapping[str, Typed], value: Decimal | None
    ) -> list[Edit]:
        """Return the edits of an actual value that the data has: its value, typed as *value*, and its note."""
        edits: list[Edit] = []
        name = next((name for name in _NUMBERS if name in fields), "")
        if value is not None and value != now.value:
            said = now.value.scaleb(self._power(target, name))
            if self._open(fields[name], f"{said:f}"):
                edits.append(SetField(now.id, ("value",), value))
        if "note" in fields and self._open(fields["note"], now.note.in_(self.lang)):
            edits.append(SetField(now.id, ("note", self.lang), fields["note"].theirs))
        return edits


def _likely(value: Decimal, target: Target) -> Decimal:
    """Return *value*; refuse a percentage typed without its sign into a cell of ratios, where 7.5 is 750%, and a growth
    below one where the target has no unit that says what it is."""
    if target.unit is None and target.measure is Measure.GROWTH_YOY and 0 < abs(value) < 1:
        percent = f"{(value * 100).normalize():f}%"
        raise AmbiguousError(f"the target has no unit, so it may be {value:f}% or {percent}", "type it in per cent")
    usual = target.value if target.value is not None else Decimal(0)
    if target.unit == "PERCENT" and abs(value) >= 100 and abs(usual) < 50:
        raise AmbiguousError(f"it is {value:f}% there, beside a target of {usual:f}%")
    return value


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text.strip()[:10])
    except ValueError:
        pass
    try:
        return _EXCEL_EPOCH + dt.timedelta(days=int(Decimal(text)))
    except (InvalidOperation, ValueError, OverflowError):
        raise AmbiguousError(f"“{text}” is no day", "type it as 2023-06-30") from None
