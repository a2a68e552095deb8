"""A small joined table, as reading and joining a file would give it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from geo.analysis.user_data.user_table import Joined, UserTable
from geo.assign.join import COLUMNS, Tally
from geo.tables import Points
from geo.tables.reasons import MISSING, OK


def joined_rows(
    columns: Mapping[str, Any],
    *,
    lon: Sequence[float] | None = None,
    types: Mapping[str, str] = {},
    roles: Mapping[str, str] = {},
) -> tuple[Joined, UserTable]:
    """Return a table joined, and before; without `lon` all rows stand in one spot."""
    table = pa.table(dict(columns))
    count = table.num_rows
    east = np.full(count, 121.5) if lon is None else np.asarray(lon, float)
    north = np.where(np.isnan(east), np.nan, 31.2)
    reason = np.where(np.isnan(east), MISSING, OK).astype(np.uint8)
    told = [{"name": n, "type": types.get(n, "text"), "role": roles.get(n, "")} for n in table.column_names]
    user = UserTable("mine.csv", table, Points(east, north, reason), {"format": "csv", "columns": told}, {}, {}, None)
    cells = {"lon_wgs84": pa.array(east, from_pandas=True), "lat_wgs84": pa.array(north, from_pandas=True)}
    for name, kind in COLUMNS.items():
        table = table.append_column(name, cells.get(name, pa.nulls(count)).cast(kind))
    return Joined(table, Tally(count, count, 0, 0), "wgs84"), user
