"""A workbook as Excel itself saves it: shared strings and formulas, and every part that openpyxl would lose."""

from __future__ import annotations

import io
import re

from living_samples import opened

from exporters.package import PackageWriter

_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
_XM = "http://schemas.microsoft.com/office/excel/2006/main"
_OFFICE = "application/vnd.openxmlformats-officedocument."
_MS = "http://schemas.microsoft.com/office/"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

DRAWING = (
    f'{HEAD}<xdr:wsDr xmlns:xdr="{_DRAWING}" xmlns:a="{_A}">'
    "<xdr:twoCellAnchor><xdr:from><xdr:col>10</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>5</xdr:row>"
    "<xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:to><xdr:col>14</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>80</xdr:row>"
    '<xdr:rowOff>0</xdr:rowOff></xdr:to><xdr:sp macro="" textlink=""><xdr:nvSpPr>'
    '<xdr:cNvPr id="2" name="文本框 1" descr="说明"/><xdr:cNvSpPr txBox="1"/></xdr:nvSpPr>'
    '<xdr:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="100" cy="100"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/>'
    '</a:prstGeom></xdr:spPr><xdr:txBody><a:bodyPr/><a:lstStyle/><a:p><a:r><a:rPr lang="zh-CN" b="1"/>'
    "<a:t>手写说明</a:t>"
    "</a:r></a:p></xdr:txBody></xdr:sp><xdr:clientData/></xdr:twoCellAnchor></xdr:wsDr>"
)
COMMENTS = (
    f'{HEAD}<comments xmlns="{_MAIN}"><authors><author>tc={{11111111-2222-3333-4444-555555555555}}</author></authors>'
    '<commentList><comment ref="C7" authorId="0" shapeId="0"><text>'
    "<t>[Threaded comment]\n请核实口径</t></text></comment>"
    "</commentList></comments>"
)
THREADED = (
    f'{HEAD}<ThreadedComments xmlns="{_MS}spreadsheetml/2018/threadedcomments">'
    '<threadedComment ref="C7" dT="2023-05-01T08:00:00.00" personId="{AAAAAAAA-2222-3333-4444-555555555555}" '
    'id="{11111111-2222-3333-4444-555555555555}"><text>请核实口径</text></threadedComment></ThreadedComments>'
)
PERSONS = (
    f'{HEAD}<personList xmlns="{_MS}spreadsheetml/2018/threadedcomments"><person displayName="赵六" '
    'id="{AAAAAAAA-2222-3333-4444-555555555555}" userId="zhao" providerId="None"/></personList>'
)
VML = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml"\r\n xmlns:o="urn:schemas-microsoft-com:office:office"\r\n '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="2"/>'
    '</o:shapelayout><v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" '
    'path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/></v:shapetype>'
    '<v:shapetype id="_x0000_t201" coordsize="21600,21600" o:spt="201" '
    'path="m,l,21600r21600,l21600,xe"/><v:shape id="_x0000_s2049" type="#_x0000_t202" style="position:absolute;'
    'visibility:hidden" fillcolor="infoBackground [80]" o:insetmode="auto"><x:ClientData ObjectType="Note">'
    "<x:MoveWithCells/><x:SizeWithCells/><x:Anchor>3, 15, 5, 10, 5, 15, 9, 4</x:Anchor><x:AutoFill>False</x:AutoFill>"
    '<x:Row>6</x:Row><x:Column>2</x:Column></x:ClientData></v:shape><v:shape id="_x0000_s2050" type="#_x0000_t201" '
    'style="position:absolute" stroked="f"><x:ClientData ObjectType="Checkbox"><x:SizeWithCells/>'
    "<x:Anchor>11, 0, 1, 0, 12, 0, 2, 0</x:Anchor><x:FmlaLink>目标!$L$2</x:FmlaLink></x:ClientData></v:shape></xml>"
)
CONTROL = f'{HEAD}<formControlPr xmlns="{_X14}" objectType="CheckBox" checked="Checked" fmlaLink="$L$2" lockText="1"/>'
SLICER = (
    f'{HEAD}<slicers xmlns="{_X14}"><slicer name="区" cache="切片器_区" caption="区" rowHeight="241300"/></slicers>'
)
SLICER_CACHE = (
    f'{HEAD}<slicerCacheDefinition xmlns="{_X14}" name="切片器_区" sourceName="区"><extLst><x:ext xmlns:x="{_MAIN}" '
    'uri="{2F2917AC-EB37-4324-AD4E-5DD8C200BD13}"><x15:tableSlicerCache '
    'xmlns:x15="http://schemas.microsoft.com/office/spreadsheetml/2010/11/main" '
    'tableId="1" column="2"/></x:ext></extLst>'
    "</slicerCacheDefinition>"
)
PRINTER = bytes(range(256)) * 4
EXTENSIONS = (
    f'<extLst><ext uri="{{78C0D931-6437-407d-A8EE-F0AAD7539E65}}" xmlns:x14="{_X14}"><x14:conditionalFormattings>'
    f'<x14:conditionalFormatting xmlns:xm="{_XM}"><x14:cfRule type="dataBar" '
    'id="{00000000-0001-0000-0000-000000000001}">'
    '<x14:dataBar minLength="0" maxLength="100" gradient="0"><x14:cfvo type="num"><xm:f>0</xm:f></x14:cfvo>'
    '<x14:cfvo type="autoMax"/></x14:dataBar></x14:cfRule><xm:sqref>E5:E72</xm:sqref></x14:conditionalFormatting>'
    f'</x14:conditionalFormattings></ext><ext uri="{{05C60535-1F16-4fd2-B633-F4F36F0B64E0}}" xmlns:x14="{_X14}">'
    f'<x14:sparklineGroups xmlns:xm="{_XM}"><x14:sparklineGroup displayEmptyCellsAs="gap"><x14:sparklines>'
    "<x14:sparkline><xm:f>目标!E5:G5</xm:f><xm:sqref>K5</xm:sqref></x14:sparkline><x14:sparkline><xm:f>目标!E72:G72</xm:f>"
    "<xm:sqref>K72</xm:sqref></x14:sparkline></x14:sparklines></x14:sparklineGroup></x14:sparklineGroups></ext>"
    f'<ext uri="{{A8765BA9-456A-4dab-B4F3-ACF838C121DE}}" xmlns:x14="{_X14}"><x14:slicerList>'
    '<x14:slicer r:id="rId96"/></x14:slicerList></ext></extLst>'
)

OPAQUE = (
    "xl/threadedComments/threadedComment1.xml", "xl/persons/person.xml", "xl/ctrlProps/ctrlProp1.xml",
    "xl/slicers/slicer1.xml", "xl/slicerCaches/slicerCache1.xml", "xl/printerSettings/printerSettings1.bin",
    "xl/drawings/drawing9.xml", "xl/comments9.xml", "xl/drawings/vmlDrawing9.vml", "xl/theme/theme1.xml",
)  # fmt: skip
SHEET = "xl/worksheets/sheet2.xml"


def as_excel(data: bytes) -> bytes:
    """Return a render as Excel would save it after a person put all kinds of things on the table's sheet."""
    package = opened(data)
    parts = {name: package.read(name) for name in package.names()}
    strings: list[str] = []
    for name in [name for name in parts if name.startswith("xl/worksheets/sheet")]:
        parts[name] = _shared(parts[name].decode(), strings).encode()
    rich = '<si><r><rPr><b/><sz val="11"/></rPr><t>重点：</t></r><r><rPr><sz val="11"/></rPr><t>原文</t></r></si>'
    items = "".join(f'<si><t xml:space="preserve">{one}</t></si>' for one in strings)
    parts["xl/sharedStrings.xml"] = (
        f'{HEAD}<sst xmlns="{_MAIN}" count="{len(strings) + 1}" uniqueCount="{len(strings) + 1}">{items}{rich}</sst>'
    ).encode()
    sheet = parts[SHEET].decode()
    last = max(int(row) for row in re.findall(r'<c r="H(\d+)"[^>]*><f>', sheet))
    sheet = _shared_formulas(sheet, last)
    sheet = re.sub(r'<c r="I6"[^>]*/>', f'<c r="I6" t="s"><v>{len(strings)}</v></c>', sheet)
    sheet = re.sub(r'(<c r="E5"[^>]*><v>)[^<]*', r"\g<1>6.5000000000000002E-2", sheet)
    tail = (
        '<pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" r:id="rId91"/><drawing r:id="rId92"/>'
        '<legacyDrawing r:id="rId93"/><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        '<mc:Choice Requires="x14"><controls><mc:AlternateContent><mc:Choice Requires="x14">'
        f'<control shapeId="2050" r:id="rId94" name="复选框"><controlPr defaultSize="0"><anchor moveWithCells="1">'
        f'<from><xdr:col xmlns:xdr="{_DRAWING}">11</xdr:col><xdr:colOff xmlns:xdr="{_DRAWING}">0</xdr:colOff>'
        f'<xdr:row xmlns:xdr="{_DRAWING}">1</xdr:row><xdr:rowOff xmlns:xdr="{_DRAWING}">0</xdr:rowOff></from>'
        f'<to><xdr:col xmlns:xdr="{_DRAWING}">12</xdr:col><xdr:colOff xmlns:xdr="{_DRAWING}">0</xdr:colOff>'
        f'<xdr:row xmlns:xdr="{_DRAWING}">2</xdr:row><xdr:rowOff xmlns:xdr="{_DRAWING}">0</xdr:rowOff></to></anchor>'
        "</controlPr></control></mc:Choice></mc:AlternateContent></controls></mc:Choice></mc:AlternateContent>"
    )
    if "xmlns:r=" not in sheet[:400]:
        sheet = sheet.replace("<worksheet ", f'<worksheet xmlns:r="{_R}" xmlns:x14="{_X14}" ', 1)
    sheet = re.sub(r"<pageMargins[^>]*/>", "", sheet)
    sheet = re.sub(r"<tableParts.*?</tableParts>", lambda found: tail + found[0] + EXTENSIONS, sheet)
    parts[SHEET] = sheet.encode()
    _attach(parts)
    out = io.BytesIO()
    with PackageWriter(out) as writer:
        for name, content in parts.items():
            writer.add(name, content)
    return out.getvalue()


def _shared(sheet: str, strings: list[str]) -> str:
    known = {text: number for number, text in enumerate(strings)}

    def number(found: re.Match[str]) -> str:
        text = found[2]
        if text not in known:
            known[text] = len(strings)
            strings.append(text)
        return f'{found[1]} t="s"><v>{known[text]}</v></c>'

    pattern = r'(<c r="[A-Z]+\d+"(?: s="\d+")?) t="inlineStr"><is><t(?: xml:space="preserve")?>([^<]*)</t></is></c>'
    return re.sub(pattern, number, sheet)


def _shared_formulas(sheet: str, last: int) -> str:
    def follower(found: re.Match[str]) -> str:
        if found[1] == "5":
            return f'{found[0][: found[0].index("<f>")]}<f t="shared" ref="H5:H{last}" si="0">{found[2]}</f>'
        return f'{found[0][: found[0].index("<f>")]}<f t="shared" si="0"/>'

    return re.sub(r'<c r="H(\d+)"[^>]*><f>([^<]*)</f>', follower, sheet)


def _attach(parts: dict[str, bytes]) -> None:
    parts["xl/drawings/drawing9.xml"] = DRAWING.encode()
    parts["xl/comments9.xml"] = COMMENTS.encode()
    parts["xl/threadedComments/threadedComment1.xml"] = THREADED.encode()
    parts["xl/persons/person.xml"] = PERSONS.encode()
    parts["xl/drawings/vmlDrawing9.vml"] = VML.encode()
    parts["xl/ctrlProps/ctrlProp1.xml"] = CONTROL.encode()
    parts["xl/slicers/slicer1.xml"] = SLICER.encode()
    parts["xl/slicerCaches/slicerCache1.xml"] = SLICER_CACHE.encode()
    parts["xl/printerSettings/printerSettings1.bin"] = PRINTER
    links = (
        ("rId91", f"{_R}/printerSettings", "../printerSettings/printerSettings1.bin"),
        ("rId92", f"{_R}/drawing", "../drawings/drawing9.xml"),
        ("rId93", f"{_R}/vmlDrawing", "../drawings/vmlDrawing9.vml"),
        ("rId94", f"{_R}/ctrlProp", "../ctrlProps/ctrlProp1.xml"),
        ("rId95", f"{_R}/comments", "../comments9.xml"),
        ("rId96", f"{_MS}2007/relationships/slicer", "../slicers/slicer1.xml"),
        ("rId97", f"{_MS}2017/10/relationships/threadedComment", "../threadedComments/threadedComment1.xml"),
    )
    _link(parts, "xl/worksheets/_rels/sheet2.xml.rels", links)
    _link(parts, "xl/_rels/workbook.xml.rels", (
        ("rId95", f"{_R}/sharedStrings", "sharedStrings.xml"),
        ("rId96", f"{_MS}2017/10/relationships/person", "persons/person.xml"),
        ("rId97", f"{_MS}2007/relationships/slicerCache", "slicerCaches/slicerCache1.xml"),
    ))  # fmt: skip
    types = {
        "xl/drawings/drawing9.xml": _OFFICE + "drawing+xml",
        "xl/comments9.xml": _OFFICE + "spreadsheetml.comments+xml",
        "xl/threadedComments/threadedComment1.xml": "application/vnd.ms-excel.threadedcomments+xml",
        "xl/persons/person.xml": "application/vnd.ms-excel.person+xml",
        "xl/ctrlProps/ctrlProp1.xml": "application/vnd.ms-excel.controlproperties+xml",
        "xl/slicers/slicer1.xml": "application/vnd.ms-excel.slicer+xml",
        "xl/slicerCaches/slicerCache1.xml": "application/vnd.ms-excel.slicerCache+xml",
        "xl/sharedStrings.xml": _OFFICE + "spreadsheetml.sharedStrings+xml",
    }
    known = parts["[Content_Types].xml"].decode()
    defaults = ""
    for extension, content_type in (("bin", "printerSettings"), ("vml", "vmlDrawing")):
        if f'Extension="{extension}"' not in known:
            kind = _OFFICE + ("spreadsheetml." if extension == "bin" else "") + content_type
            defaults += f'<Default Extension="{extension}" ContentType="{kind}"/>'
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>'
        for name, kind in types.items()
        if f'PartName="/{name}"' not in known
    )
    known = re.sub(r"(<Types[^>]*>)", lambda found: found[1] + defaults, known)
    parts["[Content_Types].xml"] = known.replace("</Types>", overrides + "</Types>").encode()


def _link(parts: dict[str, bytes], name: str, links: tuple[tuple[str, str, str], ...]) -> None:
    xml = "".join(f'<Relationship Id="{rel}" Type="{kind}" Target="{target}"/>' for rel, kind, target in links)
    parts[name] = parts[name].decode().replace("</Relationships>", xml + "</Relationships>").encode()
