"""Check that rows with the same quotation, or about the same firm, agree on date and qualifier."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from geo.contract.cells import Row
from geo.contract.periods import Period
from geo.seeds.quotes import simplified

__all__ = ["check_agreement", "dates_in"]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"({'|'.join(_MONTHS)})[a-z]*\.?"
_CHINESE = re.compile(r"截[至止]到?\s?(\d{4})年(?:(\d{1,2})月(?:(\d{1,2})日)?)?([底末])?")
_ENGLISH = re.compile(
    rf"\b(?:as of|(?:as of |by |at )(the end of)) (?:{_MONTH} (?:(\d{{1,2}}), )?)?(\d{{4}})\b"  # "by 2025" is a target
)
_WRITTEN = re.compile(r"\d{4}-\d{2}(?:-\d{2})?")


def check_agreement(rows: Mapping[str, list[Row]]) -> list[str]:
    """Return where rows contradict their own quotation or each other, one line each.

    A figure whose quotation states a date (截至2024年底, as of Dec. 24, 2025) has that date; an outcome and a fact with
    the same quotation have the same date and qualifier; an institution is not dated before its newest filed service.
    """
    return [*_against_the_words(rows), *_told_twice(rows), *_filed_later(rows)]


def dates_in(quote: str) -> list[Period]:
    """Return the dates "as of" which a quotation speaks (截至, by the end of), as ends of periods; not bare years.

    Examples
    --------
    >>> [str(date) for date in dates_in("截至2020年末，入驻4.9万家")], dates_in("2020年入驻4.9万家")
    (['2020-12'], [])
    """
    found = []
    for match in _CHINESE.finditer(simplified(quote)):
        year, month, day, end = match.groups()
        found.append((int(year), int(month or (12 if end else 0)), int(day or 0)))
    for match in _ENGLISH.finditer(quote.lower()):
        end, name, day, year = match.groups()
        month = _MONTHS.index(name) + 1 if name else (12 if end else 0)
        found.append((int(year), month, int(day or 0)))
    return [Period(*date) for date in found if date[1] <= len(_MONTHS)]


def _against_the_words(rows: Mapping[str, list[Row]]) -> Iterator[str]:
    published = {row["source_id"]: Period.of(row["published"]) for row in rows["sources"]}
    for table in ("facts", "policy_outcomes"):
        for number, row in enumerate(rows[table], start=2):
            stands_at, told = Period.of(row["as_of"]), published.get(row["source_id"])
            # A statement about a future day is a target.
            dates = [date for date in dates_in(row["quote"]) if not told or date.first_day <= told.last_day]
            if dates and stands_at and not any(_overlap(date, stands_at) for date in dates):
                yield (
                    f"{table}.csv:{number}: as_of {row['as_of']} is not the date its words give "
                    f"({' or '.join(map(str, dates))}, {row['quote']!r}): write that date, or the words that date it"
                )


def _overlap(one: Period, other: Period) -> bool:
    return one.first_day <= other.last_day and other.first_day <= one.last_day


def _told_twice(rows: Mapping[str, list[Row]]) -> Iterator[str]:
    units = {row["measure_id"]: row["unit"] for row in rows["measures"]}
    facts: dict[tuple[str, str, str], list[tuple[int, Row]]] = {}
    for number, row in enumerate(rows["facts"], start=2):
        if row["quote"]:
            key = row["source_id"], row["value"], units.get(row["measure_id"], "")
            facts.setdefault(key, []).append((number, row))
    for number, row in enumerate(rows["policy_outcomes"], start=2):
        words = simplified(row["quote"])
        for of_fact, fact in facts.get((row["source_id"], row["value"], row["unit"]), ()) if words else ():
            others = simplified(fact["quote"])
            if words not in others and others not in words:
                continue
            for column in ("as_of", "qualifier"):
                if row[column] != fact[column]:
                    yield (
                        f"policy_outcomes.csv:{number}: {column} {row[column]} of {row['policy_id']} differs from "
                        f"{fact[column]} in facts.csv:{of_fact}, which rests on the same words: write one of them twice"
                    )


def _filed_later(rows: Mapping[str, list[Row]]) -> Iterator[str]:
    newest: dict[str, str] = {}
    for row in rows["filed_services"]:
        newest[row["institution_id"]] = max(row["filed_on"], newest.get(row["institution_id"], ""))
    for number, row in enumerate(rows["institutions"], start=2):
        filed = newest.get(row["institution_id"], "")
        told = max([row["as_of"], *_WRITTEN.findall(row["note_zh"])]) if row["as_of"] != "unknown" else filed
        if filed[: len(told)] > told:
            yield (
                f"institutions.csv:{number}: {row['institution_id']} is of {row['as_of']}, yet it filed a service on "
                f"{filed}: write that date as as_of, or name it in note_zh and note_en"
            )
