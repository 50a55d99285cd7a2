"""Write exporters/metrics/_tables.py from fonts installed on this machine (for developers; needs fontTools).

    .venv/bin/python tools/metrics_tables.py [FONT_DIR ...]

Only advance widths and vertical metrics are read: numbers, not outlines, so no font travels with the project.
On Debian the fonts come with fonts-noto-cjk, fonts-noto-cjk-extra, fonts-crosextra-carlito, fonts-liberation,
fonts-dejavu-core and texlive-lang-chinese (Fandol).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

from fontTools.ttLib import TTCollection, TTFont

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "exporters" / "metrics" / "_tables.py"
FONT_DIRS = (Path("/usr/share/fonts"), Path("/usr/share/texlive"))

RANGES = ((0x20, 0x7E), (0xA0, 0xFF))
EXTRA = "‐‑‒–—―‖‘’‚“”„†‡•…‰′″‹›※€№℃™←↑→↓∑−√∞≈≠≤≥①②③④⑤⑥⑦⑧⑨⑩ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ■□▲△▼▽◆◇○●★☆"
ABSENT = 0


class Source(NamedTuple):
    family: str
    regular: str
    bold: str = ""


SOURCES = (
    Source("Noto Sans CJK SC", "NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc"),
    Source("Noto Serif CJK SC", "NotoSerifCJK-Regular.ttc", "NotoSerifCJK-Bold.ttc"),
    Source("FandolSong", "FandolSong-Regular.otf", "FandolSong-Bold.otf"),
    Source("FandolHei", "FandolHei-Regular.otf", "FandolHei-Bold.otf"),
    Source("FandolFang", "FandolFang-Regular.otf"),
    Source("FandolKai", "FandolKai-Regular.otf"),
    Source("Carlito", "Carlito-Regular.ttf", "Carlito-Bold.ttf"),
    Source("Liberation Sans", "LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf"),
    Source("Liberation Serif", "LiberationSerif-Regular.ttf", "LiberationSerif-Bold.ttf"),
    Source("Liberation Mono", "LiberationMono-Regular.ttf", "LiberationMono-Bold.ttf"),
    Source("DejaVu Sans", "DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    Source("DejaVu Serif", "DejaVuSerif.ttf", "DejaVuSerif-Bold.ttf"),
)


def characters() -> str:
    return "".join(chr(c) for first, last in RANGES for c in range(first, last + 1)) + EXTRA


def find(name: str, dirs: tuple[Path, ...]) -> Path:
    for folder in dirs:
        for path in sorted(folder.rglob(name)):
            return path
    raise SystemExit(f"{name}: not found under {', '.join(map(str, dirs))}")


def open_font(path: Path, family: str) -> TTFont:
    if path.suffix != ".ttc":
        return TTFont(path, lazy=True)
    for font in TTCollection(path, lazy=True).fonts:
        if font["name"].getDebugName(1) == family:
            return font
    raise SystemExit(f"{path.name}: holds no face {family}")


def vertical(font: TTFont) -> tuple[int, int, int, int, int]:
    """hhea ascent, descent, line gap and OS/2 win ascent, descent, in 1/1000 em; depths positive."""
    scale = 1000 / font["head"].unitsPerEm
    hhea, os2 = font["hhea"], font["OS/2"]
    values = (hhea.ascent, -hhea.descent, hhea.lineGap, os2.usWinAscent, os2.usWinDescent)
    return tuple(round(v * scale) for v in values)  # type: ignore[return-value]


def advances(font: TTFont) -> list[int]:
    scale = 1000 / font["head"].unitsPerEm
    cmap, metrics = font.getBestCmap(), font["hmtx"]
    return [round(metrics[cmap[ord(c)]][0] * scale) if ord(c) in cmap else ABSENT for c in characters()]


def chinese_dash(numbers: list[int]) -> list[int]:
    """The dash of a CJK face as Chinese text gets it (the font's locl form): one em, whatever the default glyph."""
    dash = characters().index("—")
    return [1000 if index == dash else number for index, number in enumerate(numbers)]


def wrapped(numbers: list[int], width: int = 100) -> str:
    lines, line = [], ""
    for number in map(str, numbers):
        if len(line) + len(number) + 1 > width:
            lines.append(line)
            line = ""
        line += number + " "
    lines.append(line)
    return "\n".join(f'        "{text}"' for text in lines)


def face(source: Source, name: str, dirs: tuple[Path, ...]) -> str:
    font = open_font(find(name, dirs), source.family)
    numbers = chinese_dash(advances(font)) if "CJK" in source.family else advances(font)
    return f"(\n        {vertical(font)},\n{wrapped(numbers)},\n    )"


def main(dirs: tuple[Path, ...]) -> None:
    rows = []
    for source in SOURCES:
        rows.append(f'    ("{source.family}", False): {face(source, source.regular, dirs)},')
        if source.bold:
            rows.append(f'    ("{source.family}", True): {face(source, source.bold, dirs)},')
    TARGET.write_text(
        '"""Advance widths and vertical metrics, written by tools/metrics_tables.py; do not edit.\n\n'
        "FACES: (family, bold) -> ((hhea ascent, hhea descent, hhea line gap, win ascent, win descent),\n"
        "the advances of CHARACTERS), all in 1/1000 em; an advance of 0 means the font lacks the character.\n"
        '"""\n\n'
        f"RANGES = {RANGES!r}\n"
        f'EXTRA = "{EXTRA}"\n\n'
        "FACES: dict[tuple[str, bool], tuple[tuple[int, int, int, int, int], str]] = {\n" + "\n".join(rows) + "\n}\n",
        encoding="utf-8",
    )
    print(f"{TARGET.relative_to(ROOT)}: {len(rows)} faces, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main(tuple(map(Path, sys.argv[1:])) or FONT_DIRS)
