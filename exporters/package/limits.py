"""How large, deep and far-reaching a package may be before it is refused."""

from __future__ import annotations

from msgspec import Struct

from exporters.files import FACTOR

_HYPERLINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
_HYPERLINK_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships/hyperlink"


class Limits(Struct, frozen=True):
    """What the guard accepts. The defaults hold a deck of 10,000 slides and a large office's templates.

    Raise one with ``msgspec.structs.replace(DEFAULT, total_size=4 << 30)``, or all sizes and counts with
    ``BRIEFPACK_LIMITS=4`` in the environment.
    """

    #: Bytes of the file itself.
    file_size: int = FACTOR * 512 << 20
    #: Members, those of embedded packages included.
    members: int = FACTOR * 200_000
    #: Inflated bytes of one member.
    member_size: int = FACTOR * 512 << 20
    #: Inflated bytes of all members, those of embedded packages included.
    total_size: int = FACTOR << 30
    #: Inflated bytes for each packed byte of a member; looked at from ``ratio_floor`` on. Plain XML tables
    #: reach about 40, and deflate can do no more than 1,032.
    ratio: int = FACTOR * 200
    #: Members below this many inflated bytes may have any ratio.
    ratio_floor: int = 4 << 20
    #: Packages inside packages: 2 lets a briefing hold a deck whose charts hold workbooks.
    depth: int = 2
    #: Longest part name, in characters.
    name_length: int = 512
    #: Rows and columns of a worksheet (Excel's own).
    rows: int = 1_048_576
    columns: int = 16_384
    #: Cells that the rectangle around a sheet's cells may hold, beyond twenty for each cell that exists.
    #: Libraries walk the rectangle: one far cell keeps them busy for a minute.
    sparse_area: int = FACTOR * 500_000
    #: Cells in all merged ranges of a sheet; libraries make an object for each.
    merged_area: int = FACTOR * 500_000
    #: Relationship types whose target may lie outside the package. Nothing is ever fetched by briefpack; Office
    #: does fetch linked pictures, attached templates and linked objects.
    external_types: frozenset[str] = frozenset({_HYPERLINK, _HYPERLINK_STRICT})
    #: Whether formulas may take values from other workbooks. Excel asks before it fetches them; a preview would not.
    linked_books: bool = False
    #: Whether macros and ActiveX controls may be carried.
    macros: bool = False


DEFAULT = Limits()
#: For files of a pack that people have worked on: what a colleague links to is carried as it is, and told.
EDITED = Limits(linked_books=True)
