"""The stored texts that evidence spans refer to."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath, PureWindowsPath

from exporters.errors import nearest
from exporters.files import read_file
from exporters.model import Dataset, Problem, Source


class SourceTexts:
    """The texts in *folder*, or, without one, beside the dataset.

    ``digests`` tells by file name what was read of each: empty where a text is not there, else its SHA-256.
    """

    def __init__(self, beside: Path, folder: Path | None = None) -> None:
        self._beside, self._folder = beside, folder
        self.digests: dict[str, str] = {}

    def read(self, dataset: Dataset) -> tuple[dict[str, str], list[Problem]]:
        """Return the text of each source that is stored, and what is wrong with them.

        A file that is not there is a problem only where a folder was asked for. Line breaks are kept as stored,
        since spans count them.
        """
        texts: dict[str, str] = {}
        problems: list[Problem] = []
        for index, source in enumerate(dataset.sources):
            if source.file:
                problems += self._read(source, index, texts)
        return texts, problems

    def _read(self, source: Source, index: int, texts: dict[str, str]) -> list[Problem]:
        path, folder, name = ("sources", index, "file"), self._folder, source.file
        if not _is_plain_name(name):
            return [Problem(path, "file-name", f"{name!r} must be a file's name, without a folder")]
        place = (folder or self._beside) / name
        self.digests[name] = ""
        if not place.is_file():
            if folder is None:
                return []
            names = sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
            return [Problem(path, "no-file", f"there is no {name} in {folder}", nearest(name, names))]
        try:
            raw = read_file(place)
        except OSError as error:
            self.digests[name] = "unreadable"
            return [Problem(path, "unreadable", f"{name} cannot be read: {error.strerror}")]
        self.digests[name] = digest = hashlib.sha256(raw).hexdigest()
        if source.sha256 and digest != source.sha256:
            message = f"{name} is not the text that was registered: its SHA-256 differs"
            hint = "spans are not checked against it"
            return [Problem(("sources", index, "sha256"), "source-changed", message, hint)]
        try:
            texts[source.id] = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            return [Problem(path, "encoding", f"{name} is not UTF-8 (byte {error.start + 1})")]
        return []


def _is_plain_name(name: str) -> bool:
    return name not in (".", "..") and PurePosixPath(name).name == name == PureWindowsPath(name).name
