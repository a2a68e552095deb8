"""Opening of tables: recognition of the format and choice of the reader."""

from __future__ import annotations

import errno
import tempfile
from pathlib import Path
from typing import Any, BinaryIO

from geo.base.files import scratch_folder, unwritable
from geo.base.told import told
from geo.base.watched import Watched
from geo.errors import DataError, GeoError
from geo.tables.columns import Asked
from geo.tables.formats import find_format, open_source
from geo.tables.intake import name_of, on_disk
from geo.tables.limits import Limits
from geo.tables.projections import Bbox
from geo.tables.reader import StrPath, TableReader

__all__ = ["open_table"]


def open_table(
    source: StrPath | BinaryIO,
    *,
    format: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    quote: str | None = None,
    header: int | None = None,
    decimal: str | None = None,
    sheet: str | None = None,
    layer: str | None = None,
    lon: str | None = None,
    lat: str | None = None,
    point: str | None = None,
    geometry: str | None = None,
    crs: str | None = None,
    bbox: Bbox | None = None,
    metric_crs: str | None = None,
    limits: Limits | None = None,
    name: str | None = None,
) -> TableReader:
    r"""Open a table and recognise its format, encoding, columns and coordinates; what is not clear becomes a question.

    Opening reads a text file once (about 0.2 s per 100 MB); one in another encoding than UTF-8 is copied as UTF-8 to a
    temporary file (about 0.6 s per 100 MB). Memory stays bounded, except for workbooks and JSON, which are held in
    memory.

    Parameters
    ----------
    source : path, or binary file object
        A file object is copied to a private temporary file.
    format : str, optional
        One of `geo.tables.formats.FORMATS`; by default determined from the content. ``csv`` is any delimited text,
        ``json`` a list of records, ``shapefile`` is zipped, ``gzip`` and ``zip`` hold a text table, KML or GPX.
    encoding : str, optional
        Any Python codec; default: byte order mark → ``.cpg``/LDID → strict UTF-8 → GB18030.
    delimiter, quote : str, optional
        One character; ``quote=""`` makes quote marks plain text.
    header : int, optional
        Row of the column names, counted from 1; 0 if there is none.
    decimal : {".", ","}, optional
        Decimal mark of the coordinates and of `TableReader.numbers`.
    sheet, layer : str, optional
        Sheet of a workbook (``*``: all, which must have the same columns), or number of a table in a web page; layer of
        a GeoPackage or zip.
    lon, lat, point, geometry : str, optional
        The two coordinate columns; or one column that holds both numbers; or a column of WKT or WKB.
    crs : str, optional
        CRS of the numbers, such as ``"EPSG:4490"``, or ``"degrees*1e6"``.
    bbox : (west, south, east, north), degrees, optional
        Extent of the city, by which swapped and projected coordinates are recognised.
    metric_crs : str, optional
        The city's own projected CRS, tried first for coordinates in metres.
    limits : Limits, optional
    name : str, optional
        What to call the file in messages.

    Returns
    -------
    TableReader
        To be closed, as by ``with``; its rows come in batches.

    Raises
    ------
    DataError
        If the content cannot be read or exceeds the limits; the message names the file and the place in it.
    UsageError
        If an option does not fit, or the file does not exist.

    Examples
    --------
    >>> import io
    >>> with open_table(io.BytesIO("名称,经度,纬度\n甲,116.40,39.92\n".encode("gbk")), name="a.csv") as table:
    ...     batch = next(table.batches())
    ...     print(table.report.encoding, table.points(batch).lon)
    gb18030 [116.4]
    """
    limits = limits or Limits()
    shown = name or name_of(source)
    folder = scratch_folder("table")
    try:
        path = on_disk(source, Path(folder.name), shown, limits)
        watched = Watched(path)
        kind, notes = find_format(path, shown, format, limits)
        options: dict[str, Any] = {"encoding": encoding, "delimiter": delimiter, "quote": quote, "header": header}
        opened = open_source(kind, path, Path(folder.name), shown, limits, sheet=sheet, layer=layer, **options)
        asked = Asked(lon, lat, point, geometry, crs, decimal, bbox, metric_crs, limits.vertices)
        reader = TableReader(opened, folder, shown, path.stat().st_size, limits, asked)
        reader.report.notes[:0] = notes
        reader.watched = watched
        return reader
    except BaseException as error:
        folder.cleanup()
        if isinstance(error, OSError) and not isinstance(error, GeoError):
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise unwritable(tempfile.gettempdir(), error) from None
            raise told(DataError, "refused.unread", name=shown, why=error.strerror or error) from None
        raise
