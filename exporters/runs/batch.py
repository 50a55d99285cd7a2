"""Thousands of packs: which are due, made by an engine, published one by one by this process alone."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from exporters import __version__, resources
from exporters.collector import swept
from exporters.errors import BriefpackError, Fault
from exporters.files import read_file
from exporters.runs import publish as publishing
from exporters.runs.build import Outcome, publish
from exporters.runs.disk import fault_of
from exporters.runs.engines import Engine, Lost
from exporters.runs.folder import Folder
from exporters.runs.inputs import Edition, find_templates
from exporters.runs.making import Made, make
from exporters.runs.manifest import NAME
from exporters.runs.moves import Move
from exporters.runs.planning import Action, Request, decide, look_for

Status = Literal["built", "unchanged", "conflicts", "refused", "failed"]
DUE = f"{publishing.STATE}/due.json"


class Pack(Struct, frozen=True):
    """One pack of a batch: a dataset in one language from one template set, and the folder it goes to."""

    dataset: Path
    request: Request
    out: Path


class Order(Struct, frozen=True):
    """What a worker needs to make a pack: no path of the coordinator's machine is read there."""

    pack: Pack
    content: bytes
    folder: Folder
    key: str


class Common(Struct, frozen=True):
    """What all orders share: the templates by set and language."""

    editions: dict[tuple[str, str], Edition]
    cache: Path | None
    tool: str = __version__


class Report(Struct, frozen=True):
    """What became of one pack. ``moved`` is what the data moved."""

    pack: Pack
    status: Status
    faults: tuple[Fault, ...] = ()
    conflicts: int = 0
    moved: tuple[Move, ...] = ()
    results: dict[str, str] = field(default_factory=dict)


def packs(
    datasets: Sequence[Path], out: Path, request: Request, langs: Sequence[str], sets: Sequence[str]
) -> list[Pack]:
    """Return the packs of a batch; BriefpackError where two would go to one folder."""
    found: list[Pack] = []
    folders: dict[str, Path] = {}
    faults: list[Fault] = []
    for dataset in datasets:
        for template_set in sets:
            for lang in langs:
                parts = [dataset.stem]
                parts += [Path(template_set).name] if len(sets) > 1 else []
                parts += [lang] if len(langs) > 1 else []
                folder = out / "-".join(parts)
                # File systems differ in case and in how they write one character: neither may tell two packs apart.
                same = unicodedata.normalize("NFC", folder.name).casefold()
                if same in folders:
                    message = f"{folders[same]} and {dataset} would go to one folder, {folder.name}"
                    faults.append(Fault("same-folder", message, str(dataset), hint="rename one of them"))
                    continue
                folders[same] = dataset
                asked = replace(request, dataset=str(dataset), out=folder, templates=template_set)
                found.append(Pack(dataset, replace(asked, lang="en" if lang == "en" else "zh"), folder))
    if faults:
        raise BriefpackError(faults)
    return found


def run(wanted: Sequence[Pack], engine: Engine) -> Iterator[Report]:
    """Build every pack that is due and yield what became of each, as it comes; one bad pack does not stop the rest."""
    editions = _editions(wanted)
    early: list[Report] = []
    orders = _orders(wanted, editions, early)
    common = Common(editions, wanted[0].request.cache if wanted else None)
    for order, done in engine.run(work, orders, common):
        while early:
            yield early.pop(0)
        yield _published(order, done)
    yield from early


class Planned(Struct, frozen=True):
    """What a run will do to one pack: is it due, what happens to each file, and why it cannot be built."""

    pack: Pack
    due: bool
    actions: dict[str, Action] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


def plan(wanted: Sequence[Pack]) -> Iterator[Planned]:
    """Yield what :func:`run` would do to each pack, decided as it decides; nothing is built."""
    from exporters.load import load

    editions = _editions(wanted)
    for pack in wanted:
        edition = editions[pack.request.templates, pack.request.lang]
        try:
            seen = _look(pack, edition)
            if seen.known is not None:
                yield Planned(pack, False)
                continue
            folder = look_for(pack.request, edition, pack.out)
            decided = decide(pack.request, load(pack.dataset, content=seen.content), edition, folder)
        except BriefpackError as error:
            yield Planned(pack, True, faults=error.faults)
        except OSError as error:
            yield Planned(pack, True, faults=(fault_of(error),))
        else:
            yield Planned(pack, True, {step.filename: step.action for step in decided.steps})


class _Seen(Struct, frozen=True):
    """A pack at first sight: its data, the digest of all that it is made from, its open conflicts if it is not due."""

    content: bytes
    key: str
    known: int | None


def _look(pack: Pack, edition: Edition) -> _Seen:
    from exporters.load import read_bytes

    content = read_bytes(pack.dataset)
    key = _key(pack, content, edition)
    return _Seen(content, key, None if pack.request.fresh else _unchanged(pack, key))


def _editions(wanted: Sequence[Pack]) -> dict[tuple[str, str], Edition]:
    asked = {(pack.request.templates, pack.request.lang): pack.request.only for pack in wanted}
    return {(templates, lang): find_templates(templates, lang, only) for (templates, lang), only in asked.items()}


def _orders(wanted: Sequence[Pack], editions: dict[tuple[str, str], Edition], early: list[Report]) -> Iterator[Order]:
    """Yield an order for each pack that is due; what needs no worker is reported in *early*."""
    for pack in wanted:
        edition = editions[pack.request.templates, pack.request.lang]
        try:
            seen = _look(pack, edition)
            if seen.known is not None:
                early.append(Report(pack, "conflicts" if seen.known else "unchanged", conflicts=seen.known))
                continue
            folder = look_for(pack.request, edition, pack.out)
        except BriefpackError as error:
            early.append(Report(pack, "failed" if error.exit_code == 1 else "refused", error.faults))
            continue
        except OSError as error:
            early.append(Report(pack, "failed", (fault_of(error),)))
            continue
        yield Order(pack, seen.content, folder, seen.key)


def work(common: Common, order: Order) -> Made | tuple[Fault, ...]:
    """Make one pack (in a worker); faults are a result like any other."""
    from exporters.load import load

    swept()
    if common.tool != __version__:
        message = f"a worker has briefpack {__version__}, this machine {common.tool}"
        hint = "install one version everywhere"
        return (Fault("worker", message, str(order.pack.dataset), hint=hint),)
    request = replace(order.pack.request, cache=common.cache)
    try:
        dataset = load(order.pack.dataset, content=order.content)
        return make(decide(request, dataset, common.editions[request.templates, request.lang], order.folder))
    except BriefpackError as error:
        return error.faults
    except Exception as error:
        message = f"an error inside briefpack: {type(error).__name__}: {error}"
        return (Fault("internal", message, str(order.pack.dataset)),)


def _published(order: Order, done: Made | tuple[Fault, ...] | Lost) -> Report:
    pack = order.pack
    if isinstance(done, Lost):
        message = f"the worker died {done.tries} times over this pack"
        return Report(pack, "failed", (Fault("worker", message, str(pack.dataset)),))
    if isinstance(done, tuple):
        return Report(pack, "failed", done)
    try:
        outcome = publish(done, order.folder)
        _remember(order, outcome)
    except BriefpackError as error:
        return Report(pack, "failed" if error.exit_code == 1 else "refused", error.faults)
    except OSError as error:
        return Report(pack, "failed", (fault_of(error),))
    conflicts = len(outcome.manifest.conflicts)
    changed = any(result not in {"unchanged"} for result in outcome.results.values())
    status: Status = "refused" if outcome.refused else "conflicts" if conflicts else "built" if changed else "unchanged"
    return Report(pack, status, (*outcome.refused, *outcome.warnings), conflicts, outcome.moved, dict(outcome.results))


def _key(pack: Pack, content: bytes, edition: Edition) -> str:
    """Return the digest of all that a pack is made from, the tool's own state among it."""
    request = pack.request
    parts = [
        resources.fingerprint(), hashlib.sha256(content).hexdigest(), request.lang, request.as_of, request.epoch,
        request.track_changes, *(f"{file.entry.name} {file.sha256}" for file in edition.files),
    ]  # fmt: skip
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()


def _unchanged(pack: Pack, key: str) -> int | None:
    """Return the number of open conflicts of a pack in which nothing is to do; None for one that is due."""
    try:
        known = json.loads(read_file(pack.out / DUE))
        if known["key"] != key:
            return None
        for name, (size, changed) in known["files"].items():
            status = (pack.out / name).stat()
            if (status.st_size, status.st_mtime_ns) != (size, changed):
                return None
        return int(known["conflicts"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _remember(order: Order, outcome: Outcome) -> None:
    """Note what the pack was made from and how its files stand, so that the next run need not look closer."""
    if outcome.refused:
        return
    files = {}
    for name in (*outcome.manifest.files, NAME):
        status = (outcome.out / name).stat()
        files[name] = [status.st_size, status.st_mtime_ns]
    known = {"key": order.key, "files": files, "conflicts": len(outcome.manifest.conflicts)}
    path = outcome.out / DUE
    part = path.with_suffix(".part")
    part.write_text(json.dumps(known), "utf-8")
    part.replace(path)
