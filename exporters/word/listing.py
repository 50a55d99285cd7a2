"""The entries of a table of contents, written from the finished headings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from exporters.package.xmltext import attribute
from exporters.word.counting import Mark

_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
          (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


def page_number(number: int, form: str) -> str:
    """Return a page number as its section writes it (ECMA-376 part 1, 17.18.59)."""
    if form in {"lowerRoman", "upperRoman"} and 0 < number < 4000:
        text = ""
        for value, letters in _ROMAN:
            while number >= value:
                text += letters
                number -= value
        return text.upper() if form == "upperRoman" else text
    if form == "numberInDash":
        return f"- {number} -"
    return str(number)


def entries(listing: dict[str, Any], marks: Iterable[Mark], number_of: Callable[[Mark], str]) -> Iterator[str]:
    """Yield the paragraphs of a contents field: its instruction, an entry for each mark, its end."""
    forms: dict[str, Any] = listing["forms"]
    head = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve">'
        f'{attribute(listing["code"])}</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    for mark in marks:
        form = forms.get(str(mark.level))
        if form is None:
            continue
        run, name = form["run"], mark.name
        text = attribute(mark.text)
        if not head:
            yield "</w:p>"
        yield (
            f'<w:p>{form["properties"]}{head}<w:hyperlink w:anchor="{name}" w:history="1">'
            f'<w:r>{run}<w:t xml:space="preserve">{text}</w:t></w:r><w:r>{run}<w:tab/></w:r>'
            f'<w:r>{run}<w:fldChar w:fldCharType="begin"/></w:r>'
            f'<w:r>{run}<w:instrText xml:space="preserve"> PAGEREF {name} \\h </w:instrText></w:r>'
            f'<w:r>{run}<w:fldChar w:fldCharType="separate"/></w:r>'
            f"<w:r>{run}<w:t>{number_of(mark)}</w:t></w:r>"
            f'<w:r>{run}<w:fldChar w:fldCharType="end"/></w:r></w:hyperlink>'
        )
        head = ""
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    if head:
        first = next(iter(forms.values()), {"properties": ""})
        yield f"<w:p>{first['properties']}{head}"
    yield f"{end}</w:p>"
