"""Faults of a template are all told at once, each with its place as a person counts it."""

from __future__ import annotations

import pytest
from word_samples import add_notes, add_xml, body, p, table, template

from exporters import word
from exporters.errors import TemplateError
from exporters.package import Package


def faults(data: bytes) -> list[str]:
    with pytest.raises(TemplateError) as caught:
        word.compile(Package.open(data, name="briefing.docx"), "briefing.docx")
    return [str(fault) for fault in caught.value.faults]


def test_all_faults_at_once_with_their_places() -> None:
    def build(document) -> None:
        document.sections[0].header.paragraphs[0].text = "{{ pack.titel }}"
        add_notes(document, "footnote", p("{{ nothing }}"))
        add_xml(
            document,
            p("一"),
            p("{{ pack.nmae }}"),
            table(["a", "b"], ["c", "d"]),
            table(["a", "b"], ["c", "d"], ["{{ city.nam }}", "{{ x|upercase }}"]),
            '<w:p><w:r><w:footnoteReference w:id="1"/></w:r></w:p>',
        )

    found = faults(template(build))
    assert any(text.startswith("briefing.docx, paragraph 2: ") and "nmae" in text for text in found)
    assert any(text.startswith("briefing.docx, table 2, row 3, cell 1: ") and "'name'" in text for text in found)
    assert any(text.startswith("briefing.docx, table 2, row 3, cell 2: ") for text in found)
    assert any(text.startswith("briefing.docx, header 1, paragraph 1: ") and "'title'" in text for text in found)
    assert any(text.startswith("briefing.docx, footnote 1, paragraph 1: ") and "nothing" in text for text in found)


@pytest.mark.parametrize(
    ("xml", "said"),
    [
        (p("{% for d in districts %}{{ d.name }}"), "is not closed"),
        (p("{{ pack.title"), "is not closed"),
        (p("{% endfor %}"), "without a beginning"),
        (p("{%slide for d in districts %}"), "no meaning in a Word document"),
        (p("{%tr for d in districts %}{{ d.name }}{%tr endfor %}"), "outside a table"),
        (table(["{% if city %}{{ city.name }}", "x"]) + p("{% endif %}z"), "two sides of a cell border"),
        (p("{{ pack.title.upper() }}"), "cannot call"),
    ],
)
def test_faults_name_what_is_wrong(xml: str, said: str) -> None:
    assert any(said in text and text.startswith("briefing.docx, ") for text in faults(template(body(p("x"), xml))))


def test_a_fault_while_rendering_names_its_tag() -> None:
    from io import BytesIO

    from word_samples import small

    from exporters.binding.scope import Scope

    package = Package.open(template(body(p("x"), p("{{ 1 / (city.n) }}"))), name="briefing.docx")
    compiled = word.compile(package, "briefing.docx")
    with pytest.raises(TemplateError) as caught:
        word.render(compiled, package, Scope(small()), BytesIO())
    assert "paragraph 2" in str(caught.value)
