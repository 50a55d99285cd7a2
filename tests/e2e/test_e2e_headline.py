"""What the city states first is said once and in full, whichever of its statements the data names first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from docx import Document
from pptx import Presentation

from tests.e2e.conftest import Shell

ROOT = Path(__file__).resolve().parents[2]


def _data() -> dict[str, Any]:
    """The sample with the city's growth before its level, and foreign trade in words right behind."""
    data = yaml.safe_load((ROOT / "data" / "sample-progress.yaml").read_text("utf-8"))
    targets = data["targets"]
    growth = next(one for one in targets if one["id"] == "yunting.gdp-growth")
    targets.remove(growth)
    targets.insert(0, growth)
    trade = next(one for one in targets if one["id"] == "yunting.trade-level")
    for name in ("value", "unit", "comparator_word"):
        del trade[name]
    words = {"zh": "持平", "en": "unchanged"}
    trade.update(measure="qualitative", comparator="none", expression=words)
    data["observations"] = [one for one in data["observations"] if one["target"] != trade["id"]]
    for indicator in data["indicators"]:
        if indicator["code"] == "TRADE_TOTAL":
            indicator["rank"] = 11
    return data


@pytest.mark.parametrize(
    ("lang", "headline", "card", "words"),
    [
        ("zh", "增长5.5%—6%、超4200亿元", "原文：5.5%—6%，超4200亿元", "持平"),
        ("en", "growth of 5.5% to 6%, over CNY 420 bn", "Source: 5.5% to 6%, over CNY 420 bn", "unchanged"),
    ],
)
def test_level_and_growth_are_said_once_each(
    tmp_path: Path, shell: Shell, lang: str, headline: str, card: str, words: str
) -> None:
    (tmp_path / "data.yaml").write_text(yaml.safe_dump(_data(), allow_unicode=True), "utf-8")

    done = shell("build", "data.yaml", "--lang", lang, "--only", "deck,workbook", "--out", "pack")

    assert done.returncode == 0, done.stderr
    out = tmp_path / "pack"
    shapes = [shape for slide in Presentation(str(out / "deck.pptx")).slides for shape in slide.shapes]
    assert any(headline in shape.text_frame.text for shape in shapes if shape.has_text_frame)
    sheet = openpyxl.load_workbook(out / "targets.xlsx", data_only=True).worksheets[0]
    assert sheet["B7"].value == card
    assert sheet["E6"].value == words


@pytest.mark.parametrize(("lang", "said"), [("zh", "所据来源未载"), ("en", "The sources state no target of")])
def test_a_city_that_states_nothing_is_said_so_and_has_no_slide(
    tmp_path: Path, shell: Shell, lang: str, said: str
) -> None:
    data = yaml.safe_load((ROOT / "data" / "guangzhou-2023.yaml").read_text("utf-8"))
    data["targets"] = [one for one in data["targets"] if one["place"] != data["city"]]
    (tmp_path / "data.yaml").write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")

    assert shell("build", "data.yaml", "--lang", lang, "--only", "word,deck", "--out", "pack").returncode == 0

    briefing = Document(str(tmp_path / "pack" / "briefing.docx"))
    texts = [one.text for one in briefing.paragraphs]
    assert any(said in text for text in texts) and not any(" 0 targets" in text or "目标0项" in text for text in texts)
    slides = Presentation(str(tmp_path / "pack" / "deck.pptx")).slides
    titles = [slide.shapes.title.text_frame.text for slide in slides]
    assert not any(title.startswith(("广州和", "Guangzhou and")) for title in titles)
    shown = [shape.text_frame.text for slide in slides for shape in slide.shapes if shape.has_text_frame]
    assert not any(text.startswith(("广州市2023年目标，共", "Guangzhou: ")) for text in shown)
