"""Playing the user: documents edited in a real LibreOffice.

``LibreOffice`` starts one headless office with a profile and a process group of its own. ``edit`` opens a file, runs a
Python function on the open document *inside the office's own Python* (a child process that has ``uno``) and saves
it in the same OOXML format. The function's source is what travels: it takes the document and plain arguments,
imports what it needs itself, uses nothing from around it, and returns plain values::

    def bold(document, word):
        search = document.createSearchDescriptor()
        search.SearchString = word
        found = document.findFirst(search)
        found.CharWeight = 150.0
        return found.String

    with LibreOffice() as office:
        office.edit(path, bold, "730")

In tests take the fixture ``office`` (one office for the whole run, skipped with one line where there is none) and mark
the test ``office``. Inside a function ``dispatch``, ``properties``, ``uno`` and ``context`` are given; import the first
two from here so that the test file names them: ``dispatch(document, ".uno:AcceptAllTrackedChanges")``.
"""

from __future__ import annotations

import contextlib
import inspect
import json
import os
import shutil
import signal
import subprocess
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

WORKER = Path(__file__).with_name("office_worker.py")
_PYTHONS = ("/usr/bin/python3", "/usr/lib/libreoffice/program/python", "/opt/libreoffice/program/python")
Edit = Callable[..., Any]


def soffice() -> str | None:
    """Return the office's start command, or None. It is ``soffice``: the binary behind it does not restart itself."""
    return shutil.which("soffice")


def office_python() -> str | None:
    """Return a Python that can import ``uno``, or None."""
    for python in _PYTHONS:
        if Path(python).exists():
            tried = subprocess.run([python, "-c", "import uno"], check=False, capture_output=True)
            if tried.returncode == 0:
                return python
    return None


def dispatch(document: Any, command: str, **arguments: Any) -> Any:
    """Run a command of the office's user interface (``.uno:...``) on the open document; only inside the office."""
    raise RuntimeError("only inside the office")


def properties(**values: Any) -> Any:
    """Make the office's tuple of property values; works inside the office only."""
    raise RuntimeError("only inside the office")


class LibreOffice:
    """One running office. A call that takes longer than *timeout* seconds ends it with TimeoutError."""

    def __init__(self, timeout: float = 120.0) -> None:
        self._timeout = timeout
        self._folder: Path | None = None
        self._office: subprocess.Popen[bytes] | None = None
        self._worker: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        command, python = soffice(), office_python()
        if command is None or python is None:
            raise RuntimeError("LibreOffice with its Python is not installed")
        self._folder = Path(tempfile.mkdtemp(prefix="briefpack-office-"))
        pipe = f"briefpack-{os.getpid()}-{self._folder.name[-6:]}"
        self._office = subprocess.Popen(
            [
                command, f"-env:UserInstallation={(self._folder / 'profile').as_uri()}", "--headless", "--norestore",
                "--nologo", "--nodefault", "--nofirststartwizard", f"--accept=pipe,name={pipe};urp;",
            ],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        self._worker = subprocess.Popen(
            [python, str(WORKER), pipe],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the office and everything that it started."""
        for process in (self._worker, self._office):
            if process is not None:
                _end_group(process)
        self._worker = self._office = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def edit(self, path: Path | str, function: Edit, *arguments: Any, to: Path | str | None = None) -> Any:
        """Open *path*, call ``function(document, *arguments)``, save (as *to*, or where it was); return its result."""
        return self._ask("edit", path, Path(path if to is None else to), function, arguments)

    def look(self, path: Path | str, function: Edit, *arguments: Any) -> Any:
        """Like :meth:`edit`, but nothing is saved."""
        return self._ask("look", path, None, function, arguments)

    def resave(self, path: Path | str, times: int = 1, to: Path | str | None = None) -> None:
        """Open and save a file without any edit; the extension of *to* may be another format's."""
        for _ in range(times):
            self.edit(path, _nothing, to=to)

    def pdf(self, path: Path | str, to: Path | str) -> Path:
        """Export to PDF."""
        self._ask("edit", path, Path(to), _nothing, ())
        return Path(to)

    def _ask(
        self, order: str, path: Path | str, target: Path | None, function: Edit, arguments: tuple[Any, ...]
    ) -> Any:
        worker = self._worker
        if worker is None or worker.stdin is None or worker.stdout is None:
            raise RuntimeError("the office is not running")
        request = {
            "order": order,
            "path": str(Path(path).resolve()),
            "to": str(target.resolve()) if target else "",
            "name": function.__name__,
            "source": textwrap.dedent(inspect.getsource(function)),
            "arguments": arguments,
        }
        worker.stdin.write(json.dumps(request) + "\n")
        worker.stdin.flush()
        line = self._answer(worker)
        answer = json.loads(line)
        if "error" in answer:
            raise AssertionError(f"in the office:\n{answer['error']}")
        return answer["result"]

    def _answer(self, worker: subprocess.Popen[str]) -> str:
        from threading import Timer

        assert worker.stdout is not None
        timer = Timer(self._timeout, self.close)
        timer.start()
        began = time.monotonic()
        try:
            line = worker.stdout.readline()
        finally:
            timer.cancel()
        if not line:
            spent = time.monotonic() - began
            raise TimeoutError(f"the office gave no answer and was ended after {spent:.0f} s")
        return line


def _nothing(document: Any) -> None:
    pass


def _end_group(process: subprocess.Popen[Any]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture(scope="session")
def office() -> Iterator[LibreOffice]:
    """One office for the whole run."""
    if soffice() is None or office_python() is None:
        pytest.skip("LibreOffice with its Python (python3-uno) is not installed")
    with LibreOffice() as running:
        yield running
