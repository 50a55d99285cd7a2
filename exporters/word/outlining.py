"""What the rules look at in a Word template: its drawings, tables, language, and the look of its text."""

from __future__ import annotations

from collections.abc import Iterator

from exporters.binding.weave import Places
from exporters.charts import is_chart_tagged
from exporters.outline import Outline, Picture, Run, Table
from exporters.package import Package, ct, rt
from exporters.word.colours import Colours
from exporters.word.geometry import Styles, table_style
from exporters.word.names import DIALECT, WP, A, C, R, W
from exporters.word.xmlparts import Element, is_fallback, parse

_STORIES = {ct.WORD_HEADER: "header", ct.WORD_FOOTER: "footer"}
_PICTURE = f"{A}blip"
_DECORATIVE = "{http://schemas.microsoft.com/office/drawing/2017/decorative}decorative"
_WHITE = "FFFFFF"
_LARGE, _LARGE_BOLD = 18.0, 14.0


def outline(package: Package) -> Outline:
    """Return the outline of a document: the body, headers and footers."""
    main = package.main_part()
    styles = Styles(package, main)
    looks = _Looks(package, main, styles)
    found = Outline(language=looks.language())
    for part in [main, *(name for name in package.names() if package.content_types.of(name) in _STORIES)]:
        root = parse(package.read(part))
        number = "".join(char for char in part.rpartition("/")[2] if char.isdigit())
        kind = _STORIES.get(package.content_types.of(part) or "")
        places = Places(root, DIALECT, f"{kind} {number}, ".replace(" ,", ",") if kind else "")
        found.pictures += _pictures(package, part, root, places)
        found.tables += _tables(root, places)
        found.runs += looks.runs(root, places)
        found.deleted += _deleted(root, places)
    return found


def _pictures(package: Package, part: str, root: Element, places: Places) -> Iterator[Picture]:
    relationships = package.relationships(part)
    for properties in root.iter(f"{WP}docPr"):
        drawing = properties.getparent()
        if drawing is None or is_fallback(properties):
            continue
        chart = next(drawing.iter(f"{C}chart"), None)
        if chart is None and next(drawing.iter(_PICTURE), None) is None:
            continue
        name = properties.get("name", "")
        where = ", ".join(filter(None, (places(properties), f"{'picture' if chart is None else 'chart'} '{name}'")))
        decorative = any(one.get("val") in {"1", "true"} for one in properties.iter(_DECORATIVE))
        bound = True
        if chart is not None and chart.get(f"{R}id", "") in relationships:
            target = relationships.target(chart.get(f"{R}id", ""))
            bound = target in package and is_chart_tagged(package, package.stored_name(target))
        yield Picture(where, properties.get("descr", ""), chart is not None, bound, decorative)


def _deleted(root: Element, places: Places) -> Iterator[Run]:
    for deletion in root.iter(f"{W}del"):
        text = "".join(one.text or "" for one in deletion.iter(f"{W}delText", f"{W}t"))
        if text:
            yield Run(places(deletion), text)


def _tables(root: Element, places: Places) -> Iterator[Table]:
    for table in root.iter(f"{W}tbl"):
        rows = table.findall(f"{W}tr")
        shown = [row for row in rows if not _only_tags(row)]
        if not _repeats(table) or len(shown) < 2 or all(len(row.findall(f"{W}tc")) < 2 for row in shown):
            continue  # what arranges a page has no header
        marked = any(row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows[:3])
        marked = marked or _headed_by_column(table)
        first = table.find(f".//{W}p")
        yield Table(places(first).partition(", row")[0] if first is not None else "table", marked)


def _headed_by_column(table: Element) -> bool:
    """Return whether the first column heads the rows, and no row the columns: a list of names and what they say."""
    look = table.find(f"{W}tblPr/{W}tblLook")
    if look is None:
        return False
    return look.get(f"{W}firstColumn") == "1" and look.get(f"{W}firstRow") == "0"


def _text(element: Element) -> str:
    return "".join(one.text or "" for one in element.iter(f"{W}t"))


def _only_tags(row: Element) -> bool:
    text = _text(row).strip()
    return text.startswith("{%") and text.endswith("%}") and text.count("{%") == 1


def _repeats(table: Element) -> bool:
    """Whether rows repeat, or there are so many of them that they are a list."""
    return ("{%" in _text(table) and " for " in _text(table)) or len(table.findall(f"{W}tr")) > 3


class _Looks:
    """Fonts and colours of runs, through styles and theme. A theme's slot for Asian text counts as it stands."""

    def __init__(self, package: Package, main: str, styles: Styles) -> None:
        self._styles = styles
        self._colours = Colours(package, main)
        relationships = package.relationships(main)
        part = relationships.target_of_type(rt.STYLES)
        self._root = parse(package.read(part)) if part and part in package else None
        theme = relationships.target_of_type(rt.THEME)
        self._slots: dict[str, str] = {}
        for scheme in ("major", "minor") if theme and theme in package else ():
            slot = parse(package.read(theme or "")).find(f".//{A}{scheme}Font/{A}ea")
            self._slots[f"{scheme}EastAsia"] = slot.get("typeface", "") if slot is not None else ""

    def language(self) -> str:
        """Return the language of the document's defaults, else of the first style that has one."""
        for path in ("w:docDefaults//w:lang", "w:style//w:lang"):
            for one in self._root.iterfind(path, {"w": W[1:-1]}) if self._root is not None else ():
                language = one.get(f"{W}val") or one.get(f"{W}eastAsia")
                if language:
                    return language
        return ""

    def runs(self, root: Element, places: Places) -> Iterator[Run]:
        for paragraph in root.iter(f"{W}p"):
            if is_fallback(paragraph):
                continue
            table = next(paragraph.iterancestors(f"{W}tbl"), None)
            style = table_style(table) if table is not None else ""
            ground = self._ground(paragraph)
            for run in paragraph.iter(f"{W}r"):
                text = _text(run)
                if text.strip() and next(run.iterancestors(f"{W}p"), None) is paragraph:
                    yield self._run(paragraph, run, text, style, ground, places(paragraph))

    def _run(self, paragraph: Element, run: Element, text: str, style: str, ground: str, where: str) -> Run:
        font = colour = ""
        for properties in self._styles.run_properties(paragraph, run, style):
            fonts = properties.find(f"{W}rFonts")
            if fonts is not None:
                theme = fonts.get(f"{W}eastAsiaTheme")
                font = self._slots.get(theme, "") if theme else fonts.get(f"{W}eastAsia", font)
            given = properties.find(f"{W}color")
            if given is not None:
                colour = self._colours.of(given, "val", "themeColor", "")
            shade = properties.find(f"{W}shd")
            ground = self._colours.of(shade, "fill", "themeFill", ground) if shade is not None else ground
        form = self._styles.run(paragraph, run, style)
        large = form.size >= _LARGE or (form.bold and form.size >= _LARGE_BOLD)
        return Run(where, text, font, colour, ground, large)

    def _ground(self, paragraph: Element) -> str:
        """Return the colour behind a paragraph: its own, its cell's, the page's."""
        own = paragraph.find(f"{W}pPr/{W}shd")
        cell = next(paragraph.iterancestors(f"{W}tc"), None)
        inside = next(paragraph.iterancestors(f"{W}txbxContent"), None)
        shade = cell.find(f"{W}tcPr/{W}shd") if cell is not None else None
        ground = _WHITE if inside is None and (cell is None or shade is not None) else ""
        for one in (shade, own):
            if one is not None:
                ground = self._colours.of(one, "fill", "themeFill", ground)
        return ground
