"""Telling another program what a run has changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import click

notify_option = click.option(
    "--notify-cmd", metavar="CMD", help="Gets the summary (JSON) on standard input when contents changed."
)


def changed(results: Mapping[str, str]) -> bool:
    """Whether files have other contents than before, by what became of each."""
    return any(result not in {"unchanged", "refused"} for result in results.values())


def notify(cmd: str, summary: Mapping[str, Any]) -> None:
    """Give *summary* to a command of the shell. That it fails is told, and changes nothing about the run."""
    import subprocess

    told = json.dumps(summary, ensure_ascii=False).encode()
    try:
        # What it prints goes to standard error: on standard output there may be one JSON object, and nothing else.
        done = subprocess.run(cmd, shell=True, input=told, stdout=2, check=False)
    except OSError as error:
        click.echo(f"warning: the notify command did not start: {error}", err=True)
        return
    if done.returncode:
        click.echo(f"warning: the notify command ended with {done.returncode}", err=True)
