"""What people need who do not see the page: alternative texts, titles, header rows, a language."""

from __future__ import annotations

from collections.abc import Iterator

from exporters.errors import Fault
from exporters.outline import Outline


def alternative_texts(outline: Outline, _lang: str) -> Iterator[Fault]:
    for picture in outline.pictures:
        if not picture.alternative.strip() and not picture.decorative:
            what = "chart" if picture.chart else "picture"
            hint = "say what it shows (Alt Text in its menu); tags can stand in it"
            message = f"the {what} has no alternative text"
            yield Fault("no-alternative-text", message, "", picture.where, hint, "warning")


def bound_charts(outline: Outline, _lang: str) -> Iterator[Fault]:
    for picture in outline.pictures:
        if picture.chart and not picture.bound:
            message = "the chart is bound to no numbers: it will show the template's own"
            hint = "put tags into its data sheet (Edit Data): {% for t in … %}{{ t.place.short }} | {{ t.value }}"
            yield Fault("chart-not-bound", message, "", picture.where, hint, "warning")


def header_rows(outline: Outline, _lang: str) -> Iterator[Fault]:
    for table in outline.tables:
        if not table.header:
            hint = "mark it (Table Design, Header Row; Word: Layout, Repeat Header Rows)"
            yield Fault("no-header-row", "the table's header row is not marked", "", table.where, hint, "warning")


def titles(outline: Outline, _lang: str) -> Iterator[Fault]:
    for slide in outline.slides:
        if not slide.title:
            what = "the slides of this loop have" if slide.repeated else "the slide has"
            hint = "give it a title placeholder (a layout with a title); it may be set off the slide"
            yield Fault("no-title", f"{what} no title", "", slide.where, hint, "warning")


def languages(outline: Outline, _lang: str) -> Iterator[Fault]:
    if outline.language == "":
        hint = "select all text and set the proofing language: screen readers and spelling go by it"
        yield Fault("no-language", "no document language is set", "", "document", hint, "warning")


RULES = (alternative_texts, bound_charts, header_rows, titles, languages)
