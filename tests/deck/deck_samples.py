"""Small deck templates made with python-pptx, as an office would type them, and their rendering."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.enum.text import MSO_AUTO_SIZE
from pptx.util import Inches, Pt

from exporters import deck
from exporters.binding.compiled import Compiled
from exporters.binding.scope import Scope
from exporters.errors import Fault, TemplateError
from exporters.load import load
from exporters.model import Dataset
from exporters.package import Package

ROOT = Path(__file__).resolve().parents[2]

DATA = load(ROOT / "data" / "guangzhou-2023.yaml")
PROGRESS = load(ROOT / "data" / "sample-progress.yaml")
TITLE_ONLY, TITLE_AND_TEXT, BLANK = 5, 1, 6


class Office:
    """A presentation on someone's desk."""

    def __init__(self) -> None:
        self.prs = Presentation()

    def slide(self, title: str, *texts: str, layout: int = TITLE_ONLY, notes: str = "") -> Any:
        """Add a slide with a title and text boxes named Box 1, Box 2, ..."""
        slide = self.prs.slides.add_slide(self.prs.slide_layouts[layout])
        if slide.shapes.title is not None:
            slide.shapes.title.text = title
        for number, text in enumerate(texts, 1):
            box(slide, text, name=f"Box {number}", top=1 + number)
        if notes:
            slide.notes_slide.notes_text_frame.text = notes
        return slide

    def save(self) -> bytes:
        out = io.BytesIO()
        self.prs.save(out)
        return out.getvalue()


def box(slide: Any, text: str, *, name: str = "Box 1", width: float = 4, height: float = 1, top: float = 2) -> Any:
    shape = slide.shapes.add_textbox(Inches(1), Inches(top), Inches(width), Inches(height))
    shape.name = name
    shape.text_frame.word_wrap = True
    shape.text_frame.auto_size = MSO_AUTO_SIZE.NONE
    shape.text_frame.text = text
    for paragraph in shape.text_frame.paragraphs:
        for run in paragraph.runs:
            run.font.size = Pt(18)
    return shape


def workbook(rows: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    page.title = "Sheet1"
    for row in rows:
        page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def chart(slide: Any, rows: list[list[Any]], *, name: str = "Growth chart", descr: str = "") -> Any:
    data = CategoryChartData()
    data.categories = ["a"]
    for number in range(len(rows[0]) - 1):
        data.add_series(f"s{number}", [1])
    area = (Inches(1), Inches(3), Inches(6), Inches(3))
    frame = slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *area, data)
    frame.name = name
    frame._element.nvGraphicFramePr.cNvPr.set("descr", descr)
    frame.chart.part.chart_workbook.update_from_xlsx_blob(workbook(rows))
    return frame


def faults(template: bytes) -> list[Fault]:
    try:
        deck.compile(Package.open(template, name="deck.pptx"), "deck.pptx")
    except TemplateError as error:
        return list(error.faults)
    return []


def rendered(
    template: bytes,
    data: Dataset = DATA,
    lang: str = "zh",
    *,
    epoch: int | None = None,
    properties: Mapping[str, str] = {},
) -> bytes:
    """Compile, carry the compiled form through bytes as the cache does, and render."""
    package = Package.open(template, name="deck.pptx")
    compiled = Compiled.from_bytes(deck.compile(package, "deck.pptx").to_bytes())
    out = io.BytesIO()
    deck.render(compiled, package, Scope(data, lang), out, epoch=epoch, properties=properties)  # type: ignore[arg-type]
    return out.getvalue()


def opened(template: bytes, data: Dataset = DATA, lang: str = "zh") -> Any:
    return Presentation(io.BytesIO(rendered(template, data, lang)))


def texts(prs: Any) -> list[list[str]]:
    """The texts of each slide's shapes."""
    return [[shape.text_frame.text for shape in slide.shapes if shape.has_text_frame] for slide in prs.slides]


def shipped(lang: str = "zh", name: str = "standard") -> bytes:
    return (ROOT / "templates" / name / lang / "deck.pptx").read_bytes()
