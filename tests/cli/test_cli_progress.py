"""Progress is for long builds on a terminal, and for nothing else."""

from __future__ import annotations

import io
import sys
from types import SimpleNamespace

import pytest

from exporters.cli import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def plan(targets: int):
    steps = (SimpleNamespace(filename="briefing.docx", job=object()), SimpleNamespace(filename="deck.pptx", job=None))
    return SimpleNamespace(dataset=SimpleNamespace(targets=range(targets)), steps=steps)


def drawn(stream, monkeypatch, targets: int, *, quiet: bool = False) -> str:
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    with progress.shown(plan(targets), quiet=quiet) as told:
        told("briefing.docx", 1_000_000)
        told("briefing.docx", 2_000_000)
    return stream.getvalue()


def test_a_long_build_on_a_terminal_is_drawn(monkeypatch):
    assert "briefing.docx" in drawn(Terminal(), monkeypatch, progress.LONG)


@pytest.mark.parametrize(
    ("stream", "targets", "quiet"),
    [(io.StringIO(), progress.LONG, False), (Terminal(), progress.LONG, True), (Terminal(), 60, False)],
)
def test_nothing_is_drawn_in_a_pipe_with_json_or_for_a_short_build(stream, targets, quiet, monkeypatch):
    assert drawn(stream, monkeypatch, targets, quiet=quiet) == ""
