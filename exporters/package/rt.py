"""Relationship types used by Office files (ECMA-376 part 1, transitional form)."""

from __future__ import annotations

from typing import Final

_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006/relationships/"
_MICROSOFT: Final = "http://schemas.microsoft.com/office/"

OFFICE_DOCUMENT: Final = _OFFICE + "officeDocument"
CORE_PROPERTIES: Final = _PACKAGE + "metadata/core-properties"
EXTENDED_PROPERTIES: Final = _OFFICE + "extended-properties"
CUSTOM_PROPERTIES: Final = _OFFICE + "custom-properties"
THEME: Final = _OFFICE + "theme"
STYLES: Final = _OFFICE + "styles"
IMAGE: Final = _OFFICE + "image"
HYPERLINK: Final = _OFFICE + "hyperlink"
CHART: Final = _OFFICE + "chart"
CHART_EX: Final = _MICROSOFT + "2014/relationships/chartEx"
CHART_STYLE: Final = _MICROSOFT + "2011/relationships/chartStyle"
CHART_COLORS: Final = _MICROSOFT + "2011/relationships/chartColorStyle"
CHART_USER_SHAPES: Final = _OFFICE + "chartUserShapes"
PACKAGE: Final = _OFFICE + "package"
OLE_OBJECT: Final = _OFFICE + "oleObject"

#: The last words of the types by which the part of a link leads to another workbook: ECMA-376's, and Excel's own.
LINKED_BOOKS: Final = frozenset((
    "externalLinkPath", "externalLinkLongPath", "xlPathMissing", "xlStartup", "xlAlternateStartup", "xlLibrary",
))  # fmt: skip

# Word
SETTINGS: Final = _OFFICE + "settings"
NUMBERING: Final = _OFFICE + "numbering"
FOOTNOTES: Final = _OFFICE + "footnotes"
ENDNOTES: Final = _OFFICE + "endnotes"
COMMENTS: Final = _OFFICE + "comments"
HEADER: Final = _OFFICE + "header"
FOOTER: Final = _OFFICE + "footer"
ATTACHED_TEMPLATE: Final = _OFFICE + "attachedTemplate"

# PowerPoint
SLIDE: Final = _OFFICE + "slide"
SLIDE_LAYOUT: Final = _OFFICE + "slideLayout"
SLIDE_MASTER: Final = _OFFICE + "slideMaster"
NOTES_SLIDE: Final = _OFFICE + "notesSlide"
NOTES_MASTER: Final = _OFFICE + "notesMaster"

# Excel
WORKSHEET: Final = _OFFICE + "worksheet"
SHARED_STRINGS: Final = _OFFICE + "sharedStrings"
CALC_CHAIN: Final = _OFFICE + "calcChain"
TABLE: Final = _OFFICE + "table"
DRAWING: Final = _OFFICE + "drawing"
VML_DRAWING: Final = _OFFICE + "vmlDrawing"
PIVOT_TABLE: Final = _OFFICE + "pivotTable"
PIVOT_CACHE: Final = _OFFICE + "pivotCacheDefinition"
