"""What no page shows follows the data too: the document's properties, and the alternative texts of drawings."""

from __future__ import annotations

import io
import re
from typing import Any

import docx
import pytest
from msgspec.structs import replace

from exporters import word
from exporters.load import load
from exporters.model import Dataset
from exporters.package import Package
from exporters.runs.living import regenerate as build_again
from exporters.runs.stamp import Stamp
from exporters.snapshot import SetSlot
from tests.word.living_steps import plan_of, regenerate, snapshot, tree
from tests.word.test_living_docx import edited
from tests.word.test_living_guangzhou import DATE, ROOT, Briefing, altered

WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"


@pytest.fixture(scope="module")
def make() -> Briefing:
    return Briefing("standard/zh")


@pytest.fixture(scope="module")
def guangzhou() -> Dataset:
    return load(ROOT / "data" / "guangzhou-2023.yaml")


@pytest.fixture(scope="module")
def base(make: Briefing, guangzhou: Dataset) -> bytes:
    return make(guangzhou)


@pytest.fixture(scope="module")
def ours(make: Briefing, guangzhou: Dataset) -> bytes:
    title = replace(guangzhou.title, zh="全市目标总表")
    return make(altered(replace(guangzhou, title=title), move="nansha"))


def properties(data: bytes) -> Any:
    return docx.Document(io.BytesIO(data)).core_properties


def alternatives(data: bytes) -> list[str]:
    return [one.get("descr") for one in tree(data).iter(f"{WP}docPr")]


def test_both_follow_in_an_edited_file(base: bytes, ours: bytes) -> None:
    theirs = edited(base, lambda document: document.add_paragraph("我加的。"))
    result, plan = regenerate(base, theirs, ours)
    assert properties(result).title == properties(ours).title != properties(base).title
    assert alternatives(result) == alternatives(ours) != alternatives(base)
    assert not plan.conflicts and not plan.kept


def test_what_a_person_typed_there_stays(base: bytes, ours: bytes) -> None:
    def edit(document: Any) -> None:
        document.core_properties.title = "送审稿"
        document.core_properties.keywords = "目标，广州"
        next(document.element.body.iter(f"{WP}docPr")).set("descr", "我写的说明")

    theirs = edited(base, edit)
    _, plan = regenerate(base, theirs, base)
    kept = [(one.key, one.theirs) for one in plan.kept]
    assert kept == [("document.title", "送审稿"), ("document.keywords", "目标 广州")]
    result, plan = regenerate(base, theirs, ours)
    assert [(one.key, one.theirs) for one in plan.conflicts] == [("document.title", "送审稿")]
    assert properties(result).title == "送审稿" and properties(result).keywords == "目标，广州"
    assert alternatives(result) == ["我写的说明"]
    package = Package.open(theirs)
    assert word.whereabouts(package, snapshot(theirs))[plan.conflicts[0].at] == "document property title"


def test_an_alternative_text_that_an_editor_lost_comes_back_with_the_next_update(base: bytes, ours: bytes) -> None:
    def edit(document: Any) -> None:
        properties = next(document.element.body.iter(f"{WP}docPr"))
        properties.set("name", "Object1")
        del properties.attrib["descr"]

    theirs = edited(base, edit)
    plan = plan_of(base, theirs, base)
    assert (plan.edits, plan.conflicts, plan.kept, plan.vanished) == ((), (), (), 0)
    result, _ = regenerate(base, theirs, ours)
    assert alternatives(result) == alternatives(ours)


def test_a_title_reworded_takes_what_else_moves_in_it(base: bytes, make: Briefing, guangzhou: Dataset) -> None:
    theirs = edited(base, lambda document: setattr(document.core_properties, "title", "广州市2023年高质量发展目标"))
    title = replace(guangzhou.title, zh="广州2024年高质量发展目标")
    result, plan = regenerate(base, theirs, make(replace(guangzhou, title=title)))
    assert properties(result).title == "广州市2024年高质量发展目标" and not plan.conflicts


def test_keywords_as_libreoffice_writes_them_are_no_edit(base: bytes) -> None:
    first, second = (
        edited(base, lambda document, text=text: setattr(document.core_properties, "keywords", text))
        for text in ("目标, 广州", "目标 广州")
    )
    plan = plan_of(first, second, first)
    assert (plan.edits, plan.conflicts, plan.kept) == ((), (), ())


def test_a_tracked_delivery_says_what_no_revision_carries(base: bytes, ours: bytes) -> None:
    theirs = edited(base, lambda document: document.add_paragraph("我加的。"))
    packages = [Package.open(data, name="briefing.docx") for data in (base, theirs, ours)]
    stamp = Stamp("guangzhou-2023", 2, "00ff")
    merged = build_again(word, "briefing.docx", *packages, stamp=stamp, track=DATE)
    assert merged.content is not None
    assert properties(merged.content).title == properties(ours).title
    assert alternatives(merged.content) == alternatives(ours)
    chart, text, title = merged.plan.untracked
    assert re.fullmatch("chart above “图 [^0-9]+”", chart) and text == f"alternative text of the {chart}"
    assert title == "document property title"
    assert any(isinstance(one, SetSlot) and one.key == "nansha.gdp-growth.text" for one in merged.plan.edits)
