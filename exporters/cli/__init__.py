"""The command line. Each command is a module of this package, imported when it is called."""

from __future__ import annotations

import codecs
import gc
import io
import os
import sys
from typing import Any


def main() -> None:
    """Run ``briefpack``; the process ends with an exit code of the contract."""
    sys.unraisablehook = _heed
    # Nobody's plugin runs inside a build, and looking for one costs more than reading the data.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        _run()
    except KeyboardInterrupt:
        # click answers one that comes while a command runs; this one came while it was imported.
        sys.stderr.write("Aborted!\n")
        sys.exit(1)
    finally:
        # The process ends, and its memory goes with it: nobody need look through that first.
        gc.freeze()


def _run() -> None:
    from exporters.cli.app import app

    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show Chinese, or a file name that is no text, must not end in a traceback.
        if not isinstance(stream, io.TextIOWrapper):
            continue
        if codecs.lookup(stream.encoding).name == "ascii" and not os.environ.get("PYTHONIOENCODING"):
            # The C locale names no encoding, and what it did not read in names of files goes out as it came in.
            codecs.register_error("briefpack-names", _as_typed)
            stream.reconfigure(encoding="utf-8", errors="briefpack-names")
        else:
            stream.reconfigure(errors="backslashreplace")
    app(prog_name="briefpack")


def _as_typed(error: UnicodeError) -> tuple[str | bytes, int]:
    """Encode a piece of a name that Python kept as surrogates: as its octets where they are UTF-8."""
    assert isinstance(error, UnicodeEncodeError)
    try:
        octets = error.object[error.start : error.end].encode("utf-8", "surrogateescape")
        octets.decode()
    except UnicodeError:
        return codecs.backslashreplace_errors(error)
    return octets, error.end


def _heed(lost: Any) -> None:
    """Python drops a Ctrl-C that comes while it tidies up, with a traceback: send it again a moment later."""
    if not issubclass(lost.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(lost)
        return
    import threading
    from _thread import interrupt_main

    threading.Timer(0.01, interrupt_main).start()
