"""The Word exporter: WordprocessingML templates compiled, and documents streamed from them."""

from exporters.rooms import offering

NAME = "word"
FILENAME = "briefing.docx"

__getattr__ = offering(
    __name__,
    {
        "compile": "compiling.compile_template",
        "render": "rendering.render_document",
        "read": "reading.read",
        "arrange": "living.arranging.arrange",
        "adopt": "living.adopting.adopt",
        "patch": "patching.patch",
        "untracked": "patching.untracked",
        "lines": "reading.lines",
        "keys": "reading.keys",
        "whole_keys": "reading.whole_keys",
        "whereabouts": "locating.whereabouts",
        "texts": "printed.texts",
        "outline": "outlining.outline",
        "reaches": "reaching.reaches",
        "overflows": "overflow.overflows",
    },
)
