"""What the page count must know of each paragraph and row of a template, as JSON values.

A block is counted when the stream has passed it. Its text is put together from the template's own words and the values
that were written since the block before it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from exporters.binding.program import Weaver
from exporters.binding.weave import after, before
from exporters.metrics import line_height
from exporters.word.controls import in_flow
from exporters.word.counting import CELL_ENDS, PARAGRAPH_OVER, ROW_BEGINS
from exporters.word.geometry import ParagraphForm, RunForm, Section, Styles, table_style, twips
from exporters.word.names import WP, W
from exporters.word.scopes import Scopes
from exporters.word.xmlparts import Element, is_fallback

_EMU = 12700
_CELL_MARGIN = 5.4
_NOTE_MARK = "1"
_ALWAYS = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}


class Blocks:
    """Describes the blocks of the body and puts the counting calls into the tree."""

    def __init__(
        self, weaver: Weaver, styles: Styles, scopes: Scopes, values: set[Element], sections: list[Section]
    ) -> None:
        self._weaver, self._styles, self._scopes, self._values = weaver, styles, scopes, values
        self._sections = sections
        self.blocks: list[dict[str, Any]] = []
        self.texts: list[str] = []
        """The template's own words inside loops and conditions of a paragraph."""
        self._table_numbers: dict[Element, int] = {}
        self.marks: dict[Element, str] = {}
        """Arguments of the counting call of paragraphs that a contents list or a page reference asks for."""

    # --- the body ----------------------------------------------------------------------------------------------------

    def body(self, root: Element, holders: list[Element]) -> None:
        """Describe every paragraph and row of the flow below *root*."""
        section = 0
        done: set[Element] = set()
        for element in list(root.iter(f"{W}p", f"{W}tr")):
            if element in done or not in_flow(element):
                continue
            width = self._width(element, section)
            if element.tag == f"{W}tr":
                if self._is_simple_row(element):
                    self._row(element, section)
                    done.update(element.iter(f"{W}p"))
                else:
                    self._open_row(element, section)
                continue
            form = self._styles.paragraph(element, _style_around(element))
            spec = self.paragraph(element, form, width)
            spec["section"] = section
            holder = element.find(f"{W}pPr/{W}sectPr")
            if holder is not None:
                spec["ends"] = True
                section += 1
            if not any(one.tag == f"{W}tc" for one in element.iterancestors()):
                spec["break"] = form.break_before
            self._call(element, spec)

    def note(self, note: Element, width: float) -> None:
        """Describe the paragraphs of a footnote."""
        for paragraph in note.iter(f"{W}p"):
            self._call(paragraph, self.paragraph(paragraph, self._styles.paragraph(paragraph), width))

    def plain_paragraph(self, form: ParagraphForm, run: RunForm, width: float) -> int:
        """Describe a paragraph that is not in the tree; return its number."""
        self.blocks.append({"kind": "p", "section": 0, **_measures(form, [run], width), "text": "%s", "values": 1})
        return len(self.blocks) - 1

    def _call(self, element: Element, spec: dict[str, Any]) -> None:
        self.blocks.append(spec)
        asked = self.marks.get(element, "")
        after(element, self._statement(f"{len(self.blocks) - 1}|{'_asked' if asked else '_end'}{asked}"))

    def _step(self, step: int) -> str:
        return self._statement(f"{step}|_inside")

    def _statement(self, expression: str) -> str:
        return self._weaver.statement(f"set _ = {expression}", "")

    def _width(self, element: Element, section: int) -> float:
        for parent in element.iterancestors():
            if parent.tag == f"{W}tc":
                return self.cell_width(parent, section)
        return self._sections[min(section, len(self._sections) - 1)].width

    def cell_width(self, cell: Element, section: int) -> float:
        """Return the room for text between a cell's margins."""
        row = cell.getparent()
        assert row is not None
        given = cell.find(f"{W}tcPr/{W}tcW")
        width = 0.0
        if given is not None and given.get(f"{W}type", "dxa") == "dxa":
            width = twips(given.get(f"{W}w")) or 0.0
        if not width:
            width = self._grid_width(cell) or self._sections[min(section, len(self._sections) - 1)].width
        left, right, *_ = self.margins(cell)
        return max(width - left - right, 1.0)

    def _grid_width(self, cell: Element) -> float:
        table = next(cell.iterancestors(f"{W}tbl"))
        grid = [twips(column.get(f"{W}w")) or 0.0 for column in table.iterfind(f"{W}tblGrid/{W}gridCol")]
        at = sum(_span(one) for one in cell.itersiblings(f"{W}tc", preceding=True))
        return sum(grid[at : at + _span(cell)])

    def margins(self, cell: Element) -> tuple[float, float, float, float]:
        """Return left, right, top and bottom margins of a cell."""
        table = next(cell.iterancestors(f"{W}tbl"))
        found: list[float] = []
        for sides, standard in ((("left", "start"), _CELL_MARGIN), (("right", "end"), _CELL_MARGIN), (("top",), 0.0),
                                (("bottom",), 0.0)):  # fmt: skip
            own = [cell.find(f"{W}tcPr/{W}tcMar/{W}{side}") for side in sides]
            own += [one for side in sides for one in self._styles.table_value(table, f"{W}tblCellMar/{W}{side}")]
            first = next((one for one in own if one is not None), None)
            value = twips(first.get(f"{W}w")) if first is not None else None
            found.append(standard if value is None else value)
        return found[0], found[1], found[2], found[3]

    # --- rows --------------------------------------------------------------------------------------------------------

    def _is_simple_row(self, row: Element) -> bool:
        """Return whether a row always has the same paragraphs, each in a cell and nothing else."""
        around, own = self._scopes.of(row), set(row.iterfind(f"{W}tc/{W}p"))
        return all(one in own and self._scopes.of(one) == around for one in row.iter(f"{W}p") if in_flow(one))

    def _row(self, row: Element, section: int) -> None:
        cells: list[list[dict[str, Any]]] = []
        for cell in row.iterfind(f"{W}tc"):
            width = self.cell_width(cell, section)
            style = _style_around(cell)
            made = []
            for one in cell.iterfind(f"{W}p"):
                spec = self.paragraph(one, self._styles.paragraph(one, style), width)
                if spec["text"] is None or spec["values"]:
                    after(one, self._step(PARAGRAPH_OVER))
                made.append(spec)
            cells.append(made)
        self._call(row, {**self._row_spec(row, section), "cells": cells})

    def _row_spec(self, row: Element, section: int) -> dict[str, Any]:
        properties = row.find(f"{W}trPr")
        height = properties.find(f"{W}trHeight") if properties is not None else None
        head = properties.find(f"{W}tblHeader") if properties is not None else None
        table = next(row.iterancestors(f"{W}tbl"))
        return {
            "kind": "r",
            "section": section,
            "table": self._table_numbers.setdefault(table, len(self._table_numbers)),
            "least": (twips(height.get(f"{W}val")) or 0.0) if height is not None else 0.0,
            "exact": height is not None and height.get(f"{W}hRule") == "exact",
            "head": head is not None and head.get(f"{W}val", "1") not in {"0", "false"},
            "keep_next": self._is_kept(row),
            **self._borders(row, table),
            "pads": [sum(self.margins(cell)[2:]) for cell in row.iterfind(f"{W}tc")],
            "cells": None,
        }

    def _is_kept(self, row: Element) -> bool:
        """Return whether a row stays on the page of what follows: the first paragraph of each cell says so."""
        first = [cell.find(f"{W}p") for cell in row.iterfind(f"{W}tc")]
        style = _style_around(row)
        return all(one is not None and self._styles.paragraph(one, style).keep_next for one in first)

    def _borders(self, row: Element, table: Element) -> dict[str, float]:
        """Return the rule above a row, and the one below its table."""

        def width(side: str) -> float:
            found = next(self._styles.table_value(table, f"{W}tblBorders/{W}{side}"), None)
            if found is None or found.get(f"{W}val") in {"none", "nil"}:
                return 0.0
            return int(found.get(f"{W}sz", "4")) / 8

        first = table.find(f"{W}tr") is row and self._scopes.of(row) == self._scopes.of(table)
        return {"border": width("top" if first else "insideH"), "below": width("bottom")}

    def _open_row(self, row: Element, section: int) -> None:
        """A row with loops or conditions over paragraphs inside: they are counted one by one."""
        first = row.find(f"{W}tc")
        if first is None:
            return
        before(first, self._step(ROW_BEGINS))
        for cell in row.iterfind(f"{W}tc"):
            after(cell, self._step(CELL_ENDS))
        self._call(row, self._row_spec(row, section))

    # --- paragraphs --------------------------------------------------------------------------------------------------

    def paragraph(self, paragraph: Element, form: ParagraphForm, width: float) -> dict[str, Any]:
        """Describe one paragraph that is *width* wide."""
        style = _style_around(paragraph)
        runs = [run for run in paragraph.iter(f"{W}r") if _owner(run) is paragraph and not is_fallback(run)]
        around = self._scopes.of(paragraph)
        simple = all(self._scopes.of(run) == around for run in runs)
        forms = [self._styles.run(paragraph, run, style) for run in runs if run.find(f"{W}t") is not None]
        spec = {"kind": "p", **_measures(form, forms or [self._styles.run(paragraph, None, style)], width)}
        spec["least"] = max((_drawing_height(run) for run in runs), default=0.0)
        if simple:
            texts = ["%s" if run in self._values else self._text(run).replace("%", "%%") for run in runs]
            spec["text"] = "".join(texts)
            spec["values"] = sum(run in self._values for run in runs)
            return spec
        spec["text"] = None
        for run in runs:
            text = "" if run in self._values else self._text(run)
            if text:
                self.texts.append(text)
                before(run, self._statement(f"{len(self.texts) - 1}|_own"))
        return spec

    def _text(self, run: Element) -> str:
        pieces: list[str] = []
        for child in run:
            if child.tag == f"{W}t":
                pieces.append("".join("0" if statement is None else statement for statement in self._static(child)))
            elif child.tag in {f"{W}footnoteReference", f"{W}endnoteReference"}:
                pieces.append(_NOTE_MARK)
            else:
                pieces.append(_ALWAYS.get(str(child.tag), ""))
        return "".join(pieces)

    def _static(self, text: Element) -> Iterable[str | None]:
        """Yield the words of a text; None for a number that a field shows."""
        for piece, _ in self._weaver.pieces(text.text or ""):
            yield None if piece.startswith("\ufdd8") else piece


def _measures(form: ParagraphForm, runs: list[RunForm], width: float) -> dict[str, Any]:
    largest = max(runs, key=lambda run: run.size)
    families = {(run.size, name, run.bold) for run in runs for name in (run.latin or run.east_asian, run.east_asian)}
    natural = max(line_height(size, name, bold=bold) for size, name, bold in families)
    line = {"exact": form.line, "atLeast": max(form.line, natural)}.get(form.rule, natural * form.line)
    return {
        "width": round(width - form.left - form.right, 3),
        # A list's mark takes the room that its first line hangs out.
        "first": round(max(form.first, 0.0) if form.numbered else form.first, 3),
        "flow": "word" if form.auto_space else "tight",
        "size": largest.size,
        "spacing": largest.spacing,
        "latin": largest.latin,
        "east_asian": largest.east_asian,
        "bold": largest.bold,
        "line": round(line, 3),
        "before": form.before,
        "after": form.after,
        "borders": form.borders,
        "keep_next": form.keep_next,
        "keep_lines": form.keep_lines,
        "widow": form.widow,
        "style": form.style if form.contextual else "",
    }


def _owner(run: Element) -> Element | None:
    return next(run.iterancestors(f"{W}p"), None)


def _style_around(element: Element) -> str:
    table = next(element.iterancestors(f"{W}tbl"), None)
    return table_style(table) if table is not None else ""


def _span(cell: Element) -> int:
    found = cell.find(f"{W}tcPr/{W}gridSpan")
    return int(found.get(f"{W}val", "1")) if found is not None else 1


def _drawing_height(run: Element) -> float:
    """Return the height of the pictures and charts that stand in the line."""
    heights = [int(extent.get("cy", "0")) / _EMU for extent in run.iterfind(f".//{WP}inline/{WP}extent")]
    return max(heights, default=0.0)
