"""Briefing, deck and workbook compare the same statements: what stands beside them misleads none of the three."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml

from exporters.runs.build import execute
from exporters.runs.planning import Request, plan
from tests.e2e.test_e2e_latin import shown

ROOT = Path(__file__).resolve().parents[2]
YEAR = {"start": dt.date(2026, 1, 1), "end": dt.date(2026, 12, 31)}
PLAN = {"start": dt.date(2026, 1, 1), "end": dt.date(2030, 12, 31)}
FIRST = {
    "zh": re.compile("居首|最高，为|最高，"),
    "en": re.compile("leads? with|is highest|are highest|highest \\(|Highest: "),
}


def data() -> dict[str, Any]:
    """Three districts state 7 % in two wordings; a park, a five-year plan and a second statement say other things."""
    found = yaml.safe_load((ROOT / "data" / "sample-progress.yaml").read_text("utf-8"))
    of = {target["id"]: target for target in found["targets"]}
    for key in ("nanting.gdp-growth", "xilan.gdp-growth"):
        of[key]["value"] = 7
    like = {
        "indicator": "GDP",
        "measure": "growth_yoy",
        "unit": "PERCENT",
        "period": YEAR,
        "evidence": {"source": "plan"},
    }
    found["targets"] += [
        {**like, "id": "xilan.park", "place": "xilan", "value": 15, "sub_place": {"zh": "西澜新城", "en": "New Town"}},
        {**like, "id": "beilu.plan", "place": "beilu", "value": 9, "period": PLAN},
        {**like, "id": "yunting.plan", "place": "yunting", "value": 8, "period": PLAN},
        {**like, "id": "dongyu.again", "place": "dongyu", "value": 11},
    ]
    return found


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_three_files_name_the_same_first_districts(tmp_path, lang):
    path = tmp_path / "data.json"
    path.write_text(json.dumps(data(), default=str, ensure_ascii=False), "utf-8")
    out = execute(plan(Request(dataset=str(path), out=tmp_path / "pack", lang=lang))).out
    names = {"zh": "东屿、南汀、西澜", "en": "Dongyu, Nanting and Xilan"}[lang]
    for file in ("briefing.docx", "deck.pptx", "targets.xlsx"):
        said = {text for text in shown(out / file) if FIRST[lang].search(text) and "GDP" in text}
        assert said, file
        for text in said:
            assert names in text, (file, text)
            assert not re.search(r"(?<![\d.])(?:8|9|11|15)%", text), (file, text)
    sheet = openpyxl.load_workbook(out / "targets.xlsx", data_only=True)["对比" if lang == "zh" else "Comparison"]
    column = {sheet[f"B{row}"].value: sheet[f"E{row}"].value for row in range(8, 15)}
    table = {"zh": ("全市", "各区中位数", "东屿", "南汀", "西澜", "北麓"),
             "en": ("City", "Median of districts", "Dongyu", "Nanting", "Xilan", "Beilu")}[lang]  # fmt: skip
    assert [column[name] for name in table] == [0.055, 0.07, 0.07, 0.07, 0.07, 0.05]
