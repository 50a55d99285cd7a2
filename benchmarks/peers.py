"""Other tools on the same content: installed from peers.txt into an environment of their own, never into the project's.

Content is what a pack says, as plain JSON, so that no peer pays for this project's model: the words are ready when its
clock starts. This project is measured twice, with the same words ready when its clock starts, and from the data, when
it works them out within its time. Each peer is used as its own documentation shows; peer_run.py holds that use.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import peer_content
import peer_templates

HERE = Path(__file__).resolve().parent
PEERS = {"docxtpl": "word", "xlsxwriter": "workbook", "python-pptx": "deck"}
_TARGET = (
    "key", "label", "measure", "comparator", "text", "unit", "period", "word", "role", "kind", "clause"
)  # fmt: skip
LARGEST = {"docxtpl": 10_000, "xlsxwriter": 10_000, "python-pptx": 1_000}
"""python-pptx's plain way grows with the square of the slides: 10,000 would take hours."""


def compare(
    sizes: list[int],
    formats: Collection[str],
    measure: Callable[[str, int, Path, bool], tuple[dict[str, Any], Path]],
    keep: Path | None,
    say: Callable[[str], None] | None = None,
) -> list[dict[str, Any]]:
    """Return a row for each peer and size: its CPU, this project's on the same content, and how many times that is.

    *measure* renders a format of a size from the templates in a folder, with the words ready or not, and returns its
    row and its file. Where the two files do not say the same, that is an error.
    """
    python = _environment()
    found = []
    with tempfile.TemporaryDirectory(prefix="briefpack-peers-") as name:
        folder = Path(name)
        templates = folder / "templates"
        peer_templates.write(templates)
        for peer, kind in PEERS.items():
            for size in sizes if kind in formats else ():
                if size > LARGEST[peer]:
                    continue
                content = folder / f"{size}.json"
                if not content.exists():
                    content.write_text(json.dumps(_made(size), ensure_ascii=False), "utf-8")
                place = keep / str(size) if keep else folder / str(size)
                done = subprocess.run(
                    [str(python), str(HERE / "peer_run.py"), peer, str(content), str(templates), str(place)],
                    stdout=subprocess.PIPE,
                    text=True,
                    check=True,
                )
                one = {"peer": peer, "format": kind, "districts": size} | json.loads(done.stdout)
                ours, _ = measure(kind, size, templates, False)
                worded, file = measure(kind, size, templates, True)
                _same(file, place / one.pop("file"))
                one |= {"ours_cpu_s": worded["cpu_s"], "ours_bytes": ours["bytes"]}
                one["ours_from_data_cpu_s"] = ours["cpu_s"]
                one["times"] = round(one["cpu_s"] / worded["cpu_s"], 1)
                one["times_from_data"] = round(one["cpu_s"] / ours["cpu_s"], 1)
                found.append(one)
                if say:
                    say(
                        f"{peer:12} {size:6,} districts  {one['cpu_s']:8.3f} s CPU, {one['bytes'] / 1e6:8.2f} MB;"
                        f" ours {worded['cpu_s']:8.3f} s, {ours['bytes'] / 1e6:8.2f} MB: {one['times']:6.1f} times ours"
                        f" ({one['times_from_data']:.1f} times where ours makes the words too, {ours['cpu_s']:.3f} s)"
                    )
    return found


def _same(ours: Path, theirs: Path) -> None:
    mine, other = peer_content.said(ours), peer_content.said(theirs)
    if mine != other:
        differing = sorted(((mine - other) + (other - mine)).items())[:6]
        raise SystemExit(f"{ours.name} and {theirs.name} do not say the same: {differing}")


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


def _made(districts: int) -> dict[str, Any]:
    sys.path.insert(0, str(HERE.parent))
    from synthetic import dataset

    from exporters.binding.scope import Scope

    return words(Scope(dataset(districts)))


def words(scope: Any) -> dict[str, Any]:
    """Return what the pack says of each place, in words."""
    return {
        "pack": {"title": scope.pack.title, "date": scope.pack.date},
        "city": _place(scope.city),
        "districts": [_place(view) for view in scope.districts],
        "sources": [{"n": view.n, "citation": view.citation} for view in scope.sources],
        "matrix": peer_templates.MATRIX,
        "boxes": peer_templates.SLIDE_BOXES,
    }


def _place(view: Any) -> dict[str, Any]:
    return {
        "name": view.name,
        "short": view.short,
        "leader": {"title": view.leader.title, "name": view.leader.name} if view.leader else {},
        "rows": [
            {
                "label": row.label,
                "level": {"text": row.level.text} if row.level else {},
                "growth": {"text": row.growth.text} if row.growth else {},
                "word": row.word,
                "base": {"source": {"n": row.base.source.n}},
            }
            for row in view.rows
        ],
        "targets": [
            {name: getattr(target, name) for name in _TARGET}
            | {
                "place": view.name,
                "ratio": float(target.ratio),
                "growth": target.measure_code == "growth_yoy",
                "source": {"n": target.source.n},
            }
            for target in view.targets
        ],
        "growth": [{"short": target.short, "value": float(target.value)} for target in view.growth],
        "initiatives": [{"theme": item.theme, "text": item.text} for item in view.initiatives],
    }
