"""What the generated program calls: values as text of a part, names and ids that are unique in the document."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from hashlib import blake2b
from typing import Any

from jinja2 import pass_context

from exporters.binding.environment import sandbox
from exporters.binding.views import Absent, View
from exporters.word.anchors import LONGEST_SPELT, PLAIN, spelt

_LONGEST_ALIAS = 64
_KEPT = 4096
_UNSPELT = "-" * 64
# "_bp_r" and four digits leave this much of the 40 characters that a bookmark's name may have.
_LONGEST_SUFFIX = 31
_BREAK = '</w:t><w:br/><w:t xml:space="preserve">'
_SPECIAL = re.compile(r"[&<>\n\t\r]").search
_TAB = '</w:t><w:tab/><w:t xml:space="preserve">'


def outside(value: Any) -> str:
    """Return a value as text of a run."""
    return escaped(value if type(value) is str else _worded(value))


def escaped(text: str) -> str:
    """Return *text* escaped, line breaks and tabs as Word writes them."""
    if text.isalnum() or _SPECIAL(text) is None:
        return text
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if "\n" in text or "\t" in text or "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", _TAB).replace("\n", _BREAK)
    return text


def _worded(value: Any) -> str:
    return "" if value is None or isinstance(value, Absent) else str(value)


def _missing(above: Any, child: str) -> str:
    """Return the key of a record that is not there: its owner's key and its own name."""
    return above.key + child if above is not None else "absent"


def _table(text: str) -> str:
    return text if "<w:tr" in text else ""


def _plan(pieces: list[Any]) -> tuple[Any, ...]:
    """Return how a value is written: pieces of XML, what stands behind the record's key, and how that is spelt."""
    *xml, tail, child, flow, _ = pieces
    spelling = spelt("a" + tail)
    plain = spelling[0] != "_"
    return *xml, tail, child, flow, spelling[1:], LONGEST_SPELT - len(spelling) + 1 if plain else -1


class Names:
    """Counters of one document."""

    def __init__(self, first_id: int, notes: dict[str, int]) -> None:
        self._ids = itertools.count(first_id)
        self._notes = dict(notes)
        self._sequences: dict[str, int] = {}
        self._opened: list[int] = []
        self.digests: dict[str, str] = {}
        """Keys of values that their bookmarks cannot spell, by what stands there for them."""

    def saved(self) -> dict[str, int]:
        """Return how far each sequence has counted."""
        return dict(self._sequences)

    def restore(self, sequences: dict[str, int]) -> None:
        self._sequences = sequences

    def filters(self, controls: list[list[Any]], count: Callable[[str], None]) -> dict[str, Callable[..., Any]]:
        """Return the filters; *count* takes the words of the flow."""
        next_id, opened, digests = self._ids.__next__, self._opened, self.digests
        plans = [_plan(one) for one in controls]
        dashes = [one[-1] for one in controls]
        spellings: dict[str, str] = {}
        texts: dict[str, str] = {}
        direct, take = sandbox().direct, sandbox().getattr

        def counted(value: Any) -> str:
            text = outside(value)
            count(text if "&" not in text and "<" not in text else str(value))
            return text

        def control(value: Any, number: int, record: Any, above: Any) -> str:
            return write(value, number, record, above)

        def field(record: Any, name: str, number: int, above: Any) -> str:
            if type(record) in direct:
                return write(getattr(record, name) or dashes[number], number, record, above)
            return write((None if record is None else take(record, name)) or dashes[number], number, record, above)

        def write(value: Any, number: int, record: Any, above: Any) -> str:
            start, named, aliased, begun, ended, closed, tail, child, flow, tail_spelt, room = plans[number]
            words = value if type(value) is str else _worded(value)
            if flow:
                count(words)
            text = texts.get(words)
            if text is None:
                if len(texts) > _KEPT:
                    texts.clear()
                text = texts[words] = escaped(words)
            key: str = record.key if record is not None else _missing(above, child)
            alias = key + tail
            known = spellings.get(key)
            if known is None:
                if len(spellings) > _KEPT:
                    spellings.clear()
                plain = PLAIN(key) is not None
                known = spellings[key] = key.replace("-", "__").replace(".", "_") if plain else _UNSPELT
            at = next_id()
            if len(known) <= room:
                return (
                    f"{start}{at}{named}{at:x}_{known}{tail_spelt}{aliased}{alias}{begun}{text}{ended}{at}{closed}"
                )
            if len(alias) > _LONGEST_ALIAS:
                alias = shortened(alias)
            digest = blake2b(alias.encode(), digest_size=8).hexdigest()
            digests[digest] = alias
            return f"{start}{at}{named}{at:x}__{digest}{aliased}{escaped(alias)}{begun}{text}{ended}{at}{closed}"

        # Without the context, Jinja2 would call a filter of a constant while it compiles.
        @pass_context
        def mark(_context: Any, name: str, suffix: str) -> str:
            at = next_id()
            opened.append(at)
            return f'<w:bookmarkStart w:id="{at}" w:name="{name}{suffix}"/>'

        @pass_context
        def unmark(_context: Any, _: Any) -> str:
            return f'<w:bookmarkEnd w:id="{opened.pop()}"/>'

        @pass_context
        def note(_context: Any, kind: str) -> str:
            found = self._notes[kind]
            self._notes[kind] = found + 1
            return str(found)

        @pass_context
        def sequence(_context: Any, name: str, restart: int | None = None) -> str:
            found = restart if restart is not None else self._sequences.get(name, 0) + 1
            self._sequences[name] = found
            return counted(found)

        @pass_context
        def near(_context: Any, name: str, ahead: int, label: str) -> str:
            return counted(f"{label}{self._sequences.get(name, 0) + ahead}")

        return {
            "_v": counted,
            "_x": outside,
            "_raw": lambda value: value,
            "_table": _table,
            "_control": control,
            "_field": field,
            "_mark": mark,
            "_unmark": unmark,
            "_id": pass_context(lambda _context, _: str(next_id())),
            "_note": note,
            "_seq": sequence,
            "_seq_near": near,
            "_anchor": anchor,
            "_fresh": pass_context(lambda _context, _: set()),
        }


def shortened(key: str) -> str:
    """Return a control's alias for a key that is longer than Word allows."""
    digest = blake2b(key.encode(), digest_size=5).hexdigest()
    return f"{key[: _LONGEST_ALIAS - 11]}~{digest}"


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
