"""What the generated program calls: values as text of a part, names and ids that are unique in the document."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Any

from jinja2 import pass_context

from exporters.binding.environment import Sandbox, sandbox
from exporters.binding.generating import octets
from exporters.binding.missing import worded
from exporters.binding.views import Absent
from exporters.word.anchors import LONGEST_ALIAS, LONGEST_SPELT, abridged, shortened, spelling
from exporters.word.forms import Form

_KEPT = 4096
# "_bp_r" and four digits leave this much of the 40 characters that a bookmark's name may have.
_LONGEST_SUFFIX = 31
_BREAK = '</w:t><w:br/><w:t xml:space="preserve">'
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
        plain = text.isprintable() and "&" not in text and "<" not in text and ">" not in text
        found = text if plain else escaped(text)
        # As octets() does.
        found = self[text] = found if found.isascii() else found.encode("utf-8", "surrogatepass").decode("latin-1")
        return found


class _Places(dict[str, "tuple[str, list[_Endings]] | None"]):
    """How bookmarks spell places, and by a form's number what follows; None for places that they cannot spell."""

    def __init__(self, forms: Sequence[Form], abridge: Callable[[str, int], str]) -> None:
        self._forms, self._abridge = forms, abridge
        self._behind: dict[int, list[_Endings]] = {}

    def __missing__(self, place: str) -> tuple[str, list[_Endings]] | None:
        if len(self) > _KEPT:
            self.clear()
        start = spelling(place)
        found = self[place] = (start, self._endings(len(start))) if 0 < len(start) <= LONGEST_SPELT else None
        return found

    def _endings(self, length: int) -> list[_Endings]:
        if length not in self._behind:
            self._behind[length] = [_Endings(form, "x" * length, self._abridge) for form in self._forms]
        return self._behind[length]


class _Endings(dict[str, str]):
    """What stands between places so long as this *place* and the alias of values in one form.

    It is found by what is behind the first dot of their record's key: nothing where it depends on the place itself.
    """

    def __init__(self, form: Form, place: str, abridge: Callable[[str, int], str]) -> None:
        self._form, self._place, self._abridge = form, place, abridge

    def __missing__(self, ending: str) -> str:
        if len(self) > _KEPT:
            self.clear()
        place = self._place
        name = _name(f"{place}.{ending}" if ending else place, self._form, self._abridge)
        found = self[ending] = name[len(place) :] + octets(self._form.aliased) if name.startswith(place) else ""
        return found


def _name(key: str, form: Form, abridge: Callable[[str, int], str]) -> str:
    """Return how bookmarks spell a value in a form by its record's key.

    That is nothing for keys that no control can hold, and for such as XML would have to escape.
    """
    whole = spelling(key)
    if not whole or len(key) > form.longest:
        return ""
    if not form.tail_spelt:
        return abridge(key + form.tail, LONGEST_SPELT)
    return (whole if len(whole) <= form.room else abridge(key, form.room)) + form.tail_spelt


class _Spelling:
    """How bookmarks spell the keys of records.

    The beginning of a key is its place; what is behind its first dot is what thousands of places have in common.
    """

    def __init__(self) -> None:
        self._marks: dict[str, str] = {}
        self._wholes = bytearray()
        """As octets: a dictionary of a hundred thousand keys takes four times the room."""

    def places(self, forms: Sequence[Form]) -> _Places:
        """Return how values in these *forms* are spelt."""
        return _Places(forms, self._shared)

    def abridged(self, key: str, room: int) -> str:
        """Return what stands for a key in *room* characters where it cannot be spelt; its digest is noted."""
        name = self._shared(key, room)
        if not name:
            name, digest, _ = abridged(key, room)
            self._wholes += f"{digest}={key}\0".encode()
        return name

    def _shared(self, key: str, room: int) -> str:
        """Return the same; nothing where the digest would stand for the whole key."""
        name, digest, meaning = abridged(key, room)
        if meaning == key:
            return ""
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
        self._tens = itertools.count(-(-first_id // 10))
        """Each gives ten ids: a digit stands behind it."""
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
        tens, abridge, shorten = self._tens, self._spelling.abridged, self._spelling.shortened
        take = sandbox().getattr

        def alone() -> str:
            return f"{next(tens)}0"

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
            alias, at = key + form.tail, alone()
            name = _name(key, form, abridge)
            if not name:
                alias = alias if len(alias) <= LONGEST_ALIAS else shorten(alias)
                name = abridge(alias, LONGEST_SPELT)
            return (
                f"{form.start}{at}{form.named}{at}_{name}{form.aliased}{escaped(alias)}{form.begun}{escaped(words)}"
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
            "_numbers": tens,
            "_count": count,
            "_texts": _Texts(),
            "_places": self._spelling.places(forms),
            "_id": pass_context(lambda _context, _: alone()),
            "_note": note,
            "_seq": sequence,
            "_seq_near": near,
            "_anchor": anchor,
            "_fresh": pass_context(lambda _context, _: set()),
        }


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
