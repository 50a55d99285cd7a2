"""What stands in paragraphs besides words and pictures: equations, charts, objects, shapes, links, fields, and people's
own revisions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree

from exporters.charts.data import series_of
from exporters.word.living.atoms import is_fallback
from exporters.word.living.document import Document
from exporters.word.living.lines import PARSER
from exporters.word.living.runs import AUTHOR
from exporters.word.names import WP, C, R, W
from exporters.word.xmlparts import Element

_EQUATION = "{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath"
_OBJECT = "{urn:schemas-microsoft-com:office:office}OLEObject"
_LINK, _DRAWN, _CHART, _BOX = f"{W}hyperlink", f"{WP}docPr", f"{C}chart", f"{W}txbxContent"
_SIMPLE, _CODE, _MARK = f"{W}fldSimple", f"{W}instrText", f"{W}fldChar"
_TAGS = (_EQUATION, _OBJECT, _LINK, _DRAWN, _SIMPLE, _CODE, _MARK)
_REVISIONS = {f"{W}ins": "+", f"{W}moveTo": "+", f"{W}del": "-", f"{W}moveFrom": "-"}
_COUNTED = frozenset(("PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES", "PAGEREF", "TOC", "SEQ"))
"""Fields that an office works out anew."""


def objects(document: Document, element: Element) -> Iterator[str]:
    """Yield what each of them is, with what it is known by: its letters, its address, the names of its series; an
    office may write all else anew at every saving. The revisions of one person are told together."""
    yield from _revisions(element)
    code: list[str] = []
    for one in element.iter(*_TAGS):
        if is_fallback(one):
            continue
        if one.tag == _EQUATION:
            yield "equation " + "".join("".join(map(str, one.itertext())).split())
        elif one.tag == _OBJECT:
            yield f"object {one.get('ProgID', '')}"
        elif one.tag == _LINK:
            yield from _link(document, one)
        elif one.tag == _DRAWN:
            yield from _drawn(document, one)
        elif one.tag == _SIMPLE:
            yield from _field([one.get(f"{W}instr", "")])
        elif one.tag == _CODE:
            code.append(one.text or "")
        else:
            yield from _field(code)
            code = []


def _revisions(element: Element) -> Iterator[str]:
    found: dict[str, list[str]] = {}
    for one in element.iter(*_REVISIONS):
        text = "".join(piece.text or "" for piece in one.iter(f"{W}t", f"{W}delText"))
        if text.strip() and one.get(f"{W}author") != AUTHOR and not is_fallback(one):
            found.setdefault(one.get(f"{W}author", ""), []).append(f"{_REVISIONS[str(one.tag)]}“{text.strip()}”")
    for author, texts in found.items():
        yield f"{' '.join(texts)} tracked by {author}, plain words by now,"


def _link(document: Document, link: Element) -> Iterator[str]:
    own, rel_id, anchor = document.relationships, link.get(f"{R}id", ""), link.get(f"{W}anchor", "")
    if rel_id in own:
        yield _address(own[rel_id].target)
    elif anchor and not anchor.startswith("_"):
        yield f"link #{anchor}"


def _address(target: str) -> str:
    return f"link {target.rstrip('/')}"


def _drawn(document: Document, properties: Element) -> Iterator[str]:
    frame = properties.getparent()
    assert frame is not None
    for chart in frame.iter(_CHART):
        part = document.chart_part(chart)
        if part is not None:
            series = series_of(etree.fromstring(document.package.read(part), PARSER))
            yield " ".join(("chart", *(name for one in series for name, _ in one.get("tx", ()) if name)))
        return
    if not any(one.get(f"{R}embed") for one in frame.iter()) and next(frame.iter(_BOX), None) is None:
        yield f"shape {properties.get('name', '')}"


def _field(codes: Iterable[str]) -> Iterator[str]:
    words = "".join(codes).split()
    if not words or words[0].upper() in _COUNTED:
        return
    if words[0].upper() == "HYPERLINK" and len(words) > 1 and not words[1].startswith("\\"):
        yield _address(words[1].strip('"'))
    elif words[0].upper() != "HYPERLINK":
        yield " ".join(("field", *words[:2]))
