"""The preview of a pack: its files as PDF and pictures, and one HTML page, in the folder ``preview``."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from exporters.errors import Fault, RefusedError
from exporters.files import read_file
from exporters.preview import office, pages, pdf
from exporters.preview.page import ShownFile, render
from exporters.preview.tools import require
from exporters.runs import lock, publish
from exporters.runs.pack import Pack, PackFile

FOLDER, PAGE = "preview", "index.html"
_WITHOUT = "--no-pdf makes the page without pictures"

Progress = Callable[[str], None]
"""Told in a few words what is being done."""


class Preview(Struct, frozen=True):
    """What a preview run made. ``files`` are the pack's files as the page shows them."""

    pack: Pack
    page: Path
    files: tuple[ShownFile, ...]


def preview(
    folder: Path,
    *,
    pictured: bool = True,
    timeout: float = office.TIMEOUT,
    progress: Progress = lambda _words: None,
) -> Preview:
    """Make the preview of the pack in *folder*; without *pictured* only the page.

    The files are shown as they stand now, hand edits included. Raises BriefpackError where *folder* is no pack and
    MissingToolError where LibreOffice or poppler is absent. A preview that stands there stays until the new one is
    whole; files of other people in its folder are left alone.
    """
    pack = Pack.open(folder)
    if pictured:
        require(office.LIBREOFFICE, pages.PDFTOPPM, hint=_WITHOUT)
    scope = pack.scope
    target = folder / FOLDER
    if target.exists() and not target.is_dir():
        raise RefusedError(Fault("not-a-folder", "a file stands where the preview's folder goes", str(target)))
    with tempfile.TemporaryDirectory(prefix="briefpack-preview-", ignore_cleanup_errors=True) as temporary:
        copies, made = Path(temporary, "files"), Path(temporary, "made")
        copies.mkdir()
        made.mkdir()
        found = _copied(pack, copies)
        if pictured and found:
            progress("LibreOffice lays out the pages")
            for path in office.to_pdf([copies / file.name for file in found], made, timeout=timeout):
                pdf.settle(path, pack.as_of)
        files = []
        for file in found:
            progress(f"pictures of {file.name}")
            files.append(_shown(file, copies / file.name, made))
        content = render(
            scope,
            files,
            conflicts=pack.manifest.conflicts,
            gone=pack.gone,
            tool=pack.manifest.tool,
            dataset_sha256=pack.manifest.dataset_sha256,
        )
        (made / PAGE).write_bytes(content)
        _bring(made, target, [Path(name).stem for name in pack.manifest.files])
    return Preview(pack, target / PAGE, tuple(files))


def _copied(pack: Pack, copies: Path) -> list[PackFile]:
    """Copy the pack's files while no build is at work, so that all of them are of one state."""
    state = pack.folder / publish.STATE
    state.mkdir(exist_ok=True)
    with lock.held(state / "lock", pack.folder):
        for file in pack.files:
            (copies / file.name).write_bytes(read_file(file.path))
    return list(pack.files)


def _shown(file: PackFile, copy: Path, made: Path) -> ShownFile:
    content = read_file(copy)
    sha256 = hashlib.sha256(content).hexdigest()
    shown = ShownFile(
        name=file.name,
        exporter=file.record.exporter,
        href=f"../{file.name}",
        bytes=len(content),
        sha256=sha256,
        touched=file.record.edited or sha256 != file.record.sha256,
    )
    path = made / f"{copy.stem}.pdf"
    if not path.is_file():
        return shown
    content = read_file(path)
    return replace(
        shown,
        pdf=path.name,
        pdf_bytes=len(content),
        pdf_sha256=hashlib.sha256(content).hexdigest(),
        count=pages.count(path),
        pages=tuple(pages.pictures(path, made)),
    )


def _bring(made: Path, target: Path, stems: Sequence[str]) -> None:
    """Bring what was made into the preview's folder, the page last, and take away what an earlier run left over."""
    target.mkdir(exist_ok=True)
    names = sorted((path.name for path in made.iterdir()), key=lambda name: (name == PAGE, name))
    for name in names:
        arriving = target / f".{name}.new"
        shutil.copyfile(made / name, arriving)
        arriving.replace(target / name)
    ours = re.compile(rf"({'|'.join(map(re.escape, stems))})(-[0-9]{{3,}}\.png|\.pdf)|\..+\.new")
    for path in sorted(target.iterdir()):
        if ours.fullmatch(path.name) and path.name not in names:
            path.unlink()
