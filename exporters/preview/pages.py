"""PDF -> a picture and the text of each page, through poppler's programs."""

from __future__ import annotations

import re
import struct
from pathlib import Path

from msgspec import Struct

from exporters.errors import BriefpackError, Fault
from exporters.preview.tools import Tool, require, run

TIMEOUT = 300.0
LONG_SIDE = 1400
"""Pixels of a picture's longer side: sharp on a page's width of 700 at double density."""
MOST = 300
"""Pages of one file that are pictured; the PDF has them all."""

_PLACES = {
    "darwin": ("/opt/homebrew/bin/{0}", "/usr/local/bin/{0}", "/opt/local/bin/{0}"),
    "win32": (r"%ProgramFiles%\poppler*\Library\bin\{0}.exe",),
}
_INSTALL = {
    "apt": "poppler-utils", "dnf": "poppler-utils", "zypper": "poppler-tools", "pacman": "poppler",
    "apk": "poppler-utils", "brew": "poppler", "winget": "oschwartz10612.Poppler",
}  # fmt: skip


def _tool(program: str) -> Tool:
    places = {platform: tuple(place.format(program) for place in found) for platform, found in _PLACES.items()}
    return Tool("poppler", (program,), "BRIEFPACK_POPPLER", places, _INSTALL)


PDFTOPPM, PDFTOTEXT, PDFINFO = _tool("pdftoppm"), _tool("pdftotext"), _tool("pdfinfo")


class Picture(Struct, frozen=True):
    """The picture of page ``number`` (from 1), in pixels."""

    path: Path
    number: int
    width: int
    height: int


def pictures(pdf: Path, folder: Path, *, most: int = MOST, timeout: float = TIMEOUT) -> list[Picture]:
    """Write a PNG of each of the first *most* pages of *pdf* into *folder*: ``<stem>-001.png`` and so on."""
    program = require(PDFTOPPM)[PDFTOPPM.title]
    raw = folder / f"{pdf.stem}-raw"
    raw.mkdir(parents=True)
    command: list[str | Path] = [program, "-png", "-scale-to", str(LONG_SIDE), "-l", str(most), pdf, raw / "p"]
    code, _, said = run(command, timeout=timeout, title="poppler")
    found = sorted((int(path.stem.rpartition("-")[2]), path) for path in raw.iterdir())
    if code or not found:
        raise BriefpackError(Fault("not-pictured", f"poppler made no pictures of it: {_last(said)}", str(pdf)))
    made = []
    for number, path in found:
        target = path.replace(folder / f"{pdf.stem}-{number:03}.png")
        made.append(Picture(target, number, *_size(target)))
    raw.rmdir()
    return made


def count(pdf: Path, *, timeout: float = TIMEOUT) -> int:
    """Return how many pages *pdf* has."""
    code, output, said = run([require(PDFINFO)[PDFINFO.title], pdf], timeout=timeout, title="poppler")
    found = re.search(rb"^Pages:\s+([0-9]+)", output, re.MULTILINE)
    if code or found is None:
        raise BriefpackError(Fault("not-pictured", f"poppler cannot read it: {_last(said)}", str(pdf)))
    return int(found[1])


def texts(pdf: Path, *, layout: bool = False, timeout: float = TIMEOUT) -> list[str]:
    """Return the text of each page; with *layout*, columns stay side by side."""
    program = require(PDFTOTEXT)[PDFTOTEXT.title]
    options = ["-layout"] if layout else []
    code, output, said = run([program, *options, "-enc", "UTF-8", pdf, "-"], timeout=timeout, title="poppler")
    if code:
        raise BriefpackError(Fault("not-pictured", f"poppler cannot read it: {_last(said)}", str(pdf)))
    return output.decode("utf-8", "replace").split("\f")[:-1]


def _size(png: Path) -> tuple[int, int]:
    with png.open("rb") as file:
        width, height = struct.unpack(">16x2I", file.read(24))
    return width, height


def _last(said: str) -> str:
    return said.splitlines()[-1] if said else "it said nothing"
