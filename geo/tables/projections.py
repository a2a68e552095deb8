"""What two numbers may be: degrees, scaled degrees, or metres of a projected CRS; told by where the points fall."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt
import pyproj
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_crs_info
from pyproj.enums import PJType

from geo.crs.foreign import read_crs
from geo.errors import CRSError

__all__ = ["SCALED", "Bbox", "Fit", "crs_code", "fitting_projections", "in_box", "is_projected", "to_degrees"]

Bbox = tuple[float, float, float, float]
Floats = npt.NDArray[np.float64]

#: Whole numbers that are degrees times a power of ten.
SCALED = {"degrees*1e5": 1e5, "degrees*1e6": 1e6, "degrees*1e7": 1e7}

_WGS84_NAMES = ("wgs 84", "wgs_1984", "china geodetic", "cgcs2000", "china_2000")
_WEB_MERCATOR = "EPSG:3857"
_MARGIN_DEG = 0.05
_FITS = 0.9
_SAME_DEG = 1e-5
_KEPT = 64  # texts of files, which nobody counts


@dataclass(frozen=True, slots=True)
class Fit:
    """A frame under which the numbers fall into the city.

    Attributes
    ----------
    crs : str
    swapped : bool
        The first number is the northing.
    share : float
        Of the rows, that fall into the city's extent.
    usual : bool
        The city's own CRS, UTM, Web Mercator or scaled degrees; others are neighbours of the city's own.
    """

    crs: str
    swapped: bool
    share: float
    usual: bool


def in_box(lon: Floats, lat: Floats, bbox: Bbox, margin: float = 0.0) -> npt.NDArray[np.bool_]:
    """Return which points lie in (west, south, east, north), `margin` degrees wider."""
    west, south, east, north = bbox
    inside = (lon >= west - margin) & (lon <= east + margin) & (lat >= south - margin) & (lat <= north + margin)
    return np.asarray(inside)


@lru_cache(_KEPT)
def crs_code(crs: str) -> str:
    """Return a CRS as ``EPSG:n`` where it has a code, ``""`` for degrees on WGS 84 or CGCS2000.

    Raises
    ------
    CRSError
        If it is unknown, or no text that may be read (`geo.crs.foreign`).
    """
    if crs in SCALED or not crs:
        return crs
    try:
        found = read_crs(crs)
    except CRSError as error:
        raise CRSError(f"{error}; pass crs= with a code such as EPSG:4326, or one of {', '.join(SCALED)}") from None
    datum = (found.geodetic_crs.name if found.geodetic_crs else "").casefold()
    if found.is_geographic and any(name in datum for name in _WGS84_NAMES):
        return ""
    try:
        authority = found.to_authority(min_confidence=70)
        return ":".join(authority) if authority else found.to_wkt()
    except pyproj.exceptions.ProjError:
        raise CRSError(f"the CRS {crs[:80]!r} cannot be written as WKT: give a code such as EPSG:4326") from None


@lru_cache(_KEPT)
def is_projected(crs: str) -> bool:
    """Return whether a CRS counts metres (or another length) rather than degrees."""
    return crs not in SCALED and bool(crs) and bool(pyproj.CRS.from_user_input(crs).is_projected)


@lru_cache(_KEPT)
def _transformer(crs: str) -> pyproj.Transformer:
    """Return the way to WGS 84; never one that passes over a difference of datums of a hundred metres."""
    source = pyproj.CRS.from_user_input(crs)
    name = (source.geodetic_crs.name if source.geodetic_crs else "").casefold()
    same = any(known in name for known in _WGS84_NAMES)
    try:
        return pyproj.Transformer.from_crs(source, 4326, always_xy=True, allow_ballpark=same)
    except pyproj.exceptions.ProjError:
        raise CRSError(
            f"{crs[:80]} ({source.name}) cannot be converted to WGS 84 to the metre: no transformation of its datum is "
            "known; convert the table in a GIS first"
        ) from None


def to_degrees(x: Floats, y: Floats, crs: str) -> tuple[Floats, Floats]:
    """Return longitude and latitude (degrees) of east and north in `crs`; NaN where there is no image.

    The transformation is made once for all batches, unlike in `geo.crs.registry.projected_to_lonlat`.
    """
    if not crs:
        return x, y
    if crs in SCALED:
        return x / SCALED[crs], y / SCALED[crs]
    lon, lat = (np.asarray(values, np.float64) for values in _transformer(crs).transform(x, y))
    bad = ~(np.isfinite(lon) & np.isfinite(lat))
    return np.where(bad, np.nan, lon), np.where(bad, np.nan, lat)


def fitting_projections(first: Floats, second: Floats, bbox: Bbox, metric_crs: str | None) -> list[Fit]:
    """Return the frames under which nine tenths of the numbers fall into the city, best first.

    Parameters
    ----------
    first, second : ndarray of shape (n,), float64
        Finite numbers beyond the range of degrees.
    bbox : (west, south, east, north), degrees
    metric_crs : str or None
        The city's own projected CRS.
    """
    fits: list[Fit] = []
    places: list[tuple[Floats, Floats]] = []
    for crs, usual in _candidates(bbox, metric_crs):
        for swapped in (False, True):
            x, y = (second, first) if swapped else (first, second)
            lon, lat = to_degrees(x, y, crs)
            share = float(in_box(lon, lat, bbox, _MARGIN_DEG).mean())
            same = (
                any(np.nanmax(np.hypot(lon - u, lat - v)) < _SAME_DEG for u, v in places) if share >= _FITS else False
            )
            if share >= _FITS and not same:
                fits.append(Fit(crs, swapped, share, usual))
                places.append((lon, lat))
    return sorted(fits, key=lambda fit: (not fit.usual, -fit.share))


def _candidates(bbox: Bbox, metric_crs: str | None) -> Iterator[tuple[str, bool]]:
    west, south, east, north = bbox
    seen = set()
    if metric_crs:
        seen.add(crs_code(metric_crs))
        yield crs_code(metric_crs), True
    hemisphere = 32600 if (south + north) / 2 >= 0 else 32700
    for zone in range(int((west + 180) // 6) + 1, int((east + 180) // 6) + 2):
        seen.add(f"EPSG:{hemisphere + zone}")
        yield f"EPSG:{hemisphere + zone}", True
    yield _WEB_MERCATOR, True
    for scaled in SCALED:
        yield scaled, True
    if metric_crs:
        for crs in _neighbours(bbox, crs_code(metric_crs)):
            if crs not in seen:
                yield crs, False


@cache
def _neighbours(bbox: Bbox, metric_crs: str) -> tuple[str, ...]:
    """Return the projected CRSs on the same datum as the city's own whose area of use meets the extent."""
    datum = pyproj.CRS.from_user_input(metric_crs).geodetic_crs
    if datum is None:
        return ()
    infos = query_crs_info("EPSG", PJType.PROJECTED_CRS, area_of_interest=AreaOfInterest(*bbox), contains=False)
    names = [f"EPSG:{i.code}" for i in infos if i.name.startswith(f"{_short(datum.name)} / ")]
    return tuple(n for n in names if pyproj.CRS.from_user_input(n).geodetic_crs == datum)


def _short(name: str) -> str:
    return {"China Geodetic Coordinate System 2000": "CGCS2000"}.get(name, name)
