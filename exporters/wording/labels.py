"""Words for the closed vocabularies, dates and periods, in Chinese and English."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from exporters.model import Coverage, FlagCode, Kind, Lang, Level, Measure, Modality, Period, Role

_WORDS: list[tuple[StrEnum, str, str]] = [
    (Measure.LEVEL, "总量", "level"),
    (Measure.GROWTH_YOY, "增速", "growth"),
    (Measure.CHANGE_PP, "百分点变化", "change in points"),
    (Measure.RATIO, "占比", "share"),
    (Measure.MULTIPLE, "倍数", "multiple"),
    (Measure.MULTIPLE_GROWTH, "增长倍数", "growth multiple"),
    (Measure.COUNT, "数量", "number"),
    (Measure.INCREMENT, "增量", "increment"),
    (Measure.FLOW, "完成量", "amount done"),
    (Measure.RANK, "位次", "rank"),
    (Measure.QUALITATIVE, "定性", "qualitative"),
    (Modality.NONE, "", ""),
    (Modality.ENSURE, "确保", "commits to"),
    (Modality.TARGET, "目标", "targets"),
    (Modality.PLAN, "计划", "plans"),
    (Modality.ACHIEVE, "完成", "to achieve"),
    (Modality.PUSH, "推进", "presses on with"),
    (Modality.EXPECT, "预期", "expects"),
    (Modality.STRIVE, "力争", "aims for"),
    (Role.BASE, "基本目标", "base"),
    (Role.STRETCH, "力争目标", "stretch"),
    (Role.MILESTONE, "节点目标", "milestone"),
    (Kind.INDICATOR, "经济指标", "indicator"),
    (Kind.DELIVERABLE, "任务成果", "deliverable"),
    (Kind.PORTFOLIO, "项目盘子", "portfolio"),
    (Coverage.FULL, "原文载明", "in the source"),
    (Coverage.OTHER_SOURCE, "另有来源", "from another source"),
    (Coverage.NONE, "原文未载", "not in the source"),
    (Level.COUNTRY, "国家", "country"),
    (Level.PROVINCE, "省", "province"),
    (Level.CITY, "市", "city"),
    (Level.DISTRICT, "区", "district"),
    (Level.COUNTY, "县", "county"),
    (Level.TOWN, "镇", "town"),
    (FlagCode.LOOKS_HIGH, "数值偏高，待核", "looks too high"),
    (FlagCode.LOOKS_LOW, "数值偏低，待核", "looks too low"),
    (FlagCode.SHARED_CLAUSE, "数项共用一句", "clause shared with other figures"),
    (FlagCode.SAME_FIGURE, "同数不同义", "same figure, another meaning"),
    (FlagCode.BROKEN_LINE, "原文断行", "line broken in the source"),
    (FlagCode.YEAR_INFERRED, "年份据上下文", "year inferred"),
    (FlagCode.UNVERIFIED, "转载，待核", "from a copy, to be checked"),
    (FlagCode.INVENTED, "虚构示例", "invented example"),
    (FlagCode.OTHER, "注意", "note"),
]
# A term's own class belongs to the key: members of two vocabularies may have one value (none, level).
_LABELS = {(type(term), term): (zh, en) for term, zh, en in _WORDS}
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip

_QUARTERS = frozenset(((1, 1, 3, 31), (4, 1, 6, 30), (7, 1, 9, 30), (10, 1, 12, 31)))


def label(term: StrEnum, lang: Lang) -> str:
    """Return the word for a term of a closed vocabulary; empty where none is said."""
    return _LABELS[type(term), term][lang == "en"]


def coverage(found: Coverage, stated: bool, lang: Lang) -> str:
    """Return where a place's statements come from; a source that was found may hold none."""
    if stated or found is Coverage.NONE:
        return label(found, lang)
    return "未列数字" if lang == "zh" else "no figures"


def date(day: dt.date, lang: Lang) -> str:
    """Return ``2023年1月28日`` or ``28 January 2023``."""
    return f"{day.year}年{day.month}月{day.day}日" if lang == "zh" else f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def period(span: Period, lang: Lang, year: int | None = None) -> str:
    """Return a period's own label, else years, a quarter or days: ``2023年``, ``2023—2027年``, ``2023年一季度``.

    *year* is the one that readers take a quarter for: Chinese leaves it out.
    """
    text = span.label.en if lang == "en" else span.label.zh
    if text:
        return text
    first, last = span.start, span.end
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        if first.year == last.year:
            return f"{first.year}年" if lang == "zh" else str(first.year)
        return f"{first.year}—{last.year}年" if lang == "zh" else f"{first.year}–{last.year}"
    if first.year == last.year and (first.month, first.day, last.month, last.day) in _QUARTERS:
        quarter = last.month // 3
        if lang == "en":
            return f"Q{quarter} {first.year}"
        return ("" if first.year == year else f"{first.year}年") + f"{'一二三四'[quarter - 1]}季度"
    return f"{date(first, lang)}至{date(last, lang)}" if lang == "zh" else f"{date(first, lang)} to {date(last, lang)}"
