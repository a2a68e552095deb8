"""Coordinate columns recognised by their values, whatever their names; all columns of a table are examined at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geo.tables.points import Coordinates, raw_pair
from geo.tables.projections import Bbox, in_box
from geo.tables.reasons import MISSING, SET_ASIDE_FROM
from geo.tables.stacked import stacked
from geo.tables.values import as_text, parse_numbers

__all__ = ["coordinates_by_values"]

_USABLE = 0.5
_SURE = 0.9
_VALUE_ROWS = 2000
_WKT = r"^\s*(?i:SRID\s*=\s*\d+\s*;)?\s*(?i:MULTI)?(?i:POINT|LINESTRING|POLYGON|GEOMETRYCOLLECTION)\b"
_GEOJSON = r'^\s*\{\s*"(?:type"\s*:\s*"(?:Multi)?(?:Point|LineString|Polygon)"|coordinates"\s*:)'


def coordinates_by_values(sample: pa.Table, base: Coordinates) -> list[Coordinates]:
    """Return the pairs of columns, or single columns, whose values look like coordinates in the city.

    Parameters
    ----------
    sample : pyarrow.Table
        The first rows.
    base : Coordinates
        What is known already, such as the extent of the city.
    """
    head = sample.slice(0, _VALUE_ROWS)
    east, north, single = [], [], []
    columns = {name: column.combine_chunks() for name, column in zip(head.column_names, head.columns, strict=True)}
    kinds = {name: column.type for name, column in columns.items()}
    numbers = [n for n, kind in kinds.items() if pa.types.is_integer(kind) or pa.types.is_floating(kind)]
    others = [n for n, kind in kinds.items() if n not in set(numbers) and not _never(kind)]
    texts = [as_text(columns[name]) for name in others]
    found = [([name], columns[name], False) for name in numbers]
    found += [([others[at] for at in places], cells, True) for places, cells in stacked(texts)]
    for names, cells, is_text in found:
        shape = (len(names), len(cells) // len(names))
        values, codes = (part.reshape(shape) for part in parse_numbers(cells))
        filled = (codes != MISSING).sum(axis=1)
        shapes = np.zeros(len(names), bool)
        hits = np.zeros(shape, bool)
        if is_text:
            fit = pc.fill_null(pc.match_substring_regex(cells, f"{_WKT}|{_GEOJSON}"), False)
            valid = cells.is_valid().to_numpy(zero_copy_only=False).reshape(shape).sum(axis=1)
            fitting = fit.to_numpy(zero_copy_only=False).reshape(shape).sum(axis=1)
            shapes = (valid > 0) & (fitting >= _SURE * valid)
            if base.bbox is not None:
                spec = replace(base, kind="point", columns=("cells",), rule="values")
                a, b, read = raw_pair(spec, pa.table({"cells": cells}))
                hits = (in_box(a, b, base.bbox) | in_box(b, a, base.bbox)) & (read < SET_ASIDE_FROM)
                hits = hits.reshape(shape)
        for at, name in enumerate(names):
            good = values[at][codes[at] < SET_ASIDE_FROM]
            if shapes[at]:
                single.append(replace(base, kind="geometry", columns=(name,), rule="values"))
            elif base.bbox is None:
                continue
            elif good.size and good.size >= 0.8 * filled[at]:
                is_east, is_north = _axes_of(good, base.bbox)
                east += [name] * is_east
                north += [name] * is_north
            elif is_text and filled[at] and hits[at].sum() >= _SURE * filled[at]:
                single.append(replace(base, kind="point", columns=(name,), rule="values"))
    pairs = [replace(base, columns=(a, b), rule="values") for a in east for b in north if a != b]
    return pairs or single


def _never(kind: pa.DataType) -> bool:
    """Return whether a column of this type cannot hold coordinates."""
    return bool(pa.types.is_boolean(kind) or pa.types.is_temporal(kind) or pa.types.is_nested(kind))


def _axes_of(good: Any, bbox: Bbox) -> tuple[bool, bool]:
    """Return whether numbers may be longitudes, and latitudes; years, counts and prices are neither."""
    if float((good != np.round(good, 1)).mean()) < _USABLE:
        return False, False
    west, south, east, north = bbox
    inside = ((good >= low) & (good <= high) for low, high in ((west, east), (south, north)))
    is_east, is_north = (float(one.mean()) >= _SURE for one in inside)
    return is_east, is_north
