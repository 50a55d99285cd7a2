"""Faults for people to read: grouped by file, in colour, with the text that they are about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from exporters.errors import Fault, Severity

_COLOURS = {"error": "bold red", "warning": "bold yellow", "advice": "bold blue"}
_NAMES: dict[Severity, tuple[str, str]] = {
    "error": ("error", "errors"), "warning": ("warning", "warnings"), "advice": ("advice", "pieces of advice"),
}  # fmt: skip
_AROUND = 28
_INDENT = "      "


def print_faults(faults: Sequence[Fault]) -> None:
    """Print *faults* on standard output, those of one file together."""
    console = Console(highlight=False, soft_wrap=True)
    if not faults:
        console.print(Text("no faults", "green"))
        return
    for file, group in groupby(faults, key=lambda fault: fault.file):
        console.print(Text(file or "input", "bold"))
        for fault in group:
            line = Text("  ")
            line.append(f"{fault.severity}: ", _COLOURS[fault.severity])
            if fault.where:
                line.append(f"{fault.where}: ", "cyan")
            line.append(fault.message)
            if fault.hint:
                line.append(f" ({fault.hint})", "green")
            console.print(line)
            for excerpt in _excerpt(fault):
                console.print(excerpt)
    counts = Counter(fault.severity for fault in faults)
    told = (f"{counts[kind]} {_NAMES[kind][counts[kind] > 1]}" for kind in _NAMES if counts[kind])
    console.print(", ".join(told))


def _excerpt(fault: Fault) -> list[Text]:
    """Return the text around a fault, and under it a line that underlines what is meant."""
    text = " ".join(fault.excerpt.split())
    mark = " ".join(fault.mark.split())
    at = text.find(mark) if mark else -1
    if at < 0:
        return [Text(f"{_INDENT}{text}", "dim")] if text else []
    start, end = max(at - _AROUND, 0), at + len(mark)
    before = ("…" if start else "") + text[start:at]
    behind = text[end : end + _AROUND] + ("…" if end + _AROUND < len(text) else "")
    line = Text(_INDENT).append(before, "dim").append(mark, _COLOURS[fault.severity]).append(behind, "dim")
    under = " " * (len(_INDENT) + cell_len(before)) + "^" * cell_len(mark)
    return [line, Text(under, _COLOURS[fault.severity])]
