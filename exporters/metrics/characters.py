"""How a character behaves on a line: its width class, its script, and whether a line may break beside it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
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


@cache
def _matcher(method: str, pattern: str) -> Callable[[str], object]:
    """A compiled pattern's method; compiled at first use, since compiling costs more than importing this package."""
    matcher: Callable[[str], object] = getattr(re.compile(pattern), method)
    return matcher


def all_wide(text: str) -> bool:
    """Is every character one em wide and none shared between the scripts? Quick; may miss rare ones."""
    return _matcher("fullmatch", "[\u3001-\u3029\u3041-\u3096\u4e00-\u9fff\uff01-\uff60]*")(text) is not None


def has_wide(text: str) -> bool:
    """Does the text hold Chinese, Japanese or Korean, so that shared marks are Chinese marks?"""
    return _matcher("search", "[\u1100-\u115f\u2e80-\uffe6\U0001f000-\U0003fffd]")(text) is not None


def may_have_contextual(text: str) -> bool:
    """False only when no shared mark is in the text."""
    return _matcher("search", "[\u00a7-\u00f7\u2010-\u2bff]")(text) is not None


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


def joins(char: str) -> bool:
    """Does the character belong to a word or number that is kept whole (letters, digits and what stands in them)?"""
    return not is_wide(char) and not is_space(char) and char not in CONTEXTUAL
