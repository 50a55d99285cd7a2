"""Other tools on the same content: installed from peers.txt into an environment of their own, never into the project's.

Content is what a pack says, as plain JSON, so that no peer pays for this project's model. Each peer is used as its
own documentation shows; peer_run.py holds that use.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PEERS = {"docxtpl": "word", "xlsxwriter": "workbook", "python-pptx": "deck"}
LARGEST = {"docxtpl": 10_000, "xlsxwriter": 10_000, "python-pptx": 1_000}
"""python-pptx's plain way grows with the square of the slides: 10,000 would take hours."""


def compare(
    rows: list[dict[str, Any]], keep: Path | None, say: Callable[[str], None] | None = None
) -> list[dict[str, Any]]:
    """Return a row for each peer and size: its CPU, and how many times that of this project's row of the same run."""
    python = _environment()
    found = []
    with tempfile.TemporaryDirectory(prefix="briefpack-peers-") as folder:
        for peer, kind in PEERS.items():
            for row in rows:
                if row["format"] != kind or row["districts"] > LARGEST[peer]:
                    continue
                content = Path(folder, f"{row['districts']}.json")
                if not content.exists():
                    content.write_text(json.dumps(_content(row["districts"]), ensure_ascii=False), "utf-8")
                place = keep / str(row["districts"]) if keep else Path(folder)
                done = subprocess.run(
                    [str(python), str(HERE / "peer_run.py"), peer, str(content), str(place)],
                    stdout=subprocess.PIPE,
                    text=True,
                    check=True,
                )
                one = {"peer": peer, "format": kind, "districts": row["districts"]} | json.loads(done.stdout)
                one["times"] = round(one["cpu_s"] / row["cpu_s"], 1)
                found.append(one)
                if say:
                    say(
                        f"{peer:12} {row['districts']:6,} districts  {one['cpu_s']:8.3f} s CPU"
                        f"  {one['times']:6.1f} times ours  {one['bytes'] / 1e6:8.2f} MB"
                    )
    return found


def _environment() -> Path:
    """Return the Python of the peers' environment, made at first use in the system's temporary folder."""
    pins = (HERE / "peers.txt").read_bytes()
    name = hashlib.sha256(pins + sys.version.encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir(), f"briefpack-peers-{name}")
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        venv.create(folder, clear=True, with_pip=True)
        install = [str(python), "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--no-deps"]
        subprocess.run([*install, "-r", str(HERE / "peers.txt")], check=True, stdout=sys.stderr)
        (folder / "complete").touch()
    return python


def _content(districts: int) -> dict[str, Any]:
    """Return what the pack says of each place, in words."""
    sys.path.insert(0, str(HERE.parent))
    from synthetic import dataset

    from exporters.binding.scope import Scope

    scope = Scope(dataset(districts))
    return {
        "title": scope.pack.title,
        "date": scope.pack.date,
        "city": _place(scope.city),
        "districts": [_place(view) for view in scope.districts],
        "sources": [{"n": view.n, "citation": view.citation} for view in scope.sources],
    }


def _place(view: Any) -> dict[str, Any]:
    return {
        "key": view.key,
        "name": view.name,
        "short": view.short,
        "leader": f"{view.leader.title}  {view.leader.name}" if view.leader else "",
        "rows": [
            {
                "label": row.label,
                "level": row.level.text if row.level else "—",
                "growth": row.growth.text if row.growth else "—",
                "word": row.word,
                "source": row.base.source.n,
            }
            for row in view.rows
        ],
        "targets": [
            {
                "key": target.key,
                "place": view.name,
                "label": target.label,
                "short": target.short,
                "measure": target.measure,
                "comparator": target.comparator,
                "value": float(target.ratio or 0),
                "percent": float(target.value or 0),
                "text": target.text,
                "unit": target.unit,
                "period": target.period,
                "word": target.word,
                "role": target.role,
                "kind": target.kind,
                "growth": target.measure_code == "growth_yoy",
                "clause": target.clause,
                "source": target.source.n,
            }
            for target in view.targets
        ],
        "initiatives": [{"theme": item.theme, "text": item.text} for item in view.initiatives],
    }
