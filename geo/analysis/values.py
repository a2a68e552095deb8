"""The only module that words a figure: number, unit, qualifier, date, age, accuracy, source, reasons not to compare.

Files, pages, reports, the command line and other programs say the same because they all use these functions. They
return plain text; callers that write HTML escape it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd

from geo.analysis.compare import YEARS_APART, Cell, Reason
from geo.analysis.figures import Figure
from geo.analysis.units import Scale, format_number, heading, scale_of, with_unit
from geo.atlas.atlas import Atlas
from geo.base.messages import text

__all__ = [
    "accuracy_text",
    "amount_apart",
    "amount_text",
    "cell",
    "cell_text",
    "citation",
    "date_text",
    "dated_text",
    "distance_text",
    "figure_text",
    "figure_words",
    "measure_heading",
    "measure_scale",
    "measure_unit",
    "measured",
    "present",
    "quote_text",
    "range_text",
    "reading_text",
    "remark_texts",
    "scope_text",
    "short_figure",
    "told_text",
    "when_text",
    "why_text",
]

#: Maximum number of measures with another definition that are named.
_MOST_NAMED = 3

#: Quotation marks, and their replacement inside quotation marks.
_INNER = str.maketrans("“”", "‘’")

#: Sign that a chart writes before a number, where there is no room for words.
_SIGNS = {"exact": "", "about": "≈", "nearly": "≲", "over": ">", "under": "<"}


# ---------------------------------------------------------------------------------------------------------------------
# Cells


def present(value: Any) -> bool:
    """Return whether a table cell has a value."""
    return value is not None and value is not pd.NA and value == value and value != ""


def cell(row: Mapping[Any, Any], name: str) -> str:
    """Return a cell as text, "" if it has no value."""
    value = row.get(name)
    return str(value) if present(value) else ""


# ---------------------------------------------------------------------------------------------------------------------
# Figures


def figure_text(value: Any, qualifier: str, unit: str, language: str, *, topic: str = "") -> str:
    """Return a number with its qualifier and unit, or the word for unknown if there is no number.

    Parameters
    ----------
    value : number or None
    qualifier : str
        Qualifier of a `Figure`.
    unit : str
        Symbol; a single dash stands for none.
    language : str
    topic : str
        Topic of the measure: a year (topic "date") has no thousands separator.

    Examples
    --------
    >>> figure_text(500, "over", "家", "zh"), figure_text(500, "over", "firms", "en")
    ('500 家以上', 'over 500 firms')
    >>> figure_text(435.5, "about", "CNY 100 million", "en"), figure_text(1988, "exact", "year", "en", topic="date")
    ('about CNY 43.55 billion', '1988')
    """
    if not present(value):
        return text("unknown", language)
    shown = with_unit(float(value), unit, language, topic=topic)
    if qualifier == "exact":
        return shown
    if language == "zh" and qualifier == "over" and shown[-1].isascii() and shown[-1] != "%":
        shown += " "  # 以上 follows: after Latin letters and digits Chinese needs a space
    return text(f"value.{qualifier}", language, value=shown)


def short_figure(value: float, qualifier: str, scale: Scale) -> str:
    """Return a number with a sign for its qualifier, for marks in a chart whose axis shows the unit.

    Examples
    --------
    >>> short_figure(1000.0, "over", Scale(unit="firms"))
    '>1,000'
    """
    return _SIGNS[qualifier] + scale.number(value)


def measure_unit(atlas: Atlas, measure_id: str, language: str) -> str:
    """Return the symbol of a measure's unit; km² if the atlas does not list the measure, as for an area measure."""
    measure = atlas.rows("measures").get(measure_id)
    return cell(atlas.rows("units")[measure["unit"]], f"symbol_{language}") if measure else "km²"


def measure_scale(atlas: Atlas, measure_id: str, language: str) -> Scale:
    """Return how the values of a measure are written under its heading."""
    topic = cell(atlas.rows("measures")[measure_id], "topic")
    return scale_of(measure_unit(atlas, measure_id, language), language, topic=topic)


def measure_heading(atlas: Atlas, measure_id: str, language: str) -> str:
    """Return the heading above values of a measure: its label and unit."""
    measure = atlas.rows("measures")[measure_id]
    unit, topic = measure_unit(atlas, measure_id, language), cell(measure, "topic")
    return heading(cell(measure, f"label_{language}"), unit, language, topic=topic)


def measured(atlas: Atlas, measure_id: str, value: Any, qualifier: str, language: str) -> str:
    """Return a value of a measure in words."""
    topic = cell(atlas.rows("measures").get(measure_id, {}), "topic")
    return figure_text(value, qualifier, measure_unit(atlas, measure_id, language), language, topic=topic)


def amount_text(atlas: Atlas, row: Mapping[str, Any], language: str) -> str:
    """Return value, qualifier and unit of a policy item or outcome in words, "" if it has no value."""
    if not present(row["value"]):
        return ""
    unit = cell(atlas.rows("units").get(cell(row, "unit"), {}), f"symbol_{language}")
    return figure_text(row["value"], cell(row, "qualifier") or "exact", unit, language)


def amount_apart(atlas: Atlas, row: Mapping[str, Any], language: str) -> str:
    """Return `amount_text` for a policy item or outcome whose text lacks the number, otherwise ""."""
    amount = amount_text(atlas, row, language)
    number = re.search(r"\d[\d,.]*", amount)
    said = number and re.search(rf"(?<![\d.,]){re.escape(number[0])}(?![.,]?\d)", cell(row, f"text_{language}"))
    return "" if said else amount


def figure_words(atlas: Atlas, one: Figure, language: str) -> str:
    """Return a figure with its qualifier and unit in words."""
    return measured(atlas, one.measure_id, one.value, one.qualifier, language)


def range_text(low: float, high: float, scale: Scale) -> str:
    """Return the bounds of a class under a heading; one number if they are equal.

    Examples
    --------
    >>> range_text(17, 435.5, scale_of("CNY 100 million", "en")), range_text(2012, 2012, Scale(year=True))
    ('1.7 – 43.55', '2012')
    """
    first, last = scale.number(low), scale.number(high)
    return first if first == last else f"{first} – {last}"


# ---------------------------------------------------------------------------------------------------------------------
# Dates, scopes, accuracies, distances


def date_text(period: Any, language: str, age: int | None = None) -> str:
    """Return a period, or the word for unknown, with its age in years if `age` is given."""
    if not present(period) or period == "unknown":
        return text("value.undated", language)
    return str(period) if age is None else text("value.aged", language, date=period, years=age)


def when_text(one: Figure, language: str) -> str:
    """Return the date of a figure with its age, or a note that this map computed it."""
    return text("value.computed", language) if one.is_computed else date_text(one.as_of, language, one.age)


def dated_text(atlas: Atlas, one: Figure, language: str) -> str:
    """Return a figure with its date, in one line."""
    return text("value.dated", language, value=figure_words(atlas, one, language), date=when_text(one, language))


def told_text(atlas: Atlas, one: Figure, language: str) -> str:
    """Return a reported figure with its date and scope in brackets, in one line."""
    note = text("list.semicolon", language).join([when_text(one, language), scope_text(atlas, one.scope, language)])
    return figure_words(atlas, one, language) + text("value.quote.note", language, note=note)


def cell_text(atlas: Atlas, one: Cell, language: str) -> str:
    """Return a figure with its date and the reasons not to compare it, in one line; or that none was found."""
    said = dated_text(atlas, one.figure, language) if one.figure else text("value.none", language)
    return text("list.semicolon", language).join(filter(None, [said, why_text(atlas, one.reasons, language)]))


def scope_text(atlas: Atlas, scope_id: str, language: str) -> str:
    """Return the name of a scope."""
    return cell(atlas.rows("scopes").get(scope_id, {}), f"name_{language}") or scope_id


def accuracy_text(metres: Any, language: str) -> str:
    """Return the accuracy of a boundary or point in words, "" if unknown."""
    return text("map.accuracy", language, metres=format_number(float(metres))) if present(metres) else ""


def distance_text(metres: float, language: str) -> str:
    """Return a distance on the ground: in metres below 1 km, otherwise in kilometres with at most one decimal."""
    if metres < 950:
        return text("value.metres", language, count=format_number(round(metres)))
    return text("value.kilometres", language, count=format_number(round(metres / 1000, 1)))


# ---------------------------------------------------------------------------------------------------------------------
# Sources, reasons


def citation(source: Mapping[Any, Any], language: str) -> str:
    """Return a row of ``sources`` as one line: publisher, title, document number, date."""
    title, english, publisher = cell(source, "title"), cell(source, "title_en"), cell(source, "publisher")
    quoted = f"《{title}》" if language == "zh" else f"“{english or title}”"
    if language == "en" and english and english != title:  # the English title is ours; the original stays as printed
        quoted = f"“{english.translate(_INNER)}” ({title})"
    if publisher == text("cite.no_outlet", "zh"):  # wording of our table, not of the document
        publisher = text("cite.no_outlet", language)
    parts = [publisher, quoted, cell(source, "number"), date_text(source.get("published"), language)]
    return ("，" if language == "zh" else ", ").join(part for part in parts if part)


def quote_text(row: Mapping[Any, Any], language: str) -> str:
    """Return the source's own words behind a row, or why there are none; "" if the row has neither.

    Parameters
    ----------
    row : mapping
        A fact, policy item or outcome, with ``quote``, ``quote_note_zh`` and ``quote_note_en``.
    """
    quote, note = cell(row, "quote"), cell(row, f"quote_note_{language}")
    if not quote:
        return text("value.quote.none", language, why=note) if note else ""
    said = text("value.quote", language, words=quote)
    return said + text("value.quote.note", language, note=note) if note else said


def remark_texts(one: Figure, language: str) -> list[str]:
    """Return the non-empty remarks beside a figure: place in its source, the source's own words, note."""
    words = quote_text(asdict(one), language)
    place = one.locator if one.locator not in words else ""
    return [said for said in (place, words, one.note_zh if language == "zh" else one.note_en) if said]


def reading_text(source: Mapping[Any, Any], language: str) -> str:
    """Return where and when a source was read, and whether the text is the issuer's own; "" if not stated."""
    if not present(source.get("read_on")):
        return ""
    hand = "first" if source.get("first_hand") else "reprint"
    where = cell(source, "read_at")
    return text(f"value.read.{hand}", language, where=where, date=cell(source, "read_on")).replace("  ", " ")


def why_text(atlas: Atlas, found: Sequence[Reason], language: str) -> str:
    """Return in words why a figure may not be compared, "" if nothing prevents it."""
    return text("list.semicolon", language).join(_reason(atlas, reason, language) for reason in found)


def _reason(atlas: Atlas, reason: Reason, language: str) -> str:
    values: dict[str, Any] = {"years": YEARS_APART}
    if reason.code == "scope":
        values["scope"] = scope_text(atlas, reason.about[0], language)
    elif reason.code == "date":
        first, last = reason.about
        values["span"] = first if first == last else text("list.years", language, first=first, last=last)
    elif reason.code == "level":
        values["level"] = text(f"compare.level.{reason.about[0]}", language)
    elif reason.code == "definition":
        labels = [cell(atlas.rows("measures")[other], f"label_{language}") for other in reason.about]
        more = "…" if len(labels) > _MOST_NAMED else ""
        values["measures"] = text("list.comma", language).join(labels[:_MOST_NAMED]) + more
    return text(f"compare.reason.{reason.code}", language, **values)
