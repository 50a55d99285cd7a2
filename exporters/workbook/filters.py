"""Filters that a workbook's programs call; none of them is for template authors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markupsafe import Markup, escape

from exporters.binding.environment import text
from exporters.package.xmltext import unescaped

_LONGEST_HEADER = 255


def _header(value: Any) -> str:
    """A value inside a header or footer, where ``&`` begins a code."""
    return Markup(escape(unescaped(text(value)).replace("&", "&&")))


def _header_after_size(value: Any) -> str:
    shown = _header(value)
    return Markup(" " + shown) if shown[:1].isdecimal() else shown


def _limited(value: Any) -> str:
    """A header's whole text, cut to what Excel takes."""
    shown = unescaped(str(value))
    if len(shown) <= _LONGEST_HEADER:
        return Markup(value)
    return Markup(escape(shown[: _LONGEST_HEADER - 1].removesuffix("&") + "…"))


def _quoted(value: Any) -> str:
    """A value inside a formula's text constant."""
    return Markup(escape(unescaped(text(value)).replace('"', '""')))


FILTERS: dict[str, Callable[..., Any]] = {
    "_header": _header,
    "_header_after_size": _header_after_size,
    "_limited": _limited,
    "_quoted": _quoted,
}
