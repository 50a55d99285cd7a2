"""Make docs/pack.png: pages of the Guangzhou pack as LibreOffice renders them, on one sheet.

    .venv/bin/python tools/picture.py [--out docs/pack.png]

Needs soffice and pdftoppm (Debian: libreoffice-writer, libreoffice-impress, libreoffice-calc, poppler-utils).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parent.parent
WIDTH, GAP, PAPER, EDGE = 1_600, 24, (238, 240, 243), (196, 200, 206)
ROWS = (
    (("deck.pptx", 1), ("deck.pptx", 4), ("deck.pptx", 14)),
    (("briefing.docx", 1), ("briefing.docx", 3), ("briefing.docx", 5), ("targets.xlsx", 1)),
)
"""File and page of each picture, row by row; a row's pictures share one height."""


def pages(folder: Path, name: str) -> list[Path]:
    """Render a file's pages and return their pictures in order."""
    profile = (folder / "profile").as_uri()
    convert = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf", "--outdir"]
    subprocess.run([*convert, str(folder), str(folder / name)], check=True, stdout=subprocess.DEVNULL)
    pdf = (folder / name).with_suffix(".pdf")
    stem = folder / f"{Path(name).stem}-page"
    subprocess.run(["pdftoppm", "-r", "80", "-png", str(pdf), str(stem)], check=True)
    return sorted(folder.glob(f"{stem.name}-*.png"))


def sheet(rows: list[list[Image.Image]]) -> Image.Image:
    """Lay pictures out in rows of one width, each with a thin edge."""
    laid, top = [], GAP
    for row in rows:
        room = WIDTH - GAP * (len(row) + 1)
        height = round(room / sum(picture.width / picture.height for picture in row))
        left = GAP
        for picture in row:
            small = picture.resize((round(height * picture.width / picture.height), height), Image.Resampling.LANCZOS)
            laid.append((small, left, top))
            left += small.width + GAP
        top += height + GAP
    result = Image.new("RGB", (WIDTH, top), PAPER)
    draw = ImageDraw.Draw(result)
    for picture, left, upper in laid:
        result.paste(picture, (left, upper))
        draw.rectangle((left - 1, upper - 1, left + picture.width, upper + picture.height), outline=EDGE)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "pack.png")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run([sys.executable, "-m", "exporters", "build", "--out", str(folder)], check=True, cwd=ROOT)
        found = {file: pages(folder, file) for file in sorted({file for row in ROWS for file, _ in row})}
        rows = [[Image.open(found[file][page - 1]) for file, page in row if page <= len(found[file])] for row in ROWS]
        picture = sheet(rows).quantize(160, dither=Image.Dither.NONE)
        options.out.parent.mkdir(exist_ok=True)
        picture.save(options.out, optimize=True)


if __name__ == "__main__":
    main()
