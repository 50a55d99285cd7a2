"""What is pasted into a system is what that system reads: each text is read back by that system's own rules."""

from __future__ import annotations

import ast
import os
import plistlib
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

import pytest
import yaml
from click.testing import CliRunner
from pydantic import BaseModel, ConfigDict, Field

from exporters.cli.app import app
from exporters.errors import BriefpackError
from exporters.runs.schedules import TARGETS, Schedule

FOLDER = Path("/srv/广州 100% it's “the” packs")
HARD = (
    "/opt/简 报/bin/briefpack", "batch", "数据/*.yaml", "it's 50%/$HOME/`x`/a&b<c>.yaml", "", "--out", 'out "二" 100% ;',
    "--notify-cmd", "mail -s 'it''s done' & $HOME \\ {{ x }} ${{ y }} {% z",
)  # fmt: skip


def text(target: str, days="weekdays", at="06:05", command=HARD, folder=FOLDER) -> str:
    return TARGETS[target](Schedule.parse(command, folder, at, days, "the-packs"))


def shell(line: str) -> list[str]:
    """Return the words that a shell makes of a command."""
    done = subprocess.run(
        ["/bin/sh", "-c", f"printf '%s\\n' {line}"], capture_output=True, text=True, timeout=20, check=True
    )
    return done.stdout.splitlines()


def succeeds(line: str) -> list[str]:
    """Take the command from a line that ends well for its exit codes 0 and 3."""
    command, _, rest = line.rpartition(" || ")
    codes = [
        subprocess.run(["/bin/sh", "-c", f"(exit {code}) || {rest}"], timeout=20, check=False).returncode
        for code in (0, 1, 3, 4)
    ]
    assert [code == 0 for code in codes] == [True, False, True, False]
    return shell(command)


# --- cron ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "fields"), [("weekdays", "5 6 * * 1,2,3,4,5"), ("daily", "5 6 * * *"), ("sat,sun", "5 6 * * 6,0")]
)
def test_cron_has_five_fields_and_the_rest_is_for_the_shell(days, fields):
    lines = [line for line in text("cron", days).splitlines() if not line.startswith("#")]
    assert len(lines) == 1
    found = re.fullmatch(r"((?:[0-9*,]+ ){4}[0-9*,]+) (.*)", lines[0])
    assert found[1] == fields
    # cron makes a line break of % and takes the backslash from \%, before it gives the command to the shell.
    assert "%" not in re.sub(r"(?<!\\)\\%", "", found[2])
    folder, _, command = found[2].replace(r"\%", "%").partition(" && ")
    assert shell(folder) == ["cd", str(FOLDER)]
    assert shell(command) == list(HARD)


# --- systemd ---------------------------------------------------------------------------------------------------------


def systemd_words(line: str) -> list[str]:
    """Return the words of an ExecStart: quotes around whole words, escapes, doubled $ and %."""
    found = re.findall(r'"((?:[^"\\]|\\.)*)"(?=\s|$)|([^\s"\'\\]+)(?=\s|$)', line)
    assert " ".join(bare or f'"{quoted}"' for quoted, bare in found) == line
    words = [bare or re.sub(r"\\(.)", r"\1", quoted) for quoted, bare in found]
    assert all(re.fullmatch(r"(?:[^%$]|%%|\$\$)*", word) for word in words)
    return [word.replace("%%", "%").replace("$$", "$") for word in words]


def test_systemd_reads_the_words_back_and_makes_up_for_missed_runs():
    values = dict(line.partition("=")[::2] for line in text("systemd").splitlines() if "=" in line)
    assert systemd_words(values["ExecStart"]) == list(HARD)
    quoted = text("systemd", command=("/opt/it's/briefpack", "batch")).partition("ExecStart=")[2].partition("\n")[0]
    assert systemd_words(quoted) == ["/bin/sh", "-c", 'exec "$0" "$@"', "/opt/it's/briefpack", "batch"]
    assert values["WorkingDirectory"].replace("%%", "%") == str(FOLDER)
    assert (values["Persistent"], values["Type"], values["SuccessExitStatus"]) == ("true", "oneshot", "3")
    assert values["OnCalendar"] == "Mon,Tue,Wed,Thu,Fri *-*-* 06:05:00"
    assert "OnCalendar=*-*-* 06:05:00" in text("systemd", "daily")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not here")
def test_systemd_verifies_it(tmp_path):
    folder = tmp_path / "广州 100% it's"
    folder.mkdir()
    program = folder / "brief pack"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    units = text("systemd", command=(str(program), *HARD[1:]), folder=folder)
    for section in units.split("# ~/.config/systemd/user/")[1:]:
        name, _, body = section.partition("\n")
        (tmp_path / name).write_text(body)
    done = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / "the-packs.service"), str(tmp_path / "the-packs.timer")],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert "the-packs." not in done.stderr, done.stderr
    calendar = next(line for line in units.splitlines() if line.startswith("OnCalendar=")).partition("=")[2]
    subprocess.run(["systemd-analyze", "calendar", calendar], check=True, capture_output=True, timeout=60)


# --- launchd ---------------------------------------------------------------------------------------------------------


def test_launchd_reads_the_words_back():
    found = plistlib.loads(text("launchd", "sun").encode())
    assert found.pop("StartCalendarInterval") == {"Weekday": 0, "Hour": 6, "Minute": 5}
    assert found == {
        "Label": "org.briefpack.the-packs", "ProgramArguments": list(HARD), "WorkingDirectory": str(FOLDER), "RunAtLoad": True,
    }  # fmt: skip
    assert plistlib.loads(text("launchd", "daily").encode())["StartCalendarInterval"] == {"Hour": 6, "Minute": 5}
    days = plistlib.loads(text("launchd", "mon,sun").encode())["StartCalendarInterval"]
    assert days == [{"Weekday": 1, "Hour": 6, "Minute": 5}, {"Weekday": 0, "Hour": 6, "Minute": 5}]


# --- the Windows Task Scheduler --------------------------------------------------------------------------------------

TASK = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
# What may stand in an element, and, but for Task and Settings, in this order, by Microsoft's schema of tasks.
CHILDREN = {
    "Task": ("RegistrationInfo", "Triggers", "Settings", "Data", "Principals", "Actions"),
    "Triggers": ("CalendarTrigger",),
    "CalendarTrigger": (
        "Enabled", "StartBoundary", "EndBoundary", "Repetition", "ExecutionTimeLimit", "RandomDelay", "ScheduleByDay",
        "ScheduleByWeek",
    ),
    "ScheduleByDay": ("DaysInterval",),
    "ScheduleByWeek": ("WeeksInterval", "DaysOfWeek"),
    "DaysOfWeek": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "Settings": ("MultipleInstancesPolicy", "DisallowStartIfOnBatteries", "StopIfGoingOnBatteries", "StartWhenAvailable"),
    "Actions": ("Exec",),
    "Exec": ("Command", "Arguments", "WorkingDirectory"),
}  # fmt: skip
IN_ANY_ORDER = {"Task", "Settings", "ScheduleByWeek", "ScheduleByDay", "DaysOfWeek", "Exec"}
FORMS = {
    "StartBoundary": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", "DaysInterval": r"\d+", "WeeksInterval": r"\d+",
    "MultipleInstancesPolicy": "IgnoreNew|Parallel|Queue|StopExisting", "StartWhenAvailable": "true|false",
    "DisallowStartIfOnBatteries": "true|false", "StopIfGoingOnBatteries": "true|false",
}  # fmt: skip


def as_the_schema_says(element: ElementTree.Element) -> None:
    name = element.tag.removeprefix(TASK)
    names = [child.tag.removeprefix(TASK) for child in element]
    allowed = CHILDREN.get(name, ())
    assert set(names) <= set(allowed), name
    assert len(set(names)) == len(names), name
    assert name in IN_ANY_ORDER or names == sorted(names, key=allowed.index), name
    assert element.attrib == ({"version": "1.2"} if name == "Task" else {}), name
    assert re.fullmatch(FORMS.get(name, "(?s).*"), element.text or ""), name
    for child in element:
        as_the_schema_says(child)


def windows_words(line: str) -> list[str]:
    """Return the words that a Windows program sees, by the rules of its C library."""
    words, word, inside, started, at = [], "", False, False, 0
    while at < len(line):
        slashes = len(line[at:]) - len(line[at:].lstrip("\\"))
        at += slashes
        if line[at : at + 1] == '"':
            word += "\\" * (slashes // 2) + ('"' if slashes % 2 else "")
            inside ^= not slashes % 2
            started = True
        else:
            word += "\\" * slashes
            if at < len(line) and (inside or line[at] not in " \t"):
                word, started = word + line[at], True
            elif word or started:
                words, word, started = [*words, word], "", False
        at += 1
    return [*words, word] if word or started else words


@pytest.mark.parametrize("days", ["daily", "mon,thu"])
def test_the_windows_task_is_as_the_schema_says_and_reads_the_words_back(days):
    written = text("schtasks", days)
    # schtasks reads neither UTF-8 nor a name of an encoding that is not the file's.
    assert written.isascii()
    assert "encoding" not in written
    root = ElementTree.fromstring(written)
    as_the_schema_says(root)
    values = {element.tag.removeprefix(TASK): element.text for element in root.iter()}
    assert (values["StartWhenAvailable"], values["MultipleInstancesPolicy"]) == ("true", "IgnoreNew")
    assert (values["DisallowStartIfOnBatteries"], values["StopIfGoingOnBatteries"]) == ("false", "false")
    assert values["StartBoundary"].endswith("T06:05:00")
    assert [values["Command"], *windows_words(values["Arguments"])] == list(HARD)
    assert values["WorkingDirectory"] == str(FOLDER)
    named = [element.tag.removeprefix(TASK) for element in root.iter() if element.tag.endswith("day")]
    assert named == (["Monday", "Thursday"] if days == "mon,thu" else [])


# --- GitHub ----------------------------------------------------------------------------------------------------------


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Cron(Strict):
    cron: str = Field(pattern=r"^([0-9*,]+ ){4}[0-9*,]+$")


class Events(Strict):
    schedule: list[Cron] = Field(min_length=1)
    workflow_dispatch: dict[str, object] | None


class Concurrency(Strict):
    group: str
    cancel_in_progress: bool = Field(alias="cancel-in-progress")


class Step(Strict):
    name: str = ""
    uses: str = Field("", pattern=r"^[\w-]+/[\w-]+@v\d+$")
    run: str = ""
    with_: dict[str, str | int | bool] = Field({}, alias="with")
    if_: str = Field("", alias="if")


class Job(Strict):
    runs_on: Literal["ubuntu-latest"] = Field(alias="runs-on")
    steps: list[Step] = Field(min_length=1)


class Workflow(Strict):
    name: str
    on: Events
    concurrency: Concurrency
    jobs: dict[str, Job]


def test_the_workflow_is_one_of_github():
    found = Workflow.model_validate(yaml.safe_load(text("github", "sat,sun", command=("briefpack", *HARD[1:]))))
    assert found.on.schedule[0].cron == "5 6 * * 6,0"
    assert found.concurrency.cancel_in_progress is False
    steps = found.jobs["build"].steps
    assert all(bool(step.uses) != bool(step.run) for step in steps)
    line = steps[3].run
    # GitHub puts the values of its expressions in before the shell sees the line.
    said = re.sub(r"\$\{\{ '([^']*)' \}\}", r"\1", line)
    assert line != said
    assert succeeds(said) == ["briefpack", *HARD[1:]]


# --- Airflow ---------------------------------------------------------------------------------------------------------

OPERATOR = {"task_id", "bash_command", "env", "append_env", "output_encoding", "skip_on_exit_code", "cwd"}
DAG = {
    "dag_id",
    "description",
    "schedule",
    "start_date",
    "end_date",
    "catchup",
    "max_active_runs",
    "tags",
    "default_args",
}


@pytest.mark.parametrize("command", [HARD, HARD[:-1]])
def test_the_dag_calls_airflow_with_arguments_that_it_knows(command):
    calls = {
        node.func.id: {word.arg: word.value for word in node.keywords}
        for node in ast.walk(ast.parse(text("airflow", command=command)))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    dag, operator = calls["DAG"], calls["BashOperator"]
    assert dag.keys() <= DAG
    assert operator.keys() <= OPERATOR
    values = {name: ast.literal_eval(dag[name]) for name in ("dag_id", "schedule", "catchup", "max_active_runs")}
    assert values == {"dag_id": "the_packs", "schedule": "5 6 * * 1,2,3,4,5", "catchup": False, "max_active_runs": 1}
    assert ast.literal_eval(operator["cwd"]) == str(FOLDER)
    from jinja2 import Environment

    # Airflow reads a command as a Jinja template, and as a file's name where it ends in .sh or .bash.
    line = ast.literal_eval(operator["bash_command"])
    assert not line.endswith((".sh", ".bash"))
    assert succeeds(Environment(autoescape=False).from_string(line).render(x="wrong")) == list(command)


# --- what is asked ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", TARGETS)
def test_the_command_prints_it(target, tmp_path):
    words = [
        "schedule",
        "--target",
        target,
        "--at",
        "6:05",
        "--folder",
        str(tmp_path),
        "batch",
        "数据/*.yaml",
        "--out",
        "out",
    ]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0
    assert "数据" in done.stdout or "&#25968;&#25454;" in done.stdout


@pytest.mark.skipif(os.name != "posix", reason="a shell")
def test_a_tool_that_is_not_on_the_path_is_called_through_its_interpreter(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    done = CliRunner().invoke(app, ["schedule", "--target", "cron", "--folder", str(tmp_path), "--", "--version"])
    words = shlex.split(done.stdout.splitlines()[-1])
    assert words[words.index(sys.executable) :][:4] == [sys.executable, "-m", "exporters", "--version"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["biuld"], 2, "Did you mean 'build'"), (["build", "--onyl", "word"], 2, "No such option"),
        (["build", "nosuch.yaml"], 0, "nosuch.yaml: there is no such file"), (["pull", "nosuch.yaml", "p"], 0, "does not exist"),
        (["build", "gaungzhou-2023"], 0, "did you mean 'guangzhou-2023'"), (["build"], 0, ""), ([], 0, ""),
    ],
)  # fmt: skip
def test_a_command_that_could_never_run_is_no_job(words, code, said, tmp_path):
    done = CliRunner().invoke(app, ["schedule", "--target", "cron", "--folder", str(tmp_path), *words])
    assert (done.exit_code, said in done.stderr, bool(done.stdout)) == (code, True, code == 0)
    assert said or not done.stderr


@pytest.mark.parametrize(
    ("at", "days", "name", "word"),
    [("25:00", "daily", "a", "x"), ("6", "daily", "a", "x"), ("06:00", "mo", "a", "x"), ("06:00", "daily", "a b", "x"),
     ("06:00", "daily", "a--b", "x"), ("06:00", "daily", "a", "two\nlines")],
)  # fmt: skip
def test_what_is_not_a_schedule_is_said(at, days, name, word):
    with pytest.raises(BriefpackError):
        Schedule.parse(("briefpack", word), Path("/"), at, days, name)
