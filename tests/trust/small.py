"""A small city and three small templates by somebody who knows only the tags: quick to build, and free text in all of them."""

from __future__ import annotations

import io
import json
from functools import cache
from pathlib import Path
from typing import Any

FILES = {"word": "briefing.docx", "deck": "deck.pptx", "workbook": "targets.xlsx"}
YEAR = {"start": "2026-01-01", "end": "2026-12-31"}


def data(**changes: Any) -> dict[str, Any]:
    """Return the city as plain data. *changes* go by what they stand in: ``note`` of the pack, ``name`` of the district,
    ``clause`` of the target, ``theme`` and ``text`` of its initiative, ``value`` and ``target_note`` of the target.
    """
    return {
        "briefpack": 1,
        "id": "small",
        "title": {"zh": changes.get("title", "小城"), "en": "Small"},
        "note": changes.get("note", ""),
        "period": YEAR,
        "city": "town",
        "places": [
            {"id": "town", "name": "小城", "level": "city"},
            {"id": "east", "name": changes.get("name", "东区"), "code": "440199", "level": "district", "parent": "town"},
        ],
        "indicators": [{"code": "GDP", "label": {"zh": "地区生产总值", "en": "GDP"}}],
        "sources": [{"id": "plan", "title": "Plan: 2026"}],
        "targets": [
            {
                "id": "east.gdp-growth",
                "place": "east",
                "indicator": "GDP",
                "measure": "growth_yoy",
                "comparator": "gte",
                "value": changes.get("value", "6.5"),
                "unit": "PERCENT",
                "note": changes.get("target_note", ""),
                "period": YEAR,
                "evidence": {"source": "plan", "clause": changes.get("clause", "增长6.5%以上")},
            }
        ],
        "initiatives": [
            {"id": "east.port", "place": "east", "theme": changes.get("theme", "港口"), "text": changes.get("text", "扩建港口")}
        ],
    }  # fmt: skip


def dataset(folder: Path, **changes: Any) -> Path:
    """Write the city to *folder* and return the file."""
    path = folder / "small.json"
    path.write_text(json.dumps(data(**changes)), "utf-8")
    return path


def templates(folder: Path) -> Path:
    """Write the three templates to *folder* and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for room, name in FILES.items():
        (folder / name).write_bytes(MAKERS[room]())
    return folder


@cache
def briefing() -> bytes:
    import docx

    document = docx.Document()
    for text in ("{{ pack.title }}", "{{ pack.note }}", "{% for d in districts %}", "{{ d.name }}",
                 "{% for i in d.initiatives %}", "{{ i.theme }}", "{{ i.text }}", "{% endfor %}", "{% endfor %}"):  # fmt: skip
        document.add_paragraph(text)
    table = document.add_table(3, 3)
    rows = (
        ("{% for t in targets %}", "", ""),
        ("{{ t.label }}", "{{ t.text }}", "{{ t.clause }}"),
        ("{% endfor %}", "", ""),
    )
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    return _saved(document)


@cache
def deck() -> bytes:
    import pptx
    from pptx.util import Inches

    presentation = pptx.Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[1])
    slide.shapes.title.text = "{{ pack.title }}"
    slide.placeholders[1].text = "{{ pack.note }}"
    slide.notes_slide.notes_text_frame.text = "to be said"
    slide = presentation.slides.add_slide(presentation.slide_layouts[1])
    slide.shapes.title.text = "{% slide for d in districts %}{{ d.name }}{% slide endfor %}"
    body = slide.placeholders[1].text_frame
    body.text = "{% for i in d.initiatives %}"
    for text in ("{{ i.theme }}", "{{ i.text }}", "{% endfor %}"):
        body.add_paragraph().text = text
    slide.notes_slide.notes_text_frame.text = "to be said"
    table = slide.shapes.add_table(3, 2, Inches(1), Inches(4), Inches(8), Inches(1)).table
    rows = (("{% for t in d.targets %}", ""), ("{{ t.text }}", "{{ t.clause }}"), ("{% endfor %}", ""))
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    return _saved(presentation)


@cache
def workbook() -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Targets"
    for row in (
        ["{{ pack.title }}", "{{ pack.note }}", None],
        ["Place", "Value", "Clause"],
        ["{% for t in targets %}", None, None],
        ["{{ t.place.name }}", "{{ t.value }}", "{{ t.clause }}"],
        ["{% endfor %}", None, None],
        ["Theme", "Text", None],
        ["{% for i in initiatives %}", None, None],
        ["{{ i.theme }}", "{{ i.text }}", None],
        ["{% endfor %}", None, None],
    ):
        sheet.append(row)
    return _saved(book)


def _saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


MAKERS = {"word": briefing, "deck": deck, "workbook": workbook}
