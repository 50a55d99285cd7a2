"""``_x000A_``: how the texts of a workbook spell characters that XML has no place for (ECMA-376 part 1, 22.9.2.19)."""

from __future__ import annotations

import re

_SPELLED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ALIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def unspelled(text: str, *, every: bool = False) -> str:
    """Return a text with its spelled characters.

    Those that XML cannot hold (controls, halves of a pair) stay spelled, but with *every*: for who refuses them.
    """
    if "_x" not in text:
        return text
    return _SPELLED.sub((lambda found: chr(int(found[1], 16))) if every else _character, text)


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    held = code in {9, 10, 13} or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE
    return chr(code) if held else found[0]


def spelled(text: str) -> str:
    """Protect what Excel would take for a spelled character, and the carriage return that XML drops."""
    if "_x" in text:
        text = _ALIKE.sub("_x005F_", text)
    return text.replace("\r", "_x000D_") if "\r" in text else text
