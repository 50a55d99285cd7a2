"""What the generated program calls: values as text of a part, names and ids that are unique in the document."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from typing import Any

from jinja2 import pass_context
from markupsafe import Markup, escape

from exporters.binding.views import Absent, View
from exporters.word.anchors import digest_of, value_bookmark

_LONGEST_ALIAS = 64
# "_bp_r" and four digits leave this much of the 40 characters that a bookmark's name may have.
_LONGEST_SUFFIX = 31
_BREAK = '</w:t><w:br/><w:t xml:space="preserve">'
_TAB = '</w:t><w:tab/><w:t xml:space="preserve">'


def filters_of_text(count: Callable[[str], None] | None) -> dict[str, Callable[..., Any]]:
    """Return the filters that make text; *count* takes what the page count must know."""

    def outside(value: Any) -> str:
        if value is None or isinstance(value, Absent):
            return Markup("")
        text: str = escape(value)
        if "\n" in text or "\t" in text or "\r" in text:
            plain = str(text).replace("\r\n", "\n").replace("\r", "\n").replace("\t", _TAB)
            text = Markup(plain.replace("\n", _BREAK))
        return text

    def counted(value: Any) -> str:
        text = outside(value)
        assert count is not None
        count("" if not text else str(value))
        return text

    return {"_v": counted if count else outside, "_x": outside, "_raw": lambda value: value, "_table": _table}


def _table(text: str) -> str:
    return text if "<w:tr" in text else Markup("")


class Names:
    """Counters of one document. While ``dry`` is set nothing is kept of what is written."""

    def __init__(self, first_id: int, notes: dict[str, int]) -> None:
        self._next_id = first_id
        self._notes = dict(notes)
        self._sequences: dict[str, int] = {}
        self._named = 0
        self.digests: dict[str, str] = {}
        """Keys of values that their bookmarks cannot spell, by what stands there for them."""
        self.dry = False

    def saved(self) -> tuple[int, dict[str, int], dict[str, int]]:
        return self._next_id, dict(self._notes), dict(self._sequences)

    def restore(self, state: tuple[int, dict[str, int], dict[str, int]]) -> None:
        self._next_id, self._notes, self._sequences = state

    def filters(self, counted: Callable[[Any], str]) -> dict[str, Callable[..., Any]]:
        # Without the context, Jinja2 would call a filter of a constant while it compiles.
        @pass_context
        def number(_context: Any, _: Any) -> int:
            self._next_id += 1
            return self._next_id

        @pass_context
        def note(_context: Any, kind: str) -> int:
            found = self._notes[kind]
            self._notes[kind] = found + 1
            return found

        @pass_context
        def sequence(_context: Any, name: str, restart: int | None = None) -> str:
            found = restart if restart is not None else self._sequences.get(name, 0) + 1
            self._sequences[name] = found
            return counted(found)

        @pass_context
        def near(_context: Any, name: str, ahead: int, label: str) -> str:
            return counted(f"{label}{self._sequences.get(name, 0) + ahead}")

        def named(key: str | None, tail: str, w: str) -> str:
            text = alias(key, tail)
            self._next_id += 1
            self._named = at = self._next_id
            digest = digest_of(text)
            if digest:
                self.digests[digest] = text
            return Markup(
                f'{at}" {w}:name="{value_bookmark(text, at)}"/><{w}:sdt><{w}:sdtPr><{w}:alias {w}:val="{escape(text)}'
            )

        return {
            "_named": named,
            "_named_id": pass_context(lambda _context, _: self._named),
            "_id": number,
            "_note": note,
            "_seq": sequence,
            "_seq_near": near,
            "_alias": alias,
            "_anchor": anchor,
            "_fresh": pass_context(lambda _context, _: set()),
        }


def alias(key: str | None, tail: str) -> str:
    """Return a control's alias: key and field, at most 64 characters as Word allows."""
    text = f"{key}{tail}" if key else tail[1:]
    if len(text) > _LONGEST_ALIAS:
        digest = blake2b(text.encode(), digest_size=5).hexdigest()
        text = f"{text[: _LONGEST_ALIAS - 11]}~{digest}"
    return text


def anchor(record: Any, outer: str, seen: set[str]) -> str:
    """Return the suffix of names at one turn of a loop; *seen* are those of the turns before."""
    here = record.anchor if isinstance(record, View) and not isinstance(record, Absent) else f"n{len(seen)}"
    if here in seen:
        here = f"{here}n{len(seen)}"
    seen.add(here)
    text = f"{outer}_{here}"
    if len(text) > _LONGEST_SUFFIX:
        text = "_" + blake2b(text.encode(), digest_size=12).hexdigest()
    return text
