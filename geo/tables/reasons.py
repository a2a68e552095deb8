"""Reasons why a row has no point, or how its point was read: codes of one byte, ids, and texts of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from geo.base.messages import text as message

__all__ = ["REASONS", "SET_ASIDE_FROM", "reason_notes"]

#: Id of every code; the texts are the messages ``tables.reason.<id>``.
REASONS: dict[int, str] = {
    0: "ok",
    1: "separators",
    2: "full_width",
    3: "decimal_comma",
    4: "dms",
    5: "inner_point",
    6: "swapped",
    7: "text_mark",
    8: "curved",
    32: "missing",
    33: "zero",
    34: "not_a_number",
    35: "not_finite",
    36: "out_of_range",
    37: "malformed",
    38: "bad_geometry",
    39: "too_complex",
    40: "total",
    41: "remark",
    42: "names_again",
}
OK, SEPARATORS, FULL_WIDTH, DECIMAL_COMMA, DMS, INNER_POINT, SWAPPED, TEXT_MARK, CURVED = range(9)
MISSING, ZERO, NOT_A_NUMBER, NOT_FINITE, OUT_OF_RANGE, MALFORMED, BAD_GEOMETRY, TOO_COMPLEX = range(32, 40)
TOTAL, REMARK, NAMES_AGAIN = 40, 41, 42

#: Rows with this code or above have no point.
SET_ASIDE_FROM = 32


def reason_notes(reason: npt.NDArray[np.uint8], details: Mapping[int, str], language: str | None = None) -> pa.Array:
    """Return the texts (or, without a language, the ids) of reason codes, null for `OK`; details are appended."""
    if not details and not (reason != OK).any():
        return pa.nulls(len(reason), pa.string())
    words: list[str | None] = [None] * 256
    for code, name in REASONS.items():
        if code != OK:
            words[code] = message(f"tables.reason.{name}", language) if language else name
    notes = pa.array(words, pa.string()).take(pa.array(reason))
    if not details:
        return notes
    texts = notes.to_pylist()
    for row, detail in details.items():
        texts[row] = f"{texts[row]}: {detail}"
    return pa.array(texts, pa.string())
