"""The page of a pack, parsed: everything that the data says is on it, and nothing can be smuggled in by the data."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import subprocess
import sys
from itertools import pairwise

import pytest
from lxml import html
from preview_samples import CONFLICT, HOSTILE, dataset, hostile, shown

from exporters.binding.scope import Scope
from exporters.model import Dataset
from exporters.preview.page import render


def page(data: Dataset | None = None, lang: str = "zh", **more) -> bytes:
    return render(Scope(data or dataset(), lang), more.pop("files", shown()), tool="0.1.0", **more)


def parsed(*args, **more):
    return html.document_fromstring(page(*args, **more).decode())


def css(tree, selector: str):
    """Return the elements of a simple selector: names, classes, ids, attributes, descendants and commas."""
    found = []
    for one in selector.split(","):
        path = ""
        for step in one.split():
            name, rest = re.fullmatch(r"([a-z0-9]*)(.*)", step).groups()
            path += "//" + (name or "*")
            for kind, value in re.findall(r"([.#\[])([\w-]+)", rest):
                tests = {
                    ".": f"contains(concat(' ', @class, ' '), ' {value} ')",
                    "#": f"@id='{value}'",
                    "[": f"@{value}",
                }
                path += f"[{tests[kind]}]"
        found.append("." + path)
    return tree.xpath("|".join(found))


def said(element) -> str:
    return " ".join(element.text_content().split())


CASES = [("guangzhou-2023", "zh"), ("guangzhou-2023", "en"), ("sample-progress", "zh"), ("sample-progress", "en")]


@pytest.mark.parametrize(("name", "lang"), CASES)
def test_every_target_with_its_figure_strength_clause_source_flags_and_key(name, lang):
    data = dataset(name)
    tree = parsed(data, lang)
    targets = Scope(data, lang).names()["targets"]
    assert len(css(tree, "tr.t")) == len(targets) == len(data.targets)
    for target in targets:
        row, evidence = tree.get_element_by_id(f"t-{target.key}"), tree.get_element_by_id(f"e-{target.key}")
        figure = css(row, "button.fig")[0]
        assert said(css(row, "th")[0]).startswith(target.label)
        assert said(figure) == f"{target.word}{target.text}"
        assert figure.get("data-clause", "") == target.clause
        text = said(evidence)
        for part in (target.clause, target.source.citation, target.key, target.flag_text, target.note, target.period):
            assert " ".join(part.split()) in text
        if target.actual:
            assert target.actual.text in said(row)
        place = row.xpath("../tr[@class='place']/th[@scope='rowgroup']")[0]
        assert said(place).startswith(target.place.name)


@pytest.mark.parametrize(("lang", "locale", "alt"), [("zh", "zh-CN", "简报第3页"), ("en", "en-GB", "briefing page 3")])
def test_language_title_and_words_for_pictures(lang, locale, alt):
    tree = parsed(lang=lang)
    assert tree.get("lang") == locale
    assert tree.findtext(".//title") == dataset().title.in_(lang) == said(css(tree, "h1")[0])
    images = css(tree, "img")
    assert len(images) == 6
    assert images[2].get("alt") == alt
    assert {image.get("loading") for image in images} == {"lazy"}
    assert all(int(image.get("width")) > 0 and int(image.get("height")) > 0 for image in images)
    chinese = re.compile("[\u4e00-\u9fff]")
    if lang == "en":
        quoted = tree.xpath("//blockquote[@lang='zh-CN']")
        assert len(quoted) == sum(bool(target.evidence.clause) for target in dataset().targets)
        for element in tree.xpath("//nav|//h2|//h3|//thead|//caption|//footer"):
            assert not chinese.search(said(element))


def test_what_is_missing_is_said():
    tree = parsed()
    missing = said(tree.get_element_by_id("missing"))
    for name in ("番禺区", "花都区", "从化区", "海珠", "数值看来偏高"):
        assert name in missing
    places = {said(css(body, ".place th")[0]): body for body in css(tree, "#rows tbody")}
    assert len(places) == 12
    assert "原文未载" in said(css(places["番禺区"], "tr.none")[0])
    flagged = [target for target in dataset().targets if target.flags and target.flags[0].code != "invented"]
    assert {link.get("href") for link in css(tree, ".flags a")} == {f"#t-{target.id}" for target in flagged}


def test_what_is_only_invented_is_not_to_be_checked():
    tree = parsed(dataset("sample-progress"))
    facts = {said(css(fact, "dt")[0]): said(css(fact, "dd")[0]) for fact in css(tree, ".facts div")}
    assert (facts["条待核提示"], facts["条虚构数值"]) == ("0", "31")
    assert not css(tree, ".flags a")
    assert "条虚构数值" not in said(css(parsed(), ".facts")[0])


def test_conflicts_and_absent_files_only_where_there_are_any():
    plain = parsed()
    assert not css(plain, "#conflicts")
    assert not css(plain, ".notice")
    tree = parsed(conflicts=[CONFLICT], gone=["targets.xlsx"])
    text = said(tree.get_element_by_id("conflicts"))
    for part in ("nansha.gdp-growth.text", "10%以上", "11%以上 <b>", "9%以上", "deck.pptx"):
        assert part in text
    assert "targets.xlsx" in said(css(tree, ".notice")[1])


def test_downloads_with_size_and_digest():
    text = said(parsed().get_element_by_id("download"))
    for part in ("briefing.docx", "59 kB", "ab" * 32, "deck.pdf", "9 kB", "cd" * 32):
        assert part in text


def test_without_pictures_the_page_has_no_empty_place_for_them():
    tree = parsed(files=[])
    assert not css(tree, "#pages")
    assert "#pages" not in [link.get("href") for link in css(tree, "nav a")]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_hostile_text_stays_text(lang):
    content = page(hostile(), lang, conflicts=[CONFLICT | {"theirs": HOSTILE, "key": HOSTILE}], gone=[HOSTILE])
    tree = html.document_fromstring(content.decode())
    plain = parsed(lang=lang, conflicts=[CONFLICT], gone=["x"])
    for name in ("script", "img", "style", "link", "iframe", "meta", "base", "form", "object"):
        assert len(css(tree, name)) == len(css(plain, name)), name
    attributes = {name for element in tree.iter("*") for name in element.attrib}
    assert not [name for name in attributes if name.startswith("on")]
    assert attributes == {name for element in plain.iter("*") for name in element.attrib}
    assert said(css(tree, "h1")[0]).startswith(HOSTILE)
    assert css(tree, ".fig")[0].get("data-clause").startswith(HOSTILE)
    assert b"{{ 7*7 }}" in content


def test_nothing_from_outside_is_named_and_nothing_else_may_act():
    tree = parsed(conflicts=[CONFLICT])
    addresses = tree.xpath("//@href|//@src|//@srcset|//@action|//@poster|//@data")
    assert not [one for one in addresses if re.match(r"[a-z][a-z0-9+.-]*:|//", one)]
    style, script = tree.findtext(".//style"), tree.xpath("//script")
    assert "url(" not in style
    assert "@import" not in style
    assert len(script) == 1
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert "default-src 'none'" in policy
    for text in (style, script[0].text):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


@pytest.mark.parametrize(("name", "lang"), CASES)
def test_ids_are_unique_and_every_link_inside_leads_somewhere(name, lang):
    tree = parsed(dataset(name), lang, conflicts=[CONFLICT])
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    inside = {link[1:] for link in tree.xpath("//@href[starts-with(., '#')]")}
    assert inside | set(tree.xpath("//@aria-controls")) | set(tree.xpath("//@aria-labelledby")) <= set(ids)


def test_tables_have_headers_and_controls_have_names():
    tree = parsed(conflicts=[CONFLICT])
    for table in css(tree, "table"):
        heads = css(table, "thead th")
        assert heads
        assert all(head.get("scope") == "col" and said(head) for head in heads)
        assert all(css(row, "th[scope]") or "e" in row.get("class") or "none" in row.get("class")
                   for row in css(table, "tbody tr"))  # fmt: skip
    assert all(said(button) for button in css(tree, "button"))
    assert all(said(field.getparent()) for field in css(tree, "input"))
    levels = [int(heading.tag[1]) for heading in css(tree, "h1,h2,h3")]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_colours_have_contrast():
    style = parsed().findtext(".//style")
    colours = dict(re.findall(r"--([a-z-]+):(#[0-9a-f]{3,6})", style))

    def light(name: str) -> float:
        code = colours[name][1:]
        code = "".join(2 * digit for digit in code) if len(code) == 3 else code
        parts = [int(code[at : at + 2], 16) / 255 for at in (0, 2, 4)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for ground in ("paper", "wash", "warn-wash"):
        for ink in ("ink", "soft", "accent", "warn"):
            first, second = sorted((light(ink), light(ground)))
            assert (second + 0.05) / (first + 0.05) >= 4.5, (ink, ground)


def test_same_inputs_same_bytes_whatever_the_hash_seed():
    script = (
        "import sys, hashlib; sys.path.insert(0, 'tests/preview')\n"
        "from test_preview_page import page\nprint(hashlib.sha256(page()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", script],
            env=os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "Asia/Shanghai"), ("4242", "America/Lima"))
    }
    assert digests == {hashlib.sha256(page()).hexdigest() + "\n"}
