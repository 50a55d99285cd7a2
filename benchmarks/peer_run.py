"""One peer, one file, measured; runs in the peers' own environment and knows nothing of this project."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Content = dict[str, Any]
Measured = Callable[[], None]


def docxtpl(content: Content, path: Path, templates: Path) -> Measured:
    """The very template that the other side renders."""
    from docxtpl import DocxTemplate

    def run() -> None:
        document = DocxTemplate(str(templates / "briefing.docx"))
        document.render(content, autoescape=True)
        document.save(str(path))

    return run


def xlsxwriter(content: Content, path: Path, _templates: Path) -> Measured:
    """The table of targets, the matrix by formulas with their values, the initiatives and the sources."""
    import xlsxwriter as library

    heads = ("key", "place", "label", "measure", "comparator", "value", "unit", "period", "word", "role", "kind",
             "clause", "source")  # fmt: skip

    def run() -> None:
        book = library.Workbook(str(path), {"constant_memory": True})
        percent = book.add_format({"num_format": "0.0%"})
        sheet = book.add_worksheet("目标")
        sheet.freeze_panes(1, 2)
        sheet.write_row(0, 0, [*heads, "实际值", "完成率", "备注"])
        targets = [target for place in (content["city"], *content["districts"]) for target in place["targets"]]
        for at, target in enumerate(targets, 1):
            for column, head in enumerate(heads):
                if head == "value":
                    sheet.write_number(at, column, target["ratio"], percent if target["growth"] else None)
                elif head == "source":
                    sheet.write_number(at, column, target["source"]["n"])
                else:
                    sheet.write_string(at, column, target[head])
            sheet.write_formula(at, 14, f'=IF(N{at + 1}="","",N{at + 1}/F{at + 1})', None, "")
        sheet.autofilter(0, 0, len(targets), 15)
        matrix = book.add_worksheet("对比")
        matrix.write_row(0, 0, content["matrix"])
        last = len(targets) + 1
        for row, place in enumerate(content["districts"], 1):
            matrix.write_string(row, 0, place["name"])
            for column, target in enumerate(place["targets"], 1):
                formula = f'=SUMIFS(目标!$F$2:$F${last},目标!$A$2:$A${last},"{target["key"]}")'
                matrix.write_formula(row, column, formula, None, target["ratio"])
        works = book.add_worksheet("举措")
        row = 0
        for place in content["districts"]:
            for item in place["initiatives"]:
                works.write_row(row, 0, [place["name"], item["theme"], item["text"]])
                row += 1
        sources = book.add_worksheet("来源")
        for row, source in enumerate(content["sources"]):
            sources.write_row(row, 0, [source["n"], source["citation"]])
        book.close()

    return run


def python_pptx(content: Content, path: Path, _templates: Path) -> Measured:
    """A slide per district: title, leader, figures, a native chart, initiatives, source line, notes."""
    from pptx import Presentation
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches

    def run() -> None:
        deck = Presentation()
        deck.slide_width, deck.slide_height = Inches(13.333), Inches(7.5)
        total = len(content["districts"])
        for number, place in enumerate(content["districts"], 1):
            slide = deck.slides.add_slide(deck.slide_layouts[5])
            slide.shapes.title.text = f"{place['short']}：{place['targets'][0]['label']}{place['targets'][0]['text']}"
            _pptx_box(slide, f"{place['leader']['title']}　{place['leader']['name']}", 0.6, 1.3, 12)
            for index, target in enumerate(place["targets"]):
                left, top = content["boxes"][index]
                _pptx_box(slide, target["text"], left, top, 1.9)
                _pptx_box(slide, target["label"], left, top + 0.5, 1.9)
            data = CategoryChartData()
            data.categories = [target["short"] for target in place["growth"]]
            data.add_series(place["short"], [target["value"] for target in place["growth"]])
            data.add_series("全市", [target["value"] for target in content["city"]["growth"]])
            box = (Inches(7), Inches(1.9), Inches(5.8), Inches(3.2))
            slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *box, data)
            _pptx_box(slide, "\n".join(item["text"] for item in place["initiatives"]), 0.6, 5.0, 12)
            _pptx_box(slide, f"来源 {place['targets'][0]['source']['n']}    {number}/{total}", 0.6, 6.9, 12)
            lines = [f"{target['label']}：{target['text']}（{target['clause']}）" for target in place["targets"]]
            slide.notes_slide.notes_text_frame.text = "\n".join(lines)
        deck.save(str(path))

    def _pptx_box(slide: Any, text: str, left: float, top: float, width: float) -> None:
        box = slide.shapes.add_textbox(Inches(left), Inches(top), Inches(width), Inches(0.5))
        box.text_frame.text = text

    return run


PEERS = {"docxtpl": (docxtpl, "docx"), "xlsxwriter": (xlsxwriter, "xlsx"), "python-pptx": (python_pptx, "pptx")}


def main() -> None:
    peer, source, templates, folder = sys.argv[1:]
    prepare, suffix = PEERS[peer]
    content = json.loads(Path(source).read_text("utf-8"))
    Path(folder).mkdir(parents=True, exist_ok=True)
    path = Path(folder, f"{peer}.{suffix}")
    run = prepare(content, path, Path(templates))
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1_000) / 1e6
    size = path.stat().st_size
    print(
        json.dumps(
            {
                "cpu_s": round(cpu, 4),
                "wall_s": round(wall, 4),
                "peak_mb": round(peak, 1),
                "bytes": size,
                "file": path.name,
            }
        )
    )


if __name__ == "__main__":
    main()
