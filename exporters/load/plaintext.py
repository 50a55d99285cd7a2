"""Bytes of a text file -> text, with every byte and character that a dataset cannot hold named by its line."""

from __future__ import annotations

import codecs
import re

from exporters.model import forbidden_character

from .document import Misfit, SourceText, Spot, UnreadableError

_WIDE_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
BOM = codecs.BOM_UTF8
MAX_SPELT = 50
# YAML 1.1 takes these for line breaks, so a text would come back changed.
_HIDDEN_BREAK = re.compile("[\u2028\u2029]")


def decode(raw: bytes) -> str:
    """Return the text of *raw* without a byte order mark; raise UnreadableError if it is not UTF-8 or says nothing."""
    for mark, name in _WIDE_MARKS.items():
        if raw.startswith(mark):
            raise UnreadableError(Misfit(Spot("line 1"), "encoding", f"the file is {name}", "save it as UTF-8"))
    try:
        text = raw.removeprefix(BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        excerpt = raw.split(b"\n")[line - 1].decode("utf-8", "replace").strip()[:200]
        message = f"byte 0x{error.object[error.start]:02X} is not UTF-8"
        hint = "the file looks like GBK; save it as UTF-8" if _is_gbk(raw) else "save the file as UTF-8"
        raise UnreadableError(Misfit(Spot(f"line {line}", excerpt, (line,)), "encoding", message, hint)) from None
    if not text.strip():
        raise UnreadableError(Misfit(Spot(""), "empty-file", "the file is empty"))
    return text


def refuse_forbidden(source: SourceText, *, hidden_breaks: bool = False) -> tuple[str, list[Misfit]]:
    """Return the text with every forbidden character replaced (offsets stay), and a misfit for each of them.

    With *hidden_breaks*, U+2028 and U+2029 are refused as well.
    """
    text = source.text.replace("\r\n", "\n\n")
    if "\r" in text and "\n" not in text:
        message = "its lines end in the single CR of old Macintosh files"
        raise UnreadableError(Misfit(Spot("line 1"), "encoding", message, "save it with LF or CR LF line ends"))
    misfits: list[Misfit] = []
    parts: list[str] = []
    at = 0
    while (offset := _next_forbidden(text, at, hidden_breaks)) is not None:
        if len(misfits) >= MAX_SPELT:
            more = Misfit(source.spot(offset), "control-character", "and more such characters")
            raise UnreadableError(*misfits, more)
        misfits.append(_forbidden_misfit(source, offset))
        parts += [source.text[at:offset], "\ufffd"]
        at = offset + 1
    return ("".join(parts) + source.text[at:], misfits) if misfits else (source.text, [])


def _next_forbidden(text: str, start: int, hidden_breaks: bool) -> int | None:
    control = forbidden_character(text, start)
    hidden = _HIDDEN_BREAK.search(text, start) if hidden_breaks else None
    found = ([control[0]] if control else []) + ([hidden.start()] if hidden else [])
    return min(found, default=None)


def _forbidden_misfit(source: SourceText, offset: int) -> Misfit:
    spot = source.spot(offset)
    character = source.text[offset]
    column = offset - source.text.rfind("\n", 0, offset)
    message = f"character U+{ord(character):04X} in column {column} cannot stand in an Office file"
    if _HIDDEN_BREAK.match(character):
        message = f"hidden line break U+{ord(character):04X} in column {column}, which YAML would take for a space"
    excerpt = "".join("\ufffd" if forbidden_character(one) else one for one in spot.excerpt)
    hint = (
        f"delete it, or write \\u{ord(character):04x} in double quotes"
        if _HIDDEN_BREAK.match(character)
        else "delete it"
    )
    return Misfit(Spot(spot.where, excerpt, spot.order), "control-character", message, hint)


def _is_gbk(raw: bytes) -> bool:
    try:
        raw.decode("gbk")
    except UnicodeDecodeError:
        return False
    return True
