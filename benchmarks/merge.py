"""What it costs to carry an edited pack into its next generation, against rendering that generation afresh.

Each format is measured in a process of its own. A pack of so many fictional districts (synthetic.py) is rendered and
edited as people do: in every tenth district a value is typed over and words are added (for the workbook: actual values
are filled in). Then the data moves: the figures of every tenth district, not the same ones, a district gone, one new.
``render_cpu_s`` is the fresh render of the new data, ``merge_cpu_s`` the whole merge of one file: base, edited file and
new render read, compared, and the edited file patched. ``ratio`` is the second over the first; each is the median of
three processes.

    python benchmarks/merge.py [--districts 300] [--only word,deck,workbook] [--json]
"""

from __future__ import annotations

import argparse
import gc
import io
import json
import os
import statistics
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from msgspec.structs import replace

ROOT = Path(__file__).resolve().parent.parent
FORMATS = ("word", "deck", "workbook")
REPEATS = 3
EVERY = 10
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def moved(districts: int) -> Any:
    """Return the data of the next generation: other figures, one district gone, one new in the middle."""
    from synthetic import dataset


    found = dataset(districts + 1)
    city, *places = found.places
    new = places.pop()
    gone = places.pop(districts // 3)
    places.insert(districts // 2, new)
    changing = {place.id for place in places[::EVERY]}
    targets = [
        replace(one, value=one.value + Decimal(1)) if one.place in changing and one.value else one
        for one in found.targets
        if one.place != gone.id
    ]
    return replace(
        found,
        places=(city, *places),
        people=tuple(one for one in found.people if all(post.place != gone.id for post in one.posts)),
        targets=tuple(targets),
        initiatives=tuple(one for one in found.initiatives if one.place != gone.id),
    )


# --- edits -----------------------------------------------------------------------------------------------------------


def edit_word(content: bytes) -> bytes:
    """Type over a value and add a sentence in every tenth section, with python-docx."""
    import docx

    document = docx.Document(io.BytesIO(content))
    seen: set[str] = set()
    for paragraph in document.paragraphs:
        for control in paragraph._p.iter(f"{W}sdt"):
            key = next(one.get(f"{W}val") for one in control.iter(f"{W}alias"))
            place = key.partition(".")[0]
            if not place.startswith("d0") or place in seen or not key.endswith(".text"):
                continue
            seen.add(place)
            if len(seen) % EVERY == 5:
                next(control.iter(f"{W}t")).text = "约99%"
                paragraph.add_run("请抓好落实。")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def edit_deck(content: bytes) -> bytes:
    """Move a box and add words to it on every tenth slide, with python-pptx."""
    import pptx

    deck = pptx.Presentation(io.BytesIO(content))
    for number, entry in enumerate(deck.slides._sldIdLst):
        if number % EVERY != 5:
            continue
        slide = deck.part.related_part(entry.rId).slide
        boxes = (one for one in slide.shapes if one.has_text_frame and one.text_frame.text)
        shape = next((one for one in boxes if "." in one.name), None)
        if shape is not None:
            shape.left = 123_456
            shape.text_frame.paragraphs[-1].add_run().text = "（手写）"
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def edit_workbook(content: bytes) -> bytes:
    """Fill in a number in an empty cell of every tenth row of the largest sheet, in its XML."""
    from lxml import etree

    out = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        sheets = [one for one in old.infolist() if one.filename.startswith("xl/worksheets/sheet")]
        largest = max(sheets, key=lambda one: one.file_size).filename
        for name in old.namelist():
            data = old.read(name)
            if name == largest:
                root = etree.fromstring(data)
                for row in list(root.iter(f"{S}row"))[10::EVERY]:
                    cell = next((one for one in row if not len(one)), None)
                    if cell is not None:
                        etree.SubElement(cell, f"{S}v").text = "7"
                data = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
            new.writestr(name, data)
    return out.getvalue()


EDITS = {"word": edit_word, "deck": edit_deck, "workbook": edit_workbook}


# --- measuring -------------------------------------------------------------------------------------------------------


def measure(name: str, districts: int, options: argparse.Namespace) -> dict[str, Any]:
    """Measure one format in this process."""
    sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]
    from synthetic import dataset

    from exporters.binding.scope import Scope
    from exporters.package import Package
    from exporters.runs.inputs import find_templates
    from exporters.runs.living import regenerate
    from exporters.runs.planning import compile_all
    from exporters.runs.stamp import PROPERTY, Stamp

    faults: list[Any] = []
    edition = find_templates(options.templates, options.lang, (name,))
    job = compile_all(edition.files, None, faults)[name]

    def render(data: Any, generation: int) -> bytes:
        out = io.BytesIO()
        stamp = Stamp.of("merge", generation, "00")
        scope = Scope(data, "en" if options.lang == "en" else "zh")
        job.room.render(job.compiled, job.package, scope, out, epoch=0, properties={PROPERTY: str(stamp)})
        return out.getvalue()

    base, after = render(dataset(districts), 1), moved(districts)
    theirs = EDITS[name](base)
    gc.collect()
    start = time.process_time()
    ours = render(after, 2)
    rendered = time.process_time() - start
    gc.collect()
    start = time.process_time()
    packages = [Package.open(one, name=job.room.FILENAME) for one in (base, theirs)]
    packages.append(Package.written(ours, name=job.room.FILENAME))
    merged = regenerate(job.room, job.room.FILENAME, *packages, stamp=Stamp.of("merge", 2, "00"), epoch=0)
    spent = time.process_time() - start
    assert merged.content is not None
    return {
        "format": name,
        "districts": districts,
        "render_cpu_s": rendered,
        "merge_cpu_s": spent,
        "edits": len(merged.plan.edits),
        "kept": len(merged.plan.kept),
        "conflicts": len(merged.plan.conflicts),
        "bytes": len(merged.content),
    }


def _row(name: str, options: argparse.Namespace) -> dict[str, Any]:
    """Return the median row of some fresh processes."""
    command = [sys.executable, __file__, "--row", name, "--districts", str(options.districts)]
    command += ["--templates", options.templates, "--lang", options.lang]
    rows = []
    for _ in range(options.repeats):
        environment = os.environ | {"PYTHONHASHSEED": "0"}
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=environment, check=True)
        rows.append(json.loads(done.stdout))
    times = {key: round(statistics.median(one[key] for one in rows), 3) for key in ("render_cpu_s", "merge_cpu_s")}
    return rows[0] | times | {"ratio": round(statistics.median(_ratio(one) for one in rows), 2)}


def _ratio(row: dict[str, Any]) -> float:
    return float(row["merge_cpu_s"] / row["render_cpu_s"])


def main() -> None:
    parser = argparse.ArgumentParser(description="Merging an edited pack, against rendering it afresh.")
    parser.add_argument("--districts", type=int, default=300)
    parser.add_argument("--only", default=",".join(FORMATS), help="of word,deck,workbook")
    parser.add_argument("--templates", default="standard")
    parser.add_argument("--lang", default="zh")
    parser.add_argument("--repeats", type=int, default=REPEATS, help="processes for each format")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--row", choices=FORMATS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.row:
        print(json.dumps(measure(options.row, options.districts, options)))
        return
    rows = []
    for name in options.only.split(","):
        rows.append(row := _row(name, options))
        if not options.json:
            print(
                f"{name:9} {row['districts']:6,} districts  merge {row['merge_cpu_s']:6.3f} s CPU  render "
                f"{row['render_cpu_s']:6.3f}  ratio {row['ratio']:5.2f}  {row['edits']:,} edits, {row['kept']:,} kept, "
                f"{row['conflicts']:,} conflicts",
                flush=True,
            )
    total = round(sum(row["merge_cpu_s"] for row in rows), 3)
    if options.json:
        print(json.dumps({"rows": rows, "merge_cpu_s": total}, indent=2))
    else:
        print(f"in all    {total:.3f} s CPU")


if __name__ == "__main__":
    main()
