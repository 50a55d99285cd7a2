"""Tags in paragraphs and tables become one program, with the place of every fault."""

from __future__ import annotations

import pytest
from lxml import etree

from exporters.binding.expressions import check
from exporters.binding.program import Weaver
from exporters.binding.weave import Dialect, Places, TreeWeaver
from exporters.errors import Fault

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DIALECT = Dialect(
    paragraph=W + "p",
    run=W + "r",
    run_properties=W + "rPr",
    text=W + "t",
    table=W + "tbl",
    row=W + "tr",
    cell=W + "tc",
    silent=frozenset({W + "pPr", W + "bookmarkStart", W + "bookmarkEnd"}),
    empty_paragraph="<w:p/>",
    containers=frozenset({W + "tc"}),
    heads=frozenset({W + "tcPr"}),
    keeps_space=True,
)


def p(*runs: str) -> str:
    """A paragraph of runs; every second run is bold."""
    formats = ("", "<w:rPr><w:b/></w:rPr>")
    return "<w:p>" + "".join(f"<w:r>{formats[i % 2]}<w:t>{run}</w:t></w:r>" for i, run in enumerate(runs)) + "</w:p>"


def table(*rows: list[str]) -> str:
    body = "".join("<w:tr>" + "".join(f"<w:tc><w:tcPr/>{cell}</w:tc>" for cell in row) + "</w:tr>" for row in rows)
    return f"<w:tbl>{body}</w:tbl>"


def weave(*blocks: str) -> tuple[str, list[Fault], Weaver]:
    root = etree.fromstring(f'<w:body xmlns:w="{W[1:-1]}">{"".join(blocks)}</w:body>')
    weaver, faults = Weaver(), []
    TreeWeaver(DIALECT, weaver, faults).weave(root, Places(root, DIALECT))
    return weaver.weave(etree.tostring(root, encoding="unicode")), faults, weaver


class Names(dict):
    pass


def render(*blocks: str, **names: object) -> str:
    source, faults, weaver = weave(*blocks)
    assert faults == []
    text = "".join(weaver.program(source).bind({}).stream(names))
    root = etree.fromstring(text)
    return "\n".join(
        ("" if para.find(".//" + W + "b") is None else "*") + "".join(para.itertext()) for para in root.iter(W + "p")
    )


def test_a_tag_split_over_runs_keeps_its_first_format():
    assert render(p("a {", "{ x", " }} b"), x="<1>") == "a <1> b"
    source, _, _ = weave(p("a {", "{ x }}", " b"))
    assert source.count("<w:b/>") == 0


def test_a_loop_over_paragraphs_takes_its_own_away():
    assert render(p("{% for x in xs %}"), p("{{ x }}"), p("{% endfor %}"), xs=[1, 2]) == "1\n2"


def test_a_loop_in_one_paragraph_stays_in_it():
    assert render(p("{% for x in xs %}{{ x }}、{% endfor %}end"), xs=[1, 2]) == "1、2、end"


def test_a_loop_from_the_first_to_the_last_cell_repeats_the_row():
    rows = table([p("{% for x in xs %}{{ x }}"), p("{{ x + 1 }}{% endfor %}")])
    assert render(rows, xs=[1, 5]) == "1\n2\n5\n6"


@pytest.mark.parametrize("prefix", ["", "tr "])
def test_a_loop_over_rows_takes_its_own_rows_away(prefix):
    rows = table(
        [p("head"), p("")], [p("{%" + prefix + "for x in xs %}"), p("")], [p("{{ x }}"), p("y")],
        [p("{%" + prefix + "endfor %}"), p("")],
    )  # fmt: skip
    assert render(rows, xs=[1, 2]) == "head\n\n1\ny\n2\ny"


def test_a_whole_paragraph_goes_with_its_condition():
    blocks = p("{% if note %}Note: {{ note }}{% endif %}"), p("end")
    assert render(*blocks, note="") == "end"
    assert render(*blocks, note="n") == "Note: n\nend"


def test_a_cell_is_never_left_without_a_paragraph():
    cells = table([p("{% if x %}"), p("{{ x }}") + p("")], [p("{% endif %}"), p("")])
    cell = table([p("{% for x in xs %}") + p("{{ x }}") + p("{% endfor %}")])
    assert render(cell, xs=[]) == ""
    assert render(cell, xs=[3]) == "3"
    assert cells


def test_else_and_nesting():
    blocks = [
        p("{% for x in xs %}"), p("{% if x > 1 %}"), p("big {{ x }}"), p("{% else %}"), p("small"), p("{% endif %}"),
        p("{% endfor %}"),
    ]  # fmt: skip
    assert render(*blocks, xs=[1, 2]) == "small\nbig 2"


def test_curly_quotes_and_hard_spaces_inside_tags_are_what_office_made_of_them():
    assert render(p("{{ x if x == “a” else ‘b’ }}"), x="a") == "a"
    assert render(p("{{\u00a0x\u00a0}}"), x="a") == "a"


def test_a_closing_brace_inside_a_string_does_not_close_the_tag():
    assert render(p("{{ '}}' ~ x }}"), x="a") == "}}a"


def test_tags_in_attributes():
    root = etree.fromstring('<a descr="of {{ x }}"/>')
    weaver, faults = Weaver(), []
    TreeWeaver(DIALECT, weaver, faults).weave(root, Places(root, DIALECT))
    source = weaver.weave(etree.tostring(root, encoding="unicode"))
    assert "".join(weaver.program(source).bind({}).stream({"x": 'a"<'})) == '<a descr="of a&#34;&lt;"/>'


@pytest.mark.parametrize(
    ("blocks", "code", "where"),
    [
        ([p("{% for x in xs %}")], "unclosed", "paragraph 1"),
        ([p("a"), p("{% endfor %}")], "unopened", "paragraph 2"),
        ([p("{% for x in xs %}"), p("{% endif %}")], "crossing", "paragraph 2"),
        ([p("{{ x ")], "unclosed-tag", "paragraph 1"),
        ([p("{% fro x in xs %}")], "unknown-tag", "paragraph 1"),
        ([p("{% for x in xs %}"), table([p("{% endfor %}"), p("a")])], "crossing", "table 1, row 1, cell 1"),
        ([p("{%tr for x in xs %}"), p("{%tr endfor %}")], "level", "paragraph 1"),
        ([p("{{ }}")], "empty-tag", "paragraph 1"),
    ],
)
def test_faults_name_their_place(blocks, code, where):
    _, faults, _ = weave(*blocks)
    assert (code, where) in [(fault.code, fault.where) for fault in faults]


def test_the_nearest_tag_is_offered():
    _, faults, _ = weave(p("{% edfor %}"))
    assert faults[0].hint == "did you mean 'endfor'?"


def test_names_are_checked_without_data():
    source, _, weaver = weave(
        p("{% for d in distrcts %}{{ d.name }}{% endfor %}"),
        p("{% for d in districts %}{{ d.nam }}{{ d.targets.text }}{{ d.name|uper }}{% endfor %}"),
    )
    messages = [(fault.where, fault.message, fault.hint) for fault in check(weaver.program(source))]
    assert messages[0] == ("paragraph 1", "unknown name “distrcts”", "did you mean 'districts'?")
    assert messages[1] == ("paragraph 2", "a place has no “nam”", "did you mean 'name'?")
    assert messages[2][1] == "“text” is asked of a list"
    assert messages[3][1:] == ("unknown filter “uper”", "did you mean 'upper'?")
