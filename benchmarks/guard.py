"""What the guard costs before a file is opened: CPU milliseconds for each, the best of several runs.

    python benchmarks/guard.py [FILE...] [--runs 15] [--json]

Without files: the shipped templates and a Guangzhou pack made of them.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from msgspec.structs import replace

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def cost(data: bytes, runs: int) -> float:
    """Return the CPU time in milliseconds of checking a file's bytes."""
    from exporters.package import guard_file

    best = float("inf")
    for _ in range(runs):
        start = time.process_time()
        guard_file(data)
        best = min(best, time.process_time() - start)
    return best * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = given.files or [*sorted((ROOT / "templates").glob("*/*/*.*x")), *_pack(Path(folder, "pack"))]
        rows = [{"file": "/".join(file.parts[-3:]), "bytes": file.stat().st_size,
                 "cpu_ms": round(cost(file.read_bytes(), given.runs), 2)} for file in files]  # fmt: skip
    if given.json:
        sys.stdout.write(json.dumps({"rows": rows}, indent=2) + "\n")
        return
    for row in rows:
        sys.stdout.write(f"{row['cpu_ms']:8.2f} ms {row['bytes']:10,} bytes  {row['file']}\n")


def _pack(folder: Path) -> list[Path]:
    from exporters.runs.build import execute
    from exporters.runs.planning import Request, plan

    execute(plan(replace(Request(), out=folder)))
    return sorted(folder.glob("*.*x"))


if __name__ == "__main__":
    main()
