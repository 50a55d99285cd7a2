"""Speaker notes: where a rebuild says what it cannot settle itself.

Conflicts and stale records are told as lines of the notes, each beginning with ``[briefpack]``. PowerPoint's comments
come in two kinds (classic and threaded) of which each version shows one, LibreOffice rewrites their authors, and
python-pptx knows neither; every editor keeps and shows the words of the notes. They are never on the screen in a talk.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import TYPE_CHECKING

from exporters.charts.drawingml import A, P, R
from exporters.deck.living.deck import Deck, Slide, is_marked, marks_in, unmarked
from exporters.deck.living.shapes import Element, parse
from exporters.deck.living.texts import paragraphs_of, set_text
from exporters.deck.notespages import MASTER, NOTES, add_notes_body, notes_body
from exporters.package import ct, rt

if TYPE_CHECKING:
    from exporters.deck.living.lifting import Lifter
    from exporters.deck.living.packing import Changes

_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
#: What may stand before the list of notes masters in a presentation.
_BEFORE_LIST = (f"{P}sldMasterIdLst",)


def set_notes(slide: Slide, text: str, notes: NotesWriter) -> None:
    """Make the notes say *text*; the lines of a rebuild stay where they are."""
    body = notes.body(slide)
    own = unmarked(body)
    if own:
        set_text(own, text)
        return
    paragraph = body.makeelement(f"{A}p", {})
    body.append(paragraph)
    set_text([paragraph], text)


def set_marks(slide: Slide, marks: Sequence[str], notes: NotesWriter) -> bool:
    """Make *marks* the rebuild's lines at the top of the notes, and return whether anything changed."""
    if list(marks_of(slide)) == list(marks):
        return False
    body = notes.body(slide)
    for paragraph in [one for one in paragraphs_of(body) if is_marked(one)]:
        body.remove(paragraph)
    first = body.find(f"{A}p")
    for mark in marks:
        made = _line(body, mark)
        if first is not None:
            first.addprevious(made)
        else:
            body.append(made)
    if body.find(f"{A}p") is None:
        body.append(body.makeelement(f"{A}p", {}))
    return True


def marks_of(slide: Slide) -> Sequence[str]:
    """Return the lines that rebuilds wrote into the notes."""
    return marks_in(slide.notes_body) if slide.notes_part in slide.deck.trees else slide.said.marks


def _line(body: Element, text: str) -> Element:
    paragraph = body.makeelement(f"{A}p", {})
    run = paragraph.makeelement(f"{A}r", {})
    like = body.find(f"{A}p/{A}r/{A}rPr")
    if like is not None:
        run.append(copy.deepcopy(like))
    words = run.makeelement(f"{A}t", {})
    words.text = text
    run.append(words)
    paragraph.append(run)
    return paragraph


class NotesWriter:
    """Gives slides their notes, and the deck a notes master, where there are none yet."""

    def __init__(self, deck: Deck, lifter: Lifter, changes: Changes) -> None:
        self._deck, self._lifter, self._changes = deck, lifter, changes
        self.changed: set[str] = set()

    def body(self, slide: Slide) -> Element:
        """Return the text body of a slide's notes, to be changed."""
        found = slide.notes_body
        if found is None:
            found = add_notes_body(self._deck.tree(slide.notes_part)) if slide.notes_part else self._new(slide)
        self.changed.add(slide.notes_part)
        return found

    def _new(self, slide: Slide) -> Element:
        part = self._changes.free_name("ppt/notesSlides/notesSlide1.xml")
        root = parse(NOTES.encode())
        self._changes.add(part, _DECLARATION, ct.NOTES_SLIDE)
        self._deck.trees[part] = root
        self._changes.link(part, self.master(), rt.NOTES_MASTER)
        self._changes.link(part, slide.part, rt.SLIDE)
        self._changes.link(slide.part, part, rt.NOTES_SLIDE)
        slide.notes_part = part
        found = notes_body(root)
        assert found is not None
        return found

    def master(self) -> str:
        """Return the deck's notes master; one is made where there is none."""
        relationships = self._changes.relationships(self._deck.main)
        found = relationships.target_of_type(rt.NOTES_MASTER)
        if found is not None and found in self._changes:
            return found
        part = self._lifter.notes_master() or self._made()
        rel_id = self._changes.link(self._deck.main, part, rt.NOTES_MASTER)
        root = self._deck.tree(self._deck.main)
        listing = root.find(f"{P}notesMasterIdLst")
        if listing is None:
            listing = root.makeelement(f"{P}notesMasterIdLst", {})
            before = [child for child in root if child.tag in _BEFORE_LIST]
            if before:
                before[-1].addnext(listing)
            else:
                root.insert(0, listing)
        listing.append(listing.makeelement(f"{P}notesMasterId", {f"{R}id": rel_id}))
        self.changed.add(self._deck.main)
        return part

    def _made(self) -> str:
        part = "ppt/notesMasters/notesMaster1.xml"
        self._changes.add(part, _DECLARATION + MASTER.encode(), ct.NOTES_MASTER)
        masters = self._deck.package.relationships(self._deck.main).target_of_type(rt.SLIDE_MASTER)
        theme = self._deck.related(masters, rt.THEME) if masters else ""
        if theme:
            name = self._changes.free_name("ppt/theme/theme1.xml")
            self._changes.carry(self._deck.package, theme, name)
            self._changes.link(part, name, rt.THEME)
        return part
