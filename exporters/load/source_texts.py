"""The stored texts that evidence spans refer to."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath, PureWindowsPath

from exporters.errors import nearest
from exporters.files import read_file
from exporters.model import Dataset, Problem, Source


def read_source_texts(dataset: Dataset, beside: Path, folder: Path | None) -> tuple[dict[str, str], list[Problem]]:
    """Return the text of each source that is stored in *folder*, or, without one, beside the dataset.

    A file that is not there is a problem only where *folder* was asked for. Line breaks are kept as stored,
    since spans count them.
    """
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for index, source in enumerate(dataset.sources):
        if not source.file:
            continue
        path = ("sources", index, "file")
        if not _is_plain_name(source.file):
            message = f"{source.file!r} must be a file's name, without a folder"
            problems.append(Problem(path, "file-name", message))
            continue
        place = (folder or beside) / source.file
        if not place.is_file():
            if folder is not None:
                names = sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
                problems.append(
                    Problem(path, "no-file", f"there is no {source.file} in {folder}", nearest(source.file, names))
                )
            continue
        try:
            raw = read_file(place)
        except OSError as error:
            problems.append(Problem(path, "unreadable", f"{source.file} cannot be read: {error.strerror}"))
            continue
        problems += _read(source, index, raw, texts)
    return texts, problems


def _read(source: Source, index: int, raw: bytes, texts: dict[str, str]) -> list[Problem]:
    if source.sha256 and hashlib.sha256(raw).hexdigest() != source.sha256:
        message = f"{source.file} is not the text that was registered: its SHA-256 differs"
        return [Problem(("sources", index, "sha256"), "source-changed", message, "spans are not checked against it")]
    try:
        texts[source.id] = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"{source.file} is not UTF-8 (byte {error.start + 1})"
        return [Problem(("sources", index, "file"), "encoding", message)]
    return []


def _is_plain_name(name: str) -> bool:
    return name not in (".", "..") and PurePosixPath(name).name == name == PureWindowsPath(name).name
