"""Every fault of a dataset and of a template set at once; nothing is written but what the cache keeps.

A template is looked at four times over: its tags (compiling), what it prints although it can be missing, the rules of
:mod:`exporters.runs.rules`, and what goes wrong when it meets this data (a value of another kind, text beyond its box).
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field
from msgspec.structs import replace

from exporters.binding.examining import Examination
from exporters.cache import Store
from exporters.errors import Fault
from exporters.registry import Exporter
from exporters.runs.inputs import Edition, TemplateFile, find_dataset, find_templates
from exporters.runs.planning import Job, gathering

if TYPE_CHECKING:
    from exporters.binding.scope import Scope
    from exporters.model import Dataset
    from exporters.outline import Outline
    from exporters.package.reader import Package

# What parts that are not as the format says make fail.
_BROKEN = (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, SyntaxError, RecursionError)
_STAND_IN = re.compile(r"\|\s*(?:dash\b|d(?:efault)?\b)|\bif\b|\bor\b")
_ORDER = {"error": 0, "warning": 1, "advice": 2}


class _Template(Struct):
    """A template under examination, and what was seen of it while it was compiled."""

    file: TemplateFile
    room: Exporter
    package: Package
    faults: list[Fault] = field(default_factory=list)
    seen: Examination = field(default_factory=Examination)
    job: Job | None = None


def check(
    dataset: str | None, templates: str, lang: str, only: Sequence[str], cache: Path | None = None
) -> list[Fault]:
    """Return the faults of the data, then those of each template, errors first."""
    from exporters.load import doubts, load

    store = Store(cache)
    faults: list[Fault] = []
    data: Dataset | None = None
    edition: Edition | None = None
    with gathering(faults):
        path = find_dataset(dataset)
        data = load(path)
        faults += doubts(path, data)
    with gathering(faults):
        edition = find_templates(templates, lang, only)
    for file in edition.files if edition is not None else ():
        faults += _template_faults(file, data, lang, store)
    return list(dict.fromkeys(faults))


def _template_faults(file: TemplateFile, data: Dataset | None, lang: str, store: Store) -> list[Fault]:
    from exporters.binding.scope import Scope
    from exporters.package.reader import Package

    found: list[Fault] = []
    with gathering(found):
        one = _Template(file, file.entry.room(), Package.open(file.content, name=file.shown))
        scope = Scope(data, "en" if lang == "en" else "zh") if data is not None else None
        _compile(one, data, store)
        outline = _outline(one)
        if not one.seen.programs:
            _names_apart(one)
        if scope is not None:
            _absent(one, outline, scope)
            if one.job is not None:
                _rendered(one, one.job, scope)
        _reaches(one)
        if outline is not None:
            from exporters.runs import rules

            one.faults += rules.apply(outline, lang)
        found += [_with_excerpt(fault, one.seen.texts) for fault in one.faults]
    found = [fault if fault.file else replace(fault, file=file.shown) for fault in found]
    return sorted(found, key=lambda fault: _ORDER[fault.severity])


def _compile(one: _Template, data: Dataset | None, store: Store) -> None:
    from exporters.binding.examining import EXAMINATION
    from exporters.binding.expressions import CODES

    codes: Mapping[str, Any] = {"indicator": _indicators(data)} if data is not None else {}
    known, kept = CODES.set(codes), EXAMINATION.set(one.seen)
    try:
        with gathering(one.faults):
            compiled = one.room.compile(one.package, one.file.shown)
            one.job = Job(one.file, one.package, compiled.kept_in(store), one.room)
    finally:
        CODES.reset(known)
        EXAMINATION.reset(kept)
    one.faults += dict.fromkeys(one.seen.doubts)


def _indicators(data: Dataset) -> list[str]:
    """Return the codes of the data's indicators, and of the samples': templates for many packs ask for those."""
    from exporters.load import load
    from exporters.resources import datasets

    shipped = (item.code for path in datasets().values() for item in load(path).indicators)
    return list(dict.fromkeys((*(item.code for item in data.indicators), *shipped)))


def _names_apart(one: _Template) -> None:
    """Where the structure is broken nothing can be run: names are looked up tag by tag."""
    from exporters.binding.expressions import check_tags

    told = {(fault.where, fault.message) for fault in one.faults}
    found = check_tags(one.seen.texts, one.seen.names)
    one.faults += [fault for fault in found if (fault.where, fault.message) not in told]


def _outline(one: _Template) -> Outline | None:
    """Return a template's outline; None where it is too broken for one."""
    try:
        return one.room.outline(one.package)
    except _BROKEN as error:
        _tell_unseen(one, "its pictures, tables, fonts and colours", error)
        return None


def _reaches(one: _Template) -> None:
    try:
        one.faults += one.room.reaches(one.package)
    except _BROKEN as error:
        _tell_unseen(one, "its links, fields and formulas", error)


def _tell_unseen(one: _Template, what: str, error: Exception) -> None:
    """Say that something could not be looked at, unless faults that are told already may be why."""
    if not any(fault.severity == "error" for fault in one.faults):
        message = f"{what} could not be looked at: {' '.join(str(error).split()) or type(error).__name__}"
        one.faults.append(Fault("not-looked-at", message, hint="save the file anew in Office", severity="warning"))


def _absent(one: _Template, outline: Outline | None, scope: Scope) -> None:
    from exporters.binding.absence import absent_values

    blank = outline.blank if outline is not None else ()
    for program in one.seen.programs:
        with gathering([]), suppress(RecursionError):  # one that is no program has been told of
            found = absent_values(program, scope.names(), blank)
            one.faults += [fault for fault in found if not _has_stand_in(fault, one.seen.texts)]


def _has_stand_in(fault: Fault, texts: Mapping[str, str]) -> bool:
    """Whether the tag itself says what stands there instead; some formats take a value's filters into their own."""
    from exporters.binding.tags import quoted_tag

    return _STAND_IN.search(quoted_tag(texts.get(fault.where, ""), fault.message)) is not None


def _rendered(one: _Template, job: Job, scope: Scope) -> None:
    """Add what goes wrong when a template meets the data: a wrong kind of value, a text that its box cannot hold."""
    from exporters.package import lint
    from exporters.package.reader import Package
    from exporters.package.unfilled import unfilled

    overflows: Any = getattr(one.room, "overflows", None)
    with gathering(one.faults):
        out = io.BytesIO()
        job.room.render(job.compiled, job.package, scope, out)
        try:
            finished = Package.open(out.getvalue(), name=one.file.shown)
            one.faults += overflows(finished) if overflows is not None else []
            one.faults += unfilled(job.package, finished)
            one.faults += _unsound(lint(out.getvalue(), one.file.shown))
        except _BROKEN as error:
            _tell_unseen(one, "the finished file", error)


def _unsound(found: list[Fault]) -> list[Fault]:
    """Return what is wrong between the parts of a finished file as warnings, the first of each kind."""
    kinds: dict[str, Fault] = {}
    for fault in found:
        kinds.setdefault(fault.code, fault)
    hint = "Office may repair or refuse it: see what stands there in the template"
    return [
        replace(fault, message=f"in the finished file, {fault.message}", hint=fault.hint or hint, severity="warning")
        for fault in kinds.values()
    ]


def _with_excerpt(fault: Fault, texts: Mapping[str, str]) -> Fault:
    """Show the text around a fault, and in it the tag that the message quotes."""
    from exporters.binding.tags import quoted_tag

    text = texts.get(fault.where, "")
    if not text or fault.excerpt:
        return fault
    mark = quoted_tag(text, fault.message)
    return replace(fault, excerpt=text, mark=mark) if mark else fault
