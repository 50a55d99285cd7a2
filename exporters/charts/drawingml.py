"""What DrawingML calls paragraphs, runs and tables, for the weaver; the same in slides, notes and charts."""

from __future__ import annotations

from exporters.binding.weave import Dialect

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"

DRAWINGML = Dialect(
    paragraph=f"{A}p",
    run=f"{A}r",
    run_properties=f"{A}rPr",
    text=f"{A}t",
    table=f"{A}tbl",
    row=f"{A}tr",
    cell=f"{A}tc",
    silent=frozenset((f"{A}pPr", f"{A}endParaRPr")),
    empty_paragraph="<a:p/>",
    containers=frozenset((f"{P}txBody", f"{A}txBody", f"{C}rich", f"{C}txPr")),
    heads=frozenset((f"{A}bodyPr", f"{A}lstStyle")),
    keeps_space=False,
)
