"""Digits changed at random in packs, for ``verify`` to find: ``python -m tests.runs.seeding ROUNDS [SEED]``.

A round changes one number in each of the three files: a digit replaced, added, gone, or exchanged with its neighbour.
"""

from __future__ import annotations

import random
import re
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from exporters.runs.build import execute
from exporters.runs.pack import Pack
from exporters.runs.planning import Request, plan
from exporters.runs.verifying import verify

PACKS = {
    "zh": Request(), "en": Request(lang="en"), "gbt9704": Request(templates="gbt9704"),
    "progress": Request(dataset="sample-progress"), "progress-en": Request(dataset="sample-progress", lang="en"),
}  # fmt: skip
FILES = ("briefing.docx", "deck.pptx", "targets.xlsx")
_SHOWN = re.compile(
    r"(word/(document|footnotes|header\d*|footer\d*)|ppt/(slides|notesSlides|charts)/[^/]+|word/charts/[^/]+"
    r"|xl/(worksheets|charts)/[^/]+|xl/sharedStrings)\.xml"
)
_TEXT = re.compile(r"(<(?:w:t|a:t|c:v|v|t)(?: [^>]*)?>)([^<]*[0-9][^<]*)(?=</)")
# Numbers that every office works out anew when it opens the file: of pages and slides.
_FIELDS = re.compile(
    r'<a:fld [^>]*type="slidenum".*?</a:p>'
    r'|<w:instrText[^>]*> (?:PAGE|PAGEREF|NUMPAGES|TOC|SEQ|REF|NOTEREF)\b.*?"end"/>',
    re.DOTALL,
)


_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
Place = tuple[str, int, int]


def rewrite(path: Path, part: str, change: Callable[[str], str]) -> None:
    """Put a part of a package through *change*."""
    with zipfile.ZipFile(path) as package:
        parts = [(info, package.read(info)) for info in package.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for info, data in parts:
            if info.filename == part:
                new = change(data.decode()).encode()
                assert new != data
                data = new
            package.writestr(info, data)


def numbers(path: Path) -> list[Place]:
    """Return (part, start, end) of every number that a reader sees."""
    found: list[Place] = []
    with zipfile.ZipFile(path) as package:
        for part in filter(_SHOWN.fullmatch, package.namelist()):
            text = package.read(part).decode()
            fields = [match.span() for match in _FIELDS.finditer(text)]
            for match in _TEXT.finditer(text):
                cell = text[text.rfind("<c ", 0, match.start()) : match.start()] if "<v" in match[1] else ""
                if 't="s"' not in cell and not any(start <= match.start() < end for start, end in fields):
                    first = match.start(2)
                    found += [(part, first + one.start(), first + one.end()) for one in _NUMBER.finditer(match[2])]
    return found


def wrong(number: str, chance: random.Random) -> str:
    """Return *number* gone wrong, within the 14 digits that every office keeps."""
    while True:
        # A spreadsheet keeps 15 digits; what stands behind them says nothing.
        at = chance.choice([spot for spot, char in enumerate(number[:15]) if char != "."])
        digit = chance.choice("0123456789")
        changed = chance.choice((
            number[:at] + digit + number[at + 1 :],
            number[:at] + digit + number[at:],
            number[:at] + number[at + 1 :],
            number[:at] + number[at + 1 : at + 2] + number[at] + number[at + 2 :],
        ))  # fmt: skip
        if _NUMBER.fullmatch(changed) and float(changed) != float(number):
            return changed


def _change(path: Path, place: Place, chance: random.Random, made: dict[str, str]) -> None:
    part, start, end = place

    def change(text: str) -> str:
        new = wrong(text[start:end], chance)
        made[path.name] = f"{path.name}, {part}: {text[max(0, start - 60) : end + 20]!r}: {text[start:end]} -> {new}"
        return text[:start] + new + text[end:]

    rewrite(path, part, change)


def missed(pack: Path, copy: Path, seed: int, rounds: int) -> list[str]:
    """Return the changes that ``verify`` did not find; *copy* is where the changed pack stands meanwhile."""
    chance = random.Random(seed)
    places = {file: numbers(pack / file) for file in FILES}
    found = []
    for _ in range(rounds):
        shutil.copytree(pack, copy)
        made: dict[str, str] = {}
        for file in FILES:
            _change(copy / file, chance.choice(places[file]), chance, made)
        told = {one.file for one in verify(Pack.open(copy)).findings if one.error}
        found += [what for file, what in made.items() if file not in told]
        shutil.rmtree(copy)
    return found


def main() -> int:
    rounds, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 30
    bad = 0
    for name, request in PACKS.items():
        with tempfile.TemporaryDirectory() as folder:
            pack = Path(folder, name)
            execute(plan(replace(request, out=pack)))
            found = missed(pack, Path(folder, "copy"), seed, rounds)
        bad += len(found)
        sys.stdout.write(
            f"{name}: {3 * rounds} changed, {len(found)} missed\n" + "".join(f"  {one}\n" for one in found)
        )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
