"""A check for deeply nested geometries: GEOS recurses once for each level, and too many levels crash the process."""

from __future__ import annotations

import re
import struct

__all__ = ["is_nested_deep"]

#: Most levels; real collections have a few.
_MOST = 100
#: Shorter cells cannot have more than `_MOST` levels, of 9 bytes each.
_SMALL = 9 * _MOST
_WORDS = re.compile("COLLECTION|MULTI|CURVE|SURFACE|COMPOUND|TIN", re.IGNORECASE)
_Z, _M, _SRID = 0x80000000, 0x40000000, 0x20000000


def is_nested_deep(cell: str | bytes) -> bool:
    """Return whether a geometry, given as WKT, WKB or hexadecimal WKB, may be nested more than 100 levels deep.

    In WKT, all types that can hold other geometries are counted, nested or not. WKB is traversed; damaged WKB is left
    to its reader. A plain point, line or polygon costs nothing, other geometries about a microsecond for each part.

    Examples
    --------
    >>> is_nested_deep("POINT (1 2)"), is_nested_deep("GEOMETRYCOLLECTION(" * 1000 + "POINT(1 2)" + ")" * 1000)
    (False, True)
    """
    if len(cell) <= _SMALL:
        return False
    if isinstance(cell, str):
        text = cell.strip()
        if text[:2] not in ("00", "01"):
            return any(number >= _MOST for number, _ in enumerate(_WORDS.finditer(text)))
        try:
            cell = bytes.fromhex(text)
        except ValueError:
            return False
    try:
        return _walk(cell)
    except (struct.error, IndexError):
        return False


def _walk(raw: bytes) -> bool:
    """Traverse WKB; `open_parts` holds the number of parts still to come of each enclosing geometry."""
    at, open_parts = 0, [1]
    while open_parts:
        open_parts[-1] -= 1
        order = "<" if raw[at] else ">"
        (code,) = struct.unpack_from(f"{order}I", raw, at + 1)
        at += 9 if code & _SRID else 5
        iso, kind = divmod(code & 0x1FFFFFFF, 1000)
        size = 8 * (2 + (iso in (1, 3) or bool(code & _Z)) + (iso in (2, 3) or bool(code & _M)))
        if kind == 1:
            at += size
        else:
            (count,) = struct.unpack_from(f"{order}I", raw, at)
            at += 4
            if kind in (2, 8):  # line, circular arc
                at += count * size
            elif kind in (3, 17):  # polygon, triangle: rings
                for _ in range(count):
                    at += 4 + size * struct.unpack_from(f"{order}I", raw, at)[0]
            else:
                open_parts.append(count)
                if len(open_parts) > _MOST:
                    return True
        while open_parts and not open_parts[-1]:
            open_parts.pop()
    return False
