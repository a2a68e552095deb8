"""Numbers and units in words: digits, thousands separators, English singulars, multipliers in units."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from geo.base.messages import text

__all__ = ["Scale", "format_number", "heading", "percent_text", "round_length", "scale_of", "with_unit"]

#: English words for large amounts, the largest first.
_LARGE = (("trillion", Decimal(10) ** 12), ("billion", Decimal(10) ** 9), ("million", Decimal(10) ** 6))

#: From this value on a count is written with a word such as "billion": long rows of zeros are hard to read.
_MANY = Decimal(10) ** 8

#: A unit with a multiplier, such as "CNY 100 million per km²": text before it, number, word, text after it.
_MULTIPLE = re.compile(r"(?P<before>\D*)(?P<number>1[0,]*)(?: (?P<word>million|billion))?(?P<after>(?: \D.*)?)\Z")

#: English nouns with an irregular plural.
_SINGULARS = {"people": "person"}


def format_number(value: float) -> str:
    """Return a number without insignificant digits, with thousands separators; extreme ones as powers of ten.

    Examples
    --------
    >>> format_number(1234567.0), format_number(1149), format_number(5.984), format_number(0.04321)
    ('1,234,567', '1,149', '5.984', '0.0432')
    >>> format_number(1.6543e160), format_number(-2e-12)
    ('1.65e+160', '-2e-12')
    """
    if value and not 1e-9 <= abs(value) < 1e18:
        return f"{value:.3g}"
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    digits = 3 if abs(value) >= 1 else max(3, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{digits}f}".rstrip("0").rstrip(".")


def percent_text(share: float) -> str:
    """Return a share (0 to 1, or more) in per cent with one decimal; a small share is never shown as zero.

    Examples
    --------
    >>> percent_text(0.5), percent_text(1.0234), percent_text(0.0004), percent_text(0.0)
    ('50%', '102.3%', '< 0.1%', '0%')
    """
    if 0 < share < 0.001:
        return "< 0.1%"
    return f"{format_number(round(100 * share, 1))}%"


def round_length(longest: float) -> float:
    """Return the length of a scale bar: the largest 1, 2 or 5 times a power of ten up to `longest`.

    Examples
    --------
    >>> round_length(4_900), round_length(5_000), round_length(0.19)
    (2000.0, 5000.0, 0.1)
    """
    # Just below a power of ten, the logarithm may round up to it; then half of that power of ten is the length that
    # fits.
    power = 10.0 ** math.floor(math.log10(longest))
    return max(step * power for step in (0.5, 1, 2, 5) if step * power <= longest)


@dataclass(frozen=True, slots=True)
class Scale:
    """How values of a unit are written if the unit is shown separately, above a column, legend or axis.

    Attributes
    ----------
    factor : float
        Factor by which values are multiplied.
    unit : str
        Unit in the heading, "" for none.
    year : bool
        Whether values are years.
    """

    factor: float = 1.0
    unit: str = ""
    year: bool = False

    def number(self, value: float) -> str:
        """Return a value of the unit as the number under the heading."""
        return f"{value:g}" if self.year else format_number(float(f"{value * self.factor:.12g}"))


@lru_cache(maxsize=256)
def scale_of(unit: str, language: str, *, topic: str = "") -> Scale:
    """Return how values of a unit are written under a heading.

    Parameters
    ----------
    unit : str
        Symbol; a single dash stands for none.
    language : str
    topic : str
        Topic of the measure: values of the topic "date" are years.

    Examples
    --------
    >>> scale_of("CNY 100 million", "en"), scale_of("亿元", "zh")
    (Scale(factor=0.1, unit='CNY billion', year=False), Scale(factor=1.0, unit='亿元', year=False))
    """
    if topic == "date":
        return Scale(year=True)
    if not unit.strip("–—- "):
        return Scale()
    parts = _MULTIPLE.match(unit) if language == "en" else None
    if parts is None:
        return Scale(unit=unit)
    amount = _multiplier(parts)
    word = "billion" if parts["word"] else ""
    factor = amount / Decimal(10) ** 9 if word else amount
    return Scale(float(factor), f"{parts['before']}{word}{parts['after']}".strip())


def _multiplier(parts: re.Match[str]) -> Decimal:
    return Decimal(parts["number"].replace(",", "")) * dict(_LARGE).get(parts["word"] or "", Decimal(1))


def heading(label: str, unit: str, language: str, *, topic: str = "") -> str:
    """Return the heading above values of a measure: label and unit, without the unit if the label already has it.

    Examples
    --------
    >>> heading("Resident firms", "firms", "en"), heading("AI industry scale", "CNY 100 million", "en")
    ('Resident firms', 'AI industry scale (CNY billion)')
    """
    shown = scale_of(unit, language, topic=topic).unit
    if not shown or (language == "en" and re.search(rf"\b{re.escape(shown.lower())}(?!\w)", label.lower())):
        return label
    return text("value.heading", language, label=label, unit=shown)


def with_unit(value: float, unit: str, language: str, *, topic: str = "") -> str:
    """Return a number with its unit; a single dash is no unit, a year (topic "date") has no thousands separator.

    Examples
    --------
    >>> with_unit(1, "firms", "en"), with_unit(2.0, "people", "en"), with_unit(1, "people", "en")
    ('1 firm', '2 people', '1 person')
    >>> with_unit(4e10, "items", "en"), with_unit(4e10, "条", "zh")
    ('40 billion items', '400 亿条')
    >>> with_unit(6.1, "10,000 m²", "en"), with_unit(6.1, "万平方米", "zh"), with_unit(25, "%", "zh")
    ('61,000 m²', '6.1 万平方米', '25%')
    """
    number = format_number(value)
    if topic == "date":
        # Only Chinese writes the unit of a year.
        return f"{value:g}" + (f" {unit}" if language == "zh" else "")
    if not unit.strip("–—- "):
        return number
    if unit in ("%", "×"):
        return number + unit
    if abs(value) >= _MANY and (shown := _with_word(value, unit, language)):
        return shown
    if language != "en":
        return f"{number} {unit}"
    if parts := _MULTIPLE.match(unit):
        return _multiplied(value, parts) or f"{number} × {unit}"
    return f"{number} {_singular(unit) if number == '1' else unit}"


def _multiplied(value: float, parts: re.Match[str]) -> str:
    """Return an amount with its multiplier applied, "CNY 43.55 billion"; "" if no word makes it short and exact."""
    total = Decimal(repr(float(value))) * _multiplier(parts)
    words = (*_LARGE, ("", Decimal(1)))
    for word, size in words:
        shown = total / size
        if (abs(shown) >= 1 or not word) and shown == round(shown, 3):
            return f"{parts['before']}{format_number(float(shown))}{' ' * bool(word)}{word}{parts['after']}"
    return ""


def _with_word(value: float, unit: str, language: str) -> str:
    """Return a large count as "400 亿条" or "40 billion items"; "" if it is not exact or the unit has a multiplier."""
    if language == "en":
        parts = None if _MULTIPLE.match(unit) else _MULTIPLE.match(f"1 {unit}")
        return _multiplied(value, parts) if parts else ""
    total = Decimal(repr(float(value))) / _MANY
    exact = total == round(total, 3) and unit[0] not in "万亿"
    return f"{format_number(float(total))} 亿{unit}" if exact else ""


def _singular(unit: str) -> str:
    """Return the singular of an English unit: "firm per km²"; symbols are unchanged."""
    noun, space, rest = unit.partition(" ")
    if noun in _SINGULARS:
        return _SINGULARS[noun] + space + rest
    is_plural = len(noun) > 3 and noun.isascii() and noun.isalpha() and noun.islower() and noun.endswith("s")
    return noun[:-1] + space + rest if is_plural and not noun.endswith("ss") else unit
