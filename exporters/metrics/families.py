"""Which measured face stands for a font name, and how wide its characters are.

Office documents name fonts that may be absent here (微软雅黑, 方正小标宋简体). Each name maps to a family whose metrics
were measured, chosen so that the stand-in is at least as wide. Unknown names get the widest Latin face measured.
"""

from __future__ import annotations

from functools import lru_cache

from exporters.metrics.characters import CONTEXTUAL, is_wide, is_zero_width, latin_base

WIDEST_LATIN = "DejaVu Sans"
TALLEST = "Noto Sans CJK SC"
EM = 1000

_SANS, _SERIF = "Noto Sans CJK SC", "Noto Serif CJK SC"
_STAND_INS: dict[str, tuple[str, ...]] = {
    _SANS: (
        "微软雅黑", "Microsoft YaHei", "Microsoft YaHei UI", "微软雅黑 Light", "Microsoft YaHei Light",
        "等线", "等线 Light", "DengXian", "DengXian Light", "苹方", "PingFang SC", "Hiragino Sans GB",
        "思源黑体", "思源黑体 CN", "Source Han Sans", "Source Han Sans SC", "Source Han Sans CN",
        "Noto Sans SC", "Noto Sans CJK", "Noto Sans CJK TC", "Noto Sans CJK HK", "Noto Sans CJK JP",
        "Noto Sans CJK KR", "方正兰亭黑简体", "微軟正黑體", "Microsoft JhengHei", "WenQuanYi Micro Hei",
    ),
    _SERIF: (
        "方正小标宋简体", "方正小标宋_GBK", "FZXiaoBiaoSong-B05S", "思源宋体", "思源宋体 CN", "Source Han Serif",
        "Source Han Serif SC", "Source Han Serif CN", "Noto Serif SC", "Noto Serif CJK", "Noto Serif CJK TC",
        "Noto Serif CJK JP", "Noto Serif CJK KR", "Noto Serif CJK HK", "华文中宋", "STZhongsong",
    ),
    "FandolSong": ("宋体", "SimSun", "NSimSun", "新宋体", "华文宋体", "STSong", "宋体-简", "Songti SC", "FandolSong R"),
    "FandolHei": ("黑体", "SimHei", "华文黑体", "STHeiti", "Heiti SC", "方正黑体简体"),
    "FandolFang": (
        "仿宋_GB2312", "仿宋", "FangSong", "FangSong_GB2312", "华文仿宋", "STFangsong", "方正仿宋简体", "方正仿宋_GBK",
        "FandolFang R",
    ),
    "FandolKai": ("楷体_GB2312", "楷体", "KaiTi", "KaiTi_GB2312", "华文楷体", "STKaiti", "方正楷体简体", "FandolKai R"),
    "Carlito": ("Calibri", "Calibri Light"),
    "Liberation Sans": ("Arial", "Helvetica", "Helvetica Neue", "Arimo", "Nimbus Sans"),
    "Liberation Serif": ("Times New Roman", "Times", "Tinos", "Nimbus Roman"),
    "Liberation Mono": ("Courier New", "Courier", "Cousine"),
    "DejaVu Sans": ("Verdana",),
    "DejaVu Serif": ("DejaVu Serif Condensed",),
}  # fmt: skip


def _folded(name: str) -> str:
    return name.strip().casefold()


_FAMILY_OF = {_folded(name): family for family, names in _STAND_INS.items() for name in (family, *names)}


def family_of(name: str, default: str = WIDEST_LATIN) -> str:
    """The measured family that stands for the font ``name``; ``default`` when the name is unknown or empty."""
    return _FAMILY_OF.get(_folded(name), default)


@lru_cache(maxsize=64)
def _face_advances(family: str, bold: bool) -> dict[str, int]:
    from exporters.metrics import _tables

    face = _tables.FACES.get((family, bold)) or _tables.FACES[(family, False)]
    characters = "".join(chr(c) for a, b in _tables.RANGES for c in range(a, b + 1)) + _tables.EXTRA
    return {c: w for c, w in zip(characters, map(int, face[1].split()), strict=True) if w}


@lru_cache(maxsize=64)
def vertical_metrics(family: str, bold: bool) -> tuple[int, int, int, int, int]:
    """hhea ascent, descent, line gap, then OS/2 win ascent and descent of a measured family, in 1/1000 em."""
    from exporters.metrics import _tables

    face = _tables.FACES.get((family, bold)) or _tables.FACES[(family, False)]
    return face[0]


class Advances(dict[str, int]):
    """Character -> advance in 1/1000 em for one pair of fonts; characters are resolved once, at first use."""

    def __init__(self, latin: str, east_asian: str, bold: bool, chinese: bool) -> None:
        super().__init__()
        self._latin = _face_advances(latin, bold)
        self._east_asian = _face_advances(east_asian, bold) if east_asian else {}
        self._chinese = chinese

    def __missing__(self, char: str) -> int:
        value = self[char] = self._resolve(char)
        return value

    def _resolve(self, char: str) -> int:
        if is_zero_width(char):
            return 0
        if is_wide(char):
            return EM
        if self._chinese and char in CONTEXTUAL:
            return self._east_asian.get(char, EM)
        if char == "\t":
            return 2 * EM
        measured = self._latin.get(char)
        if measured is None:
            measured = self._latin.get(latin_base(char))
        if measured is None:
            measured = self._east_asian.get(char, max(self._latin["W"], EM) if char in CONTEXTUAL else self._latin["W"])
        return measured


@lru_cache(maxsize=256)
def advances(latin: str, east_asian: str, bold: bool, chinese: bool) -> Advances:
    """Advances of text set in ``latin`` and ``east_asian`` fonts (names as written in Office, either may be empty).

    ``chinese``: characters that both scripts use (“”‘’—… and the like) stand in Chinese text and take the
    East Asian font.
    """
    ea_family = family_of(east_asian, "") if east_asian else ""
    latin_family = family_of(latin) if latin else ea_family or WIDEST_LATIN
    return Advances(latin_family, ea_family, bold, chinese)


@lru_cache(maxsize=64)
def widest(latin: str, east_asian: str, bold: bool) -> int:
    """The widest advance of any character but a tab in text set in these fonts, in 1/1000 em."""
    faces = [_face_advances(family_of(name), bold) for name in (latin, east_asian) if name]
    return max(EM, *(max(face.values()) for face in faces or [_face_advances(WIDEST_LATIN, bold)]))
