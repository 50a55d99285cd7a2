"""Kills builds with -9, at every file-system step and at random moments, and compares what stands after each.

Run as a program, so that it has no threads and can fork: ``python killing.py steps|moments|batch FOLDER MOST``. Every child
is a whole build or batch in a process of its own that ends by SIGKILL. After each kill every published file must be
the old one or the new one, whole; after the same command once more the folder must be what it is without any kill.

Making a pack touches no folder, so killing it there proves nothing: what this process has made once, its children take.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import pickle
import random
import shutil
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path

from docx import Document

from exporters.runs import batch, build
from exporters.runs.build import execute
from exporters.runs.engines import InProcess
from exporters.runs.making import Made, make
from exporters.runs.planning import Plan, Request, plan

DATA = Path(__file__).parents[2] / "data" / "guangzhou-2023.yaml"
_STEPS = {
    "open",
    "os.rename",
    "os.remove",
    "os.mkdir",
    "os.rmdir",
    "os.link",
    "os.chmod",
    "sqlite3.connect",
    "os.utime",
}
FILES = ("briefing.docx", "deck.pptx", "targets.xlsx", "manifest.json")


class Killer:
    """Ends this process by SIGKILL just before the given step that touches the folder."""

    def __init__(self, folder: Path, at: int) -> None:
        self._folder, self._at, self.seen = str(folder), at, 0

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        if event in _STEPS and self._folder in str(arguments[0]):
            self.seen += 1
            if self.seen == self._at:
                os.kill(os.getpid(), signal.SIGKILL)


def in_child(work: Callable[[], None], *, folder: Path, step: int = 0, after: float | None = None) -> bool:
    """Do *work* in a child; return whether it was killed (at a *step*, or *after* some seconds)."""
    child = os.fork()
    if child == 0:
        code = 1
        with contextlib.suppress(BaseException):
            if step:
                sys.addaudithook(Killer(folder, step))
            work()
            code = 0
        os._exit(code)
    if after is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    assert os.WEXITSTATUS(status) == 0, "the work failed"
    return False


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for name in FILES
        for path in sorted(folder.rglob(name))
        if ".briefpack" not in path.parts
    }


def memory(folder: Path) -> list[object]:
    """Return all that the ledgers below *folder* remember, but for times and tokens, and whether their objects are there."""
    found: list[object] = []
    for path in sorted(folder.rglob("ledger.sqlite")):
        with contextlib.closing(sqlite3.connect(path)) as base:
            found += base.execute("select * from generations order by file, generation").fetchall()
            found += base.execute("select * from conflicts order by file, key, item").fetchall()
            found += base.execute("select command, dataset, inputs, summary from runs order by id").fetchall()
            found += sorted(entry.name for entry in (path.parent / "objects").iterdir())
        found += sorted(entry.name for entry in path.parent.iterdir() if entry.name in {"ready", "staging"})
    return found


def edited(out: Path, data: Path, cache: Path) -> Path:
    """Build a pack, edit it as people do, and return its next data: one number moves that a person changed too."""
    execute(plan(Request(dataset=str(data), out=out, cache=cache)))
    document = Document(out / "briefing.docx")
    alias = next(one for one in document.element.body.iter("{*}alias") if "nansha.gdp-growth.text" in one.values())
    control = alias.getparent().getparent()
    next(control.iter("{*}t")).text = "12%"
    document.add_paragraph("Written by hand.")
    document.save(out / "briefing.docx")
    changed = data.with_name("changed.yaml")
    old = data.read_text("utf-8")
    at = old.index("id: nansha.gdp-growth")
    value = old.index("value: ", at)
    end = old.index("\n", value)
    changed.write_text(f"{old[:value]}value: 9{old[end:]}", "utf-8")
    return changed


_made: dict[bytes, Made] = {}


def made_once(decided: Plan, *rest: object) -> Made:
    """Make a pack, or take what was made of the same folder and the same data before."""
    key = pickle.dumps((decided.folder, decided.dataset_sha256, [step.action for step in decided.steps]))
    if key not in _made:
        _made[key] = make(decided, *rest)
    return _made[key]


def loop(scenario: str, root: Path, most: int) -> dict[str, object]:
    batch.make = build.make = made_once
    data = root / "gz.yaml"
    shutil.copyfile(DATA, data)
    cache, start, work = root / "cache", root / "start", root / "work"
    if scenario == "batch":
        folder = root / "data"
        folder.mkdir()
        text = data.read_text("utf-8")
        for number in range(3):
            path = folder / f"p{number}.yaml"
            path.write_text(text.replace("id: guangzhou-2023", f"id: p{number}", 1), "utf-8")
        start.mkdir()

        def run() -> None:
            wanted = batch.packs(
                sorted(folder.iterdir()), work, Request(only=("word",), cache=cache), ["zh"], ["standard"]
            )
            assert all(report.status in {"built", "unchanged"} for report in batch.run(wanted, InProcess()))

    else:
        changed = edited(start, data, cache)

        def run() -> None:
            execute(plan(Request(dataset=str(changed), out=work, cache=cache)))

    shutil.copytree(start, work)
    before = digests(work)
    counter = Killer(work, 0)
    sys.addaudithook(counter)
    run()
    steps, counter._at = counter.seen, -1
    whole, remembered = digests(work), memory(work)
    run()
    assert scenario == "batch" or "12%" in str(remembered), "no conflict to be remembered"
    allowed = {name: {before.get(name), digest} for name, digest in whole.items()}
    began = time.perf_counter()
    shutil.rmtree(work)
    shutil.copytree(start, work)
    in_child(run, folder=work)
    long = time.perf_counter() - began
    broken: list[str] = []
    killed = 0
    generator = random.Random(5)
    # Evenly over all steps where there are more than asked for.
    for number in range(1, steps + 1, -(-steps // most)):
        shutil.rmtree(work)
        shutil.copytree(start, work)
        if scenario == "moments":
            hit = in_child(run, folder=work, after=generator.uniform(0, long))
            # It was done before the blow: the machine has less to do than when the time was taken.
            long *= 1 if hit else 0.7
            killed += hit
        else:
            killed += in_child(run, folder=work, step=number)
            # The run that goes on from there may be killed as well.
            killed += in_child(run, folder=work, step=generator.randint(1, steps))
        torn = {name for name, digest in digests(work).items() if digest not in allowed[name]}
        in_child(run, folder=work)
        if torn or digests(work) != whole or memory(work) != remembered:
            broken.append(
                f"{number}: torn {sorted(torn)}, after the next run {digests(work) == whole}, {memory(work) == remembered}"
            )
    return {"killed": killed, "steps": steps, "broken": broken}


if __name__ == "__main__":
    print(json.dumps(loop(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))))
