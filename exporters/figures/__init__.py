"""What follows from the data: groups, rankings, medians, totals, progress. Derived at need, never stored."""

from .groups import Group, called, groups, weight
from .progress import Progress, latest, lower_is_better, progress
from .ranking import Compared, Comparison, comparisons, extremes, median, ranked
from .tabular import shifted, tabular_unit

__all__ = [
    "Compared",
    "Comparison",
    "Group",
    "Progress",
    "called",
    "comparisons",
    "extremes",
    "groups",
    "latest",
    "lower_is_better",
    "median",
    "progress",
    "ranked",
    "shifted",
    "tabular_unit",
    "weight",
]
