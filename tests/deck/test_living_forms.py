"""A district that is told on a slide of another form: one right slide, or both where a person touched the old one."""

from __future__ import annotations

import io
from typing import Any

import pytest
from living_decks import content_of, edited, merged, opened, sdk_faults
from msgspec import to_builtins
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.util import Inches
from test_living_shipped import edition, render, sample

from exporters import deck
from exporters.merge import merge
from exporters.model import Dataset, validated
from exporters.runs.living import Merged
from tests.editors import LibreOffice

PANYU = 11
"""Where the slide of Panyu, which has no targets, stands in the shipped deck."""

FULL = "nansha"
"""A district with targets; its record becomes that of others."""


def with_targets_of(place: str, source: str = FULL, keep: int = 99) -> Dataset:
    """The sample with *place* given *keep* of the targets of *source*."""
    plain = to_builtins(sample())
    targets = [one for one in plain["targets"] if one["place"] != place]
    theirs = [one for one in plain["targets"] if one["place"] == source][:keep]
    for one in theirs:
        made = {**one, "id": one["id"].replace(source, place), "place": place}
        targets.append(made)
    for one in plain["places"]:
        if one["id"] == place:
            one["coverage"] = next(other.get("coverage", "full") for other in plain["places"] if other["id"] == source)
    observations = [one for one in plain.get("observations", ()) if not one["target"].startswith(f"{place}.")]
    return validated(Dataset, {**plain, "targets": targets, "observations": observations})


def names(content: bytes) -> list[str]:
    return [group.id for group in deck.read(opened(content)).groups]


def of(prs: Any, name: str) -> Any:
    return next(one for one in prs.slides if one._element.cSld.get("name") == name)


def opened_deck(content: bytes) -> Any:
    return Presentation(io.BytesIO(content))


def conflicts(result: Merged) -> list[tuple[str, str]]:
    return [(one.key, one.reason) for one in result.plan.conflicts]


@edition
@pytest.mark.parametrize(("place", "keep"), [("panyu", 99), ("yuexiu", 2), ("baiyun", 0)])
def test_an_untouched_slide_gives_way(name: str, lang: str, place: str, keep: int, tmp_path: Any) -> None:
    base, ours = render(name, lang, sample()), render(name, lang, with_targets_of(place, keep=keep), 2)
    assert names(base) != names(ours)
    result = merged(base, base, ours)
    content = result.content or b""
    assert conflicts(result) == []
    assert names(content) == names(ours)
    assert deck.lines(opened(content)) == deck.lines(opened(ours))
    assert len(opened(content).names()) == len(opened(ours).names())
    assert sdk_faults(content, tmp_path) == ""


def test_it_stands_where_the_old_one_was_put() -> None:
    def move(prs: Any) -> None:
        entries = prs.slides._sldIdLst
        entry = entries[PANYU]
        entries.remove(entry)
        entries.insert(1, entry)

    base, ours = render("standard", "zh", sample()), render("standard", "zh", with_targets_of("panyu"), 2)
    old = names(base)[PANYU]
    assert old.startswith("panyu.")
    content = merged(base, edited(base, move), ours).content or b""
    assert names(content)[1] == names(ours)[PANYU] != old
    assert old not in names(content)


def reword(slide: Any) -> None:
    slide.shapes[0].text_frame.paragraphs[0].add_run().text = "（手写）"


def move_box(slide: Any) -> None:
    shape = next(one for one in slide.shapes if one.name == "panyu.who")
    shape.left, shape.top, shape.width, shape.height = Inches(3), shape.top, shape.width, shape.height


def colour(slide: Any) -> None:
    fill = next(one for one in slide.shapes if one.name == "panyu.who").fill
    fill.solid()
    fill.fore_color.rgb = RGBColor(0xFE, 0xDC, 0xBA)


def add_box(slide: Any) -> None:
    slide.shapes.add_textbox(Inches(1), Inches(1), Inches(2), Inches(1)).text_frame.text = "手写的框"


def write_notes(slide: Any) -> None:
    slide.notes_slide.notes_text_frame.text = "手写备注"


@pytest.mark.parametrize("touch", [reword, move_box, add_box, colour, write_notes])
def test_a_touched_slide_stays_beside_the_new_one_and_is_reported(touch: Any) -> None:
    base, ours = render("standard", "zh", sample()), render("standard", "zh", with_targets_of("panyu"), 2)
    old, new = names(base)[PANYU], names(ours)[PANYU]
    theirs = edited(base, lambda prs: touch(of(prs, old)))
    result = merged(base, theirs, ours)
    assert conflicts(result) == [(old, "changed-dropped")]
    found = names(result.content or b"")
    assert found.index(new) == found.index(old) + 1
    prs = content_of(result)
    kept = [one.text_frame.text for one in of(opened_deck(theirs), old).shapes if one.has_text_frame]
    assert [one.text_frame.text for one in of(prs, old).shapes if one.has_text_frame] == kept
    assert "stale slide" in of(prs, old).notes_slide.notes_text_frame.text
    # It recurs until somebody settles it, and nothing is written then.
    again = merged(ours, result.content or b"", ours, result.plan.conflicts)
    assert conflicts(again) == [(old, "changed-dropped")]
    assert again.content is None


def test_it_recurs_where_an_editor_took_the_names_of_slides_and_placeholders() -> None:
    """LibreOffice does: the notes of the slide alone tell what it was, its new form holds much the same."""

    def retyped_without_names(prs: Any) -> None:
        reword(of(prs, old))
        for slide in prs.slides:
            slide._element.cSld.attrib.pop("name", None)
            for number, shape in enumerate(slide.placeholders, 1):
                shape.name = f"PlaceHolder {number}"

    base, ours = render("standard", "zh", sample()), render("standard", "zh", with_targets_of("yuexiu", keep=2), 2)
    old = next(name for name in names(base) if name.startswith("yuexiu."))
    result = merged(base, edited(base, retyped_without_names), ours)
    assert conflicts(result) == [(old, "changed-dropped")]
    again = merged(ours, result.content or b"", ours, result.plan.conflicts)
    assert conflicts(again) == [(old, "changed-dropped")]
    assert again.content is None


def test_a_slide_that_was_deleted_does_not_come_back_in_another_form() -> None:
    def delete(prs: Any) -> None:
        entries = prs.slides._sldIdLst
        prs.part.drop_rel(entries[PANYU].rId)
        entries.remove(entries[PANYU])

    base, ours = render("standard", "zh", sample()), render("standard", "zh", with_targets_of("panyu"), 2)
    new = names(ours)[PANYU]
    result = merged(base, edited(base, delete), ours)
    assert conflicts(result) == [(new, "deleted-changed")]
    assert not [one for one in names(result.content or b"") if one.startswith("panyu.")]
    again = merged(ours, result.content or b"", ours, result.plan.conflicts)
    assert conflicts(again) == [(new, "deleted-changed")]
    assert again.content is None


@pytest.mark.office
def test_after_libreoffice_too(office: LibreOffice, tmp_path: Any) -> None:
    base, ours = render("standard", "zh", sample()), render("standard", "zh", with_targets_of("panyu"), 2)
    path = tmp_path / "deck.pptx"
    path.write_bytes(base)
    office.resave(path, 2)
    result = merged(base, path.read_bytes(), ours)
    assert conflicts(result) == []
    content = result.content or b""
    new = deck.read(opened(ours))
    again = merge(new, deck.read(opened(content)), new)
    assert (again.edits, again.conflicts, again.kept, again.vanished) == ((), (), (), 0)
    assert len(list(content_of(result).slides)) == len([one for one in new.groups if one.keeps])
