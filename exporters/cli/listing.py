"""Faults for people to read: grouped by file, in colour, with the line that they are about."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from exporters.errors import Fault


def print_faults(faults: Sequence[Fault]) -> None:
    """Print *faults* on standard output, those of one file together."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    if not faults:
        console.print(Text("no faults", "green"))
        return
    for file, group in groupby(faults, key=lambda fault: fault.file):
        console.print(Text(file or "input", "bold"))
        for fault in group:
            line = Text("  ")
            line.append(f"{fault.severity}: ", "bold red" if fault.severity == "error" else "bold yellow")
            if fault.where:
                line.append(f"{fault.where}: ", "cyan")
            line.append(fault.message)
            if fault.hint:
                line.append(f" ({fault.hint})", "green")
            console.print(line)
            if fault.excerpt:
                console.print(Text(f"      {fault.excerpt}", "dim"))
    count = len(faults)
    console.print(f"{count} fault{'s' if count > 1 else ''}")
