"""The data leaves out what stands beside, behind or around a person's edit."""

from __future__ import annotations

import copy
import io
from typing import Any

import docx
import pytest
from msgspec.structs import replace

from exporters import word
from exporters.merge import Overrides, merge
from exporters.model import Dataset
from exporters.package import EditedPackage, Package
from exporters.runs.living import arranged, left_apart
from exporters.snapshot import RemoveItem
from tests.word.living_samples import FIRST, Maker, changed, dataset, template, with_tables
from tests.word.living_steps import W, body, plan_of, regenerate, text
from tests.word.test_living_docx import edited, of, retype


def _made(*lines: str, row: tuple[str, str] | None = None, behind: str = "") -> Maker:
    """Return the maker of a template of paragraphs, of a table with one *row* of tags, and of a paragraph *behind*."""
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    if row is not None:
        table = document.add_table(1, 2)
        for cell, text in zip(table.rows[0].cells, row, strict=True):
            cell.text = text
        document.add_paragraph(behind)
    out = io.BytesIO()
    document.save(out)
    return Maker(out.getvalue())


_STATED = "{% for d in districts %}{% for t in d.targets %}{{ t.label }}目标{{ t.text }}。{% endfor %}{% endfor %}"
_LAST = "{% for d in districts %}{% if loop.last %}{{ d.name }}以{{ d.target.gdp_growth.text }}收尾。{% endif %}{% endfor %}全文完。"


@pytest.mark.parametrize(
    ("sentences", "ours", "typed", "follows"),
    [
        (_STATED, changed(anhe={"fai-level": "800"}), "anhe.gdp-growth", "固定资产投资目标800亿元。"),
        (_LAST, changed(dongshan=None), "dongshan.gdp-growth", "全文完。"),
    ],
    ids=["the statement goes", "another record is told there"],
)
def test_a_figure_typed_over_goes_with_no_sentence(
    sentences: str, ours: dict[str, dict[str, str]], typed: str, follows: str
) -> None:
    make = _made(sentences)
    base, now = make(FIRST), make(ours)
    theirs = edited(base, lambda document: retype(document, f"{typed}.text", "9.9%"))
    data, plan = regenerate(base, theirs, now)
    (told,) = plan.conflicts
    assert told.reason == "both-changed"
    assert "9.9%" in body(data)[0] and follows in body(data)[0]
    (again,) = plan_of(now, data, now, Overrides.of(plan.conflicts)).conflicts
    assert (again.key, again.theirs) == (told.key, told.theirs)
    untouched, plan = regenerate(base, base, now)
    assert not plan.conflicts and body(untouched) == body(now)


def _themed(*themes: str) -> Dataset:
    """Return data in which 安和区 has a measure under each of *themes*, known by it."""
    data = dataset({"city": FIRST["city"], "anhe": FIRST["anhe"]}, {"anhe": "|".join(f"推进{one}" for one in themes)})
    own = [one for one in data.initiatives if one.place == "anhe"]
    named = [
        replace(one, id=f"anhe.{theme}", theme=replace(one.theme, zh=theme, en=theme))
        for one, theme in zip(own, themes, strict=True)
    ]
    return replace(data, initiatives=tuple(named))


@pytest.mark.parametrize("themes", [("产业", "人才"), ("人才", "产业"), ("文化", "产业", "项目", "人才")])
def test_a_theme_is_known_whatever_stands_before_it(themes: tuple[str, ...]) -> None:
    make = _made(
        "各区举措",
        row=("{% for d in districts %}{% for m in d.themes %}{{ m.name }}", "{{ m.text }}{% endfor %}{% endfor %}"),
        behind="完。",
    )
    base, ours = make(_themed("产业", "项目", "人才")), make(_themed(*themes))
    theirs = edited(base, lambda document: document.tables[0].cell(2, 1).paragraphs[0].add_run("（已落实）") and None)
    data, plan = regenerate(base, theirs, ours)
    assert not plan.conflicts
    table = docx.Document(io.BytesIO(data)).tables[0]
    rows = ["".join(node.text or "" for node in row._tr.iter(f"{W}t")) for row in table.rows]
    assert sorted(rows) == sorted(f"{one}推进{one}" + "（已落实）" * (one == "人才") for one in themes)


def test_a_section_with_rows_deep_in_loops_behind_others_stays_whole() -> None:
    deep = "{% for o in d.targets %}{% for i in d.initiatives %}其中"
    closed = "{{ o.text }}{{ i.text }}{% endfor %}{% endfor %}{%tr endfor %}"
    make = Maker(with_tables([["{%tr for t in d.targets %}{{ t.text }}", ""], [deep, closed]]))
    base = make(FIRST)
    theirs = edited(base, lambda document: of(document, "安和区分项如下").add_run("另有一项。"))
    data, plan = regenerate(base, theirs, make(changed(anhe=None)))
    (told,) = plan.conflicts
    assert "另有一项" in told.theirs and "安和区分项完" in told.theirs
    assert body(data).count("其中") == body(theirs).count("其中") > 0


def _uncoded(*districts: str) -> Dataset:
    """Return data whose districts stand in the order given."""
    data = dataset({key: FIRST[key] for key in ("city", *districts)})
    return replace(data, places=tuple(replace(one, code="") for one in data.places))


def test_a_section_goes_although_the_one_before_it_moved_to_the_end() -> None:
    make = Maker(template(contents=False))
    base = make(_uncoded("anhe", "bailin", "dongshan"))
    theirs = edited(base, lambda document: of(document, "以下分区说明").add_run("请核。"))
    ours = make(_uncoded("dongshan", "anhe"))
    packages = [Package.open(data, name="briefing.docx") for data in (base, theirs, ours)]
    edited_file = EditedPackage(packages[1], packages[0])
    read = word.read(packages[0]), word.read(edited_file), word.read(packages[2])
    moved, readings = arranged(word, edited_file, packages[2], read, None)
    assert moved is not edited_file
    plan = merge(*readings)
    assert not plan.conflicts
    gone = {edit.id for edit in plan.edits if isinstance(edit, RemoveItem)}
    section = {item.id for item in readings[0].groups[0].items if item.unit} - {
        item.id for item in readings[2].groups[0].items
    }
    assert section and section <= gone


def test_what_a_copy_says_and_the_data_no_more_is_told() -> None:
    make = Maker()
    base = make(FIRST)

    def paste(document: Any) -> None:
        copied = copy.deepcopy(of(document, "安和区今年")._p)
        for mark in list(copied.iter(f"{W}bookmarkStart", f"{W}bookmarkEnd", f"{W}footnoteReference")):
            mark.getparent().remove(mark)
        of(document, "完。")._p.addprevious(copied)

    theirs = edited(base, paste)
    follows, plan = regenerate(base, theirs, make(changed(anhe={"gdp-growth": "9", "fai-level": "730"})))
    assert not plan.adrift and not left_apart(plan, "x.docx") and text(follows).count("增长9%以上") == 2
    stays, plan = regenerate(base, theirs, make(changed(anhe=None)))
    assert plan.adrift == ("安和区", "7.5%以上", "730亿元") and "安和区今年" in text(stays)
    (told,) = left_apart(plan, "x.docx")
    assert told.severity == "warning" and "“7.5%以上”" in told.message
