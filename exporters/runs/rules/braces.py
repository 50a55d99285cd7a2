"""Tags that are none (half of one, full-width braces that an input method gave), and some that nobody sees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from exporters.errors import Fault
from exporters.outline import Outline

_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_HALF = re.compile(r"\S*\s?\}\}|\S*\s?%\}|[｛{]\s*[｛%％].{0,20}|.{0,20}[｝%％]\s*｝")


def stray_braces(outline: Outline, _lang: str) -> Iterator[Fault]:
    for where, runs in groupby(outline.runs, key=lambda run: run.where):
        text = "".join(run.text for run in runs)
        rest = _TAG.sub("", text)
        found = _HALF.search(rest)
        if found is not None and not rest[found.start() :].startswith(("{{", "{%")):
            message = f"“{found[0].strip()}” looks like a tag and is none"
            hint = "a tag stands between {{ and }}, or {% and %}, in half-width braces"
            yield Fault("stray-braces", message, "", where, hint, "warning", text, found[0].strip())


def deleted_tags(outline: Outline, _lang: str) -> Iterator[Fault]:
    for run in outline.deleted:
        if "{{" in run.text or "{%" in run.text:
            hint = "accept or reject the changes of the template (Review, Accept All)"
            message = "a tag stands in a tracked deletion, and still works"
            yield Fault("deleted-tag", message, "", run.where, hint, "warning", run.text, run.text)


RULES = (stray_braces, deleted_tags)
