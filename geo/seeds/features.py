"""Read a GeoJSON file of the seeds, and validate its features against the table of their properties."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.contract.cells import Row, check_cell
from geo.contract.schema import Table

__all__ = ["read_features"]


def read_features(
    path: Path, name: str, contract: Table, places: Collection[str], problems: list[str]
) -> list[tuple[Row, BaseGeometry]]:
    """Return the valid features of a file; the others are added to `problems`.

    Parameters
    ----------
    path : Path
        The file, which exists.
    name : str
        Name of the file in problems.
    contract : Table
        Contract of the properties.
    places : collection of str
        Ids that a property may refer to.
    problems : list of str
        Extended in place; one line each: file, feature, problem, remedy.
    """
    try:
        features = list(json.loads(path.read_text(encoding="utf-8"))["features"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        problems.append(f"{name}: is not a GeoJSON FeatureCollection in UTF-8 ({error}): save it again")
        return []
    known: dict[str, int] = {}
    found = []
    for number, feature in enumerate(features, start=1):
        where = f"{name}:feature {number}"
        try:
            properties = {key: "" if v is None else str(v) for key, v in feature["properties"].items()}
            geometry = shapely.geometry.shape(feature["geometry"])
        except Exception as error:
            problems.append(f"{where}: has no readable properties and geometry ({error}): draw it again")
            continue
        if missing := [c for c in contract.names("seeds") if c not in properties]:
            problems.append(f"{where}: lacks {', '.join(missing)}: add the properties")
            continue
        _check_properties(where, contract, properties, places, problems)
        corners = np.abs(shapely.get_coordinates(geometry))
        if not (corners <= (180, 90)).all():  # also false for NaN
            problems.append(f"{where}: lies beyond 180 or 90 degrees: save it in WGS 84 (EPSG:4326)")
            continue
        key = properties[contract.key[0]]
        if key in known:
            problems.append(f"{where}: repeats {key!r} of feature {known[key]}: remove one")
        known.setdefault(key, number)
        if geometry.is_empty or not geometry.is_valid:
            reason = "is empty" if geometry.is_empty else f"is invalid ({shapely.is_valid_reason(geometry)})"
            problems.append(f"{where}: {key} {reason}: mend it in QGIS (Check validity)")
            continue
        found.append(({c: properties[c] for c in contract.names("seeds")}, geometry))
    return found


def _check_properties(
    where: str, contract: Table, properties: Row, places: Collection[str], problems: list[str]
) -> None:
    for column in contract.columns:
        if column.stage != "seeds":
            continue
        value = properties[column.name]
        if wrong := check_cell(column, value):
            problems.append(f"{where}: {column.name} {wrong}")
        if column.references == "places.place_id" and value and value not in places:
            problems.append(f"{where}: {column.name} {value!r} is not in places.csv: correct it")
