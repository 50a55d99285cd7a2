"""What is pasted into a system is what that system reads."""

from __future__ import annotations

import ast
import plistlib
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from exporters.errors import BriefpackError
from exporters.runs.schedules import TARGETS, Schedule

NOTIFY = "mail -s 'it''s done' & $HOME"
HARD = ("/opt/brief pack/bin/briefpack", "batch", "data/*.yaml", "--out", "100% out", "--notify-cmd", NOTIFY)


def schedule(days="weekdays", at="06:05", command=HARD) -> Schedule:
    return Schedule.parse(command, Path("/srv/the packs"), at, days, "packs")


def test_cron_has_five_fields_and_escapes_the_per_cent_sign():
    line = TARGETS["cron"](schedule()).splitlines()[-1]
    assert line.startswith("5 6 * * mon,tue,wed,thu,fri cd '/srv/the packs' && ")
    assert "%" not in line.replace(r"\%", "")


def test_a_shell_reads_the_cron_line_back():
    line = TARGETS["cron"](schedule()).splitlines()[-1].split(" ", 5)[5].replace(r"\%", "%")
    command = line.partition(" && ")[2]
    done = subprocess.run(["/bin/sh", "-c", f"printf '%s\\n' {command}"], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == list(HARD)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not here")
def test_systemd_verifies_it(tmp_path):
    program = tmp_path / "brief pack"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    text = TARGETS["systemd"](schedule(command=(str(program), *HARD[1:])))
    for section in text.split("# /etc/systemd/system/")[1:]:
        name, _, body = section.partition("\n")
        (tmp_path / name).write_text(body.replace("/srv/the packs", str(tmp_path)))
    done = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / "packs.service"), str(tmp_path / "packs.timer")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "packs." not in done.stderr, done.stderr
    calendar = next(line for line in text.splitlines() if line.startswith("OnCalendar=")).partition("=")[2]
    subprocess.run(["systemd-analyze", "calendar", calendar], check=True, capture_output=True)


def test_systemd_makes_up_for_missed_runs():
    text = TARGETS["systemd"](schedule("daily"))
    assert "Persistent=true" in text
    assert "OnCalendar=*-*-* 06:05:00" in text


def test_launchd_reads_the_words_back():
    found = plistlib.loads(TARGETS["launchd"](schedule("sun")).encode())
    assert found["ProgramArguments"] == list(HARD)
    assert found["StartCalendarInterval"] == {"Weekday": 0, "Hour": 6, "Minute": 5}
    assert "Weekday" not in plistlib.loads(TARGETS["launchd"](schedule("daily")).encode())["StartCalendarInterval"]


def test_the_windows_task_catches_up_and_does_not_overlap():
    root = ElementTree.fromstring(TARGETS["schtasks"](schedule("mon,thu")))
    space = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    assert root.findtext(".//t:StartWhenAvailable", namespaces=space) == "true"
    assert root.findtext(".//t:MultipleInstancesPolicy", namespaces=space) == "IgnoreNew"
    assert root.findtext(".//t:Command", namespaces=space) == HARD[0]
    assert len(root.findall(".//t:DaysOfWeek/*", space)) == 2
    # The schema's Context is an IDREF: without a Principal of that id the file would be refused.
    assert root.find("t:Actions", space).attrib == {}


def test_the_workflow_is_yaml():
    found = yaml.safe_load(TARGETS["github"](schedule("sat,sun")))
    assert found["on"]["schedule"] == [{"cron": "5 6 * * 6,0"}]
    assert found["concurrency"]["cancel-in-progress"] is False
    assert "--notify-cmd" in found["jobs"]["build"]["steps"][3]["run"]


def test_the_dag_is_python():
    tree = ast.parse(TARGETS["airflow"](schedule()))
    words = {node.arg: node.value for node in ast.walk(tree) if isinstance(node, ast.keyword)}
    assert ast.literal_eval(words["catchup"]) is False
    assert ast.literal_eval(words["max_active_runs"]) == 1
    assert ast.literal_eval(words["schedule"]) == "5 6 * * 1,2,3,4,5"


@pytest.mark.parametrize(
    ("at", "days", "name"),
    [("25:00", "daily", "a"), ("6", "daily", "a"), ("06:00", "mo", "a"), ("06:00", "daily", "a b")],
)
def test_what_is_not_a_schedule_is_said(at, days, name):
    with pytest.raises(BriefpackError):
        Schedule.parse(("briefpack",), Path("/"), at, days, name)
