"""The columns that a join adds to a frame, and the datum of the frame's coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from geo.analysis.user_table import datum_evidence
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.crs.datums import datum_name
from geo.errors import UsageError
from geo.tables import DatumEvidence, TableReader

__all__ = ["concatenated", "decided_datum", "reader_notes", "typed_frame"]


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


def decided_datum(reader: TableReader, atlas: Atlas, datum: str, language: str) -> tuple[str, DatumEvidence | None]:
    """Return the datum given or weighed, and the evidence where it was weighed; raise `UsageError` if it is open."""
    given = None if datum == "auto" else datum_name(datum)
    if given is not None and not reader.frames:
        return given, None
    evidence = datum_evidence(reader, atlas, given)
    if evidence.datum is None:
        question = reader.frame_question(evidence)
        lines = [*evidence.lines(language), *([question.text(language)] if question else [])]
        said = "\n  ".join([evidence.sentence(language), *lines])
        raise UsageError(f"{text('library.datum.undecided', language)}\n  {said}")
    return evidence.datum, evidence
