"""Values in the text of a link that the template has as a field: editors make another form of it."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from tests.editors import LibreOffice
from tests.word.living_samples import FIRST, Maker, changed
from tests.word.living_steps import plan_of, regenerate, text, write

MOVED = changed(anhe={"gdp-growth": "9.5", "fai-level": "730"})


def template() -> bytes:
    document = docx.Document()
    document.add_paragraph("{% for d in districts %}")
    runs = (
        '<w:fldChar w:fldCharType="begin"/>',
        '<w:instrText xml:space="preserve"> HYPERLINK "https://example.org/{{ d.key }}" </w:instrText>',
        '<w:fldChar w:fldCharType="separate"/>',
        "<w:t>{{ d.name }}增长{{ d.target.gdp_growth.text }}</w:t>",
        '<w:fldChar w:fldCharType="end"/>',
    )
    paragraph = document.add_paragraph("见")
    for run in runs:
        paragraph._p.append(parse_xml(f"<w:r {nsdecls('w')}>{run}</w:r>"))
    paragraph.add_run("，投资{{ d.target.fai_level.text }}。")
    document.add_paragraph("{% endfor %}")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.fixture(scope="module")
def make() -> Maker:
    return Maker(template())


def linked(data: bytes) -> bytes:
    """Make elements of the links, as editors do."""
    document = docx.Document(io.BytesIO(data))
    for begin in [
        one for one in document.element.body.iter(qn("w:fldChar")) if one.get(qn("w:fldCharType")) == "begin"
    ]:
        run, link = begin.getparent(), parse_xml(f'<w:hyperlink {nsdecls("w")} w:anchor="x"/>')
        run.addprevious(link)
        while run.find(qn("w:fldChar")) is None or run.find(qn("w:fldChar")).get(qn("w:fldCharType")) != "end":
            following = run.getnext()
            if run.find(qn("w:t")) is not None:
                link.append(run)
            else:
                run.getparent().remove(run)
            run = following
        run.getparent().remove(run)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def assert_follows(make: Maker, base: bytes, theirs: bytes) -> None:
    plan = plan_of(base, theirs, base)
    assert (plan.edits, plan.conflicts, plan.kept, plan.vanished) == ((), (), (), 0)
    ours = make(MOVED)
    result, plan = regenerate(base, theirs, ours)
    assert not plan.conflicts and text(result) == text(ours) and "增长9.5%以上" in text(result)


def test_another_form_of_a_link_is_no_edit(make: Maker) -> None:
    base = make(FIRST)
    assert_follows(make, base, base)
    assert_follows(make, base, linked(base))


def test_what_was_typed_into_a_link_stays(make: Maker) -> None:
    base = make(FIRST)
    document = docx.Document(io.BytesIO(base))
    typed = next(one for one in document.element.body.iter(qn("w:t")) if "7.5%" in one.text)
    typed.text = typed.text.replace("7.5%", "7.7%")
    out = io.BytesIO()
    document.save(out)
    plan = plan_of(base, out.getvalue(), make(MOVED))
    assert [one.reason for one in plan.conflicts] == ["both-changed"]


@pytest.mark.office
@pytest.mark.slow
def test_through_libreoffice(make: Maker, office: LibreOffice, tmp_path: Path) -> None:
    base = make(FIRST)
    path = write(tmp_path / "briefing.docx", base)
    office.resave(path, 2)
    assert_follows(make, base, path.read_bytes())
