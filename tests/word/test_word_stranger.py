"""A template written by someone who knows docxtpl, not this project: its habits must work as they are."""

from __future__ import annotations

from word_samples import W, add_xml, p, render, small, table, template


def runs(*pieces: str) -> str:
    """A paragraph whose text Office has split into runs, with its proofing marks between them."""
    inner = '<w:proofErr w:type="spellStart"/>'.join(
        f'<w:r w:rsidR="00A1"><w:t xml:space="preserve">{piece}</w:t></w:r>' for piece in pieces
    )
    return f"<w:p>{inner}</w:p>"


def build(document) -> None:
    document.sections[0].header.paragraphs[0].add_run("{{ pack.")
    document.sections[0].header.paragraphs[0].add_run("title }}")
    add_xml(
        document,
        runs("{{", "pack", ".title}}"),
        runs("{%- set ", "word = ‘要点’ -%}"),
        runs("{{ word }}：{% if districts|length &gt; 2 %}三个以上", "{% else %}", "不多{% endif %}"),
        p("{%p for d in districts %}"),
        runs("{{ d.na", "me }}", "{% if d.leader %}（{{ d.leader.name }}）{% endif %}"),
        table(
            ["指标", "目标"],
            ["{%tr for t in d.targets %}", ""],
            ["{{ t.label }}", "{{ t.text|default(“—”) }}"],
            ["{%tr endfor %}", ""],
        ),
        p("{%p if not d.targets %}"),
        p("暂无：{{ d.target.gdp_growth.text|dash('无') }}"),
        p("{%p endif %}"),
        p("{%p endfor %}"),
        p("{# 这一句不给读者看 #}"),
        runs("共{{ targets|", "selectattr('place.key', 'eq', 'a')|list|length", " }}项"),
    )


def test_docxtpl_habits() -> None:
    done = render(template(build), small())
    assert done.texts("word/header1.xml") == ["甲市目标"]
    shown = [text for text in done.texts() if text]
    assert shown == [
        "甲市目标", "要点：三个以上",
        "乙区（张三）", "指标", "目标", "生产总值", "7.5%以上", "固投", "20%以上",
        "丙区", "指标", "目标", "生产总值", "8%以上",
        "丁区", "指标", "目标", "暂无：无",
        "共2项",
    ]  # fmt: skip
    assert [len(list(one.iter(f"{W}tr"))) for one in done.xml().iter(f"{W}tbl")] == [3, 2, 1]


def test_in_english_too() -> None:
    done = render(template(build), small(), "en")
    shown = [text for text in done.texts() if text]
    assert "B District（Zhang San）" in shown and "at least 7.5%" in shown
