"""What is fuzzed: for each target, what bytes from outside go through. It may refuse them; anything else is a crash.

A part of an Office file is fuzzed inside a package that is otherwise good, for libFuzzer would spend its time on
checksums; the target ``package`` fuzzes the zip itself.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from pathlib import Path

from exporters.errors import BriefpackError
from exporters.load import load
from exporters.model import Dataset, validated
from exporters.package import Package
from exporters.package.check import lint
from exporters.registry import EXPORTERS
from exporters.runs.living import regenerate
from exporters.runs.stamp import Stamp
from tests.trust import small
from tests.trust.hostile import Entries

SEEDS = Path(__file__).with_name("seeds")
MAIN = {"word": "word/document.xml", "deck": "ppt/slides/slide2.xml", "workbook": "xl/worksheets/sheet1.xml"}
_STAMP = Stamp("small", 2, "0" * 16)


@cache
def city(value: str = "6.5") -> Dataset:
    return validated(Dataset, small.data(value=value))


def with_part(package: bytes, part: str, content: bytes) -> bytes:
    entries = Entries.of(package)
    entries.parts[part] = content
    return entries.zipped(method=0)


@cache
def rendered(room: str, value: str = "6.5") -> bytes:
    """Return the small template of a room filled in."""
    from exporters.binding.scope import Scope

    exporter = EXPORTERS[room].room()
    template = Package.open(small.MAKERS[room](), name=small.FILES[room])
    out = io.BytesIO()
    compiled = exporter.compile(template, template.file)
    exporter.render(compiled, template, Scope(city(value), "zh"), out, epoch=0, properties={"briefpack": str(_STAMP)})
    return out.getvalue()


def _package(data: bytes) -> None:
    package = Package.open(data, name="fuzz")
    for name in package.names():
        package.read(name)
        package.relationships(name)
    package.main_part()
    lint(data, "fuzz")


def _template(room: str) -> Callable[[bytes], None]:
    def run(data: bytes) -> None:
        from exporters.binding.scope import Scope

        exporter = EXPORTERS[room].room()
        template = Package.open(with_part(small.MAKERS[room](), MAIN[room], data), name="fuzz")
        compiled = exporter.compile(template, "fuzz")
        exporter.render(compiled, template, Scope(city(), "zh"), io.BytesIO(), epoch=0)

    return run


def _edited(room: str) -> Callable[[bytes], None]:
    """A file edited by a person, or by whoever sent it, goes through the merge into its next generation."""

    def run(data: bytes) -> None:
        exporter = EXPORTERS[room].room()
        theirs = Package.open(with_part(rendered(room), MAIN[room], data), name="fuzz")
        base, ours = (Package.open(rendered(room, value), name="fuzz") for value in ("6.5", "7.5"))
        exporter.lines(theirs)
        exporter.whereabouts(theirs, exporter.read(theirs))
        merged = regenerate(exporter, "fuzz", base, theirs, ours, stamp=_STAMP, epoch=0)
        if merged.content is not None:
            exporter.read(Package.open(merged.content, name="fuzz"))

    return run


def _data(suffix: str) -> Callable[[bytes], None]:
    def run(data: bytes) -> None:
        load(Path(f"fuzz{suffix}"), content=data)

    return run


def _dataset_sheet(data: bytes) -> None:
    load(Path("fuzz.xlsx"), content=with_part(dataset_workbook(), MAIN["workbook"], data))


@cache
def dataset_workbook() -> bytes:
    """Return the small city as an .xlsx dataset; its first sheet is the pack's own row."""
    from exporters.load import encode

    return encode(city(), Path("small.xlsx"))


def _expression(data: bytes) -> None:
    """What stands in a tag: checked, compiled, run."""
    from exporters.binding.expressions import check, key_of, path_of
    from exporters.binding.program import Weaver
    from exporters.binding.scope import Scope
    from exporters.binding.tags import scan

    text = data.decode("utf-8", "ignore")
    weaver, pieces, last = Weaver(), [], 0
    for tag in scan(text, "here", []):
        pieces.append(text[last : tag.start].replace("<", ""))
        if tag.kind == "value":
            key_of(tag.body)
            path_of(tag.body)
        pieces.append(weaver.value(tag.body, "here") if tag.kind == "value" else weaver.tag(tag))
        last = tag.end
    program = weaver.program(weaver.weave("".join(pieces)))
    check(program)
    for _ in program.bind({}).stream(Scope(city(), "zh").names()):
        pass


TARGETS: dict[str, Callable[[bytes], None]] = {
    "package": _package,
    "word": _template("word"),
    "deck": _template("deck"),
    "workbook": _template("workbook"),
    "expression": _expression,
    "yaml": _data(".yaml"),
    "json": _data(".json"),
    "xlsx": _dataset_sheet,
    "edited-word": _edited("word"),
    "edited-deck": _edited("deck"),
    "edited-workbook": _edited("workbook"),
}


BROKEN = (AssertionError, RecursionError, MemoryError, UnboundLocalError, NotImplementedError)


def refused_or_done(target: str, data: bytes) -> None:
    """Run a target; it may only end, or refuse with faults that say something."""
    try:
        TARGETS[target](data)
    except BriefpackError as error:
        assert error.faults
        for fault in error.faults:
            assert fault.message
            # A part that breaks the schema may be told as not understood; a promise that the project broke may not.
            assert fault.code != "not-understood" or not isinstance(error.__cause__, BROKEN), fault
