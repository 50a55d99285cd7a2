"""What every command says in the same way: faults, JSON, exit codes."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping
from itertools import takewhile
from typing import Any, NoReturn

import click

from exporters.errors import Fault

UNCARRIED = "it has no sure place in the file: type it in there, then settle it"
CAME_BACK = "you deleted it, the file may still say it: delete it there too or let it stand, then settle it"
_JSON = "briefpack.json"


def _remember(ctx: click.Context, _parameter: click.Parameter, value: bool) -> bool:
    if value:
        ctx.find_root().meta[_JSON] = True
    return value


json_option = click.option(
    "--json", "as_json", is_flag=True, is_eager=True, callback=_remember, help="Print one JSON object and nothing else."
)


def print_json(value: Mapping[str, Any]) -> None:
    """Print one JSON object, in plain ASCII where the output is not UTF-8."""
    encoding = (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "")
    click.echo(json.dumps(value, ensure_ascii=encoding != "utf8", indent=2))


def fault_json(fault: Fault) -> dict[str, str]:
    """Return a fault as JSON; empty fields stay out."""
    fields = ("severity", "code", "file", "where", "message", "hint", "excerpt", "mark")
    return {name: value for name in fields if (value := getattr(fault, name))}


def print_fault(fault: Fault) -> None:
    """Print a fault on one line of standard error."""
    colour = {"error": "red", "warning": "yellow"}.get(fault.severity, "blue")
    text = " ".join(str(fault).split())
    click.echo(f"{click.style(fault.severity + ':', fg=colour, bold=True)} {text}", err=True)


def fail(ctx: click.Context, faults: Iterable[Fault], exit_code: int = 1) -> NoReturn:
    """Report *faults* and end with *exit_code*."""
    found = list(faults)
    if ctx.find_root().meta.get(_JSON):
        print_json({"ok": False, "exit_code": exit_code, "faults": [fault_json(fault) for fault in found]})
    else:
        for fault in found:
            print_fault(fault)
        if len(found) > 1:
            click.echo(f"{len(found)} faults", err=True)
    ctx.exit(exit_code)


def short(text: str) -> str:
    """Return *text* in quotation marks on one line, cut after 40 characters."""
    text = _on_one_line(text)
    return f"“{text[:39]}…”" if len(text) > 40 else f"“{text}”" if text else "nothing"


def _on_one_line(text: str) -> str:
    """Return *text* without its breaks; where a bound value stands in a sentence, people see its key."""
    from exporters.snapshot import MARK

    return re.sub(f"{MARK}([^{MARK}]*){MARK}", r"[\1]", " ".join(text.split()))


def apart(*texts: str) -> list[str]:
    """Return texts cut short as :func:`short` does, but with their beginning and where they differ; formulas stay out
    where they are not all that differs."""
    if any(text.startswith("[{") for text in texts):
        from exporters.charts.data import in_words

        texts = (*map(in_words, texts),)
    plain = [_without_formulas(text) or text for text in texts]
    if len(set(plain)) < len(set(texts)):
        plain = list(texts)
    plain = [_on_one_line(text) for text in plain]
    said = {text for text in plain if text}
    columns = zip(*said, strict=False) if len(said) > 1 else ()
    same = sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, columns))
    if same > 30 and max(map(len, plain)) > 40:
        plain = [f"{text[:15].rstrip()}…{text[same - 10 :].lstrip()}" if text else "" for text in plain]
    return [short(text) for text in plain]


def _without_formulas(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if len(line) < 3 or not line.startswith("="))


def counted(count: int, noun: str) -> str:
    """Return a count with its noun: 1 district, 5 districts."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def in_places(count: int) -> str:
    """Say in how many places, where it is more than one."""
    return f" (in {count} places)" if count > 1 else ""
