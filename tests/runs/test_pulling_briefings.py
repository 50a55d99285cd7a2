"""What is typed into a briefing comes back as what it means, or is refused with the reason; one fault stops no other."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import docx
import pytest

from exporters.runs import pulling
from exporters.runs.build import execute
from exporters.runs.inputs import find_dataset
from exporters.runs.pack import Pack
from exporters.runs.planning import Request, plan
from exporters.runs.verifying import verify

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture(scope="module", params=["zh"])
def built(tmp_path_factory: pytest.TempPathFactory, request: Any) -> Path:
    return build(tmp_path_factory.mktemp("built"), request.param)


def build(folder: Path, lang: str, *more: str) -> Path:
    shutil.copy(str(find_dataset("sample-progress")), folder / "d.yaml")
    cache = folder.parent / "cache"
    execute(
        plan(Request(str(folder / "d.yaml"), folder / "p", "standard", lang, ("word", *more), epoch=0, cache=cache))
    )
    return folder


@pytest.fixture
def office(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    return tmp_path


def typed(office: Path, key: str, text: str, places: int = 0) -> None:
    """Type *text* over a value, in its first *places* of the briefing or in all."""
    document = docx.Document(str(office / "p/briefing.docx"))
    found = [one for one in document.element.body.iter(f"{W}alias") if one.get(f"{W}val") == key]
    assert found
    for alias in found[: places or None]:
        first, *others = alias.getparent().getparent().iter(f"{W}t")
        first.text = text
        for one in others:
            one.text = ""
    document.save(str(office / "p/briefing.docx"))


def pulled(office: Path) -> tuple[list[tuple[str, Any]], str]:
    """Return what would be taken, as (record.field, value), and the faults in words."""
    found = pulling.pull(office / "d.yaml", office / "p")
    edits = [(".".join((one.record, *map(str, one.field))), getattr(one, "value", None)) for one in found.edits]
    return edits, "\n".join(map(str, found.faults))


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("beilu.trade-outlook.phrase", "增长3%", "stated in words (measure qualitative)"),
        ("yunting.gdp-growth.text", "6.5%-5.5%", "ends below its beginning"),
        ("dongyu.gdp-growth.26h1.text", "约7.6%", "one plain figure"),
        ("dongyu.gdp-growth.26h1.text", "7.6亿元", "not a unit of this figure (%)"),
        ("dongyu.projects-started-count.text", "70家以上", "“家” is not a unit of this figure (个)"),
        ("dongyu.gdp-growth.26h1.rate_text", "99%", "worked out from others"),
        ("pack.missing|map(attribute='name')|listed", "别的区", "worked out from others"),
    ],
)
def test_what_cannot_be_taken_is_told_and_all_else_is_taken(office: Path, key: str, text: str, said: str) -> None:
    typed(office, key, text)
    typed(office, "nanting.gdp-growth.text", "6.5%以上")
    edits, faults = pulled(office)
    assert edits == [("nanting.gdp-growth.value", pytest.approx(6.5))]
    assert said in faults


@pytest.mark.parametrize("text", ["5.5%-6%", "5.5~6%", "5.5%至6%"])
def test_another_sign_for_a_range_is_no_edit(office: Path, text: str) -> None:
    typed(office, "yunting.gdp-growth.text", text)
    assert pulled(office) == ([], "")
    assert [one for one in verify(Pack.open(office / "p")).findings if one.error] == []


def test_an_actual_value_comes_back_as_the_one_of_its_day(office: Path) -> None:
    typed(office, "dongyu.gdp-growth.26h1.text", "7.6%")
    edits, faults = pulled(office)
    assert ([(key, str(value)) for key, value in edits], faults) == ([("dongyu.gdp-growth.26h1.value", "7.6")], "")


@pytest.mark.parametrize("text", ["5%-6.5%", "5~6.5%", "5%至6.5%"])
def test_a_range_comes_back_with_whatever_sign_it_is_typed(office: Path, text: str) -> None:
    typed(office, "yunting.gdp-growth.text", text)
    edits, faults = pulled(office)
    assert ([(key, str(value)) for key, value in edits], faults) == (
        [("yunting.gdp-growth.value", "5"), ("yunting.gdp-growth.upper", "6.5")], "",
    )  # fmt: skip


def test_the_large_figure_of_a_card_comes_back_as_the_whole_it_is_a_piece_of(office: Path) -> None:
    typed(office, "yunting.gdp-level.amount", "4300亿元")
    assert pulled(office) == ([("yunting.gdp-level.value", 4300)], "")


def test_a_card_and_a_table_that_say_different_things_are_refused(office: Path) -> None:
    typed(office, "yunting.gdp-level.amount", "4300亿元")
    typed(office, "yunting.gdp-level.text", "超4400亿元")
    edits, faults = pulled(office)
    assert (edits, "typed differently" in faults) == ([], True)


def test_advice_to_type_a_figure_as_it_is_printed_never_changes_its_meaning(office: Path) -> None:
    typed(office, "dongyu.gdp-growth.text", "下降7%")
    edits, faults = pulled(office)
    assert edits == []
    said = faults.partition("printed as “")[2].partition("”")[0]
    assert "type it so" not in faults or said.startswith("-"), faults


def test_a_number_scaled_from_english_is_written_without_the_zeros_of_the_scaling(tmp_path: Path) -> None:
    office = build(tmp_path, "en")
    typed(office, "nanting.floor-space-increment.text", "900,000 sq m")
    edits, faults = pulled(office)
    assert ([(key, str(value)) for key, value in edits], faults) == (
        [("nanting.floor-space-increment.value", "90")],
        "",
    )


def test_a_file_that_cannot_be_read_keeps_nothing_of_the_others_back(tmp_path: Path) -> None:
    office = build(tmp_path, "zh", "deck")
    (office / "p/deck.pptx").write_bytes(b"")
    typed(office, "nanting.gdp-growth.text", "6.5%以上")
    edits, faults = pulled(office)
    assert (len(edits), "deck.pptx: the file is empty" in faults) == (1, True)
