"""Tags in a tree of paragraphs, tables and runs, made into one program.

WordprocessingML and DrawingML share the shape that this works on: paragraphs of runs of text, tables of rows of cells
of paragraphs. A format says what its elements are called (:class:`Dialect`) and how a value is put into a run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy

from lxml import etree
from msgspec import Struct

from exporters.binding.program import Weaver
from exporters.binding.tags import Tag, may_hold_tag, scan
from exporters.binding.trees import HELD
from exporters.errors import Fault, TemplateError

Element = etree._Element
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
FORMAT_LEVELS = frozenset(("slide", "shape", "sheet"))


class Dialect(Struct, frozen=True):
    """What a format calls its elements (Clark notation)."""

    paragraph: str
    run: str
    run_properties: str
    text: str
    table: str
    row: str
    cell: str
    silent: frozenset[str]
    """Elements inside a paragraph that show nothing (properties, bookmarks, proofing marks)."""
    empty_paragraph: str
    """XML of a paragraph with nothing in it, for a container that must hold one."""
    containers: frozenset[str]
    """Elements that must hold at least one paragraph."""
    heads: frozenset[str]
    """Elements that must stay first in such a container (its properties)."""
    keeps_space: bool
    """Whether a text element needs ``xml:space`` to keep its spaces (WordprocessingML)."""


class Located(Struct):
    """A tag in a run of its own."""

    tag: Tag
    run: Element
    paragraph: Element


class Construct(Struct):
    """An opening tag with its ``elif``/``else`` and its end."""

    opening: Located
    middles: list[Located]
    closing: Located | None = None

    def all(self) -> list[Located]:
        return [self.opening, *self.middles, *([self.closing] if self.closing else [])]


EmitValue = Callable[[Located], None]


def before(element: Element, text: str) -> None:
    """Put *text* directly before *element*."""
    previous = element.getprevious()
    if previous is not None:
        previous.tail = (previous.tail or "") + text
    else:
        parent = element.getparent()
        assert parent is not None
        parent.text = (parent.text or "") + text


def after(element: Element, text: str) -> None:
    """Put *text* directly after *element*, before its tail."""
    element.tail = text + (element.tail or "")


def remove(element: Element, text: str = "") -> None:
    """Take *element* out, leaving *text* and its tail where it was."""
    parent = element.getparent()
    assert parent is not None
    tail = element.tail or ""
    if text or tail:
        before(element, text + tail)
    element.tail = None
    parent.remove(element)


class Places:
    """Each element's place as a person counts it: ``paragraph 3``; ``table 2, row 1, cell 4``."""

    def __init__(self, root: Element, dialect: Dialect, prefix: str = "") -> None:
        self._prefix, self._paragraph = prefix, dialect.paragraph
        self._known: dict[Element, str] = {}
        tables: dict[Element, int] = {}
        count = 0
        for paragraph in root.iter(dialect.paragraph):
            cell = next(paragraph.iterancestors(dialect.cell), None)
            if cell is None:
                count += 1
                self._known[paragraph] = f"{prefix}paragraph {count}"
                continue
            row = next(cell.iterancestors(dialect.row))
            table = next(row.iterancestors(dialect.table))
            number = tables.setdefault(table, len(tables) + 1)
            at_row = sum(1 for _ in row.itersiblings(dialect.row, preceding=True)) + 1
            at_cell = sum(1 for _ in cell.itersiblings(dialect.cell, preceding=True)) + 1
            self._known[paragraph] = f"{prefix}table {number}, row {at_row}, cell {at_cell}"

    def __call__(self, element: Element) -> str:
        """Return the place of the paragraph that *element* is or stands in; else of the whole tree."""
        for one in (element, *element.iterancestors(self._paragraph)):
            if one in self._known:
                return self._known[one]
        return self._prefix.removesuffix(", ")


class TreeWeaver:
    """Weaves the tags of one tree; :meth:`weave` returns the tags that only the format can place (slide, shape)."""

    def __init__(self, dialect: Dialect, weaver: Weaver, faults: list[Fault], emit: EmitValue | None = None) -> None:
        self.dialect, self.weaver, self.faults = dialect, weaver, faults
        self._emit = emit or self.plain_value

    def weave(self, root: Element, place: Callable[[Element], str]) -> list[Located]:
        """Replace every tag below *root* by its token."""
        paragraphs = list(root.iter(self.dialect.paragraph))
        located = [item for paragraph in paragraphs for item in self._isolate(paragraph, place)]
        for item in located:
            if item.tag.kind == "comment":
                remove(item.run)
        own = [item for item in located if item.tag.level not in FORMAT_LEVELS and item.tag.kind != "comment"]
        constructs = self._pair([item for item in own if item.tag.kind in {"open", "middle", "close"}])
        for item in own:
            if item.tag.kind == "value":
                self._emit(item)
        self._place(constructs, [item for item in own if item.tag.kind == "set"])
        self._keep_paragraphs(root)
        self._rest(root, place)
        return [item for item in located if item.tag.level in FORMAT_LEVELS]

    def plain_value(self, item: Located) -> None:
        """Put a value into its run as text."""
        text = next(item.run.iter(self.dialect.text))
        text.text = self.weaver.value(item.tag.body, item.tag.place)

    # --- finding -------------------------------------------------------------------------------------------------

    def _texts(self, paragraph: Element) -> list[Element]:
        return [
            text
            for text in paragraph.iter(self.dialect.text)
            if next(text.iterancestors(self.dialect.paragraph)) is paragraph
            and text.getparent() is not None
            and text.getparent().tag == self.dialect.run  # type: ignore[union-attr]
        ]

    def _isolate(self, paragraph: Element, place: Callable[[Element], str]) -> Iterator[Located]:
        texts = self._texts(paragraph)
        joined = "".join(text.text or "" for text in texts)
        if not may_hold_tag(joined):
            return
        tags = scan(joined, place(paragraph), self.faults)
        # From the last to the first: cutting one tag out leaves the offsets before it as they were.
        found = [Located(tag, self._cut(texts, tag.start, tag.end), paragraph) for tag in reversed(tags)]
        yield from reversed(found)

    def _cut(self, texts: list[Element], start: int, end: int) -> Element:
        """Take the characters from *start* to *end* out of *texts* and return a new run in their place."""
        at = 0
        first: Element | None = None
        suffix: tuple[Element, str] | None = None
        touched: list[Element] = []
        for text in texts:
            value = text.text or ""
            low, high = max(start - at, 0), min(end - at, len(value))
            at += len(value)
            if low >= high:
                continue
            touched.extend(text.iterancestors(self.dialect.run))
            if first is None:
                first = text
                text.text = value[:low]
                suffix = (text, value[high:]) if high < len(value) else None
            else:
                text.text = value[high:]
                self._keep_space(text)
        assert first is not None
        self._keep_space(first)
        run = first.getparent()
        assert run is not None
        tag_run = self._sibling(run)
        self._keep_space(etree.SubElement(tag_run, self.dialect.text))
        followers = list(first.itersiblings())
        run.addnext(tag_run)
        tag_run.tail, run.tail = run.tail, None
        if suffix or followers:
            rest = self._sibling(run)
            if suffix:
                piece = etree.SubElement(rest, self.dialect.text)
                piece.text = suffix[1]
                self._keep_space(piece)
            for follower in followers:
                rest.append(follower)
            tag_run.addnext(rest)
            rest.tail, tag_run.tail = tag_run.tail, None
        for emptied in {id(one): one for one in touched}.values():
            self._drop_if_empty(emptied)
        return tag_run

    def _drop_if_empty(self, run: Element) -> None:
        # An emptied run would be one more place for an editor to keep formatting that nobody sees.
        silent = {self.dialect.run_properties, self.dialect.text}
        if run.getparent() is not None and all(child.tag in silent and not child.text for child in run):
            remove(run)

    def _keep_space(self, text: Element) -> None:
        if self.dialect.keeps_space:
            text.set(XML_SPACE, "preserve")

    def _sibling(self, run: Element) -> Element:
        copy = run.makeelement(run.tag, {str(name): str(value) for name, value in run.attrib.items()})
        properties = run.find(self.dialect.run_properties)
        if properties is not None:
            copy.append(deepcopy(properties))
        return copy

    # --- pairing -------------------------------------------------------------------------------------------------

    def _pair(self, statements: list[Located]) -> list[Construct]:
        done: list[Construct] = []
        stack: list[Construct] = []
        for item in statements:
            tag = item.tag
            if tag.kind == "open":
                stack.append(Construct(item, []))
                continue
            top = stack[-1].opening.tag if stack else None
            if top is None:
                self._fault(tag, "unopened", f"{{% {tag.keyword} %}} without a beginning", "")
            elif tag.kind == "middle":
                if top.keyword == "for" and tag.keyword == "elif":
                    self._fault(tag, "crossing", "{% elif %} inside {% for %}", f"the loop begins at {top.place}")
                stack[-1].middles.append(item)
            elif tag.keyword != "end" + top.keyword:
                message = f"{{% {tag.keyword} %}} meets {{% {top.body} %}}, which is still open"
                self._fault(tag, "crossing", message, f"opened at {top.place}")
                stack.pop()
            else:
                construct = stack.pop()
                construct.closing = item
                done.append(construct)
        for construct in stack:
            tag = construct.opening.tag
            message = f"{{% {tag.body} %}} is not closed"
            self._fault(tag, "unclosed", message, f"it needs {{% end{tag.keyword} %}}")
        return done

    def _fault(self, tag: Tag, code: str, message: str, hint: str) -> None:
        self.faults.append(Fault(code, message, where=tag.place, hint=hint))

    # --- placing -------------------------------------------------------------------------------------------------

    def _place(self, constructs: list[Construct], sets: list[Located]) -> None:
        """Put each statement's token at the level (characters, paragraphs, rows) that its construct spans."""
        units = [unit for construct in constructs for unit in self._units(construct)]
        only_sets = {id(item.run) for item in sets}
        units += [(item, item.paragraph if self._bare(item.paragraph, only_sets) else None) for item in sets]
        # Document order, so that the tokens of one unit come out as they were typed.
        order = {id(run): number for number, (run) in enumerate(self._runs(units))}
        units.sort(key=lambda pair: order[id(pair[0].run)])
        by_unit: dict[Element, list[Located]] = {}
        for item, unit in units:
            if unit is None:
                remove(item.run, self.weaver.tag(item.tag))
            else:
                by_unit.setdefault(unit, []).append(item)
        bare = {unit: self._bare(unit, {id(item.run) for item in items}) for unit, items in by_unit.items()}
        for unit, items in by_unit.items():
            if bare[unit]:
                remove(unit, "".join(self.weaver.tag(item.tag) for item in items))
                continue
            for item in items:
                if item.tag.kind == "middle":
                    hint = "it needs a paragraph or row of its own"
                    self._fault(item.tag, "crossing", f"{{% {item.tag.body} %}} shares its paragraph with text", hint)
                remove(item.run)
            before(unit, "".join(self.weaver.tag(item.tag) for item in items if item.tag.kind == "open"))
            after(unit, "".join(self.weaver.tag(item.tag) for item in items if item.tag.kind == "close"))

    def _runs(self, units: list[tuple[Located, Element | None]]) -> Iterator[Element]:
        if not units:
            return
        wanted = {id(item.run) for item, _ in units}
        root = units[0][0].run.getroottree().getroot()
        tops = {id(top): top for item, _ in units if (top := _top(item.run)) is not root}
        for top in (root, *tops.values()):
            yield from (run for run in top.iter(self.dialect.run) if id(run) in wanted)

    def _units(self, construct: Construct) -> list[tuple[Located, Element | None]]:
        items = construct.all()
        levels = {item.tag.level for item in items}
        paragraphs = {id(item.paragraph): item.paragraph for item in items}
        if "tr" in levels:
            return [(item, self._row(item)) for item in items]
        if len(paragraphs) == 1:
            whole = construct.opening.tag.keyword == "if" and not construct.middles and self._spans(construct)
            unit = construct.opening.paragraph if whole or "p" in levels else None
            return [(item, unit) for item in items]
        container = _common([item.paragraph for item in items])
        if container.tag == self.dialect.row:
            if construct.middles:
                tag = construct.middles[0].tag
                self._fault(tag, "crossing", f"{{% {tag.body} %}} stands across a cell border", "put it in its own row")
            return [(item, container) for item in items]
        units: list[tuple[Located, Element | None]] = []
        for item in items:
            unit = item.paragraph
            while unit.getparent() is not container:
                parent = unit.getparent()
                assert parent is not None
                unit = parent
            if unit is not item.paragraph and container.tag != self.dialect.table:
                tag = item.tag
                message = f"{{% {tag.body} %}} and its partner stand on two sides of a cell border"
                self._fault(tag, "crossing", message, f"the construct begins at {construct.opening.tag.place}")
                return []
            units.append((item, unit))
        return units

    def _row(self, item: Located) -> Element | None:
        row = next(item.paragraph.iterancestors(self.dialect.row), None)
        if row is None:
            self._fault(item.tag, "level", f"{{%tr {item.tag.body} %}} stands outside a table", "use it in a table row")
        return row

    def _spans(self, construct: Construct) -> bool:
        """Return whether an ``if`` covers all that its paragraph shows, so that the paragraph goes with it."""
        assert construct.closing is not None
        paragraph = construct.opening.paragraph
        parent = paragraph.getparent()
        if parent is None:
            return False
        if parent.tag in self.dialect.containers and len(parent.findall(self.dialect.paragraph)) == 1:
            return False
        shown = [child for child in paragraph if child.tag not in self.dialect.silent]
        return bool(shown) and shown[0] is construct.opening.run and shown[-1] is construct.closing.run

    def _bare(self, unit: Element, tag_runs: set[int]) -> bool:
        """Return whether *unit* shows nothing but the statement tags themselves."""
        if "".join(str(text) for text in unit.itertext()).strip():
            return False
        for paragraph in unit.iter(self.dialect.paragraph):
            for child in paragraph:
                if child.tag in self.dialect.silent or id(child) in tag_runs:
                    continue
                if child.tag != self.dialect.run or self._draws(child):
                    return False
        return True

    def _draws(self, run: Element) -> bool:
        return any(child.tag not in {self.dialect.text, self.dialect.run_properties} for child in run)

    def _keep_paragraphs(self, root: Element) -> None:
        """Where all paragraphs of a container may vanish, an empty one takes their place (an empty cell is invalid)."""
        for container in list(root.iter(*self.dialect.containers)):
            depth = self.weaver.depth(container.text or "")
            certain = False
            for child in container:
                certain |= depth == 0 and child.tag == self.dialect.paragraph
                depth += self.weaver.depth(child.tail or "")
            if certain:
                continue
            opening = self.weaver.statement(f"set {HELD}_block", "")
            ending = "".join(
                (
                    self.weaver.statement("endset", ""),
                    self.weaver.value(f"{HELD}_block", ""),
                    self.weaver.statement(f"if not {HELD}_block", ""),
                    self.weaver.raw(self.dialect.empty_paragraph),
                    self.weaver.statement("endif", ""),
                )
            )
            heads = [child for child in container if child.tag in self.dialect.heads]
            if len(container):
                after_last = container[-1]
                after_last.tail = (after_last.tail or "") + ending
            else:
                container.text = (container.text or "") + ending
            if heads:
                after(heads[-1], opening)
            else:
                container.text = opening + (container.text or "")

    def _rest(self, root: Element, place: Callable[[Element], str]) -> None:
        """Weave values in attributes and in texts outside runs (alternative text, names, field codes)."""
        for element in root.iter(etree.Element):
            for name, value in element.attrib.items():
                if "{{" in value or "{%" in value:
                    element.set(name, weave_text(str(value), place(element), self.weaver, self.faults))
            if element.text and ("{{" in element.text or "{%" in element.text):
                element.text = weave_text(element.text, place(element), self.weaver, self.faults)


def weave_text(text: str, place: str, weaver: Weaver, faults: list[Fault]) -> str:
    """Return *text* with each tag replaced by its token; loops and conditions must close within it."""
    pieces: list[str] = []
    last = 0
    opened: list[Tag] = []
    for tag in scan(text, place, faults):
        pieces.append(text[last : tag.start])
        last = tag.end
        if tag.kind == "open":
            opened.append(tag)
        elif tag.kind == "close" and (not opened or "end" + opened.pop().keyword != tag.keyword):
            faults.append(Fault("crossing", f"{{% {tag.body} %}} closes nothing here", where=place))
        pieces.append(weaver.value(tag.body, place) if tag.kind == "value" else weaver.tag(tag))
    faults.extend(Fault("unclosed", f"{{% {tag.body} %}} is not closed", where=place) for tag in opened)
    return "".join((*pieces, text[last:]))


def _top(element: Element) -> Element:
    parent = element.getparent()
    while parent is not None:
        element, parent = parent, parent.getparent()
    return element


def _common(elements: list[Element]) -> Element:
    """Return the lowest element that holds all of *elements* (none of which holds another)."""
    chains = [[element, *element.iterancestors()] for element in elements]
    for candidate in chains[0][1:]:
        if all(any(candidate is one for one in chain) for chain in chains[1:]):
            return candidate
    message = "a loop or condition goes across paragraphs that lie inside each other"
    raise TemplateError(Fault("crossing", message, hint="open the file in Office and save it again"))
