"""The ``briefpack`` command: a group that knows its commands' names and imports only the one that is called."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from exporters import __version__
from exporters.cli.report import fail
from exporters.errors import BriefpackError, Fault, nearest

COMMANDS: Mapping[str, tuple[str, str]] = {
    "batch": ("exporters.cli.batch", "Build many packs."),
    "build": ("exporters.cli.build", "Build the pack: briefing, deck and workbook."),
    "check": ("exporters.cli.check", "List every fault of a dataset and of templates."),
    "convert": ("exporters.cli.convert", "Write a dataset in another format."),
    "diff": ("exporters.cli.diff", "What a build would change, and why."),
    "explain": ("exporters.cli.explain", "What proves a number: clause, source, places."),
    "history": ("exporters.cli.history", "The runs that changed a pack."),
    "init": ("exporters.cli.init", "Start a project: dataset, templates, a short guide."),
    "lint": ("exporters.cli.lint", "Check the inner relations of Office files."),
    "preview": ("exporters.cli.preview", "PDF, page pictures and one HTML page of a pack."),
    "pull": ("exporters.cli.pull", "Bring typed edits back into the data file."),
    "resolve": ("exporters.cli.resolve", "Settle a conflict between a hand edit and the data."),
    "restore": ("exporters.cli.restore", "Bring back what a build replaced."),
    "schedule": ("exporters.cli.schedule", "Print what runs a build at set times."),
    "schema": ("exporters.cli.schema", "Print the JSON Schema of datasets."),
    "status": ("exporters.cli.status", "What people edited in a pack, and open conflicts."),
    "template": ("exporters.cli.template", "Help for authors of templates."),
    "verify": ("exporters.cli.verify", "Prove every number of a pack."),
    "watch": ("exporters.cli.watch", "Build again at every change of data or templates."),
}
"""Name of each command -> (module that holds ``command``, its line in the list)."""


class LazyGroup(click.Group):
    """A group whose list of commands costs no import."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        found = import_module(COMMANDS[cmd_name][0]).command
        assert isinstance(found, click.Command)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            hint = nearest(args[0], COMMANDS)
            ctx.fail(f"No such command '{args[0]}'." + (f" {hint[0].upper()}{hint[1:]}" if hint else ""))
        if "" in args or any(word.startswith("--") and word.endswith("=") for word in args):
            # A cron job's line with a variable that is not set: it would run on the sample, in the folder it stands in.
            ctx.fail(f"'{args[0]}' was given an empty word; is a variable not set?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BriefpackError as error:
            fail(ctx, error.faults, error.exit_code)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except OSError as error:
            if os.environ.get("BRIEFPACK_TRACEBACK"):
                raise
            from exporters.runs.disk import fault_of

            _let_go_of_output()
            fail(ctx, [fault_of(error)])
        except Exception as error:
            if os.environ.get("BRIEFPACK_TRACEBACK"):
                raise
            message = f"an error inside briefpack {__version__}: {type(error).__name__}: {error}"
            hint = "BRIEFPACK_TRACEBACK=1 shows where; please report it"
            fail(ctx, [Fault("internal", message, hint=hint)])


def _let_go_of_output() -> None:
    """Drop what the standard output cannot take: Python would try again at its end, and end with a code of its own."""
    try:
        sys.stdout.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", message="briefpack %(version)s")
def app() -> None:
    """One dataset to a Word briefing, a PowerPoint deck and an Excel workbook, from Office templates."""
