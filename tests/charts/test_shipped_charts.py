"""The native charts of the shipped templates: what a reader must not be misled by."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from lxml import etree

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
FILES = sorted(path for kind in ("docx", "pptx", "xlsx") for path in TEMPLATES.glob(f"*/*/*.{kind}"))


def charts(path: Path) -> list[etree._Element]:
    with zipfile.ZipFile(path) as package:
        names = [name for name in package.namelist() if "/charts/chart" in name and name.endswith(".xml")]
        return [etree.fromstring(package.read(name)) for name in names]


@pytest.mark.parametrize("path", FILES, ids=lambda path: "-".join(path.parts[-3:]))
def test_bars_begin_at_nought_and_a_level_runs_from_edge_to_edge(path: Path) -> None:
    found = charts(path)
    assert found
    levels = 0
    for chart in found:
        assert chart.find(f".//{C}barChart") is not None
        assert [one.get("val") for one in chart.iterfind(f".//{C}valAx/{C}scaling/{C}min")] == ["0"]
        for line in chart.iterfind(f".//{C}trendline"):
            levels += 1
            assert line.find(f"{C}trendlineType").get("val") == "linear"
            assert [float(line.find(f"{C}{side}").get("val")) for side in ("forward", "backward")] == [0.5, 0.5]
    assert levels == sum(chart.find(f".//{C}lineChart") is not None for chart in found) > 0
