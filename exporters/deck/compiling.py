"""A presentation template -> one program for all its slides, notes and charts, and what the renderer must know."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from itertools import count
from typing import Any

from lxml import etree
from msgspec.structs import replace

from exporters.binding.compiled import Compiled
from exporters.binding.examining import EXAMINATION
from exporters.binding.expressions import check, key_of
from exporters.binding.names import TOP
from exporters.binding.program import Weaver, closing, opening
from exporters.binding.tags import Tag
from exporters.binding.weave import TreeWeaver
from exporters.charts.drawingml import DRAWINGML, P, R
from exporters.charts.writing import first_free
from exporters.deck.notespages import MASTER
from exporters.deck.presentation import (
    XML_HEADER,
    app_properties,
    core_properties,
    custom_properties,
    presentation_meta,
    serialised,
    slide_list,
)
from exporters.deck.slides import SlideWeaver, WovenSlide, anchor, bound_shapes, holds_tag, loop_variables, slug
from exporters.deck.textboxes import Ancestry, Element, parse
from exporters.errors import Fault, TemplateError
from exporters.package import Package, ct, rt
from exporters.package.relationships import Relationship, Relationships, rels_name

#: Names and filters that only presentations have.
NAMES: dict[str, Any] = {"slide_count": int}
FILTERS = ("fit", "more")
_SHARED = frozenset((
    rt.SLIDE_LAYOUT, rt.NOTES_SLIDE, rt.SLIDE, rt.IMAGE, rt.HYPERLINK,
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/video",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/audio",
    "http://schemas.microsoft.com/office/2007/relationships/media",
))  # fmt: skip
_ONCE = (ct.SLIDE_LAYOUT, ct.SLIDE_MASTER, ct.NOTES_MASTER)


def compile_deck(package: Package, file: str) -> Compiled:
    """Compile a presentation template; raise TemplateError with every fault, each at its slide and shape."""
    faults: list[Fault] = []
    compiler = _Compiler(package, faults)
    examination = EXAMINATION.get()
    if examination is not None:
        examination.names = NAMES
    try:
        compiled = compiler.run()
        if not faults:
            for program in compiled.programs.values():
                faults += check(program, names=NAMES, filters=FILTERS)
    except TemplateError as error:
        faults += error.faults
    if faults:
        raise TemplateError(replace(fault, file=file) for fault in dict.fromkeys(faults))
    return compiled


def _orders(tag: Tag, slides: list[WovenSlide]) -> bool:
    """Return whether a ``set`` tag's name is used to say which slides there are."""
    name = loop_variables(tag.body)[0]
    words = (other.body for slide in slides for other in slide.levels if other is not tag)
    return any(re.search(rf"\b{name}\b", body.partition("=")[2] if body.startswith("set ") else body) for body in words)


class _Compiler:
    def __init__(self, package: Package, faults: list[Fault]) -> None:
        self._package, self._faults = package, faults
        self._weaver = Weaver()
        self._main = package.main_part()
        self._root = parse(package.read(self._main))
        self._slides = SlideWeaver(package, self._weaver, faults)
        self._relationships = package.relationships(self._main)
        self._replaced: set[str] = set()
        self._added: list[dict[str, str]] = []
        """Parts that the template does not have: their names, types, and text or the part that they are a copy of."""
        self._notes_master = ""

    def run(self) -> Compiled:
        relationships = self._relationships
        self._refuse_named_tags()
        listed = slide_list(self._root)
        ids = [slide_id for slide_id, _ in listed]
        woven = []
        for number, (_, rel_id) in enumerate(listed, 1):
            part = self._package.stored_name(relationships.target(rel_id))
            slide = self._read(number, part)
            self._slides.weave(slide, Ancestry.of(self._package, part, self._root))
            woven.append(slide)
        if any(slide.notes is not None and slide.notes_part is None for slide in woven):
            self._provide_notes_master()
        source, plan, repeated = self._sequence(woven)
        parts = "".join(self._other_parts())
        slides = [self._slide_meta(slide, slide.number in repeated, listed[slide.number - 1]) for slide in woven]
        meta: dict[str, Any] = {
            "main": self._main,
            "presentation": presentation_meta(self._root, ids),
            "slides": slides,
            "relationships": self._main_relationships(),
            "boxes": self._slides.boxes,
            "charts": self._slides.charts,
            "planned": self._is_planned(source, slides),
            "first_number": first_free(self._package),
            "custom": custom_properties(self._package),
            "app": self._app(),
            "added": self._added,
        }
        for chart in self._slides.charts:
            self._replaced |= {chart["part"], rels_name(chart["part"]), chart["book"]}
            self._replaced |= {item[2] for item in chart["relationships"] if item[4]}
        meta["package_relationships"] = self._package_relationships(meta["custom"]["part"])
        meta["replaced"] = sorted(self._replaced)
        programs = {
            "deck": self._weaver.program(self._weaver.weave(parts + source)),
            "plan": self._weaver.program(self._weaver.weave(plan)),
        }
        return Compiled(programs, meta)

    def _refuse_named_tags(self) -> None:
        """Sections and custom shows are lists of slides under one name, which no tag fills in."""
        for element in self._root.iter(etree.Element):
            for value in map(str, element.attrib.values()):
                if "{{" in value or "{%" in value:
                    message = f"a tag in the name of a section or of a custom show is not filled in: {value[:60]}"
                    where = f"{etree.QName(element).localname} '{value[:30]}'"
                    hint = "type the name without a tag"
                    self._faults.append(Fault("level", message, where=where, hint=hint, excerpt=value, mark=value))

    def _is_planned(self, source: str, slides: list[dict[str, Any]]) -> bool:
        """Return whether the order of all slides must be known before the first one is written."""
        counts = "slide_count" in self._weaver.weave(source)
        return counts or any(slide["links"] or slide["owned"] for slide in slides)

    def _read(self, number: int, part: str) -> WovenSlide:
        package = self._package
        found = package.relationships(part).target_of_type(rt.NOTES_SLIDE)
        notes = package.stored_name(found) if found and found in package else None
        self._replaced |= {part, rels_name(part)}
        if notes is not None:
            self._replaced |= {notes, rels_name(notes)}
        return WovenSlide(
            number, part, parse(package.read(part)), notes, parse(package.read(notes)) if notes is not None else None
        )

    # --- order ---------------------------------------------------------------------------------------------------

    def _sequence(self, slides: list[WovenSlide]) -> tuple[str, str, set[int]]:
        """Return the program text of all slides, that of the plan (their order only), and which slides are repeated."""
        source: list[str] = []
        plan: list[str] = []
        repeated: set[int] = set()
        stack: list[Tag] = []
        known = set(TOP) | set(NAMES)
        outside: list[set[str]] = []
        for slide in slides:
            self._check_levels(slide, stack)
            leading = [tag for tag in slide.levels if tag.kind != "close"]
            trailing = [tag for tag in slide.levels if tag.kind == "close"]
            for tag in leading:
                if tag.kind == "open":
                    outside.append(known)
                known = known | set(loop_variables(tag.body) if tag.keyword in {"for", "set"} else ())
            opened = [*stack, *(tag for tag in leading if tag.kind == "open")]
            if any(tag.keyword == "for" for tag in opened):
                repeated.add(slide.number)
            loops = [loop_variables(tag.body) for tag in opened if tag.keyword == "for"]
            self._name_shapes(slide, known, loops[-1][0] if loops and len(loops[-1]) == 1 else "")
            before = "".join(self._weaver.tag(tag) for tag in leading)
            ordering = "".join(self._weaver.tag(tag) for tag in leading if tag.keyword != "set" or _orders(tag, slides))
            after = "".join(self._weaver.tag(tag) for tag in trailing)
            source += (before, self._slide_text(slide), after)
            plan += (ordering, f"{slide.number - 1} ", after)
            stack = opened[: len(opened) - len(trailing)]
            for tag in trailing[: len(outside)]:
                former = outside.pop()
                known = former if tag.keyword == "endfor" else known
        for tag in stack:
            hint = f"it needs {{%slide end{tag.keyword} %}}, on the same slide or a later one"
            self._faults.append(Fault("unclosed", f"{{%slide {tag.body} %}} is not closed", where=tag.place, hint=hint))
        return "".join(source), "".join(plan), repeated

    def _check_levels(self, slide: WovenSlide, outer: list[Tag]) -> None:
        stack = list(outer)
        for tag in slide.levels:
            if tag.kind == "open":
                stack.append(tag)
            elif tag.kind == "middle":
                if not stack or (stack[-1].keyword == "for" and tag.keyword == "elif"):
                    self._fault(tag, f"{{%slide {tag.keyword} %}} without a beginning", "")
                elif stack[-1] not in outer:
                    self._fault(tag, f"{{%slide {tag.keyword} %}} shares its slide with {{%slide {stack[-1].body} %}}",
                                "put it on a slide of its own")  # fmt: skip
            elif tag.kind == "close":
                if not stack:
                    self._fault(tag, f"{{%slide {tag.keyword} %}} without a beginning", "")
                elif tag.keyword != "end" + stack[-1].keyword:
                    message = f"{{%slide {tag.keyword} %}} meets {{%slide {stack[-1].body} %}}, which is still open"
                    self._fault(tag, message, f"opened at {stack[-1].place}")
                    stack.pop()
                else:
                    stack.pop()

    def _fault(self, tag: Tag, message: str, hint: str) -> None:
        self._faults.append(Fault("crossing", message, where=tag.place, hint=hint))

    def _name_shapes(self, slide: WovenSlide, known: set[str], innermost: str) -> None:
        for shape, mark, values in bound_shapes(slide):
            record, rest = anchor(values, mark.get("name", ""), known - self._inside(shape), innermost)
            # A record that is not there has the key of its owner's field.
            owner = key_of(record)
            field = f", {owner[0]}, '{owner[1]}'" if owner is not None else ""
            filter_name = f"_shape('{rest}'{field})"
            mark.set("name", self._weaver.value(record, f"slide {slide.number}", filter_name))
        content = slide.root.find(f"{P}cSld")
        if slide.tagged and content is not None:
            # Regeneration knows a slide again by its name: shapes may go, a slide's name stays in every editor.
            name = slug(content.get("name") or f"slide-{slide.number}")
            content.set("name", self._weaver.value(innermost or "pack", f"slide {slide.number}", f"_slide('{name}')"))

    def _inside(self, shape: Element) -> set[str]:
        """Return the names that loops and settings within a shape make: around it they mean nothing, or others."""
        statements = (found for text in shape.itertext() for _, found in self._weaver.pieces(str(text)))
        made = (loop_variables(one) for one in statements if one.partition(" ")[0] in {"for", "set"})
        return {name for names in made for name in names}

    def _slide_text(self, slide: WovenSlide) -> str:
        # Not a constant: the template engine would work that out once, when it compiles.
        start = self._weaver.value("pack", "", "_start")
        if not slide.tagged:
            return start + opening(f"slide:{slide.number - 1}") + closing()
        notes = ""
        if slide.notes is not None:
            notes = opening("notes") + serialised(slide.notes) + closing()
        return start + opening(f"slide:{slide.number - 1}") + serialised(slide.root) + notes + closing()

    # --- parts that are written once -------------------------------------------------------------------------------

    def _other_parts(self) -> Iterator[str]:
        """Yield the text of layouts, masters and core properties that hold tags or times."""
        package = self._package
        core = package.relationships().target_of_type(rt.CORE_PROPERTIES)
        if core is not None and core in package:
            core = package.stored_name(core)
            yield self._once(core, core_properties(package.read(core)).encode(), "document properties")
        for kind in _ONCE:
            for part in package.content_types.parts_of(kind):
                if part in package and holds_tag(parse(package.read(part))):
                    name = posixpath.splitext(posixpath.basename(part))[0]
                    yield self._once(part, package.read(part), name)

    def _provide_notes_master(self) -> None:
        """Name the master of the notes that the template lacks; where it lacks that too, one is made of its theme."""
        package = self._package
        found = self._relationships.target_of_type(rt.NOTES_MASTER)
        if found is not None and found in package:
            self._notes_master = package.stored_name(found)
            return
        self._notes_master = self._free("ppt/notesMasters/notesMaster")
        self._relationships, rel_id = self._relationships.adding(rt.NOTES_MASTER, f"/{self._notes_master}")
        listing = self._root.find(f"{P}notesMasterIdLst")
        if listing is None:
            listing = self._root.makeelement(f"{P}notesMasterIdLst", {})
            self._root.find(f"{P}sldMasterIdLst").addnext(listing)  # type: ignore[union-attr]
        listing.append(listing.makeelement(f"{P}notesMasterId", {f"{R}id": rel_id}))
        self._added.append({"part": self._notes_master, "type": ct.NOTES_MASTER, "text": XML_HEADER + MASTER})
        master = self._relationships.target_of_type(rt.SLIDE_MASTER)
        theme = package.relationships(master).target_of_type(rt.THEME) if master else None
        if theme and theme in package:
            theme = package.stored_name(theme)
            copy = self._free("ppt/theme/theme")
            self._added.append({"part": copy, "type": ct.THEME, "from": theme})
            if rels_name(theme) in package:
                self._added.append({"part": rels_name(copy), "type": "", "from": package.stored_name(rels_name(theme))})
            links = Relationships(self._notes_master).adding(rt.THEME, f"/{copy}")[0]
            self._added.append({"part": rels_name(self._notes_master), "type": "", "text": links.xml().decode()})

    def _free(self, stem: str) -> str:
        return next(name for number in count(1) if (name := f"{stem}{number}.xml") not in self._package)

    def _once(self, part: str, data: bytes, place: str) -> str:
        root = parse(data)
        weaver = TreeWeaver(DRAWINGML, self._weaver, self._faults)
        for item in weaver.weave(root, lambda _: place):
            message = f"{{%{item.tag.level} {item.tag.body} %}} stands outside a slide"
            self._faults.append(Fault("level", message, where=place, hint="put it on a slide"))
        self._replaced.add(part)
        return opening(f"part:{part}") + serialised(root) + closing()

    def _app(self) -> dict[str, Any] | None:
        part = self._package.relationships().target_of_type(rt.EXTENDED_PROPERTIES)
        if part is None or part not in self._package:
            return None
        part = self._package.stored_name(part)
        self._replaced.add(part)
        return {"part": part, "pieces": app_properties(self._package.read(part))}

    def _package_relationships(self, custom: str) -> str:
        self._replaced |= {custom, "_rels/.rels", "[Content_Types].xml", self._main, rels_name(self._main)}
        found = self._package.relationships()
        if not found.of_type(rt.CUSTOM_PROPERTIES):
            found = found.adding(rt.CUSTOM_PROPERTIES, custom)[0]
        return found.xml().decode()

    def _main_relationships(self) -> dict[str, Any]:
        found = self._relationships
        number = int(found.next_id()[3:])
        return {"constant": "".join(item.xml() for item in found if item.type != rt.SLIDE), "next": number}

    # --- a slide's relationships ------------------------------------------------------------------------------------

    def _slide_meta(self, slide: WovenSlide, repeated: bool, listed: tuple[int, str]) -> dict[str, Any]:
        """Return what a slide's instances need: constant relationships, links to slides, parts that each one owns."""
        package = self._package
        found = package.relationships(slide.part)
        constant, links, owned, notes_id = [], [], [], ""
        for item in found:
            target = item.target if item.external else found.target(item)
            if item.id in slide.charts:
                continue
            if item.type == rt.NOTES_SLIDE:
                notes_id = item.id
            elif item.type == rt.SLIDE and not item.external:
                links.append([item.id, target])
            elif item.external or item.type in _SHARED or not repeated or target not in package:
                constant.append(item.xml())
            else:
                owned.append([item.id, item.type, self._tree(package.stored_name(target), set())])
        return {
            "part": slide.part,
            "raw": not slide.tagged,
            "id": listed[0],
            "rel_id": listed[1],
            "hidden": slide.root.get("show") in {"0", "false"},
            "constant": "".join(constant),
            "links": links,
            "owned": owned,
            "charts": slide.charts,
            "notes": self._notes_meta(slide, notes_id),
        }

    def _notes_meta(self, slide: WovenSlide, rel_id: str) -> dict[str, Any] | None:
        if slide.notes is None:
            return None
        if slide.notes_part is None:
            rel_id = self._package.relationships(slide.part).next_id()
            master = Relationship("rId1", rt.NOTES_MASTER, f"/{self._notes_master}")
            return {"part": None, "rel_id": rel_id, "back": "rId2", "constant": master.xml()}
        found = self._package.relationships(slide.notes_part)
        back = next((item.id for item in found.of_type(rt.SLIDE)), "")
        constant = "".join(item.xml() for item in found if item.type != rt.SLIDE)
        return {"part": slide.notes_part, "rel_id": rel_id, "back": back, "constant": constant}

    def _tree(self, part: str, seen: set[str]) -> dict[str, Any]:
        """Return a part with all that it leads to, so that every instance of its slide can have a copy of its own."""
        package = self._package
        seen = seen | {part}
        found = package.relationships(part)
        constant, children = [], []
        for item in found:
            target = item.target if item.external else found.target(item)
            inside = not item.external and target in package and item.type not in _SHARED
            if inside and package.stored_name(target) not in seen:
                children.append([item.id, item.type, self._tree(package.stored_name(target), seen)])
            else:
                constant.append(item.xml())
        return {
            "part": part,
            "type": package.content_types.overrides.get(part, ""),
            "constant": "".join(constant),
            "children": children,
        }
