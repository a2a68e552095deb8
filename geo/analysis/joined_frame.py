"""The columns that a join adds to a frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

__all__ = ["concatenated", "reader_notes", "typed_frame"]


def reader_notes(points: Sequence[Any], language: str) -> Any:
    """Return what the reader says of each row of all batches, as one Arrow array."""
    return concatenated([part.notes(language) for part in points])


def concatenated(parts: Sequence[Any]) -> Any:
    """Return the texts of all batches as one Arrow array."""
    import pyarrow as pa

    return pa.concat_arrays(parts) if parts else pa.nulls(0, pa.string())


def typed_frame(found: dict[str, Any]) -> pd.DataFrame:
    """Return the columns of the join as a typed frame."""
    return pd.DataFrame({name: _series(array) for name, array in found.items()})


def _series(array: Any) -> pd.Series[Any]:
    import pyarrow as pa

    if pa.types.is_list(array.type):
        return pd.Series(array.to_pylist(), dtype=object)
    if pa.types.is_string(array.type):
        return pd.Series(array.to_pandas(), dtype="str")
    return pd.Series(array.to_numpy(zero_copy_only=False))
