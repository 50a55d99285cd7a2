"""A Chinese pack whose data is written in Latin letters: no two words of it run into each other, in any file."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import etree

from exporters.registry import EXPORTERS

ROOT = Path(__file__).resolve().parents[2]
HAN = re.compile("[\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]")
# A bracket that closes before a word is glued to it; one that opens is seen by what stands before it.
WORD = re.compile(r"[)\]]?[A-Za-z0-9\u00c0-\u024f%.,:;&#+'’-]+")
FIGURE = re.compile(r"[+-]?(\d{1,4}|\d{1,3}(,\d{3})+)(\.\d+)?%?|%|#N")
SHOWN = ("{*}p", "{*}si", "{*}is", "{*}c", "{*}docPr", "{*}cNvPr", "{*}pt")
TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)


def latin(value: Any) -> Any:
    """Return data with every Chinese text gone: the English one, or words that name no language."""
    if isinstance(value, Mapping):
        if value and set(value) <= {"zh", "en"}:
            return {"en": value.get("en") or "Told in Latin words"}
        return {name: latin(found) for name, found in value.items()}
    if isinstance(value, list):
        return [latin(found) for found in value]
    return "Told in Latin words" if isinstance(value, str) and HAN.search(value) else value


def stressed(name: str) -> dict[str, Any]:
    """Return a dataset in Latin letters, with words of strength and figures in words beside every target."""
    data = latin(yaml.safe_load((ROOT / "data" / f"{name}.yaml").read_text("utf-8")))
    for number, target in enumerate(data["targets"]):
        # Both are free text of the source, and stand directly beside other values.
        target["modality_word"] = "aims for"
        if target.get("value") is not None and not number % 5:
            target["comparator_word"] = {"zh": "at least"}
        elif not number % 7:
            target["expression"] = {"en": "Double it"}
    return data


def shown(path: Path) -> Iterator[str]:
    """Yield each paragraph, cell and alternative text of an Office file."""
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            if not name.endswith(".xml") or "customXml" in name or name.startswith("docProps/app"):
                continue
            for element in etree.fromstring(package.read(name)).iter(*SHOWN):
                kind = etree.QName(element).localname
                if kind in {"docPr", "cNvPr"}:
                    yield element.get("descr", "")
                elif (kind == "c" and element.get("t") == "str") or kind == "pt":
                    yield element.findtext("{*}v", "")
                elif kind != "c":
                    breaks = {"br", "tab", "cr"}
                    pieces = [
                        " " if etree.QName(one).localname in breaks else one.text or ""
                        for one in element.iter("{*}t", "{*}br", "{*}tab", "{*}cr")
                    ]
                    yield "".join(pieces)


def words(texts: Iterator[str]) -> set[str]:
    """Return the stretches of Latin letters in *texts*, without the marks that end a sentence."""
    return {word.strip(".,;:") for text in texts for word in WORD.findall(HAN.sub("\u3000", text))}


def plain(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for found in value.values():
            yield from plain(found)
    elif isinstance(value, list):
        for found in value:
            yield from plain(found)
    else:
        yield str(value)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["guangzhou-2023", "sample-progress"])
@pytest.mark.parametrize("templates", ["standard", "gbt9704"])
def test_no_two_words_run_together(shell, name, templates):
    data = stressed(name)
    (shell.folder / "latin.yaml").write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    done = shell("build", "latin.yaml", "--templates", templates, "--lang", "zh", "--out", "pack")
    assert done.returncode == 0, done.stderr
    known = words(plain(data))
    glued: dict[str, str] = {}
    for entry in EXPORTERS.values():
        template = ROOT / "templates" / templates / "zh" / entry.filename
        own = known | words(TAG.sub("\u3000", text) for text in shown(template))
        for text in shown(shell.folder / "pack" / entry.filename):
            strange = [one for one in words(iter([text])) - own if not FIGURE.fullmatch(one)]
            glued |= dict.fromkeys(strange, f"{entry.filename}: {text}")
    assert "\n".join(f"{word}   in   {text}" for word, text in glued.items()) == ""
