"""Executing a plan: render what is due, then publish all of it at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

from exporters import __version__
from exporters.errors import TemplateError
from exporters.runs.counting import count_statements
from exporters.runs.manifest import NAME, FileRecord, Manifest
from exporters.runs.planning import Plan, Step
from exporters.runs.publish import Staging, digest, staging

if TYPE_CHECKING:
    from exporters.binding.scope import Scope

Progress = Callable[[str, int], None]
"""Told a file's name and the bytes of it that are written so far."""

Result = Literal["created", "updated", "unchanged"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a build did. ``results`` has an entry for each file asked for; ``backup`` is where replaced files went."""

    plan: Plan
    manifest: Manifest
    results: dict[str, Result]
    backup: Path | None


def execute(plan: Plan, progress: Progress = lambda _name, _size: None) -> Outcome:
    """Carry out a plan. Where anything fails, the pack is left as it was."""
    from exporters.binding.scope import Scope

    scope = Scope(plan.dataset, plan.request.lang, plan.as_of)
    previous = plan.previous.files if plan.previous else {}
    records = dict(previous)
    results: dict[str, Result] = {}
    with staging(plan.out) as work:
        expected: dict[str, str | None] = {}
        for step in plan.steps:
            name = step.filename
            if step.job is None:
                results[name] = "unchanged"
                continue
            records[name] = record = _render(plan, step, scope, work, progress)
            expected[name] = step.found
            same = record.sha256 == step.found
            results[name] = "unchanged" if same else "created" if step.found is None else "updated"
        made = _manifest(plan, scope, records)
        before = digest(plan.out / NAME)
        content = made.to_bytes()
        work.write(NAME, lambda out: _write(out, content))
        backup = work.publish(expected | {NAME: before})
    return Outcome(plan, made, results, backup)


def _write(out: BinaryIO, content: bytes) -> None:
    out.write(content)


def _render(plan: Plan, step: Step, scope: Scope, work: Staging, progress: Progress) -> FileRecord:
    job = step.job
    assert job is not None
    stamp = f"{plan.dataset.id}:{step.generation}:{step.inputs[:16]}"

    def produce(out: BinaryIO) -> None:
        try:
            job.room.render(job.compiled, job.package, scope, out, epoch=plan.epoch, properties={"briefpack": stamp})
        except TemplateError as error:
            raise TemplateError(
                fault if fault.file else replace(fault, file=job.template.shown) for fault in error.faults
            ) from error

    staged = work.write(step.filename, produce, lambda size: progress(step.filename, size))
    return FileRecord(
        exporter=job.template.entry.name,
        sha256=staged.sha256,
        bytes=staged.bytes,
        generation=step.generation,
        inputs=step.inputs,
        template=Path(job.template.shown).name,
        template_sha256=job.template.sha256,
        statements=count_statements(staged.path, [target.id for target in plan.dataset.targets]),
    )


def _manifest(plan: Plan, scope: Scope, records: dict[str, FileRecord]) -> Manifest:
    dataset = plan.dataset
    return Manifest(
        tool=__version__,
        dataset=dataset.id,
        dataset_sha256=plan.dataset_sha256,
        title=dataset.title.in_(scope.lang),
        lang=scope.lang,
        as_of=plan.as_of.isoformat() if plan.as_of else None,
        templates=plan.edition.name,
        files=dict(sorted(records.items())),
        counts={
            "districts": len(dataset.districts),
            "districts_without_source": sum(place.coverage.value == "none" for place in dataset.districts),
            "targets": len(dataset.targets),
            "initiatives": len(dataset.initiatives),
            "observations": len(dataset.observations),
            "sources": len(dataset.sources),
        },
        flags=tuple(
            {"target": target.id, "code": flag.code.value, "note": flag.note.in_(scope.lang)}
            for target in dataset.targets
            for flag in target.flags
        ),
    )
