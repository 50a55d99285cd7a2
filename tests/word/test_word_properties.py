"""Laws: any text comes back equal, what was compiled and rendered reads as the values, the same bytes always."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import sys

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from word_samples import GUANGZHOU, ROOT, body, load_guangzhou, p, render, shipped, small, template

from exporters import word
from exporters.binding.scope import Scope
from exporters.package import Package

# What XML can hold and the model lets pass; a carriage return is a line break to every reader.
TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co"), include_characters="\n\t"), min_size=1, max_size=60
).filter(lambda text: text == text.strip() and "\u2028" not in text and "\u2029" not in text)


@settings(max_examples=60, deadline=None)
@given(TEXT)
def test_any_text_comes_back_equal(text: str) -> None:
    data = small(title={"zh": text, "en": text})
    done = render(template(body(p("前{{ pack.title }}后"))), data)
    assert done.texts()[0] == f"前{text}后"
    assert done.aliases()["pack.title"].replace("\n", "") == text.replace("\n", "").replace("\t", "")
    # python-docx reads runs, not those inside controls: what stands there is read through its own elements.
    runs = docx.Document(io.BytesIO(done.data)).element.body.xpath("//w:p[1]//w:r")
    assert "".join(docx.text.run.Run(run, None).text for run in runs) == f"前{text}后"  # type: ignore[arg-type]


@pytest.mark.skipif(shutil.which("pandoc") is None, reason="pandoc is not installed")
def test_another_reader_finds_the_same_text(tmp_path) -> None:
    texts = ["<b>&amp;", "二\u3000三", "“引号”—破折号…", "\U0001f600𠀀", "a b"]
    data = small(title={"zh": "|".join(texts), "en": "x"})
    path = tmp_path / "a.docx"
    path.write_bytes(render(template(body(p("{{ pack.title }}"))), data).data)
    read = subprocess.run(["pandoc", "-t", "plain", "--wrap=none", path], check=True, capture_output=True, text=True)
    assert read.stdout.strip() == "|".join(texts)


def test_the_briefing_reads_as_the_values_of_the_data() -> None:
    dataset = load_guangzhou()
    scope = Scope(dataset)
    controls = render(shipped("standard", "zh"), dataset).aliases()
    for view in (scope.target(target.id) for target in dataset.targets):
        key = f"{view.key}.text"
        assert controls.get(key, controls.get(f"{view.key}.phrase")) in {view.text, view.phrase}, key


_DIGEST = """
import sys, io, hashlib
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from exporters import word
from exporters.binding.scope import Scope
from exporters.load import load
from exporters.package import Package
package = Package.open(Path(sys.argv[3]))
out = io.BytesIO()
compiled = word.compile(package, "briefing.docx")
word.render(compiled, package, Scope(load(Path(sys.argv[2]))), out, epoch=1700000000, properties={"b": "1"})
print(hashlib.sha256(out.getvalue()).hexdigest())
"""


@pytest.mark.slow
def test_the_same_bytes_whatever_the_hash_seed_zone_and_place(tmp_path) -> None:
    path = ROOT / "templates" / "standard" / "zh" / "briefing.docx"
    found = set()
    for seed, zone in (("1", "UTC"), ("2", "Asia/Shanghai"), ("random", "America/Lima")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
        command = [sys.executable, "-c", _DIGEST, str(ROOT), str(GUANGZHOU), str(path)]
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment, cwd=tmp_path)
        found.add(done.stdout)
    assert len(found) == 1


def test_compiled_once_from_a_cache_gives_the_same_bytes() -> None:
    from exporters.binding.compiled import Compiled

    package = Package.open(shipped("gbt9704", "en"), name="briefing.docx")
    compiled = word.compile(package, "briefing.docx")
    again = Compiled.from_bytes(compiled.to_bytes())
    digests = []
    for one in (compiled, again, again):
        out = io.BytesIO()
        word.render(one, package, Scope(load_guangzhou(), "en"), out)
        digests.append(hashlib.sha256(out.getvalue()).hexdigest())
    assert len(set(digests)) == 1


def test_rendering_needs_no_heavy_library() -> None:
    lean = """
import sys, io
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import exporters.word.rendering
print(sorted(name for name in ("lxml", "docx", "openpyxl", "pptx", "xml.etree") if name in sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", lean, str(ROOT)], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
