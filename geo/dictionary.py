"""The data dictionary in one language: one text per column and measure, the same wherever it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geo.atlas import Atlas
from geo.schema import tables

__all__ = ["Entry", "dictionary", "measure_text", "measure_texts"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One column of one table, in the words of one language."""

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
    """Return the one text that explains a measure: its definition (with the formula if derived), then its caveat.

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
    rows = atlas.table("measures").sort_values("sort_order", kind="stable").to_dict("records")
    return {row["measure_id"]: measure_text({str(k): v for k, v in row.items()}, language) for row in rows}


def dictionary(atlas: Atlas, language: str) -> tuple[Entry, ...]:
    """Return every column of every published table.

    A column of the place layers that is a measure has the text of the measure, so that a tooltip and the dictionary
    never say different things.
    """
    texts = measure_texts(atlas, language)
    return tuple(
        Entry(
            table=column.table,
            column=column.name,
            label=column.label_zh if language == "zh" else column.label_en,
            definition=texts[column.name]
            if column.table == "place_layer" and column.name in texts
            else (column.definition_zh if language == "zh" else column.definition_en),
            type=column.type,
            unit=column.unit,
            allowed=column.allowed,
            references=column.references,
            required=column.required,
        )
        for table in tables().values()
        for column in table.columns
    )
