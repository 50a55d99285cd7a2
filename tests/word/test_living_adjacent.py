"""Values side by side as LibreOffice saves them: the control of one reaches over the next, their bookmarks into it."""

from __future__ import annotations

import io
import re
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from tests.word.living_samples import FIRST, Maker, changed, template
from tests.word.living_steps import body
from tests.word.test_living_docx import edited, of
from tests.word.test_living_upgrades import upgraded


def side_by_side(words: str) -> Maker:
    document = docx.Document(io.BytesIO(template()))
    of(document, "以下分区说明").insert_paragraph_before(words)
    out = io.BytesIO()
    document.save(out)
    return Maker(out.getvalue())


def as_libreoffice_saves_it(document: Any) -> None:
    paragraph = next(one for one in document.element.body.iter(qn("w:p")) if text(one) in {"增长7.5%", "增长6%"})
    starts = {str(one.get(qn("w:name"))): one.get(qn("w:id")) for one in paragraph.iter(qn("w:bookmarkStart"))}
    (item, own), (first, lead), (second, amount) = starts.items()
    assert re.match("_bp_", item) and first.startswith("_bv") and second.startswith("_bv")
    texts = [one.text for one in paragraph.iter(qn("w:t"))]

    def start(number: Any, name: str) -> str:
        return f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>'

    def control(inner: str) -> str:
        return f"<w:sdt><w:sdtPr/><w:sdtContent>{inner}</w:sdtContent></w:sdt>"

    within = control(f'{start(amount, second)}<w:bookmarkEnd w:id="{lead}"/><w:r/>')
    inner = f"{start(own, item)}{start(lead, first)}<w:r/><w:r><w:t>{texts[0]}</w:t></w:r>{within}<w:r><w:t>{texts[1]}</w:t></w:r>"
    ends = f'<w:bookmarkEnd w:id="{own}"/><w:bookmarkEnd w:id="{amount}"/>'
    paragraph.getparent().replace(paragraph, parse_xml(f"<w:p {nsdecls('w')}>{control(inner)}{ends}</w:p>"))


def text(paragraph: Any) -> str:
    return "".join(one.text for one in paragraph.iter(qn("w:t")))


@pytest.mark.parametrize(
    ("second", "found"), [("districts[0]", ("增长8%", "增长7.5%")), ("city", ("增长6%", "增长9%"))]
)
def test_other_values_take_their_place(second: str, found: tuple[str, str]) -> None:
    """What is said of the first district is said of another: by both values, or by the first of them."""
    make = side_by_side(f"{{{{ districts[0].target.gdp_growth.lead }}}}{{{{ {second}.target.gdp_growth.amount }}}}")
    base, ours = make(FIRST), make(changed(anhe=None))
    result = upgraded(base, edited(base, as_libreoffice_saves_it), ours, changed=False)
    assert found[0] in body(result.content or b"")
    assert not result.plan.conflicts
    # They follow the data on.
    last = make(changed(city={"gdp-growth": "9", "fai-level": "8800"}))
    again = upgraded(ours, result.content or b"", last, changed=False)
    assert found[1] in body(again.content or b"")
