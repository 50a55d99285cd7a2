"""Measures of a template: what styles, sections and tables come to, in points."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from exporters.package import Package, rt
from exporters.word.names import A, W
from exporters.word.xmlparts import Element, parse

TWIP = 0.05
_OFF = frozenset(("0", "false", "off", "none"))
_THEME_SLOTS = {"ascii": "latin", "hAnsi": "latin", "eastAsia": "ea", "cs": "cs"}


class RunForm(Struct, frozen=True):
    """How characters look; sizes in points."""

    size: float = 10.0
    spacing: float = 0.0
    latin: str = ""
    east_asian: str = ""
    bold: bool = False


class ParagraphForm(Struct, frozen=True):
    """How a paragraph is set; lengths in points."""

    before: float = 0.0
    after: float = 0.0
    line: float = 1.0
    """Points for the rules exact and atLeast, a multiple of single for auto."""
    rule: str = "auto"
    left: float = 0.0
    right: float = 0.0
    first: float = 0.0
    keep_next: bool = False
    keep_lines: bool = False
    widow: bool = True
    break_before: bool = False
    contextual: bool = False
    borders: float = 0.0
    """The room that rules above and below the paragraph take."""
    numbered: bool = False
    """Whether a list's mark stands before the first line."""
    auto_space: bool = True
    """Whether room is put between Han and Latin."""
    outline: int = 0
    """The outline level from 1; 0 for body text."""
    style: str = ""


class Section(Struct, frozen=True):
    """A section's page: text area in points, and how its pages are counted."""

    width: float
    height: float
    kind: str = "nextPage"
    start: int | None = None
    number_form: str = "decimal"


def flag(parent: Element | None, name: str) -> bool | None:
    """Return an on/off property; None where it is not given."""
    found = parent.find(f"{W}{name}") if parent is not None else None
    if found is None:
        return None
    return found.get(f"{W}val", "1") not in _OFF


def twips(value: str | None) -> float | None:
    """Return a measure in points (twentieths of a point, or a number with its unit)."""
    if value is None:
        return None
    units = {"pt": 1.0, "cm": 72 / 2.54, "mm": 72 / 25.4, "in": 72.0, "pc": 12.0, "pi": 12.0}
    if value[-2:] in units:
        return float(value[:-2]) * units[value[-2:]]
    return float(value) * TWIP


class Styles:
    """The styles of a document, resolved."""

    def __init__(self, package: Package, main: str) -> None:
        relationships = package.relationships(main)
        part = relationships.target_of_type(rt.STYLES)
        root = parse(package.read(part)) if part and part in package else None
        styles = root.findall(f"{W}style") if root is not None else []
        self._by_id = {style.get(f"{W}styleId", ""): style for style in styles}
        self._ids = {_name(style): style.get(f"{W}styleId", "") for style in styles}
        self._default = {
            style.get(f"{W}type", ""): style.get(f"{W}styleId", "")
            for style in styles
            if style.get(f"{W}default") in {"1", "true", "on"}
        }
        self._doc_paragraph = root.find(f"{W}docDefaults/{W}pPrDefault/{W}pPr") if root is not None else None
        self._doc_run = root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr") if root is not None else None
        theme = relationships.target_of_type(rt.THEME)
        self._theme = _theme_fonts(parse(package.read(theme))) if theme and theme in package else {}

    def id_of(self, name: str) -> str:
        """Return the id of the style with a name (lower case), or nothing."""
        return self._ids.get(name, "")

    def _style_of(self, paragraph: Element) -> str:
        found = paragraph.find(f"{W}pPr/{W}pStyle")
        given = found.get(f"{W}val", "") if found is not None else ""
        return given if given in self._by_id else self._default.get("paragraph", "")

    def name_of(self, paragraph: Element) -> str:
        """Return the name of a paragraph's style, lower case."""
        style = self._by_id.get(self._style_of(paragraph))
        return _name(style) if style is not None else ""

    def contents_level(self, paragraph: Element) -> int:
        """Return N for a paragraph in the style "toc N"."""
        name = self.name_of(paragraph)
        return int(name[4:]) if name.startswith("toc ") and name[4:].isdecimal() else 0

    def outline_level(self, paragraph: Element) -> int:
        return self.paragraph(paragraph).outline

    def _chain(self, style_id: str) -> list[Element]:
        """Return a style and those that it is based on, the base first."""
        chain: list[Element] = []
        while style_id in self._by_id and len(chain) < 20:
            style = self._by_id[style_id]
            chain.append(style)
            based = style.find(f"{W}basedOn")
            style_id = based.get(f"{W}val", "") if based is not None else ""
        return chain[::-1]

    def paragraph(self, paragraph: Element, table: str = "") -> ParagraphForm:
        """Return how a paragraph is set; *table* is the style of the table that it stands in."""
        style = self._style_of(paragraph)
        form = _apply(ParagraphForm(style=style), self._doc_paragraph, 0)
        for one in self._chain(table):
            form = _apply(form, one.find(f"{W}pPr"), 0)
        size = self.run(paragraph, None, table).size
        for one in self._chain(style):
            form = _apply(form, one.find(f"{W}pPr"), size)
        return _apply(form, paragraph.find(f"{W}pPr"), size)

    def run(self, paragraph: Element, run: Element | None, table: str = "") -> RunForm:
        """Return how a run's characters look; of the paragraph's own style where *run* is None."""
        form = RunForm()
        for source in self.run_properties(paragraph, run, table):
            form = self._apply_run(form, source)
        return form

    def run_properties(self, paragraph: Element, run: Element | None, table: str = "") -> list[Element]:
        """Return what a run's look comes from, the most general first."""
        sources: list[Element | None] = [self._doc_run]
        sources += [one.find(f"{W}rPr") for one in self._chain(table)]
        sources += [one.find(f"{W}rPr") for one in self._chain(self._style_of(paragraph))]
        if run is not None:
            own = run.find(f"{W}rPr")
            character = own.find(f"{W}rStyle") if own is not None else None
            if character is not None:
                sources += [one.find(f"{W}rPr") for one in self._chain(character.get(f"{W}val", ""))]
            sources.append(own)
        return [source for source in sources if source is not None]

    def _apply_run(self, form: RunForm, properties: Element) -> RunForm:
        size = properties.find(f"{W}sz")
        spacing = properties.find(f"{W}spacing")
        fonts = properties.find(f"{W}rFonts")
        bold = flag(properties, "b")
        if size is not None:
            form = replace(form, size=float(size.get(f"{W}val", "20")) / 2)
        if spacing is not None:
            form = replace(form, spacing=twips(spacing.get(f"{W}val")) or 0.0)
        if bold is not None:
            form = replace(form, bold=bold)
        if fonts is not None:
            latin, east_asian = self._font(fonts, "ascii"), self._font(fonts, "eastAsia")
            form = replace(form, latin=latin or form.latin, east_asian=east_asian or form.east_asian)
        return form

    def _font(self, fonts: Element, slot: str) -> str:
        theme = fonts.get(f"{W}{slot}Theme")
        if theme:
            scheme = "major" if theme.startswith("major") else "minor"
            return self._theme.get((scheme, _THEME_SLOTS[slot]), "")
        return fonts.get(f"{W}{slot}", "")

    def table_value(self, table: Element, path: str) -> Iterator[Element]:
        """Yield the table property at *path* from the most particular place to the most general."""
        own = table.find(f"{W}tblPr/{path}")
        if own is not None:
            yield own
        for style in reversed(self._chain(table_style(table) or self._default.get("table", ""))):
            found = style.find(f"{W}tblPr/{path}")
            if found is not None:
                yield found


def table_style(table: Element) -> str:
    found = table.find(f"{W}tblPr/{W}tblStyle")
    return found.get(f"{W}val", "") if found is not None else ""


def sections(body: Element) -> tuple[list[Section], list[Element]]:
    """Return the sections of a body in order, and the element that holds each one's properties."""
    holders = list(body.iter(f"{W}sectPr"))
    return [_section(holder) for holder in holders], holders


def _section(holder: Element) -> Section:
    size, margins = holder.find(f"{W}pgSz"), holder.find(f"{W}pgMar")
    page_width = (twips(size.get(f"{W}w")) if size is not None else None) or 612.0
    page_height = (twips(size.get(f"{W}h")) if size is not None else None) or 792.0

    def margin(name: str) -> float:
        return abs((twips(margins.get(f"{W}{name}")) if margins is not None else None) or 0.0)

    width = page_width - margin("left") - margin("right") - margin("gutter")
    height = page_height - margin("top") - margin("bottom")
    kind = holder.find(f"{W}type")
    numbers = holder.find(f"{W}pgNumType")
    start = numbers.get(f"{W}start") if numbers is not None else None
    columns = holder.find(f"{W}cols")
    count = int(columns.get(f"{W}num", "1")) if columns is not None else 1
    if count > 1:
        gap = (twips(columns.get(f"{W}space", "720")) if columns is not None else None) or 36.0
        width, height = (width - gap * (count - 1)) / count, height * count
    return Section(
        width,
        height,
        kind.get(f"{W}val", "nextPage") if kind is not None else "nextPage",
        int(start) if start is not None else None,
        (numbers.get(f"{W}fmt") if numbers is not None else None) or "decimal",
    )


def _name(style: Element) -> str:
    found = style.find(f"{W}name")
    return found.get(f"{W}val", "").lower() if found is not None else ""


def _theme_fonts(theme: Element) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for scheme in ("major", "minor"):
        fonts = theme.find(f".//{A}{scheme}Font")
        if fonts is None:
            continue
        for slot in ("latin", "ea", "cs"):
            face = fonts.find(f"{A}{slot}")
            found[scheme, slot] = face.get("typeface", "") if face is not None else ""
        if not found[scheme, "ea"]:
            hans = next((one for one in fonts.iter(f"{A}font") if one.get("script") == "Hans"), None)
            found[scheme, "ea"] = hans.get("typeface", "") if hans is not None else ""
    return found


def _apply(form: ParagraphForm, properties: Element | None, size: float) -> ParagraphForm:
    if properties is None:
        return form
    spacing, indent = properties.find(f"{W}spacing"), properties.find(f"{W}ind")
    if spacing is not None:
        form = _apply_spacing(form, spacing)
    if indent is not None:
        form = _apply_indent(form, indent, size)
    for name, key in (
        ("keepNext", "keep_next"), ("keepLines", "keep_lines"), ("widowControl", "widow"),
        ("pageBreakBefore", "break_before"), ("contextualSpacing", "contextual"), ("autoSpaceDE", "auto_space"),
    ):  # fmt: skip
        value = flag(properties, name)
        if value is not None:
            form = replace(form, **{key: value})
    borders = properties.find(f"{W}pBdr")
    if borders is not None:
        form = replace(form, borders=sum(_rule(borders.find(f"{W}{side}")) for side in ("top", "bottom")))
    number = properties.find(f"{W}numPr/{W}numId")
    if number is not None:
        form = replace(form, numbered=number.get(f"{W}val") != "0")
    level = properties.find(f"{W}outlineLvl")
    if level is not None:
        depth = int(level.get(f"{W}val", "9"))
        form = replace(form, outline=depth + 1 if depth < 9 else 0)
    return form


def _rule(border: Element | None) -> float:
    if border is None or border.get(f"{W}val") in {"none", "nil"}:
        return 0.0
    return float(border.get(f"{W}sz", "4")) / 8 + float(border.get(f"{W}space", "0"))


def _apply_spacing(form: ParagraphForm, spacing: Element) -> ParagraphForm:
    before, after = twips(spacing.get(f"{W}before")), twips(spacing.get(f"{W}after"))
    lines_before, lines_after = spacing.get(f"{W}beforeLines"), spacing.get(f"{W}afterLines")
    if lines_before:
        before = float(lines_before) / 100 * 12
    if lines_after:
        after = float(lines_after) / 100 * 12
    line, rule = spacing.get(f"{W}line"), spacing.get(f"{W}lineRule")
    if line is not None:
        rule = rule or "auto"
        form = replace(form, rule=rule, line=float(line) / 240 if rule == "auto" else twips(line) or 0.0)
    if before is not None:
        form = replace(form, before=before)
    return form if after is None else replace(form, after=after)


def _apply_indent(form: ParagraphForm, indent: Element, size: float) -> ParagraphForm:
    def length(*names: str) -> float | None:
        for name in names:
            chars = indent.get(f"{W}{name}Chars")
            if chars and size and float(chars):
                return float(chars) / 100 * size
            value = twips(indent.get(f"{W}{name}"))
            if value is not None:
                return value
        return None

    left, right = length("left", "start"), length("right", "end")
    first, hanging = length("firstLine"), length("hanging")
    if left is not None:
        form = replace(form, left=left)
    if right is not None:
        form = replace(form, right=right)
    if hanging is not None:
        return replace(form, first=-hanging)
    return form if first is None else replace(form, first=first)
