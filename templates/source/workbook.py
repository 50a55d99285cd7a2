"""Builds the workbook templates: ``python templates/source/workbook.py [--force]``.

They are ordinary workbooks: open one in Excel, change wording, columns, colours or formulas, and save it.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[2])]

from keeping import TEMPLATES, keep
from workbook_kit import finished
from workbook_sheets import Builder
from workbook_words import EN, ZH


def main(arguments: list[str]) -> int:
    force = "--force" in arguments
    for words in (ZH, EN):
        book = Workbook()
        builder = Builder(book, words)
        builder.build()
        out = BytesIO()
        book.save(out)
        data = finished(out.getvalue(), builder.alternatives)
        for name in ("standard", "gbt9704"):
            path = TEMPLATES / name / words.lang / "targets.xlsx"
            print(f"{path.relative_to(TEMPLATES)}: {keep(path, data, force=force)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
