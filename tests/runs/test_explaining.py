"""`briefpack explain` on real packs: a key or a figure of any page leads to the record, its clause and its places."""

from __future__ import annotations

import json
import re
import zipfile

import pytest
from click.testing import CliRunner

from exporters.cli.app import app
from exporters.errors import BriefpackError
from exporters.runs.explaining import explain
from exporters.runs.pack import Pack
from tests.runs.seeding import FILES, rewrite


def test_a_key_or_a_figure_leads_to_the_evidence(packs):
    pack = Pack.open(packs("zh"))
    (one,) = explain(pack, "nansha.gdp-growth")
    assert one.target.evidence.clause == "力争全年经济增长10%以上"
    assert {stand.file for stand in one.stands} == set(FILES)
    assert explain(pack, "nansha.gdp-growth.text") == [one]
    assert one in explain(pack, "10%以上")
    result = CliRunner().invoke(app, ["explain", "nansha.gdp-growht", "--in", str(packs("zh"))])
    assert result.exit_code == 1
    assert "did you mean 'nansha.gdp-growth'?" in result.stderr


def test_a_figure_pasted_from_any_page_finds_its_statements(packs):
    pack = Pack.open(packs("zh"))

    def keys(asked):
        return [one.key for one in explain(pack, asked)]

    assert keys("超730亿元") == keys("固定资产投资超730亿元。") == ["tianhe.fai-level"]
    assert keys("１０%以上") == keys("GDP增长10%以上") == ["nansha.gdp-growth"]
    assert set(keys("6.5%")) == {"tianhe.gdp-growth", "liwan.gdp-growth"}
    assert keys("30,000") == ["guangzhou.gdp-level"]
    assert "nansha.gdp-growth" in keys("0.1")
    with pytest.raises(BriefpackError, match="belongs to no target statement; it reads 73"):
        explain(pack, "pack.target_count")


def test_an_actual_value_is_explained_by_its_own_source(packs):
    folder = str(packs("progress"))
    for asked in ("dongyu.gdp-growth.26h1", "dongyu.gdp-growth.26h1.text", "7.4%"):
        done = CliRunner().invoke(app, ["explain", asked, "--in", folder])
        assert done.exit_code == 0, done.output
        assert "dongyu.gdp-growth  " in done.output
        assert "actual   7.4% on 2026年6月30日: 云汀市2026年上半年统计快报（虚构）" in done.output


def run(*arguments):
    return CliRunner().invoke(app, ["explain", *map(str, arguments)])


def test_every_key_that_stands_in_a_file_is_known(packs):
    """Those that a template made for a shape or a column lead to the statement; of the others it says how they read."""
    folder = packs("zh")
    for key in ("liwan.gdp-growth.figure", "liwan.gdp-growth.row.strength", "liwan.gdp-growth.目标值"):
        assert [one.key for one in explain(Pack.open(folder), key)] == ["liwan.gdp-growth"]
    assert (
        "liwan.fai-level.text belongs to no target statement; it reads —"
        in run("liwan.fai-level.text", "--in", folder).stderr
    )


def test_a_key_longer_than_word_names_controls_is_known_by_its_digest(packs):
    with zipfile.ZipFile(packs("zh") / "briefing.docx") as file:
        document = file.read("word/document.xml").decode()
    (alias,) = re.findall(r'w:alias w:val="(liwan\.[^"]*~[0-9a-f]{10})"', document)
    assert len(alias) == 64
    whole = "liwan.flagged|selectattr('flag_code', 'eq', 'unverified')|list|length"
    with pytest.raises(BriefpackError) as error:
        explain(Pack.open(packs("zh")), alias)
    assert f"{whole} belongs to no target statement; it reads 3" in str(error.value)


def test_what_a_person_typed_over_is_told_with_what_was_generated(pack):
    rewrite(pack / "briefing.docx", "word/document.xml", lambda text: text.replace(">10%以上<", ">11%以上<", 1))
    said = run("nansha.gdp-growth", "--in", pack).stdout
    assert said.count("11%以上 (typed by hand over 10%以上)") == 1
    assert said.count("by hand") == 1
    assert "clause   力争全年经济增长10%以上" in said
    # The figure as it now stands on the page leads to the same record.
    record = json.loads(run("11%以上", "--in", pack, "--json").stdout)["records"][0]
    assert record["key"] == "nansha.gdp-growth"
    assert [one["text"] for one in record["stands"] if one["typed_over"] == "10%以上"] == ["11%以上"]


def test_a_typed_figure_that_no_statement_says_is_told_with_its_place(pack):
    rewrite(pack / "deck.pptx", "ppt/slides/slide14.xml", lambda text: text.replace("GDP增长10%以上", "GDP增长11%以上"))
    done = run("11%以上", "--in", pack)
    assert done.exit_code == 1
    assert "deck.pptx, slide 14, shape nansha.headline: '11%以上' was typed by hand over 10%以上" in done.stderr
