"""A small dataset that is right, as text to break in one place at a time."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from exporters.errors import DataError, Fault
from exporters.load import load

ROOT = Path(__file__).parents[2]
GUANGZHOU = ROOT / "data" / "guangzhou-2023.yaml"
PROGRESS = ROOT / "data" / "sample-progress.yaml"
TEXTS = ROOT / "tests" / "data"

SMALL = """\
# a small city
briefpack: 1
id: small
title: {zh: 小城, en: Small}  # both languages
period: {start: 2026-01-01, end: 2026-12-31}
city: town

places:
  - id: town
    name: 小城
    level: city
  - id: east
    name: {zh: 东区, en: East}
    code: 440199
    level: district
    parent: town

indicators:
  - code: GDP
    label: {zh: 地区生产总值, en: GDP}

sources:
  - id: plan
    title: 'Plan: 2026'

targets:
  - id: east.gdp-growth
    place: east
    indicator: GDP
    measure: growth_yoy
    comparator: gte
    value: 6.5
    unit: PERCENT
    period: {start: 2026-01-01, end: 2026-12-31}
    evidence: {source: plan, clause: 增长6.5%以上}
"""

SMALL_DATA: dict[str, Any] = {
    "briefpack": 1,
    "id": "small",
    "title": {"zh": "小城", "en": "Small"},
    "period": {"start": "2026-01-01", "end": "2026-12-31"},
    "city": "town",
    "places": [
        {"id": "town", "name": "小城", "level": "city"},
        {"id": "east", "name": {"zh": "东区", "en": "East"}, "code": "440199", "level": "district", "parent": "town"},
    ],
    "indicators": [{"code": "GDP", "label": {"zh": "地区生产总值", "en": "GDP"}}],
    "sources": [{"id": "plan", "title": "Plan: 2026"}],
    "targets": [
        {
            "id": "east.gdp-growth",
            "place": "east",
            "indicator": "GDP",
            "measure": "growth_yoy",
            "comparator": "gte",
            "value": 6.5,
            "unit": "PERCENT",
            "period": {"start": "2026-01-01", "end": "2026-12-31"},
            "evidence": {"source": "plan", "clause": "增长6.5%以上"},
        }
    ],
}


def small_data() -> dict[str, Any]:
    return copy.deepcopy(SMALL_DATA)


def written(folder: Path, text: str | bytes, name: str = "small.yaml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def faults_of(path: Path, sources: Path | None = None) -> list[Fault]:
    try:
        load(path, sources=sources)
    except DataError as error:
        return list(error.faults)
    return []


def said(path: Path) -> list[str]:
    """Return the faults as a person reads them, without the file's name."""
    return [str(fault).removeprefix(f"{path}, ").removeprefix(f"{path}: ") for fault in faults_of(path)]
