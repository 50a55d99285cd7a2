"""An office at work: a pack built from data that changes, its workbook edited between the builds."""

from __future__ import annotations

import copy
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import yaml
from living_samples import clean, opened
from msgspec.structs import replace

from exporters.binding.scope import Scope
from exporters.load import load
from exporters.package import PackageWriter
from exporters.runs import pulling, review, settling
from exporters.runs.build import Outcome, execute
from exporters.runs.inputs import find_dataset
from exporters.runs.planning import Request, plan
from exporters.workbook.living.book import Book
from exporters.workbook.living.reading import read
from exporters.workbook.locating import results

NAME = "targets.xlsx"


class Desk:
    """One pack (the workbook alone) and its data. ``data`` is the dataset as plain values, to be changed at will."""

    def __init__(self, folder: Path, dataset: str = "guangzhou-2023", templates: str = "standard", lang: str = "zh"):
        self.folder, self.pack = folder, folder / "pack"
        self.data = yaml.load(find_dataset(dataset).read_text("utf-8"), yaml.CSafeLoader)
        self.request = Request(
            str(folder / "data.json"), self.pack, templates, lang, ("workbook",), epoch=0, cache=folder.parent / "cache"
        )
        self.built: list[bytes] = []

    # --- building ------------------------------------------------------------------------------------------------

    def build(self, **changes: Any) -> Outcome:
        self.write()
        outcome = execute(plan(replace(self.request, **changes)))
        self.built.append(self.content)
        return outcome

    def write(self) -> None:
        (self.folder / "data.json").write_text(json.dumps(self.data, ensure_ascii=False, default=str), "utf-8")

    def fresh(self) -> bytes:
        """Return what the data as it is now gives where nobody has edited anything."""
        execute(plan(replace(self.request, out=self.folder / "fresh", fresh=True)))
        return (self.folder / "fresh" / NAME).read_bytes()

    @property
    def file(self) -> Path:
        return self.pack / NAME

    @property
    def content(self) -> bytes:
        return self.file.read_bytes()

    def target(self, key: str) -> dict[str, Any]:
        return next(one for one in self.data["targets"] if one["id"] == key)

    def drop(self, place: str) -> None:
        """Take a district with all its records out of the data."""
        for kind in ("targets", "initiatives"):
            self.data[kind] = [one for one in self.data[kind] if one.get("place") != place]
        left = {one["id"] for one in self.data["targets"]}
        self.data["observations"] = [one for one in self.data.get("observations", []) if one["target"] in left]
        gone = {one["id"] for one in self.data["people"] if any(post.get("place") == place for post in one["posts"])}
        self.data["people"] = [one for one in self.data["people"] if one["id"] not in gone]
        self.data["places"] = [one for one in self.data["places"] if one["id"] != place]

    # --- editing -------------------------------------------------------------------------------------------------

    def edit(self, change: Callable[[Any], None]) -> None:
        """Edit with openpyxl, which loses cached values."""
        book = openpyxl.load_workbook(self.file)
        change(book)
        book.save(self.file)

    def xml(self, changes: dict[str, Callable[[str], str]], more: dict[str, bytes] | None = None) -> None:
        """Edit parts by hand, as Excel would write them; the others keep their bytes."""
        package = opened(self.content)
        out = io.BytesIO()
        with PackageWriter(out) as writer:
            for name in package.names():
                if name in changes:
                    before = package.read(name).decode()
                    after = changes[name](before)
                    assert after != before, f"{name} stayed as it was"
                    writer.add(name, after.encode())
                else:
                    writer.add_raw(package.raw(name))
            for name, data in (more or {}).items():
                writer.add(name, data)
        self.file.write_bytes(out.getvalue())

    # --- asking --------------------------------------------------------------------------------------------------

    def status(self) -> review.FileReview:
        return review.status(self.pack).files[0]

    def diff(self) -> review.FileReview:
        self.write()
        return review.diff(self.request).files[0]

    def pull(self, write: bool = False) -> pulling.Pulled:
        found = pulling.pull(self.folder / "data.json", self.pack)
        if write:
            pulling.write(found)
            self.data = json.loads((self.folder / "data.json").read_text("utf-8"))
        return found

    def resolve(self, key: str, choice: Any) -> list[str]:
        return settling.resolve(self.pack, key, choice)

    @property
    def scope(self) -> Scope:
        return Scope(load(self.folder / "data.json"), self.request.lang)


def rows(content: bytes, table: str = "targets") -> dict[str, dict[str, str]]:
    """Return what a table holds, by key and header; formulas in the form that holds wherever they stand."""
    group = next(one for one in read(opened(content)).groups if one.id == table)
    return {item.id: {slot.key[len(item.id) + 1 :]: slot.text for slot in item.slots} for item in group.items}


def sheet_of(book: Any, table: str = "targets") -> Any:
    """Return the sheet of an openpyxl workbook that holds a table."""
    return next(sheet for sheet in book.worksheets if table in sheet.tables)


class Grid:
    """A table on an openpyxl sheet: cells by key and header."""

    def __init__(self, book: Any, table: str = "targets") -> None:
        self.sheet = sheet_of(book, table)
        self.table = self.sheet.tables[table]
        self.left, self.head, self.right, self.bottom = openpyxl.utils.range_boundaries(self.table.ref)
        self.columns = {self.sheet.cell(self.head, column).value: column for column in range(self.left, self.right + 1)}
        self.key = next(iter(self.columns.values()))

    def row(self, key: str) -> int:
        return next(row for row in range(self.head + 1, self.bottom + 1) if self.sheet.cell(row, self.key).value == key)

    def cell(self, key: str, header: str) -> Any:
        return self.sheet.cell(self.row(key), self.columns[header])


def verified(desk: Desk, typed: dict[tuple[str, str], str] | None = None, gone: frozenset[str] = frozenset()) -> bytes:
    """Assert what must hold after every build, and return the workbook.

    It is sound; every cell that nobody typed over says what the data says; every result that it keeps is what its
    formula gives; a second build writes nothing. ``typed`` is what people typed, by key and header; ``gone`` the keys
    whose rows they deleted.
    """
    content, typed = desk.content, typed or {}
    clean(content)
    found, wanted = rows(content), rows(desk.fresh())
    assert wanted.keys() - found.keys() == gone
    for key, row in wanted.items():
        for header, text in row.items():
            if key not in gone and not text.startswith("="):
                assert found[key].get(header) == typed.get((key, header), text), (key, header)
    assert not results(opened(content))
    assert not (lost := valueless(content)), lost[:5]
    again = desk.build()
    assert again.results == {NAME: "unchanged"}
    assert desk.content == content
    return content


def valueless(content: bytes) -> list[str]:
    """Return the formulas that stand there without a result although Excel is not asked to work them out."""
    book = Book(opened(content))
    settings = book.root.child("calcPr")
    if settings is not None and settings.get("fullCalcOnLoad") == "1":
        return []
    return [
        f"{entry.name}!{cell.address}"
        for entry in book.entries
        for cell in book.sheet(entry.part).cells()
        if cell.formula is not None and cell.value is None
    ]


def untouched(before: bytes, after: bytes, *patterns: str) -> None:
    """Assert that the parts whose names match are byte for byte the same."""
    first, second = opened(before), opened(after)
    names = [name for name in first.names() if any(re.search(pattern, name) for pattern in patterns)]
    assert names, patterns
    for name in names:
        assert first.read(name) == second.read(name), name


def built(desk: Desk, code: int = 0) -> Outcome:
    outcome = desk.build()
    assert outcome.exit_code == code, (outcome.manifest.conflicts[:3], outcome.refused)
    return outcome


def sheet_part(desk: Desk, name: str) -> str:
    return next(entry.part for entry in Book(opened(desk.content)).entries if entry.name == name)


def without(desk: Desk, *keys: str) -> list[dict[str, Any]]:
    """Take targets out of the data and build; return all of them."""
    whole = copy.deepcopy(desk.data["targets"])
    desk.data["targets"] = [one for one in whole if one["id"] not in keys]
    built(desk)
    return whole
