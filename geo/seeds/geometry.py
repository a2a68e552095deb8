"""Read the geometry of ``seeds/`` and check it against the tables; all problems at once, nothing is repaired."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from geo.contract.cells import check_cell
from geo.contract.schema import ADDRESS_TABLES, BASEMAP_TABLES, tables
from geo.contract.typed import split_list
from geo.crs.geodesy import geodesic_area_km2
from geo.seeds.boundaries import read_boundary
from geo.seeds.cited import check_cited
from geo.seeds.features import read_features
from geo.seeds.read import Row, Seeds

__all__ = ["OFFICIAL_AREA", "Drawn", "read_geometry"]

#: The reported measure with which a drawn area is compared.
OFFICIAL_AREA = "area_official_km2"

#: Largest relative difference between a drawn area under `official_bounds` and the official one.
AREA_TOLERANCE = 0.10
#: Largest share of a node's area that may lie outside its belt, zone or node.
OUTSIDE_PARENT = 0.01
#: Largest share of a place's area that may lie outside its stated districts. The districts are first widened by the
#: place's accuracy, because borders from different drawings differ by some metres; more tolerance would hide real
#: errors.
OUTSIDE_DISTRICTS = 0.02
#: Metres per degree of latitude on a sphere: accurate enough for that widening.
METRES_PER_DEGREE = 111_320


@dataclass(slots=True)
class Drawn:
    """The geometry of the seeds: polygons and properties by place, features by basemap layer."""

    polygons: dict[str, BaseGeometry] = field(default_factory=dict)
    properties: dict[str, Row] = field(default_factory=dict)
    basemap: dict[str, list[tuple[Row, BaseGeometry]]] = field(default_factory=dict)
    addresses: dict[str, list[tuple[Row, BaseGeometry]]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def features(self, seeds: Seeds, role: str) -> list[tuple[Row, BaseGeometry]]:
        """Return the features of every basemap layer of one role."""
        layers = [row["layer_id"] for row in seeds.rows["basemap"] if row["role"] == role]
        return [feature for layer in layers for feature in self.basemap.get(layer, [])]


def read_geometry(seeds: Seeds) -> Drawn:
    """Read basemap and boundaries and check them against the tables.

    Returns
    -------
    Drawn
        With `problems`, one line each: file, problem, remedy. District polygons come from the basemap layer with the
        role district, the city is their union, and every other place has a file in ``boundaries/``.
    """
    drawn = Drawn()
    for row in seeds.rows["basemap"]:
        _read_basemap(seeds, row, drawn)
    registered = {row["layer_id"] for row in seeds.rows["basemap"]}
    for path in sorted((seeds.folder / "basemap").glob("*.geojson")):
        if path.stem not in registered:
            drawn.problems.append(f"basemap/{path.name}: is not in basemap.csv: add its row or remove the file")
    _read_addresses(seeds, drawn)
    _add_context(seeds, drawn)
    _read_boundaries(seeds, drawn)
    _check_places(seeds, drawn)
    _check_areas(seeds, drawn)
    _check_institutions(seeds, drawn)
    if not seeds.problems and not drawn.problems:
        addresses = (row["source_id"] for layer in drawn.addresses.values() for row, _ in layer)
        boundaries = (properties["source_id"] for properties in drawn.properties.values())
        drawn.problems += check_cited(seeds.rows, chain(boundaries, addresses))
    return drawn


def _read_basemap(seeds: Seeds, row: Row, drawn: Drawn) -> None:
    layer, name = row["layer_id"], f"basemap/{row['layer_id']}.geojson"
    table = BASEMAP_TABLES.get(row["role"])
    if table is None:
        return
    if not (seeds.folder / name).is_file():
        drawn.problems.append(f"{name}: is missing: add it or remove its row from basemap.csv")
        return
    places = {place["place_id"] for place in seeds.rows["places"]}
    drawn.basemap[layer] = read_features(seeds.folder / name, name, tables()[table], places, drawn.problems)


def _read_addresses(seeds: Seeds, drawn: Drawn) -> None:
    """Read the address layers, which a city may have."""
    places = {place["place_id"] for place in seeds.rows["places"]}
    sources = {row["source_id"] for row in seeds.rows["sources"]}
    for layer, table in ADDRESS_TABLES.items():
        name = f"addresses/{layer}.geojson"
        if not (seeds.folder / name).is_file():
            continue
        drawn.addresses[layer] = read_features(seeds.folder / name, name, tables()[table], places, drawn.problems)
        for source_id in sorted({row["source_id"] for row, _ in drawn.addresses[layer]} - sources):
            drawn.problems.append(f"{name}: source_id {source_id!r} is not in sources.csv: correct it or add the row")
    for path in sorted((seeds.folder / "addresses").glob("*")):
        if path.stem not in ADDRESS_TABLES:
            drawn.problems.append(f"addresses/{path.name}: is no layer of addresses: {', '.join(ADDRESS_TABLES)}")
    known = {row["place_id"] for row in seeds.rows["places"]}
    known |= {row["township_id"] for row, _ in drawn.features(seeds, "township")}
    for number, row in enumerate(seeds.rows["former_names"], start=2):
        for item in split_list(row["now_ids"]):
            if item not in known:
                drawn.problems.append(
                    f"former_names.csv:{number}: now_ids {item!r} is no district and no township: correct the id"
                )


def _add_context(seeds: Seeds, drawn: Drawn) -> None:
    roles = {row["kind"]: row["role"] for row in seeds.rows["kinds"]}
    registry = {row["role"]: row for row in seeds.rows["basemap"]}.get("district")
    found = {properties["place_id"]: polygon for properties, polygon in drawn.features(seeds, "district")}
    union = shapely.unary_union(list(found.values())) if found else None
    method = str(seeds.meta.get("context_method", "digitised"))
    if wrong := check_cell(tables()["boundaries"].column("method"), method):
        drawn.problems.append(f"atlas.toml: context_method {wrong}")
    for number, place in enumerate(seeds.rows["places"], start=2):
        role, place_id = roles.get(place["kind"]), place["place_id"]
        if role not in ("city", "district"):
            continue
        polygon = found.get(place_id) if role == "district" else union
        if polygon is None or registry is None:
            drawn.problems.append(
                f"places.csv:{number}: {place_id} has no polygon: add it to the basemap layer of role district"
            )
            continue
        drawn.polygons[place_id] = polygon
        drawn.properties[place_id] = dict.fromkeys(tables()["boundaries"].names("seeds"), "") | {
            "place_id": place_id,
            "method": method,
            "recipe": "polygon",
            "accuracy_m": registry["accuracy_m"],
            "source_id": registry["source_id"],
            "scope": str(seeds.meta.get("context_scope", "")),
            "note_zh": registry["note_zh"],
            "note_en": registry["note_en"],
        }


def _read_boundaries(seeds: Seeds, drawn: Drawn) -> None:
    roles = {row["kind"]: row["role"] for row in seeds.rows["kinds"]}
    expected = {
        place["place_id"] for place in seeds.rows["places"] if roles.get(place["kind"]) in ("corridor", "node", "site")
    }
    folder = seeds.folder / "boundaries"
    paths = {path.stem: path for path in sorted(folder.glob("*.geojson"))}
    for place_id in sorted(expected - paths.keys()):
        drawn.problems.append(f"boundaries/{place_id}.geojson: is missing: every place of places.csv needs a boundary")
    for place_id in sorted(paths.keys() - expected):
        drawn.problems.append(
            f"boundaries/{place_id}.geojson: no layout place {place_id!r} in places.csv: add or remove"
        )
    bbox = seeds.meta.get("bbox", [-180.0, -90.0, 180.0, 90.0])
    for place_id in sorted(expected & paths.keys()):
        name = f"boundaries/{place_id}.geojson"
        boundary = read_boundary(paths[place_id], bbox=bbox, metric_crs=str(seeds.meta.get("metric_crs", "")))
        drawn.problems.extend(boundary.problems)
        if boundary.properties:
            drawn.properties[place_id] = boundary.properties
            _check_properties(seeds, name, place_id, boundary.properties, drawn.problems)
        if boundary.polygon is not None:
            drawn.polygons[place_id] = boundary.polygon


def _check_properties(seeds: Seeds, name: str, place_id: str, properties: Row, problems: list[str]) -> None:
    if properties["place_id"] != place_id:
        problems.append(f"{name}: place_id is {properties['place_id']!r}: file name and place_id must agree")
    for column in tables()["boundaries"].columns:
        value = properties[column.name]
        if wrong := check_cell(column, value):
            problems.append(f"{name}: {column.name} {wrong}")
        target = column.references.partition(".")[0]
        if target in ("sources", "scopes") and value and value not in seeds.by_id(target):
            problems.append(f"{name}: {column.name} {value!r} is not in {target}.csv: correct it or add the row")


def _accuracy_m(properties: Row) -> float:
    text = properties.get("accuracy_m", "")
    return float(text) if text.isdecimal() else 0.0


def _check_places(seeds: Seeds, drawn: Drawn) -> None:
    for place in seeds.rows["places"]:
        place_id = place["place_id"]
        polygon, properties = drawn.polygons.get(place_id), drawn.properties.get(place_id)
        if polygon is None or properties is None or place["status"] == "context":
            continue
        name = f"boundaries/{place_id}.geojson"
        parent = drawn.polygons.get(place["parent_id"])
        if parent is not None:
            outside = _share_outside(polygon, parent)
            if outside > OUTSIDE_PARENT:
                drawn.problems.append(
                    f"{name}: {outside:.1%} of {place_id} lies outside its parent {place['parent_id']} "
                    f"(allowed {OUTSIDE_PARENT:.0%}): correct one of the two boundaries"
                )
        stated = [item for item in split_list(place["district_ids"]) if item in drawn.polygons]
        area = stated or [
            item["place_id"]
            for item in seeds.rows["places"]
            if item["place_id"] in drawn.polygons and item["place_id"] == seeds.meta.get("city_place_id")
        ]
        if not area:
            continue
        union = shapely.unary_union([drawn.polygons[item] for item in area])
        outside = _share_outside(polygon, union.buffer(_accuracy_m(properties) / METRES_PER_DEGREE))
        if outside > OUTSIDE_DISTRICTS:
            drawn.problems.append(
                f"{name}: {outside:.1%} of {place_id} lies outside {', '.join(area)} "
                f"(allowed {OUTSIDE_DISTRICTS:.0%} beyond its accuracy): correct the boundary or district_ids"
            )
        for item in stated:
            if not polygon.intersects(drawn.polygons[item]):
                drawn.problems.append(f"{name}: {place_id} does not meet its district {item}: correct one of them")


def _share_outside(inner: BaseGeometry, outer: BaseGeometry) -> float:
    """Return the share of a polygon outside another (planar, in degrees, because only a ratio is needed)."""
    return float(inner.difference(outer).area / inner.area)


def official_area(seeds: Seeds, properties: Mapping[str, Any]) -> tuple[float, Row] | None:
    """Return the official area of the scope of a boundary, and its fact: best grade, then newest; None if none."""
    grades = {row["source_id"]: row["grade"] for row in seeds.rows["sources"]}
    facts = [
        fact
        for fact in seeds.rows["facts"]
        if (fact["place_id"], fact["measure_id"], fact["scope"])
        == (properties["place_id"], OFFICIAL_AREA, properties["scope"])
    ]
    if not facts:
        return None
    newest_first = sorted(facts, key=lambda fact: fact["as_of"].replace("unknown", ""), reverse=True)
    best = min(newest_first, key=lambda fact: grades.get(fact["source_id"], "Z"))
    try:
        return float(best["value"]), best
    except ValueError:
        return None


def _check_areas(seeds: Seeds, drawn: Drawn) -> None:
    for place_id, properties in drawn.properties.items():
        if properties["method"] != "official_bounds" or place_id not in drawn.polygons:
            continue
        name = f"boundaries/{place_id}.geojson"
        stated = official_area(seeds, properties)
        if stated is None:
            drawn.problems.append(
                f"{name}: method official_bounds needs the official area: add a fact {OFFICIAL_AREA} of scope "
                f"{properties['scope']!r}, or write method digitised"
            )
        elif not any(properties[f"bound_{side}"] for side in ("north", "east", "south", "west")):
            drawn.problems.append(f"{name}: method official_bounds needs the bounds as stated: fill bound_north …")
        else:
            area = float(geodesic_area_km2(drawn.polygons[place_id]))
            if abs(area / stated[0] - 1) > AREA_TOLERANCE:
                drawn.problems.append(
                    f"{name}: drawn area {area:.3f} km² is {area / stated[0] - 1:+.1%} off the official {stated[0]:g} "
                    f"km² (allowed ±{AREA_TOLERANCE:.0%} under official_bounds): correct it, or write method digitised"
                )


def _check_institutions(seeds: Seeds, drawn: Drawn) -> None:
    for number, row in enumerate(seeds.rows["institutions"], start=2):
        polygon = drawn.polygons.get(row["place_id"])
        if polygon is None or row["placed_by"] == "none":
            continue
        try:
            point = shapely.Point(float(row["lon"]), float(row["lat"]))
            slack = float(row["accuracy_m"]) + _accuracy_m(drawn.properties[row["place_id"]])
        except ValueError:
            continue
        if point.distance(polygon) * METRES_PER_DEGREE > slack:
            drawn.problems.append(
                f"institutions.csv:{number}: {row['institution_id']} lies outside {row['place_id']} by more than its "
                f"accuracy and the boundary's: correct the point, accuracy_m or place_id"
            )
