"""Bookmarks spell the keys of values; what they cannot spell is told by digests."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from word_samples import body, load_guangzhou, p, template

from exporters import word
from exporters.binding.scope import Scope
from exporters.metrics import width
from exporters.package import Package
from exporters.word.anchors import digests_of, spelt, value_bookmark, value_key

ids = st.text("abcxyz019._-", min_size=1, max_size=48).map(lambda text: f"a{text}z"[:48])
fields = st.sampled_from([".text", ".label", ".full_title", ".value|percent", ".theme", ".a-very-long-field"])


@given(ids, fields, st.integers(0, 99_999_999))
def test_a_bookmark_leads_back_to_its_key(record, field, number):
    name = value_bookmark(record + field, number)
    assert len(name) <= 40
    assert value_key(name, digests_of(record + field)) == record + field
    for copied in ("_Copy_1", "_Copy_12", "_Copy_1_Copy_1"):
        # An editor numbers copies and cuts the name.
        assert value_key((name + copied)[:40], digests_of(record + field)) == record + field


def test_fields_of_one_record_share_its_digest():
    record = "a-district.with-a-key-that-is-too-long-for-a-bookmark"
    assert {digest for field in (".text", ".label", ".word") for digest in digests_of(record + field)} == set(
        digests_of(record + ".text")
    )
    assert spelt(record + ".text") != spelt(record + ".label")


def test_bookmarks_whose_digest_stands_for_a_whole_key_are_still_read():
    assert value_key("_bv3e8__0123456789abcdef", {"0123456789abcdef": "nansha.gdp-growth.text"}) == (
        "nansha.gdp-growth.text"
    )


@pytest.mark.parametrize("ending", ["", "|dash", "|upper"])
def test_one_of_two_statements_has_the_key_of_the_one_that_is_there(ending):
    target = "(d.target.industrial_investment_growth or d.target.industrial_investment_multiple).text"
    source = template(body(p("{% for d in districts %}"), p(f"{{{{ {target}{ending} }}}}"), p("{% endfor %}")))
    package = Package.open(source, name="t.docx")
    out = io.BytesIO()
    word.render(word.compile(package, "t.docx"), package, Scope(load_guangzhou()), out, epoch=0)
    xml = zipfile.ZipFile(io.BytesIO(out.getvalue())).read("word/document.xml").decode()
    keys = dict(re.findall(r'<w:alias w:val="(\w+)\.([^"]+)"', xml))
    tail = ".text|upper" if ending == "|upper" else ".text"
    assert keys["nansha"] == "industrial-investment-growth" + tail
    assert keys["zengcheng"] == keys["liwan"] == "industrial-investment-multiple" + tail


@pytest.mark.parametrize("expression", ["t.text", "t.unit", "t.label", "t.ref", "t.actual.text", "t.text|upper"])
def test_each_value_says_its_key_in_alias_and_bookmark(expression):
    """The code that is written into the program and the call that stands beside it say the same."""
    scope = Scope(load_guangzhou())
    template_bytes = template(body(p("{% for t in targets %}"), p(f"{{{{ {expression} }}}}"), p("{% endfor %}")))
    package = Package.open(template_bytes, name="t.docx")
    out = io.BytesIO()
    word.render(word.compile(package, "t.docx"), package, scope, out, epoch=0)
    xml = zipfile.ZipFile(io.BytesIO(out.getvalue())).read("word/document.xml").decode()
    custom = zipfile.ZipFile(io.BytesIO(out.getvalue())).read("docProps/custom.xml").decode()
    digests = dict(re.findall(r"([0-9a-f]{10,16})=([^\s<]+)", custom))
    pairs = re.findall(r'w:name="(_bv[^"]+)"/><w:sdt><w:sdtPr><w:alias w:val="([^"]+)"', xml)
    field = expression.partition("|")[0].removeprefix("t.")
    assert [alias.partition("|")[0] for _, alias in pairs] == [
        (f"{view.actual.key}.text" if view.actual else f"{view.key}.actual.text")
        if field == "actual.text" else f"{view.key}.{field}"
        for view in scope.names()["targets"]
    ]  # fmt: skip
    for name, alias in pairs:
        assert value_key(name, digests).split("|")[0] == alias.split("|")[0]


@pytest.mark.parametrize("font", ["Arial", "Times New Roman", "Calibri", "FangSong", "SimSun", "Georgia", "Unknown"])
@pytest.mark.parametrize("bold", [False, True])
def test_all_digits_are_equally_wide(font, bold):
    widths = {
        width(f"{digit}市", 10, latin=font, east_asian="SimSun", bold=bold, flow="word") for digit in "0123456789"
    }
    assert len(widths) == 1


def test_a_document_needs_digests_for_what_its_places_have_in_common_only():
    """A hundred districts say no more digests than one: custom properties do not grow with the dataset."""
    field = ".label"
    names = {f"place-{n}.a-statement-whose-key-is-longer-than-any-bookmark": n for n in range(100)}
    digests = {digest: end for key in names for digest, end in digests_of(key + field).items()}
    assert list(digests.values()) == ["a-statement-whose-key-is-longer-than-any-bookmark"]
    assert {value_key(value_bookmark(key + field, n), digests) for key, n in names.items()} == {
        key + field for key in names
    }
