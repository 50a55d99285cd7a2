"""What comes out, as text a person can review: ``pytest --accept`` makes the present state the golden one."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree
from word_samples import (
    PROGRESS,
    Rendered,
    W,
    add_notes,
    add_xml,
    contents,
    field,
    load_guangzhou,
    note_reference,
    p,
    render,
    shipped,
    small,
    table,
    template,
)

from exporters.load import load

PARTS = (
    "word/document.xml", "word/footnotes.xml", "word/header1.xml", "docProps/custom.xml", "docProps/core.xml",
    "_rels/.rels",
)  # fmt: skip


def _template() -> bytes:
    def build(document: Any) -> None:
        document.sections[0].header.paragraphs[0].text = "{{ pack.title }}"
        add_notes(document, "footnote", p("{{ s.title }}"))
        caption = field("SEQ 表 \\* ARABIC", "1")
        heading = '<w:pStyle w:val="Heading1"/><w:pageBreakBefore/>'
        add_xml(
            document,
            contents(("TOC1", "一")),
            p("{%p for d in districts %}"),
            p("{{ d.name }}", heading),
            f"<w:p><w:r><w:t>{{% if d.leader %}}{{{{ d.leader.name }}}}{{% else %}}无{{% endif %}}</w:t></w:r>"
            f"<w:r><w:t>{{% for s in d.sources %}}</w:t></w:r>{note_reference('footnote', 1)}"
            "<w:r><w:t>{% endfor %}</w:t></w:r></w:p>",
            f'<w:p><w:r><w:t xml:space="preserve">表 </w:t></w:r>{caption}</w:p>',
            table(
                ["指标", "目标"],
                ["{%tr for t in d.targets %}{{ t.label }}", "{{ t.text|dash }}{%tr endfor %}"],
                head=True,
            ),
            p("{%p endfor %}"),
        )

    return template(build)


def _indented(done: Rendered, part: str) -> str:
    root = done.xml(part)
    etree.indent(root)
    return etree.tostring(root, encoding="unicode") + "\n"


@pytest.mark.parametrize("part", PARTS)
def test_every_part_of_a_small_briefing(golden, part: str) -> None:
    done = render(_template(), small(), epoch=0, properties={"briefpack": "small:1:00ff"})
    golden(f"word/small/{part.replace('/', '-').lstrip('_')}", _indented(done, part))


def _read(done: Rendered) -> str:
    """The briefing as it reads: style and text of each paragraph, cells of a row side by side, the notes at the end."""
    lines: list[str] = []
    body = done.xml().find(f"{W}body")
    for element in body:
        if element.tag == f"{W}p":
            style = element.find(f"{W}pPr/{W}pStyle")
            text = "".join(element.itertext(f"{W}t"))
            lines.append(f"[{style.get(f'{W}val') if style is not None else ''}] {text}")
        elif element.tag == f"{W}tbl":
            rows = (list(row.iter(f"{W}tc")) for row in element.iter(f"{W}tr"))
            lines += ["  | " + " | ".join("".join(cell.itertext(f"{W}t")) for cell in cells) for cells in rows]
    lines += [f"[note] {text}" for text in done.texts("word/footnotes.xml") if text.strip()]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("name", ["standard", "gbt9704"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_guangzhou_briefing_as_it_reads(golden, name: str, lang: str) -> None:
    golden(f"word/guangzhou-{name}-{lang}.txt", _read(render(shipped(name, lang), load_guangzhou(), lang)))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_progress_briefing_as_it_reads(golden, lang: str) -> None:
    golden(f"word/progress-{lang}.txt", _read(render(shipped("standard", lang), load(PROGRESS), lang)))
