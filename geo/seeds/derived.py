"""Everything the build computes from checked seeds: marked facts, measures, district shares, institutions' places."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import geopandas as gpd
import shapely
from shapely.geometry.base import BaseGeometry

from geo.base.geojson import round_geometry
from geo.base.messages import LANGUAGES, text
from geo.contract.topics import ONE_VALUE
from geo.contract.typed import join_list, split_list
from geo.seeds.carried import Carried
from geo.seeds.geometry import OFFICIAL_AREA, Drawn, official_area
from geo.seeds.headline import mark_facts
from geo.seeds.measures import district_shares, place_measures, ratio_measures
from geo.seeds.read import Row, Seeds

__all__ = ["Derived", "number_text"]

#: Measures that a schematic boundary does not have: they would measure the drawing.
UNMEASURED = ("area_km2", "area_ratio", "perimeter_km", "stations_inside", "stations_1km", "institutions_inside")

#: An institution known to be at a place, but not where in it: its point is the middle of the place.
_AT_THE_MIDDLE = "place"


class Derived:
    """Everything the build computes: marked facts, measures by place, shares of districts, institutions' places."""

    def __init__(self, seeds: Seeds, drawn: Drawn) -> None:
        places = seeds.by_id("places")
        roles = {row["kind"]: row["role"] for row in seeds.rows["kinds"]}
        self.role = {place_id: roles[row["kind"]] for place_id, row in places.items()}
        self.polygons = {place_id: round_geometry(drawn.polygons[place_id]) for place_id in sorted(drawn.polygons)}
        self.schematic = {pid for pid in self.polygons if drawn.properties[pid]["method"] == "schematic"}
        grades = {row["source_id"]: row["grade"] for row in seeds.rows["sources"]}
        scopes = {place_id: row["scope"] for place_id, row in drawn.properties.items()}
        static = frozenset(row["measure_id"] for row in seeds.rows["measures"] if row["topic"] in ONE_VALUE)
        self.facts = mark_facts(seeds.rows["facts"], grades, scopes, static)
        self.carried = Carried(self.facts, self.role, grades)
        districts = {place_id: self.polygons[place_id] for place_id in places if self.role[place_id] == "district"}
        self.shares = {
            place_id: self._shares(polygon, districts, places[place_id])
            for place_id, polygon in self.polygons.items()
            if self.role[place_id] not in ("city", "district")
        }
        self.points = {
            row["institution_id"]: shapely.Point(float(row["lon"]), float(row["lat"]))
            for row in seeds.rows["institutions"]
            if row["placed_by"] != "none"
        }
        self._counted = [
            self.points[row["institution_id"]]
            for row in seeds.rows["institutions"]
            if row["placed_by"] not in ("none", _AT_THE_MIDDLE)
        ]
        self.labels = {place_id: _label_point(polygon) for place_id, polygon in self.polygons.items()}
        self.measures = self._measure(seeds, drawn)

    def _shares(
        self, polygon: BaseGeometry, districts: dict[str, BaseGeometry], place: Row
    ) -> list[tuple[str, float | None]]:
        """Return the districts of a place with its share in each; for a schematic place those stated by documents."""
        shares = district_shares(polygon, districts)
        if place["place_id"] not in self.schematic:
            return [*shares]
        stated = split_list(place["district_ids"])
        return [(item, None) for item in stated or [item for item, _ in shares]]

    def _measure(self, seeds: Seeds, drawn: Drawn) -> dict[str, dict[str, tuple[float | None, str]]]:
        stations = drawn.features(seeds, "station")
        frame = gpd.GeoDataFrame(
            {"name_zh": [row["name_zh"] for row, _ in stations]}, geometry=[g for _, g in stations], crs="EPSG:4326"
        )
        point = seeds.meta["reference_point"]
        result = {}
        for place_id, polygon in self.polygons.items():
            values = place_measures(polygon, self.labels[place_id], frame, self._counted, (point["lon"], point["lat"]))
            stated = official_area(seeds, drawn.properties[place_id])
            ratio = round(values["area_km2"][0] / stated[0], 4) if stated and values["area_km2"][0] else None
            values["area_ratio"] = (ratio, f"{OFFICIAL_AREA} {stated[1]['value']}" if stated else "")
            if self.role[place_id] == "city":
                values["districts_count"] = (float(sum(r == "district" for r in self.role.values())), "")
            else:
                values["districts_count"] = (float(len(self.shares.get(place_id, [()]))), "")
            if place_id in self.schematic:
                values |= dict.fromkeys(UNMEASURED, (None, "schematic"))
            result[place_id] = values
        return result

    def unmeasured(self, place_id: str) -> dict[str, str | None]:
        """Return, by column, why a place has no area and no counts; None if it has them."""
        return {
            f"unmeasured_{lang}": text("derive.unmeasured", lang) if place_id in self.schematic else None
            for lang in LANGUAGES
        }

    def rows(self, measures: Sequence[Row]) -> list[dict[str, str]]:
        """Return the rows of the table ``derived`` for the derived measures that the seeds list."""
        rows = [
            {"place_id": place_id, "measure_id": row["measure_id"], "value": number_text(value), "detail": detail}
            for place_id, values in self.measures.items()
            for row in measures
            if row["measure_id"] in values
            for value, detail in [values[row["measure_id"]]]
        ]
        rows += ratio_measures(measures, self.facts)
        return sorted(rows, key=lambda row: (row["place_id"], row["measure_id"]))

    def institutions(self, rows: Iterable[Row]) -> list[dict[str, str]]:
        """Return the rows of institutions with the district and the places whose boundary contains the point.

        A schematic boundary contains nothing, and a point at the middle of a place lies in nothing.
        """
        found = []
        for row in rows:
            point = self.points.get(row["institution_id"]) if row["placed_by"] != _AT_THE_MIDDLE else None
            holders = [pid for pid, polygon in self.polygons.items() if point is not None and polygon.covers(point)]
            inside = [p for p in holders if self.role[p] not in ("city", "district") and p not in self.schematic]
            district = next((pid for pid in holders if self.role[pid] == "district"), "")
            found.append({**row, "district_id": district, "inside_ids": join_list(inside)})
        return found


def _label_point(polygon: BaseGeometry) -> tuple[float, float]:
    """Return the centre of the largest circle inside a polygon: a label there keeps clear of the border."""
    parts = getattr(polygon, "geoms", [polygon])
    largest = max(parts, key=lambda part: part.area)
    radius = shapely.maximum_inscribed_circle(largest, tolerance=1e-4)
    lon, lat = shapely.get_coordinates(radius)[0]
    return round(float(lon), 5), round(float(lat), 5)


def number_text(value: float | None) -> str:
    """Return a number in the form of the tables: integers without a decimal point, "" for None."""
    if value is None:
        return ""
    return str(int(value)) if float(value).is_integer() else repr(value)
