"""What the exporters write, part by part: the templates of docs/templates.md over a city of two districts.

The parts that a template's tags touch are kept under tests/golden/parts as indented XML, embedded workbooks unzipped
too; all others must be the template's own bytes. `pytest --accept` makes the golden files anew, to be read in the diff.
"""

from __future__ import annotations

import re
import runpy
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from lxml import etree
from msgspec.structs import replace

from exporters.load import dump, load
from exporters.registry import EXPORTERS
from exporters.runs.inputs import find_dataset

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden" / "parts"
PLACES = {"guangzhou", "yuexiu", "panyu"}
# The stamp holds a digest of the template's bytes, in which the clock of the library that made it stands.
STAMP = re.compile(r"(?<=guangzhou-2023:1:)[0-9a-f]+")


@pytest.fixture(scope="module")
def small(tmp_path_factory, cache) -> Path:
    """Return a folder with the templates (``mine``) and the pack made of them (``pack``)."""
    from tests.e2e.conftest import Shell

    folder = tmp_path_factory.mktemp("small")
    typed = runpy.run_path(str(ROOT / "tools" / "docs_templates.py"))["write"]
    typed(folder / "mine", (ROOT / "docs" / "templates.md").read_text("utf-8"))
    whole = load(find_dataset(None))
    dataset = replace(
        whole,
        places=tuple(one for one in whole.places if one.id in PLACES),
        people=tuple(one for one in whole.people if {post.place for post in one.posts} <= PLACES),
        targets=tuple(one for one in whole.targets if one.place in PLACES),
        initiatives=tuple(one for one in whole.initiatives if one.place in PLACES),
    )
    dump(dataset, folder / "small.json")
    done = Shell(folder, {"BRIEFPACK_CACHE": str(cache)})(
        "build", "small.json", "--templates", "mine", "--lang", "en", "--out", "pack"
    )
    assert done.returncode == 0, done.stderr
    return folder


def parts(content: bytes, prefix: str = "") -> dict[str, bytes]:
    """Return every part by its path; a part that is itself a package by the paths inside it."""
    found: dict[str, bytes] = {}
    with zipfile.ZipFile(BytesIO(content)) as package:
        for name in package.namelist():
            data = package.read(name)
            if data.startswith(b"PK\x03\x04"):
                found |= parts(data, f"{prefix}{name}/")
            else:
                found[prefix + name] = data
    return found


def readable(data: bytes) -> str:
    root = etree.fromstring(data)
    etree.indent(root)
    return STAMP.sub("…", etree.tostring(root, encoding="unicode")) + "\n"


@pytest.mark.parametrize("filename", sorted(entry.filename for entry in EXPORTERS.values()))
def test_parts(small, golden, filename):
    template = set(parts((small / "mine" / filename).read_bytes()).values())
    made = parts((small / "pack" / filename).read_bytes())
    own = {name: data for name, data in made.items() if data not in template}
    for name, data in own.items():
        golden(f"parts/{filename}/{name}", readable(data))
    folder = GOLDEN / filename
    kept = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert kept == set(own), "golden files without a part: look why, then delete them"
