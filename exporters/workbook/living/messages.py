"""What our notes in cells say. These are words of the tool, like its messages on a terminal, not of a pack."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exporters.workbook.living.book import Book

STALE = "stale:"
"""Begins the key of a note on a row that the data no longer holds."""
_HAN = re.compile("[\u4e00-\u9fff]")


def language(book: Book) -> str:
    """Return zh where a header of a table holds Chinese characters, else en."""
    names = (column.name for table in book.tables for column in table.columns)
    return "zh" if any(_HAN.search(name) for name in names) else "en"


def stale(lang: str) -> str:
    """Return the note of a row that a person wrote in and whose record the data dropped."""
    if lang == "zh":
        return "briefpack：数据中已没有这一行，因有人工内容而保留；在处理（briefpack resolve）之前，公式仍计入此行。"
    return (
        "briefpack: the data no longer holds this row. It stays because a person wrote in it; formulas count it until "
        "that is settled (briefpack resolve)."
    )


def stale_sheet(lang: str) -> str:
    """Return the note of a sheet whose record the data dropped."""
    if lang == "zh":
        return "briefpack：数据中已没有这一工作表的内容，保留未删。"
    return "briefpack: the data no longer holds what this sheet shows; nothing was deleted."


def conflict(lang: str, base: str, theirs: str, ours: str) -> str:
    """Return the note of a cell that a person and the data changed differently."""
    if lang == "zh":
        return f"briefpack：此处人工与数据改得不同，保留人工内容。\n原为：{base}\n人工：{theirs}\n数据：{ours}"
    return (
        "briefpack: a person and the data changed this differently; the person's text stands."
        f"\nbefore: {base}\nby hand: {theirs}\ndata: {ours}"
    )
