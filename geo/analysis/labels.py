"""The data dictionary in one language: one text per column and measure, the same wherever it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from geo.analysis.values import measured
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.contract.carried import PLACE_LAYER, any_measure, carried_columns
from geo.contract.schema import tables

__all__ = [
    "Entry",
    "detail_text",
    "dictionary",
    "district_heading",
    "district_words",
    "level_heading",
    "measure_text",
    "measure_texts",
]


@dataclass(frozen=True, slots=True)
class Entry:
    """One column of one table, described in one language."""

    table: str
    column: str
    label: str
    definition: str
    type: str
    unit: str
    allowed: tuple[str, ...]
    references: str
    required: bool


def measure_text(measure: Mapping[str, Any], language: str) -> str:
    """Return the text that explains a measure: its definition (with the formula if derived), then its caveat.

    Parameters
    ----------
    measure : mapping
        A row of ``measures``.
    language : str
    """
    parts = (measure.get(f"definition_{language}"), measure.get(f"caveat_{language}"))
    return ("。" if language == "zh" else ". ").join(part for part in parts if isinstance(part, str) and part)


def measure_texts(atlas: Atlas, language: str) -> dict[str, str]:
    """Return measure_id → `measure_text` for every measure, in the order of display."""
    rows = sorted(atlas.rows("measures").items(), key=lambda item: item[1]["sort_order"])
    return {measure_id: measure_text(row, language) for measure_id, row in rows}


def district_words(atlas: Atlas, language: str) -> str:
    """Return the city's own word for its districts, from the labels of its kinds."""
    names = (str(row[f"name_{language}"]) for row in atlas.rows("kinds").values() if row["role"] == "district")
    return text("list.comma", language).join(names)


def district_heading(atlas: Atlas, message_id: str, language: str) -> str:
    """Return a message about districts, with the city's own word if it calls them otherwise.

    Parameters
    ----------
    message_id : str
        Id of a message, such as "web.panel.districts".
    language : str
    """
    own = district_words(atlas, language)
    return own if own.casefold() not in ("", text("compare.level.district", language)) else text(message_id, language)


def level_heading(atlas: Atlas, level: str, language: str) -> str:
    """Return the heading of a list of places of the layout, or of districts."""
    message_id = f"rank.of.{level}"
    return district_heading(atlas, message_id, language) if level == "district" else text(message_id, language)


@lru_cache(maxsize=4)
def _stations(atlas: Atlas) -> Mapping[str, str]:
    """Return the English name of every station that has one, by its Chinese name."""
    layers = atlas.table("basemap").query("role == 'station'")["layer_id"]
    frames = [atlas.basemap(layer)[["name_zh", "name_en"]].dropna() for layer in layers]
    return {row.name_zh: row.name_en for frame in frames for row in frame.itertuples()}


def detail_text(atlas: Atlas, detail: str, language: str, *, most: int | None = None) -> str:
    """Return the detail of a derived figure in words: labels instead of measure ids, station names in the language.

    A station without an English name keeps its Chinese name; of a list longer than `most`, only the first are named.

    Parameters
    ----------
    detail : str
        Cell ``detail`` of a row of ``derived``, such as "area_official_km2 3.09" or stations joined by "、".
    language : str
    """
    measure_id, _, value = detail.partition(" ")
    if value and measure_id in atlas.rows("measures"):
        label = str(atlas.rows("measures")[measure_id][f"label_{language}"])
        return f"{label} {measured(atlas, measure_id, float(value), 'exact', language)}"
    named = detail.split("、")
    english = _stations(atlas) if language == "en" else {}
    shown = [english.get(name, name) for name in named[:most]]
    # A list in the language of the table keeps the separator of the table.
    joined = ("、" if shown == named[:most] else ", ").join(shown)
    if len(shown) == len(named):
        return joined
    return text("detail.more", language, names=joined, count=len(named) - len(shown))


def dictionary(atlas: Atlas, language: str) -> tuple[Entry, ...]:
    """Return every column of every published table.

    A column of the place layers that is a measure has the text of the measure, so tooltip and dictionary never differ;
    the columns of measures that all place layers share are listed once.
    """
    texts = measure_texts(atlas, language)
    return tuple(
        Entry(
            table=column.table,
            column=column.name,
            label=column.label_zh if language == "zh" else column.label_en,
            definition=texts[column.name]
            if column.table == PLACE_LAYER and column.name in texts
            else (column.definition_zh if language == "zh" else column.definition_en),
            type=column.type,
            unit=column.unit,
            allowed=column.allowed,
            references=column.references,
            required=column.required,
        )
        for table in tables().values()
        for column in (*table.columns, *(carried_columns(any_measure()) if table.name == PLACE_LAYER else ()))
    )
