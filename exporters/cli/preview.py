"""``briefpack preview``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from exporters.cli.options import folder_argument
from exporters.cli.report import json_option, print_json

if TYPE_CHECKING:
    from exporters.runs.previewing import Preview


@click.command("preview", short_help="PDF, page pictures and one HTML page of a pack.")
@folder_argument
@click.option("--open", "opened", is_flag=True, help="Open the page in the browser.")
@click.option("--no-pdf", is_flag=True, help="Only the page, without pictures; needs no LibreOffice.")
@click.option(
    "--timeout", type=click.IntRange(min=1), default=180, show_default=True, metavar="SECONDS", help="For LibreOffice."
)
@json_option
def command(folder: Path, opened: bool, no_pdf: bool, timeout: int, as_json: bool) -> None:
    """Show the pack in DIR: its files as PDF and pictures, and one page with every target and its evidence.

    All of it goes into DIR/preview; the page is index.html there and needs no network.
    """
    from exporters.runs.previewing import preview

    with _told(quiet=as_json) as progress:
        made = preview(folder, pictured=not no_pdf, timeout=timeout, progress=progress)
    if as_json:
        print_json(_as_json(made))
    else:
        _print(made)
    if opened:
        click.launch(made.page.resolve().as_uri())


@contextmanager
def _told(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Yield what tells a person at a terminal what is being done; it says nothing in a pipe."""
    if quiet or not sys.stderr.isatty():
        yield lambda _words: None
        return
    from rich.console import Console

    with Console(stderr=True).status("reading the pack") as status:
        yield status.update


def _as_json(made: Preview) -> dict[str, Any]:
    files = {
        file.name: {
            "sha256": file.sha256,
            "edited": file.touched,
            "pdf": str(made.page.parent / file.pdf) if file.pdf else None,
            "pages": file.count,
            "pictures": [str(made.page.parent / page.path.name) for page in file.pages],
        }
        for file in made.files
    }
    return {
        "ok": True,
        "exit_code": 0,
        "folder": str(made.pack.folder),
        "page": str(made.page),
        "files": files,
        "missing": list(made.pack.gone),
        "conflicts": len(made.pack.manifest.conflicts),
    }


def _print(made: Preview) -> None:
    click.echo(f"{made.pack.manifest.title}: {made.page}")
    for file in made.files:
        edited = ", with hand edits" if file.touched else ""
        pages = f"  {file.count} page{'' if file.count == 1 else 's'}" if file.pdf else ""
        click.echo(f"  {file.name}{pages}{edited}")
    for name in made.pack.gone:
        click.echo(f"  {name}  is no longer in the folder")
    conflicts = len(made.pack.manifest.conflicts)
    if conflicts:
        click.echo(f"  {conflicts} open conflict{'' if conflicts == 1 else 's'}; `briefpack status` lists them")
