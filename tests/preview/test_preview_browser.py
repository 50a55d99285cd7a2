"""The page in headless Chromium: wide, narrow, by mouse, by keyboard, without scripts, on paper."""

from __future__ import annotations

import subprocess

import pytest
from browser import PROGRAM, Browser
from preview_samples import CONFLICT, dataset, hostile, shown

from exporters.binding.scope import Scope
from exporters.preview import pages, tools
from exporters.preview.page import render

pytestmark = [pytest.mark.slow, pytest.mark.skipif(PROGRAM is None, reason="Chromium is not installed")]

CLOSED = "getComputedStyle(document.querySelector('#e-nansha\\\\.gdp-growth')).display"
FIGURE = "#t-nansha\\.gdp-growth .fig"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with a page for each language and dataset, and one full of markup."""
    found = tmp_path_factory.mktemp("pages")
    for name, lang in (
        ("guangzhou-2023", "zh"),
        ("guangzhou-2023", "en"),
        ("sample-progress", "zh"),
        ("sample-progress", "en"),
    ):
        content = render(Scope(dataset(name), lang), shown(found), conflicts=[CONFLICT], tool="0.1.0")
        (found / f"{name}-{lang}.html").write_bytes(content)
    (found / "hostile.html").write_bytes(render(Scope(hostile(), "zh"), shown(), conflicts=[CONFLICT]))
    return found


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    found = Browser(tmp_path_factory.mktemp("browser"))
    yield found
    found.close()


NAMES = ["guangzhou-2023-zh", "guangzhou-2023-en", "sample-progress-zh", "sample-progress-en"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [1280, 768, 360])
def test_nothing_runs_out_of_the_window_and_nothing_is_fetched(browser, folder, tmp_path, name, width):
    browser.open(folder / f"{name}.html", width)
    browser.settle()
    wide, seen = browser.run("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= seen == width
    beyond = browser.run(
        "[...document.querySelectorAll('main *, header *, footer *')].filter(e => e.getClientRects().length && "
        "e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80))"
    )
    assert beyond == []
    assert {address.partition(":")[0] for address in browser.requests} == {"file"}
    assert browser.problems == []
    assert browser.run("[...document.images].every(i => i.complete && i.naturalWidth > 0)")
    assert browser.screenshot(tmp_path / "page.png").stat().st_size > 10_000


def test_evidence_by_mouse(browser, folder):
    browser.open(folder / "guangzhou-2023-zh.html", 1280)
    assert browser.run(CLOSED) == "none"
    browser.hover(FIGURE)
    assert "力争全年经济增长10%以上" in browser.run(
        f"getComputedStyle(document.querySelector({FIGURE!r}),'::after').content"
    )
    browser.click(FIGURE)
    assert browser.run(CLOSED) == "table-row"
    assert browser.run("document.querySelector('#e-nansha\\\\.gdp-growth').innerText.includes('nansha.gdp-growth')")
    browser.click(FIGURE)
    assert browser.run(CLOSED) == "none"


@pytest.mark.parametrize("width", [1280, 360])
def test_evidence_by_keyboard_with_the_focus_in_sight(browser, folder, width):
    browser.open(folder / "guangzhou-2023-zh.html", width)
    browser.run("document.querySelector('#all').focus()")
    browser.press("Tab")
    assert browser.run("document.activeElement.className") == "fig"
    outline = browser.run(
        "(s => [s.outlineStyle, parseFloat(s.outlineWidth)])(getComputedStyle(document.activeElement))"
    )
    assert outline[0] == "solid"
    assert outline[1] >= 2
    browser.press("Enter", "\r")
    assert browser.run("document.activeElement.getAttribute('aria-expanded')") == "true"
    browser.press("Escape")
    assert browser.run("document.activeElement.getAttribute('aria-expanded')") == "false"


def test_the_filter_and_the_button_for_all(browser, folder):
    browser.open(folder / "guangzhou-2023-zh.html", 1280)
    shown_rows = "[...document.querySelectorAll('tr.t')].filter(r => r.getClientRects().length).length"
    open_rows = "[...document.querySelectorAll('tr.e')].filter(r => r.getClientRects().length).length"
    assert browser.run(shown_rows) == 73
    browser.run("document.querySelector('#filter').focus()")
    browser.type("南沙")
    assert browser.run(shown_rows) == 4
    assert browser.run("document.querySelector('#found').textContent") == "4 条"
    browser.click("#all")
    assert browser.run(open_rows) == 4
    browser.run("(f => {f.value = ''; f.dispatchEvent(new Event('input'))})(document.querySelector('#filter'))")
    assert browser.run(open_rows) == 73
    browser.click("#all")
    assert browser.run(open_rows) == 0


def test_a_link_to_a_target_opens_its_evidence(browser, folder):
    browser.open(folder / "guangzhou-2023-zh.html", 1280, fragment="#t-nansha.gdp-growth")
    assert browser.run(CLOSED) == "table-row"


def test_without_scripts_all_evidence_is_there(browser, folder):
    browser.open(folder / "guangzhou-2023-zh.html", 1280, script=False)
    text = browser.text()
    assert "力争全年经济增长10%以上" in text
    assert "展开全部依据" not in text


def test_markup_in_the_data_does_nothing(browser, folder):
    browser.open(folder / "hostile.html", 1280)
    assert browser.run("document.title").startswith("<script>alert(1)</script>")
    assert not [address for address in browser.requests if "evil" in address]
    assert browser.run("document.scripts.length") == 1
    wide, seen = browser.run("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= seen


@pytest.mark.skipif(tools.find(pages.PDFTOTEXT) is None, reason="poppler is not installed")
def test_on_paper_every_number_has_its_evidence(browser, folder, tmp_path):
    browser.open(folder / "guangzhou-2023-zh.html", 1280)
    browser.settle()
    paper = browser.print(tmp_path / "paper.pdf")
    text = "".join("".join(page.split()) for page in pages.texts(paper))
    for target in dataset().targets:
        assert "".join(target.evidence.clause.split()) in text
        assert target.id in text
    assert "展开全部依据" not in text
    images = subprocess.run(["pdfimages", "-list", paper], capture_output=True, text=True, check=True)
    assert len(images.stdout.splitlines()) - 2 >= 6
