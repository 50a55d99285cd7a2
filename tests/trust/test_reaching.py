"""What in a template leads out of it or runs something: told with its place by check, and no pack is made of the worst."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import small
from click.testing import CliRunner
from hostile import TYPES, Entries

from exporters.cli.app import app
from exporters.errors import PackageError
from exporters.package import Package, guard_file
from exporters.registry import EXPORTERS

RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
DOCUMENT, SLIDE, SHEET = "word/document.xml", "ppt/slides/slide1.xml", "xl/worksheets/sheet1.xml"
Change = Callable[[Entries], Entries]


def field(*codes: str) -> str:
    """A field whose instruction stands in several runs; a code that begins with < is XML."""
    runs = "".join(code if code.startswith("<") else f"<w:r><w:instrText>{code}</w:instrText></w:r>" for code in codes)
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"/></w:r>{runs}<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        '<w:r><w:t>shown</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def paragraph(*codes: str) -> Change:
    """A field in a paragraph in front of the first."""
    return lambda entries: entries.replace(DOCUMENT, b"<w:body>", f"<w:body><w:p>{field(*codes)}</w:p>".encode())


def body(xml: str) -> Change:
    return lambda entries: entries.replace(DOCUMENT, b"<w:body>", f"<w:body>{xml}".encode())


def linked(part: str, target: str, kind: str = "hyperlink") -> Change:
    """A relationship rIdOut of *part* to somewhere outside."""

    def change(entries: Entries) -> Entries:
        folder, _, base = part.rpartition("/")
        name = f"{folder}/_rels/{base}.rels"
        entries.parts.setdefault(
            name,
            b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>',
        )
        item = (
            f'<Relationship Id="rIdOut" Type="{RELS}/{kind}" Target="{target}" TargetMode="External"/></Relationships>'
        )
        return entries.replace(name, b"</Relationships>", item.encode())

    return change


def word_link(target: str) -> Change:
    run = f'<w:p><w:hyperlink r:id="rIdOut" xmlns:r="{RELS}"><w:r><w:t>link</w:t></w:r></w:hyperlink></w:p>'
    return lambda entries: body(run)(linked(DOCUMENT, target)(entries))


def slide_link(target: str, action: str = "") -> Change:
    click = f'<a:hlinkClick xmlns:r="{RELS}" r:id="rIdOut" action="{action}"/></p:cNvPr>'
    return lambda entries: linked(SLIDE, target)(entries).replace(
        SLIDE, rb'name="Title 1"/>', b'name="Title 1">' + click.encode()
    )


def sheet_link(target: str) -> Change:
    links = f'<hyperlinks><hyperlink ref="B2" xmlns:r="{RELS}" r:id="rIdOut"/></hyperlinks><pageMargins'
    return lambda entries: linked(SHEET, target)(entries).replace(SHEET, b"<pageMargins", links.encode())


def formula(text: str) -> Change:
    cell = f'<row r="40"><c r="C40"><f>{text}</f></c></row></sheetData>'
    return lambda entries: entries.replace(SHEET, b"</sheetData>", cell.encode())


def name(text: str) -> Change:
    listing = f'<definedNames><definedName name="Away">{text}</definedName></definedNames><calcPr'
    return lambda entries: entries.replace("xl/workbook.xml", b"<definedNames/>", b"").replace(
        "xl/workbook.xml", b"<calcPr", listing.encode()
    )


def connection(more: str) -> Change:
    content = (
        '<connections xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f'<connection id="1" name="prices" type="4" {more}><webPr url="http://example.invalid/"/></connection></connections>'
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.connections+xml"
    return lambda entries: entries.typed("xl/connections.xml", kind, content.encode())


ERRORS: dict[str, tuple[str, Change, str]] = {
    "dde": ("word", paragraph("DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe x"), "paragraph 1"),
    "dde-split": ("word", paragraph(" dd", "E", "auto cmd x"), "paragraph 1"),
    "dde-quoted": ("word", paragraph('"DDE" cmd x'), "paragraph 1"),
    "dde-simple": ("word", body('<w:p><w:fldSimple w:instr=" DDE cmd x"><w:r><w:t>1</w:t></w:r></w:fldSimple></w:p>'), "paragraph 1"),
    "dde-never-ended": ("word", body('<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DDE a b</w:instrText></w:r></w:p>'), "paragraph 1"),
    "dde-inside-another": ("word", paragraph("IF 1 = 1 ", field("DDE a b")), "paragraph 1"),
    "made-up": ("word", paragraph(field("QUOTE 68 68 69"), " cmd x"), "paragraph 1"),
    "made-of-data": ("word", paragraph("{{ pack.note }} cmd x"), "paragraph 1"),
    "picture": ("word", paragraph('INCLUDEPICTURE "http://example.invalid/a.png" \\d'), "paragraph 1"),
    "text": ("word", paragraph('INCLUDETEXT "\\\\\\\\example.invalid\\\\a.docx"'), "paragraph 1"),
    "linked-range": ("word", paragraph("LINK Excel.Sheet.12 a.xlsx"), "paragraph 1"),
    "old-picture": ("word", body('<w:p><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:imagedata src="http://example.invalid/a.png"/></v:shape></w:pict></w:r></w:p>'), "paragraph 1"),
    "script": ("word", word_link("javascript:alert(1)"), "paragraph 1"),
    "script-broken-up": ("word", word_link("java&#10;script:alert(1)"), "paragraph 1"),
    "handler": ("word", word_link("ms-msdt:/id PCWDiagnostic"), "paragraph 1"),
    "program-on-a-share": ("word", word_link("\\\\example.invalid\\a.exe"), "paragraph 1"),
    "field-link": ("word", paragraph('HYPERLINK "vbscript:x"'), "paragraph 1"),
    "action-program": ("deck", slide_link("file:///c:/windows/system32/cmd.exe", "ppaction://program"), "slide 1, shape 'Title 1'"),
    "action-macro": ("deck", slide_link("http://example.invalid/", "ppaction://macro?name=x"), "slide 1, shape 'Title 1'"),
    "slide-script": ("deck", slide_link("javascript:x"), "slide 1, shape 'Title 1'"),
    "webservice": ("workbook", formula('WEBSERVICE("http://example.invalid/"&amp;A1)'), "sheet Targets, cell C40"),
    "webservice-prefixed": ("workbook", formula('IFERROR(_xlfn.WEBSERVICE ("http://example.invalid"),0)'), "sheet Targets, cell C40"),
    "image": ("workbook", formula('_xlfn.IMAGE("http://example.invalid/a.png")'), "sheet Targets, cell C40"),
    "other-book": ("workbook", formula("'\\\\example.invalid\\[a.xlsx]S'!A1"), "sheet Targets, cell C40"),
    "numbered-book": ("workbook", formula("SUM([1]Sheet1!A1:A9)"), "sheet Targets, cell C40"),
    "in-a-name": ("workbook", name("RTD(&quot;a&quot;,,1)"), "name Away"),
    "sheet-script": ("workbook", sheet_link("javascript:x"), "sheet Targets, cell B2"),
    "refreshed": ("workbook", connection('refreshOnLoad="1"'), "part xl/connections.xml"),
}  # fmt: skip
TOLD: dict[str, tuple[str, Change, str, str]] = {
    "web": ("word", word_link("https://example.invalid/a"), "paragraph 1", "advice"),
    "mail": ("word", paragraph('HYPERLINK "mailto:a@example.invalid"'), "paragraph 1", "advice"),
    "file": ("word", word_link("file:///c:/a.docx"), "paragraph 1", "warning"),
    "beside": ("deck", slide_link("other.pptx"), "slide 1, shape 'Title 1'", "warning"),
    "slide-web": ("deck", slide_link("http://example.invalid/"), "slide 1, shape 'Title 1'", "advice"),
    "asking": ("word", paragraph("FILLIN name"), "paragraph 1", "warning"),
    "sheet-web": ("workbook", sheet_link("https://example.invalid/"), "sheet Targets, cell B2", "advice"),
    "formula-link": ("workbook", formula('HYPERLINK("https://example.invalid/","x")'), "sheet Targets, cell C40", "advice"),
    "connection": ("workbook", connection(""), "part xl/connections.xml", "warning"),
}  # fmt: skip
SILENT: dict[str, tuple[str, Change]] = {
    "page": ("word", paragraph("PAGE \\* MERGEFORMAT")),
    "prompt": ("word", paragraph("MACROBUTTON NoMacro [type here]")),
    "bookmark": ("word", paragraph('HYPERLINK \\l "_Toc1"')),
    "column": ("workbook", formula("SUM(T[2023])+SUM(T[[1]:[2]])")),
    "text": ("workbook", formula('&quot;WEBSERVICE(1) and [1]a!b&quot;&amp;SUM(A1:A2)')),
    "this-book": ("workbook", formula("[0]!Away")),
}  # fmt: skip


def made(room: str, change: Change, folder: Path) -> Path:
    small.templates(folder)
    (folder / small.FILES[room]).write_bytes(change(Entries.of(small.MAKERS[room]())).zipped())
    return folder


def run(*arguments: object) -> tuple[int, dict[str, Any]]:
    found = CliRunner().invoke(app, [*map(str, arguments), "--json"])
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found.exit_code, json.loads(found.output)


def reaching(told: dict[str, Any]) -> list[dict[str, str]]:
    codes = {"link", "field", "formula", "action", "dde", "linked-picture", "connection", "embedded-object"}
    return [fault for fault in told["faults"] if fault["code"] in codes]


@pytest.mark.parametrize("case", ERRORS)
def test_what_fetches_or_runs_is_an_error_of_check_and_of_build(case: str, tmp_path: Path) -> None:
    room, change, place = ERRORS[case]
    data, folder = small.dataset(tmp_path), made(room, change, tmp_path / "set")
    code, told = run("check", data, "--templates", folder, "--only", room)
    found = [fault for fault in reaching(told) if fault["severity"] == "error"]
    assert code == 1
    assert {fault["where"] for fault in found} == {place}
    assert found[0]["file"] == str(folder / small.FILES[room])
    code, told = run("build", data, "--templates", folder, "--out", tmp_path / "out")
    assert code == 1
    assert reaching(told)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("target", ["https://example.invalid/{{ city.key }}", "../%7B%7B%20pack.title%20%7D%7D"])
@pytest.mark.parametrize("room", ["word", "deck", "workbook"])
def test_a_tag_in_the_address_of_a_link_is_refused_for_it_would_stay(room: str, target: str, tmp_path: Path) -> None:
    change = {"word": word_link, "deck": slide_link, "workbook": sheet_link}[room](target)
    data, folder = small.dataset(tmp_path), made(room, change, tmp_path / "set")
    for command in (("check",), ("build", "--out", tmp_path / "out")):
        code, told = run(*command, data, "--templates", folder, "--only", room)
        assert code == 1
        (found,) = [fault for fault in told["faults"] if fault["code"] == "link-tag"]
        assert (found["severity"], "HYPERLINK" in found["hint"]) == ("error", True)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("case", TOLD)
def test_what_only_leads_away_is_told_and_kept(case: str, tmp_path: Path) -> None:
    room, change, place, severity = TOLD[case]
    data, folder = small.dataset(tmp_path), made(room, change, tmp_path / "set")
    code, told = run("check", data, "--templates", folder, "--only", room)
    assert code == 0, told
    assert [(fault["where"], fault["severity"]) for fault in reaching(told)] == [(place, severity)]


@pytest.mark.parametrize("case", SILENT)
def test_what_stays_inside_is_not_told(case: str) -> None:
    room, change = SILENT[case]
    data = change(Entries.of(small.MAKERS[room]())).zipped()
    assert EXPORTERS[room].room().reaches(Package.open(data)) == []


@pytest.mark.parametrize("case", [name for name in ERRORS if name.startswith("dde")])
def test_a_document_that_came_back_with_dde_is_not_read(case: str) -> None:
    data = ERRORS[case][1](Entries.of(small.briefing())).zipped()
    with pytest.raises(PackageError) as caught:
        EXPORTERS["word"].room().read(Package.open(data, name="mail.docx"))
    assert {(fault.code, fault.file) for fault in caught.value.faults} == {("field", "mail.docx")}


DDE = {
    "numbered-sign": formula("cmd&#124;&apos;/c calc&apos;!A0"),
    "formula": formula("cmd|'/c calc'!A0"),
    "in-a-call": formula("1+SUM('Excel '|'[a]b'!x)"),
    "link": lambda entries: entries.typed(
        "xl/externalLinks/externalLink1.xml",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml",
        b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>',
    ),
}


@pytest.mark.parametrize("case", DDE)
def test_a_workbook_with_dde_is_opened_by_nothing(case: str) -> None:
    data = DDE[case](Entries.of(small.workbook())).zipped()
    assert TYPES in Entries.of(data).parts
    with pytest.raises(PackageError) as caught:
        guard_file(data, name="mail.xlsx")
    assert {(fault.code, fault.file) for fault in caught.value.faults} == {("dde", "mail.xlsx")}
