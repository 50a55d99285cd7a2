"""What can be known of a text box when a template is compiled, so that most boxes need no second look when rendered."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from lxml import etree

from exporters.binding.program import Weaver
from exporters.binding.trees import HELD
from exporters.charts.drawingml import A
from exporters.deck.boxes import AS_LEVEL, BETWEEN, SHOWN, Level, level_of, own_of, single_line
from exporters.deck.textboxes import BoxStyle

Element = etree._Element
_RUNS = (f"{A}r", f"{A}fld")
_BREAK = f"{A}br"
_PLAIN = frozenset((f"{A}pPr", *_RUNS, _BREAK, f"{A}endParaRPr"))


def known_box(body: Element, style: BoxStyle) -> dict[str, Any]:
    """Return the box of a woven text body as JSON.

    It has ``runs`` where it always holds the same ones in one paragraph, and ``loose`` where only that is known: the
    widest run, the tallest paragraph, the narrowest line.
    """
    found = style.to_json()
    levels = tuple(Level(**level) for level in found["levels"])
    paragraphs = body.findall(f"{A}p")
    if any(child.tag not in _PLAIN for paragraph in paragraphs for child in paragraph):
        return found
    if len(paragraphs) == 1 and _is_steady(body, paragraphs[0]):
        runs = [_run(run, levels[0]) for run in paragraphs[0].iterchildren(*_RUNS)]
        return {**found, "runs": runs, **_own_xml(paragraphs[0])}
    if not all(any(True for _ in paragraph.iterchildren(*_RUNS)) for paragraph in paragraphs):
        return found
    return {**found, "loose": _loose(paragraphs, levels, style.width)}


def fill(body: Element, box: dict[str, Any], weaver: Weaver, call: str) -> bool:
    """Let the filter *call* make the content of a body that always holds the same runs from their values alone.

    The *box* gets the patterns. Return False where values stand elsewhere too, or a statement reaches beyond its run.
    """
    if "runs" not in box:
        return False
    made = deepcopy(body)
    prelude = _texts_first(made, weaver)
    outer = etree.tostring(made, encoding="unicode", with_tail=False)
    token, xml = weaver.gathered(outer[outer.index(">") + 1 : outer.rindex("<")], call)
    texts = SHOWN.findall(xml)
    slots = sum(text.count(Weaver.HERE) for text in texts)
    if prelude is None or not token or len(texts) != len(box["runs"]) or slots != xml.count(Weaver.HERE):
        return False
    box["filling"] = [xml.split(Weaver.HERE), BETWEEN.join(texts).split(Weaver.HERE)]
    for child in list(body):
        body.remove(child)
    body.text = prelude + token
    return True


def _texts_first(body: Element, weaver: Weaver) -> str | None:
    """Let each text with statements in it become one value, worked out before; None where that cannot be."""
    prelude: list[str] = []
    runs = [run for paragraph in body.findall(f"{A}p") for run in paragraph.iterchildren(*_RUNS)]
    for number, run in enumerate(runs):
        shown = run.find(f"{A}t")
        text = (shown.text or "") if shown is not None else ""
        statements = [statement for _, statement in weaver.pieces(text) if statement]
        if shown is None or not statements:
            continue
        sets = any(statement.startswith("set ") for statement in statements)
        if not weaver.balanced(text) or (sets and len(runs) > 1):
            return None
        name = f"{HELD}_run{number}"
        prelude += (weaver.statement(f"set {name}", ""), text, weaver.statement("endset", ""))
        shown.text = weaver.value(name, "", "")
    return "".join(prelude)


def _is_steady(body: Element, paragraph: Element) -> bool:
    """Return whether no statement stands between the runs."""
    texts = [run.findtext(f"{A}t") for run in paragraph.iterchildren(*_RUNS)]
    loose = [body.text, paragraph.tail, paragraph.text, *(child.tail for child in paragraph)]
    steady = bool(texts) and all(texts) and paragraph.find(_BREAK) is None
    return steady and not any((text or "").strip() for text in loose)


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
        own = [_run(run, level) for run in paragraph.iterchildren(*_RUNS)]
        runs += own
        size, bold = max(size for size, _ in own), any(bold for _, bold in own)
        line = single_line(size, level.latin, level.east_asian, level.line, bold)
        heights.append(level.before + line + level.after)
        rooms.append(width - level.left - max(level.indent, 0.0))
    widest = max(size for size, _ in runs), any(bold for _, bold in runs)
    return widest, max(heights), min(rooms)
