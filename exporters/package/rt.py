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
THUMBNAIL: Final = _PACKAGE + "metadata/thumbnail"
CUSTOM_XML: Final = _OFFICE + "customXml"
CUSTOM_XML_PROPS: Final = _OFFICE + "customXmlProps"
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
VBA_PROJECT: Final = _MICROSOFT + "2006/relationships/vbaProject"

# Word
SETTINGS: Final = _OFFICE + "settings"
WEB_SETTINGS: Final = _OFFICE + "webSettings"
FONT_TABLE: Final = _OFFICE + "fontTable"
NUMBERING: Final = _OFFICE + "numbering"
FOOTNOTES: Final = _OFFICE + "footnotes"
ENDNOTES: Final = _OFFICE + "endnotes"
COMMENTS: Final = _OFFICE + "comments"
HEADER: Final = _OFFICE + "header"
FOOTER: Final = _OFFICE + "footer"
ATTACHED_TEMPLATE: Final = _OFFICE + "attachedTemplate"
GLOSSARY: Final = _OFFICE + "glossaryDocument"

# PowerPoint
SLIDE: Final = _OFFICE + "slide"
SLIDE_LAYOUT: Final = _OFFICE + "slideLayout"
SLIDE_MASTER: Final = _OFFICE + "slideMaster"
NOTES_SLIDE: Final = _OFFICE + "notesSlide"
NOTES_MASTER: Final = _OFFICE + "notesMaster"
PRESENTATION_PROPERTIES: Final = _OFFICE + "presProps"
VIEW_PROPERTIES: Final = _OFFICE + "viewProps"
TABLE_STYLES: Final = _OFFICE + "tableStyles"

# Excel
WORKSHEET: Final = _OFFICE + "worksheet"
CHARTSHEET: Final = _OFFICE + "chartsheet"
SHARED_STRINGS: Final = _OFFICE + "sharedStrings"
CALC_CHAIN: Final = _OFFICE + "calcChain"
TABLE: Final = _OFFICE + "table"
DRAWING: Final = _OFFICE + "drawing"
VML_DRAWING: Final = _OFFICE + "vmlDrawing"
PRINTER_SETTINGS: Final = _OFFICE + "printerSettings"
PIVOT_TABLE: Final = _OFFICE + "pivotTable"
PIVOT_CACHE: Final = _OFFICE + "pivotCacheDefinition"
