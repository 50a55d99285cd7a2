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


def docxtpl(content: Content, path: Path) -> Measured:
    """A template written with python-docx as its users would in Word, then rendered by docxtpl."""
    from docx import Document
    from docxtpl import DocxTemplate

    draft = Document()
    draft.add_heading("{{ title }}", 0)
    draft.add_paragraph("{{ date }}")
    _docx_table(draft, ["区", "GDP", "固投", "工业", "社零", "项目"], "d in districts", [
        "{{ d.short }}", *(f"{{{{ d.targets[{number}].text }}}}" for number in (0, 2, 3, 4, 5)),
    ])  # fmt: skip
    draft.add_paragraph("{%p for d in districts %}")
    draft.add_heading("{{ d.name }}", 1)
    draft.add_paragraph("{{ d.leader }}")
    cells = ["{{ r.label }}", "{{ r.level }}", "{{ r.growth }}", "{{ r.word }}", "[{{ r.source }}]"]
    _docx_table(draft, ["指标", "总量", "增速", "力度", "来源"], "r in d.rows", cells)
    draft.add_paragraph("{%p for i in d.initiatives %}")
    draft.add_paragraph("{{ i.theme }}：{{ i.text }}", style="List Bullet")
    draft.add_paragraph("{%p endfor %}")
    draft.add_paragraph("{%p for t in d.targets %}")
    draft.add_paragraph("{{ t.label }}：{{ t.text }}（{{ t.clause }}）")
    draft.add_paragraph("{%p endfor %}")
    draft.add_paragraph("{%p endfor %}")
    draft.add_paragraph("{%p for s in sources %}")
    draft.add_paragraph("[{{ s.n }}] {{ s.citation }}")
    draft.add_paragraph("{%p endfor %}")
    template = path.with_suffix(".template.docx")
    draft.save(str(template))

    def run() -> None:
        document = DocxTemplate(str(template))
        document.render(content, autoescape=True)
        document.save(str(path))
        template.unlink()

    return run


def _docx_table(draft: Any, heads: list[str], loop: str, cells: list[str]) -> None:
    table = draft.add_table(rows=4, cols=len(heads))
    for index, head in enumerate(heads):
        table.cell(0, index).text = head
        table.cell(2, index).text = cells[index]
    table.cell(1, 0).text = f"{{%tr for {loop} %}}"
    table.cell(3, 0).text = "{%tr endfor %}"


def xlsxwriter(content: Content, path: Path) -> Measured:
    """The table of targets, the matrix by formulas with their values, the initiatives and the sources."""
    import xlsxwriter as library

    heads = ("key", "place", "label", "measure", "comparator", "value", "unit", "period", "word", "role", "kind",
             "clause", "source")  # fmt: skip

    def run() -> None:
        book = library.Workbook(str(path), {"constant_memory": True})
        bold, percent = book.add_format({"bold": True}), book.add_format({"num_format": "0.0%"})
        sheet = book.add_worksheet("目标")
        sheet.freeze_panes(1, 2)
        sheet.write_row(0, 0, [*heads, "实际值", "完成率", "备注"], bold)
        at = 1
        first_row = {}
        for place in (content["city"], *content["districts"]):
            first_row[place["key"]] = at
            for target in place["targets"]:
                for column, head in enumerate(heads):
                    if head == "value":
                        sheet.write_number(at, column, target[head], percent if target["growth"] else None)
                    else:
                        sheet.write(at, column, target[head])
                sheet.write_formula(at, 14, f'=IF(N{at + 1}="","",N{at + 1}/F{at + 1})', None, "")
                at += 1
        sheet.autofilter(0, 0, at - 1, 15)
        matrix = book.add_worksheet("对比")
        matrix.write_row(0, 0, ["区", "GDP增速", "GDP", "固投", "工业", "社零", "项目"], bold)
        for row, place in enumerate(content["districts"], 1):
            matrix.write_string(row, 0, place["name"])
            for column, target in enumerate(place["targets"], 1):
                formula = f"=目标!F{first_row[place['key']] + column}"
                matrix.write_formula(row, column, formula, percent if target["growth"] else None, target["value"])
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


def python_pptx(content: Content, path: Path) -> Measured:
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
            _pptx_box(slide, place["leader"], 0.6, 1.3, 12)
            for index, target in enumerate(place["targets"]):
                left, top = 0.6 + index % 3 * 2.0, 2.0 + index // 3 * 1.3
                _pptx_box(slide, target["text"], left, top, 1.9)
                _pptx_box(slide, target["label"], left, top + 0.5, 1.9)
            data = CategoryChartData()
            growth = [target for target in place["targets"] if target["growth"]]
            data.categories = [target["short"] for target in growth]
            data.add_series(place["short"], [target["percent"] for target in growth])
            data.add_series("全市", [target["percent"] for target in content["city"]["targets"] if target["growth"]])
            box = (Inches(7), Inches(1.9), Inches(5.8), Inches(3.2))
            slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *box, data)
            _pptx_box(slide, "\n".join(item["text"] for item in place["initiatives"]), 0.6, 5.0, 12)
            _pptx_box(slide, f"来源 {place['targets'][0]['source']}    {number}/{total}", 0.6, 6.9, 12)
            lines = [f"{target['label']}：{target['text']}（{target['clause']}）" for target in place["targets"]]
            slide.notes_slide.notes_text_frame.text = "\n".join(lines)
        deck.save(str(path))

    def _pptx_box(slide: Any, text: str, left: float, top: float, width: float) -> None:
        box = slide.shapes.add_textbox(Inches(left), Inches(top), Inches(width), Inches(0.5))
        box.text_frame.text = text

    return run


PEERS = {"docxtpl": (docxtpl, "docx"), "xlsxwriter": (xlsxwriter, "xlsx"), "python-pptx": (python_pptx, "pptx")}


def main() -> None:
    peer, source, folder = sys.argv[1:]
    prepare, suffix = PEERS[peer]
    content = json.loads(Path(source).read_text("utf-8"))
    Path(folder).mkdir(parents=True, exist_ok=True)
    path = Path(folder, f"{peer}.{suffix}")
    run = prepare(content, path)
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1_000) / 1e6
    size = path.stat().st_size
    print(json.dumps({"cpu_s": round(cpu, 4), "wall_s": round(wall, 4), "peak_mb": round(peak, 1), "bytes": size}))


if __name__ == "__main__":
    main()
