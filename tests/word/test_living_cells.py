"""Paragraphs that a template repeats within a cell come and go with the data while their row stays."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

import docx
import pytest
from msgspec.structs import replace

from exporters.merge import Overrides
from tests.word.living_samples import FIRST, Maker, dataset
from tests.word.living_steps import W, body, comments, patched, plan_of, regenerate, settled, tree

BASE = {"anhe": "建港|修路", "bailin": "修桥", "dongshan": ""}


def _template(first: bool = False) -> bytes:
    """A row for each district: its name, and a paragraph for each of its works; *first*: these in the first cell."""
    document = docx.Document()
    document.add_paragraph("{{ pack.title }}")
    table = document.add_table(2, 2)
    table.style = "Table Grid"
    works, name = ("甲", "乙") if first else ("乙", "甲")
    cells = dict(zip("甲乙", table.rows[1].cells, strict=True))
    cells[name].text = "{{ d.name }}{%tr endfor %}" if first else "{%tr for d in districts %}{{ d.name }}"
    cell = cells[works]
    cell.text = ("{%tr for d in districts %}" if first else "") + "{% for i in d.initiatives %}"
    cell.add_paragraph("举措：{{ i.text }}")
    cell.add_paragraph("{% endfor %}" + ("" if first else "{% if d.initiatives|length > 2 %}"))
    if not first:
        cell.add_paragraph("共{{ d.initiatives|length }}项")
        cell.add_paragraph("{% endif %}{%tr endfor %}")
    document.add_paragraph("完。")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _dataset(works: Mapping[str, str]) -> Any:
    """Works by district; their ids follow from their words, so that they stay when others come or go."""
    data = dataset(FIRST, {key: text or "无" for key, text in works.items()})
    kept = tuple(replace(one, id=f"{one.place}.{one.text.zh}") for one in data.initiatives if one.text.zh != "无")
    return replace(data, initiatives=kept)


@pytest.fixture(scope="module")
def make() -> Maker:
    return Maker(_template())


@pytest.fixture(scope="module")
def base(make: Maker) -> bytes:
    return make(_dataset(BASE))


def _edited(data: bytes, edit: Callable[[Any], None]) -> bytes:
    document = docx.Document(io.BytesIO(data))
    edit(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "works",
    [
        {"anhe": "建港|修渠|修路", "bailin": "修桥|植树", "dongshan": "办学"},
        {"anhe": "开矿|建港|修路|治水", "bailin": "修桥", "dongshan": "办学|建馆|建园"},
        {"anhe": "修路", "bailin": "", "dongshan": ""},
        {"anhe": "治水", "bailin": "植树", "dongshan": "办学"},
    ],
)
@pytest.mark.parametrize("first", [False, True])
def test_paragraphs_of_a_cell_follow_the_data(works: Mapping[str, str], first: bool) -> None:
    make = Maker(_template(first))
    base, ours = make(_dataset(BASE)), make(_dataset(works))
    theirs = _edited(base, lambda document: document.add_paragraph("我的段落。"))

    result, plan = regenerate(base, theirs, ours)

    assert [line for line in body(result) if line != "我的段落。"] == body(ours)
    assert not plan.conflicts
    again = make(_dataset(BASE))
    back, _ = regenerate(ours, result, again)
    assert [line for line in body(back) if line != "我的段落。"] == body(again)


def test_another_order_within_a_cell_is_told(make: Maker, base: bytes) -> None:
    ours = make(_dataset({**BASE, "anhe": "修路|建港"}))
    data, plan = regenerate(base, base, ours)
    assert plan.disordered and not plan.edits and not plan.conflicts
    assert not plan_of(ours, data, ours).disordered
    turned = plan_of(base, ours, ours)
    assert not turned.disordered


def test_what_a_person_wrote_in_the_cell_stays(make: Maker, base: bytes) -> None:
    theirs = _edited(base, lambda document: document.tables[0].rows[0].cells[1].add_paragraph("我的话。"))
    ours = make(_dataset({**BASE, "bailin": "修桥|植树"}))

    result, _ = regenerate(base, theirs, ours)

    assert "我的话。" in body(result)
    assert "举措：植树" in body(result)


def test_a_paragraph_that_a_person_changed_stays_as_a_conflict(make: Maker, base: bytes) -> None:
    def reword(document: Any) -> None:
        cell = next(row.cells[1] for row in document.tables[0].rows if "修路" in _text(row._tr))
        cell.paragraphs[-1].add_run("（已立项）")

    theirs, ours = _edited(base, reword), make(_dataset({**BASE, "anhe": "建港"}))

    result, plan = regenerate(base, theirs, ours)

    assert "举措：修路（已立项）" in body(result)
    assert [one.reason for one in plan.conflicts] == ["changed-dropped"]
    assert len(comments(result)) == 1
    settled_plan = plan_of(ours, result, ours, Overrides(names={plan.conflicts[0].key: plan.conflicts[0].theirs}))
    assert "举措：修路（已立项）" not in body(patched(result, settled_plan, ours))


def test_a_paragraph_that_a_person_deleted_does_not_come_back(make: Maker, base: bytes) -> None:
    def delete(document: Any) -> None:
        cell = next(row.cells[1] for row in document.tables[0].rows if "修路" in _text(row._tr))
        cell._tc.remove(cell.paragraphs[-1]._p)

    theirs, ours = _edited(base, delete), make(_dataset({**BASE, "anhe": "建港|修路|治水"}))

    result, _ = regenerate(base, theirs, ours)

    assert "举措：修路" not in body(result)
    assert "举措：治水" in body(result)


def test_paragraphs_of_a_cell_come_and_go_as_revisions(make: Maker, base: bytes) -> None:
    ours = make(_dataset({"anhe": "修路|治水", "bailin": "修桥|植树", "dongshan": ""}))
    theirs = _edited(base, lambda document: document.add_paragraph("我的段落。"))
    plan = plan_of(base, theirs, ours)

    tracked = patched(theirs, plan, ours, track="2023-05-01T00:00:00Z")

    assert settled(tracked, accept=True) == body(patched(theirs, plan, ours))
    assert settled(tracked, accept=False) == body(theirs)


def _text(element: Any) -> str:
    return "".join(node.text or "" for node in element.iter(f"{W}t"))


def test_every_row_keeps_its_anchor(make: Maker, base: bytes) -> None:
    make = Maker(_template(first=True))
    base, ours = make(_dataset(BASE)), make(_dataset({"anhe": "修路", "bailin": "", "dongshan": ""}))
    theirs = _edited(base, lambda document: document.add_paragraph("我的段落。"))

    result, _ = regenerate(base, theirs, ours)

    names = [one.get(f"{W}name", "") for one in tree(result).iter(f"{W}bookmarkStart")]
    assert sum(name.startswith("_bp_r") for name in names) == 3
