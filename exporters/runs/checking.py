"""Every fault of a dataset and of a template set at once, found without writing anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO, cast

from exporters.errors import Fault
from exporters.runs.inputs import Edition, find_dataset, find_templates
from exporters.runs.planning import Job, compile_all, gathering

if TYPE_CHECKING:
    from exporters.model import Dataset


def check(dataset: str | None, templates: str, lang: str, only: Sequence[str]) -> list[Fault]:
    """Return the faults of the data, then those of the templates, then those that show only when both meet."""
    from exporters.binding.expressions import CODES
    from exporters.load import load

    faults: list[Fault] = []
    data: Dataset | None = None
    edition: Edition | None = None
    with gathering(faults):
        data = load(find_dataset(dataset))
    with gathering(faults):
        edition = find_templates(templates, lang, only)
    if edition is None:
        return faults
    if data is None:
        compile_all(edition.files, None, faults)
        return faults
    known = CODES.set({"indicator": [indicator.code for indicator in data.indicators]})
    try:
        jobs = compile_all(edition.files, None, faults)
    finally:
        CODES.reset(known)
    for job in jobs.values():
        faults += _rendered(job, data, lang)
    return faults


def _rendered(job: Job, data: Dataset, lang: str) -> list[Fault]:
    """Return what goes wrong when a template meets the data: a value of another kind than a filter takes."""
    from exporters.binding.scope import Scope

    found: list[Fault] = []
    scope = Scope(data, "en" if lang == "en" else "zh")
    with gathering(found):
        job.room.render(job.compiled, job.package, scope, cast(BinaryIO, _Nowhere()))
    return [fault if fault.file else replace(fault, file=job.template.shown) for fault in found]


class _Nowhere:
    def write(self, data: bytes) -> int:
        return len(data)
