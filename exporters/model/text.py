"""Text as data: what may stand in it, and the same text in two languages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, model_validator

Lang = Literal["zh", "en"]

# XML 1.0 (clause 2.2) has no place for these, Office repairs or refuses a file that holds them; bidirectional
# overrides make a number read differently from what it is; U+FDD0..FDEF are noncharacters, which the template
# compiler uses as its own delimiters.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(1, 17))
    + "]"
)


def forbidden_character(text: str, start: int = 0) -> tuple[int, str] | None:
    """Return (offset, ``U+XXXX``) of the first character from *start* that no Office file can hold, or None."""
    found = _FORBIDDEN.search(text, start)
    return (found.start(), f"U+{ord(found[0]):04X}") if found else None


def _clean(text: str) -> str:
    found = forbidden_character(text)
    if found:
        raise ValueError(f"character {found[1]} at position {found[0] + 1} cannot stand in an Office file")
    return text


# Office's own limit for a cell; longer texts would be cut silently.
MAX_TEXT = 32_767

PlainText = Annotated[str, StringConstraints(max_length=MAX_TEXT), AfterValidator(_clean)]
Line = Annotated[PlainText, StringConstraints(min_length=1, pattern=r"^[^\n\t]*$")]
# With the longest field name a key (record id + field) stays within the 64 characters of a Word control's alias.
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9._-]{0,46}[a-z0-9])?$")]


_SHARED: dict[frozenset[str], set[str]] = {}
R = TypeVar("R", bound="Record")


class Record(BaseModel):
    """Base of everything known: frozen, and nothing unknown is let in."""

    # Built at first use: most kinds of record are only ever read as parts of a dataset.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    def model_post_init(self, _context: Any) -> None:
        fields = self.__dict__
        object.__delattr__(self, "__dict__")
        _fill(self, fields.items(), self.__pydantic_fields_set__)

    def __reduce__(self) -> str | tuple[Any, ...]:
        said = self.__dict__
        return revived, (type(self), tuple([said[name] for name in _fields(type(self))]), self.__pydantic_fields_set__)


def _fields(kind: type[Record]) -> Iterable[str]:
    return kind.__pydantic_fields__


def _fill(record: Record, fields: Iterable[tuple[str, Any]], names: set[str]) -> None:
    put = object.__setattr__
    # Records that name the same fields share one set of the names: a third of a large dataset's memory.
    put(record, "__pydantic_fields_set__", _SHARED.setdefault(frozenset(names), names))
    # Set one by one, records of a kind share the keys of their dictionaries too: a quarter of what is left.
    for name, value in fields:
        put(record, name, value)


def revived(kind: type[R], values: Iterable[Any], names: set[str]) -> R:
    """Return the record of *kind* with *values*, in the order of its fields, of which *names* were given.

    Nothing is checked: this is for what was a record before, and for constants.
    """
    record = kind.__new__(kind)
    object.__setattr__(record, "__pydantic_extra__", None)
    object.__setattr__(record, "__pydantic_private__", None)
    _fill(record, zip(_fields(kind), values, strict=True), names)
    return record


class Text(Record):
    """A text in Chinese, in English, or both. A plain string in the data stands for the Chinese."""

    zh: PlainText = ""
    en: PlainText = ""

    @model_validator(mode="before")
    @classmethod
    def _from_plain(cls, value: Any) -> Any:
        return {"zh": value} if isinstance(value, str) else value

    def __reduce__(self) -> str | tuple[Any, ...]:
        # By its name: what says nothing is told from other texts by being this one.
        return "EMPTY" if self is EMPTY else super().__reduce__()

    def __bool__(self) -> bool:
        # Most texts are the one that stands for none; a record's attributes take ten times as long as to see that.
        if self is EMPTY:
            return False
        said: dict[str, str] = self.__dict__
        return said["zh"] != "" or said["en"] != ""

    def in_(self, lang: Lang) -> str:
        """Return the text in *lang*, else in the other language; never an empty string if one is known."""
        if self is EMPTY:
            return ""
        said: dict[str, str] = self.__dict__
        return said[lang] or said["zh"] or said["en"]


def _said(value: Text) -> Text:
    if not value:
        raise ValueError("must not be empty")
    return value


# Checking a first text would build pydantic's schema of it, which a dataset that was checked before does not need.
EMPTY = revived(Text, ("", ""), set())
Said = Annotated[Text, AfterValidator(_said)]
"""A text that may not be empty."""
