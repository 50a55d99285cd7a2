"""Previews of whole packs through the real LibreOffice and poppler."""

from __future__ import annotations

import datetime as dt
import hashlib
import http.server
import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from lxml import html
from preview_samples import CONFLICT, docx, make_pack, pptx

from exporters.errors import BriefpackError, PackageError
from exporters.preview import office, pages, pdf, tools
from exporters.runs.previewing import preview

pytestmark = [
    pytest.mark.office,
    pytest.mark.skipif(
        tools.find(office.LIBREOFFICE) is None or tools.find(pages.PDFTOPPM) is None,
        reason="LibreOffice or poppler is not installed",
    ),
]


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(scope="module")
def previewed(tmp_path_factory) -> Path:
    """Return a pack with its preview, made once by the command; read it, never change it."""
    pack = make_pack(tmp_path_factory.mktemp("previewed") / "pack")
    command = [sys.executable, "-m", "exporters", "preview", str(pack), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (pack.parent / "said.json").write_text(done.stdout)
    return pack


def test_the_folder_holds_page_pictures_and_pdfs(previewed):
    assert names(previewed / "preview") == [
        "briefing-001.png", "briefing-002.png", "briefing-003.png", "briefing.pdf", "deck-001.png", "deck-002.png",
        "deck.pdf", "index.html", "targets-001.png", "targets.pdf",
    ]  # fmt: skip
    told = json.loads((previewed.parent / "said.json").read_text())
    assert (told["ok"], told["exit_code"], told["conflicts"]) == (True, 0, 0)
    assert {name: file["pages"] for name, file in told["files"].items()} == {
        "briefing.docx": 3, "deck.pptx": 2, "targets.xlsx": 1,
    }  # fmt: skip
    assert Path(told["page"]) == previewed / "preview" / "index.html"
    assert all(Path(path).is_file() for file in told["files"].values() for path in file["pictures"])


def test_the_page_links_to_what_is_there(previewed):
    tree = html.parse(str(previewed / "preview" / "index.html")).getroot()
    for address in tree.xpath("//a/@href[not(starts-with(., '#'))]|//img/@src"):
        assert (previewed / "preview" / address.partition("#")[0]).is_file()
    for image in tree.xpath("//img"):
        assert pages._size(previewed / "preview" / image.get("src")) == (
            int(image.get("width")),
            int(image.get("height")),
        )
    download = tree.get_element_by_id("download").text_content()
    for name in ("briefing.docx", "deck.pptx", "preview/deck.pdf"):
        assert hashlib.sha256((previewed / name).read_bytes()).hexdigest() in download


def test_the_pages_hold_their_texts(previewed):
    folder = previewed / "preview"
    texts = pages.texts(folder / "briefing.pdf")
    assert [f"page {number}" in text for number, text in enumerate(texts, 1)] == [True] * 3
    assert "天河" in pages.texts(folder / "deck.pdf")[0]
    assert "增城" in pages.texts(folder / "targets.pdf", layout=True)[0]
    assert pages.count(folder / "briefing.pdf") == 3


def test_made_twice_it_has_the_same_bytes(previewed, tmp_path):
    again = tmp_path / "again"
    shutil.copytree(previewed, again, ignore=shutil.ignore_patterns("preview"))
    preview(again)
    assert digests(again / "preview") == digests(previewed / "preview")


def test_an_edited_and_an_absent_file(tmp_path):
    pack = make_pack(tmp_path / "pack", conflicts=[CONFLICT])
    (pack / "deck.pptx").write_bytes(pptx(1))
    (pack / "targets.xlsx").unlink()
    made = preview(pack)
    assert [(file.name, file.touched, file.count) for file in made.files] == [
        ("briefing.docx", False, 3),
        ("deck.pptx", True, 1),
    ]
    text = " ".join(html.parse(str(made.page)).getroot().text_content().split())
    for part in ("含人工修改", "以下文件已不在文件夹中：targets.xlsx", "11%以上 <b>"):
        assert part in text


def test_a_new_preview_takes_its_old_pages_away_and_leaves_what_others_put_there(tmp_path):
    pack = make_pack(tmp_path / "pack", word=docx(4))
    preview(pack)
    (pack / "preview" / "my notes.txt").write_text("mine")
    (pack / "preview" / "briefing-sketch.png").write_text("mine")
    (pack / "preview" / ".deck.pdf.new").write_text("left by a killed run")
    (pack / "briefing.docx").write_bytes(docx(2))
    preview(pack)
    mine = ["briefing-sketch.png", "my notes.txt"]
    assert names(pack / "preview") == sorted([
        "briefing-001.png", "briefing-002.png", "briefing.pdf", "deck-001.png", "deck-002.png", "deck.pdf",
        "index.html", "targets-001.png", "targets.pdf", *mine,
    ])  # fmt: skip
    preview(pack, pictured=False)
    assert names(pack / "preview") == sorted(["index.html", *mine])


def test_a_preview_that_fails_leaves_the_old_one(tmp_path):
    pack = make_pack(tmp_path / "pack")
    preview(pack)
    before = digests(pack / "preview")
    (pack / "deck.pptx").write_bytes(b"no package at all")
    with pytest.raises(BriefpackError, match=r"deck\.pptx"):
        preview(pack)
    assert digests(pack / "preview") == before


@pytest.mark.parametrize("settings", ["ours", "default"])
def test_the_profile_lets_nothing_out(tmp_path, monkeypatch, settings):
    """The guard refuses linked pictures already; should one get past it, LibreOffice must not fetch it either."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_OPTIONS = do_PROPFIND = do_GET  # noqa: N815

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    linked = tmp_path / "linked.docx"
    linked.write_bytes(docx(1, picture=f"http://127.0.0.1:{server.server_port}/spy.png"))
    try:
        with pytest.raises(PackageError, match=r"spy\.png"):
            office.to_pdf([linked], tmp_path / "out")
        monkeypatch.setattr(office, "_guard", lambda _file: None)
        if settings == "default":
            monkeypatch.setattr(office, "_SETTINGS", ())
        made = office.to_pdf([linked], tmp_path / "out")
    finally:
        server.shutdown()
        server.server_close()
    assert made[0].is_file()
    # The default profile shows that the trap works.
    assert bool(asked) is (settings == "default")


def test_a_settled_pdf_is_still_a_sound_pdf(previewed):
    path = previewed / "preview" / "deck.pdf"
    info = subprocess.run(["pdfinfo", "-isodates", path], capture_output=True, text=True, check=True)
    assert "2023-02-01T00:00:00" in info.stdout
    assert info.stderr == ""
    before = path.read_bytes()
    copy = previewed.parent / "copy.pdf"
    copy.write_bytes(before)
    pdf.settle(copy, dt.date(2023, 2, 1))
    assert copy.read_bytes() == before
