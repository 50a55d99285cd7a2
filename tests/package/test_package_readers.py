"""Outside readers open packages with joined segments, a late list of content types, and no data descriptors."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from package_samples import deck, word, workbook

from exporters.package import FIRST_PARTS, DeflateSegment, Package, PackageWriter

MAKERS = {"docx": word, "pptx": deck, "xlsx": workbook}
MIME = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _written(kind: str, folder: Path) -> Path:
    package = Package.open(MAKERS[kind]())
    main = package.main_part()
    root = main.partition("/")[0] + "/"
    names = sorted(
        package.names(),
        key=lambda name: (name not in FIRST_PARTS, not name.startswith(root), name == "[Content_Types].xml", name),
    )
    path = folder / f"made.{kind}"
    with path.open("wb") as out, PackageWriter(out) as writer:
        for name in names:
            data = package.read(name)
            if name == main:
                head, body = DeflateSegment(), DeflateSegment()
                body.write(data[300:])
                head.write(data[:300])
                writer.add_segments(name, [head, body])
            else:
                writer.add(name, data)
    return path


@pytest.mark.parametrize("kind", MAKERS)
def test_file_tells_the_kind(kind: str, tmp_path: Path) -> None:
    if shutil.which("file") is None:
        pytest.skip("the command 'file' is not installed")
    command = ["file", "--brief", "--mime-type", _written(kind, tmp_path)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == MIME[kind]


@pytest.mark.parametrize("kind", MAKERS)
def test_unzip_finds_no_error(kind: str, tmp_path: Path) -> None:
    if shutil.which("unzip") is None:
        pytest.skip("the command 'unzip' is not installed")
    assert subprocess.run(["unzip", "-tq", _written(kind, tmp_path)], check=False, capture_output=True).returncode == 0


def test_pandoc_reads_the_document(tmp_path: Path) -> None:
    if shutil.which("pandoc") is None:
        pytest.skip("pandoc is not installed")
    command = ["pandoc", "-t", "plain", _written("docx", tmp_path)]
    assert "Targets" in subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.office
@pytest.mark.slow
def test_libreoffice_opens_all_three(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    files = [_written(kind, tmp_path) for kind in MAKERS]
    profile = (tmp_path / "profile").as_uri()
    for file in files:
        folder = tmp_path / file.suffix[1:]
        command = [
            office,
            f"-env:UserInstallation={profile}",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            folder,
            file,
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        assert (folder / "made.pdf").stat().st_size > 2000
