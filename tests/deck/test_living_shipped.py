"""The shipped decks as living documents: every template, unedited, edited, and through LibreOffice."""

from __future__ import annotations

import copy
import io
from collections import Counter
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from living_decks import content_of, edited, merged, notes_of, opened, sdk_faults, walk
from msgspec.structs import replace
from pptx import Presentation
from pptx.util import Emu

from exporters import deck
from exporters.binding.scope import Scope
from exporters.load import load
from exporters.merge import counterparts, merge
from exporters.model import Dataset
from exporters.package import Package
from tests.editors import LibreOffice

ROOT = Path(__file__).parents[2]
EDITIONS = [(name, lang) for name in ("standard", "gbt9704") for lang in ("zh", "en")]
edition = pytest.mark.parametrize(("name", "lang"), EDITIONS)


@lru_cache
def sample() -> Dataset:
    return load(ROOT / "data" / "guangzhou-2023.yaml")


def moved(**values: str) -> Dataset:
    """The sample with other values; a name is a target's id with underscores."""
    found = sample()
    new = {name.replace("_", ".", 1).replace("_", "-"): Decimal(value) for name, value in values.items()}
    return replace(found, targets=tuple(replace(one, value=new.get(one.id, one.value)) for one in found.targets))


@lru_cache
def compiled(name: str, lang: str) -> tuple[Package, Any]:
    path = ROOT / "templates" / name / lang / "deck.pptx"
    package = Package.open(path)
    return package, deck.compile(package, path.name)


def render(name: str, lang: Any, data: Dataset, generation: int = 1) -> bytes:
    package, program = compiled(name, lang)
    out = io.BytesIO()
    properties = {"briefpack": f"pack:{generation}:ab"}
    deck.render(program, package, Scope(data, lang), out, epoch=1675209600, properties=properties)
    return out.getvalue()


@edition
def test_slides_and_shapes_have_names_of_their_own(name: str, lang: str) -> None:
    found = deck.read(opened(render(name, lang, sample())))
    groups = [group.id for group in found.groups if not group.id.startswith("?")]
    assert len(groups) == len(set(groups)) >= 10
    for group in found.groups:
        ids = [item.id for item in group.items]
        assert len(ids) == len(set(ids)), group.id


@edition
def test_an_untouched_deck_becomes_the_new_one(name: str, lang: str, tmp_path: Path) -> None:
    base = render(name, lang, sample())
    ours = render(name, lang, moved(nansha_gdp_growth="11", tianhe_gdp_level="6600"), 2)
    result = merged(base, base, ours)
    assert result.plan.conflicts == ()
    assert deck.lines(opened(result.content or b"")) == deck.lines(opened(ours))
    assert sdk_faults(result.content or b"", tmp_path) == ""


@pytest.mark.parametrize("edit", ["deleted", "added", "copied", "turned"])
def test_rows_that_begin_with_one_place_follow_their_own_figures(edit: str) -> None:
    """The table of actual values says the city's name ten times over: a row is never taken for the next one."""
    data = load(ROOT / "data" / "sample-progress.yaml")
    new = {"yunting.fai-growth": Decimal("7.5")}
    changed = [replace(one, value=new.get(one.target, one.value)) for one in data.observations]
    ours = render("standard", "zh", replace(data, observations=tuple(changed)), 2)
    base = render("standard", "zh", data)

    def by_a_person(prs: Any) -> None:
        table = next(shape for slide in prs.slides for shape in slide.shapes if shape.name == "pack.progress").table
        rows = list(table._tbl.tr_lst)
        if edit == "deleted":
            table._tbl.remove(rows[1])
        elif edit == "turned":
            for one in rows[1:]:
                rows[0].addnext(one)
        elif edit == "copied":
            tables = [shape.table for slide in prs.slides for shape in slide.shapes if shape.name == "pack.progress"]
            moving = next(row for one in tables for row in one.rows if row.cells[1].text == "固投增速")
            moving._tr.addprevious(copy.deepcopy(moving._tr))
        else:
            own = copy.deepcopy(rows[1])
            for text, word in zip(own.iter("{*}t"), ["云汀", "自加指标", "10", "9", "90%", "好"], strict=True):
                text.text = word
            rows[0].addnext(own)

    def rows_of(content: bytes) -> list[tuple[str, ...]]:
        tables = [
            [tuple(cell.text for cell in row.cells) for row in list(shape.table.rows)[1:]]
            for slide in Presentation(io.BytesIO(content)).slides
            for shape in slide.shapes
            if shape.name == "pack.progress"
        ]
        return [row for table in tables for row in table]

    result = merged(base, edited(base, by_a_person), ours)
    assert result.plan.conflicts == ()
    left = [row for row in rows_of(ours) if edit != "deleted" or row[:2] != ("云汀", "GDP")]
    own = [("云汀", "自加指标", "10", "9", "90%", "好")] if edit == "added" else []
    assert Counter(rows_of(result.content or b"")) == Counter(left + own)


@pytest.mark.parametrize("edit", ["paragraph", "paragraph in LibreOffice", "column"])
def test_rows_that_a_person_wrote_in_stay_open_when_the_data_drops_them(edit: str) -> None:
    """A row's name follows from its neighbours: with most of them gone, an open conflict is still known as the same."""
    data = load(ROOT / "data" / "sample-progress.yaml")
    base = render("standard", "zh", data)
    ours = render("standard", "zh", replace(data, observations=data.observations[:3]), 2)

    def by_a_person(prs: Any) -> None:
        tables = [shape.table for slide in prs.slides for shape in slide.shapes if shape.name == "pack.progress"]
        if edit.startswith("paragraph"):
            for slide in prs.slides if edit != "paragraph" else ():
                slide._element.cSld.attrib.pop("name", None)
            tables[0].rows[3].cells[1].text_frame.add_paragraph().text = "格内另起一段"
            return
        for table in tables:
            grid = table._tbl.tblGrid
            grid.append(copy.deepcopy(grid[-1]))
            for number, row in enumerate(table._tbl.tr_lst):
                cell = copy.deepcopy(row.tc_lst[-1])
                for text in cell.iter("{*}t"):
                    text.text = f"批语{number}" if number else "备注"
                row.append(cell)

    first = merged(base, edited(base, by_a_person), ours)
    names = [conflict.key for conflict in first.plan.conflicts]
    assert names and len(names) == len(set(names))
    second = merged(ours, first.content or b"", ours, first.plan.conflicts)
    assert [conflict.key for conflict in second.plan.conflicts] == names
    assert not second.plan.edits and not second.plan.kept


def by_hand(prs: Any) -> None:
    for slide in prs.slides:
        for shape in walk(slide.shapes):
            if shape.name == "nansha.headline":
                shape.left, shape.top = Emu(1234), Emu(5678)
                shape.text_frame.paragraphs[-1].add_run().text = "（手写）"


@edition
def test_a_headline_with_an_addition_takes_the_number(name: str, lang: str) -> None:
    base = render(name, lang, sample())
    result = merged(base, edited(base, by_hand), render(name, lang, moved(nansha_gdp_growth="11"), 2))
    prs = content_of(result)
    slide = next(one for one in prs.slides if any(shape.name == "nansha.headline" for shape in one.shapes))
    shape = next(one for one in slide.shapes if one.name == "nansha.headline")
    assert "11%" in shape.text_frame.text
    assert shape.text_frame.text.endswith("（手写）")
    assert (shape.left, shape.top) == (1234, 5678)
    assert "11%" in notes_of(slide)


@pytest.mark.slow
@pytest.mark.office
@edition
def test_through_libreoffice(name: str, lang: str, office: LibreOffice, tmp_path: Path) -> None:
    base = render(name, lang, sample())
    path = tmp_path / "deck.pptx"
    path.write_bytes(base)
    office.resave(path, 2)
    theirs = path.read_bytes()
    found = deck.read(opened(base))
    plan = merge(found, deck.read(opened(theirs)), found)
    assert (plan.edits, plan.conflicts, plan.kept, plan.vanished) == ((), (), (), 0)
    ours = render(name, lang, moved(nansha_gdp_growth="11"), 2)
    result = merged(base, theirs, ours)
    assert result.plan.conflicts == ()
    new = deck.read(opened(ours))
    again = merge(new, deck.read(opened(result.content or b"")), new)
    assert (again.edits, again.conflicts, again.kept, again.vanished) == ((), (), (), 0)


def test_alternative_texts_that_libreoffice_loses_come_back_with_the_figures() -> None:
    before, ours = render("standard", "zh", sample()), render("standard", "zh", moved(haizhu_gdp_growth="9"), 2)

    def lose(presentation: Any) -> None:
        for slide in presentation.slides:
            slide._element.cSld.attrib.pop("name", None)
            for shape in walk(slide.shapes):
                shape._element.xpath(".//p:cNvPr")[0].attrib.pop("descr", None)

    result = merged(before, edited(before, lose), ours)
    assert not result.plan.conflicts

    def told(data: bytes) -> list[tuple[str, str]]:
        slides = Presentation(io.BytesIO(data)).slides
        frames = (one for slide in slides for one in walk(slide.shapes) if one.has_chart)
        return [(one.name, one._element.xpath(".//p:cNvPr")[0].get("descr", "")) for one in frames]

    wanted = dict(told(ours))
    written = [text for _, text in told(result.content or b"") if text]
    assert written and set(written) <= set(wanted.values())
    assert any("海珠" in text and "9%" in text for text in written)


@pytest.mark.parametrize("name", ["standard", "gbt9704"])
def test_slides_are_known_again_in_another_language(name: str) -> None:
    before, after = (deck.read(opened(render(name, lang, sample()))) for lang in ("zh", "en"))
    twins = counterparts(before, before, after, one_template=False)
    slides = [group.at for group in before.groups if group.record]
    # The slide of notes on the data holds no value.
    assert (
        [at for at in slides if twins[at].target != at]
        == [at for at in slides if not twins[at].target]
        == slides[16:17]
    )
