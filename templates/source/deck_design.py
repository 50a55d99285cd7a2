"""The deck's design: grid, theme, slide master and layouts, as DrawingML. Colours and fonts stand here alone."""

from __future__ import annotations

from dataclasses import dataclass

EMU = 914400
WIDTH, HEIGHT = 13.333, 7.5

# The grid, in inches: one margin, one text column, one panel; all slides share these edges.
LEFT, RIGHT = 0.6, 12.733
FULL = RIGHT - LEFT
GAP = 0.35
MAIN = 7.9
PANEL_X = LEFT + MAIN + GAP
PANEL = RIGHT - PANEL_X
TITLE_Y, TITLE_H = 0.32, 1.05
WHO_Y, WHO_H = 1.4, 0.36
BODY_Y, BODY_END = 1.92, 6.62
LIST_Y = {"zh-CN": 5.06, "en-GB": 5.24}
FOOT_RULE, FOOT_Y, FOOT_H = 6.84, 6.92, 0.3

NAMESPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)


@dataclass(frozen=True)
class Look:
    """What one set of templates looks like."""

    name: str
    latin: str
    east_asian: str
    colours: dict[str, str]


#: Ink and greys carry the text; one accent, kapok red, marks what matters.
KAPOK = {
    "dk1": "1D2733", "lt1": "FFFFFF", "dk2": "17304A", "lt2": "F3F4F6",
    "accent1": "B3282D", "accent2": "8A97A6", "accent3": "17304A", "accent4": "C9D0D8",
    "accent5": "5B6775", "accent6": "D9A5A7", "hlink": "17304A", "folHlink": "5B6775",
}  # fmt: skip
#: Quieter, for the set in the style of official documents: black, greys and the red of a letterhead.
PLAIN = {
    "dk1": "1A1A1A", "lt1": "FFFFFF", "dk2": "2B2B2B", "lt2": "F5F5F3",
    "accent1": "A61C1C", "accent2": "8C8C8C", "accent3": "3D3D3D", "accent4": "CFCFCB",
    "accent5": "5E5E5E", "accent6": "D8A9A4", "hlink": "2B2B2B", "folHlink": "5E5E5E",
}  # fmt: skip

# Which theme colour says what.
INK, WHITE, NIGHT, PALE = "tx1", "bg1", "tx2", "bg2"
ACCENT, GREY, RULE, MUTED = "accent1", "accent2", "accent4", "accent5"


def emu(inches: float) -> int:
    return round(inches * EMU)


def fill(colour: str) -> str:
    return f'<a:solidFill><a:schemeClr val="{colour}"/></a:solidFill>'


def theme_xml(look: Look) -> str:
    """Return a whole theme part."""
    colours = "".join(f'<a:{name}><a:srgbClr val="{value}"/></a:{name}>' for name, value in look.colours.items())
    fonts = f'<a:latin typeface="{look.latin}"/><a:ea typeface="{look.east_asian}"/><a:cs typeface=""/>'
    line = '<a:ln w="{w}" cap="flat" cmpd="sng" algn="ctr"><a:solidFill><a:schemeClr val="phClr"/></a:solidFill></a:ln>'
    solid = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    effect = "<a:effectStyle><a:effectLst/></a:effectStyle>"
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="{look.name}"><a:themeElements>'
        f'<a:clrScheme name="{look.name}">{colours}</a:clrScheme>'
        f'<a:fontScheme name="{look.name}"><a:majorFont>{fonts}</a:majorFont>'
        f"<a:minorFont>{fonts}</a:minorFont></a:fontScheme>"
        f'<a:fmtScheme name="{look.name}"><a:fillStyleLst>{solid * 3}</a:fillStyleLst>'
        f"<a:lnStyleLst>{''.join(line.format(w=w) for w in (6350, 12700, 19050))}</a:lnStyleLst>"
        f"<a:effectStyleLst>{effect * 3}</a:effectStyleLst><a:bgFillStyleLst>{solid * 3}</a:bgFillStyleLst>"
        "</a:fmtScheme>"
        "</a:themeElements><a:objectDefaults/><a:extraClrSchemeLst/></a:theme>"
    )


# --- text styles ----------------------------------------------------------------------------------------------------


def run_style(size: float, colour: str, *, bold: bool = False, kind: str = "mn", tag: str = "defRPr") -> str:
    return (
        f'<a:{tag} sz="{round(size * 100)}" b="{int(bold)}" kern="1200">{fill(colour)}'
        f'<a:latin typeface="+{kind}-lt"/><a:ea typeface="+{kind}-ea"/><a:cs typeface="+{kind}-cs"/></a:{tag}>'
    )


def level(
    number: int, size: float, colour: str, *, bold: bool = False, bullet: bool = False, line: int = 100,
    before: float = 0, align: str = "l", kind: str = "mn", hang: float = 0,
) -> str:  # fmt: skip
    """Return ``a:lvlNpPr``: size in points, line spacing in per cent, room before and hanging indent in points."""
    hung = 228600 if bullet else round(hang * 12700)
    place = f' marL="{hung}" indent="{-hung}"'
    mark = (
        f'<a:buClr><a:schemeClr val="{ACCENT}"/></a:buClr><a:buFont typeface="Arial"/><a:buChar char="•"/>'
        if bullet
        else "<a:buNone/>"
    )
    return (
        f'<a:lvl{number}pPr{place} algn="{align}" defTabSz="914400" rtl="0" eaLnBrk="1" latinLnBrk="0" '
        'hangingPunct="1">'
        f'<a:lnSpc><a:spcPct val="{line * 1000}"/></a:lnSpc><a:spcBef><a:spcPts val="{round(before * 100)}"/>'
        "</a:spcBef>"
        f"{mark}{run_style(size, colour, bold=bold, kind=kind)}</a:lvl{number}pPr>"
    )


def text_styles(title: float) -> str:
    body = level(1, 16, INK) + level(2, 16, INK, bullet=True)
    body += "".join(level(number, 16, MUTED, bullet=True) for number in range(3, 10))
    other = "".join(level(number, 16, INK) for number in range(1, 10))
    return (
        f"<p:txStyles><p:titleStyle>{level(1, title, INK, bold=True, line=90, kind='mj')}</p:titleStyle>"
        f"<p:bodyStyle>{body}</p:bodyStyle><p:otherStyle>{other}</p:otherStyle></p:txStyles>"
    )


# --- shapes of masters and layouts -----------------------------------------------------------------------------------


def frame(x: float, y: float, w: float, h: float) -> str:
    return f'<a:xfrm><a:off x="{emu(x)}" y="{emu(y)}"/><a:ext cx="{emu(w)}" cy="{emu(h)}"/></a:xfrm>'


def rectangle(number: int, name: str, box: tuple[float, float, float, float], colour: str) -> str:
    """A plain block of colour without text."""
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="{name}"/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr>'
        f'<p:spPr>{frame(*box)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>{fill(colour)}<a:ln><a:noFill/>'
        "</a:ln></p:spPr>"
        '<p:txBody><a:bodyPr/><a:lstStyle/><a:p><a:endParaRPr lang="en-GB"/></a:p></p:txBody></p:sp>'
    )


def placeholder(
    number: int, name: str, kind: str, index: int | None, box: tuple[float, float, float, float], *, style: str = "",
    anchor: str = "t", prompt: str = "", fit: str = "noAutofit", lang: str = "zh-CN",
) -> str:  # fmt: skip
    """A placeholder of a layout; *style* is what its list style holds."""
    at = f' idx="{index}"' if index is not None else ""
    size = ' sz="quarter"' if kind not in {"title", "ctrTitle"} else ""
    body = f'<a:p><a:r><a:rPr lang="{lang}"/><a:t>{prompt or name}</a:t></a:r></a:p>'
    if kind == "sldNum":
        body = (
            f'<a:p><a:fld id="{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}" type="slidenum"><a:rPr lang="{lang}"/>'
            "<a:t>‹#›</a:t></a:fld></a:p>"
        )
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="{name}"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>'
        f'<p:nvPr><p:ph type="{kind}"{size}{at}/></p:nvPr></p:nvSpPr><p:spPr>{frame(*box)}</p:spPr>'
        "<p:txBody>"
        f'<a:bodyPr vert="horz" wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="{anchor}">'
        f"<a:{fit}/></a:bodyPr>"
        f"<a:lstStyle>{style}</a:lstStyle>{body}</p:txBody></p:sp>"
    )


def _tree(shapes: str, background: str = "") -> str:
    group = (
        '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm>'
        '<a:off x="0" y="0"/>'
        '<a:ext cx="0" cy="0"/><a:chOff x="0" y="0"/><a:chExt cx="0" cy="0"/></a:xfrm></p:grpSpPr>'
    )
    return f"{background}<p:spTree>{group}{shapes}</p:spTree>"


def background(colour: str) -> str:
    return f"<p:bg><p:bgPr>{fill(colour)}<a:effectLst/></p:bgPr></p:bg>"


TITLE_BOX = (LEFT, TITLE_Y, FULL, TITLE_H)
SOURCE_BOX = (LEFT, FOOT_Y, FULL - 1.4, FOOT_H)
PAGE_BOX = (RIGHT - 1.2, FOOT_Y, 1.2, FOOT_H)


def master_xml(layouts: str, look_title: float, lang: str) -> str:
    """Return the slide master; *layouts* is its list of layouts, kept from the package."""
    shapes = (
        rectangle(7, "Mark", (LEFT, 0, 0.9, 0.09), ACCENT)
        + rectangle(8, "Foot rule", (LEFT, FOOT_RULE, FULL, 0.01), RULE)
        + placeholder(2, "Title", "title", None, TITLE_BOX, anchor="b", lang=lang)
        + placeholder(3, "Text", "body", 1, (LEFT, BODY_Y, FULL, BODY_END - BODY_Y), lang=lang)
        + placeholder(4, "Page", "sldNum", 4, PAGE_BOX, style=level(1, 12, MUTED, align="r"), lang=lang)
    )
    colours = (
        '<p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" accent3="accent3" '
        'accent4="accent4" accent5="accent5" accent6="accent6" hlink="hlink" folHlink="folHlink"/>'
    )
    return (
        f"<p:sldMaster {NAMESPACES}><p:cSld>{_tree(shapes, background(WHITE))}</p:cSld>{colours}{layouts}"
        f"{text_styles(look_title)}</p:sldMaster>"
    )


def layout_xml(name: str, shapes: str, *, back: str = "", master_shapes: bool = True) -> str:
    shown = "" if master_shapes else ' showMasterSp="0"'
    return (
        f'<p:sldLayout {NAMESPACES} preserve="1" userDrawn="1"{shown}>'
        f'<p:cSld name="{name}">{_tree(shapes, back)}</p:cSld>'
        "<p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sldLayout>"
    )


def layouts(lang: str, words: dict[str, str]) -> dict[str, str]:
    """Return the XML of the deck's layouts by name: cover, statement, messages, figures with a panel, two columns."""
    title = placeholder(2, words["title"], "title", None, TITLE_BOX, anchor="b", lang=lang)
    who = placeholder(
        3, words["who"], "body", 10, (LEFT, WHO_Y, FULL, WHO_H), style=level(1, 16, MUTED), anchor="t", lang=lang
    )
    source = placeholder(4, words["source"], "body", 11, SOURCE_BOX, style=level(1, 12, MUTED), anchor="t", lang=lang)
    page = placeholder(5, words["page"], "sldNum", 12, PAGE_BOX, style=level(1, 12, MUTED, align="r"), lang=lang)
    common = title + who + source + page
    listing = level(1, 16, INK, line=92) + level(2, 16, INK, bullet=True, line=92, before=1)
    points = placeholder(
        6, words["list"], "body", 13, (LEFT, LIST_Y[lang], MAIN, BODY_END - LIST_Y[lang]), style=listing, lang=lang
    )
    panel = rectangle(9, "Panel", (PANEL_X, BODY_Y, PANEL, BODY_END - BODY_Y), PALE)
    heading = placeholder(
        7, words["chart"], "body", 14, (PANEL_X + 0.2, BODY_Y + 0.14, PANEL - 0.4, 0.66),
        style=level(1, 16, INK, bold=True, line=90), lang=lang,
    )  # fmt: skip
    half = (FULL - GAP) / 2
    reading = level(1, 16, INK) + level(2, 16, INK, bullet=True, before=8)
    right = placeholder(
        7, words["right"], "body", 14, (LEFT + half + GAP + 0.2, BODY_Y + 0.16, half - 0.4, BODY_END - BODY_Y - 0.32),
        style=reading, lang=lang,
    )  # fmt: skip
    # A lead of two Han characters and a space hangs before its message.
    messages = level(1, 20, INK, before=20, hang=60 if lang.startswith("zh") else 0)
    wide = placeholder(
        6, words["list"], "body", 13, (LEFT, BODY_Y + 0.1, FULL, BODY_END - BODY_Y - 0.1), style=messages, fit="normAutofit",
        lang=lang,
    )  # fmt: skip
    right_panel = rectangle(9, "Panel", (LEFT + half + GAP, BODY_Y, half, BODY_END - BODY_Y), PALE)
    cover = (
        rectangle(7, "Mark", (LEFT, 2.92, 0.9, 0.09), ACCENT)
        + placeholder(
            2, words["title"], "ctrTitle", None, (LEFT, 1.05, 11, 1.65), anchor="b",
            style=level(1, 40, WHITE, bold=True, line=95, kind="mj"), lang=lang,
        )
        + placeholder(
            3, words["subtitle"], "subTitle", 1, (LEFT, 3.24, 9.6, 0.8), style=level(1, 20, RULE), lang=lang
        )
        + placeholder(4, words["date"], "body", 10, (LEFT, 6.6, FULL, 0.36), style=level(1, 16, RULE), lang=lang)
        + rectangle(8, "Rule", (LEFT, 4.72, FULL, 0.01), MUTED)
    )  # fmt: skip
    return {
        "Cover": layout_xml(words["l.cover"], cover, back=background(NIGHT), master_shapes=False),
        "Statement": layout_xml(words["l.statement"], common),
        "Messages": layout_xml(words["l.messages"], common + wide),
        "Figures": layout_xml(words["l.figures"], panel + common + points + heading),
        "Columns": layout_xml(words["l.columns"], right_panel + common + right),
    }
