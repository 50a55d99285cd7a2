"""New words into old runs: only what differs is touched, and what stands around it keeps its looks."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher

from msgspec import Struct, field

from exporters.snapshot import MARK
from exporters.word.anchors import PREFIX
from exporters.word.living.atoms import START, Atom, Kind, R, T
from exporters.word.living.lines import P
from exporters.word.living.runs import (
    INS,
    Pen,
    attributes,
    drop_control,
    enrich,
    inserted,
    is_own,
    isolate,
    like,
    put_after,
    remove,
    set_text,
    strike,
    strike_out,
    struck,
)
from exporters.word.names import W
from exporters.word.xmlparts import Element

_TOKEN = re.compile(rf"{MARK}[^{MARK}]*{MARK}|[0-9][0-9,.]*|[A-Za-z]+|.", re.DOTALL)
Source = Callable[[str], Element | None]
"""Gives a fresh copy of a value's control, by key."""


class _Change(Struct):
    """What becomes of one text atom: characters struck out, and words put in before a character (or at the end)."""

    struck: set[int] = field(default_factory=set)
    added: dict[int, str] = field(default_factory=dict)


def write_value(pen: Pen, atom: Atom, new: str) -> None:
    """Write a value's text into its runs, in the format of the first."""
    inner, node = atom.inner, atom.node
    if atom.kind is Kind.CONTROL and pen.tracks:
        enrich(node)
        _book(pen, atom)
    first = next((one for one in inner if one.kind is Kind.TEXT), None)
    if first is None:
        _write_empty(pen, atom, new)
        return
    changes = {id(one): _Change(set(range(len(one.text)))) for one in inner if one.kind is Kind.TEXT}
    changes[id(first)].added[0] = new
    for one in inner:
        if one.kind is Kind.TEXT:
            _flush(pen, one, changes[id(one)], _no_source, set())
        elif one.kind is Kind.SIGN:
            strike(pen, isolate(one.node))


def write_prose(pen: Pen, atoms: Sequence[Atom], new: str, source: Source, paragraph: Element | None = None) -> None:
    """Turn the text of *atoms* into *new*, where marked keys stand for values; new ones come from *source*. Where there
    are no atoms, it is written into the empty *paragraph*."""
    _part_bookmarks(atoms)
    units = list(_units(atoms))
    old_tokens, old_at = _tokens([text for text, _, _ in units])
    new_tokens = _TOKEN.findall(new)
    changes: dict[int, _Change] = {}
    matcher = SequenceMatcher(None, old_tokens, new_tokens, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            continue
        start, stop = old_at[a], old_at[b]
        text = "".join(new_tokens[c:d])
        host = _host(units, start, stop) if text else None
        for _, atom, at in units[start:stop]:
            if atom.kind is Kind.TEXT:
                changes.setdefault(id(atom), _Change()).struck.add(at)
            elif atom.kind is not Kind.PARAGRAPH:
                changes.setdefault(id(atom), _Change()).struck.add(0)
        if host is not None:
            atom, at = host
            change = changes.setdefault(id(atom), _Change())
            change.added[at] = change.added.get(at, "") + text
        elif text:
            _write_alone(pen, atoms, text, source, paragraph)
    made: set[Element] = set()
    for atom in {id(one): one for _, one, _ in units}.values():
        if id(atom) in changes:
            _flush(pen, atom, changes[id(atom)], source, made)


def _part_bookmarks(atoms: Iterable[Atom]) -> None:
    """Let the bookmark of each value end before the next begins, which LibreOffice turns round: what is put between two
    values would stand in the second."""
    for atom in atoms:
        if atom.kind is not Kind.BOOKED or atom.end is None:
            continue
        run, paragraph = atom.inner[-1].node.getparent(), next(atom.end.iterancestors(P), atom.end)
        order = list(paragraph.iter(R, START, atom.end.tag))
        if run is None or run not in order:
            continue
        between = order[order.index(run) : order.index(atom.end)]
        if any(one.tag == START and one.get(f"{W}name", "").startswith(PREFIX) for one in between):
            run.addnext(atom.end)


def _book(pen: Pen, atom: Atom) -> None:
    """See to it that a control stands in a bookmark that spells its key."""
    if atom.start is None:
        start, end = pen.book(atom.node, atom.key)
        atom.node.addprevious(start)
        atom.node.addnext(end)
        atom.book(start, end)


def _no_source(_key: str) -> Element | None:
    return None


def _units(atoms: Iterable[Atom]) -> Iterable[tuple[str, Atom, int]]:
    for atom in atoms:
        if atom.kind is Kind.TEXT:
            for at, character in enumerate(atom.text):
                yield character, atom, at
        elif atom.kind is Kind.SIGN:
            yield atom.text, atom, 0
        elif atom.kind in {Kind.CONTROL, Kind.BOOKED}:
            yield f"{MARK}{atom.key}{MARK}", atom, 0
        elif atom.kind is Kind.PARAGRAPH:
            yield "\n", atom, 0


def _tokens(texts: Sequence[str]) -> tuple[list[str], list[int]]:
    """Return the tokens of a text given unit by unit, and the unit at which each begins (and the end)."""
    whole = "".join(texts)
    at_unit: dict[int, int] = {}
    position = 0
    for number, text in enumerate(texts):
        at_unit[position] = number
        position += len(text)
    at_unit[position] = len(texts)
    tokens: list[str] = []
    starts: list[int] = []
    for found in _TOKEN.finditer(whole):
        tokens.append(found[0])
        starts.append(at_unit[found.start()])
    return tokens, [*starts, len(texts)]


def _host(units: Sequence[tuple[str, Atom, int]], start: int, stop: int) -> tuple[Atom, int] | None:
    """Return the atom, and the place in it, that takes in new words in the place of units *start* to *stop*."""
    for _, atom, at in units[start:stop]:
        if atom.kind is Kind.TEXT:
            return atom, at
    before = units[start - 1] if start else None
    after = units[stop] if stop < len(units) else None
    if before is not None and before[1].kind is Kind.TEXT:
        return before[1], before[2] + 1
    if after is not None and after[1].kind is Kind.TEXT:
        return after[1], after[2]
    if before is not None and before[1].kind is not Kind.PARAGRAPH:
        return before[1], 1
    if start < stop and units[start][1].kind is not Kind.PARAGRAPH:
        return units[start][1], 1
    if after is not None and after[1].kind is not Kind.PARAGRAPH:
        return after[1], 0
    return None


# --- one atom --------------------------------------------------------------------------------------------------------


def _flush(pen: Pen, atom: Atom, change: _Change, source: Source, made: set[Element]) -> None:
    """Write what becomes of one atom; runs that are new go to *made*: LibreOffice lets the control and the bookmark of
    one value reach into those of the next, and what is new there does not go with it."""
    if atom.kind is Kind.TEXT:
        _flush_text(pen, atom, change, source, made)
        return
    first, last = _ends(atom)
    like_run = next(iter(first.iter(R)), None) if atom.kind is not Kind.SIGN else atom.node.getparent()
    if atom.kind is Kind.SIGN:
        first = last = isolate(atom.node)
    if 0 in change.added:
        anchor = first.makeelement(f"{W}proofErr")
        first.addprevious(anchor)
        put_after(anchor, _made(pen, like_run, first, change.added[0], source, made))
        remove(anchor)
    if 1 in change.added:
        put_after(last, _made(pen, like_run, last, change.added[1], source, made))
    if change.struck:
        _strike_whole(pen, atom, made)


def _ends(atom: Atom) -> tuple[Element, Element]:
    """Return the first and the last element of a value, its bookmark included, outside of its control."""
    first = atom.start if atom.start is not None else atom.node
    last = atom.end if atom.end is not None else atom.node
    return _outside(atom, first), _outside(atom, last)


def _outside(atom: Atom, element: Element) -> Element:
    parent = element.getparent()
    control = parent.getparent() if parent is not None and parent.tag == f"{W}sdtContent" else None
    own = {one.node.getparent() for one in atom.inner}
    if control is None or (atom.kind is Kind.BOOKED and not _shown(control) <= own):
        return element
    return control


def _shown(control: Element) -> set[Element | None]:
    """Return the runs of a control that show something."""
    return {one for one in control.iter(R) if len(one.findall(T))}


def _strike_whole(pen: Pen, atom: Atom, made: set[Element]) -> None:
    if atom.kind is Kind.SIGN:
        run = atom.node.getparent()
        if run is not None:
            strike(pen, run)
        return
    if atom.kind is Kind.CONTROL and pen.tracks:
        _book(pen, atom)
    if atom.kind is Kind.CONTROL:
        # Its value may have been written anew in other runs than those that were read.
        for run in drop_control(atom.node):
            strike(pen, run)
    for one in atom.inner:
        if one.node.getparent() is not None:
            strike(pen, isolate(one.node))
    if atom.kind is Kind.BOOKED and atom.start is not None and atom.end is not None:
        _strike_between(pen, atom.start, atom.end, made)
    if not pen.tracks and atom.start is not None and atom.end is not None:
        remove(atom.start)
        remove(atom.end)


def _strike_between(pen: Pen, start: Element, end: Element, made: set[Element]) -> None:
    """Delete what was written anew between the ends of a value's bookmark, and the nameless control around it; not
    what was *made* for another value."""
    paragraph = next(start.iterancestors(f"{W}p"), start)
    order = list(paragraph.iter(start.tag, end.tag, R))
    runs = [one for one in order[order.index(start) : order.index(end)] if one.tag == R] if end in order else []
    runs = [one for one in runs if one not in made]
    for run in runs:
        if next(run.iterancestors(f"{W}del"), None) is not None:
            continue
        control = next(run.iterancestors(f"{W}sdt"), None)
        if control is not None and _shown(control) <= {*runs}:
            drop_control(control)
        strike(pen, run)


def _flush_text(pen: Pen, atom: Atom, change: _Change, source: Source, new: set[Element]) -> None:
    # LibreOffice joins an insertion at the end of a paragraph with a paragraph inserted behind it.
    pieces = _pieces(atom.text, change, struck_last=_ends_paragraph(atom.node))
    run = atom.node.getparent()
    if run is None:
        return
    own = is_own(run)
    plain = all(MARK not in text and not ("\n" in text or "\t" in text) for kind, text in pieces if kind == "add")
    if plain and (not pen.tracks or own):
        set_text(atom.node, "".join(text for kind, text in pieces if kind != "strike"))
        if not atom.node.text and atom.text:
            _drop_empty(atom.node)
        return
    run = isolate(atom.node)
    parent = run.getparent()
    shell = parent if pen.tracks and parent is not None and parent.tag == INS else None
    made: list[Element] = []
    for kind, text in pieces:
        if kind == "add":
            made += _made(pen, run, run, text, source, new)
        elif kind == "keep":
            made.append(_within(shell, like(run, text)))
        elif pen.tracks and not own:
            made.append(_within(shell, struck(pen, like(run, text))))
    put_after(run, made)
    strike_out(run)


def _within(shell: Element | None, made: Element) -> Element:
    """Return *made*, under a copy of the person's own revision mark where there is one."""
    if shell is None:
        return made
    twin = shell.makeelement(INS, attributes(shell))
    twin.append(made)
    return twin


def _ends_paragraph(node: Element) -> bool:
    """Return whether no text follows in the paragraph."""
    paragraph = next(node.iterancestors(f"{W}p"), None)
    return paragraph is not None and list(paragraph.iter(T))[-1] is node


def _pieces(text: str, change: _Change, struck_last: bool) -> list[tuple[str, str]]:
    """Return what becomes of a text: stretches to keep, to strike and to add, in order (added before struck ones)."""
    found: list[tuple[str, str]] = []
    for at in range(len(text) + 1):
        if at in change.added:
            found.append(("add", change.added[at]))
        if at == len(text):
            break
        kind = "strike" if at in change.struck else "keep"
        if found and found[-1][0] == kind:
            found[-1] = (kind, found[-1][1] + text[at])
        else:
            found.append((kind, text[at]))
    return _struck_first(found, len(found) - (2 if struck_last else 0))


def _struck_first(pieces: list[tuple[str, str]], stop: int) -> list[tuple[str, str]]:
    """Let what is struck out stand before what takes its place, as people are used to read it."""
    found = list(pieces)
    for at in range(min(stop, len(found) - 1)):
        if found[at][0] == "add" and found[at + 1][0] == "strike":
            found[at], found[at + 1] = found[at + 1], found[at]
    return found


def _made(
    pen: Pen, run: Element | None, near: Element, text: str, source: Source, new: set[Element]
) -> list[Element]:
    """Return the elements that show *text*, values as controls (or bookmarks, where changes are tracked)."""
    found: list[Element] = []
    form: Element = run if run is not None else near.makeelement(R)
    for number, piece in enumerate(text.split(MARK)):
        if number % 2 == 0:
            if piece:
                found.append(inserted(pen, like(form, piece)))
            continue
        control = source(piece)
        if control is None:
            continue
        start, end = pen.book(control, piece)
        if not pen.tracks:
            found += [start, control, end]
            continue
        runs = [copy.deepcopy(one) for one in control.iter(R)]
        found += [start, *(inserted(pen, one) for one in runs), end]
    new.update(one for element in found for one in element.iter(R))
    return found


def _drop_empty(node: Element) -> None:
    """Take out a text without characters, and its run where nothing is left in it; a control keeps one."""
    run = node.getparent()
    if run is None:
        return
    parent = run.getparent()
    if parent is not None and parent.tag == f"{W}sdtContent" and len(parent.findall(R)) == 1:
        return
    run.remove(node)
    if parent is not None and not [child for child in run if child.tag != f"{W}rPr"]:
        parent.remove(run)


def _write_empty(pen: Pen, atom: Atom, new: str) -> None:
    """Write into a value that has no text at all."""
    run = next(iter(atom.node.iter(R)), None)
    if run is None:
        content = atom.node.find(f"{W}sdtContent")
        if content is None:
            return
        run = content.makeelement(R)
        content.append(run)
    run.extend(like(run, new).findall(T))


def _write_alone(pen: Pen, atoms: Sequence[Atom], text: str, source: Source, paragraph: Element | None) -> None:
    """Write into a region without any text; it is a paragraph's only one then."""
    end = next((one.node for one in atoms if one.kind is Kind.PARAGRAPH), None)
    start = end if end is not None else next((one.node for one in atoms), paragraph)
    if start is None:
        return
    place = start if start.tag == f"{W}p" else next(start.iterancestors(f"{W}p"))
    made = _made(pen, next(iter(place.iter(R)), None), place, text, source, set())
    last = next((child for child in reversed(place) if child.tag == f"{W}bookmarkEnd"), None)
    if last is not None:
        for one in made:
            last.addprevious(one)
    else:
        place.extend(made)
