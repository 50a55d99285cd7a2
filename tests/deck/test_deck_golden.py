"""What the shipped decks say, slide by slide, in files that a person can review."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from deck_samples import DATA, PROGRESS, rendered, shipped
from pptx import Presentation

from exporters.binding.views import PlaceView


def said(data: bytes) -> str:
    lines: list[str] = []
    for number, slide in enumerate(Presentation(io.BytesIO(data)).slides, 1):
        lines.append(f"== {number} {slide.name}")
        lines += (line for shape in slide.shapes for line in _shape(shape))
        if slide.has_notes_slide:
            lines += (f"   | {line}" for line in slide.notes_slide.notes_text_frame.text.split("\n"))
    return "\n".join(lines) + "\n"


def _shape(shape: Any) -> Iterator[str]:
    if shape.shape_type == 6:
        for inner in shape.shapes:
            yield from _shape(inner)
    elif shape.has_text_frame and shape.text_frame.text.strip():
        text = shape.text_frame.text.replace("\n", " / ").replace("\v", " ⏎ ")
        yield f"{shape.name}: {text}"
    elif getattr(shape, "has_chart", False) and shape.has_chart:
        plot = shape.chart.plots[0]
        categories = [category.replace("\n", " ") for category in plot.categories]
        yield f"{shape.name}: {', '.join(categories)}"
        for plot in shape.chart.plots:
            for series in plot.series:
                yield f"   {series.name}: {', '.join('–' if v is None else f'{v:g}' for v in series.values)}"
    elif getattr(shape, "has_table", False) and shape.has_table:
        yield f"{shape.name}:"
        for row in shape.table.rows:
            yield "   " + " | ".join(cell.text_frame.text for cell in row.cells)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("name", "data"), [("guangzhou", DATA), ("progress", PROGRESS)])
def test_golden(name: str, data: Any, lang: str, golden: Callable[[str, str], None]) -> None:
    golden(f"deck-{name}-{lang}.txt", said(rendered(shipped(lang), data, lang)))


def test_a_deck_whose_views_are_let_go_of_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    whole, forgotten = rendered(shipped()), []
    monkeypatch.setattr("exporters.binding.scope._MANY", 0)
    monkeypatch.setattr(PlaceView, "_forget", lambda place, forget=PlaceView._forget: forgotten.append(forget(place)))
    assert rendered(shipped()) == whole
    assert len(forgotten) == len(DATA.districts)
