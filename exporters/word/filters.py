"""What the generated program calls: values as text of a part, names and ids that are unique in the document."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from hashlib import blake2b
from typing import Any

from jinja2 import pass_context

from exporters.binding.environment import Sandbox, sandbox
from exporters.binding.missing import worded
from exporters.binding.views import Absent
from exporters.word.anchors import GAP, LONGEST_ALIAS, LONGEST_SPELT, abridged, shortened, spelling
from exporters.word.forms import Form

_KEPT = 4096
# "_bp_r" and four digits leave this much of the 40 characters that a bookmark's name may have.
_LONGEST_SUFFIX = 31
_BREAK = '</w:t><w:br/><w:t xml:space="preserve">'
_SPECIAL = b"&<>\n\t\r"
_VIEWS = Sandbox.direct
_TAB = '</w:t><w:tab/><w:t xml:space="preserve">'


def outside(value: Any) -> str:
    """Return a value as text of a run."""
    return escaped(value if type(value) is str else worded(value))


def escaped(text: str) -> str:
    """Return *text* escaped, line breaks and tabs as Word writes them."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if "\n" in text or "\t" in text or "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", _TAB).replace("\n", _BREAK)
    return text


def _missing(record: Absent | None, above: Any, child: str) -> str:
    """Return the key of a record that is not there: its own, or its owner's and its own name."""
    if record is not None:
        return record.key
    return f"{above.key}{child}" if above is not None else "absent"


class _Texts(dict[str, str]):
    """The octets of escaped texts, worked out once; emptied now and then, for texts recur close to each other."""

    def __missing__(self, text: str) -> str:
        if len(self) > _KEPT:
            self.clear()
        data = text.encode("utf-8", "surrogatepass")
        if len(data.translate(None, _SPECIAL)) < len(data):
            data = escaped(text).encode("utf-8", "surrogatepass")
        found = self[text] = data.decode("latin-1")
        return found


class _Spelling:
    """How bookmarks spell the keys of records.

    The beginning of a key is its place; what is behind its first dot is what thousands of places have in common.
    """

    def __init__(self) -> None:
        self._starts: dict[str, str] = {}
        self._marks: dict[str, str] = {}
        self._wholes = bytearray()
        """As octets: a dictionary of a hundred thousand keys takes four times the room."""

    def speller(self, form: Form) -> Callable[[str], str]:
        """Return what spells values in this *form* by their record's key.

        It gives nothing for keys that no control can hold, and for such as XML would have to escape.
        """
        starts = self._starts
        endings: list[dict[str, str]] = [{} for _ in range(LONGEST_SPELT + 1)]
        """How what is behind a place is spelt, by the length of the place as it is spelt."""

        def spelt(key: str) -> str:
            place, _, ending = key.partition(".")
            try:
                start = starts[place]
                return start + endings[len(start)][ending]
            except LookupError:
                return anew(key, place, ending)

        def anew(key: str, place: str, ending: str) -> str:
            whole = spelling(key)
            if not whole or len(key) > form.longest:
                return ""
            if len(starts) > _KEPT:
                starts.clear()
            start = starts[place] = spelling(place)
            if not form.tail_spelt:
                name = self.abridged(key + form.tail, LONGEST_SPELT)
            else:
                name = (whole if len(whole) <= form.room else self.abridged(key, form.room)) + form.tail_spelt
            # A digest may stand for the whole key.
            if name.startswith(start) and len(start) + len(GAP) + len(ending) <= form.longest:
                known = endings[len(start)]
                if len(known) > _KEPT:
                    known.clear()
                known[ending] = name[len(start) :]
            return name

        return spelt

    def abridged(self, key: str, room: int) -> str:
        """Return what stands for a key in *room* characters where it cannot be spelt; its digest is noted."""
        place, _, ending = key.partition(".")
        start, mark = self._starts.get(place), self._marks.get(ending)
        if start and mark and len(start) + len(GAP) + len(mark) <= room:
            return f"{start}{GAP}{mark}"
        name, digest, meaning = abridged(key, room)
        if meaning == key:
            self._wholes += f"{digest}={key}\0".encode()
        else:
            self._marks[meaning] = digest
        return name

    def shortened(self, key: str) -> str:
        """Return a control's alias for a key that is longer than Word allows; its digest is noted."""
        alias, digest = shortened(key)
        self._wholes += f"{digest}={key}\0".encode()
        return alias

    def digests(self) -> dict[str, str]:
        """Return what each digest stands for."""
        pairs = (entry.partition("=") for entry in self._wholes.decode().split("\0"))
        found = {digest: key for digest, equals, key in pairs if equals}
        return found | {digest: ending for ending, digest in self._marks.items()}


class Names:
    """Counters of one document."""

    def __init__(self, first_id: int, notes: dict[str, int]) -> None:
        self._ids = itertools.count(first_id)
        self._notes = dict(notes)
        self._sequences: dict[str, int] = {}
        self._spelling = _Spelling()

    @property
    def digests(self) -> dict[str, str]:
        """The keys and ends of keys that bookmarks cannot spell, by what stands there for them."""
        return self._spelling.digests()

    def saved(self) -> dict[str, int]:
        """Return how far each sequence has counted."""
        return dict(self._sequences)

    def restore(self, sequences: dict[str, int]) -> None:
        self._sequences = sequences

    def filters(self, forms: list[Form], count: Callable[[str], None]) -> dict[str, Any]:
        """Return the filters; *count* takes the words of the flow."""
        next_id, abridge, shorten = self._ids.__next__, self._spelling.abridged, self._spelling.shortened
        spellers = {form.tail: self._spelling.speller(form) for form in forms}
        take = sandbox().getattr

        def counted(value: Any) -> str:
            text = outside(value)
            count(text if "&" not in text and "<" not in text else str(value))
            return text

        def control(value: Any, number: int, record: Any, above: Any) -> str:
            form = forms[number]
            words = value if type(value) is str else worded(value)
            if form.flow:
                count(words)
            key: str = record.key if record is not None else _missing(None, above, form.child)
            alias, at = key + form.tail, next_id()
            name = spellers[form.tail](key)
            if not name:
                alias = alias if len(alias) <= LONGEST_ALIAS else shorten(alias)
                name = abridge(alias, LONGEST_SPELT)
            return (
                f"{form.start}{at}{form.named}{at:x}_{name}{form.aliased}{escaped(alias)}{form.begun}{escaped(words)}"
                f"{form.ended}{at}{form.closed}"
            )

        def field(record: Any, name: str, number: int, above: Any) -> str:
            form = forms[number]
            return control((record is not None and take(record, name)) or form.dash, number, record, above)

        # Without the context, Jinja2 would call a filter of a constant while it compiles.
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
            "_control": control,
            "_field": field,
            # Written into the program (inlining.py); these are what it uses.
            "_mark": None,
            "_unmark": None,
            "_table": None,
            "_own": None,
            "_end": None,
            "_inside": None,
            "_absent": Absent,
            "_missing": _missing,
            "_next": next_id,
            "_count": count,
            "_texts": _Texts(),
            "_id": pass_context(lambda _context, _: str(next_id())),
            "_note": note,
            "_seq": sequence,
            "_seq_near": near,
            "_anchor": anchor,
            "_fresh": pass_context(lambda _context, _: set()),
        } | {speller_of(number): spellers[form.tail] for number, form in enumerate(forms)}


def speller_of(form: int) -> str:
    """Return the name of the filter that spells values in the form of that number."""
    return f"_spelt{form}"


def anchor(record: Any, outer: str, seen: set[str]) -> str:
    """Return the suffix of names at one turn of a loop; *seen* are those of the turns before."""
    here = record.anchor if record.__class__ in _VIEWS else f"n{len(seen)}"
    if here in seen:
        here = f"{here}n{len(seen)}"
    seen.add(here)
    text = f"{outer}_{here}"
    if len(text) > _LONGEST_SUFFIX:
        text = "_" + blake2b(text.encode(), digest_size=12).hexdigest()
    return text
