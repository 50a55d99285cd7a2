"""How the text of a shape will be set: its box, and size and fonts by level through layout, master and theme.

PowerPoint's order: the run, the paragraph, the shape's own list style, the layout's placeholder, the master's
placeholder, the master's text styles, the presentation's default. Lengths come in EMU and leave in points.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree
from msgspec import Struct

from exporters.charts.drawingml import A, P
from exporters.package import Package, rt

EMU = 12700
_DEFAULT_INSETS = {"lIns": 91440, "rIns": 91440, "tIns": 45720, "bIns": 45720}
_LEVELS = 9
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)
Element = etree._Element


def parse(data: bytes) -> Element:
    return etree.fromstring(data, _PARSER)


class Ancestry(Struct, frozen=True):
    """What a slide's shapes inherit from."""

    layout: Element
    master: Element
    fonts: dict[str, str]
    defaults: Element | None
    """The presentation's default text style."""

    @classmethod
    def of(cls, package: Package, slide: str, presentation: Element) -> Ancestry:
        layout = _target(package, slide, rt.SLIDE_LAYOUT)
        master = _target(package, layout, rt.SLIDE_MASTER)
        theme = _target(package, master, rt.THEME)
        return cls(
            parse(package.read(layout)),
            parse(package.read(master)),
            _theme_fonts(parse(package.read(theme))),
            presentation.find(f"{P}defaultTextStyle"),
        )


def _target(package: Package, part: str, rel_type: str) -> str:
    found = package.relationships(part).target_of_type(rel_type)
    if found is None or found not in package:
        raise package.fault("missing-part", f"it leads to no {rel_type.rpartition('/')[2]}", part)
    return package.stored_name(found)


def _theme_fonts(theme: Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for kind, mark in (("majorFont", "+mj"), ("minorFont", "+mn")):
        for tag, slot in (("latin", "lt"), ("ea", "ea"), ("cs", "cs")):
            font = theme.find(f".//{A}{kind}/{A}{tag}")
            found[f"{mark}-{slot}"] = font.get("typeface", "") if font is not None else ""
    return found


class BoxStyle(Struct, frozen=True):
    """A text box as the fitting filter needs it; :meth:`to_json` is what the compiled template keeps."""

    width: float
    height: float
    autofit: str
    """none, norm or shape."""
    levels: tuple[dict[str, Any], ...]

    def to_json(self) -> dict[str, Any]:
        return {"width": self.width, "height": self.height, "autofit": self.autofit, "levels": list(self.levels)}


def box_style(shape: Element, ancestry: Ancestry) -> BoxStyle | None:
    """Return the box and text style of a ``p:sp``; None where its size is not known or it turns its text."""
    parents = list(_placeholders(shape, ancestry))
    extent = _extent(shape, parents)
    if extent is None:
        return None
    bodies = [body for one in (shape, *parents) if (body := one.find(f"{P}txBody/{A}bodyPr")) is not None]
    insets = {name: int(_attribute(bodies, name, str(value))) for name, value in _DEFAULT_INSETS.items()}
    if _attribute(bodies, "vert", "horz") != "horz" or _attribute(bodies, "wrap", "square") == "none":
        return None
    if int(_attribute(bodies, "numCol", "1")) > 1:
        return None
    width = (extent[0] - insets["lIns"] - insets["rIns"]) / EMU
    height = (extent[1] - insets["tIns"] - insets["bIns"]) / EMU
    if width <= 0 or height <= 0:
        return None
    styles = list(_list_styles(shape, parents, ancestry))
    levels = tuple(_level(number, styles, ancestry.fonts) for number in range(1, _LEVELS + 1))
    return BoxStyle(width, height, _autofit(bodies), levels)


def cell_style(cell: Element, ancestry: Ancestry) -> BoxStyle | None:
    """Return the box of a table cell, as wide as its columns; its height is free, for rows grow."""
    row = cell.getparent()
    table = row.getparent() if row is not None else None
    if row is None or table is None:
        return None
    at = [item for item in row if item.tag == f"{A}tc"].index(cell)
    columns = [int(column.get("w", "0")) for column in table.findall(f"{A}tblGrid/{A}gridCol")]
    span = int(cell.get("gridSpan", "1"))
    properties = cell.find(f"{A}tcPr")
    margins = sum(int((properties.get(name) if properties is not None else None) or 91440) for name in ("marL", "marR"))
    width = (sum(columns[at : at + span]) - margins) / EMU
    if width <= 0:
        return None
    styles = [style for style in (_other_style(ancestry), ancestry.defaults) if style is not None]
    return BoxStyle(width, 1e6, "none", tuple(_level(n, styles, ancestry.fonts) for n in range(1, _LEVELS + 1)))


def _placeholders(shape: Element, ancestry: Ancestry) -> Iterator[Element]:
    """Yield the layout's and the master's placeholder that a shape inherits from."""
    mark = shape.find(f"{P}nvSpPr/{P}nvPr/{P}ph")
    if mark is None:
        return
    kind, index = mark.get("type", "obj"), mark.get("idx")
    found = _placeholder(ancestry.layout, kind, index)
    if found is not None:
        yield found
        inner = found.find(f"{P}nvSpPr/{P}nvPr/{P}ph")
        kind = inner.get("type", kind) if inner is not None else kind
    basic = {"ctrTitle": "title", "subTitle": "body", "obj": "body"}.get(kind, kind)
    above = _placeholder(ancestry.master, basic, None)
    if above is not None:
        yield above


def _placeholder(root: Element, kind: str, index: str | None) -> Element | None:
    marks = [(mark, mark.getparent()) for mark in root.iter(f"{P}ph")]
    for mark, _ in marks:
        if index is not None and mark.get("idx") == index:
            return _shape_of(mark)
    for mark, _ in marks:
        if mark.get("type", "obj") == kind or {mark.get("type", "obj"), kind} == {"title", "ctrTitle"}:
            return _shape_of(mark)
    return None


def _shape_of(mark: Element) -> Element | None:
    return next(mark.iterancestors(f"{P}sp"), None)


def _extent(shape: Element, parents: list[Element]) -> tuple[float, float] | None:
    for one in (shape, *parents):
        found = one.find(f"{P}spPr/{A}xfrm/{A}ext")
        if found is not None:
            scale_x, scale_y = _group_scale(one)
            return int(found.get("cx", "0")) * scale_x, int(found.get("cy", "0")) * scale_y
    return None


def _group_scale(shape: Element) -> tuple[float, float]:
    x = y = 1.0
    for group in shape.iterancestors(f"{P}grpSp"):
        outer = group.find(f"{P}grpSpPr/{A}xfrm/{A}ext")
        inner = group.find(f"{P}grpSpPr/{A}xfrm/{A}chExt")
        if outer is not None and inner is not None:
            x *= int(outer.get("cx", "1")) / max(int(inner.get("cx", "1")), 1)
            y *= int(outer.get("cy", "1")) / max(int(inner.get("cy", "1")), 1)
    return x, y


def _attribute(bodies: list[Element], name: str, default: str) -> str:
    return next((str(value) for body in bodies if (value := body.get(name)) is not None), default)


def _autofit(bodies: list[Element]) -> str:
    for body in bodies:
        for tag, name in (("noAutofit", "none"), ("normAutofit", "norm"), ("spAutoFit", "shape")):
            if body.find(f"{A}{tag}") is not None:
                return name
    return "none"


def _list_styles(shape: Element, parents: list[Element], ancestry: Ancestry) -> Iterator[Element]:
    for one in (shape, *parents):
        found = one.find(f"{P}txBody/{A}lstStyle")
        if found is not None:
            yield found
    styles = ancestry.master.find(f"{P}txStyles")
    if styles is not None:
        mark = shape.find(f"{P}nvSpPr/{P}nvPr/{P}ph")
        kind = "" if mark is None else mark.get("type", "obj")
        titles, bodies = {"title", "ctrTitle"}, {"body", "subTitle", "obj"}
        name = "titleStyle" if kind in titles else "bodyStyle" if kind in bodies else "otherStyle"
        found = styles.find(f"{P}{name}")
        if found is not None:
            yield found
    if ancestry.defaults is not None:
        yield ancestry.defaults


def _other_style(ancestry: Ancestry) -> Element | None:
    return ancestry.master.find(f"{P}txStyles/{P}otherStyle")


def _level(number: int, styles: list[Element], fonts: dict[str, str]) -> dict[str, Any]:
    chain = [found for style in styles if (found := style.find(f"{A}lvl{number}pPr")) is not None]
    runs = [run for one in chain if (run := one.find(f"{A}defRPr")) is not None]
    size = int(_attribute(runs, "sz", "1800")) / 100
    latin = _font(runs, "latin", "+mn-lt", fonts)
    east_asian = _font(runs, "ea", "+mn-ea", fonts)
    return {
        "size": size,
        "bold": _attribute(runs, "b", "0") in {"1", "true"},
        "latin": latin,
        "east_asian": east_asian,
        "line": _spacing(chain, "lnSpc", size, 1.0),
        "before": _spacing(chain, "spcBef", size, 0.0),
        "after": _spacing(chain, "spcAft", size, 0.0),
        "left": int(_attribute(chain, "marL", "0")) / EMU,
        "indent": int(_attribute(chain, "indent", "0")) / EMU,
    }


def _font(runs: list[Element], tag: str, default: str, fonts: dict[str, str]) -> str:
    for run in runs:
        found = run.find(f"{A}{tag}")
        if found is not None and found.get("typeface"):
            name = found.get("typeface", "")
            return fonts.get(name, name)
    return fonts.get(default, "")


def _spacing(chain: list[Element], tag: str, size: float, default: float) -> Any:
    """Return line spacing as ``line_height`` takes it, or the room before or after in points."""
    for one in chain:
        found = one.find(f"{A}{tag}")
        if found is None:
            continue
        percent, points = found.find(f"{A}spcPct"), found.find(f"{A}spcPts")
        if points is not None:
            value = int(points.get("val", "0")) / 100
            return f"exact {value:g}" if tag == "lnSpc" else value
        if percent is not None:
            share = float(percent.get("val", "100000").rstrip("%"))
            share = share / 100_000 if share > 1000 else share / 100
            return share if tag == "lnSpc" else share * size * 1.2
    return default
