"""Decks made from a small template of an office's kinds of slides, edited and regenerated."""

from __future__ import annotations

import copy
import io
import shutil
import subprocess
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import openpyxl
from msgspec.structs import replace
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from benchmarks.synthetic import dataset
from exporters import deck
from exporters.binding.scope import Scope
from exporters.merge import Overrides, merge
from exporters.model import Dataset
from exporters.package import EditedPackage, Package, lint
from exporters.runs.living import Merged, regenerate
from exporters.runs.stamp import Stamp
from exporters.snapshot import Conflict, Plan

Edit = Callable[[Any], None]
MARK = "[briefpack]"
_LOOP = [["", "{{ district.short }}"], ["{% for t in district.growth %}{{ t.short }}", "{{ t.value }}{% endfor %}"]]


def _book(rows: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    page.title = "Sheet1"
    for row in rows:
        page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _box(shapes: Any, name: str, text: str, left: float, top: float, width: float = 4.0) -> Any:
    box = shapes.add_textbox(Inches(left), Inches(top), Inches(width), Inches(0.6))
    box.name = name
    box.text_frame.word_wrap = True
    box.text_frame.text = text
    return box


def _table(slide: Any, name: str, rows: list[list[str]], top: float) -> None:
    frame = slide.shapes.add_table(len(rows), len(rows[0]), Inches(1), Inches(top), Inches(6), Inches(1))
    frame.name = name
    for at, row in enumerate(rows):
        for column, text in enumerate(row):
            frame.table.cell(at, column).text = text


@lru_cache
def template() -> bytes:
    """A cover; per district a slide with all kinds of shapes and one with a list; a table of all; a plain slide."""
    prs = Presentation()
    cover = prs.slides.add_slide(prs.slide_layouts[0])
    cover.shapes.title.text = "{{ pack.title }}"
    cover.placeholders[1].text = "{{ pack.date }} 共{{ slide_count }}页"
    main = prs.slides.add_slide(prs.slide_layouts[5])
    main.shapes.title.text = "{%slide for district in districts %}{{ district.name }}"
    data = CategoryChartData()
    data.categories = ["a"]
    data.add_series("s", [1])
    box = (Inches(1), Inches(4.5), Inches(4), Inches(2.5))
    frame = main.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *box, data)
    frame.name = "Growth chart"
    # python-pptx numbers axes below zero, which is no valid chart (and not what offices write).
    for mark in frame.chart._chartSpace.iter():
        if mark.tag.endswith(("}axId", "}crossAx")):
            mark.set("val", mark.get("val").replace("-", ""))
    frame.chart.has_title = True
    frame.chart.chart_title.text_frame.text = "{{ district.name }}增速"
    frame.chart.part.chart_workbook.update_from_xlsx_blob(_book(_LOOP))
    _box(main.shapes, "Big", "{{ district.target.gdp_growth.text }}", 7, 2, 2)
    words = (
        "{{ district.name }}GDP目标{{ district.target.gdp_growth.text }}。投资{{ district.target.fai_growth.text }}。"
    )
    _box(main.shapes, "Prose", words, 1, 1.4, 6)
    card = _box(main.shapes, "Card value", "{{ district.target.retail_growth.text }}", 6, 5, 2)
    label = _box(main.shapes, "Card label", "社零", 6, 4.5, 2)
    main.shapes.add_group_shape([card, label]).name = "Card"
    rows = [
        ["指标", "目标", "原文"],
        ["{% for t in district.targets %}{{ t.label }}{{ t.measure }}", "{{ t.text }}", "{{ t.phrase }}{% endfor %}"],
    ]
    _table(main, "Targets", rows, 2.2)
    notes = "{% for t in district.targets %}{{ t.label }}{{ t.phrase }}。{% endfor %}"
    main.notes_slide.notes_text_frame.text = notes
    work = prs.slides.add_slide(prs.slide_layouts[1])
    work.shapes.title.text = "{{ district.name }}项目"
    body = work.placeholders[1].text_frame
    body.text = "{% for w in district.initiatives %}"
    for line in ("{{ w.text }}", "{% endfor %}{%slide endfor %}"):
        body.add_paragraph().text = line
    whole = prs.slides.add_slide(prs.slide_layouts[5])
    whole.shapes.title.text = "各区目标"
    rows = [["区", "GDP"], ["{% for d in districts %}{{ d.name }}", "{{ d.target.gdp_growth.text }}{% endfor %}"]]
    _table(whole, "All", rows, 2)
    plain = prs.slides.add_slide(prs.slide_layouts[5])
    plain.shapes.title.text = "附录"
    out = io.BytesIO()
    prs.save(out)
    return out.getvalue()


@lru_cache
def _compiled() -> tuple[Package, Any]:
    package = Package.open(template(), name="deck.pptx")
    return package, deck.compile(package, "deck.pptx")


def data(districts: int = 3, drop: str = "", **values: str) -> Dataset:
    """The synthetic data, with *values* (``d00001_gdp_growth="11"``) changed and the district *drop* left out."""
    found = dataset(districts)
    new = {name.replace("_", ".", 1).replace("_", "-"): Decimal(value) for name, value in values.items()}
    return replace(
        found,
        places=tuple(one for one in found.places if one.id != drop),
        people=tuple(one for one in found.people if all(post.place != drop for post in one.posts)),
        targets=tuple(replace(one, value=new.get(one.id, one.value)) for one in found.targets if one.place != drop),
        initiatives=tuple(one for one in found.initiatives if one.place != drop),
    )


def render(found: Dataset, generation: int = 1) -> bytes:
    package, compiled = _compiled()
    out = io.BytesIO()
    properties = {"briefpack": f"pack:{generation}:ab"}
    deck.render(compiled, package, Scope(found), out, epoch=1675209600, properties=properties)
    return out.getvalue()


def opened(content: bytes) -> Package:
    return Package.open(content, name="deck.pptx")


def edited(content: bytes, edit: Edit) -> bytes:
    """What python-pptx saves after *edit*."""
    prs = Presentation(io.BytesIO(content))
    edit(prs)
    out = io.BytesIO()
    prs.save(out)
    return out.getvalue()


def merged(base: bytes, theirs: bytes, ours: bytes, conflicts: tuple[Conflict, ...] = ()) -> Merged:
    """The flow of a rebuild; the result is linted, and merging it again changes nothing."""
    stamp = Stamp("pack", 2, "cd")
    result = regenerate(
        deck, "deck.pptx", opened(base), opened(theirs), opened(ours), stamp=stamp, open_conflicts=conflicts
    )
    if result.content is not None:
        before = {str(finding) for finding in lint(theirs)}
        assert [str(one) for one in lint(result.content) if str(one) not in before] == []
        snapshot = deck.read(EditedPackage(opened(result.content), opened(ours)))
        assert snapshot.stamp == str(stamp)
        new = deck.read(opened(ours))
        overrides = Overrides.of(result.plan.conflicts)
        again = merge(new, snapshot, new, overrides)
        assert again.edits == ()
        assert {one.key for one in again.conflicts} <= {one.key for one in result.plan.conflicts}
        second = patched(result.content, again, ours)
        for name in second.names():
            assert second.read(name) == opened(result.content).read(name), name
    return result


def patched(content: bytes, plan: Plan, ours: bytes) -> Package:
    out = io.BytesIO()
    deck.patch(opened(content), plan, opened(ours), out, properties={"briefpack": "pack:2:cd"})
    return opened(out.getvalue())


def content_of(result: Merged) -> Any:
    assert result.content is not None
    return Presentation(io.BytesIO(result.content))


def slide_of(prs: Any, key: str, number: int = 0) -> Any:
    """The n-th slide (from 0) that holds a shape of that name, in groups too."""
    return [slide for slide in prs.slides if any(one.name == key for one in walk(slide.shapes))][number]


def walk(shapes: Any) -> Any:
    for shape in shapes:
        yield shape
        if shape.shape_type == 6:
            yield from walk(shape.shapes)


def shape_of(prs: Any, key: str, number: int = 0) -> Any:
    return next(one for one in walk(slide_of(prs, key, number).shapes) if one.name == key)


def text_of(prs: Any, key: str, number: int = 0) -> str:
    return shape_of(prs, key, number).text_frame.text


def table_of(prs: Any, key: str, number: int = 0) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in shape_of(prs, key, number).table.rows]


def notes_of(slide: Any) -> str:
    return slide.notes_slide.notes_text_frame.text if slide.has_notes_slide else ""


def numbers_of(prs: Any, key: str, number: int = 0) -> tuple[list[str], list[float]]:
    plot = shape_of(prs, key, number).chart.plots[0]
    return list(plot.categories), list(plot.series[0].values)


def cells_of(prs: Any, key: str, number: int = 0) -> list[list[Any]]:
    """The data sheet behind a chart."""
    blob = shape_of(prs, key, number).chart.part.chart_workbook.xlsx_part.blob
    return [list(row) for row in openpyxl.load_workbook(io.BytesIO(blob)).worksheets[0].iter_rows(values_only=True)]


def duplicate(prs: Any, index: int, to: int) -> Any:
    """Copy a slide as PowerPoint does: shapes keep their names, the slide loses its own; parts are shared here."""
    source = prs.slides[index]
    made = prs.slides.add_slide(source.slide_layout)
    for shape in list(made.shapes):
        shape._element.getparent().remove(shape._element)
    ids = {}
    for rel_id, item in source.part.rels.items():
        if "chart" in item.reltype:
            ids[rel_id] = made.part.relate_to(item._target, item.reltype)
    for shape in source.shapes:
        element = copy.deepcopy(shape._element)
        for one in element.iter():
            for name, value in list(one.attrib.items()):
                if name.startswith("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"):
                    one.set(name, ids.get(value, value))
        made.shapes._spTree.append(element)
    if source.has_notes_slide:
        made.notes_slide.notes_text_frame.text = source.notes_slide.notes_text_frame.text
    entries = prs.slides._sldIdLst
    entry = entries[-1]
    entries.remove(entry)
    entries.insert(to, entry)
    return made


def with_column(prs: Any) -> None:
    """Put a column of remarks into the table of all districts."""
    table = shape_of(prs, "pack.all")._element.graphic.graphicData.tbl
    grid = table.tblGrid
    grid.append(copy.deepcopy(grid[0]))
    for row, text in zip(table.tr_lst, ["批注", "甲", "乙", "丙"], strict=True):
        cell = copy.deepcopy(row.tc_lst[0])
        row.tc_lst[0].addnext(cell)
        cell.txBody.p_lst[0].r_lst[0].text = text


def sdk_faults(content: bytes, folder: Path) -> str:
    """What Microsoft's validator says; empty where it is content, or not on the path."""
    validator = shutil.which("ooxml-validator")
    if validator is None:
        return ""
    path = folder / "checked.pptx"
    path.write_bytes(content)
    found = subprocess.run([validator, path], check=False, capture_output=True, text=True)
    return "" if found.returncode == 0 else found.stdout
