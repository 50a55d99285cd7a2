"""Content types of parts that the exporters write or look for."""

from __future__ import annotations

from typing import Final

_OPC: Final = "application/vnd.openxmlformats-package."
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_WORD: Final = _OFFICE + "wordprocessingml."
_SLIDES: Final = _OFFICE + "presentationml."
_SHEETS: Final = _OFFICE + "spreadsheetml."

CORE_PROPERTIES: Final = _OPC + "core-properties+xml"
CUSTOM_PROPERTIES: Final = _OFFICE + "custom-properties+xml"
THEME: Final = _OFFICE + "theme+xml"
DRAWING: Final = _OFFICE + "drawing+xml"
CHART: Final = _OFFICE + "drawingml.chart+xml"
VML_DRAWING: Final = _OFFICE + "vmlDrawing"
PNG: Final = "image/png"

DOCUMENT: Final = _WORD + "document.main+xml"
DOCUMENT_TEMPLATE: Final = _WORD + "template.main+xml"
WORD_STYLES: Final = _WORD + "styles+xml"
WORD_SETTINGS: Final = _WORD + "settings+xml"
WORD_NUMBERING: Final = _WORD + "numbering+xml"
WORD_FOOTNOTES: Final = _WORD + "footnotes+xml"
WORD_ENDNOTES: Final = _WORD + "endnotes+xml"
WORD_COMMENTS: Final = _WORD + "comments+xml"
WORD_HEADER: Final = _WORD + "header+xml"
WORD_FOOTER: Final = _WORD + "footer+xml"

PRESENTATION: Final = _SLIDES + "presentation.main+xml"
PRESENTATION_TEMPLATE: Final = _SLIDES + "template.main+xml"
SLIDE_SHOW: Final = _SLIDES + "slideshow.main+xml"
SLIDE: Final = _SLIDES + "slide+xml"
SLIDE_LAYOUT: Final = _SLIDES + "slideLayout+xml"
SLIDE_MASTER: Final = _SLIDES + "slideMaster+xml"
NOTES_SLIDE: Final = _SLIDES + "notesSlide+xml"
NOTES_MASTER: Final = _SLIDES + "notesMaster+xml"

WORKBOOK: Final = _SHEETS + "sheet.main+xml"
WORKBOOK_TEMPLATE: Final = _SHEETS + "template.main+xml"
WORKSHEET: Final = _SHEETS + "worksheet+xml"
EXTERNAL_LINK: Final = _SHEETS + "externalLink+xml"
SHEET_STYLES: Final = _SHEETS + "styles+xml"
SHARED_STRINGS: Final = _SHEETS + "sharedStrings+xml"
CALC_CHAIN: Final = _SHEETS + "calcChain+xml"
TABLE: Final = _SHEETS + "table+xml"
SHEET_COMMENTS: Final = _SHEETS + "comments+xml"

#: An .xlsx inside a document or deck.
EMBEDDED_WORKBOOK: Final = _OFFICE + "spreadsheetml.sheet"

#: Content types of a package's main part -> the kind of file.
MAIN_KINDS: Final = {
    DOCUMENT: "docx",
    DOCUMENT_TEMPLATE: "docx",
    PRESENTATION: "pptx",
    PRESENTATION_TEMPLATE: "pptx",
    SLIDE_SHOW: "pptx",
    WORKBOOK: "xlsx",
    WORKBOOK_TEMPLATE: "xlsx",
}
