"""What people put beside the words of a slide keeps it when the data drops its district."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from living_decks import data, edited, merged, opened, render, slide_of
from msgspec.structs import replace
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from test_living_shipped import ROOT
from test_living_shipped import render as rendered

from exporters import deck
from exporters.load import load
from exporters.snapshot import MarkStale, RemoveGroup

KEY = "d00002.gdp-growth.text"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"
_THREADS = "http://schemas.microsoft.com/office/2018/10/relationships/comments"
_CLASSIC = (
    '<p:cmLst xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"><p:cm authorId="0" idx="1" '
    'dt="2026-01-01T00:00:00.000"><p:pos x="10" y="10"/><p:text>请再核</p:text></p:cm></p:cmLst>'
)
_THREAD = (
    '<p188:cmLst xmlns:p188="http://schemas.microsoft.com/office/powerpoint/2018/8/main" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><p188:cm id="{1}" authorId="{2}" '
    'created="2026-01-01T00:00:00.000"><p188:txBody><a:bodyPr/><a:p><a:r><a:t>请再核</a:t></a:r></a:p></p188:txBody>'
    "</p188:cm></p188:cmLst>"
)


@pytest.mark.parametrize(("kind", "xml"), [(_OFFICE, _CLASSIC), (_THREADS, _THREAD)], ids=["classic", "thread"])
def test_a_review_comment_keeps_its_slide(kind: str, xml: str) -> None:
    base = render(data())

    def comment(prs: Any) -> None:
        slide = slide_of(prs, KEY)
        content_type = "application/vnd.openxmlformats-officedocument.presentationml.comments+xml"
        part = Part(PackURI("/ppt/comments/comment1.xml"), content_type, slide.part.package, xml.encode())
        slide.part.relate_to(part, kind)

    result = merged(base, edited(base, comment), render(data(drop="d00002"), 2))
    assert [edit for edit in result.plan.edits if isinstance(edit, MarkStale)]
    with zipfile.ZipFile(io.BytesIO(result.content or b"")) as package:
        assert "请再核" in package.read("ppt/comments/comment1.xml").decode()


def test_words_beside_the_number_of_a_slide_keep_it() -> None:
    found = load(ROOT / "data" / "sample-progress.yaml")
    base = rendered("standard", "zh", found)
    ours = rendered("standard", "zh", replace(found, observations=found.observations[:3]), 2)

    def stamp(prs: Any) -> None:
        slide = [one for one in prs.slides if any(shape.name == "pack.progress" for shape in one.shapes)][-1]
        box = next(shape for shape in slide.shapes if shape.name.endswith(".page"))
        box.text_frame.paragraphs[0].add_run().text = " 内部资料"

    result = merged(base, edited(base, stamp), ours)
    assert any("内部资料" in line for line in deck.lines(opened(result.content or b"")))


def test_without_one_the_slide_goes() -> None:
    base = render(data())
    result = merged(base, edited(base, lambda prs: None), render(data(drop="d00002"), 2))
    assert [edit for edit in result.plan.edits if isinstance(edit, RemoveGroup)]
