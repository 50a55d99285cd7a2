"""Parts of a template that no tag touches come out byte for byte."""

from __future__ import annotations

import io
import zipfile

from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from word_samples import add_xml, p, render, small, template

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cf500f0003860180"
    "5a349d6b0000000049454e44ae426082"
)
CHART = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><c:chart><c:plotArea><c:layout/><c:pieChart>
<c:varyColors val="1"/></c:pieChart></c:plotArea><c:plotVisOnly val="1"/></c:chart></c:chartSpace>"""
DRAWING = """<w:p><w:r><w:drawing><wp:inline><wp:extent cx="914400" cy="914400"/><wp:docPr id="%d" name="n%d"/><a:graphic>
<a:graphicData uri="%s">%s</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"""
CHART_URI = "http://schemas.openxmlformats.org/drawingml/2006/chart"


def _template() -> bytes:
    def build(document) -> None:
        document.add_picture(io.BytesIO(PNG))
        document.add_paragraph("{{ pack.title }}")
        package = document.part.package
        parts = {
            "/word/charts/chart9.xml": (
                "application/vnd.openxmlformats-officedocument.drawingml.chart+xml",
                RT.CHART,
                CHART,
            ),
            "/customXml/item7.xml": (
                "application/xml",
                RT.CUSTOM_XML,
                "<office xmlns='urn:of'>{{ not.ours }}</office>",
            ),
            "/word/printerSettings1.bin": ("application/octet-stream", RT.PRINTER_SETTINGS, "\x00\x01printer"),
        }
        ids = {
            name: document.part.relate_to(Part(PackURI(name), kind, text.encode(), package), rel)
            for name, (kind, rel, text) in parts.items()
        }
        chart = f'<c:chart xmlns:c="{CHART_URI}" r:id="{ids["/word/charts/chart9.xml"]}"/>'
        add_xml(document, DRAWING % (41, 41, CHART_URI, chart), p("{{ city.name }}"))

    return template(build)


def test_what_nobody_bound_is_carried_byte_for_byte() -> None:
    data = _template()
    done = render(data, small(), properties={"briefpack": "x:1:y"})
    ours = {
        "word/document.xml",
        "docProps/core.xml",
        "[Content_Types].xml",
        "_rels/.rels",
        "word/_rels/document.xml.rels",
    }
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        names = set(source.namelist())
        carried = names - ours
        assert {
            "word/theme/theme1.xml",
            "word/charts/chart9.xml",
            "customXml/item7.xml",
            "word/printerSettings1.bin",
        } <= carried
        for name in carried:
            assert done.package.read(name) == source.read(name), name
        packed = {info.filename: info.compress_size for info in source.infolist()}
    assert set(done.package.namelist()) == names | {"docProps/custom.xml"}
    assert all(done.package.getinfo(name).compress_size == packed[name] for name in carried)
