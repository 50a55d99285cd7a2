"""What follows from the data: groups, rankings, medians, totals, progress. Derived at need, never stored."""

from .groups import GROWTH, Group, called, group, together, weight
from .progress import Progress, latest, lower_is_better, progress
from .ranking import Compared, Comparison, comparisons, extremes, median, ranked
from .tabular import shifted, tabular_unit

__all__ = [
    "GROWTH",
    "Compared",
    "Comparison",
    "Group",
    "Progress",
    "called",
    "comparisons",
    "extremes",
    "group",
    "latest",
    "lower_is_better",
    "median",
    "progress",
    "ranked",
    "shifted",
    "tabular_unit",
    "together",
    "weight",
]
