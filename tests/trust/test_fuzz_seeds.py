"""The seeds of the fuzz run, and every crash that it found, once more: each is done or refused, in bounded time."""

from __future__ import annotations

import random
import time

import pytest

from tests.trust import fuzz
from tests.trust.fuzz_targets import SEEDS, TARGETS, refused_or_done

FILES = sorted(path for path in SEEDS.glob("*/*"))
MOST_CPU = 20.0


def test_each_target_has_seeds() -> None:
    assert {path.parent.name for path in FILES} == set(TARGETS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_seed(path) -> None:
    start = time.process_time()
    refused_or_done(path.parent.name, path.read_bytes())
    assert time.process_time() - start < MOST_CPU


class _Bytes:
    """The change of bytes that libFuzzer makes, as far as a test needs it."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def Mutate(self, data: bytes, most: int) -> bytes:  # noqa: N802 - atheris' name
        changed = bytearray(data or b"x")
        at, other = (self._chance.randrange(len(changed)) for _ in range(2))
        what = self._chance.randrange(3)
        if what == 0:
            changed[at] = self._chance.randrange(256)
        elif what == 1:
            del changed[at : at + self._chance.randint(1, 20)]
        else:
            changed[at:at] = changed[other : other + self._chance.randint(1, 40)]
        return bytes(changed[:most])


@pytest.mark.parametrize("target", TARGETS)
def test_a_short_run_from_the_seeds(target: str) -> None:
    """The same 40 changes each time, without atheris; ``make fuzz`` goes on from here."""
    chance = random.Random(target)
    seeds = [path.read_bytes() for path in FILES if path.parent.name == target]
    for _ in range(40):
        data = chance.choice(seeds)
        changer = _Bytes(chance)
        for _ in range(chance.randint(1, 3)):
            if target in fuzz.XML:
                data = fuzz._mutated(changer, data, 60_000, chance.randrange(1 << 30))
            else:
                data = changer.Mutate(data, 60_000)
        refused_or_done(target, data)
