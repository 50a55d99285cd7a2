"""Each way in which a number can go wrong by hand, in each of the three files: told with its place, old and new."""

from __future__ import annotations

import re
import shutil
import zipfile
from pathlib import Path

import pytest

from exporters.registry import EXPORTERS
from exporters.runs.build import execute
from exporters.runs.pack import Pack
from exporters.runs.planning import Request, plan
from exporters.runs.verifying import verify

WORD, DECK, BOOK = "briefing.docx", "deck.pptx", "targets.xlsx"
SLIDES, CHARTS = r"ppt/slides/slide\d+\.xml", r"ppt/charts/chart\d+\.xml"
SHEETS = r"xl/worksheets/sheet\d+\.xml"


@pytest.fixture(scope="session")
def clean(tmp_path_factory, cache):
    """Return a folder with a pack of one file each: what is told of a file does not hang on the others."""
    folder = tmp_path_factory.mktemp("kinds")
    for name, entry in EXPORTERS.items():
        execute(plan(Request(out=folder / entry.filename, only=(name,), cache=cache)))
    return folder


# kind, file, part, what is looked for, what it becomes, where it is told, what is told
KINDS = [
    ("typed over", WORD, "word/document.xml", r"(>)10%(以上<)", r"\g<1>12%\2", "", "10%以上 -> 12%以上"),
    ("plain text", WORD, "word/document.xml", r"(目标简报.*?)2023", r"\g<1>2032", "paragraph “目标简报 2032年”", "2023.* -> 2032"),
    ("unit", WORD, "word/document.xml", r"(>\d+)亿元(<)", r"\1万元\2", "", r"(\d+)亿元 -> \1万元"),
    ("unit in prose", WORD, "word/document.xml", r"([^>]*?，[^<]*?\d+)亿元", r"\1万元", "", r"(\d+)亿元.* -> .*\1万元"),
    ("comparator", WORD, "word/document.xml", r"(>10%)以上(<)", r"\1\2", "", "10%以上 -> 10%$"),
    ("precision", WORD, "word/document.xml", r"(>)10%(以上<)", r"\g<1>10.0%\2", "", "10%以上 -> 10.0%以上"),
    ("footnote", WORD, "word/footnotes.xml", r"1月30日", "1月31日", "paragraph “", "liwan-report.citation .*30日 -> .*31日|30 -> 31"),
    ("header", WORD, r"word/header\d*\.xml", r"2023", "2024", "header", "2023.* -> .*2024"),
    ("alternative text", WORD, "word/document.xml", r'(descr="[^"]*?)10%', r"\g<1>11%", "alternative text of", "10%以上 -> 11%以上"),
    ("property", WORD, "docProps/core.xml", "2023", "2024", "document property title", "2023 -> 2024"),
    ("chart cache", WORD, r"word/charts/chart\d+\.xml", r"(<c:v>)10(</c:v>)", r"\g<1>11\2", "chart above “", "10 -> 11"),
    ("chart and its cells", WORD, r"word/charts/chart\d+\.xml", r"(<c:v>)10(</c:v>)", r"\g<1>11\2", "chart", "the chart shows '11' and its cell says '10'"),
    ("another's key", WORD, "word/document.xml", r'(<w:alias w:val="nansha\.gdp-growth)\.text"', r'\1-x.text"', "", "gdp"),
    ("another's key", DECK, SLIDES, r'name="nansha\.gdp-growth\.figure"', 'name="liwan.gdp-growth.figure"', "slide", "6.5%以上 -> .*10%以上"),
    ("another's key", BOOK, SHEETS, r"<t>nansha\.gdp-growth</t>", "<t>liwan.gdp-growth</t>", "sheet 目标, cell", r"liwan\.gdp-growth.*0\.065 -> 0\.1"),
    ("typed over", DECK, SLIDES, r"(<a:t>)73(</a:t>)", r"\g<1>37\2", "slide 1, shape pack.target_count", "73 -> 37"),
    ("table cell", DECK, SLIDES, r"(<a:t>)60(项目标</a:t>)", r"\g<1>61\2", "slide 18, table row 2", "60.* -> 61"),
    ("unit", DECK, SLIDES, r"(<a:t>[^<]*?\d+)亿元", r"\1万元", "slide", r"(\d+)亿元 -> .*\1万元"),
    ("comparator", DECK, SLIDES, r"(<a:t>[^<]*?\d+%)以上", r"\1", "slide", r"(\d+%)以上 -> .*\1$"),
    ("precision", DECK, SLIDES, r"(<a:t>)73(</a:t>)", r"\g<1>73.0\2", "slide 1", "73 -> 73.0"),
    ("notes", DECK, r"ppt/notesSlides/notesSlide\d+\.xml", r"1月30日", "1月3日", "slide 6, speaker notes", "30 -> 3"),
    ("alternative text", DECK, SLIDES, r'(descr="[^"]*?)(\d)%', r"\g<1>7\2%", "slide", r"10%以上 -> 170%以上"),
    ("property", DECK, "docProps/core.xml", "11个区", "12个区", "document property subject", "11个 -> 12个"),
    ("chart cache", DECK, CHARTS, r"(<c:numCache>.*?<c:v>)10(</c:v>)", r"\g<1>11\2", "slide 4, chart", "10 -> 11"),
    ("chart and its cells", DECK, CHARTS, r"(<c:numCache>.*?<c:v>)10(</c:v>)", r"\g<1>11\2", "slide 4, shape", "the chart shows '11' and its cell says '10'"),
    ("layout", DECK, r"ppt/slideMasters/slideMaster\d+\.xml", r"(</p:spTree>)", r'<p:sp><p:nvSpPr><p:cNvPr id="900" name="Stamp"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:p><a:r><a:t>GDP 88.8%</a:t></a:r></a:p></p:txBody></p:sp>\1', "slide master, shape Stamp", "“88.8%” belongs to no record"),
    ("typed over", BOOK, SHEETS, r"(?<!</f>)(<v>)0\.065(</v>)", r"\g<1>0.056\2", "sheet 目标, cell", "0.065 -> 0.056"),
    ("formula's result", BOOK, "xl/worksheets/sheet1.xml", r"(</f><v>)(\d+)(</v>)", r"\g<1>9\2\3", "sheet 总览, cell", r"shows 9(\d+), its formula gives \1"),
    ("header", BOOK, SHEETS, r"(<oddHeader>[^<]*)2023", r"\g<1>2024", "sheet 总览, header", "2023.* -> .*2024"),
    ("alternative text", BOOK, r"xl/drawings/drawing\d+\.xml", r'(descr="柱形图：)', r"\g<1>平均7.7%，", "alternative text of 图1", "“7.7%” belongs to no record"),
    ("property", BOOK, "docProps/core.xml", "2023", "2024", "document property title", "2023 -> 2024"),
    ("chart cache", BOOK, r"xl/charts/chart\d+\.xml", r"(<numCache>.*?<v>)([\d.]+)(</v>)", r"\g<1>9\2\3", "shape '图1", r"the chart shows '9"),
    ("name of a sheet", BOOK, "xl/workbook.xml", r'(<sheet [^>]*name=")说明"', r'\1说明 88.8%"', "name of a sheet", "“88.8%” belongs to no record"),
]  # fmt: skip


def _seeded(source: Path, target: Path, part: str, pattern: str, new: str) -> None:
    """Copy a package; in the first part in whose text *pattern* is found, replace its first match."""
    done = False
    with zipfile.ZipFile(source) as package, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for info in sorted(package.infolist(), key=lambda info: [int(n) for n in re.findall(r"\d+", info.filename)]):
            data = package.read(info)
            if not done and re.fullmatch(part, info.filename):
                text, count = re.subn(pattern, new, data.decode(), count=1, flags=re.DOTALL)
                if count and text != data.decode():
                    data, done = text.encode(), True
            out.writestr(info, data)
    assert done, f"{pattern} stands nowhere in {part}"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind[1].partition('.')[0]}-{kind[0]}")
def test_it_is_told_with_its_place_old_and_new(clean, tmp_path, kind):
    _, file, part, pattern, new, where, message = kind
    folder = Path(shutil.copytree(clean / file, tmp_path / "pack"))
    _seeded(clean / file / file, folder / file, part, pattern, new)
    found = [one for one in verify(Pack.open(folder)).findings if one.error]
    told = [(one.file, one.where, one.key, one.message) for one in found]
    assert any(
        one.file == file and where in one.where and re.search(message, f"{one.key} {one.message}") for one in found
    ), told
    assert {one.file for one in found} <= {file, ""}, told
