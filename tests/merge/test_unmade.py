"""Slots that are made when somebody asks for them say what made ones say: a plan is the same with either."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from exporters.binding.scope import Scope
from exporters.merge import merge
from exporters.package import Package
from exporters.registry import EXPORTERS
from exporters.runs.inputs import find_templates
from exporters.runs.living import edited_from
from exporters.runs.planning import compile_all
from exporters.snapshot import Item, Snapshot, Unmade

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
DISTRICTS = 12


@pytest.fixture(scope="module")
def _benchmarks() -> Iterator[None]:
    sys.path.insert(0, str(BENCHMARKS))
    yield
    sys.path.remove(str(BENCHMARKS))


@pytest.fixture(scope="module", params=sorted(EXPORTERS))
def snapshots(_benchmarks: None, request: pytest.FixtureRequest) -> tuple[Snapshot, Snapshot, Snapshot]:
    """A pack of fictional districts, edited, and its next generation, as ``benchmarks/merge.py`` measures them."""
    from merge import EDITS, moved
    from synthetic import dataset

    name = request.param
    job = compile_all(find_templates("standard", "zh", (name,)).files, None, [])[name]

    def made(data: object) -> bytes:
        out = io.BytesIO()
        job.room.render(job.compiled, job.package, Scope(data, "zh"), out, epoch=0)
        return out.getvalue()

    base, ours = made(dataset(DISTRICTS)), made(moved(DISTRICTS))
    before, now, new = (Package.open(one, name="x") for one in (base, EDITS[name](base), ours))
    now = edited_from(job.room, before, now)
    return job.room.read(before), job.room.read(now), job.room.read(new)


def _made(snapshot: Snapshot) -> Snapshot:
    def made(item: Item) -> Item:
        return replace(item, slots=tuple(item.slots))

    groups = (replace(group, items=tuple(map(made, group.items))) for group in snapshot.groups)
    return replace(snapshot, groups=tuple(groups))


def test_a_plan_is_the_same_with_slots_made_or_unmade(snapshots: tuple[Snapshot, Snapshot, Snapshot]) -> None:
    plan = merge(*snapshots)
    assert plan.edits
    assert plan == merge(*map(_made, snapshots))


def test_what_says_the_same_has_the_same_slots(snapshots: tuple[Snapshot, Snapshot, Snapshot]) -> None:
    said: dict[object, list[tuple[str, str, str]]] = {}
    for item in (item for one in snapshots for group in one.groups for item in group.items):
        if isinstance(item.slots, Unmade):
            told = [(slot.key, slot.text, slot.kind) for slot in item.slots]
            assert said.setdefault(item.slots.said, told) == told
            assert item.slots.keys == [slot.key for slot in item.slots]
            assert item.slots.anchors == len({slot.key for slot in item.slots if not slot.kind.silent})
