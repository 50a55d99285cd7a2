"""What the rules look at in a deck: titles, pictures, charts, tables, the language, the look of its text."""

from __future__ import annotations

from collections.abc import Iterator

from exporters.charts import is_chart_tagged
from exporters.charts.drawingml import A, P
from exporters.deck.boxes import AS_LEVEL, level_of, own_of, read_box
from exporters.deck.colours import UNKNOWN, Colours
from exporters.deck.living.deck import Deck, Slide
from exporters.deck.living.shapes import SHAPES, Element, Shape, mark_of, name_of, table_of
from exporters.deck.textboxes import Ancestry, box_style, cell_style
from exporters.outline import Outline, Picture, Run, Table
from exporters.outline import Slide as OutlineSlide
from exporters.package import Package, rt

_DECORATIVE = "{http://schemas.microsoft.com/office/drawing/2017/decorative}decorative"
_TITLES = ("title", "ctrTitle")
_LARGE, _LARGE_BOLD = 18.0, 14.0


def outline(package: Package) -> Outline:
    """Return the outline of a deck, slide by slide."""
    deck = Deck(package)
    found = Outline(language=_language(deck))
    open_loops = 0
    for number, slide in enumerate(deck.slides, 1):
        where = f"slide {number}"
        text = "".join(one.text or "" for one in slide.root.iter(f"{A}t"))
        opened = text.count("{% slide for ") + text.count("{%slide for ")
        closed = text.count("{% slide endfor") + text.count("{%slide endfor")
        repeated = open_loops + opened > 0
        open_loops = max(open_loops + opened - closed, 0)
        found.slides.append(OutlineSlide(where, _titled(slide), repeated))
        _shapes(package, slide, where, found)
        found.runs += _Looks(deck, slide).runs(where)
    return found


def _titled(slide: Slide) -> bool:
    for shape in slide.shapes:
        mark = Shape.of(shape).holder
        if mark is not None and mark.get("type", "obj") in _TITLES:
            return bool("".join(one.text or "" for one in shape.iter(f"{A}t")).strip())
    return False


def _shapes(package: Package, slide: Slide, where: str, found: Outline) -> None:
    for shape in slide.shapes:
        place = f"{where}, shape '{name_of(shape)}'"
        table = table_of(shape) if shape.tag == f"{P}graphicFrame" else None
        if table is not None:
            properties = table.find(f"{A}tblPr")
            if len(table.findall(f"{A}tr")) > 1:
                marked = properties is not None and properties.get("firstRow") in {"1", "true"}
                found.tables.append(Table(place, marked))
            continue
        part = slide.chart_part(shape) if shape.tag == f"{P}graphicFrame" else ""
        if part or shape.tag == f"{P}pic":
            mark = mark_of(shape)
            text = mark.get("descr", "") if mark is not None else ""
            decorative = any(one.get("val") in {"1", "true"} for one in shape.iter(_DECORATIVE))
            bound = not part or is_chart_tagged(package, part)
            found.pictures.append(Picture(place, text, bool(part), bound, decorative))


def _language(deck: Deck) -> str:
    """Return the language of the presentation's default text, else of the first run that has one."""
    for one in deck.tree(deck.main).iterfind(f"{P}defaultTextStyle//{A}defRPr"):
        if one.get("lang"):
            return one.get("lang", "")
    for slide in deck.slides:
        for one in slide.root.iter(f"{A}rPr", f"{A}endParaRPr"):
            if one.get("lang"):
                return one.get("lang", "")
    return ""


class _Looks:
    """The runs of one slide: font for Chinese, colour, and what lies behind them."""

    def __init__(self, deck: Deck, slide: Slide) -> None:
        self._slide = slide
        self._ancestry = Ancestry.of(deck.package, slide.part, deck.tree(deck.main))
        layout = deck.related(slide.part, rt.SLIDE_LAYOUT)
        master = deck.related(layout, rt.SLIDE_MASTER)
        self._colours = Colours(self._ancestry, deck.package.read(deck.related(master, rt.THEME)))
        self._page = self._page_ground()
        self._behind: list[tuple[tuple[int, ...], str]] = []

    def runs(self, where: str) -> Iterator[Run]:
        layers = [shape for root in (self._ancestry.master, self._ancestry.layout) for shape in root.iter(*SHAPES)]
        for shape in layers:
            if Shape.of(shape).holder is None:
                self._lay(shape)
        for shape in self._slide.shapes:
            self._lay(shape)
            place = f"{where}, shape '{name_of(shape)}'"
            if shape.tag == f"{P}sp":
                style = box_style(shape, self._ancestry)
                body = shape.find(f"{P}txBody")
                if body is not None:
                    ground = self._ground(shape)
                    yield from self._body(body, style.to_json() if style is not None else None, ground, place)
            elif shape.tag == f"{P}graphicFrame":
                for cell in shape.iter(f"{A}tc"):
                    style = cell_style(cell, self._ancestry)
                    body = cell.find(f"{A}txBody")
                    if body is not None:
                        fill = self._colours.fill(cell.find(f"{A}tcPr"))
                        known = style.to_json() if style is not None else None
                        yield from self._body(body, known, "" if fill == UNKNOWN else fill, place)

    def _body(self, body: Element, style: dict[str, object] | None, ground: str, where: str) -> Iterator[Run]:
        levels = read_box(style).levels if style is not None else None
        listed = body.find(f"{A}lstStyle")
        for paragraph in body.iter(f"{A}p"):
            properties = paragraph.find(f"{A}pPr")
            number = int(properties.get("lvl", "0")) if properties is not None else 0
            level = None
            if levels is not None:
                level = level_of(levels, own_of(f'<a:pPr lvl="{number}"/>') if number else AS_LEVEL)
            own_level = listed.find(f"{A}lvl{number + 1}pPr/{A}defRPr") if listed is not None else None
            for run in paragraph.findall(f"{A}r"):
                text = run.findtext(f"{A}t") or ""
                look = run.find(f"{A}rPr")
                chain = [one for one in (look, own_level) if one is not None]
                font = next((self._font(found) for one in chain if (found := one.find(f"{A}ea")) is not None), "")
                font = font or (level.east_asian if level is not None else UNKNOWN)
                colour = next((self._colours.of(found) for one in chain
                               if (found := one.find(f"{A}solidFill")) is not None), "")  # fmt: skip
                size = next((int(one.get("sz", "0")) / 100 for one in chain if one.get("sz")), 0.0)
                size = size or (level.size if level is not None else 0.0)
                bold = next((one.get("b") in {"1", "true"} for one in chain if one.get("b")), False)
                large = size >= _LARGE or (bold and size >= _LARGE_BOLD)
                yield Run(where, text, font, colour, ground, large)

    def _font(self, font: Element) -> str:
        name = font.get("typeface", "")
        return self._ancestry.fonts.get(name, name)

    # --- what lies behind ----------------------------------------------------------------------------------------

    def _lay(self, shape: Element) -> None:
        fill = UNKNOWN if shape.tag in {f"{P}pic", f"{P}graphicFrame"} else self._colours.fill(shape.find(f"{P}spPr"))
        styled = shape.find(f"{P}style/{A}fillRef")
        properties = shape.find(f"{P}spPr")
        if not fill and styled is not None and styled.get("idx", "0") != "0":
            fill = UNKNOWN if properties is None or properties.find(f"{A}noFill") is None else ""
        box = Shape.of(shape).box
        inside = next(shape.iterancestors(f"{P}grpSp"), None) is not None
        if fill and (box or shape.tag != f"{P}sp"):
            self._behind.append((() if inside else box, UNKNOWN if inside else fill))

    def _ground(self, shape: Element) -> str:
        """Return the colour behind a shape's text: of what was laid there last; empty where it cannot be told."""
        own = self._colours.fill(shape.find(f"{P}spPr"))
        if own:
            return "" if own == UNKNOWN else own
        box = Shape.of(shape).box
        if not box or next(shape.iterancestors(f"{P}grpSp"), None) is not None:
            return "" if self._behind else self._page
        left, top, width, height = box
        for other, fill in reversed(self._behind):
            if not other:
                return ""
            x, y, w, h = other
            if x >= left + width or left >= x + w or y >= top + height or top >= y + h:
                continue
            covers = x <= left and y <= top and x + w >= left + width and y + h >= top + height
            return fill if covers and fill != UNKNOWN else ""
        return self._page

    def _page_ground(self) -> str:
        for root in (self._slide.root, self._ancestry.layout, self._ancestry.master):
            ground = root.find(f"{P}cSld/{P}bg")
            if ground is None:
                continue
            fill = self._colours.fill(ground.find(f"{P}bgPr"))
            if not fill and ground.find(f"{P}bgRef") is not None:
                fill = self._colours.of(ground.find(f"{P}bgRef"))
            return "" if fill == UNKNOWN else fill
        return ""
