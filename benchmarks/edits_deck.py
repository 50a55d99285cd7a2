"""The same edits of a deck under three ways of making it again: what a person did, and what the data moved.

``briefpack`` merges. pptx-automizer 0.9 (npm), the nearest open tool for decks, is asked in the two ways that its own
documentation shows: texts set by slide number and shape name in the template (``afresh``), or in the deck that people
edited (``over``). The deck is one slide for each of four districts, with a title and a box; the editor is python-pptx.
pptx-automizer is asked through node in the folder of ``--peer``, where ``npm install pptx-automizer`` put it; without
it only briefpack is shown.

    python benchmarks/edits_deck.py [--peer FOLDER] [--json]
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from editing import merged, renders, show
from pptx import Presentation
from pptx.util import Inches

LIMIT = 120
_PEER = """
const { default: Automizer, modify } = require('pptx-automizer');
const [folder, file, texts] = process.argv.slice(-3);
(async () => {
  const automizer = new Automizer({ templateDir: folder, outputDir: folder, removeExistingSlides: true, verbosity: 0 });
  const deck = automizer.loadRoot(file).load(file, 'deck');
  for (const [slide, shapes] of JSON.parse(texts))
    deck.addSlide('deck', slide, (one) => {
      for (const [name, text] of shapes) one.modifyElement(name, [modify.setText(text)]);
    });
  await deck.write('made.pptx');
})();
"""


def template() -> bytes:
    """Return briefpack's template: a slide for each district."""
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "{%slide for d in districts %}{{ d.name }}{%slide endfor %}"
    box = slide.shapes.add_textbox(Inches(1), Inches(2), Inches(6), Inches(1))
    box.name, box.text_frame.text = "growth", "力争增长{{ d.target.gdp_growth.text }}，抓好落实"
    return saved(deck)


def saved(deck: Any) -> bytes:
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


# --- edits -----------------------------------------------------------------------------------------------------------


def box(slide: Any) -> Any:
    return next(one for one in slide.shapes if one.has_text_frame and "力争" in one.text_frame.text)


def append(deck: Any) -> None:
    box(deck.slides[0]).text_frame.paragraphs[-1].add_run().text = "。手写一句"


def reword(deck: Any) -> None:
    for slide in deck.slides:
        for run in box(slide).text_frame.paragraphs[0].runs:
            run.text = run.text.replace("力争", "努力")


def move(deck: Any) -> None:
    box(deck.slides[0]).left = 1_234_567


def own_box(deck: Any) -> None:
    deck.slides[0].shapes.add_textbox(0, 0, Inches(2), Inches(1)).text_frame.text = "自己的框"


def own_slide(deck: Any) -> None:
    deck.slides.add_slide(deck.slide_layouts[5]).shapes.title.text = "自己的一页"
    order = deck.slides._sldIdLst
    order.insert(0, order[-1])


def sort(deck: Any) -> None:
    order = deck.slides._sldIdLst
    for entry in list(order)[::-1]:
        order.append(entry)


def overtype(deck: Any) -> None:
    runs = box(deck.slides[0]).text_frame.paragraphs[0].runs
    runs[0].text = "力争增长约50%"
    for run in runs[1:]:
        run.text = ""


def says(text: str) -> Callable[[Any], bool]:
    return lambda deck: any(text in line for line in lines(deck))


def sorted_backwards(deck: Any) -> bool:
    names = [slide.shapes.title.text for slide in deck.slides]
    numbers = [int("".join(filter(str.isdigit, name))) for name in names]
    return numbers == sorted(numbers, reverse=True)


def lines(deck: Any) -> list[str]:
    return [one.text_frame.text for slide in deck.slides for one in slide.shapes if one.has_text_frame]


EDITS: dict[str, tuple[Callable[[Any], None], Callable[[Any], bool]]] = {
    "words added behind a figure": (append, says("手写一句")),
    "words replaced in the whole deck": (reword, says("努力")),
    "a box moved": (move, lambda deck: any(one.left == 1_234_567 for one in deck.slides[0].shapes)),
    "a box of one's own": (own_box, says("自己的框")),
    "a slide of one's own in front": (own_slide, says("自己的一页")),
    "slides sorted": (sort, sorted_backwards),
    "a figure typed over that the data moves too": (overtype, says("约50%")),
}


# --- ways ------------------------------------------------------------------------------------------------------------


def edited(content: bytes, edit: Callable[[Any], None]) -> bytes:
    deck = Presentation(io.BytesIO(content))
    edit(deck)
    return saved(deck)


def by_automizer(peer: Path, file: bytes, ours: bytes) -> tuple[bytes | None, str]:
    """Set the texts of *ours* in *file*, slide by slide as the old deck had them."""
    texts = [
        (number, [(one.name, one.text_frame.text) for one in slide.shapes if one.has_text_frame])
        for number, slide in enumerate(Presentation(io.BytesIO(ours)).slides, 1)
    ]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "deck.pptx").write_bytes(file)
        command = ["node", "-e", _PEER, folder, "deck.pptx", json.dumps(texts, ensure_ascii=False)]
        done = subprocess.run(command, cwd=peer, capture_output=True, text=True, timeout=LIMIT, check=False)
        made = Path(folder, "made.pptx")
        return (made.read_bytes(), "") if made.is_file() else (None, done.stderr.strip().rpartition("\n")[2])


def outcome(made: tuple[bytes | None, str], stands: Callable[[Any], bool]) -> dict[str, Any]:
    """Return whether the edit is there, whether the new figure is, on how many slides too few, and what was said."""
    content, note = made
    if content is None:
        return {"edit": False, "data": False, "note": note}
    deck = Presentation(io.BytesIO(content))
    figures = [
        one.text_frame.text
        for slide in deck.slides
        if "1" in (slide.shapes.title.text if slide.shapes.title is not None else "")
        for one in slide.shapes
        if one.has_text_frame and "%" in one.text_frame.text
    ]
    return {"edit": stands(deck), "data": any("77%" in text for text in figures), "note": note}


def main() -> None:
    from exporters import deck

    parser = argparse.ArgumentParser(description="The same edits under three ways of making a deck again.")
    parser.add_argument("--peer", type=Path, help="a folder in which pptx-automizer is installed")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    base, ours = renders(deck, template(), "t.pptx")
    rows: dict[str, dict[str, Any]] = {}
    for name, (edit, stands) in EDITS.items():
        theirs = edited(base, edit)
        rows[name] = {"briefpack": outcome(merged(deck, "d.pptx", base, theirs, ours), stands)}
        if options.peer:
            rows[name]["afresh"] = outcome(by_automizer(options.peer, base, ours), stands)
            rows[name]["over"] = outcome(by_automizer(options.peer, theirs, ours), stands)
    show(rows, options.json)


if __name__ == "__main__":
    main()
