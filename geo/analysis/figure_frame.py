"""Figures as a DataFrame: one row per measure and place, unknown values as missing."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from geo.analysis import compare as comparison
from geo.atlas import Atlas

__all__ = ["FIGURE_COLUMNS", "figure_frame"]

#: Columns that describe a figure.
FIGURE_COLUMNS = (
    "place_id", "name", "value", "qualifier", "as_of", "scope", "grade", "source_id", "comparable", "reasons",
)  # fmt: skip


def figure_frame(atlas: Atlas, cells: Iterable[tuple[str, comparison.Cell]], language: str) -> pd.DataFrame:
    """Return one row per cell; without a figure the value is NaN and the text columns are missing."""
    measures, units = atlas.rows("measures"), atlas.rows("units")
    rows = []
    for measure_id, cell in cells:
        measure = measures[measure_id]
        rows.append(
            {
                "measure_id": measure_id,
                "label": measure[f"label_{language}"],
                "unit": units[measure["unit"]][f"symbol_{language}"],
                "place_id": cell.place_id,
                "name": atlas.name(cell.place_id, language),
                "value": np.nan if cell.value is None else cell.value,
                **{
                    name: getattr(cell.figure, name, None) or None
                    for name in ("qualifier", "as_of", "scope", "grade", "source_id")
                },
                "comparable": cell.comparable,
                "reasons": [reason.code for reason in cell.reasons],
            }
        )
    columns = ("measure_id", "label", "unit", *FIGURE_COLUMNS)
    frame = pd.DataFrame(rows, columns=list(columns))
    words = ("measure_id", "label", "unit", "place_id", "name", "qualifier", "as_of", "scope", "grade", "source_id")
    return frame.astype({**dict.fromkeys(words, "str"), "value": "float64", "comparable": "bool"})
