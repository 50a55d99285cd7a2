"""How a character behaves on a line: its width class, its script, and whether a line may break beside it."""

from __future__ import annotations

import re
from bisect import bisect_right
from unicodedata import category, combining, east_asian_width, normalize

#: Marks shared by Latin and Chinese text: they take the East Asian font, mostly a full em, in Chinese text.
CONTEXTUAL = frozenset(
    "“”‘’—―…·•‖‰′″※×÷±°§¨→←↑↓≥≤≠≈≡∞∑∏√∈∩∪∠⊙∥∧∨∫∮℃℉№①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫⅰⅱⅲⅳⅴⅵⅶⅷⅸⅹ■□▲△▼▽◆◇○●◎★☆"
)

NOT_AT_START = frozenset(
    "!%),.:;>?]}¢¨°·ˇˉ―—‖’”…‰′″›℃∶、。〃〉》」』】〕〗〙〛〞〟々〻ー～︰︶︺︾﹀﹄﹚﹜﹞﹐﹑﹒﹔﹕﹖﹗"
    "！＂％＇），．：；？］｀｜｝～￠｡｣､･ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ"
)
NOT_AT_END = frozenset("$([{£¥‘“〈《「『【〔〖〘〚〝﹙﹛﹝＄（［｛￡￥≥≤±≈№")
#: Opening mark -> the mark that closes it.
PAIR_OF = dict(zip("([{‘“〈《「『【〔〖〘〚（［｛", ")]}’”〉》」』】〕〗〙〛）］｝", strict=True))
#: Marks that Office lets hang past the right edge, one a line, when a paragraph allows it (Word: by default).
HANGING = frozenset("，。、；：！？．,.;:!?")
#: Marks of which two belong together: a dash and an ellipsis in Chinese are two characters long.
PAIRED = frozenset("—…―")

_SPACES = frozenset(" \u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u3000\t\u1680")

_SHARED = "\u00a7-\u00f7\u2010-\u2bff"
_WIDE = "\u1100-\u115f\u2e80-\uffe6\U0001f000-\U0003fffd"
_HAN = "\u3005-\u3007\u3041-\u3096\u30a1-\u30fa\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003fffd"
_LETTER = "0-9A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u10ff"
_LATIN = "!-~\u00a1-\u00a6\u00f8-\u10ff"


def _edges(ranges: str) -> list[str]:
    """Return the first character of each range and the one behind its last, in order."""
    return sorted([*ranges[::3], *(chr(ord(last) + 1) for last in ranges[2::3])])


# Compiling a set of several ranges takes as long as those below U+10000 are wide: what may be in one is looked up.
_PORTION_EDGES, _WIDE_EDGES, _HAN_EDGES = _edges(_WIDE + _SHARED), _edges(_WIDE), _edges(_HAN)
# Searched for by its first character, a run is found in two thirds of the time.
_latin_runs, _letter_runs = (re.compile(f"[{kind}][{kind}]*").finditer for kind in (_LATIN, _LETTER))
_shared = re.compile(f"[{_SHARED}]")

_other = re.compile("[^\u3001-\u3029\u3041-\u3096\u4e00-\u9fff\uff01-\uff60]+")
has_other = _other.search
"""None only where every character is one em wide and none shared between the scripts. Quick; may find rare ones."""
other_runs = _other.finditer
"""The runs of characters that are not known at once to be such."""
_beyond = re.compile("[^\0-\u10ff]").finditer
may_have_contextual = _shared.search
"""None only where no shared mark is in the text."""


def has_wide(text: str) -> bool:
    """Does the text hold Chinese, Japanese or Korean, so that shared marks are Chinese marks?"""
    return any(bisect_right(_WIDE_EDGES, found[0]) % 2 for found in _beyond(text))


def script_borders(text: str, at_marks: bool) -> list[int]:
    """The index behind each border between a Han or kana character and a Latin letter or digit.

    ``at_marks``: between what the East Asian font sets and what the Latin font sets, punctuation and symbols included.
    """
    runs, edges = (_latin_runs, _PORTION_EDGES) if at_marks else (_letter_runs, _HAN_EDGES)
    found, length = [], len(text)
    for run in runs(text):
        start, end = run.span()
        # Mostly an ideograph, which is told at once.
        if start and ("\u4e00" <= (sign := text[start - 1]) <= "\u9fff" or bisect_right(edges, sign) % 2):
            found.append(start)
        if end < length and ("\u4e00" <= (sign := text[end]) <= "\u9fff" or bisect_right(edges, sign) % 2):
            found.append(end)
    return found


def contextual_positions(text: str) -> list[int]:
    """The indexes of the marks that both scripts use."""
    return [mark.start() for mark in _shared.finditer(text) if mark[0] in CONTEXTUAL]


def is_zero_width(char: str) -> bool:
    """Combining marks, variation selectors, joiners and controls (a tab is not one) take no room."""
    if char < "\u0300":
        return (char < " " and char != "\t") or "\x7f" <= char < "\xa0" or char == "\xad"
    return combining(char) != 0 or category(char) in {"Mn", "Me", "Cf"} or "\U0001f3fb" <= char <= "\U0001f3ff"


def is_wide(char: str) -> bool:
    """One em: Han, kana, Hangul, full-width forms, CJK punctuation, emoji."""
    return char >= "\u1100" and east_asian_width(char) in {"W", "F"}


def is_space(char: str) -> bool:
    """A space at which a line may break and which then hangs past the edge."""
    return char in _SPACES


def latin_base(char: str) -> str:
    """The plain letter under an accented one; the character itself when it has none."""
    return normalize("NFD", char)[0]
