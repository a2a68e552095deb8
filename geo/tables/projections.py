"""Ways to read two numbers: as degrees, scaled degrees, or metres of a projected CRS; judged by where points lie."""

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

from geo.base.told import told
from geo.crs.bd09mc import bd09mc_to_bd09
from geo.crs.datums import DATUMS
from geo.crs.foreign import read_crs
from geo.errors import CRSError

__all__ = ["BD09MC", "SCALED", "Bbox", "Fit", "crs_code", "fitting_projections", "in_box", "is_projected", "to_degrees"]

Bbox = tuple[float, float, float, float]
Floats = npt.NDArray[np.float64]

#: Powers of ten by which degrees are scaled to whole numbers.
SCALED = {"degrees*1e5": 1e5, "degrees*1e6": 1e6, "degrees*1e7": 1e7}

#: The metres of Baidu's maps, which are in no registry; converted to degrees they are BD-09.
BD09MC = "bd09mc"

_WGS84_NAMES = ("wgs 84", "wgs_1984", "china geodetic", "cgcs2000", "china_2000")
_WEB_MERCATOR = "EPSG:3857"
#: Mercator on the ellipsoid.
_WORLD_MERCATOR = "EPSG:3395"
#: National datums before the one of today: their metres look like those of today and lie 50 to 150 m beside them.
_OLDER = {"CGCS2000": ("Beijing 1954", "Xian 1980", "New Beijing")}
#: Farthest that the central meridian of a zone may lie from the city, degrees.
_ZONES_DEG = 6.0
_MARGIN_DEG = 0.05
_FITS = 0.9
_SAME_DEG = 1e-5
_KEPT = 256  # texts of files, which nobody counts


@dataclass(frozen=True, slots=True)
class Fit:
    """A way to read two columns of numbers, CRS and order, that puts them into the city.

    Attributes
    ----------
    crs : str
    swapped : bool
        Whether the first number is the northing.
    share : float
        Share of the rows that lie in the extent of the city.
    usual : bool
        Whether it is the city's own CRS, UTM, Web Mercator or scaled degrees. Others are CRSs of neighbouring zones, of
        older datums, and the metres of Baidu's maps.
    datums : tuple of str
        Datums that the resulting degrees may be in.
    """

    crs: str
    swapped: bool
    share: float
    usual: bool
    datums: tuple[str, ...] = DATUMS


def in_box(lon: Floats, lat: Floats, bbox: Bbox, margin: float = 0.0) -> npt.NDArray[np.bool_]:
    """Return which points lie in ``bbox`` (west, south, east, north), widened by `margin` degrees: bool, shape (n,)."""
    west, south, east, north = bbox
    inside = (lon >= west - margin) & (lon <= east + margin) & (lat >= south - margin) & (lat <= north + margin)
    return np.asarray(inside)


@lru_cache(_KEPT)
def crs_code(crs: str) -> str:
    """Return a CRS as ``EPSG:n`` if it has a code; ``""`` for degrees on WGS 84 or CGCS2000.

    Raises
    ------
    CRSError
        If it is unknown, or is a text that may not be read from a file (`geo.crs.foreign`).
    """
    if crs in SCALED:
        return crs
    if crs.casefold() == BD09MC:
        return BD09MC
    try:
        found = read_crs(crs)
    except CRSError as error:
        raise told(CRSError, "refused.crs_text", why=error, scaled=", ".join(SCALED)) from None
    if not (found.is_geographic or found.is_projected):
        code = ":".join(found.to_authority() or [crs[:80]])
        raise told(CRSError, "refused.crs_not_of_a_map", crs=code, title=found.name)
    datum = (found.geodetic_crs.name if found.geodetic_crs else "").casefold()
    if found.is_geographic and any(name in datum for name in _WGS84_NAMES):
        return ""
    try:
        authority = found.to_authority(min_confidence=70)
        return ":".join(authority) if authority else found.to_wkt()
    except pyproj.exceptions.ProjError:
        raise told(CRSError, "refused.crs_no_wkt", crs=crs[:80]) from None


@lru_cache(_KEPT)
def is_projected(crs: str) -> bool:
    """Return whether the coordinates of a CRS are lengths, such as metres, rather than degrees."""
    if crs == BD09MC:
        return True
    return crs not in SCALED and bool(crs) and bool(pyproj.CRS.from_user_input(crs).is_projected)


@lru_cache(_KEPT)
def _transformer(crs: str) -> pyproj.Transformer:
    """Return the transformation to WGS 84; one that ignores a datum shift only if the datums are the same."""
    source = pyproj.CRS.from_user_input(crs)
    name = (source.geodetic_crs.name if source.geodetic_crs else "").casefold()
    same = any(known in name for known in _WGS84_NAMES)
    try:
        return pyproj.Transformer.from_crs(source, 4326, always_xy=True, allow_ballpark=same)
    except pyproj.exceptions.ProjError:
        raise told(CRSError, "refused.crs_no_way", crs=crs[:80], title=source.name) from None


def to_degrees(x: Floats, y: Floats, crs: str) -> tuple[Floats, Floats]:
    """Return longitude and latitude, degrees, WGS 84, of east and north in `crs`; NaN where it is not defined.

    The transformation is created once for all batches, unlike in `geo.crs.registry.projected_to_lonlat`.
    """
    if not crs:
        return x, y
    if crs in SCALED:
        return x / SCALED[crs], y / SCALED[crs]
    if crs == BD09MC:
        return bd09mc_to_bd09(x, y)
    lon, lat = (np.asarray(values, np.float64) for values in _transformer(crs).transform(x, y))
    bad = ~(np.isfinite(lon) & np.isfinite(lat))
    return np.where(bad, np.nan, lon), np.where(bad, np.nan, lat)


def fitting_projections(first: Floats, second: Floats, bbox: Bbox, metric_crs: str | None) -> list[Fit]:
    """Return the fits that put nine tenths of the points into the city, best first.

    Parameters
    ----------
    first, second : ndarray of float64, shape (n,)
        Finite numbers outside the range of degrees.
    bbox : (west, south, east, north), degrees
        Extent of the city.
    metric_crs : str or None
        The city's own projected CRS.
    """
    fits: list[Fit] = []
    places: list[tuple[Floats, Floats]] = []

    def try_crs(crs: str, usual: bool, datums: tuple[str, ...]) -> bool:
        fitted = False
        for swapped in (False, True):
            x, y = (second, first) if swapped else (first, second)
            try:
                near = to_degrees(x[middle], y[middle], crs)
                if not in_box(near[0], near[1], bbox, _MARGIN_DEG).any():
                    continue
                lon, lat = to_degrees(x, y, crs)
            except CRSError:  # an older datum that nobody can convert to the metre
                continue
            share = float(in_box(lon, lat, bbox, _MARGIN_DEG).mean())
            if share >= _FITS:
                fitted = True
                if not any(np.nanmax(np.hypot(lon - u, lat - v)) < _SAME_DEG for u, v in places):
                    fits.append(Fit(crs, swapped, share, usual, datums))
                    places.append((lon, lat))
        return fitted

    middle = np.argsort(first)[len(first) // 4 :: max(len(first) // 8, 1)]
    for crs, usual, datums in _candidates(bbox, metric_crs):
        if try_crs(crs, usual, datums):
            for older in _older(crs):
                try_crs(older, False, ("wgs84",))
    return sorted(fits, key=lambda fit: (not fit.usual, -fit.share))


def _candidates(bbox: Bbox, metric_crs: str | None) -> Iterator[tuple[str, bool, tuple[str, ...]]]:
    """Yield CRS, `Fit.usual` and `Fit.datums` of every CRS to try."""
    west, south, east, north = bbox
    seen = set()
    if metric_crs:
        seen.add(crs_code(metric_crs))
        yield crs_code(metric_crs), True, DATUMS
    hemisphere = 32600 if (south + north) / 2 >= 0 else 32700
    for zone in range(int((west + 180) // 6) + 1, int((east + 180) // 6) + 2):
        seen.add(f"EPSG:{hemisphere + zone}")
        yield f"EPSG:{hemisphere + zone}", True, DATUMS
    yield _WEB_MERCATOR, True, DATUMS
    for scaled in SCALED:
        yield scaled, True, DATUMS
    yield BD09MC, False, ("bd09",)
    yield _WORLD_MERCATOR, False, ("wgs84",)
    if metric_crs:
        for crs in _neighbours(bbox, crs_code(metric_crs)):
            if crs not in seen:
                yield crs, False, DATUMS


@cache
def _neighbours(bbox: Bbox, metric_crs: str) -> tuple[str, ...]:
    """Return the projected CRSs on the datum of the city's own whose area of use is at the city or next to it."""
    datum = pyproj.CRS.from_user_input(metric_crs).geodetic_crs
    if datum is None:
        return ()
    west, south, east, north = bbox
    wide = AreaOfInterest(west - _ZONES_DEG, south, east + _ZONES_DEG, north)
    infos = query_crs_info("EPSG", PJType.PROJECTED_CRS, area_of_interest=wide, contains=False)
    names = [f"EPSG:{i.code}" for i in infos if i.name.startswith(f"{_short(datum.name)} / ")]
    return tuple(n for n in names if pyproj.CRS.from_user_input(n).geodetic_crs == datum)


@cache
def _by_name() -> dict[str, str]:
    """Return the code of every projected CRS on an older datum, by name."""
    older = {name for names in _OLDER.values() for name in names}
    infos = query_crs_info("EPSG", PJType.PROJECTED_CRS)
    return {info.name: f"EPSG:{info.code}" for info in infos if info.name.partition(" / ")[0] in older}


def _older(crs: str) -> list[str]:
    """Return the CRSs of the same grid on older datums."""
    if not crs.startswith("EPSG:"):
        return []
    of, _, grid = str(pyproj.CRS.from_user_input(crs).name).partition(" / ")
    names = (f"{older} / {grid}" for older in _OLDER.get(of, ()))
    return [_by_name()[name] for name in names if name in _by_name()]


def _short(name: str) -> str:
    """Return the name of a CRS without its datum."""
    return {"China Geodetic Coordinate System 2000": "CGCS2000"}.get(name, name)
