"""The dataset: all records of one pack, with look-ups by id."""

from functools import cached_property
from typing import Literal

import msgspec

from .forms import Record
from .records import Event, Indicator, Initiative, Observation, Office, Period, Person, Place, Source, Target
from .scalars import Day
from .text import EMPTY, Id, Said, Text
from .units import BUILTIN_UNITS, Unit

FORMAT = 1


class Dataset(Record, frozen=True, kw_only=True, dict=True, gc=True):
    """Everything known for one pack. Order of places and targets is the order of the file.

    ``city`` names the place that the pack is about; the places whose parent it is are its districts.
    """

    briefpack: Literal[1] = 1
    """Version of this format."""
    id: Id
    title: Said
    subtitle: Text = EMPTY
    office: Office | None = None
    as_of: Day | None = None
    """The day that the data stands for; printed as the pack's date."""
    period: Period
    city: Id
    places: tuple[Place, ...]
    people: tuple[Person, ...] = ()
    events: tuple[Event, ...] = ()
    units: tuple[Unit, ...] = ()
    """Units beyond the built-in ones."""
    indicators: tuple[Indicator, ...]
    sources: tuple[Source, ...]
    targets: tuple[Target, ...] = ()
    observations: tuple[Observation, ...] = ()
    initiatives: tuple[Initiative, ...] = ()
    note: Text = EMPTY

    @cached_property
    def canonical(self) -> bytes:
        """The dataset as JSON of one form only: equal ones that were validated have equal bytes."""
        return msgspec.json.encode(self)

    @cached_property
    def unit_by_code(self) -> dict[str, Unit]:
        return BUILTIN_UNITS | {unit.code: unit for unit in self.units}

    @cached_property
    def place_by_id(self) -> dict[str, Place]:
        return {place.id: place for place in self.places}

    @cached_property
    def indicator_by_code(self) -> dict[str, Indicator]:
        return {indicator.code: indicator for indicator in self.indicators}

    @cached_property
    def source_by_id(self) -> dict[str, Source]:
        return {source.id: source for source in self.sources}

    @cached_property
    def target_by_id(self) -> dict[str, Target]:
        return {target.id: target for target in self.targets}

    @cached_property
    def targets_of(self) -> dict[str, list[Target]]:
        """Targets by place id, in file order."""
        found: dict[str, list[Target]] = {}
        for target in self.targets:
            found.setdefault(target.place, []).append(target)
        return found

    @cached_property
    def initiatives_of(self) -> dict[str, list[Initiative]]:
        """Initiatives by place id, in file order."""
        found: dict[str, list[Initiative]] = {}
        for initiative in self.initiatives:
            found.setdefault(initiative.place, []).append(initiative)
        return found

    @cached_property
    def districts(self) -> tuple[Place, ...]:
        """The places directly under the city, in division-code order (places without a code last, as filed)."""
        return tuple(
            sorted((place for place in self.places if place.parent == self.city), key=lambda place: place.code or "~")
        )
