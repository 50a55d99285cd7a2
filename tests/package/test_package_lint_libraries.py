"""Nothing is told of sound files: those of the usual libraries, full of features, and what LibreOffice makes of them."""

from __future__ import annotations

import library_files
import pytest

from exporters.package import lint

MAKERS = {
    "xlsxwriter.xlsx": library_files.xlsxwriter_book, "openpyxl.xlsx": library_files.openpyxl_book,
    "python-docx.docx": library_files.docx_document, "python-pptx.pptx": library_files.pptx_deck,
}  # fmt: skip


@pytest.mark.parametrize("name", MAKERS)
def test_a_library_s_file_is_sound(name):
    assert lint(MAKERS[name](), name) == []


@pytest.mark.office
@pytest.mark.parametrize("name", MAKERS)
def test_what_libreoffice_saves_of_it_is_sound(name, office, tmp_path):
    path = tmp_path / name
    path.write_bytes(MAKERS[name]())
    saved = tmp_path / f"saved-{name}"
    office.resave(path, to=saved)
    assert [fault for fault in lint(saved) if fault.severity == "error"] == []
