"""What is known: the records of a dataset, frozen, with exact decimals; no input or output."""

from __future__ import annotations

from .dataset import FORMAT, Dataset
from .forms import Record, form, validated
from .records import (
    Event,
    Evidence,
    Flag,
    Indicator,
    Initiative,
    Observation,
    Office,
    Period,
    Person,
    Place,
    Post,
    Source,
    Target,
)
from .rules import Path, Problem, check, check_sources, doubts
from .terms import Comparator, Coverage, FlagCode, Kind, Level, Measure, Modality, Role
from .text import EMPTY, MAX_TEXT, Lang, Text, forbidden_character
from .units import BUILTIN_UNITS, Unit

__all__ = [
    "BUILTIN_UNITS",
    "EMPTY",
    "FORMAT",
    "MAX_TEXT",
    "Comparator",
    "Coverage",
    "Dataset",
    "Event",
    "Evidence",
    "Flag",
    "FlagCode",
    "Indicator",
    "Initiative",
    "Kind",
    "Lang",
    "Level",
    "Measure",
    "Modality",
    "Observation",
    "Office",
    "Path",
    "Period",
    "Person",
    "Place",
    "Post",
    "Problem",
    "Record",
    "Role",
    "Source",
    "Target",
    "Text",
    "Unit",
    "check",
    "check_sources",
    "doubts",
    "forbidden_character",
    "form",
    "validated",
]
