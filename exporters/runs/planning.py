"""What a build will do to each file of a pack, worked out before anything is written."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from msgspec.structs import replace

from exporters import __version__, resources
from exporters.cache import Store
from exporters.errors import BriefpackError, Fault, RefusedError, TemplateError
from exporters.files import FACTOR
from exporters.registry import EXPORTERS, Exporter
from exporters.runs import manifest, publish
from exporters.runs.folder import Existing, Folder, look
from exporters.runs.inputs import Edition, TemplateFile, exporters_in, find_dataset, find_templates
from exporters.runs.manifest import Manifest, origin

if TYPE_CHECKING:
    from exporters.binding.compiled import Compiled
    from exporters.model import Dataset, Lang
    from exporters.package.reader import Package

Action = Literal["create", "rebuild", "merge", "replace", "compare", "keep"]
"""``rebuild``: nobody has edited the file; ``merge``: people have; ``replace``: they asked to start over."""


TRACKED = "word"
"""The exporter whose format has tracked changes."""


class Request(Struct, frozen=True):
    """What a person asked for. ``epoch`` is SOURCE_DATE_EPOCH; ``cache`` a folder for compiled templates, or None;
    ``copies`` are edited copies of the pack's files, to be taken into them.

    Where a pack stands in the folder already, it knows better than this what nobody asked for (``unsaid``).
    """

    dataset: str | None = None
    out: Path | None = None
    templates: str = resources.DEFAULT_TEMPLATES
    lang: Lang = "zh"
    only: tuple[str, ...] = ("word", "deck", "workbook")
    as_of: dt.date | None = None
    epoch: int | None = None
    fresh: bool = False
    track_changes: bool = False
    cache: Path | None = None
    unsaid: frozenset[str] = frozenset()
    copies: tuple[Path, ...] = ()


class Job(Struct, frozen=True):
    """A template ready to be rendered."""

    template: TemplateFile
    package: Package
    compiled: Compiled
    room: Exporter


class Step(Struct, frozen=True):
    """What happens to one file.

    ``inputs`` is the digest of all that it is made from, ``existing`` what stands in its place; ``job`` is None where
    the file is kept.
    """

    template: TemplateFile
    action: Action
    generation: int
    inputs: str
    existing: Existing
    job: Job | None

    @property
    def filename(self) -> str:
        return self.template.entry.filename


class Plan(Struct, frozen=True):
    """A whole build: its inputs as read, and one step for each file."""

    request: Request
    dataset: Dataset
    dataset_sha256: str
    epoch: int | None
    edition: Edition
    folder: Folder
    steps: tuple[Step, ...]

    @property
    def as_of(self) -> dt.date | None:
        """The day that was asked for, if any."""
        return self.request.as_of

    @property
    def origin(self) -> str:
        """The digest of what the files of this build state."""
        return origin(self.dataset_sha256, self.request.lang, self.as_of.isoformat() if self.as_of else None)

    @property
    def out(self) -> Path:
        return self.folder.path


def content_hash(dataset: Dataset) -> str:
    """Return the digest of what a dataset says, whatever file format it was read from."""
    return hashlib.sha256(dataset.canonical).hexdigest()


def plan(request: Request) -> Plan:
    """Read all inputs and decide. Every fault of the data and of the templates comes in one error.

    Nothing is written, but a publication that an earlier run had decided and not ended is ended first.
    """
    faults: list[Fault] = []
    dataset: Dataset | None = None
    edition: Edition | None = None
    with gathering(faults):
        dataset = read(request)
    with gathering(faults):
        request = as_the_pack(request, dataset)
        edition = find_templates(request.templates, request.lang, request.only)
    if dataset is None or edition is None:
        if edition is not None:
            compile_all(edition.files, request.cache, faults)
        raise BriefpackError(faults)
    return decide(request, dataset, edition, look_for(request, edition, _out(request, dataset)))


def as_the_pack(request: Request, dataset: Dataset | None) -> Request:
    """Return *request* with the language and the template set of the pack that it builds again, but for what it says.

    A schedule that builds by the bare command thus keeps a pack as somebody once asked for it. A template set of one's
    own is known by the name of its folder only: TemplateError where that is not here. Of a set that holds fewer files
    than there are formats no more is asked than the pack has.
    """
    if dataset is None:
        return request
    out = _out(request, dataset)
    made: Manifest | None = None
    if out.is_dir():
        publish.recover(out)
        with gathering([]):  # a manifest that cannot be read is told when the folder is looked at
            made = manifest.read(out)
    if made is None or made.dataset != dataset.id:
        return request
    lang: Lang = "en" if made.lang == "en" else "zh"
    request = replace(request, lang=lang) if "lang" in request.unsaid else request
    request = _templates_of(made, request) if "templates" in request.unsaid else request
    if len(request.only) == len(EXPORTERS):
        held = exporters_in(request.templates, request.lang)
        asked = tuple(name for name in request.only if name in held or EXPORTERS[name].filename in made.files)
        request = replace(request, only=asked or request.only)
    return request


def _templates_of(made: Manifest, request: Request) -> Request:
    if made.templates in resources.template_sets():
        clashes = Path(made.templates).is_dir()
        shipped = str(resources.folder("templates") / made.templates) if clashes else made.templates
        return replace(request, templates=shipped)
    if not Path(made.templates).is_dir():
        message = "the pack was built from this template set, which is not to be found here"
        hint = f"give its folder with --templates; --templates {resources.DEFAULT_TEMPLATES} takes the shipped set"
        raise TemplateError(Fault("no-templates", message, made.templates, hint=hint))
    return replace(request, templates=made.templates)


def _out(request: Request, dataset: Dataset) -> Path:
    return request.out or Path("out", dataset.id)


def look_for(request: Request, edition: Edition, out: Path) -> Folder:
    """Look at the folder of a pack with what *request* asks in mind."""
    names = [file.entry.filename for file in edition.files]
    merging = [file.entry.filename for file in edition.files if request.track_changes and file.entry.name == TRACKED]
    return look(out, names, fresh=request.fresh, merging=merging, copies=request.copies)


def decide(request: Request, dataset: Dataset, edition: Edition, folder: Folder) -> Plan:
    """Decide what happens to each file, and compile the templates of those that are due; the folder is not read."""
    previous = folder.manifest
    if previous is not None and previous.dataset != dataset.id:
        message = f"the folder holds the pack of dataset '{previous.dataset}', not of '{dataset.id}'"
        hint = "choose another --out; --fresh starts over"
        raise RefusedError(Fault("other-pack", message, str(folder.path), hint=hint))
    sha256 = content_hash(dataset)
    epoch = request.epoch if request.epoch is not None else _midnight(request.as_of or dataset.as_of)
    steps = [_step(request, file, folder, (sha256, str(request.as_of), str(epoch))) for file in edition.files]
    faults: list[Fault] = []
    jobs = compile_all([step.template for step in steps if step.action != "keep"], request.cache, faults)
    if faults:
        raise TemplateError(faults)
    steps = [replace(step, job=jobs.get(step.template.entry.name)) for step in steps]
    return Plan(request, dataset, sha256, epoch, edition, folder, tuple(steps))


def compile_all(files: Sequence[TemplateFile], cache: Path | None, faults: list[Fault]) -> dict[str, Job]:
    """Compile templates, or take them from the cache; what is wrong with them is added to *faults*."""
    store = Store(cache)
    jobs = {}
    for file in files:
        with gathering(faults):
            jobs[file.entry.name] = _compile(file, store)
    return jobs


_compiled: dict[tuple[str, str], Job] = {}
"""Templates that this process has ready: a batch makes thousands of packs from the same few."""


def _compile(file: TemplateFile, store: Store) -> Job:
    key = (file.entry.name, file.sha256)
    if key not in _compiled:
        if len(_compiled) > 30:
            _compiled.clear()
        _compiled[key] = _compile_anew(file, store)
    return replace(_compiled[key], template=file)


def _compile_anew(file: TemplateFile, store: Store) -> Job:
    from exporters.binding.compiled import compiled
    from exporters.package.reader import Package

    room = file.entry.room()

    def compile_it() -> Compiled:
        return room.compile(Package.open(file.content, name=file.shown), file.shown)

    made = compiled(store, file.content, f"{file.entry.name} {FACTOR}", compile_it)
    # The guard has seen it before it was compiled, now or in the run that kept what came of it.
    return Job(file, Package.written(file.content, name=file.shown), made, room)


@contextmanager
def gathering(faults: list[Fault]) -> Iterator[None]:
    """Add the faults of a BriefpackError to *faults* and go on behind the block."""
    try:
        yield
    except BriefpackError as error:
        faults += error.faults


def read(request: Request) -> Dataset:
    from exporters.load import load

    return load(find_dataset(request.dataset), store=Store(request.cache))


def _midnight(day: dt.date | None) -> int | None:
    """Return a day's start in UTC: the time that files carry where none is given, since the clock may not speak."""
    return (day - dt.date(1970, 1, 1)).days * 86_400 if day else None


def _step(request: Request, file: TemplateFile, folder: Folder, data: tuple[str, ...]) -> Step:
    name = file.entry.filename
    made_from = [__version__, file.entry.name, file.sha256, request.lang, *data]
    inputs = hashlib.sha256(json.dumps(made_from).encode()).hexdigest()
    existing = folder.file(name)
    record = folder.manifest.files.get(name) if folder.manifest else None
    same = record is not None and record.inputs == inputs
    # No number is ever given twice, also when a pack starts over: old copies may come back by mail.
    generation = record.generation if record and same else existing.newest + 1
    action: Action = "create"
    if existing.digest is not None:
        action = "replace" if request.fresh else "rebuild" if existing.content is None else "merge"
        untouched = record is not None and record.sha256 == existing.digest
        # A checkout's code changes without a new version, so there a file is always made anew and then compared.
        if untouched and same and not request.fresh and not existing.copies:
            action = "keep" if not resources.is_checkout() else "compare" if action == "rebuild" else action
    return Step(file, action, generation, inputs, existing, None)
