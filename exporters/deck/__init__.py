"""PowerPoint decks: a template bound by tags in its shapes, tables, charts and notes; slides repeated by slide tags."""

from exporters.rooms import offering

NAME = "deck"
FILENAME = "deck.pptx"

__getattr__ = offering(
    __name__,
    {
        "compile": "compiling.compile_deck",
        "render": "rendering.render_deck",
        "read": "living.reading.read",
        "arrange": "living.arranging.arrange",
        "adopt": "living.adopting.adopt",
        "patch": "living.patching.patch",
        "lines": "living.reading.lines",
        "whereabouts": "locating.whereabouts",
        "texts": "printed.texts",
        "outline": "outlining.outline",
        "reaches": "reaching.reaches",
        "overflows": "overflow.overflows",
    },
)
