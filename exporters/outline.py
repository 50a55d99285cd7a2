"""What a template holds, apart from its format: what the rules of ``briefpack check`` look at.

Each exporter's ``outline`` makes one of a template; a rule (``exporters.runs.rules``) goes through it and tells faults.
Places (``where``) are in a person's words.
"""

from __future__ import annotations

from msgspec import Struct, field


class Picture(Struct, frozen=True):
    """A picture or a chart. ``bound`` says of a chart whether its numbers come from the data."""

    where: str
    alternative: str
    chart: bool = False
    bound: bool = True
    decorative: bool = False


class Table(Struct, frozen=True):
    """A table of several rows, and whether its header row is marked as one."""

    where: str
    header: bool


class Slide(Struct, frozen=True):
    """A slide, whether it repeats, and whether it has a title that says something."""

    where: str
    title: bool
    repeated: bool


class Run(Struct, frozen=True):
    """Characters of one look. Colours are RRGGBB, empty where not known; ``large`` from 18 points, or 14 in bold."""

    where: str
    text: str
    east_asian: str = ""
    """The font of its Chinese characters; empty where none is set anywhere that it inherits from."""
    colour: str = ""
    background: str = ""
    large: bool = False


class Outline(Struct):
    """A template, or a finished file. ``language`` is None where the format knows no language of a document."""

    pictures: list[Picture] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    slides: list[Slide] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    deleted: list[Run] = field(default_factory=list)
    """Texts that tracked changes have deleted."""
    fonts: bool = True
    """Whether the format has a font of its own for Chinese characters."""
    language: str | None = None
    blank: set[str] = field(default_factory=set)
    """The places where a missing value is as good as a blank: the cells of a list."""
