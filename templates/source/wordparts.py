"""Whole parts of the Word templates: styles, numbering, settings and the chart."""

from __future__ import annotations

from wordkit import DECLARED, NS
from wordlooks import Look

_NAMES = {
    "Normal": "Normal", "Title": "Title", "Subtitle": "Subtitle", "Heading1": "heading 1", "Heading2": "heading 2",
    "Caption": "caption", "FootnoteText": "footnote text", "TOC1": "toc 1", "TOC2": "toc 2",
    "TOCHeading": "TOC Heading", "Header": "header", "Footer": "footer",
    "KeyMessage": "Key Message", "TableText": "Table Text", "TableFigure": "Table Figure",
    "TableHead": "Table Head", "TableHeadFigure": "Table Head Figure", "TableSub": "Table Sub-item",
    "KeyLabel": "Key Label", "KeyFigure": "Key Figure", "KeyNote": "Key Note", "FigureCaption": "Figure Caption", "SourceItem": "Source Item", "FootnoteSeparator": "Footnote Separator",
}  # fmt: skip
_OUTLINE = {"Heading1": 0, "Heading2": 1}


def styles_xml(look: Look, lang: str) -> str:
    """The styles part: defaults, every face as a paragraph style, the table style, characters."""
    language = (
        '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/>'
        if lang == "zh"
        else '<w:lang w:val="en-GB" w:eastAsia="zh-CN" w:bidi="ar-SA"/>'
    )
    normal = look.faces["Normal"]
    right = round(look.width * 20)
    styles = []
    for style_id, face in look.faces.items():
        default = ' w:default="1"' if style_id == "Normal" else ""
        based = "" if style_id == "Normal" else '<w:basedOn w:val="Normal"/>'
        follows = '<w:next w:val="Normal"/>' if style_id.startswith(("Heading", "Title", "Caption")) else ""
        more = face.paragraph()
        tabs = ""
        if style_id.startswith("TOC") and style_id != "TOCHeading":
            tabs = f'<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="{right}"/></w:tabs>'
        if style_id == "SourceItem" and look.name == "standard":
            tabs = '<w:tabs><w:tab w:val="left" w:pos="425"/></w:tabs>'
        number = ""
        if style_id == "KeyMessage" and look.name == "standard":
            number = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
        outline = f'<w:outlineLvl w:val="{_OUTLINE[style_id]}"/>' if style_id in _OUTLINE else ""
        if style_id != "Normal" and not face.indent:
            more = more.replace("<w:jc", '<w:ind w:left="0" w:right="0" w:firstLine="0" w:firstLineChars="0"/><w:jc')
            if "<w:ind" not in more:
                more += '<w:ind w:left="0" w:right="0" w:firstLine="0" w:firstLineChars="0"/>'
        elif style_id != "Normal" and "firstLine" not in face.indent and "hanging" not in face.indent:
            more = more.replace("<w:ind ", '<w:ind w:firstLine="0" w:firstLineChars="0" ')
        if style_id != "Normal" and not face.align:
            more += '<w:jc w:val="left"/>'
        ppr = _ordered(more, number, tabs) + outline
        quick = "<w:qFormat/>" if style_id in _NAMES else ""
        styles.append(
            f'<w:style w:type="paragraph" w:styleId="{style_id}"{default}><w:name w:val="{_NAMES.get(style_id, style_id)}"/>'
            f"{based}{follows}{quick}<w:pPr>{ppr}</w:pPr><w:rPr>{face.run()}</w:rPr></w:style>"
        )
    return (
        f"<w:styles {DECLARED}><w:docDefaults><w:rPrDefault><w:rPr>{normal.run()}{language}</w:rPr></w:rPrDefault>"
        "<w:pPrDefault><w:pPr><w:widowControl/></w:pPr></w:pPrDefault></w:docDefaults>"
        + "".join(styles)
        + '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/></w:style>'
        '<w:style w:type="character" w:styleId="FootnoteReference"><w:name w:val="footnote reference"/>'
        '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>'
        '<w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/></w:style>'
        '<w:style w:type="numbering" w:default="1" w:styleId="NoList"><w:name w:val="No List"/><w:semiHidden/></w:style>'
        + _table_styles(look)
        + "</w:styles>"
    )


def _ordered(more: str, number: str, tabs: str) -> str:
    """Put numbering and tabs where the schema wants them: behind the keeps, numbering before borders, tabs after."""
    for mark in ("<w:pBdr", "<w:spacing"):
        if mark in more:
            head, _, rest = more.partition(mark)
            more = f"{head}{number}{mark}{rest}"
            break
    head, _, rest = more.partition("<w:spacing")
    return f"{head}{tabs}<w:spacing{rest}"


def _table_styles(look: Look) -> str:
    pad = round(look.cell_padding * 20)
    line = f'w:val="single" w:sz="4" w:space="0" w:color="{look.line_color}"'
    strong = f'w:val="single" w:sz="4" w:space="0" w:color="{look.accent}"'
    borders = f"<w:top {strong}/><w:bottom {strong}/><w:insideH {line}/>"
    if look.name == "gbt9704":
        plain = 'w:val="single" w:sz="4" w:space="0" w:color="000000"'
        borders = "".join(f"<w:{side} {plain}/>" for side in ("top", "left", "bottom", "right", "insideH", "insideV"))
    fill = f'<w:shd w:val="clear" w:color="auto" w:fill="{look.pale}"/>'
    return (
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:semiHidden/>'
        '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/>'
        '<w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="108" w:type="dxa"/>'
        "</w:tblCellMar></w:tblPr></w:style>"
        '<w:style w:type="table" w:customStyle="1" w:styleId="BriefTable"><w:name w:val="Brief Table"/>'
        '<w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>'
        f"{borders}</w:tblBorders><w:tblCellMar>"
        f'<w:top w:w="{pad}" w:type="dxa"/><w:left w:w="50" w:type="dxa"/><w:bottom w:w="{pad}" w:type="dxa"/>'
        '<w:right w:w="50" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tcPr><w:vAlign w:val="center"/></w:tcPr>'
        f'<w:tblStylePr w:type="firstRow"><w:tcPr>{fill}</w:tcPr></w:tblStylePr></w:style>'
        '<w:style w:type="table" w:customStyle="1" w:styleId="KeyTable"><w:name w:val="Key Figures Table"/>'
        f'<w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders><w:top {line}/><w:bottom {line}/></w:tblBorders>'
        '<w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
    )


def numbering_xml(look: Look) -> str:
    """One list: square bullets in the accent colour."""
    return (
        f'<w:numbering {DECLARED}><w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="singleLevel"/>'
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="▪"/><w:lvlJc w:val="left"/>'
        '<w:pPr><w:ind w:left="284" w:hanging="284"/></w:pPr>'
        f'<w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="微软雅黑"/><w:color w:val="{look.accent}"/></w:rPr>'
        '</w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )


def settings_xml(look: Look, lang: str) -> str:
    even = "" if look.header else "<w:evenAndOddHeaders/>"
    theme = (
        '<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/>' if lang == "zh" else '<w:themeFontLang w:val="en-GB"/>'
    )
    return (
        f'<w:settings {DECLARED}><w:zoom w:percent="100"/><w:defaultTabStop w:val="420"/>{even}'
        '<w:characterSpacingControl w:val="doNotCompress"/>'
        '<w:footnotePr><w:footnote w:id="-1"/><w:footnote w:id="0"/></w:footnotePr>'
        '<w:compat><w:useFELayout/><w:compatSetting w:name="compatibilityMode" '
        'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
        f'{theme}<w:decimalSymbol w:val="."/><w:listSeparator w:val=","/></w:settings>'
    )


def _text(look: Look, size: float, color: str, bold: bool = False, wrap: str = "square") -> str:
    weight = "1" if bold else "0"
    face = look.faces["TableText"]
    return (
        f'<c:txPr><a:bodyPr rot="0" vert="horz" wrap="{wrap}"/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="{round(size * 100)}" b="{weight}">'
        f'<a:solidFill><a:srgbClr val="{color}"/></a:solidFill><a:latin typeface="{face.latin}"/>'
        f'<a:ea typeface="{face.east_asian}"/></a:defRPr></a:pPr><a:endParaRPr lang="zh-CN"/></a:p></c:txPr>'
    )


def chart_xml(look: Look, lang: str) -> str:
    """Columns sorted by figure, the first marked; the city's target as a dashed line that bears its name; no legend."""
    names = f' xmlns:c="{NS["c"]}" xmlns:a="{NS["a"]}" xmlns:r="{NS["r"]}"'
    small, dark = look.chart_size, "404040" if look.name == "standard" else "000000"

    def series(index: int, column: str, shape: str, points: str) -> str:
        return (
            f'<c:ser><c:idx val="{index}"/><c:order val="{index}"/><c:tx><c:strRef><c:f>Sheet1!${column}$1</c:f>'
            '<c:strCache><c:ptCount val="1"/><c:pt idx="0"><c:v>1</c:v></c:pt></c:strCache></c:strRef></c:tx>'
            f'{shape}{points}<c:cat><c:strRef><c:f>Sheet1!$A$2</c:f><c:strCache><c:ptCount val="1"/><c:pt idx="0">'
            "<c:v>A</c:v></c:pt></c:strCache></c:strRef></c:cat><c:val><c:numRef>"
            f'<c:f>Sheet1!${column}$2</c:f><c:numCache><c:formatCode>General</c:formatCode><c:ptCount val="1"/>'
            '<c:pt idx="0"><c:v>1</c:v></c:pt></c:numCache></c:numRef></c:val>'
        )

    fill = f'<c:spPr><a:solidFill><a:srgbClr val="{look.bar}"/></a:solidFill></c:spPr>'
    # A level drawn from edge to edge: a line of points would begin and end in the middle of the outer columns.
    across = (
        f'<c:trendline><c:spPr><a:ln w="19050" cap="flat"><a:solidFill><a:srgbClr val="{look.reference}"/></a:solidFill>'
        '<a:prstDash val="dash"/></a:ln></c:spPr><c:trendlineType val="linear"/><c:forward val="0.5"/>'
        '<c:backward val="0.5"/><c:dispRSqr val="0"/><c:dispEq val="0"/></c:trendline>'
    )
    first = (
        '<c:invertIfNegative val="0"/><c:dPt><c:idx val="0"/><c:invertIfNegative val="0"/><c:bubble3D val="0"/>'
        f'<c:spPr><a:solidFill><a:srgbClr val="{look.first_bar}"/></a:solidFill></c:spPr></c:dPt>'
    )
    bars = series(0, "B", fill, first)
    hidden = '<c:spPr><a:ln w="19050"><a:noFill/></a:ln></c:spPr><c:marker><c:symbol val="none"/></c:marker>'
    label = _text(look, small, look.reference, bold=True, wrap="none")
    named = (
        f"<c:dLbls><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>{label}"
        '<c:dLblPos val="t"/><c:showLegendKey val="0"/><c:showVal val="0"/><c:showCatName val="0"/><c:showSerName val="1"/>'
        '<c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>'
    )
    line = series(1, "C", hidden, across)
    name = series(2, "D", hidden, named)
    axis_line = (
        f'<c:spPr><a:ln w="9525"><a:solidFill><a:srgbClr val="{look.line_color}"/></a:solidFill></a:ln></c:spPr>'
    )
    language = "zh-CN" if lang == "zh" else "en-GB"
    return (
        f'<c:chartSpace{names}><c:date1904 val="0"/><c:lang val="{language}"/><c:roundedCorners val="0"/><c:chart>'
        '<c:autoTitleDeleted val="1"/><c:plotArea><c:layout/>'
        '<c:barChart><c:barDir val="col"/><c:grouping val="clustered"/><c:varyColors val="0"/>'
        f'{bars}</c:ser><c:gapWidth val="70"/><c:axId val="111111111"/><c:axId val="222222222"/></c:barChart>'
        '<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>'
        f'{line}<c:smooth val="0"/></c:ser>{name}<c:smooth val="0"/></c:ser><c:marker val="1"/><c:axId val="111111111"/><c:axId val="222222222"/></c:lineChart>'
        '<c:catAx><c:axId val="111111111"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/>'
        '<c:axPos val="b"/><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="low"/>{axis_line}{_text(look, small, dark)}'
        '<c:crossAx val="222222222"/><c:crosses val="autoZero"/><c:auto val="1"/><c:lblAlgn val="ctr"/>'
        '<c:lblOffset val="100"/><c:noMultiLvlLbl val="0"/></c:catAx>'
        '<c:valAx><c:axId val="222222222"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/></c:scaling><c:delete val="1"/>'
        '<c:axPos val="l"/><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/>'
        '<c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:crossAx val="111111111"/>'
        '<c:crosses val="autoZero"/><c:crossBetween val="between"/></c:valAx>'
        '<c:spPr><a:noFill/></c:spPr></c:plotArea><c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        '<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr><c:externalData r:id="BOOK_ID"><c:autoUpdate val="0"/>'
        "</c:externalData></c:chartSpace>"
    )
