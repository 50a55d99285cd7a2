"""Part names: when two are the same, and which are no names of parts (ECMA-376 part 2, clause 6.2.2)."""

from __future__ import annotations


def unquoted(name: str) -> str:
    """Return a part name with percent signs resolved: zips hold non-ASCII names both ways."""
    if "%" not in name:
        return name
    from urllib.parse import unquote

    return unquote(name)


def fold_name(name: str) -> str:
    """Return the form under which two part names are the same: without case, percent signs, normal forms."""
    if name.isascii():
        return unquoted(name).casefold() if "%" in name else name.lower()
    import unicodedata

    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", unquoted(name)).casefold())


def name_fault(name: str, longest: int) -> str:
    """Return why *name* is no part name; empty where it is one. *longest* is in characters."""
    if not name:
        return "the name is empty"
    if len(name) > longest:
        return f"the name has more than {longest} characters"
    plain = unquoted(name)
    if plain[0] == "/" or "\\" in plain or plain[1:2] == ":":
        return "the name is an absolute path or holds a backslash"
    if "." in plain or "//" in plain:
        segments = plain.removesuffix("/").split("/")
        if ".." in segments or "." in segments or "" in segments:
            return "the name leads out of the package ('..') or has an empty step"
    if not plain.isprintable():
        return "the name holds control or direction characters"
    return ""
