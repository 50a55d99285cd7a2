"""Small template workbooks, and what becomes of them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.workbook import Workbook

from exporters.binding.compiled import Compiled
from exporters.binding.scope import Scope
from exporters.load import load
from exporters.package import Package
from exporters.workbook import compile as compile_template
from exporters.workbook import render

DATA = Path(__file__).resolve().parents[2] / "data"


@cache
def dataset(name: str = "guangzhou-2023"):
    return load(DATA / f"{name}.yaml")


def scope(name: str = "guangzhou-2023", lang: str = "zh") -> Scope:
    return Scope(dataset(name), lang)  # type: ignore[arg-type]


def template(sheets: dict[str, dict[str, Any]], finish: Callable[[Workbook], None] | None = None) -> bytes:
    """A workbook with the given cells in each sheet."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, cells in sheets.items():
        sheet = book.create_sheet(name)
        for at, value in cells.items():
            sheet[at] = value
    if finish is not None:
        finish(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rendered(data: bytes, names: Scope | None = None, **options: Any) -> bytes:
    """The template rendered, by way of the compiled form's bytes."""
    package = Package.open(data, name="template.xlsx")
    compiled = Compiled.from_bytes(compile_template(package, "template.xlsx").to_bytes())
    out = io.BytesIO()
    render(compiled, package, names or scope(), out, **options)
    return out.getvalue()


def values(data: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(data), data_only=True)


def formulas(data: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(data), rich_text=True)


def column(sheet: Any, letter: str) -> list[Any]:
    return [cell.value for cell in sheet[letter]]


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def replaced(data: bytes, changes: dict[str, Any]) -> bytes:
    """The package with parts replaced: bytes, or a function of the old bytes (empty for a new part)."""
    found = parts(data)
    for name, change in changes.items():
        found[name] = change(found.get(name, b"")) if callable(change) else change
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in found.items():
            package.writestr(name, content)
    return out.getvalue()
