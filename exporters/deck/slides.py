"""One slide of a template: its tags woven, its shapes named by key, its level tags handed to whoever orders slides."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from typing import Any

from lxml import etree
from msgspec import Struct, field

from exporters.binding.expressions import key_of
from exporters.binding.program import Weaver, closing, opening
from exporters.binding.tags import Tag, may_hold_tag, scan
from exporters.binding.trees import HELD
from exporters.binding.views import text_fields
from exporters.binding.weave import Located, TreeWeaver, after, before, remove
from exporters.charts import chart_meta, compile_chart
from exporters.charts.drawingml import DRAWINGML, A, C, P, R
from exporters.deck.knowing import fill, known_box
from exporters.deck.notespages import NOTES, add_notes_body, notes_body
from exporters.deck.runs import join_runs
from exporters.deck.textboxes import Ancestry, box_style, cell_style, parse
from exporters.errors import Fault
from exporters.package import Package

Element = etree._Element
SHAPES = (f"{P}sp", f"{P}grpSp", f"{P}graphicFrame", f"{P}pic", f"{P}cxnSp")
_TEXT_OWNERS = (f"{P}sp", f"{P}graphicFrame")
_MORE = re.compile(r"\|\s*more\b(?!\s*\()")
_FIT = re.compile(r"\|\s*fit\b\s*(?:\(([^()]*)\))?")


class WovenSlide(Struct):
    """A slide whose tags are tokens; ``levels`` are its slide tags in reading order, notes last."""

    number: int
    part: str
    root: Element
    notes_part: str | None
    notes: Element | None
    """The notes; without a part they are the project's own, for what the slide's boxes leave out."""
    levels: list[Tag] = field(default_factory=list)
    tagged: bool = False
    """Whether any tag stands on the slide, in its notes or in its charts; else it is carried as it is."""
    values: dict[Element, list[str]] = field(default_factory=dict)
    """The expressions of the values in each shape."""
    charts: dict[str, int] = field(default_factory=dict)
    """Relationship id of each bound chart and its number in the compiled template."""


class SlideWeaver:
    """Weaves the slides of one template; ``boxes`` and ``charts`` grow with them and are kept in what is compiled."""

    def __init__(self, package: Package, weaver: Weaver, faults: list[Fault]) -> None:
        self._package, self._weaver, self._faults = package, weaver, faults
        self.boxes: list[dict[str, Any]] = []
        self.charts: list[dict[str, Any]] = []

    def weave(self, slide: WovenSlide, ancestry: Ancestry) -> None:
        """Replace every tag of *slide* and its notes by tokens."""
        place = f"slide {slide.number}"
        names = {shape: _name(shape) for shape in slide.root.iter(*SHAPES)}
        emit = self._emitter(slide, ancestry)

        def where(element: Element) -> str:
            return place + _shape_place(element, names)

        boxes = len(self.boxes)
        texts = [slide.root] if slide.notes is None else [slide.root, slide.notes]
        slide.tagged = any(holds_tag(root) for root in texts)
        self._weave_charts(slide, where)
        if not slide.tagged:
            return
        self._alternative_text_conditions(slide, where)
        self._number_fields(slide, place)
        chosen = [shape for shape in slide.root.iter(f"{P}sp") if holds_tag(shape)]
        placed = TreeWeaver(DRAWINGML, self._weaver, self._faults, emit).weave(slide.root, where)
        self._place_levels(slide, placed)
        join_runs(slide.root, self._weaver)
        self._fit_boxes(slide, ancestry, where)
        for shape in chosen:
            # Words that a condition chooses are bound too, though no value stands among them.
            slide.values.setdefault(shape, [])
        if slide.notes is None and len(self.boxes) > boxes:
            slide.notes = parse(NOTES.encode())
        if slide.notes is not None:
            found = TreeWeaver(DRAWINGML, self._weaver, self._faults, self._notes_value).weave(
                slide.notes, lambda _: f"{place}, notes"
            )
            self._place_levels(slide, found)
            join_runs(slide.notes, self._weaver)
            self._take_the_rest(slide, needed=len(self.boxes) > boxes)

    def _number_fields(self, slide: WovenSlide, place: str) -> None:
        """A field holds the number that it last showed: readers that work out no fields then see the right one."""
        for root in [one for one in (slide.root, slide.notes) if one is not None]:
            for shown in root.iter(f"{A}fld"):
                text = shown.find(f"{A}t")
                if shown.get("type") == "slidenum" and text is not None:
                    text.text = self._weaver.value("pack", place, "_number")

    # --- values --------------------------------------------------------------------------------------------------

    def _emitter(self, slide: WovenSlide, ancestry: Ancestry) -> Callable[[Located], None]:
        def emit(item: Located) -> None:
            shape = next(item.paragraph.iterancestors(*_TEXT_OWNERS), None)
            if shape is not None:
                slide.values.setdefault(shape, []).append(item.tag.body)
            text = next(item.run.iter(f"{A}t"))
            text.text = self._weaver.value(self._fitted(item, shape, ancestry), item.tag.place)

        return emit

    def _notes_value(self, item: Located) -> None:
        text = next(item.run.iter(f"{A}t"))
        body = _FIT.sub(lambda found: f"|fit({found[1] or 1})", item.tag.body)
        text.text = self._weaver.value(body, item.tag.place)

    def _fitted(self, item: Located, shape: Element | None, ancestry: Ancestry) -> str:
        """Return the value's expression, each ``fit`` in it told its box and what else its line holds."""
        body = item.tag.body
        if shape is None or not (_FIT.search(body) or _MORE.search(body)):
            return body
        cell = next(item.paragraph.iterancestors(f"{A}tc"), None)
        style = box_style(shape, ancestry) if cell is None else cell_style(cell, ancestry)
        if style is None:
            return body
        if cell is None and style.autofit != "shape":
            body = _MORE.sub("|more(true)", body)
        if not _FIT.search(body):
            return body
        found = _with_size(style.to_json(), item.run)
        self.boxes.append(found)
        others = "".join(
            str(text.text or "") for text in item.paragraph.iter(f"{A}t") if text.getparent() is not item.run
        )
        taken = "" if may_hold_tag(others) or "\ufdd8" in others else others.replace("\\", "").replace("'", "’")
        number = len(self.boxes) - 1
        return _FIT.sub(lambda match: f"|fit({match[1] or 1}, box={number}, taken='{taken}')", body)

    # --- levels --------------------------------------------------------------------------------------------------

    def _place_levels(self, slide: WovenSlide, located: list[Located]) -> None:
        for item in located:
            shape = next(item.paragraph.iterancestors(*SHAPES), None)
            if item.tag.level == "slide":
                slide.levels.append(item.tag)
                remove(item.run)
            elif item.tag.level == "shape" and shape is not None:
                remove(item.run)
                self._around(shape, item.tag)
            else:
                message = f"a sheet tag stands in a presentation: {{%{item.tag.level} {item.tag.body} %}}"
                self._faults.append(Fault("level", message, where=item.tag.place, hint="use slide or shape"))
            if shape is not None and shape.getparent() is not None:
                self._drop_if_bare(shape, item.paragraph, emptied=item.tag.level == "slide")

    def _around(self, shape: Element, tag: Tag) -> None:
        if tag.kind == "close":
            after(shape, self._weaver.tag(tag))
        elif tag.kind == "open" and tag.keyword == "if":
            before(shape, self._weaver.tag(tag))
        else:
            message = f"{{%shape {tag.keyword} %}} is not possible: a shape can only be shown or not"
            self._faults.append(Fault("level", message, where=tag.place, hint="use {%shape if … %}{%shape endif %}"))

    def _drop_if_bare(self, shape: Element, paragraph: Element, *, emptied: bool) -> None:
        """A box that held only slide tags goes; so does a paragraph that held only tags beside others."""
        runs = f"{A}r", f"{A}fld", f"{A}br"
        if not any(child.tag in runs for child in paragraph):
            body = paragraph.getparent()
            if body is not None and self._certain(body, paragraph):
                remove(paragraph)
        if not emptied or shape.tag != f"{P}sp":
            return
        if not any(True for _ in shape.iter(*runs)) and not "".join(map(str, shape.itertext())).strip():
            remove(shape)

    def _certain(self, body: Element, but: Element) -> bool:
        """Whether *body* keeps a paragraph without *but* whatever the data holds: a body without one is invalid."""
        depth = self._weaver.depth(body.text or "")
        for child in body:
            if depth == 0 and child.tag == f"{A}p" and child is not but:
                return True
            depth += self._weaver.depth(child.tail or "")
        return False

    def _alternative_text_conditions(self, slide: WovenSlide, where: Callable[[Element], str]) -> None:
        """Pictures, charts and groups hold no text of their own: their condition stands in their alternative text."""
        for shape in list(slide.root.iter(*SHAPES)):
            mark = _mark(shape)
            text = mark.get("descr", "") if mark is not None else ""
            if mark is None or not may_hold_tag(text):
                continue
            found: list[Fault] = []
            tags = scan(text, where(shape), found)
            levels = [tag for tag in tags if tag.level]
            for tag in reversed(levels):
                text = text[: tag.start] + text[tag.end :]
            for tag in levels:
                if tag.level == "slide":
                    slide.levels.append(tag)
                else:
                    self._around(shape, tag)
            if text.strip():
                mark.set("descr", text.strip())
            else:
                del mark.attrib["descr"]

    # --- charts --------------------------------------------------------------------------------------------------

    def _weave_charts(self, slide: WovenSlide, where: Callable[[Element], str]) -> None:
        relationships = self._package.relationships(slide.part)
        for mark in list(slide.root.iter(f"{C}chart")):
            rel_id = mark.get(f"{R}id", "")
            frame = next(mark.iterancestors(f"{P}graphicFrame"), None)
            if frame is None or rel_id not in relationships:
                continue
            part = relationships.target(rel_id)
            if part not in self._package or rel_id in slide.charts:
                continue
            part = self._package.stored_name(part)
            found = compile_chart(self._package, part, self._weaver, self._faults, where(frame))
            if found is None:
                continue
            slide.tagged = True
            slide.values.setdefault(frame, [])
            number = slide.charts[rel_id] = len(self.charts)
            self.charts.append({**found.meta, "relationships": chart_meta(self._package, part)})
            route = opening(f"chart:{number}:{rel_id}") + found.source + closing()
            # Inside the frame, so that a frame which is not shown leaves no chart behind.
            frame.text = self._weaver.raw(route) + (frame.text or "")

    # --- fitting -------------------------------------------------------------------------------------------------

    def _fit_boxes(self, slide: WovenSlide, ancestry: Ancestry, where: Callable[[Element], str]) -> None:
        for shape in slide.values:
            body = shape.find(f"{P}txBody") if shape.tag == f"{P}sp" else None
            if body is None or body.prefix != "p" or any(p.prefix != "a" for p in body.findall(f"{A}p")):
                continue
            style = box_style(shape, ancestry)
            if style is None or style.autofit == "shape":
                continue
            number, box = len(self.boxes), known_box(body, style)
            self.boxes.append(box)
            if not fill(body, box, self._weaver, f"_fill({number})"):
                self._captured(body, "_box", f"_fit({number})", where(shape))

    def _captured(self, body: Element, name: str, filter_name: str, place: str) -> None:
        name = HELD + name
        body.text = self._weaver.statement(f"set {name}", place) + (body.text or "")
        last = body[-1]
        ending = self._weaver.statement("endset", place) + self._weaver.value(name, place, filter_name)
        last.tail = (last.tail or "") + ending

    def _take_the_rest(self, slide: WovenSlide, *, needed: bool) -> None:
        """What a slide's boxes leave out is added to its notes; a page of notes that lost its text box gets one."""
        assert slide.notes is not None
        body = notes_body(slide.notes)
        if body is None and needed:
            body = add_notes_body(slide.notes)
        if body is not None:
            self._captured(body, "_notes", "_rest", f"slide {slide.number}, notes")


def holds_tag(root: Element) -> bool:
    """Return whether a tag stands in the texts or attributes of a tree."""
    values = (str(value) for element in root.iter(etree.Element) for value in element.attrib.values())
    text = "".join((*map(str, root.itertext()), *values))
    return "{{" in text or "{%" in text or "{#" in text


def _with_size(found: dict[str, Any], run: Element) -> dict[str, Any]:
    """Return a box whose first level is set as *run* is."""
    properties = run.find(f"{A}rPr")
    if properties is None:
        return found
    level = dict(found["levels"][0])
    if properties.get("sz"):
        level["size"] = int(properties.get("sz", "1800")) / 100
    if properties.get("b"):
        level["bold"] = properties.get("b") in {"1", "true"}
    return {**found, "levels": [level, *found["levels"][1:]]}


def _mark(shape: Element) -> Element | None:
    """Return the ``p:cNvPr`` of a shape."""
    for child in shape:
        if isinstance(child.tag, str) and (found := child.find(f"{P}cNvPr")) is not None:
            return found
    return None


def _name(shape: Element) -> str:
    mark = _mark(shape)
    return mark.get("name", "") if mark is not None else ""


def _shape_place(element: Element, names: dict[Element, str]) -> str:
    shape = next((one for one in (element, *element.iterancestors()) if one in names), None)
    place = f", shape '{names[shape]}'" if shape is not None else ""
    cell = next((one for one in (element, *element.iterancestors(f"{A}tc")) if one.tag == f"{A}tc"), None)
    if cell is not None:
        row = next(cell.iterancestors(f"{A}tr"))
        at_row = sum(1 for _ in row.itersiblings(f"{A}tr", preceding=True)) + 1
        at_cell = sum(1 for _ in cell.itersiblings(f"{A}tc", preceding=True)) + 1
        place += f", row {at_row}, cell {at_cell}"
    return place


# --- names ---------------------------------------------------------------------------------------------------------


def slug(name: str) -> str:
    """Return a shape's name as the end of a key: small letters, digits and hyphens; Han characters stay."""
    return re.sub(r"[\W_]+", "-", name.lower()).strip("-") or "shape"


def anchor(values: list[str], name: str, known: Collection[str], innermost: str) -> tuple[str, str]:
    """Return (record expression, rest of the key) for a bound shape.

    One value whose record is known around the shape gives the value's own key. Several give the shape's name in the
    template behind the record that they share; else behind the innermost slide loop's (*innermost*), or the first
    value's.
    """
    keys = [key for value in values if (key := key_of(value)) is not None]
    if len(values) == 1 and keys and _root(keys[0][0]) in known:
        return keys[0]
    owner = _common([owner for owner, _ in keys]) if len(keys) == len(values) else ""
    rest = slug(name)
    if rest in text_fields():
        # The name of a field is the key of its value alone: a box "Note" that says more would be taken for it.
        rest += "-box"
    if owner and _root(owner) in known:
        return owner, rest
    if innermost:
        return innermost, rest
    outer = next((_root(owner) for owner, _ in keys if _root(owner) in known), "")
    return outer or "pack", rest


def _common(owners: list[str]) -> str:
    """Return the record that all expressions begin with: ``r.base`` and ``r.growth`` share ``r``."""
    paths = [re.split(r"(?=[.\[])", owner) for owner in owners]
    shared: list[str] = []
    for steps in zip(*paths, strict=False):
        if len(set(steps)) > 1:
            break
        shared.append(steps[0])
    return "".join(shared)


def _root(expression: str) -> str:
    return re.split(r"[.\[]", expression, maxsplit=1)[0]


def loop_variables(statement: str) -> list[str]:
    """Return the names that a ``for`` or ``set`` statement makes known."""
    head = statement.split(" in ", 1)[0] if statement.startswith("for ") else statement.split("=", 1)[0]
    return re.findall(r"[A-Za-z_]\w*", head)[1:]


def bound_shapes(slide: WovenSlide) -> Iterator[tuple[Element, Element, list[str]]]:
    """Yield (shape, its name's element, its values) for each shape that is still on the slide."""
    for shape, values in slide.values.items():
        mark = _mark(shape)
        if mark is not None and shape.getparent() is not None:
            yield shape, mark, values


__all__ = ["SlideWeaver", "WovenSlide", "anchor", "bound_shapes", "loop_variables", "slug"]
