"""CRSs of the features, by URI; coordinates in the axis order of each authority."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geo.api.asking import RefusedError
from geo.api.ogc.collections import collection
from geo.atlas.atlas import Atlas

__all__ = ["CRS84", "check_position", "crs_list", "crs_of", "is_projected", "shapes_in"]

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"

_EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
_URI = re.compile(r"http://www\.opengis\.net/def/crs/EPSG/0/(\d{4,6})\Z")

#: Decimals of degrees and of metres, both about a centimetre.
_DECIMALS = {"degree": 7, "metre": 2}


@lru_cache(maxsize=4)
def _list(metric_crs: str) -> tuple[str, ...]:
    metric = pyproj.CRS.from_user_input(metric_crs)
    own = [metric.geodetic_crs.to_epsg() if metric.geodetic_crs else None, metric.to_epsg()]
    return tuple(dict.fromkeys([CRS84, *(f"{_EPSG}{code}" for code in (4326, *own, 3857) if code)]))


def crs_list(atlas: Atlas) -> tuple[str, ...]:
    """Return the supported URIs: CRS84, EPSG:4326, the atlas' metric CRS and its geographic CRS, EPSG:3857."""
    return _list(str(atlas.meta["metric_crs"]))


def crs_of(atlas: Atlas, given: str | None, parameter: str) -> str:
    """Return a URI if it is supported; CRS84 for None.

    Raises
    ------
    RefusedError
        If it is not supported.
    """
    if given is None:
        return CRS84
    if given not in crs_list(atlas):
        raise RefusedError.of("value", name=parameter, given=given[:80], allowed=", ".join(crs_list(atlas)))
    return given


def _epsg(uri: str) -> str:
    found = _URI.match(uri)
    return f"EPSG:{found[1]}" if found else "OGC:CRS84"


@lru_cache(maxsize=16)
def _crs(uri: str) -> pyproj.CRS:
    return pyproj.CRS.from_user_input(_epsg(uri))


@lru_cache(maxsize=16)
def _transformer(uri: str) -> pyproj.Transformer:
    # Cached: PROJ takes a quarter of a second to choose an operation for a new transformer. Without always_xy, so that
    # coordinates have the axis order of the CRS, as the standard requires.
    return pyproj.Transformer.from_crs("OGC:CRS84", _crs(uri))


# A city has some dozen collections in five CRSs; any of them may be requested.
@lru_cache(maxsize=128)
def shapes_in(atlas: Atlas, collection_id: str, uri: str) -> NDArray[np.object_]:
    """Return the geometries of a collection in a CRS, in its axis order.

    Returns
    -------
    ndarray of shape (n,), object
        None for a feature without geometry; rounded to a centimetre.
    """
    shapes = collection(atlas, collection_id).geometry
    if uri == CRS84:
        return shapes
    target = _crs(uri)
    transformer = _transformer(uri)
    decimals = _DECIMALS.get(target.axis_info[0].unit_name, 7)

    def moved(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.round(np.column_stack(transformer.transform(points[:, 0], points[:, 1])), decimals)

    found: NDArray[np.object_] = shapely.transform(shapes, moved)
    return found


def check_position(uri: str, first: float, second: float, parameter: str) -> None:
    """Raise `RefusedError` unless a position is valid in a CRS: degrees within bounds, metres on the Earth."""
    crs = _crs(uri)
    limits = (2.1e7, 2.1e7)
    if crs.is_geographic:
        limits = (180.0, 90.0) if uri == CRS84 else (90.0, 180.0)
    elif max(abs(first), abs(second)) <= limits[0] * 3:  # the easting may be prefixed by a zone number
        return
    if not (abs(first) <= limits[0] and abs(second) <= limits[1]):
        raise RefusedError.of("position", name=parameter, given=f"{first:g},{second:g}", crs=uri)


def is_projected(uri: str) -> bool:
    """Return whether a CRS is projected, in metres."""
    return bool(_crs(uri).is_projected)
