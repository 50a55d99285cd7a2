"""What stands before an XML part's first element, without parsing: a DTD or a strange encoding is refused."""

from __future__ import annotations

import re

_ENCODINGS = frozenset({"utf-8", "utf8", "utf-16", "us-ascii", "ascii", "iso-8859-1", "windows-1252"})
_DECLARED = re.compile(r"""\bencoding\s*=\s*["']([^"']*)["']""")
#: The usual start, whose first element follows at once.
_PLAIN = re.compile(
    rb"""(?:\xef\xbb\xbf)?<\?xml version=["']1\.0["'](?: encoding=["']utf-8["'])?(?: standalone=["']\w+["'])?\s*\?>"""
    rb"""\s*<[a-z]""",
    re.IGNORECASE,
)
_DTD = ("dtd", "the XML holds a DTD (<!DOCTYPE); Office never writes one")
_UNFINISHED = ("prolog-unfinished", "the XML has no first element within its first 64 kB")
_ENCODING = ("xml-encoding", "the XML is in an encoding that Office does not write (only UTF-8 and UTF-16)")


def prolog_fault(head: bytes, *, whole: bool = False) -> tuple[str, str] | None:
    """Return (code, message) where the XML that begins with *head* must be refused.

    What does not begin like XML is no XML and passes. ``prolog-unfinished`` asks for more bytes; with *last*
    it is the verdict.
    """
    if _PLAIN.match(head):
        return None
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        if head[:4] == b"\xff\xfe\x00\x00":
            return _ENCODING
        text = head[: len(head) & ~1].decode("utf-16", errors="replace")
    elif head[:4] in (b"<\x00?\x00", b"<\x00!\x00"):
        text = head[: len(head) & ~1].decode("utf-16-le", errors="replace")
    elif head[:4] in (b"\x00<\x00?", b"\x00<\x00!"):
        text = head[: len(head) & ~1].decode("utf-16-be", errors="replace")
    elif head[:3] == b"\x00\x00\x00" or head[:4] in (b"<\x00\x00\x00", b"\x4c\x6f\xa7\x94"):
        # UTF-32 and EBCDIC. Pictures and fonts may begin with zeros too: what has no "<" there is no XML.
        return _ENCODING if head[:4] in (b"\x00\x00\x00<", b"<\x00\x00\x00", b"\x4c\x6f\xa7\x94") else None
    else:
        text = head.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
    text = text.removeprefix("\ufeff").lstrip(" \t\r\n")
    if not text.startswith("<"):
        return None
    if text.startswith("<?xml"):
        declared = _DECLARED.search(text, 0, max(text.find("?>"), 0))
        if declared and declared[1].lower() not in _ENCODINGS:
            return _ENCODING
    found = _walk(text)
    return None if found is _UNFINISHED and whole else found


def _walk(text: str) -> tuple[str, str] | None:
    at = 0
    while True:
        at = text.find("<", at)
        if at < 0:
            return _UNFINISHED
        if text.startswith("<?", at):
            at = text.find("?>", at)
        elif text.startswith("<!--", at):
            at = text.find("-->", at + 4)
        elif text.startswith("<!", at):
            # Also "<!doctype": a part cut off inside the word is not waited for.
            return _DTD
        else:
            return None if len(text) > at + 1 else _UNFINISHED
        if at < 0:
            return _UNFINISHED
