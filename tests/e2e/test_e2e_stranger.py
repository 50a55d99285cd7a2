"""Another city's data: none of the sample's indicators, no word of strength, a district that states nothing."""

from __future__ import annotations

import json
import zipfile

import pytest
from click.testing import CliRunner

from exporters.binding.scope import Scope
from exporters.cli.app import app
from exporters.load import load

DATA = """
id: elsewhere-2031
title: {zh: 某市2031年目标, en: Targets of a city for 2031}
city: c
period: {start: 2031-01-01, end: 2031-12-31}
as_of: 2031-06-30
places:
  - {id: c, name: {zh: 某市, en: Some City}, level: city}
  - {id: a, name: {zh: 甲区, en: Alpha}, level: district, parent: c}
  - {id: b, name: {zh: 乙区, en: Beta}, level: district, parent: c}
indicators:
  - {code: ENERGY, label: {zh: 单位能耗, en: Energy intensity}, measure: growth_yoy, lower_is_better: true}
  - {code: GDP, label: {zh: 地区生产总值, en: Gross regional product}, measure: growth_yoy}
  - {code: JOBS, label: {zh: 城镇新增就业, en: New urban jobs}, measure: count}
sources:
  - {id: s, title: {zh: 政府工作报告, en: Government work report}}
targets:
  - {id: a.energy, place: a, indicator: ENERGY, measure: change_pp, comparator: lte, value: -1.5, unit: PP,
     period: {start: 2031-01-01, end: 2031-12-31}, evidence: {source: s, clause: 单位能耗下降1.5个百分点以上}}
  - {id: a.jobs, place: a, indicator: JOBS, measure: count, value: 5, unit: PERSON_10K,
     period: {start: 2031-01-01, end: 2031-12-31}, evidence: {source: s, clause: 新增就业5万人}}
"""
NAMED_OTHERWISE = """
  - {id: a.x0, place: a, indicator: GDP, measure: growth_yoy, value: 30, unit: PERCENT,
     period: {start: 2031-01-01, end: 2035-12-31}, evidence: {source: s, clause: 五年增长30%}}
  - {id: a.x1, place: a, indicator: GDP, measure: growth_yoy, value: 7, unit: PERCENT, sub_place: {zh: 高新区, en: the park},
     period: {start: 2031-01-01, end: 2031-12-31}, evidence: {source: s, clause: 高新区增长7%}}
  - {id: a.x2, place: a, indicator: GDP, measure: growth_yoy, value: 6, unit: PERCENT,
     period: {start: 2031-01-01, end: 2031-12-31}, evidence: {source: s, clause: 增长6%}}
"""


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("templates", ["standard", "gbt9704"])
def test_a_strange_dataset_builds_and_is_proven(templates, lang, tmp_path, monkeypatch, cache):
    monkeypatch.setenv("BRIEFPACK_CACHE", str(cache))
    (tmp_path / "data.yaml").write_text(DATA, "utf-8")
    out = tmp_path / "out"
    words = [
        "build",
        str(tmp_path / "data.yaml"),
        "--out",
        str(out),
        "--templates",
        templates,
        "--lang",
        lang,
        "--json",
    ]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert {name: one["statements"] for name, one in json.loads(done.stdout)["files"].items()} == {
        "briefing.docx": 2, "deck.pptx": 2, "targets.xlsx": 2,
    }  # fmt: skip
    proof = CliRunner().invoke(app, ["verify", str(out)])
    assert proof.exit_code == 0, proof.output
    with zipfile.ZipFile(out / "targets.xlsx") as package:
        sheets = [package.read(name).decode() for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not [sheet for sheet in sheets if "#REF!" in sheet]
    lists = [part.split("</dataValidations>")[0] for sheet in sheets for part in sheet.split("<dataValidations")[1:]]
    assert lists, "the other choices of the table are gone too"
    with zipfile.ZipFile(out / "deck.pptx") as package:
        charts = [package.read(name).decode() for name in package.namelist() if name.startswith("ppt/charts/chart")]
    assert all("<c:pt " in chart for chart in charts), "a chart of nothing shows the words of an empty one"
    assert all(f'count="{found.count("<dataValidation ")}"' in found.split(">")[0] for found in lists)


def test_the_shipped_templates_have_no_fault_with_other_indicators(tmp_path):
    (tmp_path / "data.yaml").write_text(DATA, "utf-8")
    assert CliRunner().invoke(app, ["check", str(tmp_path / "data.yaml")]).output == "no faults\n"


def test_a_statement_is_found_by_indicator_and_measure_whatever_its_id(tmp_path):
    (tmp_path / "data.yaml").write_text(DATA + NAMED_OTHERWISE, "utf-8")
    alpha, beta = Scope(load(tmp_path / "data.yaml"), "zh").districts
    assert alpha.target.find("gdp_growth").key == "a.x2", "not the park's, not that of five years"
    assert alpha.target.find("energy").key == "a.energy"
    assert alpha.target.find("energy_change_pp").key == "a.energy"
    assert not beta.target.find("gdp_growth")
    assert beta.target.find("gdp_growth").key == "b.gdp-growth"


def test_what_falls_is_not_cut_off_by_an_axis_that_begins_at_0(tmp_path, monkeypatch, cache):
    monkeypatch.setenv("BRIEFPACK_CACHE", str(cache))
    falling = DATA + NAMED_OTHERWISE.replace("value: 6,", "value: -2,")
    for name, text in (("grows", DATA + NAMED_OTHERWISE), ("falls", falling)):
        (tmp_path / "data.yaml").write_text(text, "utf-8")
        assert (
            CliRunner().invoke(app, ["build", str(tmp_path / "data.yaml"), "--out", str(tmp_path / name)]).exit_code
            == 0
        )
    for name, began in (("grows", True), ("falls", False)):
        with zipfile.ZipFile(tmp_path / name / "deck.pptx") as package:
            charts = [package.read(part).decode() for part in package.namelist() if part.startswith("ppt/charts/chart")]
        shown = [chart for chart in charts if "甲" in chart]
        assert shown
        assert all(('<c:min val="0"/>' in chart) is began for chart in shown)
