"""Every error that a person can meet, and the faults it carries.

A fault names its place as a person sees it (file and line, paragraph, slide and shape, sheet and cell), what is
wrong, what was expected, and the nearest right name where there is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import Struct

Severity = Literal["error", "warning", "advice"]


class Fault(Struct, frozen=True):
    """One thing wrong, with its place.

    ``file`` is the file's name as the user gave it; ``where`` the place inside it in a person's words ("line 12",
    "slide 4, shape 'Title 1'", "sheet 目标, cell B5"). ``code`` is a stable slug such as ``unknown-name``.
    ``excerpt`` is the text around it, and ``mark`` the piece of that text that is meant.
    """

    code: str
    message: str
    file: str = ""
    where: str = ""
    hint: str = ""
    severity: Severity = "error"
    excerpt: str = ""
    mark: str = ""

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.file, self.where) if part)
        text = f"{place}: {self.message}" if place else self.message
        return f"{text} ({self.hint})" if self.hint else text


class BriefpackError(Exception):
    """The root of all errors meant for people; carries every fault found, not just the first."""

    exit_code = 1

    def __init__(self, faults: Iterable[Fault] | Fault | str) -> None:
        if isinstance(faults, str):
            faults = Fault("error", faults)
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


class DataError(BriefpackError):
    """The dataset is wrong."""


class TemplateError(BriefpackError):
    """A template is wrong, or does not fit the data."""


class PackageError(BriefpackError):
    """A file is not an Office package that may be opened: broken, hostile, encrypted, or too large."""


class MissingToolError(BriefpackError):
    """An outside program (LibreOffice) that this command needs is not installed."""


class RefusedError(BriefpackError):
    """Something that a person owns would have been lost; nothing was written over."""

    exit_code = 4


def nearest(word: str, choices: Iterable[str], meant: Mapping[str, str] | None = None) -> str:
    """Return ``did you mean 'x'?`` for the choice most like *word*, or an empty string.

    *meant* says, of choices that are only what people call it, what is to be written.
    """
    import difflib

    pool = {str(choice).casefold(): str(choice) for choice in choices}
    found = difflib.get_close_matches(word.casefold(), pool, n=1, cutoff=0.6)
    if not found:
        return ""
    choice = pool[found[0]]
    return f"did you mean '{meant.get(choice, choice) if meant else choice}'?"
