"""The columns that a join adds to a frame, with a name beside every id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from geo.atlas import Atlas

__all__ = ["concatenated", "named_columns", "reader_notes"]


def reader_notes(points: Sequence[Any], language: str) -> Any:
    """Return what the reader says of each row of all batches, as one Arrow array."""
    return concatenated([part.notes(language) for part in points])


def concatenated(parts: Sequence[Any]) -> Any:
    """Return the texts of all batches as one Arrow array."""
    import pyarrow as pa

    return pa.concat_arrays(parts) if parts else pa.nulls(0, pa.string())


def named_columns(found: dict[str, Any], atlas: Atlas, language: str) -> pd.DataFrame:
    """Return the columns of the join with a name beside every id, typed, in the order of the contract."""
    import pyarrow as pa

    places = {place_id: str(row[f"name_{language}"]) for place_id, row in atlas.place_rows.items()}
    layers = atlas.table("basemap")
    townships: dict[str, str] = {}
    for layer_id in layers.loc[layers["role"] == "township", "layer_id"]:
        layer = atlas.basemap(layer_id)
        townships |= dict(zip(layer["township_id"], layer[f"name_{language}"], strict=True))

    def names(ids: Any, known: dict[str, str]) -> Any:
        coded = ids.dictionary_encode()
        words = pa.array([known[one] for one in coded.dictionary.to_pylist()], pa.string())
        return pa.DictionaryArray.from_arrays(coded.indices, words).cast(pa.string())

    lists = found["place_ids"]
    aside = pa.compute.equal(found["join_status"], "set_aside").to_numpy(zero_copy_only=False)
    columns = {
        "lon_wgs84": found["lon_wgs84"],
        "lat_wgs84": found["lat_wgs84"],
        "district_id": found["district_id"],
        "district": names(found["district_id"], places),
        "township_id": found["township_id"],
        "township": names(found["township_id"], townships),
        "place_ids": lists,
        "places": pa.ListArray.from_arrays(lists.offsets, names(lists.values, places), mask=lists.is_null()),
        "join_status": found["join_status"],
        "join_note": found["join_note"],
    }
    frame = pd.DataFrame({name: _series(array) for name, array in columns.items()})
    frame["located_by"] = pd.Series(np.where(aside, "none", "coordinates"), dtype="str")
    frame["accuracy_m"] = np.nan
    return frame


def _series(array: Any) -> pd.Series[Any]:
    import pyarrow as pa

    if pa.types.is_list(array.type):
        return pd.Series(array.to_pylist(), dtype=object)
    if pa.types.is_string(array.type):
        return pd.Series(array.to_pandas(), dtype="str")
    return pd.Series(array.to_numpy(zero_copy_only=False))
