"""The rules of ``briefpack check`` that hold for a template of any format.

A rule is a function from an :class:`~exporters.outline.Outline` and the pack's language to faults, in the module of its
family; a new one is added to its family's ``RULES``, a new family to ``_FAMILIES``. Faults carry no file yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from exporters.errors import Fault
from exporters.outline import Outline
from exporters.runs.rules import access, braces, contrast, fonts

Rule = Callable[[Outline, str], Iterator[Fault]]

_FAMILIES = (braces, access, fonts, contrast)


def apply(outline: Outline, lang: str) -> Iterator[Fault]:
    """Yield what all rules tell of a template, a family after the other."""
    for family in _FAMILIES:
        for rule in family.RULES:
            yield from rule(outline, lang)
