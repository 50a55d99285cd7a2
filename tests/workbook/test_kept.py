"""Everything that no tag touches is carried byte for byte: a template with all that openpyxl would lose."""

from __future__ import annotations

import pytest

from exporters.package import lint
from tests.workbook.books import parts, rendered, replaced, template, values

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fcffff3f030005fe02fea735"
    "81e80000000049454e44ae426082"
)
PEOPLE = (
    '<?xml version="1.0"?><personList xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
    '<person displayName="王五" id="{00000000-0000-0000-0000-000000000001}" userId="1" providerId="None"/></personList>'
)
THREADED = (
    '<?xml version="1.0"?><ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
    '<threadedComment ref="A1" dT="2024-01-01T00:00:00.00" personId="{00000000-0000-0000-0000-000000000001}" '
    'id="{00000000-0000-0000-0000-000000000002}"><text>请核对</text></threadedComment></ThreadedComments>'
)
TEXT_BOX = (
    '<?xml version="1.0"?><xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:twoCellAnchor><xdr:from><xdr:col>5</xdr:col>'
    "<xdr:colOff>0</xdr:colOff><xdr:row>{row}</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:to><xdr:col>8</xdr:col>"
    '<xdr:colOff>0</xdr:colOff><xdr:row>{end}</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:to><xdr:sp macro="" textlink="">'
    '<xdr:nvSpPr><xdr:cNvPr id="2" name="文本框 1" descr="说明"/><xdr:cNvSpPr txBox="1"/></xdr:nvSpPr><xdr:spPr>'
    '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr><xdr:txBody><a:bodyPr/><a:lstStyle/><a:p><a:r><a:rPr b="1"/>'
    "<a:t>{text}</a:t></a:r></a:p></xdr:txBody></xdr:sp><xdr:clientData/></xdr:twoCellAnchor></xdr:wsDr>"
)


def _rels(*items: tuple[str, str, str]) -> bytes:
    inside = "".join(f'<Relationship Id="{name}" Type="{kind}" Target="{target}"/>' for name, kind, target in items)
    return f'<?xml version="1.0"?><Relationships xmlns="{PACKAGE}">{inside}</Relationships>'.encode()


def _types(old: bytes) -> bytes:
    more = (
        '<Default Extension="png" ContentType="image/png"/><Default Extension="bin" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.printerSettings"/>'
        '<Override PartName="/xl/drawings/drawing1.xml" ContentType="application/vnd.openxmlformats-officedocument.drawing+xml"/>'
        '<Override PartName="/xl/drawings/drawing2.xml" ContentType="application/vnd.openxmlformats-officedocument.drawing+xml"/>'
        '<Override PartName="/xl/persons/person.xml" ContentType="application/vnd.ms-excel.person+xml"/>'
        '<Override PartName="/xl/threadedComments/threadedComment1.xml" ContentType="application/vnd.ms-excel.threadedcomments+xml"/>'
        '<Override PartName="/customXml/itemProps1.xml" ContentType="application/vnd.openxmlformats-officedocument.customXmlProperties+xml"/>'
    )
    return old.replace(b"</Types>", more.encode() + b"</Types>")


def everything(sheet_two: str = "原样", row: int = 1) -> bytes:
    """A template whose second sheet holds what nobody bound: text box, picture, printer settings, comments, rules."""
    data = template({
        "目标": {"A1": "{% for d in districts %}{{ d.short }}", "B1": "{% endfor %}", "A2": "末"},
        sheet_two: {"A1": "原样", "B1": "=1+1"},
    })  # fmt: skip
    drawing = f'<drawing r:id="rId1" xmlns:r="{OFFICE}"/>'.encode()
    rule = (
        b'<extLst><ext uri="{78C0D931-6437-407d-A8EE-F0AAD7539E65}" '
        b'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"><x14:conditionalFormattings '
        b'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:conditionalFormatting><x14:cfRule '
        b'type="dataBar" id="{00000000-000E-0000-0000-000001000000}"><x14:dataBar minLength="0" maxLength="100"><x14:cfvo '
        b'type="autoMin"/><x14:cfvo type="autoMax"/></x14:dataBar></x14:cfRule><xm:sqref>A2</xm:sqref>'
        b"</x14:conditionalFormatting></x14:conditionalFormattings></ext></extLst>"
    )
    setup = f'<pageSetup paperSize="9" r:id="rId2" xmlns:r="{OFFICE}"/>'.encode()
    microsoft = "http://schemas.microsoft.com/office/2017/10/relationships/"
    return replaced(data, {
        "[Content_Types].xml": _types,
        "xl/worksheets/sheet1.xml": lambda old: old.replace(b"</worksheet>", drawing + rule + b"</worksheet>"),
        "xl/worksheets/sheet2.xml": lambda old: old.replace(b"</worksheet>", setup + drawing + b"</worksheet>"),
        "xl/worksheets/_rels/sheet1.xml.rels": _rels(("rId1", f"{OFFICE}/drawing", "../drawings/drawing1.xml")),
        "xl/worksheets/_rels/sheet2.xml.rels": _rels(
            ("rId1", f"{OFFICE}/drawing", "../drawings/drawing2.xml"),
            ("rId2", f"{OFFICE}/printerSettings", "../printerSettings/printerSettings1.bin"),
            ("rId3", f"{microsoft}threadedComment", "../threadedComments/threadedComment1.xml"),
        ),
        "xl/drawings/drawing1.xml": TEXT_BOX.format(row=row, end=row + 3, text="{{ pack.title }}").encode(),
        "xl/drawings/drawing2.xml": TEXT_BOX.format(row=2, end=5, text="原样").encode(),
        "xl/drawings/_rels/drawing2.xml.rels": _rels(("rId1", f"{OFFICE}/image", "../media/image1.png")),
        "xl/media/image1.png": PNG,
        "xl/printerSettings/printerSettings1.bin": bytes(range(256)),
        "xl/persons/person.xml": PEOPLE.encode(),
        "xl/threadedComments/threadedComment1.xml": THREADED.encode(),
        "xl/_rels/workbook.xml.rels": lambda old: old.replace(
            b"</Relationships>",
            f'<Relationship Id="rId90" Type="{microsoft}person" Target="persons/person.xml"/></Relationships>'.encode(),
        ),
        "customXml/item1.xml": "<部门 xmlns=\"urn:x\">发改委</部门>".encode(),
        "customXml/itemProps1.xml": b'<ds:datastoreItem xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml" '
        b'ds:itemID="{00000000-0000-0000-0000-000000000003}"/>',
        "customXml/_rels/item1.xml.rels": _rels(("rId1", f"{OFFICE}/customXmlProps", "itemProps1.xml")),
        "_rels/.rels": lambda old: old.replace(
            b"</Relationships>",
            f'<Relationship Id="rId80" Type="{OFFICE}/customXml" Target="customXml/item1.xml"/></Relationships>'.encode(),
        ),
    })  # fmt: skip


def test_untouched_parts_are_the_same_bytes() -> None:
    data = everything()
    before, after = parts(data), parts(rendered(data))
    # The workbook part lists the sheets' hidden names.
    touched = {"xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/drawings/drawing1.xml", "xl/sharedStrings.xml"}
    assert {name for name in before if before[name] != after.get(name)} <= touched
    assert set(before) == set(after)


def test_the_text_box_speaks_and_moves_with_its_row() -> None:
    drawing = parts(rendered(everything()))["xl/drawings/drawing1.xml"].decode()
    assert "广州2023年高质量发展目标" in drawing
    assert 'b="1"' in drawing
    assert "<xdr:row>11</xdr:row>" in drawing
    assert "<xdr:row>14</xdr:row>" in drawing


def test_newer_rules_move() -> None:
    assert "<xm:sqref>A12</xm:sqref>" in parts(rendered(everything()))["xl/worksheets/sheet1.xml"].decode()


def test_the_result_is_sound() -> None:
    data = rendered(everything(), properties={"briefpack": "a:1:b"})
    assert lint(data) == []
    assert values(data)["原样"]["A1"].value == "原样"


def test_a_template_without_tags_comes_back_as_it_is() -> None:
    data = replaced(everything(), {
        "xl/worksheets/sheet1.xml": lambda old: old.replace(b"{% for d in districts %}{{ d.short }}", b"x").replace(b"{% endfor %}", b"y"),
        "xl/sharedStrings.xml": lambda old: old,
        "xl/drawings/drawing1.xml": TEXT_BOX.format(row=1, end=4, text="x").encode(),
    })  # fmt: skip
    before = parts(data)
    strings = before.get("xl/sharedStrings.xml", b"")
    if b"{" in strings:
        data = replaced(data, {"xl/sharedStrings.xml": strings.replace(b"{% for d in districts %}{{ d.short }}", b"x")
                               .replace(b"{% endfor %}", b"y")})  # fmt: skip
        before = parts(data)
    after = parts(rendered(data))
    assert {name for name in before if before[name] != after.get(name)} == set()


@pytest.mark.parametrize("part", ["xl/styles.xml", "xl/theme/theme1.xml"])
def test_looks_are_the_offices(part: str) -> None:
    data = everything()
    assert parts(rendered(data))[part] == parts(data)[part]


def test_templates_may_be_xltx() -> None:
    template_type = b"spreadsheetml.template.main+xml"
    data = replaced(template({"一": {"A1": "{{ city.short }}"}}), {
        "[Content_Types].xml": lambda old: old.replace(b"spreadsheetml.sheet.main+xml", template_type)
    })  # fmt: skip
    types = parts(rendered(data))["[Content_Types].xml"]
    assert template_type not in types
    assert b"spreadsheetml.sheet.main+xml" in types
