"""Joins of several tables: the facts of a place, the values of a measure."""

from __future__ import annotations

import pandas as pd

from geo.atlas.frames import Frames

__all__ = ["facts_of", "values_of"]

_QUALIFIER_OF_DERIVED = "exact"
_COLUMNS = ["value", "qualifier", "as_of", "scope", "source_id", "detail"]


def facts_of(frames: Frames, place_id: str) -> pd.DataFrame:
    """Return the result of `Atlas.facts`."""
    facts = frames.table("facts")
    scopes = frames.table("scopes").rename(columns={"scope_id": "scope", "name_zh": "scope_zh", "name_en": "scope_en"})
    sources = frames.table("sources").set_index("source_id").add_prefix("source_").reset_index()
    joined = (
        facts[facts["place_id"] == place_id]
        .merge(_labels(frames), on="measure_id")
        .merge(scopes, on="scope", how="left")
        .merge(sources, on="source_id")
    )
    joined = joined.assign(undated=joined["as_of"] == "unknown")
    down = {"headline", "conflict", "as_of"}
    order = ["sort_order", "measure_id", "headline", "conflict", "undated", "as_of", "source_grade", "source_id"]
    joined = joined.sort_values(order, ascending=[name not in down for name in order], ignore_index=True)
    return joined.drop(columns="undated")


def _labels(frames: Frames) -> pd.DataFrame:
    """Return label, unit, unit symbol and order of every measure."""
    measures = frames.table("measures")[["measure_id", "label_zh", "label_en", "unit", "sort_order"]]
    units = frames.table("units")[["unit_id", "symbol_zh", "symbol_en"]]
    return measures.merge(units.set_axis(["unit", "unit_zh", "unit_en"], axis=1), on="unit")


def values_of(frames: Frames, measure_id: str, data_date: str) -> pd.DataFrame:
    """Return the result of `Atlas.values`; derived values have the date of the data set."""
    measures = frames.rows("measures")
    if measures[measure_id]["origin"] == "reported":
        facts = frames.table("facts")
        chosen = facts[(facts["measure_id"] == measure_id) & facts["headline"]].assign(detail=None)
        return chosen.set_index("place_id")[_COLUMNS]
    derived = frames.table("derived")
    chosen = derived[(derived["measure_id"] == measure_id) & derived["value"].notna()].set_index("place_id")
    numerator = measures[measure_id]["numerator"]
    if numerator is not None:  # a ratio of facts has the certainty, date and scope of its numerator
        counted = values_of(frames, numerator, data_date).drop(columns=["value", "detail"])
        return chosen.join(counted)[_COLUMNS]
    places = frames.places.loc[chosen.index]
    return chosen.assign(
        qualifier=_QUALIFIER_OF_DERIVED,
        as_of=data_date,
        scope=places["scope"],
        source_id=places["boundary_source_id"],
    )[_COLUMNS]
