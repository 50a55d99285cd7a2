"""Packs as a build leaves them, with small Office files: previews are tested apart from templates and exporters."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from pathlib import Path

from msgspec import to_builtins

from exporters.load import load
from exporters.model import Dataset, validated
from exporters.preview.page import ShownFile
from exporters.preview.pages import Picture
from exporters.runs.inputs import find_dataset
from exporters.runs.manifest import NAME, FileRecord, Manifest
from exporters.runs.pack import DATA

HOSTILE = "<script>alert(1)</script>\"'><img src=http://evil.example/x onerror=alert(2)> {{ 7*7 }} &amp; </style>]]>"


def dataset(name: str = "guangzhou-2023") -> Dataset:
    return load(find_dataset(name))


def hostile() -> Dataset:
    """Return the sample with markup in every text that a page shows."""

    def spoiled(value):
        if isinstance(value, dict):
            return {
                key: f"{HOSTILE} {text}" if key in {"zh", "en", "clause", "ref", "address", "modality_word"} and text
                else spoiled(text)
                for key, text in value.items()
            }  # fmt: skip
        return [spoiled(item) for item in value] if isinstance(value, list | tuple) else value

    return validated(Dataset, spoiled(to_builtins(dataset())))


def docx(pages: int = 3, picture: str = "") -> bytes:
    from docx import Document
    from docx.opc.constants import RELATIONSHIP_TYPE

    document = Document()
    for number in range(1, pages + 1):
        document.add_paragraph(f"南沙 page {number}")
        if number < pages:
            document.add_page_break()
    if picture:
        shape = document.add_picture(io.BytesIO(png(1, 1)))
        blip = shape._inline.graphic.graphicData.pic.blipFill.blip
        link = document.part.relate_to(picture, RELATIONSHIP_TYPE.IMAGE, is_external=True)
        blip.attrib.clear()
        blip.set("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}link", link)
    return _saved(document)


def pptx(slides: int = 2) -> bytes:
    from pptx import Presentation

    deck = Presentation()
    deck.slide_width, deck.slide_height = 12_192_000, 6_858_000
    for number in range(1, slides + 1):
        deck.slides.add_slide(deck.slide_layouts[0]).shapes.title.text = f"天河 slide {number}"
    return _saved(deck)


def xlsx() -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["增城 targets", 7])
    return _saved(book)


def _saved(thing) -> bytes:
    out = io.BytesIO()
    thing.save(out)
    return out.getvalue()


def make_pack(folder: Path, *, data: Dataset | None = None, lang: str = "zh", conflicts=(), **files: bytes) -> Path:
    """Write a pack into *folder*; *files* replace the small Office files by exporter (word, deck, workbook)."""
    data = data or dataset()
    made = {"word": docx, "deck": pptx, "workbook": xlsx}
    names = {"word": "briefing.docx", "deck": "deck.pptx", "workbook": "targets.xlsx"}
    folder.mkdir(parents=True, exist_ok=True)
    records = {}
    for exporter, name in names.items():
        content = files.get(exporter) or made[exporter]()
        (folder / name).write_bytes(content)
        sha256 = hashlib.sha256(content).hexdigest()
        records[name] = FileRecord(exporter, sha256, len(content), 1, sha256, name, sha256, 1)
    stored = data.canonical
    (folder / DATA).parent.mkdir(exist_ok=True)
    (folder / DATA).write_bytes(stored)
    manifest = Manifest(
        tool="0.1.0",
        dataset=data.id,
        dataset_sha256=hashlib.sha256(stored).hexdigest(),
        title=data.title.zh,
        lang=lang,
        as_of=data.as_of.isoformat() if data.as_of else None,
        templates="standard",
        files=records,
        counts=dict.fromkeys(
            ("districts", "districts_without_source", "targets", "initiatives", "observations", "sources"), 0
        ),
        conflicts=tuple(conflicts),
    )
    (folder / NAME).write_bytes(manifest.to_bytes())
    return folder


CONFLICT = {
    "file": "deck.pptx", "key": "nansha.gdp-growth.text", "reason": "both-changed",
    "base": "10%以上", "theirs": "11%以上 <b>", "ours": "9%以上",
}  # fmt: skip


def shown(folder: Path | None = None) -> list[ShownFile]:
    """Return files as a page shows them: three pages each, with pictures in *folder* where one is given."""
    files = []
    for name, exporter, size in (("briefing.docx", "word", (990, 1400)), ("deck.pptx", "deck", (1400, 788))):
        stem = Path(name).stem
        pictures = [Picture(Path(f"{stem}-{number:03}.png"), number, *size) for number in (1, 2, 3)]
        if folder is not None:
            for picture in pictures:
                (folder / picture.path).write_bytes(png(picture.width, picture.height))
        pdf = (f"{stem}.pdf", 9_000, "cd" * 32, 3, tuple(pictures))
        files.append(ShownFile(name, exporter, f"../{name}", 59_123, "ab" * 32, False, *pdf))
    return files


def png(width: int, height: int) -> bytes:
    """Return a grey picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">2I5B", width, height, 8, 0, 0, 0, 0))
    rows = zlib.compress((b"\0" + b"\xcc" * width) * height, 1)
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
