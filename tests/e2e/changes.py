"""What can change in a dataset between two builds: changes of ``sample-progress``, by name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

Data = dict[str, Any]


def target(data: Data, key: str) -> Data:
    return next(one for one in data["targets"] if one["id"] == key)


def indicator(data: Data, code: str) -> Data:
    return next(one for one in data["indicators"] if one["code"] == code)


def place(data: Data, key: str) -> Data:
    return next(one for one in data["places"] if one["id"] == key)


def zh(text: str) -> Data:
    return {"zh": text, "en": "In English: " + text.encode("ascii", "ignore").decode()}


def add(data: Data, like: str, **fields: Any) -> None:
    """Add a statement like another one, in no group unless given."""
    data["targets"].append({**target(data, like), "group": "", **fields})


def keep(data: Data, wanted: Callable[[Data], bool]) -> None:
    """Leave the statements that are *wanted*, with their actual values."""
    data["targets"] = [one for one in data["targets"] if wanted(one)]
    known = {one["id"] for one in data["targets"]}
    data["observations"] = [one for one in data["observations"] if one["target"] in known]


def figure(data: Data) -> None:
    target(data, "dongyu.gdp-growth")["value"] = 9


def figures_behind(data: Data) -> None:
    for one in data["observations"]:
        one["value"] = -50


def no_actuals(data: Data) -> None:
    data["observations"] = []


def few_actuals(data: Data) -> None:
    data["observations"] = data["observations"][:3]


def no_statement(data: Data) -> None:
    keep(data, lambda one: one["id"] != "dongyu.fai-growth")


def no_level(data: Data) -> None:
    keep(data, lambda one: one["id"] != "dongyu.fai-level")


def no_stretch(data: Data) -> None:
    keep(data, lambda one: one["id"] != "dongyu.gdp-growth-stretch")


def no_growth(data: Data) -> None:
    keep(data, lambda one: not one["id"].startswith("dongyu.gdp"))


def no_city(data: Data) -> None:
    keep(data, lambda one: one["place"] != "yunting")


def no_district(data: Data) -> None:
    keep(data, lambda one: one["place"] != "nanting")
    data["places"] = [one for one in data["places"] if one["id"] != "nanting"]
    data["people"] = [one for one in data["people"] if one["posts"][0]["place"] != "nanting"]
    data["initiatives"] = [one for one in data["initiatives"] if one["place"] != "nanting"]


def district(data: Data) -> None:
    names = {"name": {"zh": "新港区", "en": "Xingang District"}, "short": {"zh": "新港", "en": "Xingang"}}
    data["places"].insert(3, {"id": "xin", **names, "level": "district", "parent": "yunting", "coverage": "full"})
    add(data, "nanting.gdp-growth", id="xin.gdp-growth", place="xin", value=9)


def reported(data: Data) -> None:
    place(data, "zhongzhou")["coverage"] = "full"
    add(data, "nanting.gdp-growth", id="zhongzhou.gdp-growth", place="zhongzhou", value=9)


def other_coverage(data: Data) -> None:
    place(data, "beilu")["coverage"] = "other_source"


def renamed_district(data: Data) -> None:
    place(data, "dongyu").update(name={"zh": "东岛区", "en": "Dongdao District"}, short={"zh": "东岛", "en": "Dongdao"})


def renamed_indicator(data: Data) -> None:
    indicator(data, "GDP").update(
        label={"zh": "国内生产总值", "en": "Domestic product"}, short={"zh": "国内产值", "en": "DP"}
    )


def new_indicator(data: Data) -> None:
    names = {"zh": "新指标", "en": "New figure"}
    data["indicators"].append({"code": "NEWX", "label": names, "measure": "growth_yoy", "rank": 1})
    for number, one in enumerate(("dongyu", "nanting", "xilan")):
        add(data, "nanting.gdp-growth", id=f"{one}.newx", place=one, indicator="NEWX", value=3 + number)


def other_rank(data: Data) -> None:
    indicator(data, "GDP")["rank"] = 500


def many_statements(data: Data) -> None:
    codes = ("FAI", "RETAIL_SALES", "TRADE_TOTAL", "FDI", "URBAN_INCOME", "IND_VA_ADS")
    for number, code in enumerate(codes):
        add(data, "nanting.gdp-growth", id=f"nanting.k{number}", indicator=code, value=number + 1)


def stretch(data: Data) -> None:
    target(data, "nanting.gdp-growth")["group"] = "g1"
    add(data, "nanting.gdp-growth", id="nanting.gdp-s", role="stretch", value=8, group="g1")


def level(data: Data) -> None:
    target(data, "xilan.gdp-growth")["group"] = "g2"
    add(data, "dongyu.fai-level", id="xilan.gdp-l", place="xilan", indicator="GDP", value=88, group="g2")


def milestone(data: Data) -> None:
    period = {"start": dt.date(2026, 7, 1), "end": dt.date(2026, 9, 30)}
    group = target(data, "nanting.housing-count-q1")["group"]
    add(data, "nanting.housing-count-q1", id="nanting.housing-q3", period=period, value=44, group=group)


def flag(data: Data) -> None:
    target(data, "dongyu.fai-level")["flags"] = [{"code": "looks_high", "note": zh("待核一")}]


def expression(data: Data) -> None:
    target(data, "dongyu.gdp-growth")["expression"] = zh("两位数增长")


def between(data: Data) -> None:
    target(data, "dongyu.fai-growth").update(comparator="between", upper=15)


def unit(data: Data) -> None:
    target(data, "dongyu.fai-level").update(unit="CNY_TRILLION", value=0.5)


def modality(data: Data) -> None:
    target(data, "dongyu.fai-level").update(modality="push", modality_word="推进")


def clause(data: Data) -> None:
    target(data, "dongyu.fai-level")["evidence"]["clause"] = "全新原句一段"


def sources_turned(data: Data) -> None:
    data["sources"].reverse()


def _source(data: Data, key: str, at: int) -> None:
    data["sources"].insert(at, {"id": key, "title": {"zh": "另一来源", "en": "Another source"}})


def new_source(data: Data) -> None:
    _source(data, "first", 0)
    target(data, "dongyu.fai-level")["evidence"]["source"] = "first"


def source_of_district(data: Data) -> None:
    _source(data, "first", 0)
    for one in data["targets"]:
        if one["place"] == "dongyu":
            one["evidence"].update(source="first")


def two_sources(data: Data) -> None:
    _source(data, "third", len(data["sources"]))
    for one in data["targets"]:
        if one["place"] in {"dongyu", "nanting"}:
            one["evidence"].update(source="third")
    target(data, "dongyu.fai-level")["evidence"]["source"] = "half-year"


def no_initiatives(data: Data) -> None:
    data["initiatives"] = [one for one in data["initiatives"] if one["place"] != "dongyu"]


def initiative(data: Data) -> None:
    data["initiatives"][0]["text"] = zh("新建东屿港区")


def no_leader(data: Data) -> None:
    data["people"] = data["people"][1:]


def no_events(data: Data) -> None:
    data["events"] = []


def title(data: Data) -> None:
    data["title"] = zh("云汀新标题")


def note(data: Data) -> None:
    data["note"] = zh("新的说明。第二句。")


def no_office(data: Data) -> None:
    for name in ("office", "note", "subtitle"):
        data.pop(name)


def period(data: Data) -> None:
    data["period"]["label"] = {"zh": "2026年度", "en": "the year 2026"}


def codes(data: Data) -> None:
    """Let the districts stand the other way round."""
    found = [one for one in data["places"] if one.get("level") == "district"]
    for number, one in enumerate(reversed(found)):
        one["code"] = f"9901{number:02}"
