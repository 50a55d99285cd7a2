"""A small template with everything that a living briefing has, and data that moves."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from exporters import word
from exporters.binding.scope import Scope
from exporters.model import Dataset, validated
from exporters.package import Package

STAMP = "living:1:00ff"
_PERIOD = {"label": {"zh": "2023年", "en": "2023"}, "start": "2023-01-01", "end": "2023-12-31"}
NAMES = {"anhe": "安和区", "bailin": "柏林区", "changning": "长宁区", "dongshan": "东山区"}
FIRST = {
    "city": {"gdp-growth": "6", "fai-level": "8800"},
    "anhe": {"gdp-growth": "7.5", "fai-level": "730"},
    "bailin": {"gdp-growth": "8", "fai-level": "512.5"},
    "dongshan": {"gdp-growth": "5.5", "fai-level": "410"},
}
_INDICATORS = {"gdp-growth": ("GDP", "growth_yoy", "PERCENT", "gte"), "fai-level": ("FAI", "level", "CNY_100M", "eq")}


def dataset(values: Mapping[str, Mapping[str, str]], works: Mapping[str, str] | None = None) -> Dataset:
    """Return a dataset: city first, then districts in the order given; ``works`` gives initiatives by district."""
    places: list[dict[str, Any]] = []
    targets: list[dict[str, Any]] = []
    initiatives: list[dict[str, Any]] = []
    for number, (key, figures) in enumerate(values.items()):
        city = key == "city"
        name = "云汀市" if city else NAMES.get(key, key + "区")
        place = {"id": key, "name": {"zh": name, "en": key.title()}, "level": "city" if city else "district"}
        code = "990100" if city else f"9901{sorted(NAMES).index(key) + 1 if key in NAMES else number + 20:02d}"
        places.append({**place, "code": code, **({} if city else {"parent": "city"})})
        for slug, value in figures.items():
            indicator, measure, unit, comparator = _INDICATORS[slug]
            targets.append({
                "id": f"{key}.{slug}", "place": key, "indicator": indicator, "measure": measure, "value": value,
                "comparator": comparator, "unit": unit, "period": _PERIOD,
                "evidence": {"source": "report", "clause": f"{name}{slug}{value}", "start": 0, "end": 1},
            })  # fmt: skip
        for line, text in enumerate((works or {}).get(key, f"建设{name}产业园|整治{name}河道").split("|")):
            theme = {"zh": "产业", "en": "Industry"}
            initiatives.append({
                "id": f"{key}.work-{line}", "place": key, "theme": theme, "text": {"zh": text, "en": text},
            })  # fmt: skip
    labels = {"GDP": ("地区生产总值", "GDP"), "FAI": ("固定资产投资", "Investment")}
    indicators = [
        {"code": code, "label": {"zh": zh, "en": en}, "short": {"zh": zh, "en": en}, "measure": "level", "rank": rank}
        for rank, (code, (zh, en)) in enumerate(labels.items(), 1)
    ]
    return validated(Dataset, {
        "id": "living", "title": {"zh": "云汀市目标", "en": "Targets of Yunting"}, "as_of": "2023-02-01",
        "period": _PERIOD, "city": "city", "places": places, "indicators": indicators, "targets": targets,
        "initiatives": initiatives,
        "sources": [{"id": "report", "title": {"zh": "大会报道", "en": "Report"}}],
    })  # fmt: skip


def changed(**figures: Mapping[str, str] | None) -> dict[str, Mapping[str, str]]:
    """Return FIRST with districts replaced, added (``changning`` stands behind ``bailin``) or, by None, dropped."""
    found: dict[str, Mapping[str, str]] = {}
    for key in ("city", "anhe", "bailin", "changning", "dongshan"):
        figure = figures.get(key, FIRST.get(key)) if key in figures else FIRST.get(key)
        if figure is not None:
            found[key] = figure
    return found


def template(contents: bool = True) -> bytes:
    """Return the template: contents, an introduction, a matrix, a section a district with a note and a list."""
    document = docx.Document()
    if contents:
        _contents(document)
    document.add_heading("{{ pack.title }}", 1)
    document.add_paragraph(
        "全市地区生产总值增长{{ city.target.gdp_growth.text }}，固定资产投资{{ city.target.fai_level.text }}。"
        "共有{{ districts|length }}个区。"
        "{% for d in districts %}{{ d.name }}{% if not loop.last %}、{% endif %}{% endfor %}"
        "均已提出目标。"
    )
    table = document.add_table(2, 3)
    table.style = "Table Grid"
    for cell, text in zip(table.rows[0].cells, ("区", "生产总值", "投资"), strict=True):
        cell.text = text
    row = ("{% for d in districts %}{{ d.name }}", "{{ d.target.gdp_growth.text }}",
           "{{ d.target.fai_level.text }}{% endfor %}")  # fmt: skip
    for cell, text in zip(table.rows[1].cells, row, strict=True):
        cell.text = text
    document.add_paragraph("以下分区说明。")
    document.add_paragraph("{% for d in districts %}")
    document.add_heading("{{ d.name }}", 2)
    paragraph = document.add_paragraph("{{ d.name }}今年地区生产总值力争增长")
    paragraph.add_run("{{ d.target.gdp_growth.text }}").bold = True
    paragraph.add_run("，固定资产投资{{ d.target.fai_level.text }}。请抓好落实。")
    paragraph._p.append(
        parse_xml(
            f'<w:r {nsdecls("w")}><w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
            '<w:footnoteReference w:id="2"/></w:r>'
        )
    )
    document.add_paragraph("{% for i in d.initiatives %}")
    document.add_paragraph("{{ i.text }}", style="List Bullet")
    document.add_paragraph("{% endfor %}")
    inner = document.add_table(2, 2)
    inner.style = "Table Grid"
    inner.rows[0].cells[0].text, inner.rows[0].cells[1].text = "指标", "目标"
    inner.rows[1].cells[0].text = "{% for t in d.targets %}{{ t.label }}"
    inner.rows[1].cells[1].text = "{{ t.text }}{% endfor %}"
    document.add_paragraph("{% endfor %}")
    document.add_paragraph("完。")
    out = io.BytesIO()
    document.save(out)
    return _with_footnotes(out.getvalue())


def _contents(document: Any) -> None:
    w = nsdecls("w")
    code = (
        f'<w:p {w}><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        '<w:r><w:instrText xml:space="preserve"> TOC \\o "1-2" \\h '
        '</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>-</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )
    document.element.body.insert(0, parse_xml(code))


def _with_footnotes(data: bytes) -> bytes:
    w = nsdecls("w")
    notes = f"<w:footnotes {w}>" + "".join(
        f'<w:footnote w:type="{kind}" w:id="{number}"><w:p><w:r><w:{mark}/></w:r></w:p></w:footnote>'
        for number, (kind, mark) in enumerate(
            (("separator", "separator"), ("continuationSeparator", "continuationSeparator"))
        )
    )
    notes += (
        '<w:footnote w:id="2"><w:p><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteRef/></w:r>'
        '<w:r><w:t xml:space="preserve"> 来源：{{ d.name }}大会报道。</w:t></w:r></w:p></w:footnote></w:footnotes>'
    )
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name).decode() if name.endswith((".xml", ".rels")) else old.read(name)
            if name == "word/_rels/document.xml.rels":
                relation = f'<Relationship Id="rId900" Type="{office}/footnotes" Target="footnotes.xml"/>'
                part = part.replace("</Relationships>", relation + "</Relationships>")
            elif name == "[Content_Types].xml":
                part = part.replace(
                    "</Types>", f'<Override PartName="/word/footnotes.xml" ContentType="{kind}"/></Types>'
                )
            new.writestr(name, part)
        new.writestr("word/footnotes.xml", notes)
    return out.getvalue()


class Maker:
    """Renders the sample template, compiled once."""

    def __init__(self, data: bytes | None = None) -> None:
        self._template = Package.open(data or template(), name="briefing.docx")
        self._compiled = word.compile(self._template, "briefing.docx")

    def __call__(self, source: Dataset | Mapping[str, Mapping[str, str]], stamp: str = STAMP) -> bytes:
        data = source if isinstance(source, Dataset) else dataset(source)
        out = io.BytesIO()
        word.render(self._compiled, self._template, Scope(data, "zh", data.as_of), out, properties={"briefpack": stamp})
        return out.getvalue()


def with_tables(cells: list[list[str]]) -> bytes:
    """Return the template with a table of these *cells* in a section for each district, before the last paragraph."""
    document = docx.Document(io.BytesIO(template()))
    end = next(one for one in reversed(document.paragraphs) if "完。" in one.text)
    end.insert_paragraph_before("{% for d in districts %}")
    end.insert_paragraph_before("{{ d.name }}分项如下。")
    table = document.add_table(len(cells), len(cells[0]))
    for row, texts in zip(table.rows, cells, strict=True):
        for cell, said in zip(row.cells, texts, strict=True):
            cell.text = said
    end._p.addprevious(table._tbl)
    end.insert_paragraph_before("{{ d.name }}分项完。")
    end.insert_paragraph_before("{% endfor %}")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
