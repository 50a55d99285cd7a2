"""Templates that say exactly what the peers' own code says, so that both sides of a comparison make the same file.

The Word template is docxtpl's own input too: its tags mean the same in both.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import openpyxl
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

COLUMNS = {
    "key": "key", "place": "place.name", "label": "label", "measure": "measure", "comparator": "comparator",
    "value": "ratio", "unit": "unit", "period": "period", "word": "word", "role": "role", "kind": "kind",
    "clause": "clause", "source": "source.n",
}  # fmt: skip
MATRIX = ("区", "GDP增速", "GDP", "固投", "工业", "社零", "项目")
SLIDE_BOXES = [(0.6 + index % 3 * 2.0, 2.0 + index // 3 * 1.3) for index in range(6)]


def write(folder: Path) -> None:
    """Write the three templates into *folder*."""
    folder.mkdir(parents=True, exist_ok=True)
    _briefing(folder / "briefing.docx")
    _deck(folder / "deck.pptx")
    _workbook(folder / "targets.xlsx")


def _briefing(path: Path) -> None:
    draft = docx.Document()
    draft.add_heading("{{ pack.title }}", 0)
    draft.add_paragraph("{{ pack.date }}")
    _table(draft, ["区", "GDP", "固投", "工业", "社零", "项目"], "d in districts", [
        "{{ d.short }}", *(f"{{{{ d.targets[{number}].text }}}}" for number in (0, 2, 3, 4, 5)),
    ])  # fmt: skip
    draft.add_paragraph("{%p for d in districts %}")
    draft.add_heading("{{ d.name }}", 1)
    draft.add_paragraph("{{ d.leader.title }}　{{ d.leader.name }}")
    cells = ["{{ r.label }}", "{{ r.level.text }}", "{{ r.growth.text }}", "{{ r.word }}", "[{{ r.base.source.n }}]"]
    _table(draft, ["指标", "总量", "增速", "力度", "来源"], "r in d.rows", cells)
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
    draft.save(str(path))


def _table(draft: Any, heads: list[str], loop: str, cells: list[str]) -> None:
    table = draft.add_table(rows=4, cols=len(heads))
    for index, head in enumerate(heads):
        table.cell(0, index).text = head
        table.cell(2, index).text = cells[index]
    table.cell(1, 0).text = f"{{%tr for {loop} %}}"
    table.cell(3, 0).text = "{%tr endfor %}"


def _deck(path: Path) -> None:
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(13.333), Inches(7.5)
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    first = "d.targets[0]"
    title = f"{{{{ d.short }}}}：{{{{ {first}.label }}}}{{{{ {first}.text }}}}"
    slide.shapes.title.text = f"{{%slide for d in districts %}}{title}{{%slide endfor %}}"
    box(slide, "{{ d.leader.title }}　{{ d.leader.name }}", 0.6, 1.3, 12)
    for index, (left, top) in enumerate(SLIDE_BOXES):
        box(slide, f"{{{{ d.targets[{index}].text }}}}", left, top, 1.9)
        box(slide, f"{{{{ d.targets[{index}].label }}}}", left, top + 0.5, 1.9)
    _chart(slide)
    box(slide, "{% for i in d.initiatives %}\n{{ i.text }}\n{% endfor %}", 0.6, 5.0, 12)
    box(slide, f"来源 {{{{ {first}.source.n }}}}    {{{{ d.n }}}}/{{{{ districts|length }}}}", 0.6, 6.9, 12)
    slide.notes_slide.notes_text_frame.text = (
        "{% for t in d.targets %}\n{{ t.label }}：{{ t.text }}（{{ t.clause }}）\n{% endfor %}"
    )
    deck.save(str(path))


def box(slide: Any, text: str, left: float, top: float, width: float) -> None:
    """Add a text box; places and width in inches."""
    shape = slide.shapes.add_textbox(Inches(left), Inches(top), Inches(width), Inches(0.5))
    shape.text_frame.text = text


def _chart(slide: Any) -> None:
    heads = ("", "{{ d.short }}", "全市")
    cells = (
        "{% for t in d.growth %}{{ t.short }}", "{{ t.value }}", "{{ city.growth[loop.index0].value }}{% endfor %}"
    )  # fmt: skip
    data = CategoryChartData()
    data.categories = [cells[0]]
    for head in heads[1:]:
        data.add_series(head, [1])
    place = (Inches(7), Inches(1.9), Inches(5.8), Inches(3.2))
    chart = slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *place, data).chart
    book = openpyxl.Workbook()
    book.active.title = "Sheet1"
    for row in (heads, cells):
        book.active.append(row)
    stream = BytesIO()
    book.save(stream)
    chart.part.chart_workbook.update_from_xlsx_blob(stream.getvalue())


def _workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "目标"
    sheet.freeze_panes = "C2"
    sheet.append([*COLUMNS, "实际值", "完成率", "备注"])
    begin = "{% for t in targets %}{% if t.measure_code == 'growth_yoy' %}"
    for row, before, after in ((2, begin, ""), (3, "{% else %}", "{% endif %}{% endfor %}")):
        cells = [f"{{{{ t.{name} }}}}" for name in COLUMNS.values()]
        sheet.append([before + cells[0], *cells[1:], None, f'=IF(N{row}="","",N{row}/F{row})', after or None])
    sheet["F2"].number_format = "0.0%"
    sheet.auto_filter.ref = "A1:P3"
    matrix = book.create_sheet("对比")
    matrix.append(MATRIX)
    keys = [f"{{{{ d.targets[{index}].key }}}}" for index in range(len(MATRIX) - 1)]
    formulas = [f'=SUMIFS(目标!$F$2:$F$3,目标!$A$2:$A$3,"{key}")' for key in keys]
    matrix.append(["{% for d in districts %}{{ d.name }}", *formulas, "{% endfor %}"])
    works = book.create_sheet("举措")
    works.append(["{% for d in districts %}{% for i in d.initiatives %}{{ d.name }}", "{{ i.theme }}",
                  "{{ i.text }}{% endfor %}{% endfor %}"])  # fmt: skip
    sources = book.create_sheet("来源")
    sources.append(["{% for s in sources %}{{ s.n }}", "{{ s.citation }}{% endfor %}"])
    book.save(path)
