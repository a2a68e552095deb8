"""The font of figures and atlas: the first installed one with Chinese, its files, and the width of a text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from geo.base import lines
from geo.base.messages import text
from geo.base.optional import needs
from geo.export.base_look import CHINESE_FONTS

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

__all__ = [
    "CHINESE_FONTS",
    "Font",
    "FontWarning",
    "can_draw",
    "chinese_font",
    "font",
    "font_words",
    "width_pt",
    "wrapped",
]

#: The font that comes with matplotlib; it has no Chinese.
_LATIN = "DejaVu Sans"


class FontWarning(UserWarning):
    """No font with Chinese characters is installed."""


@dataclass(frozen=True, slots=True)
class Font:
    """A font family: file and face index of the regular and the bold weight."""

    family: str
    regular: tuple[str, int]
    bold: tuple[str, int]

    def face(self, bold: bool) -> tuple[str, int]:
        """Return the file and the index of the face in it."""
        return self.bold if bold else self.regular


@cache
def can_draw() -> bool:
    """Return whether the packages for drawing pictures are installed."""
    return all(find_spec(name) is not None for name in ("PIL", "matplotlib"))


def chinese_font() -> str | None:
    """Return the family of an installed font with Chinese characters, or None."""
    return _installed(CHINESE_FONTS)


def font_words(language: str) -> str:
    """Return the message that no font with Chinese characters is installed; "" if one is."""
    if chinese_font() is not None:
        return ""
    return text("figure.no_font", language, fonts=", ".join(CHINESE_FONTS[:6]))


@lru_cache(maxsize=4)
def _installed(families: tuple[str, ...]) -> str | None:
    """Return the first of the families that is installed."""
    with needs("needs.figure", "matplotlib", "report"):
        from matplotlib import font_manager

    installed = {one.name for one in font_manager.fontManager.ttflist}
    return next((name for name in families if name in installed), None)


def font() -> Font:
    """Return the font to draw with; one without Chinese characters if no other is installed."""
    return _font(chinese_font() or _LATIN)


@lru_cache(maxsize=4)
def _font(family: str) -> Font:
    from matplotlib import font_manager

    entries = [one for one in font_manager.fontManager.ttflist if one.name == family and one.style == "normal"]

    def nearest(weight: int) -> tuple[str, int]:
        best = min(entries, key=lambda one: (abs(_weight(one.weight) - weight), one.fname))
        return best.fname, _face(best.fname, family)

    return Font(family, nearest(400), nearest(700))


def _weight(weight: int | str) -> int:
    from matplotlib.font_manager import weight_dict

    return int(weight_dict.get(weight, 400)) if isinstance(weight, str) else int(weight)


def _face(path: str, family: str) -> int:
    """Return the index of the face of a family in a font collection; 0 in a single font."""
    from PIL import ImageFont

    for number in range(16):
        try:
            if ImageFont.truetype(path, 10, index=number).getname()[0] == family:
                return number
        except OSError:
            break
    return 0


@lru_cache(maxsize=8)
def _measure(path: str, face: int) -> FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(path, 200, index=face, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=20000)
def _width(letter: str, path: str, face: int) -> float:
    return float(_measure(path, face).getlength(letter)) / 200


def width_pt(words: str, size_pt: float, *, bold: bool = False) -> float:
    """Return the width of a text in points, without kerning, as a PDF sets it."""
    face = font().face(bold)
    return sum(_width(letter, *face) for letter in words) * size_pt


def wrapped(words: str, width: float, size_pt: float, *, bold: bool = False) -> list[str]:
    """Break a text into lines of at most `width` points; see `geo.base.lines.wrapped`."""
    face = font().face(bold)
    return lines.wrapped(words, width, lambda letter: _width(letter, *face) * size_pt)
