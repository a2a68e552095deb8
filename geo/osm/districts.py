"""The districts of a basemap, from the extract or from a separate file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo.base.geojson import round_geometry
from geo.base.told import both, told
from geo.errors import DataError
from geo.osm.basemap import Basemap, DistrictSource
from geo.osm.extract import Element, names

__all__ = ["GivenDistricts", "country_of", "district_features", "extract_districts"]


@dataclass(frozen=True, slots=True)
class GivenDistricts:
    """Districts read from a separate file.

    Attributes
    ----------
    file : str
        Name of the file.
    areas : mapping of id to polygon, WGS 84
    names, names_en : mapping of id to str
        Chinese (or local) names; English names where there are any.
    ids_are_codes : bool
        True if the ids are the districts' official codes; otherwise they come from the English name or the row number.
    publisher, licence : str
        As the user states them; empty if unstated.
    """

    file: str
    areas: Mapping[str, BaseGeometry]
    names: Mapping[str, str]
    names_en: Mapping[str, str]
    ids_are_codes: bool
    publisher: str = ""
    licence: str = ""

    def source(self) -> DistrictSource:
        """Return what the seeds state about these districts."""
        return DistrictSource(
            title=self.file,
            title_en="",
            publisher=self.publisher,
            licence=self.licence,
            borders_zh=f"界线来自 {self.file}",
            borders_en=f"borders of {self.file}",
            note_zh="区界取自这个文件；请补发布机构、日期、网址、许可",
            note_en="The districts come from this file: fill in its publisher, date, address and licence",
            drawn_zh=f"取自 {self.file}，其精度不详，精度一栏只含概括",
            drawn_en=f"From {self.file}, whose accuracy is not known: the accuracy here is that of the outline alone",
        )

    def elements(self, bbox: Sequence[float] | None) -> list[Element]:
        """Return the districts whose inner point lies in a box (all without one), with ids of lower-case ASCII letters.

        Raises
        ------
        DataError
            If no district lies in the box.
        """
        named: list[tuple[str, dict[str, str], BaseGeometry]] = []
        for key, area in self.areas.items():
            zh, en = self.names.get(key, ""), self.names_en.get(key, "")
            if not self.ids_are_codes and zh == key:
                zh = ""  # the row has no name, so its number is used
            code = _ascii(key) if self.ids_are_codes else _ascii(en) or _ascii(zh)
            named.append((code, {"name": zh, "name:en": en}, area))
        ids = _distinct([code for code, _, _ in named])
        found = [Element(one, tags, area) for one, (_, tags, area) in zip(ids, named, strict=True)]
        if not (chosen := _within(found, bbox)):
            raise told(DataError, "wrong.osm_districts", file=self.file, box=list(bbox or ()))
        return chosen


def _distinct(codes: Sequence[str]) -> list[str]:
    """Return a unique id for each row: its code, or its row number if it has no code or the code was used before."""
    ids, own = list[str](), set(codes)
    for number, code in enumerate(codes, start=1):
        free = f"{number}_" if str(number) in own else str(number)  # a code never ends in _
        ids.append(code if code and code not in ids else free)
    return ids


def _ascii(text: str) -> str:
    """Return a text as an ASCII id, or "" if letters would be lost."""
    code = re.sub(r"[\s.,'/&()_-]+", "_", text.strip().lower()).strip("_")
    return code if re.fullmatch(r"[a-z0-9_]+", code) else ""


def _within(districts: list[Element], bbox: Sequence[float] | None) -> list[Element]:
    if bbox is None:
        return districts
    frame = shapely.box(bbox[0], bbox[1], bbox[2], bbox[3])
    return [district for district in districts if frame.covers(district.geometry.representative_point())]


def extract_districts(
    areas: Iterable[Element],
    path: Path,
    level: int,
    city: str | None,
    bbox: Sequence[float] | None,
    result: Basemap,
) -> list[Element]:
    """Return the districts drawn in an extract; parameters as `geo.osm.derive.derive`."""
    administrative = [area for area in areas if area.tags.get("boundary") == "administrative"]
    chosen = [area for area in administrative if area.tags.get("admin_level") == str(level)]
    if not chosen:
        counts = pd.Series([area.tags.get("admin_level", "none") for area in administrative]).value_counts()
        there = ", ".join(f"{name} ({count})" for name, count in sorted(counts.items())) or both("wrong.none")
        raise told(DataError, "wrong.osm_level", path=path, level=level, known=there)
    if city is not None:
        above = [area for area in administrative if area.tags.get("admin_level", "").isdecimal()]
        above = [area for area in above if int(area.tags["admin_level"]) < level]
        holders = [
            area for area in above if city in {v for k, v in area.tags.items() if k == "name" or k.startswith("name:")}
        ]
        if len(holders) != 1:
            known = ", ".join(sorted({area.tags.get("name", area.osm_id) for area in above})) or both("wrong.none")
            said = {"count": len(holders), "level": level, "given": city, "path": path, "known": known}
            raise told(DataError, "wrong.osm_city", (), **said)
        result.city_zh, result.city_en = names(holders[0].tags)
        shapely.prepare(holders[0].geometry)
        chosen = [area for area in chosen if holders[0].geometry.covers(area.geometry.representative_point())]
    chosen = _within(chosen, bbox)
    if not chosen:
        raise told(DataError, "wrong.osm_within", level=level, area=city or f"bbox {list(bbox or ())}")
    mended = []
    for area in chosen:
        geometry = area.geometry
        if not geometry.is_valid:
            result.notes.append(both("basemap.note.area_crossed", osm_id=area.osm_id, name=names(area.tags)[0]))
            geometry = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
        mended.append(Element(area.osm_id, area.tags, geometry))
    return mended


def country_of(areas: Iterable[Element], outline: BaseGeometry) -> str:
    """Return the ISO 3166-1 code of the country that the tags of a surrounding area state; "" if none does."""
    point, found = outline.representative_point(), list[tuple[int, str]]()
    for area in areas:
        tags, level = area.tags, area.tags.get("admin_level", "")
        code = tags.get("ISO3166-1:alpha2") or tags.get("ISO3166-1") or tags.get("ISO3166-2", "")[:2]
        if re.fullmatch("[A-Z]{2}", code) and level.isdecimal() and area.geometry.covers(point):
            found.append((int(level), code))
    return min(found, default=(0, ""))[1]


def district_features(
    districts: list[Element], code_tag: str | None, result: Basemap
) -> list[tuple[dict[str, str], BaseGeometry]]:
    """Return the districts ordered by id, simplified together so that shared borders stay shared."""
    metric = gpd.GeoSeries([d.geometry for d in districts], crs="EPSG:4326").to_crs(result.metric_crs)
    if not shapely.coverage_is_valid(metric.to_numpy()):
        result.notes.append(both("basemap.note.districts_overlap"))
    simple = gpd.GeoSeries(shapely.coverage_simplify(metric.to_numpy(), result.tolerance_m), crs=result.metric_crs)
    features, taken = [], set[str]()
    for district, geometry in zip(districts, simple.to_crs("EPSG:4326"), strict=True):
        zh, en = names(district.tags)
        place_id = f"district_{district.osm_id}"
        if code_tag is not None:
            code = district.tags.get(code_tag, "").lower()
            if re.fullmatch(r"[a-z0-9_-]+", code) and f"district_{code}" not in taken:
                place_id = f"district_{code}"
            else:
                said = {"osm_id": district.osm_id, "name": zh, "tag": code_tag, "code": code, "place_id": place_id}
                result.notes.append(both("basemap.note.no_code", **said))
        taken.add(place_id)
        if not zh:
            result.notes.append(both("basemap.note.no_name", osm_id=district.osm_id, place_id=place_id))
        features.append(({"place_id": place_id, "name_zh": zh or place_id, "name_en": en}, round_geometry(geometry)))
    return sorted(features, key=lambda feature: feature[0]["place_id"])
