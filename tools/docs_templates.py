"""Type the examples of docs/templates.md into new Office files, exactly as the page says.

    .venv/bin/python tools/docs_templates.py FOLDER [--page docs/templates.md]
    .venv/bin/python tools/docs_templates.py --names [--check]

The first writes FOLDER/briefing.docx, deck.pptx and targets.xlsx; the second brings the page's table of names up to
date (``--check`` only says whether it is).
"""

from __future__ import annotations

import argparse
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import docx
import openpyxl
from openpyxl.chart import BarChart, Reference
from openpyxl.worksheet.table import Table
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "templates.md"
START, END = "<!-- names: made by tools/docs_templates.py -->", "<!-- end of names -->"
Line = tuple[str, str]


def example(page: str, name: str) -> list[Line]:
    """Return the lines of a fenced block as (what is on the left, what is typed)."""
    found = re.search(rf"^```{name}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    if found is None:
        raise SystemExit(f"the page has no {name} example")
    pairs = (re.split(r"\s{2,}", line.strip(), maxsplit=1) for line in found[1].splitlines() if line.strip())
    return [(pair[0], pair[1] if len(pair) > 1 else "") for pair in pairs]


def briefing(lines: list[Line], path: Path) -> None:
    """Write a Word document: a style and its paragraph on each line; table rows follow each other."""
    document = docx.Document()
    table = None
    for style, text in lines:
        if style != "table row":
            table = None
            document.add_paragraph(text, style)
            continue
        cells = text.split(" | ")
        if table is None:
            table = document.add_table(0, len(cells), style="Table Grid")
        for cell, typed in zip(table.add_row().cells, cells, strict=True):
            cell.text = typed
    document.save(str(path))


def deck(lines: list[Line], path: Path) -> None:
    """Write a presentation: ``slide N`` opens a slide of a layout, the lines below fill it."""
    show = Presentation()
    show.slide_width, show.slide_height = Inches(10), Inches(7.5)
    layouts = {layout.name: layout for layout in show.slide_layouts}
    slide, book = None, None
    for place, text in lines:
        if place.startswith("slide "):
            slide = show.slides.add_slide(layouts[text])
            continue
        assert slide is not None
        if place == "title":
            slide.shapes.title.text = text
        elif place == "notes":
            slide.notes_slide.notes_text_frame.text = _more(slide.notes_slide.notes_text_frame.text, text)
        elif place == "bar chart":
            data = CategoryChartData()
            data.categories = ["as inserted"]
            data.add_series("as inserted", [1])
            box = Inches(0.5), Inches(1.6), Inches(9), Inches(5.4)
            chart = slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *box, data).chart
            chart.has_legend = False
            chart.plots[0].has_data_labels = True
            book = openpyxl.Workbook()
            book.active.title = "Sheet1"
        elif re.fullmatch(r"[A-Z]\d+", place):
            assert book is not None
            sheet = book.active
            sheet[place] = text
            # Like PowerPoint, the chart shows what is typed.
            data = CategoryChartData()
            data.categories = [sheet["A2"].value or ""]
            data.add_series(sheet["B1"].value or "", [1])
            chart.replace_data(data)
            stream = io.BytesIO()
            book.save(stream)
            chart.part.chart_workbook.update_from_xlsx_blob(stream.getvalue())
        else:
            frame = slide.placeholders[1].text_frame
            frame.text = _more(frame.text, text)
    show.save(str(path))


def _more(text: str, line: str) -> str:
    return f"{text}\n{line}" if text else line


def workbook(lines: list[Line], path: Path) -> None:
    """Write a workbook: ``sheet`` opens a sheet, the lines below are its cells and what is done to them."""
    book = openpyxl.Workbook()
    sheet = book.active
    first = True
    for place, text in lines:
        if place == "sheet":
            sheet = book.active if first else book.create_sheet()
            sheet.title, first = text, False
        elif place == "table":
            name, area = text.split(" over ")
            sheet.add_table(Table(displayName=name, ref=area))
        elif place == "hide column":
            sheet.column_dimensions[text].hidden = True
        elif place == "width":
            column, size = text.split(" = ")
            sheet.column_dimensions[column].width = float(size)
        elif place == "format":
            cell, code = text.split(" as ")
            sheet[cell].number_format = code
        elif place == "bar chart":
            at, rest = text.split(": ", 1)
            values, labels = (
                Reference(sheet, range_string=f"{_quoted(sheet.title)}!{one}") for one in rest.split(" by ")
            )
            chart = BarChart()
            chart.type, chart.legend, chart.width, chart.height = "bar", None, 12, 8
            chart.add_data(values)
            chart.set_categories(labels)
            sheet.add_chart(chart, at)
        else:
            sheet[place] = text
    book.save(path)


def _quoted(title: str) -> str:
    return "'" + title.replace("'", "''") + "'"


WRITERS = {"word": ("briefing.docx", briefing), "powerpoint": ("deck.pptx", deck), "excel": ("targets.xlsx", workbook)}


def write(folder: Path, page: str) -> None:
    """Write the three templates of the page into *folder*."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (file, writer) in WRITERS.items():
        writer(example(page, name), folder / file)


def names() -> str:
    """Return the table of all names as the tool lists them."""
    command = [sys.executable, "-m", "exporters", "template", "names", "--json"]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, cwd=ROOT).stdout)
    rows = ["| record | its names |", "|---|---|"]
    for group in found["groups"]:
        items = "<br>".join(f"`{one['name']}` ({one['type']}): {_cell(one['meaning'])}" for one in group["names"])
        rows.append(f"| **{group['name']}** {_cell(group['meaning'])} | {items} |")
    filters = "<br>".join(f"`{one['name']}`: {_cell(one['meaning'])}" for one in found["filters"])
    return "\n".join([*rows, f"| **filters** `{{{{ value\\|filter }}}}` | {filters} |"])


def _cell(text: str) -> str:
    return text.replace("``", "`").replace("|", "\\|")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--page", type=Path, default=PAGE)
    parser.add_argument("--names", action="store_true")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    page = options.page.read_text("utf-8")
    if options.folder is not None:
        write(options.folder, page)
    if options.names:
        head, rest = page.split(START)
        new = f"{head}{START}\n\n{names()}\n\n{END}{rest.split(END)[1]}"
        if options.check and new != page:
            raise SystemExit(f"{options.page} is out of date: run tools/docs_templates.py --names")
        options.page.write_text(new, "utf-8")


if __name__ == "__main__":
    main()
