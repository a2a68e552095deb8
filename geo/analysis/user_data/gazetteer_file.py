"""A user's gazetteer as a GeoPackage, which QGIS opens: roads, house numbers, named points, measured accuracy."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from geo.addresses.accuracy import Accuracy
from geo.addresses.fold import key_of
from geo.addresses.gazetteer import NamedPoint, Piece, Sources
from geo.addresses.geocoder import Geocoder
from geo.addresses.runs import Anchor
from geo.analysis.user_data.geocoding import area_plane, atlas_sources, district_layer, geocoder_of
from geo.atlas import Atlas
from geo.base.files import beside, remove, sweep, unwritable
from geo.base.told import told
from geo.errors import DataError

__all__ = ["gazetteer_geocoder", "read_gazetteer", "write_gazetteer"]

_FORMAT = "geo gazetteer 1"
_LAYERS = ("roads", "house_numbers", "points")


def write_gazetteer(path: Path, atlas: Atlas, sources: Sources, accuracy: Accuracy, told: Sequence[str] = ()) -> None:
    """Write what a user's gazetteer adds to that of the atlas; the file appears whole or not at all.

    Parameters
    ----------
    path : Path
        ``.gpkg``; replaced if it is there.
    atlas : Atlas
    sources : Sources
        What is added, in the plane of the atlas.
    accuracy : Accuracy
        As measured with it.
    told : sequence of str
        Where it comes from, in words.
    """
    plane = area_plane(atlas)

    def back(shapes: list[Any]) -> Any:
        def moved(points: Any) -> Any:
            return np.column_stack(plane.degrees(points[:, 0], points[:, 1]))

        return shapely.transform(np.array(shapes, dtype=object), moved)

    anchors = [(road, a) for road, found in sources.anchors.items() for a in found]
    numbers = [(road, a.number, a.is_lane, shapely.Point(a.x, a.y)) for road, a in anchors]
    roads = [(road, piece.partial, piece.line) for road, found in sources.pieces.items() for piece in found]
    points = [(name, p.accuracy_m, shapely.Point(p.x, p.y)) for name, found in sources.points.items() for p in found]
    frames: dict[str, tuple[list[str], list[tuple[Any, ...]]]] = {
        "house_numbers": (["road", "house_number", "lane"], numbers),
        "roads": (["road", "partial"], roads),
        "points": (["name", "accuracy_m"], points),
    }
    sweep(path)
    part = beside(path).with_suffix(".part.gpkg")
    try:
        for layer, (names, rows) in frames.items():
            columns = {name: [row[at] for row in rows] for at, name in enumerate(names)}
            frame = gpd.GeoDataFrame(columns, geometry=back([row[-1] for row in rows]), crs="EPSG:4326")
            pyogrio.write_dataframe(frame, part, layer=layer, driver="GPKG", append=part.exists())
        steps = [(how, top, factor) for how, found in accuracy.steps.items() for top, factor in found]
        table = pd.DataFrame(steps, columns=["how", "up_to_m", "factor"])
        pyogrio.write_dataframe(table, part, layer="accuracy", driver="GPKG", append=True)
        about = {"format": _FORMAT, "atlas_id": str(atlas.meta["atlas_id"]), "made_of": json.dumps(list(told))}
        table = pd.DataFrame({"name": list(about), "value": list(about.values())})
        pyogrio.write_dataframe(table, part, layer="about", driver="GPKG", append=True)
        part.replace(path)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        remove(part)


def read_gazetteer(path: Path, atlas: Atlas) -> tuple[Sources, Accuracy]:
    """Read what `write_gazetteer` wrote.

    Raises
    ------
    DataError
        If there is no such file, or it is no gazetteer of this city.
    """
    if not path.is_file():
        raise told(DataError, "own.refused.gazetteer_none", path=path)
    try:
        rows = pyogrio.read_dataframe(path, layer="about")
        about = dict(zip(rows["name"], rows["value"], strict=True))
        frames = {layer: pyogrio.read_dataframe(path, layer=layer) for layer in _LAYERS}
        steps = pyogrio.read_dataframe(path, layer="accuracy")
    except Exception as error:  # GDAL's own errors differ by version
        raise told(DataError, "own.refused.gazetteer", path=path, why=error) from None
    if about.get("format") != _FORMAT or about.get("atlas_id") != str(atlas.meta["atlas_id"]):
        raise told(DataError, "own.refused.gazetteer_other", path=path, atlas=atlas.meta["atlas_id"])
    known: dict[str, list[tuple[float, float]]] = {}
    for row in steps.itertuples():
        known.setdefault(row.how, []).append((float(row.up_to_m), float(row.factor)))
    return _sources(frames, atlas), Accuracy(known)


def _sources(frames: dict[str, gpd.GeoDataFrame], atlas: Atlas) -> Sources:
    from geo.analysis.user_data.geocoding import anchors_of

    numbers, roads, points = (frames[name] for name in ("house_numbers", "roads", "points"))
    plane, districts = area_plane(atlas), district_layer(atlas)
    anchors: dict[str, list[Anchor]] = {}
    if len(numbers):
        # Files of before 2026-12 do not tell lanes.
        lanes = numbers["lane"].tolist() if "lane" in numbers else None
        anchors = anchors_of(numbers["road"], numbers["house_number"], numbers.geometry, atlas, lanes)
    pieces = pieces_of(roads["road"], roads["partial"], plane.shape(roads.geometry.to_numpy()), atlas)
    named: dict[str, list[NamedPoint]] = {}
    shapes = plane.shape(np.array(points.geometry.to_numpy(), dtype=object))
    holding = districts.holding(shapes)
    for row, shape, district in zip(points.itertuples(), shapes, holding, strict=True):
        named.setdefault(row.name, []).append(NamedPoint(shape.x, shape.y, float(row.accuracy_m), int(district)))
    return Sources(anchors, pieces, named)


def pieces_of(names: Any, partial: Any, lines: Any, atlas: Atlas) -> dict[str, list[Piece]]:
    """Return lines of roads, in metres, cut by district.

    Parameters
    ----------
    names, partial : sequence of n str and bool
    lines : sequence of n lines, metres
    atlas : Atlas
    """
    shapes = district_layer(atlas).shapes
    tree = shapely.STRtree(shapes)
    found: dict[str, list[Piece]] = {}
    for name, is_partial, line in zip(names, partial, lines, strict=True):
        for district in tree.query(line, predicate="intersects").tolist():
            inside = shapely.intersection(line, shapes[district])
            if shapely.length(inside) >= 10.0:
                found.setdefault(key_of(name), []).append(Piece(inside, district, bool(is_partial)))
    return found


def gazetteer_geocoder(atlas: Atlas, path: Path) -> Geocoder:
    """Return the geocoder of an atlas and a user's gazetteer together."""
    sources, accuracy = read_gazetteer(path, atlas)
    return geocoder_of(atlas, atlas_sources(atlas) | sources, accuracy)
