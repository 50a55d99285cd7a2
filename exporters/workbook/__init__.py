"""SpreadsheetML: a template workbook -> targets.xlsx, its formulas live and their values already worked out."""

from exporters.rooms import offering

NAME = "workbook"
FILENAME = "targets.xlsx"

__getattr__ = offering(
    __name__,
    {
        "compile": "compiling.compile",
        "render": "rendering.render",
        "read": "living.reading.read",
        "relaid": "living.relaying.relaid",
        "arrange": "living.arranging.arrange",
        "adopt": "living.adopting.adopt",
        "patch": "living.patching.patch",
        "lines": "living.reading.lines",
        "stranded": "living.leaving.stranded",
        "mended": "living.mending.mended",
        "whereabouts": "locating.whereabouts",
        "results": "locating.results",
        "texts": "printed.texts",
        "outline": "outlining.outline",
        "reaches": "reaching.reaches",
        "overflows": "overflow.overflows",
    },
)
