"""Check that the quotation of a row contains its number, however the number is written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from geo.contract.cells import Row, is_number

__all__ = ["LONGEST_QUOTE", "UNITS", "check_quotes", "holds", "readings", "simplified"]

#: A longer text would be a copy, not a quotation.
LONGEST_QUOTE = 100

#: Tables with the columns quote, quote_note_zh and quote_note_en, in the order of checking.
_TABLES = ("facts", "policy", "policy_outcomes")

_SIMPLER = str.maketrans("萬億兩點餘畝頃○〇壹贰叁肆伍陆柒捌玖拾佰仟", "万亿两点余亩顷零零一二三四五六七八九十百千")
_HANGUL = str.maketrans("백천만억여", "百千万亿余")
_DIGIT = {char: index for index, char in enumerate("零一二三四五六七八九")} | {"两": 2}
_POWER = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_MAGNITUDES = {
    **{"hundred": 100, "thousand": 1000, "k": 1000, "million": 10**6, "mn": 10**6, "m": 10**6},
    **{"billion": 10**9, "bn": 10**9, "b": 10**9, "trillion": 10**12, "trn": 10**12},
    **{"millionen": 10**6, "milliarden": 10**9, "milioni": 10**6, "miliardi": 10**9, "milliards": 10**9},
}
_SMALL = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen"),
    *("fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WORDS = {
    **{word: number for number, word in enumerate(_SMALL, start=1)},
    **{word: number for number, word in zip(range(20, 100, 10), _TENS, strict=True)},
    **{"a": 1, "an": 1, "dozen": 12},
}
_MU, _ACRE = 10_000 / 15, 4046.8564224
#: Words after a number that change what it counts: pattern → base units (square metres, metres, operations a second).
UNITS = (
    (r"平方公里|平方千米|km2|sq\.?\s?km|square[ -]?kilomet(?:er|re)s?|quadratkilometer|chilometri quadrati", 1e6),
    (r"公顷|hectares?|ha\b", 1e4),
    (r"亩|mu\b", _MU),
    (r"acres?", _ACRE),
    (r"平方米|平米|m2|sq\.?\s?m\b|square[ -]?met(?:er|re)s?", 1.0),
    (r"公里|千米|km\b|kilomet(?:er|re)s?", 1e3),
    (r"%|percent|per cent|pct|个百分点", 0.01),
    (r"e(?:xa)?-?flops?", 1e18),
    (r"p(?:eta)?-?flops?|p\b", 1e15),
)
_ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_MORE = "多余几来"
_LARGE = "|".join(sorted((word for word in _MAGNITUDES if len(word) > 1), key=len, reverse=True))
_NUMBER = re.compile(
    rf"(?P<head>{_ARABIC})(?P<rest>(?:\s?[{_MORE}]?[十百千万亿]+(?:\d+(?:\.\d+)?(?=[十百千万余]))?)*)"
    rf"(?:\s?-?(?P<word>{_LARGE}|[kmb])(?![a-z0-9])(?:\s?-?(?P<second>million|billion|trillion))?)?"
)
_CHINESE = re.compile(
    r"(?P<head>[零一二三四五六七八九两十百千万亿]+)(?:点(?P<decimal>[零一二三四五六七八九]+))?"
    rf"(?P<rest>[{_MORE}]?[十百千万亿]*)"
)
_ENGLISH = re.compile(rf"\b(?:(?:{'|'.join([*_WORDS, 'hundred', 'thousand', 'million', 'billion', 'and'])})\b[\s-]*)+")
_FRACTIONS = (
    (re.compile(r"\bhalf\b|一半|半数|过半"), 0.5),
    (re.compile(r"\b(?:a|one)[ -]quarter\b|\bquarter of\b"), 0.25),
    (re.compile(r"\b(?:a|one)[ -]third\b"), 1 / 3),
    (re.compile(r"\btwo[ -]thirds\b"), 2 / 3),
    (re.compile(r"\bthree[ -]quarters\b"), 0.75),
    (re.compile(r"\b(?:a|one)[ -]fifth\b"), 0.2),
    (re.compile(r"\b(?:a|one)[ -]sixth\b"), 1 / 6),
    (re.compile(r"\b(?:an|one)[ -]eighth\b"), 0.125),
    (re.compile(r"\b(?:a|one)[ -]ninth\b"), 1 / 9),
    (re.compile(r"\b(?:a|one)[ -]tenth\b"), 0.1),
)
_OF = re.compile(
    r"(\d+|[一二三四五六七八九十百千]+)分之(\d+(?:\.\d+)?|[零一二三四五六七八九十]+)"
    r"|(?<!\d)(\d{1,2})/(\d{1,3})(?!\d)"
)
_TENTHS = re.compile(r"(\d+(?:\.\d+)?|[一二三四五六七八九])成(半?)")
_RANGE = re.compile(
    rf"({_ARABIC})(?=\s?(?:-|–|—|~|至|到|to)\s?(?:{_ARABIC})\s?([十百千万亿]+|(?:million|billion|trillion)\b))"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """One interpretation of a number in a text.

    Attributes
    ----------
    value : float
        In base units if a magnitude or unit follows (435.492 billion: 4.35492e11), otherwise the number as written.
    bare : bool
        True if nothing follows that changes it: it may be in any unit.
    stands : float
        The number before its unit is applied.
    rounded : bool
        True if it was converted from a fraction or another unit, so that the last digits of a figure may be rounded.
    """

    value: float
    bare: bool
    stands: float
    rounded: bool = False


def simplified(quote: str) -> str:
    """Return a text with half-width digits and letters, simplified number words and lower case."""
    text = unicodedata.normalize("NFKC", quote)
    # Only after digits: elsewhere they are syllables of words and names.
    text = re.sub(r"(?<=\d)[백천만억여]+", lambda run: run[0].translate(_HANGUL), text)
    return text.translate(_SIMPLER).casefold()


def readings(quote: str) -> list[Reading]:
    """Return every number that a text may contain.

    Recognised are digits of any width with or without separators, followed by 万, 亿, thousand, million … and by units
    of area, length and share; Chinese and English numerals; fractions; and years in Chinese digits.

    Examples
    --------
    >>> [reading.value for reading in readings("产值４,354.92亿元")]
    [435492000000.0]
    >>> [reading.value for reading in readings("三千零五十六")]
    [3056.0]
    """
    text = re.sub(r"\(([^()]{0,6})\)", r" \1", simplified(quote))  # 15.7(square kilometres): the bracket hides the unit
    found = [*_arabic(text), *_chinese(text), *_english(text), *_fractions(text)]
    if (elsewhere := re.sub(r"(?<=\d),(?=\d{1,2}(?!\d))", ".", text)) != text:  # 20,48 as written in much of Europe
        found += _arabic(elsewhere)
    return list(dict.fromkeys(found))


def holds(quote: str, value: float, factor: float | None = None, *, decimals: int = 9) -> bool:
    """Return whether a text contains a number.

    Parameters
    ----------
    quote : str
        Text in Chinese or English.
    value : float
        The number, in its unit.
    factor : float, optional
        Base units per unit (10^8 yuan for 亿元, 0.01 for per cent). Without it, numbers are compared as written,
        whatever follows them.
    decimals : int
        Decimals of `value` as given: a number from a fraction or another unit may be rounded to them.

    Examples
    --------
    >>> holds("435.492 billion yuan", 4354.92, 1e8), holds("435.492 million yuan", 4354.92, 1e8)
    (True, False)
    >>> holds("占地11万平方米", 0.11, 1e6), holds("超四分之一", 25, 0.01)
    (True, True)
    """
    for reading in readings(quote):
        if (reading.bare or factor is None) and _same(reading.stands, value):
            return True
        target = value * (factor or 1.0)
        if _same(reading.value, target) and not (reading.bare and factor not in (None, 1.0)):
            return True
        slack = 0.5 * 10.0**-decimals * (factor or 1.0)
        if reading.rounded and abs(reading.value - target) <= slack * (1 + 1e-9):
            return True
    return False


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-9 * max(abs(one), abs(other))


def _following(text: str, end: int) -> tuple[float, bool, bool]:
    """Return the factor of the unit after a number, whether there is one, and whether it is not a power of ten."""
    rest = re.match(rf"[{_MORE}]?\s?(?:个|-)?", text[end:])
    start = end + (rest.end() if rest else 0)
    for pattern, factor in UNITS:
        if re.match(pattern, text[start:]):
            return factor, True, factor in (_MU, _ACRE)
    return 1.0, False, False


def _arabic(text: str) -> Iterator[Reading]:
    for match in re.finditer(r"(?<!\d)(\d{4})(?!\d)", text):  # 1988.06, 2012-09: the year alone
        yield _bare(float(match[1]))
    for match in _RANGE.finditer(text):
        yield _scaled(_plain(match[1]) * _magnitude(match[2]))
    for match in re.finditer(r"(?<!\d)\d{1,3}(?: \d{3})+(?!\d)", text):
        yield _bare(_plain(match[0]))
    for match in _NUMBER.finditer(text):
        if text[max(match.start() - 1, 0) : match.end()] == "m2":
            continue
        number = total = _plain(match["head"])
        parts = re.findall(r"(\d+(?:\.\d+)?)|([十百千万亿]+)", match["rest"] or "")
        if parts:
            total, pending = 0.0, number
            for digits, power in parts:
                if power:
                    total, pending = total + pending * _magnitude(power), 0.0
                else:
                    pending = float(digits)
            total += pending
        for name in ("word", "second"):
            if match[name]:
                total *= _MAGNITUDES[match[name]]
        factor, unit, odd = _following(text, match.end())
        if match["word"] in ("m", "b", "k") and not match["second"]:
            yield _bare(number)  # 5 m may be metres
        changed = bool(parts or match["word"])
        yield Reading(total * factor, bare=not (unit or changed), stands=total, rounded=odd)
        if changed and unit and factor == 0.01:
            yield _scaled(total)


def _bare(value: float) -> Reading:
    return Reading(value, bare=True, stands=value)


def _scaled(value: float) -> Reading:
    return Reading(value, bare=False, stands=value)


def _plain(digits: str) -> float:
    return float(re.sub(r"[, ]", "", digits))


def _magnitude(text: str) -> float:
    result = 1.0
    if text in _MAGNITUDES:
        return float(_MAGNITUDES[text])
    for char in text:
        result *= _POWER[char]
    return result


def _chinese(text: str) -> Iterator[Reading]:
    for match in _CHINESE.finditer(text):
        before = text[match.start() - 1] if match.start() else ""
        if before.isdigit() or (before in _MORE and re.search(rf"\d[{_MORE}]$", text[: match.start()])):
            continue  # 3万 has been read with its digit
        value = _numeral(match["head"])
        if match["decimal"]:
            value += float("0." + "".join(str(_DIGIT[char]) for char in match["decimal"]))
        if rest := (match["rest"] or "").lstrip(_MORE):
            value *= _magnitude(rest)
        factor, unit, odd = _following(text, match.end())
        yield Reading(value * factor, bare=not unit and value < 10**4, stands=value, rounded=odd)
        if not unit and value >= 10**4:
            yield _scaled(value)


def _numeral(text: str) -> float:
    """Return the value of a Chinese numeral; without 十 百 千 万 亿 it is a sequence of digits, as in years."""
    if not set(text) & set(_POWER):
        return float("".join(str(_DIGIT[char]) for char in text))
    total = section = 0.0
    digit: float | None = None
    for char in text:
        if char in _DIGIT:
            digit = float(_DIGIT[char])
        elif _POWER[char] < 10**4:
            section += (1.0 if digit is None else digit) * _POWER[char]
            digit = None
        else:
            section += digit or 0.0
            total = (total + section or 1.0) * _POWER[char] if char == "亿" else total + (section or 1.0) * _POWER[char]
            section, digit = 0.0, None
    return total + section + (digit or 0.0)


def _english(text: str) -> Iterator[Reading]:
    for match in _ENGLISH.finditer(text):
        total = current = 0.0
        large = False
        for word in re.findall(r"[a-z]+", match[0]):
            if word == "and":
                continue
            if word in ("thousand", "million", "billion"):
                total, current, large = total + (current or 1.0) * _MAGNITUDES[word], 0.0, True
            elif word in ("hundred", "dozen"):
                current = (current or 1.0) * (100 if word == "hundred" else 12)
            else:
                current += _WORDS[word]
        if set(re.findall(r"[a-z]+", match[0])) - {"a", "an", "and"}:
            factor, unit, odd = _following(text, match.end())
            total += current
            yield Reading(total * factor, bare=not (unit or large), stands=total, rounded=odd)


def _fractions(text: str) -> Iterator[Reading]:
    for pattern, value in _FRACTIONS:
        if pattern.search(text):
            yield Reading(value, bare=False, stands=value, rounded=True)
    for match in _OF.finditer(text):
        below, above = (match[1], match[2]) if match[1] else (match[4], match[3])
        parts = [float(part) if re.fullmatch(r"[\d.]+", part) else _numeral(part) for part in (above, below)]
        if parts[1]:
            share = parts[0] / parts[1]
            yield Reading(share, bare=False, stands=share, rounded=True)
    for match in _TENTHS.finditer(text):
        tenths = float(match[1]) if match[1][0].isdigit() else _numeral(match[1])
        share = (tenths + (0.5 if match[2] else 0.0)) / 10
        yield Reading(share, bare=False, stands=share, rounded=True)


def check_quotes(rows: Mapping[str, list[Row]]) -> list[str]:
    """Return the problems of the quotations of facts and policy, one line each.

    There must be a quotation, or a reason in both languages; it must be short and contain the number of its row.
    """
    problems: list[str] = []
    factors = {row["unit_id"]: row["factor"] for row in rows["units"]}
    units = {row["measure_id"]: row["unit"] for row in rows["measures"]}
    for table in _TABLES:
        for number, row in enumerate(rows[table], start=2):
            where = f"{table}.csv:{number}"
            problems.extend(f"{where}: {problem}" for problem in _shape_problems(row))
            if not row["quote"] or not is_number(row["value"]):
                continue
            given = factors.get(units.get(row["measure_id"], "") if table == "facts" else row["unit"], "")
            factor = float(given) if is_number(given) and float(given) > 0 else None
            if not _proves(row, factor):
                problems.append(
                    f"{where}: quote does not hold the number {row['value']} it is to prove ({row['quote']!r}): give "
                    f"the words that say it, or leave quote empty and say why in quote_note_zh and quote_note_en"
                )
    return problems


def _proves(row: Row, factor: float | None) -> bool:
    """Return whether a row's quotation contains its number; the locator may add a unit from a table's head."""
    value, decimals = float(row["value"]), len(row["value"].partition(".")[2])
    if holds(row["quote"], value, factor, decimals=decimals):
        return True
    if not holds(row.get("locator", ""), value, factor, decimals=decimals):
        return False
    bare = {reading.value for reading in readings(row["quote"]) if reading.bare}
    return any(_plain(match[0]) in bare for match in re.finditer(_ARABIC, row["locator"]))


def _shape_problems(row: Row) -> Iterator[str]:
    if bool(row["quote_note_zh"]) != bool(row["quote_note_en"]):
        yield "quote_note_zh and quote_note_en: give both or neither"
    elif not row["quote"] and not row["quote_note_zh"]:
        yield (
            "has no quote and does not say why: give the source's words, or a reason in quote_note_zh and quote_note_en"
        )
    if len(row["quote"]) > LONGEST_QUOTE:
        yield f"quote has {len(row['quote'])} characters: cut it to {LONGEST_QUOTE}, keeping the number"
