"""What a part holds, told by its text: a walk through its tree takes many times as long.

Each answer is None, or no, where the text is written in another way than offices write it: then the tree has to tell.
"""

from __future__ import annotations

import re

from exporters.word.anchors import PREFIX
from exporters.word.names import W

_NAMESPACE = W[1:-1].encode()
_BOOKMARK = re.compile(rb'<w:bookmarkStart w:id="([^"&]*)"')


def _is_usual(text: bytes) -> bool:
    """Whether ``w:`` stands before the elements of WordprocessingML, and before no others."""
    return b'xmlns:w="%s"' % _NAMESPACE in text and text.count(_NAMESPACE) == text.count(b"xmlns:w=") == 1


def bookmark_ids(text: bytes) -> list[str] | None:
    """Return the ids of the bookmarks."""
    found = _BOOKMARK.findall(text)
    # Few texts hold an exclamation mark, and all of them many elements.
    commented = b"!" in text and b"<!" in text
    if commented or not _is_usual(text) or len(found) != text.count(b"bookmarkStart"):
        return None
    return [one.decode() for one in found]


def has_its_controls(text: bytes) -> bool:
    """Whether there are as many content controls with an alias as bookmarks of values."""
    values = text.count(f' w:name="{PREFIX}'.encode())
    return _is_usual(text) and values == text.count(b"<w:alias ")
