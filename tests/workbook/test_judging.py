"""Completion and status in the workbook are formulas; they say what briefing and deck say, of every kind of target."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from msgspec import to_builtins

from exporters.binding.scope import Scope
from exporters.model import Dataset, validated
from tests.workbook.books import dataset, rendered, values

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "standard"
YEAR = {"start": dt.date(2026, 1, 1), "end": dt.date(2026, 12, 31)}
KINDS = (
    ("growth_yoy", "PERCENT", "FAI", "5.5"), ("growth_yoy", "PERCENT", "FAI", "-3"), ("ratio", "PERCENT", "LESS", "5.5"),
    ("level", "CNY_100M", "FAI", "365"), ("level", "PERSON_10K", "STOCK", "1900"), ("rank", "RANK", "FAI", "3"),
    ("growth_yoy", "PERCENT", "LESS", "-3"), ("count", "COUNT", "FAI", "8"), ("level", "CNY_100M", "FAI", "7.3"),
)  # fmt: skip
# Of the target: short of it, at a rate whose first decimal is a half, at pace on day 37, at it, beyond it.
SHARES = ("0.4", "0.5455", "0.10136986301369863", "1", "1.225", "12.345")


def made() -> Dataset:
    """Every kind of target with every comparator and every share of it reached, on the 37th day of the year."""
    plain = dataset("sample-progress")
    document = to_builtins(plain)
    like = next(one for one in document["indicators"] if one["code"] == "FAI")
    less, stock = {"code": "LESS", "lower_is_better": True}, {"code": "STOCK", "stock": True}
    document["indicators"] = [*document["indicators"], like | less, like | stock]
    document["targets"], document["observations"] = [], []
    comparators = ("eq", "gte", "gt", "lte", "lt", "between", "none")
    for number, (kind, comparator, share) in enumerate(itertools.product(KINDS, comparators, SHARES)):
        measure, unit, indicator, value = kind
        actual = (Decimal(value) * Decimal(share)).quantize(Decimal("0.0001"), ROUND_HALF_UP).normalize()
        document["targets"].append({
            "id": f"xilan.t{number}", "place": "xilan", "indicator": indicator, "measure": measure, "unit": unit,
            "comparator": comparator, "value": value, "period": YEAR, "evidence": {"source": plain.sources[0].id},
            **({"upper": Decimal(value) + 1} if comparator == "between" else {}),
        })  # fmt: skip
        document["observations"].append({
            "id": f"o{number}", "target": f"xilan.t{number}", "date": dt.date(2026, 2, 6), "value": f"{actual:f}"
        })  # fmt: skip
    return validated(Dataset, document)


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", ("已达到", "进度正常", "落后")), ("en", ("Met", "On track", "Behind"))]
)
def test_the_workbooks_formulas_say_what_the_other_files_say(lang: str, words: tuple[str, ...]) -> None:
    names = Scope(made(), lang)
    content = rendered((TEMPLATES / lang / "targets.xlsx").read_bytes(), names)
    sheet = values(content)["目标" if lang == "zh" else "Targets"]
    status = dict(zip(("met", "on_track", "behind"), words, strict=True))
    seen = set()
    for row in sheet.iter_rows(min_row=5, max_row=sheet.tables["targets"].ref and 4 + len(names.dataset.targets)):
        view = names.target(row[0].value)
        told = (view.measure_code, view.comparator, view.text, view.actual.text)
        assert row[23].value == status[view.actual.status], told
        shown = row[22].value
        # As a cell of the format 0.0% shows it.
        text = f"{(Decimal(repr(shown)) * 100).quantize(Decimal('0.1'), ROUND_HALF_UP):f}%" if shown else ""
        assert text == view.actual.rate_text or view.actual.rate == 0, told
        seen.add((view.measure_code, view.actual.status))
    assert {status for _, status in seen} == {"met", "on_track", "behind"}
