"""Text as data: what may stand in it, and the same text in two languages."""

import re
from typing import Annotated, Any, ClassVar, Literal

from .forms import After, Limits, Record

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

PlainText = Annotated[str, Limits(max_length=MAX_TEXT), After(_clean)]
# With the longest field name a key (record id + field) stays within the 64 characters of a Word control's alias.
Id = Annotated[str, Limits(pattern=r"^[a-z0-9]([a-z0-9._-]{0,46}[a-z0-9])?$")]


class Text(Record, frozen=True, kw_only=True):
    """A text in Chinese, in English, or both. A plain string in the data stands for the Chinese."""

    short_form: ClassVar[str] = "zh"
    zh: PlainText = ""
    en: PlainText = ""

    @classmethod
    def made(cls, fields: dict[str, Any]) -> "Text":
        # A field that is left out holds this one too: equal datasets have equal canonical bytes.
        return cls(**fields) if any(fields.values()) else EMPTY

    def __bool__(self) -> bool:
        return self.zh != "" or self.en != ""

    def in_(self, lang: Lang) -> str:
        """Return the text in *lang*, else in the other language; never an empty string if one is known."""
        return (self.zh or self.en) if lang == "zh" else (self.en or self.zh)


def _said(value: Text) -> "Text":
    if not value:
        raise ValueError("must not be empty")
    return value


EMPTY = Text()
Said = Annotated[Text, After(_said)]
"""A text that may not be empty."""
