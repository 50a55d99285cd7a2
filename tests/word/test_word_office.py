"""Rendered pages: the contents list tells the pages that LibreOffice shows, and GB/T 9704 measures hold on paper."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from msgspec.structs import replace
from word_samples import PROGRESS, ROOT, body, load_guangzhou, p, plain, render, shipped, template

from exporters.load import load
from exporters.model import Dataset, Initiative, Target, Text

pytestmark = [
    pytest.mark.office,
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("soffice") is None or shutil.which("pdftotext") is None,
        reason="LibreOffice or poppler is not installed (apt-get install libreoffice-writer poppler-utils)",
    ),
]
EDITIONS = [(name, lang) for name in ("standard", "gbt9704") for lang in ("zh", "en")]
MM = 72 / 25.4
# The office's own font names, shown with free fonts of the same widths.
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<dir>/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol</dir>%s</fontconfig>"""
ALIASES = {
    "仿宋_GB2312": ("FandolFang", "Noto Serif CJK SC"), "楷体_GB2312": ("FandolKai", "Noto Serif CJK SC"),
    "黑体": ("FandolHei", "Noto Sans CJK SC"), "宋体": ("FandolSong", "Noto Serif CJK SC"),
    "方正小标宋简体": ("Noto Serif CJK SC", "FandolSong"), "微软雅黑": ("Noto Sans CJK SC",),
}  # fmt: skip


def varied(districts: int) -> Dataset:
    """Districts with 0 to 30 targets, long and short names of what they do, none to six measures."""
    spec = importlib.util.spec_from_file_location("synthetic", ROOT / "benchmarks" / "synthetic.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made: Dataset = module.dataset(districts)
    own: dict[str, list[Target]] = {}
    for target in made.targets:
        own.setdefault(target.place, []).append(target)
    targets = list(own.pop("city"))
    initiatives = list(made.initiatives)
    counts = (6, 0, 12, 30, 3, 1, 8)
    for index, (place, known) in enumerate(own.items()):
        count = counts[index % len(counts)]
        targets += known[:count]
        for more in range(count - len(known)):
            part = Text(zh="片区" * (1 + (index * 7 + more * 3) % 9), en="area " + "long " * ((index + more) % 6))
            source = known[5 if more % 2 else 3]
            update = {"id": f"{place}.more-{more}", "group": "", "sub_place": part}
            targets.append(replace(source, **update))
        for more in range(index % 6):
            times = 1 + (index + more) % 7
            text = Text(
                zh="推进" + "重点工作与项目建设" * times, en="Push ahead with " + "key works and projects " * times
            )
            theme = Text(zh=f"主题{more % 4}", en=f"Theme {more % 4}")
            initiatives.append(Initiative(id=f"{place}.extra-{more}", place=place, theme=theme, text=text))
    return replace(made, targets=tuple(targets), initiatives=tuple(initiatives))


@pytest.fixture(scope="module")
def convert(tmp_path_factory):
    """Convert documents to PDF, several in one go."""
    folder = tmp_path_factory.mktemp("office")
    aliases = "".join(
        f'<alias binding="same"><family>{name}</family><prefer>{"".join(f"<family>{one}</family>" for one in known)}</prefer></alias>'
        for name, known in ALIASES.items()
    )
    (folder / "fonts.conf").write_text(FONTS % aliases, "utf-8")

    def run(documents: dict[str, bytes]) -> dict[str, Path]:
        for name, data in documents.items():
            (folder / f"{name}.docx").write_bytes(data)
        command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf"]
        command += ["--outdir", str(folder), *(str(folder / f"{name}.docx") for name in documents)]
        environment = {**os.environ, "FONTCONFIG_FILE": str(folder / "fonts.conf")}
        subprocess.run(command, check=True, capture_output=True, timeout=300, env=environment)
        return {name: folder / f"{name}.pdf" for name in documents}

    return run


def pages_of(pdf: Path) -> list[str]:
    done = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True)
    return done.stdout.split("\f")[:-1]


def wrong_entries(pages: list[str]) -> list[tuple[str, int, list[int]]]:
    """Entries of the contents list whose heading does not stand on the page that they name."""
    listed = [
        (plain(found[1]), int(found[2]))
        for page in pages
        for line in page.splitlines()
        if (found := re.match(r"\s*(.+?)\s*\.{4,}\s*(\d+)\s*$", line))
    ]
    assert len(listed) > 5
    lines = [[plain(line) for line in page.splitlines() if "...." not in line] for page in pages]
    shown = [
        (text, number, [at for at, page in enumerate(lines, 1) if any(line.startswith(text) for line in page)])
        for text, number in listed
    ]
    return [one for one in shown if one[1] not in one[2]]


@pytest.mark.parametrize("case", ["guangzhou", "progress", "sixty"])
def test_the_contents_list_tells_the_pages(convert, case: str) -> None:
    dataset = {"guangzhou": load_guangzhou, "progress": lambda: load(PROGRESS), "sixty": lambda: varied(60)}[case]()
    documents = {f"{case}-{name}-{lang}": render(shipped(name, lang), dataset, lang).data for name, lang in EDITIONS}
    for name, pdf in convert(documents).items():
        assert wrong_entries(pages_of(pdf)) == [], name


def _words(pdf: Path) -> list[tuple[int, float, float, float, float, str]]:
    done = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], check=True, capture_output=True, text=True)
    tree = ElementTree.fromstring(re.sub(r"<(!DOCTYPE|meta)[^>]*>|[\x00-\x08\x0b-\x1f]", "", done.stdout))
    return [
        (number, *(float(word.get(side, "0")) for side in ("xMin", "yMin", "xMax", "yMax")), word.text or "")
        for number, page in enumerate(tree.iter("{http://www.w3.org/1999/xhtml}page"), 1)
        for word in page.iter("{http://www.w3.org/1999/xhtml}word")
    ]


def test_gbt9704_sets_22_lines_of_28_characters(convert) -> None:
    """Body text fills the 156 x 225 mm of the standard with 22 lines of 28 characters (clauses 5.2.1 and 5.2.3)."""
    import io

    import docx

    document = docx.Document(io.BytesIO(shipped("gbt9704", "zh")))
    element = document.element.body
    for child in list(element)[:-1]:
        element.remove(child)
    document.add_paragraph("字" * (26 + 28 * 60))
    out = io.BytesIO()
    document.save(out)
    pdf = convert({"measures": out.getvalue()})["measures"]
    words = [word for word in _words(pdf) if "字" in word[5]]
    first = [word for word in words if word[0] == 1]
    lines = sorted({round(word[2], 1) for word in first})
    assert len(lines) == 22
    full = [word for word in first if round(word[2], 1) in lines[1:]]
    assert {len(word[5]) for word in full} == {28}
    left, right = min(word[1] for word in full), max(word[3] for word in full)
    assert abs(left - 28 * MM) < 1
    assert right <= (210 - 26) * MM + 1
    assert lines[0] >= 37 * MM - 1 and max(word[4] for word in first) <= (297 - 35) * MM + 3
    numbers = {word[0]: word for word in _words(pdf) if word[5].strip() == "1" or word[5].strip() == "2"}
    assert numbers[1][1] > 105 * MM and numbers[2][1] < 105 * MM


def test_plain_text_controls_and_names_do_not_move_a_line(convert) -> None:
    text = "全市目标一览与各区举措" * 40
    with_values = render(template(body(p("{{ pack.note }}"))), replace(load_guangzhou(), note=Text(zh=text)))
    without = render(template(body(p(text))), load_guangzhou())
    made = convert({"with": with_values.data, "without": without.data})
    assert [plain(page) for page in pages_of(made["with"])] == [plain(page) for page in pages_of(made["without"])]
