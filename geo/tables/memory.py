"""Reader of a pandas DataFrame or GeoDataFrame: coordinates are recognised as in files, nothing is copied to disk."""

from __future__ import annotations

import os
from collections.abc import Hashable, Iterator
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyproj

from geo.base.told import both, told
from geo.errors import CRSError, UsageError
from geo.tables.columns import Asked
from geo.tables.header import unique_names
from geo.tables.limits import Limits
from geo.tables.projections import Bbox, crs_code
from geo.tables.reader import TableReader
from geo.tables.source import BATCH_ROWS, Chunk, SourceInfo

__all__ = ["FrameSource", "column_name", "open_frame"]

_SHOWN = 80


class FrameSource:
    """The rows of a frame in their order; the index is ignored.

    A column for which Arrow has no type, such as one of mixed objects, is read as text. The active geometry of a
    GeoDataFrame is read as WKB with the frame's CRS.

    Parameters
    ----------
    frame : DataFrame or GeoDataFrame
        Not changed.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        names, renamed = unique_names([str(name) for name in frame.columns])
        geometry = crs = ""
        if isinstance(frame, gpd.GeoDataFrame) and frame.active_geometry_name is not None:
            geometry = names[list(frame.columns).index(frame.active_geometry_name)]
            crs = frame.crs.to_wkt() if frame.crs else ""
        columns = [_column(frame.iloc[:, at]) for at in range(frame.shape[1])]
        self._table = pa.table(dict(zip(names, columns, strict=True)))
        self.schema: pa.Schema = self._table.schema
        self.rows: int | None = len(frame)
        self.info = SourceInfo(format="frame", renamed=renamed, geometry=geometry, crs=crs)

    def chunks(self) -> Iterator[Chunk]:
        """Yield the rows in order, a batch at a time."""
        for batch in self._table.to_batches(max_chunksize=BATCH_ROWS):
            yield Chunk(batch)


def _column(series: pd.Series[Any]) -> pa.Array:
    if isinstance(series.dtype, gpd.array.GeometryDtype):
        return pa.array(gpd.GeoSeries(series).to_wkb(), pa.binary())
    try:
        column = pa.Array.from_pandas(series)
    except (pa.ArrowException, TypeError, ValueError):
        return _as_text(series)
    # A categorical of texts is text; so is what pandas calls a large string.
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if isinstance(column.type, pa.ExtensionType):  # intervals and periods of pandas
        return _as_text(series)
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    return column.cast(pa.string()) if pa.types.is_large_string(column.type) else column


def _as_text(series: pd.Series[Any]) -> pa.Array:
    return pa.array([None if _is_missing(cell) else str(cell) for cell in series], pa.string())


def _is_missing(cell: object) -> bool:
    missing = pd.isna(cell)  # type: ignore[call-overload]
    return bool(missing) if isinstance(missing, bool) else False


def column_name(label: Hashable | None) -> str | None:
    """Return the name under which a reader knows the column with this label; None for None."""
    return None if label is None else str(label)


def _crs_text(crs: int | str | pyproj.CRS) -> str:
    return crs if isinstance(crs, str) else f"EPSG:{crs}" if isinstance(crs, int) else crs.to_wkt()


def _check_crs(frame: pd.DataFrame, crs: str, geometry: str | None) -> None:
    """Raise `CRSError` if the geometry of a frame states another CRS than the caller."""
    if not isinstance(frame, gpd.GeoDataFrame) or frame.active_geometry_name is None or frame.crs is None:
        return
    used = geometry in (None, str(frame.active_geometry_name))
    if used and crs_code(crs) != crs_code(frame.crs.to_wkt()):
        raise told(CRSError, "refused.frame_crs", given=crs[:_SHOWN], found=frame.crs.to_string()[:_SHOWN])


def open_frame(
    frame: pd.DataFrame,
    *,
    lon: Hashable | None = None,
    lat: Hashable | None = None,
    point: Hashable | None = None,
    geometry: Hashable | None = None,
    crs: int | str | pyproj.CRS | None = None,
    decimal: str | None = None,
    bbox: Bbox | None = None,
    metric_crs: str | None = None,
    limits: Limits | None = None,
) -> TableReader:
    """Open a frame as a table; coordinates are recognised, and other parameters are, as in `geo.tables.open_table`.

    Parameters
    ----------
    frame : DataFrame or GeoDataFrame
    lon, lat, point, geometry : label, optional
        Labels of columns.

    Raises
    ------
    UsageError
        If `frame` is not a frame, or an option does not fit.
    CRSError
        If `crs` is not known, or differs from that of the geometry.

    Examples
    --------
    >>> with open_frame(pd.DataFrame({"经度": [116.40], "纬度": [39.92]}, index=["a"])) as table:
    ...     table.points(next(table.batches())).lon
    array([116.4])
    """
    if not isinstance(frame, pd.DataFrame):
        way: object = ""
        if isinstance(frame, list | tuple | dict):
            way = both("refused.frame_of")
        elif isinstance(frame, str | os.PathLike):
            way = both("refused.frame_read")
        elif methods := [name for name in ("to_pandas", "to_frame") if hasattr(frame, name)]:
            way = both("refused.frame_as", method=methods[0])
        raise told(UsageError, "refused.frame", kind=type(frame).__name__, way=way)
    limits = limits or Limits()
    limits.check_columns(frame.shape[1], "DataFrame")
    pair, one, shape = (column_name(lon), column_name(lat)), column_name(point), column_name(geometry)
    stated = None if crs is None else _crs_text(crs)
    if stated and (*pair, one) == (None, None, None):
        _check_crs(frame, stated, shape)
    asked = Asked(*pair, one, shape, stated, decimal, bbox, metric_crs, limits.vertices)
    size_bytes = int(frame.memory_usage(index=False).sum())
    return TableReader(FrameSource(frame), None, "DataFrame", size_bytes, limits, asked)
