"""The columns that carry a measure in the layers of places: headline figure, date, qualifier, grade."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from geo.base.messages import LANGUAGES, text
from geo.contract.schema import Column, Table, table

__all__ = ["COMPANIONS", "LEAST_PLACES", "PLACE_LAYER", "any_measure", "carried_columns", "place_table"]

#: A measure is carried by the layers, and offered first for ranking and colouring, if at least this many places of
#: one level have a figure: with fewer a map shows no pattern.
LEAST_PLACES = 3

#: Name of the contract of the place layers.
PLACE_LAYER = "place_layer"

#: Suffix of a companion column of a figure → table and column that define its values.
COMPANIONS = {
    "_as_of": ("facts", "as_of"),
    "_qualifier": ("facts", "qualifier"),
    "_grade": ("sources", "grade"),
}


def any_measure() -> dict[str, str]:
    """Return a placeholder measure, for the data dictionary, which describes the columns of all measures at once."""
    words = {f"label_{lang}": text("carried.any", lang) for lang in LANGUAGES}
    words |= {f"definition_{lang}": text("carried.any.definition", lang) for lang in LANGUAGES}
    return {"measure_id": "<measure_id>", "unit": "", **words}


def carried_columns(measure: Mapping[str, Any]) -> tuple[Column, ...]:
    """Return the four columns that carry a measure in the layers of places.

    Parameters
    ----------
    measure : mapping
        A row of ``measures``.

    Examples
    --------
    >>> [column.name for column in carried_columns(any_measure() | {"measure_id": "firms"})]
    ['firms', 'firms_as_of', 'firms_qualifier', 'firms_grade']
    """
    name = str(measure["measure_id"])
    words = {}
    for lang, stop in (("zh", "。"), ("en", ". ")):
        said = [measure.get(f"definition_{lang}"), measure.get(f"caveat_{lang}"), text("carried.headline", lang)]
        words[f"definition_{lang}"] = stop.join(part for part in said if isinstance(part, str) and part)
        words[f"label_{lang}"] = measure[f"label_{lang}"]
    unit = str(measure["unit"])
    own = Column(PLACE_LAYER, name, "layers", "number", False, unit, (), "", **words)
    found = [own]
    for ending, (of_table, of_column) in COMPANIONS.items():
        like = table(of_table).column(of_column)
        told: dict[str, Any] = {}
        for lang in LANGUAGES:
            measured = words[f"label_{lang}"]
            told[f"label_{lang}"] = text("carried.label", lang, measure=measured, what=_label(like, lang))
            told[f"definition_{lang}"] = text(f"carried.{ending.removeprefix('_')}", lang, measure=measured)
        found.append(replace(like, table=PLACE_LAYER, name=name + ending, stage="layers", required=False, **told))
    return tuple(found)


def place_table(measures: Iterable[Mapping[str, Any]], names: Collection[str]) -> Table:
    """Return the contract of the place layers, with the columns of the measures that they carry.

    Parameters
    ----------
    measures : iterable of mapping
        Rows of ``measures`` in their order.
    names : collection of str
        Names of the columns in the layers; names that belong to no measure are ignored.
    """
    own = table(PLACE_LAYER)
    fixed = set(own.names())
    carried = [
        column
        for row in measures
        if row["origin"] == "reported" and row["measure_id"] in names and row["measure_id"] not in fixed
        for column in carried_columns(row)
    ]
    return replace(own, columns=(*own.columns, *carried))


def _label(column: Column, language: str) -> str:
    return column.label_zh if language == "zh" else column.label_en
