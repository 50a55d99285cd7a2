"""A coverage-guided, bounded fuzz run over every way in: ``make fuzz SECONDS=60`` (needs the package atheris).

Each target runs in a process of its own, from the seeds in ``seeds/``. What crashes, hangs or grows beyond 2 GB is left
in ``build/fuzz/TARGET/``; put it into ``seeds/TARGET/`` once it is mended, and the tests replay it for ever.
"""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SEEDS = Path(__file__).with_name("seeds")
FOUND = ROOT / "build" / "fuzz"
HANG = 25
"""Seconds of one input after which it counts as a hang."""


def main() -> int:
    """Share the seconds among the targets that are named (all by default); 1 where something was found."""
    seconds, *names = sys.argv[1:] or ["60"]
    names = names or sorted(path.name for path in SEEDS.iterdir() if path.is_dir())
    bad = [name for name in names if not _fuzz(name, max(2, int(seconds) // len(names)))]
    sys.stdout.write(f"{len(names)} targets, {len(bad)} with findings{': ' if bad else ''}{', '.join(bad)}\n")
    return 1 if bad else 0


def _fuzz(target: str, seconds: int) -> bool:
    corpus, left = FOUND / target / "corpus", FOUND / target
    corpus.mkdir(parents=True, exist_ok=True)
    options = (f"-max_total_time={seconds}", f"-timeout={HANG}", "-rss_limit_mb=2048", "-max_len=60000",
               f"-artifact_prefix={left}/", "-print_final_stats=1", f"-dict={SEEDS / 'words.dict'}")  # fmt: skip
    command = [sys.executable, "-m", "tests.trust.fuzz", "--one", target, *options, str(corpus), str(SEEDS / target)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, errors="replace", check=False)
    runs = [line for line in done.stderr.splitlines() if "number_of_executed_units" in line]
    sys.stdout.write(
        f"{target}: {runs[0].split()[-1] if runs else '?'} inputs, {'sound' if not done.returncode else 'FOUND'}\n"
    )
    if done.returncode:
        sys.stdout.write("\n".join(done.stderr.splitlines()[-30:]) + "\n")
    return not done.returncode


def one(target: str, arguments: list[str]) -> None:
    """Run libFuzzer on one target, in this process and for good."""
    import atheris

    with atheris.instrument_imports(include=["exporters"]):
        from tests.trust import fuzz_targets as targets

        for name in ("word", "deck", "workbook", "workbook.living.reading", "word.living.lifting", "deck.living.deck"):
            __import__(f"exporters.{name}")
        _warm(targets, target)

    def run(data: bytes) -> None:
        targets.refused_or_done(target, data)

    mutator = {"custom_mutator": lambda data, most, seed: _mutated(atheris, data, most, seed)}
    atheris.Setup([sys.argv[0], *arguments], run, **(mutator if target in XML else {}))
    atheris.Fuzz()


XML = ("word", "deck", "workbook", "xlsx", "edited-word", "edited-deck", "edited-workbook")


def _warm(targets: object, target: str) -> None:
    """Import all that the target will import, so that it is instrumented and its first input is not taken for a hang."""
    for seed in sorted((SEEDS / target).iterdir()):
        targets.refused_or_done(target, seed.read_bytes())  # type: ignore[attr-defined]


def _mutated(atheris: object, data: bytes, most: int, seed: int) -> bytes:
    """Change the tree half the time: bytes that are no XML are refused at the door and teach nothing."""
    from lxml import etree

    chance = random.Random(seed)
    if chance.random() < 0.4:
        return bytes(atheris.Mutate(data, most))  # type: ignore[attr-defined]
    try:
        root = etree.fromstring(data)
    except etree.XMLSyntaxError:
        return bytes(atheris.Mutate(data, most))  # type: ignore[attr-defined]
    for _ in range(chance.randint(1, 4)):
        _change(list(root.iter("*")), chance, atheris)
    return etree.tostring(root)[:most]


_TEXTS = ("{{ pack.title }}", "{% for d in districts %}", "{% endfor %}", "{% if targets %}", "{% endif %}", "{%", "}}",
          "{{ t.value }}", "", "-1", "0", "99999999999", "x", "A1:XFD1048576", "#REF!", "\ufdd0", "\ufdd81\ufdd9", "\ufddd")  # fmt: skip


def _change(elements: list, chance: random.Random, atheris: object) -> None:  # type: ignore[type-arg]
    import copy

    element, other = chance.choice(elements), chance.choice(elements)
    parent = element.getparent()
    what = chance.randrange(8)
    if what == 0 and parent is not None:
        parent.remove(element)
    elif what == 1 and parent is not None:
        parent.insert(chance.randint(0, len(parent)), copy.deepcopy(element))
    elif what == 2 and other not in element.iter():
        other.append(copy.deepcopy(element))
    elif what == 3 and element.attrib:
        del element.attrib[chance.choice(list(element.attrib))]
    elif what == 4 and element.attrib:
        element.attrib[chance.choice(list(element.attrib))] = chance.choice(_TEXTS)
    elif what == 5:
        element.text = chance.choice(_TEXTS)
    elif what == 6 and other.attrib:
        name, value = chance.choice(list(other.attrib.items()))
        element.set(name, value)
    elif what == 7:
        element.tag = other.tag


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], sys.argv[3:])
    else:
        sys.exit(main())
