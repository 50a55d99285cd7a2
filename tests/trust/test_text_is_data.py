"""Whatever stands in the data comes back as it was, through every kind of dataset and all three formats, or is refused."""

from __future__ import annotations

import html
import io
import json
import os
import subprocess
import sys
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
import small
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree

from exporters.binding.scope import Scope
from exporters.errors import DataError
from exporters.load import encode, load
from exporters.model import Dataset
from exporters.package import Package
from exporters.registry import EXPORTERS

ROOT = Path(__file__).parents[2]
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
TRAPS = (
    "A & B <c> \"d\" 'e'", "]]>", "<![CDATA[x]]>", "<!--x-->", "<?x y?>", "&amp;", "&lt;", "&#60;", "&nbsp;", "%20",
    "{{ pack.title }}", "{% for x in y %}", "{# x #}", "{{", "}}", "{%", "%}", "{ { x } }", "{{ ''.__class__ }}", "${x}", "%(x)s", "{0}",
    "=1+1", "=cmd|'/c calc'!A0", "+1", "-1", "@x", "'=1", "\t=1", "=HYPERLINK(\"http://x\")", "1,2", "1e5", "1E400", "NaN", "inf",
    "-0", "1_000", "0x1F", "0o17", "0777", "1:30", "12:30:00", "2023-01-28", "1/2/2023", "no", "Yes", "on", "OFF", "true", "null", "~",
    "_x0007_", "_x000D_", "_x005F_x0041_", "_x", "x_x0041_y_x0042_", " leading", "trailing ", "two  spaces", "\ttab", "a\tb", "a\nb",
    "a\n\nb", "\nfirst", "last\n", " ", "\u3000", "\u00a0", "\u2028", "a\u2028b", "a\u2029b", "\u0085", "\u200b", "\u00ad", "\ufeff", "a\ufeffb",
    "👨‍👩‍👧‍👦", "🇨🇳", "👍🏽", "臺灣龜", "𠀀𠮷𪚥", "é\u0301\u0328", "e\u0301", "ﬁ", "Ａ１", "שלום", "مرحبا", "ไทย", "\u202eabc", "\u2066abc", "\ud800", "\udc00x",
    "\x00", "\x07", "\x0b", "\x1f", "\x7f", "\x9f", "a\rb", "a\r\nb", "\ufdd0", "\ufdd80\ufdd9", "\ufddd", "\ufffe", "\uffff", "\U0001ffff",
    "- a", "a: b", "a #b", "#x", "&a", "*a", "!x", "|", ">", "'", '"', "\\", "\\n", "\\u0041", "<<", "---", "...", "[x", "{x", "? x", "`x", "a: |",
    "../../etc/passwd", "C:\\x", "\\\\server\\share", "http://example.invalid/?a=1&b=2", "mailto:x@y", "javascript:alert(1)",
)  # fmt: skip
LONG = ("字" * 32_767, "x" * 32_768, "y" * 40_000, "&" * 32_767, "\n" * 300)


def joined(pieces: list[str]) -> str:
    """Return them as one text; two halves of a character that meet are that character, as JSON has it."""
    return "".join(pieces).encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


texts = st.one_of(
    st.sampled_from(TRAPS), st.text(max_size=40), st.lists(st.sampled_from(TRAPS), min_size=2, max_size=3).map(joined)
)
unhurried = settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def accepted(**changes: str) -> Dataset | None:
    """Return the city with these texts; None where they were refused, each with its place."""
    content = json.dumps(small.data(**changes)).encode()
    try:
        return load(Path("data.json"), content=content)
    except DataError as error:
        for fault in error.faults:
            assert fault.message
            assert fault.where, fault
            assert fault.file == "data.json"
        return None


def said(dataset: Dataset) -> dict[str, str]:
    return {"note": dataset.note.zh, "name": dataset.places[1].name.zh, "clause": dataset.targets[0].evidence.clause,
            "theme": dataset.initiatives[0].theme.zh, "text": dataset.initiatives[0].text.zh}  # fmt: skip


@given(note=texts, name=texts, clause=texts, theme=texts, text=texts)
@unhurried
def test_through_every_kind_of_dataset(**changes: str) -> None:
    dataset = accepted(**changes)
    if dataset is None:
        return
    assert said(dataset) == changes
    for suffix in (".yaml", ".json", ".xlsx"):
        path = Path(f"data{suffix}")
        assert load(path, content=encode(dataset, path)) == dataset


@pytest.mark.parametrize("text", (*TRAPS, *LONG), ids=lambda text: text[:20].encode("unicode_escape").decode())
def test_each_trap_as_yaml(text: str) -> None:
    """As a person would type it, without a thought for quotes; and as an editor would write it."""
    for typed in (json.dumps(text), json.dumps(text, ensure_ascii=False)):
        content = f"note: {typed}\n".encode("utf-8", "surrogatepass")
        try:
            load(Path("data.yaml"), content=content)
        except DataError as error:
            assert all(fault.where or fault.code == "empty-file" for fault in error.faults), error.faults


@cache
def compiled(room: str) -> tuple[object, Package]:
    template = Package.open(small.MAKERS[room](), name=small.FILES[room])
    return EXPORTERS[room].room().compile(template, template.file), template


def rendered(room: str, dataset: Dataset) -> Package:
    program, template = compiled(room)
    out = io.BytesIO()
    EXPORTERS[room].room().render(program, template, Scope(dataset, "zh"), out, epoch=0)  # type: ignore[arg-type]
    return Package.open(out.getvalue(), name=small.FILES[room])


def word_texts(package: Package) -> list[str]:
    """Return each paragraph as Word shows it, read without the project."""
    root = etree.fromstring(package.read("word/document.xml"), etree.XMLParser(huge_tree=True))
    marks = {f"{W}tab": "\t", f"{W}br": "\n"}
    return [
        "".join(marks.get(one.tag, one.text or "" if one.tag == f"{W}t" else "") for one in paragraph.iter()
                if one.getparent().tag != f"{W}tabs")
        for paragraph in root.iter(f"{W}p")
    ]  # fmt: skip


def deck_texts(package: Package) -> list[str]:
    found = []
    for name in package.names():
        # What does not fit on a slide is shortened there and stands whole in its notes.
        if name.startswith(("ppt/slides/slide", "ppt/notesSlides/notesSlide")):
            for paragraph in etree.fromstring(package.read(name), etree.XMLParser(huge_tree=True)).iter(f"{A}p"):
                pieces = (
                    (one.text or "") if one.tag == f"{A}t" else "\n" if one.tag == f"{A}br" else ""
                    for one in paragraph.iter()
                )
                found.append("".join(pieces))
    return found


def workbook_texts(content: bytes) -> list[str]:
    import openpyxl
    from openpyxl.utils.escape import unescape

    book = openpyxl.load_workbook(io.BytesIO(content), rich_text=False)
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.value is not None]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"], "text became a formula"
    return [unescape(cell.value) if isinstance(cell.value, str) else cell.value for cell in cells]


@given(note=texts, name=texts, clause=texts, theme=texts, text=texts)
@example(note="{{ pack.title }}{% for x in y %}", name="A & B <c>", clause="]]>", theme="=1+1", text="_x0007_ \n\ta ")
@unhurried
def test_through_all_three_formats(**changes: str) -> None:
    dataset = accepted(**changes)
    if dataset is None:
        return
    for read, package in ((word_texts, rendered("word", dataset)), (deck_texts, rendered("deck", dataset))):
        shown = read(package)
        for field, text in changes.items():
            assert text in shown or not text, (read.__name__, field)
        assert not any("\ufdd0" <= character <= "\ufdef" for each in shown for character in each)
    package = rendered("workbook", dataset)
    out = io.BytesIO()
    from exporters.package import PackageWriter

    with PackageWriter(out) as writer:
        for name in package.names():
            writer.add_raw(package.raw(name))
    shown = workbook_texts(out.getvalue())
    for field, text in changes.items():
        assert text in shown or not text, field


@pytest.mark.parametrize("text", LONG, ids=lambda text: str(len(text)))
def test_long_texts_come_back_whole_or_not_at_all(text: str) -> None:
    dataset = accepted(text=text)
    assert (dataset is None) == (len(text) > 32_767)
    if dataset is not None:
        for suffix in (".yaml", ".json", ".xlsx"):
            path = Path(f"data{suffix}")
            assert load(path, content=encode(dataset, path)) == dataset
        assert text in word_texts(rendered("word", dataset))
        assert text in deck_texts(rendered("deck", dataset))


@given(text=texts)
@unhurried
def test_what_was_rendered_is_read_back(text: str) -> None:
    """The values that the merge later reads are those that were written."""
    dataset = accepted(clause=text)
    if dataset is None or not text:
        return
    for room in small.MAKERS:
        package = rendered(room, dataset)
        snapshot = EXPORTERS[room].room().read(package)
        found = {slot.text for _group, _item, slot in snapshot.slots()}
        assert html.unescape(text) in {html.unescape(one) for one in found} or any(text in one for one in found), room


NUMBERS = ("123456789012345678901234567890", "0.1234567890123456789", "NaN", "Infinity", "-Infinity", "1e400", "-1e400", "1e-400",
           "1_000", "0x1F", "0o17", "1:30", "1,000", "１２", "6.5%", "--1", "+-1", "1e", ".", "e5", "", " ", "6,5", "1 000", "٣")  # fmt: skip
PROPER = {
    "-0": "0",
    "6.50": "6.5",
    "+6.5": "6.5",
    ".5": "0.5",
    "5.": "5",
    "1e2": "100",
    "007": "7",
    "123456789012345": "123456789012345",
}


@pytest.mark.parametrize("suffix", ["yaml", "json"])
@pytest.mark.parametrize("typed", NUMBERS)
def test_a_number_that_is_none_is_refused_with_its_line(typed: str, suffix: str) -> None:
    content = json.dumps(small.data(value="@@"), indent=1).replace('"@@"', typed or '""')
    with pytest.raises(DataError) as caught:
        load(Path(f"data.{suffix}"), content=content.encode())
    assert all(fault.where.startswith("line ") for fault in caught.value.faults), caught.value.faults


@pytest.mark.parametrize("typed", PROPER)
def test_a_number_is_what_was_typed(typed: str) -> None:
    content = json.dumps(small.data(value="@@"), indent=1).replace('"@@"', typed)
    dataset = load(Path("data.yaml"), content=content.encode())
    assert dataset.targets[0].value == Decimal(PROPER[typed])
    for suffix in (".yaml", ".json", ".xlsx"):
        path = Path(f"data{suffix}")
        assert load(path, content=encode(dataset, path)) == dataset
    for room in small.MAKERS:
        rendered(room, dataset)


def test_the_same_bytes_under_every_order_of_hashes(tmp_path: Path) -> None:
    data = small.dataset(tmp_path, note="A & B", text="👨‍👩‍👧‍👦", theme="{{ x }}")
    small.templates(tmp_path / "set")
    packs = []
    for seed in ("1", "2"):
        out = tmp_path / seed
        done = subprocess.run(
            [sys.executable, "-m", "exporters", "build", str(data), "--templates", str(tmp_path / "set"), "--out", str(out)],
            env={**os.environ, "PYTHONHASHSEED": seed, "BRIEFPACK_CACHE": "off"}, cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        packs.append({name: (out / name).read_bytes() for name in (*small.FILES.values(), "manifest.json")})
    assert packs[0] == packs[1]


@pytest.mark.slow
def test_through_the_shipped_templates(tmp_path: Path) -> None:
    """The texts of one trap at a time in the sample itself: each is in all three files, as text."""
    import yaml

    sample = yaml.load((ROOT / "data" / "guangzhou-2023.yaml").read_text("utf-8"), Loader=yaml.BaseLoader)
    trap = 'A & B <c> ]]> {{ pack.title }} {% if x %} =1+1 _x0007_ 𠮷👨‍👩‍👧‍👦 "q"'
    sample["title"] = {"zh": trap, "en": trap}
    dataset = load(Path("data.json"), content=json.dumps(sample).encode())
    for room, name in small.FILES.items():
        template = Package.open(ROOT / "templates" / "standard" / "zh" / name, name=name)
        exporter = EXPORTERS[room].room()
        out = io.BytesIO()
        exporter.render(exporter.compile(template, name), template, Scope(dataset, "zh"), out, epoch=0)
        lines = exporter.lines(Package.open(out.getvalue(), name=name))
        assert any(trap in line for line in lines), room
