"""The points of joined rows as WKB, and the GeoParquet metadata of such a column."""

from __future__ import annotations

import json
from collections.abc import Iterable

import numpy as np
import pyarrow as pa

__all__ = ["LAT", "LON", "POINT_BYTES", "geo_metadata", "geometry_name", "has_points", "points_wkb"]

LON, LAT = "lon_wgs84", "lat_wgs84"
#: Length of a point in WKB: byte order, type, x, y.
POINT_BYTES = 21


def has_points(schema: pa.Schema) -> bool:
    """Return whether a table has the columns of points that a join adds."""
    return LON in schema.names and LAT in schema.names


def geometry_name(names: Iterable[str], wanted: str = "geometry") -> str:
    """Return a name for the column of points that no other column has, whatever the case."""
    taken, name, number = {one.casefold() for one in names}, wanted, 2
    while name.casefold() in taken:
        name, number = f"{wanted}_{number}", number + 1
    return name


def points_wkb(batch: pa.RecordBatch) -> pa.Array:
    """Return the points of a joined batch, WGS 84, as little-endian WKB: Arrow binary, null where there is none."""
    lon, lat = (batch.column(name) for name in (LON, LAT))
    missing, there = (
        lon.null_count,
        pa.array(lon.is_valid().to_numpy(zero_copy_only=False)),
    )  # without an offset into its buffer
    if missing:
        lon, lat = lon.filter(there), lat.filter(there)
    cells = np.empty(len(lon), np.dtype([("order", "u1"), ("kind", "<u4"), ("x", "<f8"), ("y", "<f8")]))
    cells["order"], cells["kind"] = 1, 1
    cells["x"], cells["y"] = (column.fill_null(0.0).to_numpy(zero_copy_only=False) for column in (lon, lat))
    offsets = np.arange(0, POINT_BYTES * len(batch) + 1, POINT_BYTES, dtype=np.int32)
    if missing:
        np.cumsum(POINT_BYTES * there.to_numpy(zero_copy_only=False), out=offsets[1:])
    buffers = [there.buffers()[1], pa.py_buffer(offsets), pa.py_buffer(cells)]
    return pa.Array.from_buffers(pa.binary(), len(batch), buffers, missing)


def geo_metadata(name: str) -> dict[bytes, bytes]:
    """Return the metadata of GeoParquet 1.1 for a column of points in longitude and latitude, WGS 84 (OGC:CRS84)."""
    said = {"encoding": "WKB", "geometry_types": ["Point"]}  # without a crs it is OGC:CRS84
    told = {"version": "1.1.0", "primary_column": name, "columns": {name: said}}
    return {b"geo": json.dumps(told).encode()}
