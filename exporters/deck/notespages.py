"""A page of speaker notes and its master, for decks whose template has none: as PowerPoint begins them."""

from __future__ import annotations

from exporters.charts.drawingml import A, P, R
from exporters.deck.textboxes import Element, parse

_SPACES = f'xmlns:a="{A[1:-1]}" xmlns:r="{R[1:-1]}" xmlns:p="{P[1:-1]}"'
_TREE = (
    '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm>'
    '<a:off x="0" y="0"/><a:ext cx="0" cy="0"/><a:chOff x="0" y="0"/><a:chExt cx="0" cy="0"/></a:xfrm></p:grpSpPr>'
)
#: Notes of a slide, still empty.
NOTES = (
    f"<p:notes {_SPACES}><p:cSld><p:spTree>{_TREE}"
    '<p:sp><p:nvSpPr><p:cNvPr id="2" name="Slide Image Placeholder 1"/><p:cNvSpPr><a:spLocks noGrp="1" noRot="1" '
    'noChangeAspect="1"/></p:cNvSpPr><p:nvPr><p:ph type="sldImg"/></p:nvPr></p:nvSpPr><p:spPr/></p:sp>'
    '<p:sp><p:nvSpPr><p:cNvPr id="3" name="Notes Placeholder 2"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr>'
    '<p:ph type="body" idx="1"/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:lstStyle/><a:p/></p:txBody></p:sp>'
    "</p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:notes>"
)
_BOX = '<a:xfrm><a:off x="{}" y="{}"/><a:ext cx="{}" cy="{}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
#: The master that such notes need; it needs a theme.
MASTER = (
    f'<p:notesMaster {_SPACES}><p:cSld><p:bg><p:bgRef idx="1001"><a:schemeClr val="bg1"/></p:bgRef></p:bg><p:spTree>'
    f"{_TREE}"
    '<p:sp><p:nvSpPr><p:cNvPr id="2" name="Slide Image Placeholder 1"/><p:cNvSpPr><a:spLocks noGrp="1" noRot="1" '
    'noChangeAspect="1"/></p:cNvSpPr><p:nvPr><p:ph type="sldImg" idx="2"/></p:nvPr></p:nvSpPr><p:spPr>'
    f'{_BOX.format(685800, 1143000, 5486400, 3086100)}<a:noFill/><a:ln w="12700"><a:solidFill><a:prstClr val="black"/>'
    "</a:solidFill></a:ln></p:spPr></p:sp>"
    '<p:sp><p:nvSpPr><p:cNvPr id="3" name="Notes Placeholder 2"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr>'
    '<p:ph type="body" sz="quarter" idx="1"/></p:nvPr></p:nvSpPr>'
    f"<p:spPr>{_BOX.format(685800, 4400550, 5486400, 3600450)}</p:spPr>"
    "<p:txBody><a:bodyPr/><a:lstStyle/><a:p/></p:txBody></p:sp></p:spTree></p:cSld>"
    '<p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" accent3="accent3" '
    'accent4="accent4" accent5="accent5" accent6="accent6" hlink="hlink" folHlink="folHlink"/></p:notesMaster>'
)


def notes_body(root: Element) -> Element | None:
    """Return the text body of notes; None where they have none."""
    for mark in root.iter(f"{P}ph"):
        if mark.get("type") == "body":
            shape = next(mark.iterancestors(f"{P}sp"), None)
            return shape.find(f"{P}txBody") if shape is not None else None
    return None


def add_notes_body(root: Element) -> Element:
    """Put a text box into notes that have lost theirs, and return its text body."""
    shape = next(one for one in parse(NOTES.encode()).iter(f"{P}sp") if one.find(f"{P}txBody") is not None)
    tree = root.find(f"{P}cSld/{P}spTree")
    assert tree is not None
    ids = [int(one.get("id", "1")) for one in tree.iter(f"{P}cNvPr")]
    next(shape.iter(f"{P}cNvPr")).set("id", str(max(ids, default=1) + 1))
    tree.append(shape)
    return next(shape.iter(f"{P}txBody"))
