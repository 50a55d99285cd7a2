"""Three-way merge, pure: no files, no formats.

base is what was generated for this very file, theirs is the file as people left it, ours is what the data would
generate now. What only one side changed is taken; what both changed alike is silent; what both changed differently
stays theirs and is reported.
"""

from exporters.merge.aligning import aligned, known, named_as
from exporters.merge.comparing import LINE, content_of, line_key
from exporters.merge.counterparts import counterparts
from exporters.merge.files import merge
from exporters.merge.lookups import Texts
from exporters.merge.ordering import arrangements, in_order_of, moved_sections
from exporters.merge.overrides import Overrides
from exporters.merge.prose import merge_prose
from exporters.merge.threeway import NOTHING
from exporters.merge.units import may_be_of_units
from exporters.merge.upgrades import following, upgrade
from exporters.merge.values import Merged, canonical, merge_value, spanned
from exporters.merge.vanishing import of_sections_gone

__all__ = [
    "LINE",
    "NOTHING",
    "Merged",
    "Overrides",
    "Texts",
    "aligned",
    "arrangements",
    "canonical",
    "content_of",
    "counterparts",
    "following",
    "in_order_of",
    "known",
    "line_key",
    "may_be_of_units",
    "merge",
    "merge_prose",
    "merge_value",
    "moved_sections",
    "named_as",
    "of_sections_gone",
    "spanned",
    "upgrade",
]
