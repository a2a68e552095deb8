"""The CRS that geometries in cells state, in EWKT (``SRID=32650;POINT(…)``) or EWKB, as PostGIS writes them."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable

from geo.errors import CRSError
from geo.tables.projections import crs_code

__all__ = ["stated_crs"]

_EWKT = re.compile(r"\s*SRID\s*=\s*(\d{1,6})\s*;", re.IGNORECASE)
_HEAD_BYTES = 9
_HAS_SRID = 0x20000000
_MOST = 30


def stated_crs(cells: Iterable[object]) -> list[str]:
    """Return the codes of the projected CRSs that cells of WKT, WKB or hexadecimal WKB state, each once.

    EPSG:4326 and EPSG:4490 are left out, since points in GCJ-02 are stored under these numbers too, and so are numbers
    that are not a CRS. If there are more than thirty different numbers, the first thirty are returned unchecked.

    Examples
    --------
    >>> stated_crs(["SRID=32650;POINT(450000 4420000)", "POINT(1 2)", None])
    ['EPSG:32650']
    >>> stated_crs(["SRID=4326;POINT(116.4 39.9)"])
    []
    """
    numbers, codes = sorted({srid for cell in cells if (srid := _srid(cell))}), []
    if len(numbers) > _MOST:  # to look each of them up takes a millisecond, and they are several in any case
        return [f"EPSG:{number}" for number in numbers[:_MOST]]
    for number in numbers:
        try:
            codes.append(crs_code(f"EPSG:{number}"))
        except CRSError:
            continue
    return [code for code in codes if code]


def _srid(cell: object) -> int:
    """Return the SRID that a cell states, 0 if none."""
    if isinstance(cell, str):
        stated = _EWKT.match(cell)
        if stated:
            return int(stated[1])
        try:
            cell = bytes.fromhex(cell[: 2 * _HEAD_BYTES])
        except ValueError:
            return 0
    if not isinstance(cell, bytes) or len(cell) < _HEAD_BYTES or cell[0] > 1:
        return 0
    kind, srid = struct.unpack_from("<II" if cell[0] else ">II", cell, 1)
    return int(srid) if kind & _HAS_SRID else 0
