"""How a character behaves on a line: its width class, its script, and whether a line may break beside it."""

from __future__ import annotations

import re
from unicodedata import category, combining, east_asian_width, normalize

#: Marks shared by Latin and Chinese text: they take the East Asian font, mostly a full em, in Chinese text.
CONTEXTUAL = frozenset(
    "“”‘’—―…·•‖‰′″※×÷±°§¨→←↑↓≥≤≠≈≡∞∑∏√∈∩∪∠⊙∥∧∨∫∮℃℉№①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫⅰⅱⅲⅳⅴⅵⅶⅷⅸⅹ■□▲△▼▽◆◇○●◎★☆"
)

#: Text in which every character is one em wide and none is shared between the scripts.
ALL_WIDE = re.compile(
    "[\u3000-\u3029\u3030-\u303d\u3041-\u3096\u30a0-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff60]*"
).fullmatch
HAS_CONTEXTUAL = re.compile("[" + "".join(sorted(CONTEXTUAL)) + "]").search
HAS_WIDE = re.compile(
    "[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60\uffe0-\uffe6\U0001f300-\U0003fffd]"
).search

NOT_AT_START = frozenset(
    "!%),.:;>?]}¢¨°·ˇˉ―—‖’”…‰′″›℃∶、。〃〉》」』】〕〗〙〛〞〟々〻ー～︰︶︺︾﹀﹄﹚﹜﹞﹐﹑﹒﹔﹕﹖﹗"
    "！＂％＇），．：；？］｀｜｝～￠｡｣､･ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ"
)
NOT_AT_END = frozenset("$([{£¥‘“〈《「『【〔〖〘〚〝﹙﹛﹝＄（．［｛￡￥")
OPENING = frozenset("([{‘“〈《「『【〔〖〘〚〝﹙﹛﹝（［｛")
CLOSING = frozenset(")]}’”〉》」』】〕〗〙〛〞〟﹚﹜﹞）］｝")
#: Marks of which two belong together: a dash and an ellipsis in Chinese are two characters long.
PAIRED = frozenset("—…―")

_SPACES = frozenset(" \u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u3000\t\u1680")


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
