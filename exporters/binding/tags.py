"""Tags as people type them: ``{{ value }}``, ``{% for %}``, ``{% if %}``, ``{# note #}``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from exporters.binding.examining import EXAMINATION
from exporters.binding.grammar import misread
from exporters.errors import Fault, nearest

Kind = Literal["value", "open", "middle", "close", "set", "comment"]

_OPENING = re.compile(r"\{[{%#]")
_CLOSING = {"{{": "}}", "{%": "%}", "{#": "#}"}
# Where a tag can end, or a quoted string in it can begin. Office turns straight quotes into curly ones while typing.
_NOTABLE = {"{{": re.compile(r"""\}\}|["'“‘]"""), "{%": re.compile(r"""%\}|["'“‘]""")}
_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’"}
_STRAIGHT = str.maketrans(
    {"“": '"', "”": '"', "‘": "'", "’": "'", "\u00a0": " ", "\u3000": " ", "\u200b": "", "\n": " "}
)
# What a Chinese keyboard and Office's own corrections put where a sign of ASCII is meant, outside quoted strings.
_PLAIN = str.maketrans(
    {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    | {"。": ".", "–": "-", "\u2212": "-", "≥": ">=", "≤": "<=", "≠": "!="}
)
_KEYWORDS: dict[str, Kind] = {
    "for": "open", "if": "open", "elif": "middle", "else": "middle", "endfor": "close", "endif": "close", "set": "set",
}  # fmt: skip
# docxtpl's prefixes for a whole paragraph and a whole table row; ours for a slide, a shape and a sheet.
LEVELS = ("p", "tr", "slide", "shape", "sheet")
_STATEMENT = re.compile(r"^[-+]?\s*(?:(p|tr|slide|shape|sheet|r)(?=\s))?\s*([A-Za-z_]+)\b(.*?)[-+]?$", re.DOTALL)
_KNOWN = "known are for, endfor, if, elif, else, endif and set"
_COLUMNS = "columns are not repeated; {%tr for … %} repeats rows"
# docxtpl's mark of a rich text; a value has the look of its tag's first character here.
_RICH = re.compile(r"r\s+(?!(?:and|if|in|is|not|or)\b)(?=\w)")


MAX_LENGTH = 4000
"""Characters of one tag."""
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'" r'|"(?:[^"\\]|\\.)*"')
_QUOTED_OR_NOT = re.compile(rf"({_QUOTED.pattern})|.[^'\"]*", re.DOTALL)
_HIDDEN = re.compile(r"\b_\w+")


class Tag(Struct, frozen=True):
    """One tag: what it does, and where it stands in the scanned text (``start``/``end``, code points)."""

    kind: Kind
    body: str
    """The expression of a value; the whole statement (``for x in xs``) of a statement."""
    keyword: str
    level: str
    start: int
    end: int
    place: str

    @property
    def source(self) -> str:
        """The tag as Jinja text between the compiler's own delimiters."""
        return self.body


def may_hold_tag(text: str) -> bool:
    """Return whether *text* can hold a tag or a piece of one."""
    return "{" in text or "}" in text


def scan(text: str, place: str, faults: list[Fault]) -> list[Tag]:
    """Return the tags of *text* in order; what is not well formed is added to *faults*."""
    if "{" not in text:
        return []
    examination = EXAMINATION.get()
    if examination is not None:
        examination.saw(place, text)
    tags: list[Tag] = []
    last = 0
    for start, end in _spans(text):
        _leftover(text[last:start], place, faults)
        last = end
        tag = _tag(text[start:end], start, end, place, faults)
        if tag is not None:
            tags.append(tag)
    _leftover(text[last:], place, faults)
    return tags


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each tag begins and ends, in time that grows with the text alone, whatever quotes stand in it.

    What closes a tag does not do so inside a quoted string, unless the tag would then never end: a quote may also be
    an apostrophe.
    """
    lasts = {opening: text.rfind(closing) for opening, closing in _CLOSING.items()}
    lonely: set[tuple[str, int]] = set()
    found = _OPENING.search(text)
    while found is not None:
        opening, end = found[0], found.end()
        if lasts[opening] >= end:
            end = text.index("#}", end) + 2 if opening == "{#" else _end(text, end, opening, lasts[opening], lonely)
            yield found.start(), end
        else:
            end = found.start() + 1
        found = _OPENING.search(text, end)


def _end(text: str, at: int, opening: str, last: int, lonely: set[tuple[str, int]]) -> int:
    """Return where the tag ends; its kind closes for the *last* time there, *lonely* quotes are no string's."""
    while True:
        found = _NOTABLE[opening].search(text, at)
        assert found is not None  # strings end before the last place
        at, quote = found.end(), found[0]
        if quote not in _QUOTES:
            return at
        if (quote, last) not in lonely:
            closed = text.find(_QUOTES[quote], at, last)
            if closed < 0:
                lonely.add((quote, last))
            else:
                at = closed + 1


def _leftover(text: str, place: str, faults: list[Fault]) -> None:
    for mark, closing in (("{{", "}}"), ("{%", "%}"), ("{#", "#}")):
        if mark in text:
            excerpt = text[text.index(mark) :][:40]
            faults.append(
                Fault("unclosed-tag", f"the tag “{excerpt}” is not closed", where=place, hint=f"it needs {closing}")
            )


def _tag(raw: str, start: int, end: int, place: str, faults: list[Fault]) -> Tag | None:
    if raw.startswith("{#"):
        return Tag("comment", "", "", "", start, end, place)
    body = _plain(raw[2:-2].translate(_STRAIGHT)).strip()
    if len(body) > MAX_LENGTH:
        message = f"the tag “{raw[:40]}…” has {len(raw):,} characters; at most {MAX_LENGTH:,} are read"
        faults.append(Fault("long-tag", message, where=place))
        return None
    hidden = _HIDDEN.search(_QUOTED.sub("", body))
    if hidden:
        message = f"“{hidden[0]}” is no name that a template can use: names do not begin with “_”"
        faults.append(Fault("unknown-name", message, where=place))
        return None
    if raw.startswith("{{"):
        body = body.strip("-+ ") if body[:1] in "-+" or body[-1:] in "-+" else body
        if not body:
            faults.append(Fault("empty-tag", "the tag {{ }} is empty", where=place, hint="name a value in it"))
            return None
        body = _RICH.sub("", body, count=1) if _RICH.match(body) else body
        _read(raw, body, "", place, faults)
        return Tag("value", body, "", "", start, end, place)
    match = _STATEMENT.match(body)
    keyword = match[2] if match else ""
    if match is None or keyword not in _KEYWORDS:
        hint = _COLUMNS if keyword == "tc" else nearest(keyword, _KEYWORDS) or _KNOWN
        faults.append(Fault("unknown-tag", f"unknown tag “{raw[:40]}”", where=place, hint=hint))
        return None
    statement = f"{keyword} {match[3].strip()}".strip()
    _read(raw, statement, keyword, place, faults)
    level = match[1] if match[1] in LEVELS else ""
    return Tag(_KEYWORDS[keyword], statement, keyword, level, start, end, place)


def _plain(body: str) -> str:
    """Return a tag's words in the signs of ASCII; quoted strings stay as they are."""
    return body if body.isascii() else _QUOTED_OR_NOT.sub(lambda found: found[1] or found[0].translate(_PLAIN), body)


def _read(raw: str, body: str, keyword: str, place: str, faults: list[Fault]) -> None:
    wrong = misread(body, keyword)
    if wrong is not None:
        faults.append(Fault("syntax", f"the tag “{raw[:60]}”: {wrong[0]}", where=place, hint=wrong[1]))


def quoted_tag(text: str, message: str) -> str:
    """Return the tag of *text* that *message* tells or quotes from (“name”), or the only one; else nothing."""
    tags = [text[start:end] for start, end in _spans(text)]
    for word in re.findall("“([^”]+)”", message):
        whole = re.compile(rf"(?<![\w.]){re.escape(word)}(?!\w)|\.{re.escape(word)}(?!\w)")
        for tag in tags:
            if whole.search(tag):
                return str(tag)
        if word.startswith(("{{", "{%", "{#")) and word in text:
            return str(word)
    told = [tag for tag in tags if tag in message]
    return str((told or tags)[0]) if told or len(tags) == 1 else ""


def moved(tag: Tag, by: int) -> Tag:
    """Return *tag* with its offsets moved."""
    return replace(tag, start=tag.start + by, end=tag.end + by)
