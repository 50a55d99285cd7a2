"""What can be known of a text box when a template is compiled, so that most boxes need no second look when rendered."""

from __future__ import annotations

from typing import Any

from lxml import etree

from exporters.charts.drawingml import A
from exporters.deck.boxes import AS_LEVEL, Level, level_of, own_of, single_line
from exporters.deck.textboxes import BoxStyle

Element = etree._Element
_PLAIN = frozenset((f"{A}pPr", f"{A}r", f"{A}endParaRPr"))


def known_box(body: Element, style: BoxStyle) -> dict[str, Any]:
    """Return the box of a woven text body as JSON.

    It has ``runs`` where it always holds the same ones in one paragraph, and ``loose`` where each paragraph holds one:
    the widest run, the tallest paragraph, the narrowest line.
    """
    found = style.to_json()
    levels = tuple(Level(**level) for level in found["levels"])
    paragraphs = body.findall(f"{A}p")
    if any(child.tag not in _PLAIN for paragraph in paragraphs for child in paragraph):
        return found
    if len(paragraphs) == 1 and _is_steady(body, paragraphs[0]):
        runs = [_run(run, levels[0]) for run in paragraphs[0].findall(f"{A}r")]
        return {**found, "runs": runs, **_own_xml(paragraphs[0])}
    if any(len(paragraph.findall(f"{A}r")) != 1 for paragraph in paragraphs):
        return found
    return {**found, "loose": _loose(paragraphs, levels, style.width)}


def _is_steady(body: Element, paragraph: Element) -> bool:
    """Return whether no statement stands between the runs."""
    texts = [run.findtext(f"{A}t") for run in paragraph.findall(f"{A}r")]
    loose = [body.text, paragraph.tail, paragraph.text, *(child.tail for child in paragraph)]
    return bool(texts) and all(texts) and not any((text or "").strip() for text in loose)


def _own_xml(paragraph: Element) -> dict[str, str]:
    properties = paragraph.find(f"{A}pPr")
    if properties is None:
        return {}
    return {"paragraph": etree.tostring(properties, encoding="unicode", with_tail=False)}


def _run(run: Element, level: Level) -> tuple[float, bool]:
    properties = run.find(f"{A}rPr")
    if properties is None:
        return level.size, level.bold
    return int(properties.get("sz", "0")) / 100 or level.size, level.bold or properties.get("b") in {"1", "true"}


def _loose(
    paragraphs: list[Element], levels: tuple[Level, ...], width: float
) -> tuple[tuple[float, bool], float, float]:
    runs, heights, rooms = [], [], []
    for paragraph in paragraphs:
        xml = _own_xml(paragraph)
        level = level_of(levels, own_of(xml["paragraph"]) if xml else AS_LEVEL)
        run = paragraph.find(f"{A}r")
        assert run is not None
        size, bold = _run(run, level)
        runs.append((size, bold))
        line = single_line(size, level.latin, level.east_asian, level.line, bold)
        heights.append(level.before + line + level.after)
        rooms.append(width - level.left - max(level.indent, 0.0))
    widest = max(size for size, _ in runs), any(bold for _, bold in runs)
    return widest, max(heights), min(rooms)
