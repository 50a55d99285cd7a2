"""What a person pastes into their system so that a command runs at set times, with catch-up and overlap made right."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from msgspec import Struct

from exporters.errors import BriefpackError, Fault

_TIME = re.compile(r"^([01]?\d|2[0-3]):([0-5]\d)$")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Schedule(Struct, frozen=True):
    """A command, the folder it runs in, the time of day, and the days of the week (all seven: daily)."""

    command: tuple[str, ...]
    folder: Path
    hour: int
    minute: int
    days: tuple[str, ...] = DAYS
    name: str = "briefpack"

    @classmethod
    def parse(cls, command: Sequence[str], folder: Path, at: str, days: str, name: str) -> Schedule:
        """Read a time (``06:30``) and days (``daily``, ``weekdays``, ``mon,thu``); raise BriefpackError."""
        found = _TIME.match(at)
        if found is None:
            raise BriefpackError(Fault("schedule", f"{at!r} is no time of day", "--at", hint="write it as 06:30"))
        words = {"daily": DAYS, "weekdays": DAYS[:5]}.get(days) or tuple(days.lower().split(","))
        wrong = [word for word in words if word not in DAYS]
        if wrong:
            hint = "daily, weekdays, or days such as mon,thu"
            raise BriefpackError(Fault("schedule", f"{wrong[0]!r} is no day", "--days", hint=hint))
        if len(name) > 40 or not re.fullmatch(r"[A-Za-z0-9]+([_-][A-Za-z0-9]+)*", name):
            hint = "letters and digits, with single - and _ between them"
            raise BriefpackError(Fault("schedule", f"{name!r} cannot name a job everywhere", "--name", hint=hint))
        if unfit := [word for word in (*command, str(folder)) if not word.isprintable()]:
            message = f"{unfit[0]!r} holds a character that no schedule can carry"
            raise BriefpackError(Fault("schedule", message, hint="leave line breaks out"))
        chosen = tuple(day for day in DAYS if day in words)
        return cls(tuple(command), folder, int(found[1]), int(found[2]), chosen, name)

    @property
    def daily(self) -> bool:
        return self.days == DAYS

    @property
    def line(self) -> str:
        """The command as a POSIX shell reads it."""
        return shlex.join(self.command)

    @property
    def successful(self) -> str:
        """The command for a shell, whose conflicts left for a person (3) are no failure of the job."""
        return f"{self.line} || [ $? -eq 3 ]"

    @property
    def cron_time(self) -> str:
        """When it runs, in the five fields of cron, Sunday as 0."""
        days = "*" if self.daily else ",".join(str((DAYS.index(day) + 1) % 7) for day in self.days)
        return f"{self.minute} {self.hour} * * {days}"


def cron(schedule: Schedule) -> str:
    """A crontab. cron does not catch up what was missed while the machine was off."""
    # In a crontab a bare % ends the command.
    line = f"cd {shlex.quote(str(schedule.folder))} && {schedule.line}".replace("%", r"\%")
    return (
        "# Paste with: crontab -e\n"
        "# A run missed while the machine was off is not made up for; the next one brings everything up to date.\n"
        "# Overlap: a run that finds another at work ends with a message and changes nothing.\n"
        f"{schedule.cron_time} {line}\n"
    )


def systemd(schedule: Schedule) -> str:
    """A service and a timer; ``Persistent`` makes up for missed runs, and a service never overlaps itself.

    They are the person's own: packs written by root would be files that nobody can edit.
    """
    days = "" if schedule.daily else ",".join(day.capitalize() for day in schedule.days) + " "
    command = schedule.command
    if re.search(r"['\"\\]", command[0]):
        # systemd starts no program with such a name itself.
        command = ("/bin/sh", "-c", 'exec "$0" "$@"', *command)
    words = " ".join(_systemd_word(word) for word in command)
    folder = str(schedule.folder).replace("%", "%%")
    return (
        f"# ~/.config/systemd/user/{schedule.name}.service\n"
        "[Unit]\n"
        f"Description=Build the packs of {schedule.name}\n\n"
        "[Service]\n"
        "Type=oneshot\n"
        f"WorkingDirectory={folder}\n"
        f"ExecStart={words}\n"
        "# 3: done, with conflicts that a person has to settle.\n"
        "SuccessExitStatus=3\n\n"
        f"# ~/.config/systemd/user/{schedule.name}.timer\n"
        "[Unit]\n"
        f"Description=When to build the packs of {schedule.name}\n\n"
        "[Timer]\n"
        f"OnCalendar={days}*-*-* {schedule.hour:02}:{schedule.minute:02}:00\n"
        "Persistent=true\n\n"
        "[Install]\n"
        "WantedBy=timers.target\n\n"
        f"# Then: systemctl --user daemon-reload && systemctl --user enable --now {schedule.name}.timer\n"
        "# and, so that it runs while nobody is logged in: loginctl enable-linger\n"
    )


def _systemd_word(word: str) -> str:
    text = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{text}"' if not word or re.search(r"[\s'\"\\;]", word) else text


def launchd(schedule: Schedule) -> str:
    """A launch agent. launchd makes up for what sleep made it miss, ``RunAtLoad`` for what passed while the machine was
    off; it never runs a job twice at a time.
    """
    numbers = [] if schedule.daily else [(DAYS.index(day) + 1) % 7 for day in schedule.days]
    entries = [_interval(schedule, number) for number in numbers] or [_interval(schedule, None)]
    interval = entries[0] if len(entries) == 1 else f"<array>{''.join(entries)}</array>"
    words = "".join(f"\n    <string>{escape(word)}</string>" for word in schedule.command)
    label = f"org.briefpack.{schedule.name}"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n'
        f"<!-- Save as ~/Library/LaunchAgents/{label}.plist, then: launchctl bootstrap gui/$(id -u) that-file -->\n"
        '<plist version="1.0">\n<dict>\n'
        f"  <key>Label</key><string>{label}</string>\n"
        f"  <key>ProgramArguments</key>\n  <array>{words}\n  </array>\n"
        f"  <key>WorkingDirectory</key><string>{escape(str(schedule.folder))}</string>\n"
        f"  <key>StartCalendarInterval</key>{interval}\n"
        "  <key>RunAtLoad</key><true/>\n"
        "</dict>\n</plist>\n"
    )


def _interval(schedule: Schedule, weekday: int | None) -> str:
    day = "" if weekday is None else f"<key>Weekday</key><integer>{weekday}</integer>"
    return (
        f"<dict>{day}<key>Hour</key><integer>{schedule.hour}</integer>"
        f"<key>Minute</key><integer>{schedule.minute}</integer></dict>"
    )


def schtasks(schedule: Schedule) -> str:
    """A task for the Windows Task Scheduler, as the XML that ``schtasks /Create /XML`` takes.

    schtasks reads ANSI and UTF-16 only, and how a console stores what is printed differs: so it is plain ASCII, other
    characters by their numbers, and names no encoding.
    """
    names = {"mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday",
             "sat": "Saturday", "sun": "Sunday"}  # fmt: skip
    if schedule.daily:
        rule = "<ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>"
    else:
        days = "".join(f"<{names[day]} />" for day in schedule.days)
        rule = f"<ScheduleByWeek><DaysOfWeek>{days}</DaysOfWeek><WeeksInterval>1</WeeksInterval></ScheduleByWeek>"
    program, *arguments = schedule.command
    task = (
        '<?xml version="1.0"?>\n'
        f"<!-- schtasks /Create /TN {schedule.name} /XML this-file.xml\n"
        "     It runs while you are logged on; to run it always, add: /RU YOUR-NAME /RP * -->\n"
        '<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">\n'
        "  <Triggers>\n    <CalendarTrigger>\n"
        f"      <StartBoundary>2000-01-01T{schedule.hour:02}:{schedule.minute:02}:00</StartBoundary>\n"
        f"      {rule}\n"
        "    </CalendarTrigger>\n  </Triggers>\n"
        "  <Settings>\n    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>\n"
        "    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>\n"
        "    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>\n"
        "    <StartWhenAvailable>true</StartWhenAvailable>\n  </Settings>\n"
        "  <Actions>\n    <Exec>\n"
        f"      <Command>{escape(program)}</Command>\n"
        f"      <Arguments>{escape(_windows_line(arguments))}</Arguments>\n"
        f"      <WorkingDirectory>{escape(str(schedule.folder))}</WorkingDirectory>\n"
        "    </Exec>\n  </Actions>\n</Task>\n"
    )
    return task.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _windows_line(words: Sequence[str]) -> str:
    import subprocess

    return subprocess.list2cmdline(words)


def github(schedule: Schedule) -> str:
    """A workflow. Its time is UTC; GitHub may start late, and ``concurrency`` keeps runs from overlapping."""
    # What GitHub would take for an expression of its own is given as an expression that says just that.
    line = schedule.successful.replace("${{", "${{ '${{' }}")
    return (
        f"# .github/workflows/{schedule.name}.yml (times are UTC)\n"
        "# Nothing stays between two runs but what is committed: each builds its packs anew.\n"
        f"name: {schedule.name}\n"
        '"on":\n'
        "  schedule:\n"
        f"    - cron: '{schedule.cron_time}'\n"
        "  workflow_dispatch: {}\n"
        f"concurrency:\n  group: {schedule.name}\n  cancel-in-progress: false\n"
        "jobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n"
        "      - uses: actions/checkout@v4\n"
        "      - uses: actions/setup-python@v5\n        with:\n          python-version: '3.12'\n"
        "      - run: pip install briefpack\n"
        f"      - run: {_yaml_text(line)}\n"
        "      - uses: actions/upload-artifact@v4\n        if: ${{ !cancelled() }}\n"
        "        with:\n          name: packs\n          path: out\n"
    )


def _yaml_text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def airflow(schedule: Schedule) -> str:
    """A DAG of one task; ``max_active_runs`` keeps runs apart, ``catchup=False`` makes one run of many missed."""
    command = schedule.successful
    if re.search(r"\{[{%#]", command):
        # Airflow reads the command as a Jinja template.
        command = "{% raw %}" + command + "{% endraw %}"
    dag = schedule.name.replace("-", "_")
    return (
        "from datetime import datetime\n\n"
        "from airflow import DAG\n\n"
        "try:\n"
        "    from airflow.providers.standard.operators.bash import BashOperator\n"
        "except ImportError:  # Airflow 2\n"
        "    from airflow.operators.bash import BashOperator\n\n"
        "with DAG(\n"
        f"    dag_id={dag!r},\n"
        f"    schedule={schedule.cron_time!r},\n"
        "    start_date=datetime(2024, 1, 1),\n"
        "    catchup=False,\n"
        "    max_active_runs=1,\n"
        "):\n"
        "    BashOperator(\n"
        "        task_id='build',\n"
        f"        bash_command={command!r},\n"
        f"        cwd={str(schedule.folder)!r},\n"
        "    )\n"
    )


TARGETS: dict[str, Callable[[Schedule], str]] = {
    "cron": cron,
    "systemd": systemd,
    "launchd": launchd,
    "schtasks": schtasks,
    "github": github,
    "airflow": airflow,
}
