"""Check that a figure's qualifier is the one of its quotation: about, over, nearly and under are the source's words."""

from __future__ import annotations

import re
from collections.abc import Mapping

from geo.contract.cells import Row, is_number
from geo.seeds.quotes import UNITS, holds, readings, simplified

__all__ = ["check_qualifiers", "qualifiers_in"]

#: Tables with value, qualifier and quotation → columns that may explain a difference.
_TABLES = {
    "facts": ("note_zh", "quote_note_zh"),
    "policy": ("quote_note_zh",),
    "policy_outcomes": ("caveat_zh", "quote_note_zh"),
}

_MAGNITUDE = "十百千万亿"
_CHINESE = f"[零一二三四五六七八九两{_MAGNITUDE}]+"
_ENGLISH = (
    r"\b(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
    r"seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|half|quarter|third|dozen)\b"
)
_FRACTION = rf"\d+/\d+|{_CHINESE}分之{_CHINESE}"
_SCALE = rf"(?:\s?[多余几]?[{_MAGNITUDE}]+)*(?:[\s-]?(?:hundred|thousand|million|billion|trillion|bn|milliarden)\b)*"
_UNIT = rf"(?:\s?(?:{'|'.join(pattern for pattern, _ in UNITS)}))?"
_NUMBER = rf"(?:{_FRACTION}|\d[\d,.]*|{_CHINESE}|{_ENGLISH}){_SCALE}{_UNIT}"
_LINK = r"[\s:“\"(]*(?:了|达到?|達到?|到|至|占|全市|全国|总量|的|a total of|us\$|\$|rmb){0,4}\s*"
_BEFORE = {
    "about": r"约|約|大概|\b(?:about|around|approximately|roughly|some|circa)\b",
    "nearly": r"(?<![邻临附])近|\b(?:nearly|almost|close to)\b",
    "over": (
        r"超过|超過|超|逾|突破(?!\d+项)|已破|迈上|邁上|跨越|高于|多于|大于|不少于|不少於|不低于|不低於|至少|"
        r"\b(?:over|more than|exceed\w*|surpass\w*|top(?:s|ped|ping)?|above|at least|no less than|past|oltre)\b|"
        r"\b(?:über|überschritt)\b\D*"
    ),
    "under": r"不足|不到|不满|未满|少于|低于|不超过|不超過|\b(?:under|less than|below|up to|at most|no more than)\b",
}
#: Words after a number, possibly after what it counts: 600家以上, 60个左右, 千亿元级.
_AFTER = {
    "about": r"左右|(?<=[十百千万亿元])级",
    "over": r"多|余|(?<!规模)(?<!規模)以上|\+|or more\b|넘는",
    "under": r"以下|以内|以內",
}
_COUNTED = r"[\s一-鿿가-힣]{0,3}?"
_RANGE = re.compile(rf"{_NUMBER}(?=\s?(?:-|–|—|~|至|到|to)\s?\d)")


def _patterns(qualifier: str) -> list[re.Pattern[str]]:
    found = [re.compile(rf"(?:{_BEFORE[qualifier]}){_LINK}{_NUMBER}")]
    if after := _AFTER.get(qualifier):
        found.append(re.compile(rf"{_NUMBER}{_COUNTED}(?:{after})"))
    if qualifier == "over":  # 1.4万多家, 上千家
        found.append(re.compile(rf"(?:\d[\d,.]*|{_CHINESE})[{_MAGNITUDE}]*[多余][{_MAGNITUDE}]*"))
        found.append(re.compile(r"[上数數][百千万亿]+"))
    if qualifier in ("about", "over"):  # 16至17家 means about 16, or at least 16
        found.append(_RANGE)
    return found


_PATTERNS = {qualifier: _patterns(qualifier) for qualifier in _BEFORE}


def qualifiers_in(quote: str, value: float, factor: float | None = None, *, decimals: int = 9) -> set[str]:
    """Return the qualifiers with which a quotation states a number; "exact" if it also occurs without one.

    Parameters
    ----------
    quote, value, factor, decimals
        As `geo.seeds.quotes.holds`.

    Examples
    --------
    >>> qualifiers_in("近300家企业", 300), qualifiers_in("企业300余家，人才300名", 300) == {"over", "exact"}
    ({'nearly'}, True)
    """
    text = simplified(quote)
    found, bare = set(), text
    for qualifier, patterns in _PATTERNS.items():
        for pattern in patterns:
            for match in pattern.finditer(text):
                if holds(match[0], value, factor, decimals=decimals):
                    found.add(qualifier)
                    bare = bare.replace(match[0], " ")
    if holds(bare, value, factor, decimals=decimals):
        found.add("exact")
    return found


def check_qualifiers(rows: Mapping[str, list[Row]]) -> list[str]:
    """Return where a figure's qualifier differs from its quotation without an explanation, one line each."""
    problems: list[str] = []
    factors = {row["unit_id"]: row["factor"] for row in rows["units"]}
    units = {row["measure_id"]: row["unit"] for row in rows["measures"]}
    for table, notes in _TABLES.items():
        for number, row in enumerate(rows[table], start=2):
            if not row["quote"] or not is_number(row["value"]) or not row["qualifier"]:
                continue
            given = factors.get(units.get(row["measure_id"], "") if table == "facts" else row["unit"], "")
            factor = float(given) if is_number(given) and float(given) > 0 else None
            value, decimals = float(row["value"]), len(row["value"].partition(".")[2])
            said = qualifiers_in(row["quote"], value, factor, decimals=decimals)
            if not said or row["qualifier"] in said or any(row[note] for note in notes):
                continue
            if row["qualifier"] == "about" and any(reading.rounded for reading in readings(row["quote"])):
                continue  # a third is about 33.3 %
            problems.append(
                f"{table}.csv:{number}: qualifier is {row['qualifier']}, its words give {row['value']} as "
                f"{' or '.join(sorted(said))} ({row['quote']!r}): write what the source says, or say why in {notes[0]}"
            )
    return problems
