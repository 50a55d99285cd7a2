"""Printed headers, footers and properties follow the data; what a person made of them stays."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from desk import NAME, Desk, sheet_of, verified
from living_samples import opened

from exporters.workbook.living.book import Book
from exporters.workbook.living.margins import margin, retold


@pytest.mark.parametrize(
    ("text", "words", "source", "wanted"),
    [
        ("&L&10 广州2023年目标", "&L广州2024年目标", "&L&10 广州2024年目标", "&L&10 广州2024年目标"),
        ('&L&"Arial,Bold"&12&KFF0000旧', "&L新", "&L&10 新", '&L&"Arial,Bold"&12&KFF0000新'),
        ('&L&"Arial,Bold"&12旧', "&L2024年", "&L&10 2024年", '&L&"Arial,Bold"&12 2024年'),
        ("&L&10 旧&R&10 第 &P 页，共 &N 页", "&L新&R第 &P 页，共 &N 页", "", "&L&10 新&R&10 第 &P 页，共 &N 页"),
        ("&L旧&B词", "&L新", "&L&10 新", "&L&10 新"),
        ("&C旧", "&L新", "&L&10 新", "&L&10 新"),
    ],
)
def test_new_words_in_the_old_looks(text: str, words: str, source: str, wanted: str):
    assert retold(text, words, source) == wanted


def header(content: bytes, name: str) -> str:
    book = Book(opened(content))
    return next(margin(book.sheet(entry.part), "oddHeader").text for entry in book.entries if entry.name == name)


def test_headers_follow_the_title_and_one_typed_over_is_a_conflict(tmp_path: Path):
    desk = Desk(tmp_path)
    desk.build()

    def edit(book):
        targets = sheet_of(book)
        targets.oddHeader.left.font = "Arial,Bold"
        book["对比"].oddHeader.left.text = "自己的页眉"

    desk.edit(edit)
    old = desk.data["title"]["zh"]
    desk.data["title"]["zh"] = "广州新目标"
    assert desk.build().results == {NAME: "merged"}
    assert openpyxl.load_workbook(desk.file).properties.title == "广州新目标"
    assert old not in header(desk.content, "举措")
    assert header(desk.content, "目标") == '&L&"Arial,Bold"&10 广州新目标'
    assert header(desk.content, "对比").endswith("自己的页眉")
    (told,) = desk.status().plan.conflicts
    assert (told.base, told.theirs, told.ours) == (f"&L{old}", "&L自己的页眉", "&L广州新目标")
    assert desk.status().places[told.at] == "sheet 对比, header"
    verified(desk)
