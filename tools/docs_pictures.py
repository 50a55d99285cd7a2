"""Make the pictures of docs/templates.md: the page's templates with their tags, beside what the tool makes of them.

    .venv/bin/python tools/docs_pictures.py [--out docs]

Needs soffice and pdftoppm (Debian: libreoffice-writer, libreoffice-impress, libreoffice-calc, poppler-utils).
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import docx
from docs_templates import PAGE, write
from docx.shared import RGBColor
from PIL import Image, ImageChops, ImageDraw

ROOT = Path(__file__).resolve().parent.parent
GAP, PAPER, EDGE, ARROW = 20, (238, 240, 243), (196, 200, 206), (110, 120, 135)
Shot = tuple[str, str, int]
"""Folder (template or pack), file, page."""

PICTURES: dict[str, list[tuple[Shot, Shot]]] = {
    "template-word.png": [(("mine", "briefing.docx", 1), ("pack", "briefing.docx", 3))],
    "template-slides.png": [
        (("mine", "deck.pptx", 2), ("pack", "deck.pptx", 2)),
        (("mine", "deck.pptx", 3), ("pack", "deck.pptx", 5)),
    ],
    "template-workbook.png": [
        (("mine", "targets.xlsx", 1), ("pack", "targets.xlsx", 1)),
        (("mine", "targets.xlsx", 3), ("pack", "targets.xlsx", 5)),
    ],
    "living.png": [(("edited", "briefing.docx", 1), ("pack-again", "briefing.docx", 1))],
}
"""Each picture's rows: the template on the left, the result on the right."""


def build(folder: Path) -> None:
    """Make the page's templates and their pack below *folder*, edit its briefing, and build it again with new data."""
    write(folder / "mine", PAGE.read_text("utf-8"))
    text = (ROOT / "data" / "guangzhou-2023.yaml").read_text("utf-8")
    data = folder / "guangzhou-2023.yaml"
    data.write_text(text, "utf-8")
    _build(data, folder / "pack-again")
    shutil.copytree(folder / "pack-again", folder / "pack")
    path = folder / "pack-again" / "briefing.docx"
    briefing = docx.Document(str(path))
    typed = briefing.paragraphs[1].add_run(" The office checked every number with the districts.")
    typed.font.color.rgb, typed.bold = RGBColor(0xC0, 0x00, 0x00), True
    briefing.save(str(path))
    (folder / "edited").mkdir()
    shutil.copy(path, folder / "edited")
    changed = text.replace("as_of: 2023-02-01", "as_of: 2023-03-01")
    changed = changed.replace("Targets, measures and sources for", "All targets, measures and sources of")
    data.write_text(changed, "utf-8")
    _build(data, folder / "pack-again")


def _build(data: Path, out: Path) -> None:
    command = [sys.executable, "-m", "exporters", "build", str(data), "--lang", "en"]
    command += ["--templates", str(data.parent / "mine"), "--out", str(out)]
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)


def pages(folder: Path, where: str, name: str) -> list[Path]:
    """Render a file's pages and return their pictures in order."""
    profile, room = (folder / "profile").as_uri(), folder / f"{where}-pages"
    convert = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf", "--outdir"]
    subprocess.run(
        [*convert, str(room), str(folder / where / name)],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    pdf = (room / name).with_suffix(".pdf")
    subprocess.run(["pdftoppm", "-r", "90", "-l", "12", "-png", str(pdf), str(pdf.with_suffix(""))], check=True)
    return sorted(room.glob(f"{pdf.stem}-*.png"))


def trimmed(path: Path) -> Image.Image:
    """Return a page without its white margins, but for a little room."""
    picture = Image.open(path).convert("RGB")
    found = ImageChops.difference(picture, Image.new("RGB", picture.size, "white")).getbbox()
    if found is None:
        return picture
    left, top, right, bottom = found
    box = max(left - GAP, 0), max(top - GAP, 0), min(right + GAP, picture.width), min(bottom + GAP, picture.height)
    return picture.crop(box)


def beside(rows: list[tuple[Image.Image, Image.Image]], width: int = 1_200, most: int = 420) -> Image.Image:
    """Lay out each row's two pictures beside each other with an arrow between; what is longer than *most* is cut."""
    column = (width - 5 * GAP) // 2
    laid, top = [], GAP
    for row in rows:
        scaled = [one.resize((column, round(one.height * column / one.width)), Image.Resampling.LANCZOS) for one in row]
        scaled = [one.crop((0, 0, one.width, min(one.height, most))) for one in scaled]
        laid.append((top, scaled))
        top += max(one.height for one in scaled) + GAP
    result = Image.new("RGB", (width, top), PAPER)
    draw = ImageDraw.Draw(result)
    for upper, (first, second) in laid:
        for picture, left in ((first, GAP), (second, width - GAP - column)):
            result.paste(picture, (left, upper))
            draw.rectangle((left - 1, upper - 1, left + picture.width, upper + picture.height), outline=EDGE)
        at, middle = upper + min(first.height, second.height) // 2, width // 2
        draw.polygon([(middle - 12, at - 16), (middle + 14, at), (middle - 12, at + 16)], fill=ARROW)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "docs")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build(folder)
        wanted = sorted({shot[:2] for rows in PICTURES.values() for row in rows for shot in row})
        found = {shot: pages(folder, *shot) for shot in wanted}
        for file, rows in PICTURES.items():
            shown = []
            for row in rows:
                shots = [found[where, document][page - 1] for where, document, page in row]
                whole = row[0][1].endswith(".pptx")
                shown.append(tuple(Image.open(shot).convert("RGB") if whole else trimmed(shot) for shot in shots))
            picture = beside(shown).quantize(64, dither=Image.Dither.NONE)
            picture.save(options.out / file, optimize=True)


if __name__ == "__main__":
    main()
