"""``briefpack schedule``."""

from __future__ import annotations

import shutil
import sys
from contextlib import chdir
from pathlib import Path

import click
from msgspec.structs import replace

from exporters.cli.report import print_fault
from exporters.errors import Fault

_TARGETS = ("cron", "systemd", "launchd", "schtasks", "github", "airflow")


@click.command(
    "schedule",
    short_help="Print what runs a build at set times.",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.option("--target", type=click.Choice(_TARGETS), required=True, help="What shall run it.")
@click.option("--at", default="06:30", show_default=True, metavar="HH:MM", help="Time of day.")
@click.option("--days", default="daily", show_default=True, help="daily, weekdays, or days such as mon,thu.")
@click.option("--name", default="briefpack", show_default=True, help="Name of the job.")
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), default=None, help="Where it runs [here].")
@click.argument("arguments", nargs=-1, metavar="[COMMAND...]", type=click.UNPROCESSED)
def command(target: str, at: str, days: str, name: str, folder: Path | None, arguments: tuple[str, ...]) -> None:
    """Print what to paste so that `briefpack COMMAND...` (`build` by default) runs at set times.

    Example: briefpack schedule --target systemd --at 06:30 --days weekdays batch 'data/*.yaml' --out out
    """
    from exporters.errors import BriefpackError
    from exporters.runs.schedules import TARGETS, Schedule

    _check(arguments, folder or Path.cwd())
    inside = target == "github"
    found = "briefpack" if inside else shutil.which("briefpack")
    # Where no command is on the path, the interpreter that runs now finds the tool again.
    words = (*((found,) if found else (sys.executable, "-m", "exporters")), *(arguments or ("build",)))
    where = (folder or Path.cwd()).resolve()
    try:
        plan = Schedule.parse(words, where, at, days, name)
    except BriefpackError as error:
        raise click.UsageError("\n".join(f"{one.file}: {one.message}; {one.hint}" for one in error.faults)) from None
    click.echo(TARGETS[target](plan), nl=False)


def _check(arguments: tuple[str, ...], folder: Path) -> None:
    """Raise click's own error for a command that could never run; warn where its files are not to be found now."""
    from exporters.cli.app import app
    from exporters.errors import BriefpackError

    if arguments and arguments[0].startswith("-"):
        return
    with click.Context(app, info_name="briefpack") as group, chdir(folder if folder.is_dir() else Path.cwd()):
        name, found, rest = app.resolve_command(group, list(arguments or ("build",)))
        assert found is not None
        try:
            asked = found.make_context(name, rest, group).params
            if name == "build":
                from exporters.runs.inputs import find_dataset

                dataset = find_dataset(asked["dataset"])
                if not dataset.is_file():
                    raise BriefpackError(Fault("no-dataset", "there is no such file now", str(dataset)))
        except click.BadParameter as error:
            print_fault(Fault("not-now", error.format_message(), severity="warning"))
        except BriefpackError as error:
            for fault in error.faults:
                print_fault(replace(fault, severity="warning"))
