"""Datasets of any size: one city with N districts, six targets, a leader and three initiatives each.

Texts and figures vary from district to district by a fixed rule, so that nothing deflates better than real data
would; the same N gives the same dataset everywhere.
"""

from __future__ import annotations

from typing import Any

from exporters.model import Dataset, Evidence, Initiative, Period, Person, Place, Post, Target, Text, validated

TARGETS_PER_DISTRICT = 6
_PERIOD = validated(Period, {"label": {"zh": "2023年", "en": "2023"}, "start": "2023-01-01", "end": "2023-12-31"})
_CHARACTERS = "安北昌德东丰福高光海和华惠江金景康乐林隆茂梅宁平清泉荣瑞山胜石泰天通文武西祥新兴阳永玉源云长镇正中"
_FAMILY = "陈李张黄王林吴刘蔡杨许郑谢郭洪邱曾廖赖徐"
_THEMES = (("产业", "Industry"), ("民生", "Livelihood"), ("开放", "Opening up"))
_WORK = (
    ("建设{name}先进制造产业园，引进{n}个重点项目", "Build the {en} manufacturing park with {n} key projects"),
    ("新增公办学位{n}个，改造老旧小区", "Add {n} public school places and renovate old estates"),
    ("对接国际规则，办好{name}投资推介会，签约{n}家企业", "Hold the {en} investment fair and sign {n} companies"),
)
# slug, indicator, measure, comparator, unit, word of strength, modality, words around the figure
_TARGETS = (
    ("gdp-growth", "GDP", "growth_yoy", "gte", "PERCENT", "", "none", "地区生产总值增长{v}%以上"),
    ("gdp-level", "GDP", "level", "approx", "CNY_100M", "", "none", "地区生产总值达到{v}亿元左右"),
    ("fai-growth", "FAI", "growth_yoy", "eq", "PERCENT", "力争", "strive", "固定资产投资力争增长{v}%"),
    ("industry-growth", "INDUSTRY", "growth_yoy", "gte", "PERCENT", "确保", "ensure", "规上工业增加值确保增长{v}%以上"),
    ("retail-growth", "RETAIL", "growth_yoy", "approx", "PERCENT", "", "none", "社会消费品零售总额增长{v}%左右"),
    ("projects-count", "PROJECTS", "count", "gt", "COUNT", "计划", "plan", "计划新开工重点项目超{v}个"),
)
_INDICATORS = (
    ("GDP", "地区生产总值", "Gross regional product", "GDP", "GDP", "level", ""),
    ("FAI", "固定资产投资", "Fixed-asset investment", "固投", "Fixed investment", "growth_yoy", ""),
    ("INDUSTRY", "规上工业增加值", "Industrial value added", "工业增加值", "Industry", "growth_yoy", ""),
    ("RETAIL", "社会消费品零售总额", "Retail sales", "社零", "Retail", "growth_yoy", ""),
    ("PROJECTS", "新开工重点项目", "New key projects", "新开工项目", "New projects", "count", "个"),
)


class _Numbers:
    """A small fixed generator (a linear congruence): the same numbers on every machine and in every Python."""

    def __init__(self, seed: int) -> None:
        self._state = seed * 2_654_435_761 % 2**32

    def below(self, limit: int) -> int:
        self._state = (self._state * 1_664_525 + 1_013_904_223) % 2**32
        return (self._state >> 8) % limit


def dataset(districts: int) -> Dataset:
    """Return a dataset with so many districts (1 to 99,999)."""
    if not 1 <= districts <= 99_999:
        raise ValueError("a synthetic dataset has 1 to 99,999 districts")
    city = {"id": "city", "name": {"zh": "云汀市", "en": "Yunting"}, "code": "990100", "level": "city"}
    places = [validated(Place, city)]
    people = [_person("city", "市委书记", "Party secretary", _Numbers(1))]
    targets = [_target("city", *one, _Numbers(2), 0) for one in _TARGETS]
    initiatives: list[Initiative] = []
    themes = [Text(zh=zh, en=en) for zh, en in _THEMES]
    for number in range(1, districts + 1):
        numbers = _Numbers(number + 10)
        key = f"d{number:05d}"
        short = _CHARACTERS[numbers.below(len(_CHARACTERS))] + _CHARACTERS[numbers.below(len(_CHARACTERS))]
        short += str(number)
        english = f"District {number}"
        places.append(validated(Place, {
            "id": key, "name": {"zh": short + "区", "en": english}, "short": {"zh": short, "en": english},
            "code": f"9901{number:05d}", "level": "district", "parent": "city",
        }))  # fmt: skip
        people.append(_person(key, short + "区委书记", "Party secretary of " + english, numbers))
        targets += [_target(key, *one, numbers, number) for one in _TARGETS]
        for index, (theme, (text, text_en)) in enumerate(zip(themes, _WORK, strict=True), 1):
            amount = 3 + numbers.below(900)
            words = Text(zh=text.format(name=short, n=amount), en=text_en.format(en=english, n=amount))
            initiatives.append(Initiative(id=f"{key}.work-{index}", place=key, theme=theme, text=words))
    return validated(Dataset, {
        "id": f"synthetic-{districts}",
        "title": {"zh": "云汀市2023年发展目标（虚构）", "en": "Development targets of Yunting for 2023 (fictional)"},
        "as_of": "2023-02-01",
        "period": _PERIOD,
        "city": "city",
        "places": places,
        "people": people,
        "indicators": [_indicator(rank, *one) for rank, one in enumerate(_INDICATORS, 1)],
        "sources": [
            {
                "id": "report",
                "title": {"zh": "云汀市高质量发展大会报道", "en": "Report on the Yunting conference"},
                "outlet": {"zh": "云汀日报", "en": "Yunting Daily"},
                "published": "2023-02-01",
            }
        ],
        "targets": targets,
        "initiatives": initiatives,
    })  # fmt: skip


def _person(place: str, title: str, english: str, numbers: _Numbers) -> Person:
    name = _FAMILY[numbers.below(len(_FAMILY))] + "".join(
        _CHARACTERS[numbers.below(len(_CHARACTERS))] for _ in range(2)
    )
    post = Post(place=place, title=Text(zh=title, en=english))
    return Person(id=f"{place}.leader", name=Text(zh=name, en=f"Leader of {place}"), posts=(post,))


def _indicator(
    rank: int, code: str, label: str, label_en: str, short: str, short_en: str, measure: str, counter: str
) -> dict[str, Any]:
    return {
        "code": code,
        "label": {"zh": label, "en": label_en},
        "short": {"zh": short, "en": short_en},
        "measure": measure,
        "counter": {"zh": counter, "en": "projects"} if counter else {},
        "rank": rank * 10,
    }


def _target(
    place: str, slug: str, indicator: str, measure: str, comparator: str, unit: str, word: str, modality: str,
    clause: str, numbers: _Numbers, number: int,
) -> Target:  # fmt: skip
    if unit == "PERCENT":
        value = f"{3 + numbers.below(12)}.{numbers.below(10)}".removesuffix(".0")
    else:
        value = str(20 + numbers.below(3_000))
    text = clause.format(v=value)
    start = number * 400 + numbers.below(300)
    return validated(Target, {
        "id": f"{place}.{slug}", "place": place, "indicator": indicator, "measure": measure, "comparator": comparator,
        "value": value, "unit": unit, "modality": modality, "modality_word": word, "period": _PERIOD,
        "evidence": Evidence(source="report", clause=text, start=start, end=start + len(text)),
        "group": f"{place}.gdp" if indicator == "GDP" else "",
    })  # fmt: skip
