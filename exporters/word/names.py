"""Names of WordprocessingML (ECMA-376 part 1, transitional form) and how its tree looks to the template language."""

from __future__ import annotations

from typing import Final

from exporters.binding.weave import Dialect

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14: Final = "{http://schemas.microsoft.com/office/word/2010/wordml}"
W15: Final = "{http://schemas.microsoft.com/office/word/2012/wordml}"
MC: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
WP: Final = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
V: Final = "{urn:schemas-microsoft-com:vml}"
C: Final = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"

DIALECT: Final = Dialect(
    paragraph=f"{W}p",
    run=f"{W}r",
    run_properties=f"{W}rPr",
    text=f"{W}t",
    table=f"{W}tbl",
    row=f"{W}tr",
    cell=f"{W}tc",
    silent=frozenset((f"{W}pPr", f"{W}bookmarkStart", f"{W}bookmarkEnd", f"{W}permStart", f"{W}permEnd")),
    empty_paragraph="<w:p/>",
    containers=frozenset(
        f"{W}{name}" for name in ("tc", "hdr", "ftr", "footnote", "endnote", "comment", "txbxContent")
    ),
    heads=frozenset((f"{W}tcPr",)),
    keeps_space=True,
)
