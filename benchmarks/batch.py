"""A batch measured: packs a second, CPU a pack against one pack alone, and that a killed worker costs no pack.

``python benchmarks/batch.py --packs 3000 --engine local|dask [--jobs 2] [--kill] [--json]``

Every pack is the shipped Guangzhou dataset under an id of its own, all three files. CPU is that of all processes
(this one and its children), imports of the workers included; "alone" is one pack made in this process with everything
imported and compiled, as the batch's workers have it: half of its tries before the batch and half after it, since what
a second of CPU is worth changes with what else the machine does.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from exporters.resources import datasets
from exporters.runs import batch, engines
from exporters.runs.making import make
from exporters.runs.planning import Request, plan


def cpu() -> float:
    """Return the CPU seconds of this process and of its ended children."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def write_datasets(folder: Path, packs: int) -> list[Path]:
    text = datasets()["guangzhou-2023"].read_text("utf-8")
    paths = []
    for number in range(packs):
        path = folder / f"city-{number:05}.yaml"
        path.write_text(text.replace("id: guangzhou-2023", f"id: city-{number:05}", 1), "utf-8")
        paths.append(path)
    return paths


def alone(path: Path, folder: Path, cache: Path) -> list[float]:
    """Return the CPU seconds of one pack made and published by this process, of seven tries."""
    seconds = []
    for number in range(8):
        began = time.process_time()
        request = Request(dataset=str(path), out=folder / f"alone-{number}", cache=cache)
        from exporters.runs.build import publish

        decided = plan(request)
        publish(make(decided), decided.folder)
        seconds.append(time.process_time() - began)
    return seconds[1:]


def cluster(stack: ExitStack, workers: int) -> tuple[str, list[int]]:
    """Start a scheduler and workers of one thread on this machine; return the address and the workers' process ids.

    Their settings are those of docs/operating.md.
    """
    import dask
    from distributed import LocalCluster

    quiet = {
        "distributed.worker.profile.enabled": False, "distributed.worker.memory.monitor-interval": "10s",
        "distributed.admin.tick.interval": "1s", "distributed.admin.system-monitor.interval": "10s",
    }  # fmt: skip
    stack.enter_context(dask.config.set(quiet))

    local = stack.enter_context(
        LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1",
            silence_logs=50,
        )
    )  # fmt: skip
    return local.scheduler_address, [worker.pid for worker in local.workers.values()]


def kill_one(pids: list[int], after: float) -> None:
    """Kill one worker with -9 after some seconds; with no ids given, a child of this process."""

    def strike() -> None:
        time.sleep(after)
        found = pids or _children()
        if found:
            os.kill(found[0], signal.SIGKILL)

    threading.Thread(target=strike, daemon=True).start()


def _children() -> list[int]:
    words = ["ps", "-o", "pid=,args=", "--ppid", str(os.getpid())]
    listed = subprocess.run(words, capture_output=True, text=True, check=False)
    return [int(line.split()[0]) for line in listed.stdout.splitlines() if "spawn_main" in line]


def run(packs: int, engine: str, jobs: int, kill: bool) -> dict[str, Any]:
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (root / "data").mkdir()
        paths = write_datasets(root / "data", packs)
        cache = root / "cache"
        tries = alone(paths[0], root / "before", cache)
        wanted = batch.packs(paths, root / "out", Request(cache=cache), ["zh"], ["standard"])
        began_cpu, began = cpu(), time.perf_counter()
        with ExitStack() as workers:
            pids: list[int] = []
            if engine == "dask":
                address, pids = cluster(workers, jobs)
                chosen: engines.Engine = engines.Dask(address)
            else:
                chosen = engines.Pool(jobs)
            if kill:
                kill_one(pids, 12.0)
            reports = list(batch.run(wanted, chosen))
        wall, used = time.perf_counter() - began, cpu() - began_cpu
        one = median(tries + alone(paths[0], root / "after", cache))
        built = sum(report.status == "built" for report in reports)
        whole = sum((pack.out / "manifest.json").is_file() and (pack.out / "deck.pptx").is_file() for pack in wanted)
        return {
            "engine": engine, "jobs": jobs, "packs": packs, "built": built, "complete": whole, "killed": kill,
            "wall_s": round(wall, 2), "packs_per_s": round(packs / wall, 1), "cpu_per_pack_s": round(used / packs, 4),
            "cpu_alone_s": round(one, 4), "ratio": round(used / packs / one, 2),
        }  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packs", type=int, default=300)
    parser.add_argument("--engine", choices=["local", "dask"], default="local")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--kill", action="store_true", help="kill one worker with -9 on the way")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    found = run(args.packs, args.engine, args.jobs, args.kill)
    if args.json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(f"{name:15} {value}")
    return 0 if found["complete"] == args.packs else 1


if __name__ == "__main__":
    sys.exit(main())
