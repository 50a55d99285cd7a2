"""How rendering grows with the number of districts, against the floor that no exporter can beat.

Each row is measured in a process of its own: imports, the synthetic dataset (synthetic.py), the template and its
compiled form, from a cache that an unmeasured run has filled, come first; then the clock starts, the scope is made and
the file rendered to disk, and the clock stops. ``peak_mb`` is the process's largest resident size in that time, all
that was there before included (``before_mb``). The floor is taken in the same process on the same bytes: zlib level 6
over every part of the finished package (for a part that is a package itself, over its own parts too) and one write of
the result. The exporters themselves deflate with ISA-L, small parts with its fixed codes
(``exporters.package.segments``), which takes a quarter of the floor's time and makes files a tenth to a third larger:
that is part of the ratio. Up to 1,000 districts a row is the median of three processes.

    python benchmarks/scale.py --districts 11,1000,10000 [--peers] [--keep DIR] [--json]
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import math
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import ZIP_STORED, ZipFile

ROOT = Path(__file__).resolve().parent.parent
FORMATS = ("word", "deck", "workbook")
REPEATED_UP_TO = 1_000
REPEATS = 3


def measure(name: str, districts: int, options: argparse.Namespace) -> dict[str, Any]:
    """Measure one row in this process."""
    keep: Path | None = options.keep
    sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]
    from synthetic import dataset

    from exporters.binding.scope import Scope
    from exporters.runs.inputs import find_templates
    from exporters.runs.planning import compile_all

    # The room's own modules too, which a command loads only when it has something to render.
    importlib.import_module(f"exporters.{name}.rendering")
    data = dataset(districts)
    faults: list[Any] = []
    edition = find_templates(options.templates, options.lang, (name,))
    job = compile_all(edition.files, options.cache, faults).get(name)
    if job is None:
        raise SystemExit("\n".join(map(str, faults)))
    if keep is None:
        folder = Path(tempfile.mkdtemp(prefix="briefpack-scale-"))
    else:
        folder = keep / f"{districts}"
        folder.mkdir(parents=True, exist_ok=True)
    path = folder / job.room.FILENAME
    gc.collect()
    before = _reset_peak()
    language = "en" if options.lang == "en" else "zh"
    ready = Scope(data, language) if options.worded else None
    if ready is not None:
        from peers import words

        words(ready)
        gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    scope = ready or Scope(data, language)
    with path.open("wb") as out:
        job.room.render(job.compiled, job.package, scope, out, epoch=0, properties={"briefpack": "scale:1:00"})
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    peak = _peak()
    floor = _floor(path, folder / "floor.part")
    size = path.stat().st_size
    if keep is None:
        path.unlink()
        folder.rmdir()
    return {
        "format": name,
        "districts": districts,
        "cpu_s": cpu,
        "wall_s": wall,
        "peak_mb": peak,
        "bytes": size,
        "floor_cpu_s": floor,
        "before_mb": before,
    }


def _reset_peak() -> float:
    """Start a new high-water mark where the system can, and return the present resident size in MB."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return _peak()
    return _status("VmRSS")


def _peak() -> float:
    found = _status("VmHWM")
    if found:
        return found
    unit = 1 if sys.platform == "darwin" else 1_000
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def _status(name: str) -> float:
    try:
        text = Path("/proc/self/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) * 1_024 / 1e6 for line in text.splitlines() if line.startswith(name)), 0.0)


def _floor(path: Path, scratch: Path) -> float:
    """Return the CPU of deflating every part of the package again and writing what comes out."""
    with scratch.open("wb") as out:
        spent = _deflate(path.open("rb"), out)
    scratch.unlink()
    return spent


def _deflate(source: BinaryIO, out: BinaryIO) -> float:
    clock, compress = time.process_time, zlib.compress
    spent = 0.0
    with ZipFile(source) as package:
        for info in package.infolist():
            data = package.read(info)
            if data[:4] == b"PK\x03\x04":
                spent += _deflate(BytesIO(data), BytesIO())
            start = clock()
            out.write(data if info.compress_type == ZIP_STORED else compress(data, 6, -15))
            spent += clock() - start
    return spent


def _row(name: str, districts: int, options: argparse.Namespace) -> dict[str, Any]:
    """Return the median row of some fresh processes."""
    command = [sys.executable, __file__, "--row", name, "--districts", str(districts)]
    command += ["--templates", options.templates, "--lang", options.lang, "--cache", str(options.cache)]
    if options.keep:
        command += ["--keep", str(options.keep)]
    if options.worded:
        command += ["--worded"]
    environment = os.environ | {"PYTHONHASHSEED": "0"}
    times = REPEATS if districts <= REPEATED_UP_TO else 1
    rows = []
    for _ in range(times):
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=environment, check=True)
        rows.append(json.loads(done.stdout))
    row = rows[0] | {
        key: round(statistics.median(one[key] for one in rows), 4) for key in ("cpu_s", "wall_s", "floor_cpu_s")
    }
    row["peak_mb"] = round(max(one["peak_mb"] for one in rows), 1)
    row["before_mb"] = round(row["before_mb"], 1)
    row["ratio"] = round(row["cpu_s"] / row["floor_cpu_s"], 2) if row["floor_cpu_s"] else None
    return row


def _peers(sizes: list[int], options: argparse.Namespace) -> list[dict[str, Any]]:
    """Return the rows of other tools, each beside this project's on templates that say the same."""
    sys.path.insert(0, str(Path(__file__).parent))
    from peers import compare

    from exporters.registry import EXPORTERS

    with tempfile.TemporaryDirectory(prefix="briefpack-scale-") as name:

        def ours(format_name: str, size: int, templates: Path, worded: bool) -> tuple[dict[str, Any], Path]:
            own = vars(options) | {"templates": str(templates), "keep": Path(name), "cache": Path(name, "cache")}
            own["worded"] = worded
            _row(format_name, 1, argparse.Namespace(**own))
            row = _row(format_name, size, argparse.Namespace(**own))
            return row, Path(name, str(size), EXPORTERS[format_name].filename)

        return compare(sizes, options.only.split(","), ours, options.keep, say=None if options.json else print)


def _exponents(rows: list[dict[str, Any]]) -> dict[str, float]:
    """Return the growth exponent of CPU between the two largest sizes of each format."""
    found = {}
    for name in FORMATS:
        sizes = sorted((row["districts"], row["cpu_s"]) for row in rows if row["format"] == name)[-2:]
        if len(sizes) == 2:
            (small, quick), (large, slow) = sizes
            found[name] = round(math.log(slow / quick) / math.log(large / small), 3)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Rendering against the floor, by number of districts.")
    parser.add_argument("--districts", default="11,1000,10000", help="sizes, separated by commas")
    parser.add_argument("--only", default=",".join(FORMATS), help="of word,deck,workbook")
    parser.add_argument("--templates", default="standard")
    parser.add_argument("--lang", default="zh")
    parser.add_argument("--peers", action="store_true", help="measure other tools on the same content (peers.txt)")
    parser.add_argument("--keep", type=Path, help="leave the files in DIR/<districts>/")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--worded", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--row", choices=FORMATS, help=argparse.SUPPRESS)
    parser.add_argument("--cache", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    sizes = [int(size) for size in options.districts.split(",")]
    if options.row:
        print(json.dumps(measure(options.row, sizes[0], options)))
        return
    rows = []
    with tempfile.TemporaryDirectory(prefix="briefpack-scale-") as cache:
        options.cache = Path(cache)
        for name in options.only.split(","):
            _row(name, 1, argparse.Namespace(**{**vars(options), "keep": None}))
            for size in sizes:
                rows.append(_row(name, size, options))
                if not options.json:
                    _print_row(rows[-1])
    result: dict[str, Any] = {"rows": rows, "exponents": _exponents(rows), "peers": []}
    if options.peers:
        result["peers"] = _peers(sizes, options)
    if options.json:
        print(json.dumps(result, indent=2))
        return
    for name, exponent in result["exponents"].items():
        print(f"{name}: exponent {exponent}")


def _print_row(row: dict[str, Any]) -> None:
    print(
        f"{row['format']:9} {row['districts']:6,} districts  {row['cpu_s']:8.3f} s CPU  floor {row['floor_cpu_s']:8.3f}"
        f"  ratio {row['ratio']:5.2f}  wall {row['wall_s']:8.3f} s  peak {row['peak_mb']:6.1f} MB"
        f" ({row['before_mb']:.1f} before)  {row['bytes'] / 1e6:8.2f} MB",
        flush=True,
    )


if __name__ == "__main__":
    main()
