"""Relationships and content types: parsed, written, resolved."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from package_samples import deck

from exporters.package import (
    ContentTypes,
    Package,
    Relationship,
    Relationships,
    ct,
    relative_target,
    resolve_target,
    rt,
)
from exporters.package.relationships import rels_name, source_name

_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"))
_NAME = st.lists(st.text("abcé1", min_size=1, max_size=4), min_size=1, max_size=4).map("/".join)


@given(st.lists(st.builds(Relationship, _TEXT, _TEXT, _TEXT, st.booleans()), max_size=5))
def test_relationships_round_trip(items: list[Relationship]) -> None:
    assert Relationships.parse("a", Relationships("a", items).xml()).items == tuple(items)


@given(st.dictionaries(_TEXT, _TEXT), st.dictionaries(_NAME, _TEXT))
def test_content_types_round_trip(defaults: dict[str, str], overrides: dict[str, str]) -> None:
    types = ContentTypes.parse(ContentTypes(defaults, overrides).xml())
    assert (types.defaults, types.overrides) == (defaults, overrides)


@given(_NAME, _NAME)
def test_a_relative_target_leads_back(source: str, part: str) -> None:
    assert resolve_target(source, relative_target(source, part)) == part


@given(_NAME)
def test_names_of_relationship_parts(part: str) -> None:
    assert source_name(rels_name(part)) == part


@pytest.mark.parametrize(
    ("source", "target", "part"),
    [
        ("", "word/document.xml", "word/document.xml"),
        ("", "/word/document.xml", "word/document.xml"),
        ("ppt/slides/slide1.xml", "../media/a.png", "ppt/media/a.png"),
        ("ppt/slides/slide1.xml", "#Sheet1!A1", "ppt/slides/slide1.xml"),
        ("ppt/slides/slide1.xml", "slide2.xml#x", "ppt/slides/slide2.xml"),
        ("a.xml", "../b.xml", "../b.xml"),
    ],
)
def test_targets_are_resolved(source: str, target: str, part: str) -> None:
    assert resolve_target(source, target) == part


def test_the_way_through_a_deck() -> None:
    package = Package.open(deck())
    main = package.main_part()
    assert main == "ppt/presentation.xml"
    assert package.content_types.of(main) == ct.PRESENTATION
    slides = [package.relationships(main).target(item) for item in package.relationships(main).of_type(rt.SLIDE)]
    assert slides == [f"ppt/slides/slide{number}.xml" for number in (1, 2, 3)]
    notes = package.relationships(slides[0]).target_of_type(rt.NOTES_SLIDE)
    assert notes == "ppt/notesSlides/notesSlide1.xml"
    assert notes in package
    assert len(package.relationships("ppt/nowhere.xml")) == 0


def test_strict_types_count_as_transitional() -> None:
    strict = "http://purl.oclc.org/ooxml/officeDocument/relationships/slide"
    relationships = Relationships("", [Relationship("rId1", strict, "a.xml")])
    assert relationships.target_of_type(rt.SLIDE) == "a.xml"


def test_adding_uses_an_equal_relationship_again() -> None:
    first, rel_id = Relationships("a.xml").adding(rt.IMAGE, "b.png")
    again, same = first.adding(rt.IMAGE, "b.png")
    more, other = first.adding(rt.IMAGE, "c.png")
    assert (rel_id, same, other) == ("rId1", "rId1", "rId2")
    assert again is first
    assert more["rId2"].target == "c.png"


def test_content_types_are_found_without_case_and_changed_without_side_effects() -> None:
    types = ContentTypes({"XML": "application/xml"}, {"word/Document.xml": ct.DOCUMENT})
    assert types.of("word/document.xml") == ct.DOCUMENT
    assert types.of("any.xml") == "application/xml"
    assert types.of("any.png") is None
    more = types.with_override("a.xml", "x").with_default("png", ct.PNG)
    assert (more.of("a.xml"), more.of("b.png"), types.of("a.xml")) == ("x", ct.PNG, "application/xml")
    assert more.without(["a.xml"]).of("a.xml") == "application/xml"
    assert more.parts_of(ct.DOCUMENT) == ("word/Document.xml",)


@pytest.mark.parametrize(
    "data", [b"", b"<a", b"<!DOCTYPE a><Relationships/>", b"\xff\xfe", b'<?xml version="1.0" encoding="x"?><a/>']
)
def test_bad_xml_raises_value_error(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"XML|DTD"):
        Relationships.parse("", data)
