"""RFC 7946 GeoJSON: one feature per line, fixed decimals, counter-clockwise exterior rings, reproducible."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

__all__ = ["DECIMALS", "feature_collection", "round_geometry"]

#: Decimals of a degree that are kept: 6 is about 0.1 m, far below any boundary's accuracy.
DECIMALS = 6


def round_geometry(geometry: BaseGeometry, decimals: int = DECIMALS) -> BaseGeometry:
    """Return a valid geometry rounded to `decimals`, with counter-clockwise exterior rings."""
    snapped = shapely.set_precision(geometry, 10.0**-decimals)
    return shapely.orient_polygons(snapped, exterior_cw=False)


def _rounded(coordinates: Any, decimals: int) -> Any:
    if isinstance(coordinates, float | int):
        return round(coordinates, decimals)
    return [_rounded(part, decimals) for part in coordinates]


def _plain(value: Any) -> Any:
    """Return a JSON number without a redundant fraction: 15.0 becomes 15 on every machine."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def feature_collection(
    features: Iterable[tuple[str, Mapping[str, Any], BaseGeometry | None]],
    members: Mapping[str, Any] | None = None,
    decimals: int = DECIMALS,
) -> bytes:
    """Return a FeatureCollection as UTF-8 bytes.

    Parameters
    ----------
    features : iterable of (id, properties, geometry)
        Geometry in WGS 84, longitude first; None is written as null.
    members : mapping, optional
        Further members of the collection (RFC 7946 section 6.1), such as licence and attribution.
    decimals : int
        Decimals of a degree.
    """
    lines = []
    for identifier, properties, geometry in features:
        shape = None
        if geometry is not None:
            mapping = shapely.geometry.mapping(shapely.orient_polygons(geometry, exterior_cw=False))
            shape = {"type": mapping["type"], "coordinates": _rounded(mapping["coordinates"], decimals)}
        feature = {
            "type": "Feature",
            "id": identifier,
            "properties": {key: _plain(value) for key, value in properties.items()},
            "geometry": shape,
        }
        lines.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":"), allow_nan=False))
    head = json.dumps(dict(members or {}), ensure_ascii=False, allow_nan=False)[1:-1]
    prefix = '{"type": "FeatureCollection"' + (f", {head}" if head else "") + ', "features": [\n'
    return (prefix + ",\n".join(lines) + "\n]}\n").encode()
