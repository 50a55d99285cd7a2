"""Outside programs: where they are, how they are installed where they are not, and running one within limits."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec import Struct, field

from exporters.errors import BriefpackError, Fault, MissingToolError

OS_RELEASE = Path("/etc/os-release")


class Tool(Struct, frozen=True):
    """An outside program. ``variable`` names the environment variable that says where it is: a file or a folder.

    ``places`` are where it usually lies although it is not on the PATH, by platform; ``install`` its packages by
    package manager.
    """

    title: str
    programs: tuple[str, ...]
    variable: str
    places: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    install: Mapping[str, str] = field(default_factory=dict)


def find(tool: Tool) -> Path | None:
    """Return the tool's program: from its variable, the PATH, or a usual place; None where it is in none of them.

    A variable that names nothing raises MissingToolError: someone meant a certain installation.
    """
    asked = os.environ.get(tool.variable, "").strip()
    if asked:
        found = _in_place(Path(asked).expanduser(), tool.programs)
        if found is None:
            message = f"{tool.variable} names no {tool.title}"
            raise MissingToolError(Fault("missing-tool", message, asked, hint="correct it or unset it"))
        return found
    for program in tool.programs:
        on_path = shutil.which(program)
        if on_path:
            return Path(on_path)
    for pattern in tool.places.get(sys.platform, ()):
        for place in _expanded(pattern):
            if place.is_file() and os.access(place, os.X_OK):
                return place
    return None


def _in_place(path: Path, programs: Iterable[str]) -> Path | None:
    candidates = [path / f"{name}{_suffix()}" for name in programs] if path.is_dir() else [path]
    return next((one for one in candidates if one.is_file() and os.access(one, os.X_OK)), None)


def _suffix() -> str:
    return ".exe" if sys.platform == "win32" else ""


def _expanded(pattern: str) -> list[Path]:
    text = os.path.expandvars(str(Path(pattern).expanduser()))
    root = Path(text).anchor
    if not root:
        return []
    # The newest of several versions comes first.
    return sorted(Path(root).glob(str(Path(text).relative_to(root))), reverse=True)


def require(*tools: Tool, hint: str = "") -> dict[str, Path]:
    """Return the programs of *tools* by title; MissingToolError names all that are missing in one message."""
    found = {tool.title: find(tool) for tool in tools}
    missing = [tool for tool in tools if found[tool.title] is None]
    if missing:
        names = " and ".join(tool.title for tool in missing)
        advice = f"install {'it' if len(missing) == 1 else 'them'}: {install_line(missing)}"
        variables = " or ".join(tool.variable for tool in missing)
        where = f"where it is installed elsewhere, {variables} says where"
        message = f"{names} {'is' if len(missing) == 1 else 'are'} needed for this and not found on this machine"
        parts = [part for part in (advice, where, hint) if part]
        raise MissingToolError(Fault("missing-tool", message, hint="; ".join(parts)))
    return {title: path for title, path in found.items() if path is not None}


_COMMANDS = {
    "apt": "sudo apt install", "dnf": "sudo dnf install", "zypper": "sudo zypper install",
    "pacman": "sudo pacman -S", "apk": "sudo apk add", "brew": "brew install", "winget": "winget install",
}  # fmt: skip
_MANAGERS = {
    "debian": "apt", "ubuntu": "apt", "linuxmint": "apt", "deepin": "apt", "uos": "apt", "kylin": "apt",
    "fedora": "dnf", "rhel": "dnf", "centos": "dnf", "rocky": "dnf", "almalinux": "dnf", "openeuler": "dnf",
    "anolis": "dnf", "suse": "zypper", "opensuse": "zypper", "sles": "zypper", "arch": "pacman", "manjaro": "pacman",
    "alpine": "apk",
}  # fmt: skip


def install_line(tools: Sequence[Tool]) -> str:
    """Return the line that installs *tools* on this machine."""
    manager = _manager()
    separator = f" && {_COMMANDS[manager]} " if manager in {"brew", "winget"} else " "
    return f"{_COMMANDS[manager]} {separator.join(tool.install[manager] for tool in tools)}"


def _manager() -> str:
    if sys.platform == "darwin":
        return "brew"
    if sys.platform == "win32":
        return "winget"
    known: dict[str, str] = {}
    with suppress(OSError):
        for line in OS_RELEASE.read_text("utf-8", "replace").splitlines():
            name, _, value = line.partition("=")
            known[name.strip()] = value.strip().strip("\"'").lower()
    for name in [known.get("ID", ""), *known.get("ID_LIKE", "").split()]:
        manager = _MANAGERS.get(name.partition("-")[0])
        if manager:
            return manager
    return "apt"


def run(
    command: Sequence[str | Path], *, timeout: float, title: str, environment: Mapping[str, str] | None = None
) -> tuple[int, bytes, str]:
    """Run a program and return its exit code, its output, and what it said on standard error.

    It gets no input and a process group of its own, which is ended as a whole when *timeout* seconds have passed
    (BriefpackError) or the user interrupts.
    """
    group: dict[str, object] = {"start_new_session": True}
    if sys.platform == "win32":
        group = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    process = subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment} if environment else None,
        **group,  # type: ignore[call-overload]
    )
    try:
        output, said = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        message = f"{title} was still not done after {timeout:g} seconds and was stopped"
        raise BriefpackError(Fault("timeout", message, hint="--timeout gives it longer")) from None
    finally:
        _end(process)
    return process.returncode, output, said.decode("utf-8", "replace").strip()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Where the process has not ended by itself, kill it with all that it started."""
    if process.poll() is None:
        _kill(process)
    process.wait()
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()


if sys.platform == "win32":

    def _kill(process: subprocess.Popen[bytes]) -> None:
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True, check=False)

else:

    def _kill(process: subprocess.Popen[bytes]) -> None:
        os.killpg(process.pid, signal.SIGKILL)
