"""Formulas and links that start a program (Dynamic Data Exchange) when a workbook is opened and its reader says yes."""

from __future__ import annotations

import re
from collections.abc import Iterator

#: An element with a formula, and what stands in it up to the next element; comments may.
_FORMULA = re.compile(rb"<(?:\w+:)?(?:f|definedName|formula[12]?)(?=[\s>])[^<>]*>([^<]*(?:<[!?][^<]*)*)</")
#: The sign between a program and its topic, also written as a number; alone in a text it is none.
_SIGN = re.compile(rb'\|(?<!"\|)(?<!&quot;\|)(?!"|&quot;)|&#(?:0*124|[xX]0*7[cC]);')
_WRAPPING = re.compile(rb"<!--.*?-->|<!\[CDATA\[|\]\]>|<\?.*?\?>", re.DOTALL)
_TEXTS = (b"<t>", b"<v>")
_TEXT = re.compile(r'"(?:[^"]|"")*"')
_CALL = re.compile(r"(?:^|[=(,+\-*/&;<>])\s*(?:'[\w. ]{1,255}'|[\w.]{1,255})\|(?:'[^']*'|[\w.$]+)!")
_LINK = re.compile(rb"<(?:\w+:)?ddeLink[\s/>]")
#: Characters of a formula, as Excel has it.
LONGEST = 8192


def _formulas(data: bytes) -> Iterator[re.Match[bytes]]:
    """Yield the formulas of a part that a sign may stand in; most signs stand in other texts."""
    if b"<!" in data or data.count(b"<?") > 1:
        yield from _FORMULA.finditer(data)
        return
    for sign in (b"|", b"&#"):
        at = data.find(sign)
        while at >= 0:
            start = data.rfind(b"<", 0, at)
            if data[start : start + 3] not in _TEXTS and (found := _FORMULA.match(data, start)) is not None:
                yield found
            end = data.find(b"<", at)
            at = data.find(sign, end) if end >= 0 else -1


def runs_a_program(formula: str) -> bool:
    """Whether a formula takes its value from a program: ``cmd|'/c calc'!A0``."""
    return "|" in formula and _CALL.search(_TEXT.sub('""', formula[:LONGEST])) is not None


def dde_fault(data: bytes) -> str:
    """Return what is wrong with a part of a workbook that starts a program; empty where none does."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = data.decode("utf-16", errors="replace").encode()
    if b"ddeLink" in data and _LINK.search(data):
        return "it takes values from a program (a DDE link)"
    if b"|" not in data and b"&#" not in data:
        return ""
    for found in _formulas(data):
        if _SIGN.search(found[1]):
            from html import unescape

            formula = unescape(_WRAPPING.sub(b"", found[1][: 4 * LONGEST]).decode(errors="replace"))
            if runs_a_program(formula):
                return f"the formula ={formula[:60]} runs a program (DDE)"
    return ""
