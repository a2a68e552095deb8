"""Conversion of geometries with arcs or many faces to lines and polygons, since GEOS does not read all of them."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

__all__ = ["ARC_PIECES", "straightened"]

#: Straight pieces of an arc: within 1/50 of the radius of a full circle; control points are kept exactly.
ARC_PIECES = 16

#: Type codes of WKB, from 1.
_NAMES = (
    *("POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION"),
    *("CIRCULARSTRING", "COMPOUNDCURVE", "CURVEPOLYGON", "MULTICURVE", "MULTISURFACE", "CURVE", "SURFACE"),
    *("POLYHEDRALSURFACE", "TIN", "TRIANGLE"),
)
#: The type of a part that has no name in WKT, by the type of the whole.
_PARTS = {
    "POLYGON": "LINESTRING",
    "TRIANGLE": "LINESTRING",
    "COMPOUNDCURVE": "LINESTRING",
    "CURVEPOLYGON": "LINESTRING",
    "MULTICURVE": "LINESTRING",
    "MULTILINESTRING": "LINESTRING",
    "MULTIPOINT": "POINT",
    "MULTIPOLYGON": "POLYGON",
    "MULTISURFACE": "POLYGON",
    "POLYHEDRALSURFACE": "POLYGON",
    "TIN": "TRIANGLE",
}
_OF_COORDINATES = ("POINT", "LINESTRING", "CIRCULARSTRING")
#: Names, brackets, commas between parts; coordinates in one piece, up to the bracket that ends them.
_TOKENS = re.compile(r"[A-Za-z]+|[(),]|[-+.\d][^()]*")
#: A surface of faces without holes, each set of positions left out: ``TIN Z (((  )), ((  )))``.
_RING = re.compile(r"\(([^()]*)\)")
_FACES = re.compile(
    r"\s*(?:TIN|POLYHEDRALSURFACE)\s*(?:ZM|Z|M)?\s*\((?:\s*\(\s*\(\)\s*\)\s*(?:,(?!\s*\))|(?=\))))+\)\s*", re.IGNORECASE
)
_Z, _M, _SRID = 0x80000000, 0x40000000, 0x20000000

Floats = npt.NDArray[np.float64]


def straightened(cell: str | bytes) -> BaseGeometry:
    """Return a geometry, given as WKT, WKB or hexadecimal WKB, in two dimensions and without arcs.

    An arc (start, a point on it, end) becomes 16 straight pieces.

    Parameters
    ----------
    cell : str or bytes
        Must not be nested deeply (`geo.tables.nesting`), since each level is a recursive call.

    Raises
    ------
    ValueError
        If it cannot be read.

    Examples
    --------
    >>> half = straightened("CIRCULARSTRING (0 0, 1 1, 2 0)")
    >>> half.geom_type, len(half.coords), half.coords[8]
    ('LineString', 17, (1.0, 1.0))
    """
    try:
        if isinstance(cell, str) and cell.lstrip()[:2] in ("00", "01"):
            cell = bytes.fromhex(cell.strip())
        if isinstance(cell, str):
            text = cell.rpartition(";")[2]
            if (faces := _faces(text)) is not None:
                return faces
            words = (found[0] for found in _TOKENS.finditer(text))
            return _from_words(next(words), words)
        return _from_bytes(cell, 0)[0]
    except (StopIteration, struct.error, IndexError, KeyError, shapely.errors.ShapelyError, TypeError) as error:
        raise ValueError(f"no geometry that can be read ({type(error).__name__})") from None


def _faces(text: str) -> BaseGeometry | None:
    """Return a surface whose faces have no holes, of which it may have thousands, read in one pass; else None."""
    if not text.lstrip()[:5].upper().startswith(("TIN", "POLYH")) or not _FACES.fullmatch(_RING.sub("()", text)):
        return None
    rings = _RING.findall(text)
    counts = [ring.count(",") + 1 for ring in rings]
    numbers = np.array(" ".join(rings).replace(",", " ").split(), np.float64)
    spots = numbers.reshape(sum(counts), -1)[:, :2]
    if not np.isfinite(spots).all():
        raise ValueError("a coordinate is not a number")
    shells: Any = shapely.linearrings(spots, indices=np.repeat(np.arange(len(rings)), counts))
    surface: BaseGeometry = shapely.multipolygons(shapely.polygons(shells))
    return surface


def _from_words(name: str, words: Iterator[str]) -> BaseGeometry:
    """Return the geometry whose type was the last word read."""
    name = name.upper()
    word = next(words)
    while word.upper() in ("Z", "M", "ZM"):
        word = next(words)
    if word.upper() == "EMPTY":
        return shapely.GeometryCollection()
    if word != "(":
        raise ValueError(f"{word[:40]!r} where a bracket should open")
    return _read_parts(name, words)


def _read_parts(name: str, words: Iterator[str]) -> BaseGeometry:
    """Return what stands in the brackets that were just opened."""
    if name in _OF_COORDINATES:
        return _built(name, _read_coordinates(words), [])
    parts: list[BaseGeometry] = []
    for word in words:
        if word == ")":
            return _built(name, np.empty((0, 2)), parts)
        if word == "(":
            parts.append(_read_parts(_PARTS[name], words))
        elif word != ",":
            parts.append(_from_words(word, words))
    raise ValueError("it ends too early")


def _read_coordinates(words: Iterator[str]) -> Floats:
    """Return the positions up to the closing bracket, shape (n, 2); further dimensions are dropped."""
    spots = ""
    for word in words:
        if word == ")":
            return np.array(spots.replace(",", " ").split(), np.float64).reshape(spots.count(",") + 1, -1)[:, :2]
        spots += word
    raise ValueError("it ends too early")


def _from_bytes(raw: bytes, at: int) -> tuple[BaseGeometry, int]:
    """Return the geometry that begins at position `at`, and the position where it ends."""
    order = "<" if raw[at] else ">"
    (code,) = struct.unpack_from(f"{order}I", raw, at + 1)
    at += 9 if code & _SRID else 5
    iso, kind = divmod(code & 0x1FFFFFFF, 1000)
    if not kind:
        raise ValueError("type 0")
    name = _NAMES[kind - 1]
    width = 2 + (iso in (1, 3) or bool(code & _Z)) + (iso in (2, 3) or bool(code & _M))

    def coordinates(start: int, count: int) -> tuple[Floats, int]:
        found = np.frombuffer(raw, f"{order}f8", count * width, start).reshape(-1, width)
        return np.ascontiguousarray(found[:, :2], np.float64), start + 8 * count * width

    if name == "POINT":
        found, at = coordinates(at, 1)
        return _built(name, found, []), at
    (count,) = struct.unpack_from(f"{order}I", raw, at)
    at += 4
    if name in _OF_COORDINATES:
        found, at = coordinates(at, count)
        return _built(name, found, []), at
    parts: list[BaseGeometry] = []
    for _ in range(count):
        if name in ("POLYGON", "TRIANGLE"):
            (size,) = struct.unpack_from(f"{order}I", raw, at)
            found, at = coordinates(at + 4, size)
            part = _built("LINESTRING", found, [])
        else:
            part, at = _from_bytes(raw, at)
        parts.append(part)
    return _built(name, np.empty((0, 2)), parts), at


def _built(name: str, coordinates: Floats, parts: list[Any]) -> BaseGeometry:
    """Return the geometry of a type from its coordinates or its parts."""
    if name == "POINT":
        return shapely.Point(coordinates[0])
    if not np.isfinite(coordinates).all():
        raise ValueError("a coordinate is not a number")
    if name == "LINESTRING":
        return shapely.LineString(coordinates)
    if name == "CIRCULARSTRING":
        return shapely.LineString(_pieces(coordinates))
    parts = [part for part in parts if not part.is_empty]
    if name == "COMPOUNDCURVE":
        return shapely.LineString(np.concatenate([shapely.get_coordinates(part) for part in parts]))
    if name in ("POLYGON", "TRIANGLE", "CURVEPOLYGON"):
        return shapely.Polygon(parts[0], parts[1:]) if parts else shapely.Polygon()
    if name in ("MULTIPOLYGON", "MULTISURFACE", "POLYHEDRALSURFACE", "TIN"):
        return shapely.MultiPolygon(parts)
    if name in ("MULTICURVE", "MULTILINESTRING"):
        return shapely.MultiLineString(parts)
    return shapely.GeometryCollection(parts)


def _pieces(control: Floats) -> Floats:
    """Return points along consecutive arcs, shape (m, 2); the end of an arc is the start of the next."""
    if len(control) < 3 or len(control) % 2 == 0:
        raise ValueError("an arc has a beginning, a middle and an end")
    first, middle, last = control[:-1:2], control[1::2], control[2::2]
    a, b = middle - first, last - first
    cross = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    full = (b == 0).all(axis=1)  # it ends where it began: a circle whose diameter goes to the middle
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        aa, bb = (a**2).sum(axis=1), (b**2).sum(axis=1)
        centre = np.stack([b[:, 1] * aa - a[:, 1] * bb, a[:, 0] * bb - b[:, 0] * aa], axis=1) / (2 * cross)[:, None]
        centre = first + np.where(full[:, None], a / 2, centre)
        start, way, end = (np.arctan2(*(p - centre).T[::-1]) for p in (first, middle, last))
        turn = np.where(cross >= 0, 1, -1)
        half = np.where(full, np.pi, (turn * (way - start)) % (2 * np.pi))
        rest = np.where(full, np.pi, (turn * (end - way)) % (2 * np.pi))
        share = np.linspace(0, 1, ARC_PIECES // 2 + 1)[None, :]
        angles = np.concatenate(
            [start[:, None] + (turn * half)[:, None] * share, way[:, None] + (turn * rest)[:, None] * share[:, 1:]],
            axis=1,
        )
        radius = np.hypot(*(first - centre).T)
        points = centre[:, None, :] + radius[:, None, None] * np.stack([np.cos(angles), np.sin(angles)], axis=2)
    straight = ~np.isfinite(points).all(axis=(1, 2))  # the three lie on a line, or are far off the globe
    points[straight] = np.linspace(first[straight], last[straight], ARC_PIECES + 1, axis=1)
    for place, exact in ((0, first), (ARC_PIECES // 2, middle), (ARC_PIECES, last)):
        points[:, place] = exact
    return np.concatenate([points[:, :-1].reshape(-1, 2), points[-1:, -1]])
