"""What a template can name: read-only views of the records, worded in one language.

Every public attribute of a view is a name that templates may use; its docstring is what ``briefpack template names``
prints. Values are worked out at first use and kept, because three exporters ask for the same ones.
"""

from exporters.binding.views.base import Absent, Lookup, View, text_fields
from exporters.binding.views.comparing import ComparisonView, IndicatorView, PackView
from exporters.binding.views.places import InitiativeView, LeaderView, PlaceView, ThemeView
from exporters.binding.views.sources import EventView, SourceView
from exporters.binding.views.statements import ActualView, FlagView, RowView, TargetView

__all__ = [
    "Absent",
    "ActualView",
    "ComparisonView",
    "EventView",
    "FlagView",
    "IndicatorView",
    "InitiativeView",
    "LeaderView",
    "Lookup",
    "PackView",
    "PlaceView",
    "RowView",
    "SourceView",
    "TargetView",
    "ThemeView",
    "View",
    "text_fields",
]
