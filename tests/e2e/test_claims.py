"""What the shipped templates say of the data as a whole - counts, rankings, sources, strength - is what the data says."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from lxml import etree
from msgspec import to_builtins

from exporters import deck, word, workbook
from exporters.binding.scope import Scope
from exporters.load import load
from exporters.model import Dataset, validated
from exporters.package import Package

ROOT = Path(__file__).resolve().parents[2]
FILES = {"briefing.docx": word, "deck.pptx": deck, "targets.xlsx": workbook}
EDITIONS = [(look, lang) for look in ("standard", "gbt9704") for lang in ("zh", "en")]
A, W = (
    "{http://schemas.openxmlformats.org/drawingml/2006/main}",
    "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}",
)
Record = dict[str, Any]


@cache
def _held(name: str) -> Dataset:
    return load(ROOT / "data" / f"{name}.yaml")


def changed(change: Callable[[dict[str, Record], Record], None]) -> Dataset:
    """The sample with a change: called with its target statements by id, and with all of it."""
    held = to_builtins(_held("sample-progress"))
    held["targets"] = [dict(target) for target in held["targets"]]
    change({target["id"]: target for target in held["targets"]}, held)
    return validated(Dataset, held)


@cache
def _compiled(file: str, look: str, lang: str) -> tuple[Package, Any]:
    package = Package.open((ROOT / "templates" / look / lang / file).read_bytes(), name=file)
    return package, FILES[file].compile(package, file)


def said(file: str, data: Dataset, look: str = "standard", lang: str = "zh") -> list[str]:
    """The paragraphs of a briefing or a deck, or the text cells of a workbook."""
    exporter, (package, program), out = FILES[file], _compiled(file, look, lang), io.BytesIO()
    exporter.render(program, package, Scope(data, lang), out)  # type: ignore[arg-type]
    if exporter is workbook:
        book = openpyxl.load_workbook(io.BytesIO(out.getvalue()), data_only=True)
        return [
            str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None
        ]
    made, mark = Package.open(out.getvalue()), W if exporter is word else A
    parts = [name for name in made.names() if re.fullmatch(r"word/document\.xml|ppt/slides/slide\d+\.xml", name)]
    return [
        "".join(text.text or "" for text in paragraph.iter(f"{mark}t"))
        for part in parts
        for paragraph in etree.fromstring(made.read(part)).iter(f"{mark}p")
    ]


def one(texts: list[str], pattern: str) -> str:
    (found,) = (text for text in texts if re.search(pattern, text))
    return found


@pytest.mark.parametrize(("look", "lang"), EDITIONS)
def test_a_district_without_source_is_told_of_in_the_words_of_its_own_data(look: str, lang: str) -> None:
    texts = "\n".join(said("deck.pptx", _held("sample-progress"), look, lang))
    assert "大会" not in texts
    assert "article" not in texts
    note = _held("guangzhou-2023").place_by_id["panyu"].note.in_(lang)  # type: ignore[arg-type]
    assert note in "\n".join(said("deck.pptx", _held("guangzhou-2023"), look, lang))


@pytest.mark.parametrize(("look", "lang"), EDITIONS)
def test_only_sources_that_a_statement_cites_are_counted(look: str, lang: str) -> None:
    texts = said("deck.pptx", _held("sample-progress"), look, lang)
    pattern = "全部31项目标出自1个来源" if lang == "zh" else "All 31 targets come from 1 source,"
    assert one(texts, pattern)


@pytest.mark.parametrize(("look", "lang"), EDITIONS)
def test_deliverables_of_the_districts_are_the_districts_own(look: str, lang: str) -> None:
    def change(targets: dict[str, Record], _: Record) -> None:
        targets["yunting.retail-level"]["kind"] = "deliverable"
        targets["yunting.fdi-level"]["kind"] = "portfolio"

    texts = said("briefing.docx", changed(change), look, lang)
    assert one(texts, "任务成果5项、在手项目盘子1项" if lang == "zh" else "list 5 deliverables and 1 portfolio of")


@pytest.mark.parametrize(("look", "lang"), EDITIONS)
def test_a_pack_of_five_years_does_not_speak_of_the_last(look: str, lang: str) -> None:
    def change(_: dict[str, Record], held: Record) -> None:
        held["period"] = {"start": "2026-01-01", "end": "2030-12-31"}

    texts = said("briefing.docx", changed(change), look, lang)
    words = ("东屿区2026—2030年目标", "东屿区提出2026—2030年目标") if lang == "zh" else (
        "Targets of Dongyu District, 2026–2030", "targets for 2026–2030, first"
    )  # fmt: skip
    assert [word for word in words if not any(word in text for text in texts)] == []
    # What is for 2030 alone says so beside its figure; no heading does.
    assert [text for text in texts if re.search("[^—–]2030年目标|for 2030|District, 2030", text)] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_share_is_not_called_growth(lang: str) -> None:
    def change(targets: dict[str, Record], held: Record) -> None:
        model = targets["yunting.unemployment-ratio"]
        for place, value in (("dongyu", "5.5"), ("xilan", "5")):
            held["targets"].append({**model, "id": f"{place}.unemployment", "place": place, "value": value})
        for indicator in (indicators := [dict(record) for record in held["indicators"]]):
            indicator["rank"] = 1 if indicator["code"] == "UNEMPLOYMENT" else indicator.get("rank", 100)
        held["indicators"] = indicators

    texts = said("targets.xlsx", changed(change), lang=lang)
    heading = "各区失业率目标" if lang == "zh" else "Unemployment targets by district"
    assert one(texts, heading)
    assert [text for text in texts if re.search("失业率增速|Unemployment growth", text)] == []
    growth = "各区GDP增速目标" if lang == "zh" else "GDP growth targets by district"
    assert one(texts, growth)


@pytest.mark.parametrize(
    ("modality", "said_so"), [("ensure", "commits to"), ("strive", "aims for"), ("none", "targets")]
)
def test_the_citys_aim_is_as_strong_as_its_source(modality: str, said_so: str) -> None:
    def change(targets: dict[str, Record], _: Record) -> None:
        for target in targets.values():
            if target["place"] == "yunting":
                target["modality"], target["modality_word"] = modality, ""

    texts = said("deck.pptx", changed(change), lang="en")
    assert one(texts, f"^Yunting {said_so} GDP over CNY 420 bn, up 5.5% to 6%")
    assert one(texts, "^Yunting .*fixed investment up at least 8%")


@pytest.mark.parametrize(("look", "lang"), EDITIONS)
def test_what_lies_in_the_citys_range_is_not_above_it(look: str, lang: str) -> None:
    texts = said("briefing.docx", _held("sample-progress"), look, lang)
    assert one(
        texts, "1个区的目标数值高于全市（5.5%—6%）" if lang == "zh" else "1 of them sets a higher figure than the city"
    )
    slides = said("deck.pptx", _held("sample-progress"), look, lang)
    assert one(slides, "3个不低于全市下限5.5%" if lang == "zh" else "meet the city’s lower mark of 5.5%")


def _numberless(_: dict[str, Record], held: Record) -> None:
    """Two more statements in words: one whose actual value has a source, one whose has none."""
    model = next(target for target in held["targets"] if target["id"] == "dongyu.gdp-growth")
    words = {
        "value": None,
        "unit": None,
        "comparator": "none",
        "measure": "qualitative",
        "expression": {"zh": "稳中有进", "en": "steady progress"},
    }
    for place in ("nanting", "xilan"):
        held["targets"].append(
            {**model, **words, "id": f"{place}.words", "place": place, "group": "", "indicator": "RD_SHARE"}
        )
    seen = {"date": "2026-06-30", "value": "3.14"}
    held["observations"] = [
        *held["observations"],
        {**seen, "id": "nanting.words.o", "target": "nanting.words", "source": "plan"}, {**seen, "id": "xilan.words.o", "target": "xilan.words"},
    ]  # fmt: skip


@pytest.mark.parametrize(("look", "lang"), EDITIONS)
@pytest.mark.parametrize("file", FILES)
def test_the_actual_value_of_a_statement_without_a_number_is_shown(file: str, look: str, lang: str) -> None:
    texts = said(file, _held("sample-progress"), look, lang)
    assert ("0.059" if file == "targets.xlsx" else "5.9%") in texts
    texts = said(file, changed(_numberless), look, lang)
    assert len([text for text in texts if text.startswith("3.14")]) == 2


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_cannot_be_judged_has_no_rate_and_is_counted_apart(lang: str) -> None:
    data = changed(_numberless)
    briefing = "\n".join(said("briefing.docx", data, lang=lang))
    told = (
        ("28项目标有实际值", "，3项目标未列数字、不作评判。")
        if lang == "zh"
        else ("28 targets have an actual value", "3 cannot be judged")
    )
    assert [words for words in told if words not in briefing] == []
    package = Package.open((ROOT / "templates" / "standard" / lang / "targets.xlsx").read_bytes(), name="targets.xlsx")
    out = io.BytesIO()
    workbook.render(workbook.compile(package, "targets.xlsx"), package, Scope(data, lang), out)  # type: ignore[arg-type]
    sheet = openpyxl.load_workbook(io.BytesIO(out.getvalue()), data_only=True).worksheets[1]
    (row,) = (row for row in sheet.iter_rows(values_only=True) if row[0] == "yunting.income-growth")
    assert row[22] in ("", None)
    assert row[23] == "—"


@pytest.mark.parametrize(("look", "lang"), EDITIONS)
def test_an_actual_value_leads_to_its_source(look: str, lang: str) -> None:
    data = _held("sample-progress")
    briefing = said("briefing.docx", data, look, lang)
    assert one(briefing, r"实际值来源：\[2\]。" if lang == "zh" else r"Actual values from \[2\]\.")
    deck_texts = said("deck.pptx", data, look, lang)
    count = len(Scope(data).observations)
    assert (
        {"31项目标", f"{count}项实际值"}
        if lang == "zh"
        else {"31 targets", f"{count} actual values"} <= set(deck_texts)
    )
    assert [text for text in deck_texts if re.search(r"^来源：\[2\]。|^Source: \[2\]\. ", text)]
    book = said("targets.xlsx", data, look, lang)
    assert book.count("[2]") == count
    both = said("briefing.docx", changed(_numberless), look, lang)
    assert one(both, r"实际值来源：\[1\]\[2\]。" if lang == "zh" else r"Actual values from \[1\]\[2\]\.")
