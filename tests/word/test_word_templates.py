"""The shipped templates: complete, readable, valid, and what a person may edit by hand."""

from __future__ import annotations

import io
import subprocess
import sys

import docx
import pytest
from word_samples import (
    GUANGZHOU,
    NS,
    PROGRESS,
    ROOT,
    Rendered,
    W,
    load_guangzhou,
    plain,
    render,
    shipped,
    validate,
)

from exporters.binding.scope import Scope
from exporters.load import load

EDITIONS = [(name, lang) for name in ("standard", "gbt9704") for lang in ("zh", "en")]
WP = "{" + NS["wp"] + "}"


@pytest.fixture(scope="module", params=EDITIONS, ids="-".join)
def edition(request) -> tuple[str, str, Rendered]:
    name, lang = request.param
    return name, lang, render(shipped(name, lang), load_guangzhou(), lang)


def test_all_statements_stand_in_the_briefing(edition) -> None:
    _, lang, done = edition
    dataset = load_guangzhou()
    scope = Scope(dataset, lang)
    shown = plain("\n".join(done.texts()))
    controls = done.aliases()
    for target in dataset.targets:
        view = scope.target(target.id)
        assert plain(view.text) in shown, target.id
        assert f"{target.id}.text" in controls or f"{target.id}.phrase" in controls, target.id


def test_headings_lead_through_it(edition) -> None:
    _, lang, done = edition
    document = docx.Document(io.BytesIO(done.data))
    styles = [paragraph.style.name for paragraph in document.paragraphs]
    assert styles.count("Heading 1") == 6
    assert styles.count("Heading 2") == 11
    assert ("（九）南沙区" if lang == "zh" else "3.9 Nansha District") in plain_headings(done)


def plain_headings(done: Rendered) -> list[str]:
    return [
        "".join(paragraph.itertext(f"{W}t"))
        for paragraph in done.xml().iter(f"{W}p")
        if (style := paragraph.find(f"{W}pPr/{W}pStyle")) is not None and style.get(f"{W}val", "").startswith("Heading")
    ]


def test_a_district_without_source_says_so(edition) -> None:
    _, lang, done = edition
    said = "原文未载" if lang == "zh" else "Not in the source"
    assert sum(text.startswith(said) for text in done.texts()) >= 3


def test_figures_in_doubt_carry_their_remark(edition) -> None:
    _, lang, done = edition
    shown = "\n".join(done.texts())
    assert ("919亿元" if lang == "zh" else "CNY 91.9 bn") in shown
    assert ("偏高" if lang == "zh" else "too high") in shown


def test_notes_captions_references_and_numbers(edition) -> None:
    name, lang, done = edition
    assert len(list(done.xml().iter(f"{W}footnoteReference"))) == 9
    label = "表" if lang == "zh" else "Table"
    captions = [
        text for text in done.texts() if text.startswith(label) and ("2023" in text or "一览" in text or "Main" in text)
    ]
    numbers = [int("".join(char for char in text.split("　")[0].split(".")[0] if char.isdigit())) for text in captions]
    assert numbers == sorted(numbers)
    codes = [code.text.split()[0] for code in done.xml().iter(f"{W}instrText")]
    assert {"TOC", "PAGEREF", "SEQ", "REF"} <= set(codes)
    footers = [part for part in done.package.namelist() if part.startswith("word/footer")]
    assert any(b" PAGE " in done.package.read(part) for part in footers)
    if name == "gbt9704":
        assert b"evenAndOddHeaders" in done.package.read("word/settings.xml")


def test_it_is_accessible(edition) -> None:
    _, lang, done = edition
    for drawing in done.xml().iter(f"{WP}docPr"):
        assert len(drawing.get("descr", "")) > 20
    headed = [
        table for table in done.xml().iter(f"{W}tbl") if table.find(f"{W}tblPr/{W}tblLook").get(f"{W}firstRow") == "1"
    ]
    assert len(headed) == 12
    for table in headed:
        assert table.find(f"{W}tr/{W}trPr/{W}tblHeader") is not None
        assert table.find(f"{W}tblPr/{W}tblCaption") is not None
    assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in done.xml().iter(f"{W}tr"))
    core = "".join(done.xml("docProps/core.xml").itertext())
    assert ("zh-CN" if lang == "zh" else "en-GB") in core
    assert ("广州2023年高质量发展目标" if lang == "zh" else "Guangzhou’s development targets") in core
    styles = done.package.read("word/styles.xml").decode()
    assert ('w:eastAsia="zh-CN"' if lang == "zh" else 'w:val="en-GB"') in styles


def test_the_chart_is_native_with_its_data(edition) -> None:
    import openpyxl

    _, lang, done = edition
    charts = [
        name for name in done.package.namelist() if name.startswith("word/charts/chart") and name.endswith(".xml")
    ]
    books = [name for name in done.package.namelist() if name.startswith("word/embeddings/")]
    assert len(charts) == len(books) == 1
    sheet = openpyxl.load_workbook(io.BytesIO(done.package.read(books[0]))).active
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert len(rows) == 8
    assert rows[0][0].split("\n")[0] == ("南沙" if lang == "zh" else "Nansha")
    assert [row[1] for row in rows] == sorted((row[1] for row in rows), reverse=True)
    assert {row[2] for row in rows} == {6}


def test_no_english_in_the_chinese_edition_and_the_reverse(edition) -> None:
    _, lang, done = edition
    shown = "\n".join(done.texts())
    if lang == "en":
        strange = {char for char in shown if "\u4e00" <= char <= "\u9fff"}
        # The name of a drive, a word of the source quoted in a remark, an address.
        assert len(strange) < 20
    else:
        assert "Table" not in shown and "target" not in shown


def test_actual_values_bring_their_own_section() -> None:
    for lang, title in (("zh", "三、目标进展"), ("en", "3. Progress")):
        done = render(shipped("standard", lang), load(PROGRESS), lang)
        assert title in plain_headings(done)
        assert not any("三、各区" in heading for heading in plain_headings(done))


def test_a_table_without_rows_leaves_its_caption_out_too() -> None:
    for lang, caption in (("zh", "需要说明的数字"), ("en", "Figures to handle with care")):
        shown = render(shipped("standard", lang), load(PROGRESS), lang).texts()
        assert not any(caption in text for text in shown)
        assert any(caption in text for text in render(shipped("standard", lang), load_guangzhou(), lang).texts())


def test_the_sdk_validator_finds_nothing(edition, tmp_path) -> None:
    name, lang, done = edition
    path = tmp_path / f"{name}-{lang}.docx"
    path.write_bytes(done.data)
    validate(path)


def test_templates_are_built_from_their_source() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "templates" / "source" / "word.py")], capture_output=True, text=True, check=True
    )
    assert [line.rpartition(": ")[2] for line in done.stdout.splitlines()] == ["unchanged"] * 4


def test_a_template_edited_by_hand_is_left_alone(tmp_path, monkeypatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "templates" / "source"))
    import keeping

    monkeypatch.setattr(keeping, "TEMPLATES", tmp_path)
    monkeypatch.setattr(keeping, "RECORD", tmp_path / "built.json")
    data = shipped("standard", "zh")
    path = tmp_path / "standard" / "zh" / "briefing.docx"
    assert keeping.keep(path, data) == "written"
    assert keeping.keep(path, data) == "unchanged"
    document = docx.Document(io.BytesIO(path.read_bytes()))
    document.add_paragraph("我加的一句")
    document.save(path)
    edited = path.read_bytes()
    assert keeping.keep(path, data).startswith("edited by hand")
    assert path.read_bytes() == edited
    assert keeping.keep(path, data, force=True) == "written"


def test_an_office_edits_it_with_python_docx_and_it_still_works() -> None:
    document = docx.Document(io.BytesIO(shipped("standard", "zh")))
    title = next(paragraph for paragraph in document.paragraphs if "pack.title" in paragraph.text)
    title.insert_paragraph_before("第{{ districts|length }}版")
    out = io.BytesIO()
    document.save(out)
    assert "第11版" in render(out.getvalue(), load(GUANGZHOU)).texts()


def test_a_briefing_whose_views_are_let_go_of_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    data, dataset = shipped("standard", "zh"), load_guangzhou()
    whole = render(data, dataset).data
    monkeypatch.setattr("exporters.binding.scope._MANY", 0)
    assert render(data, dataset).data == whole
