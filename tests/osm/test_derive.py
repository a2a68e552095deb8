"""From an OpenStreetMap extract to a basemap: each layer against the extract itself, and what is not there."""

from __future__ import annotations

from pathlib import Path

import osm_extract
import pyproj
import pytest
import shapely

from geo.errors import DataError, UsageError
from geo.osm.basemap import Basemap
from geo.osm.derive import derive

GEOD = pyproj.Geod(ellps="WGS84")


@pytest.fixture(scope="module")
def extract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return osm_extract.write(tmp_path_factory.mktemp("osm") / "small.osm")


@pytest.fixture(scope="module")
def city(extract: Path) -> Basemap:
    return derive(extract, city="小城", code_tag="ref")


def ring(*nodes: int) -> list[tuple[float, float]]:
    return [osm_extract.NODES[node] for node in nodes]


def said(basemap: Basemap) -> list[str]:
    """Return the notes in English; each is there in Chinese too."""
    for note in basemap.notes:
        assert any("一" <= letter <= "鿿" for letter in note["zh"]), note
    return [note["en"] for note in basemap.notes]


def ids(basemap: Basemap, role: str) -> list[str]:
    return [next(iter(properties.values())) for properties, _ in basemap.features(role)]


def test_districts_of_the_city_are_those_of_the_extract(city: Basemap) -> None:
    found = {p["place_id"]: (p["name_zh"], p["name_en"], g) for p, g in city.features("district")}
    drawn = {
        "district_001": ("西区", "West", ring(5, 6, 1, 2, 12, 13)),
        "district_002": ("东区", "", ring(2, 3, 4, 5, 13, 12)),
    }
    assert found.keys() == drawn.keys()
    for place_id, (zh, en, border) in drawn.items():
        assert found[place_id][:2] == (zh, en)
        area_m2, _ = GEOD.polygon_area_perimeter(*zip(*border, strict=True))
        own_m2, _ = GEOD.geometry_area_perimeter(found[place_id][2])
        assert abs(own_m2) == pytest.approx(abs(area_m2), rel=1e-4)
    assert (city.city_zh, city.city_en) == ("小城", "Small City")


@pytest.mark.parametrize("tolerance_m", [20.0, 400.0, 3000.0])
def test_simplified_districts_still_fit_together(extract: Path, tolerance_m: float) -> None:
    west, east = (g for _, g in derive(extract, city="小城", tolerance_m=tolerance_m).features("district"))
    assert west.intersection(east).area == 0
    assert shapely.coverage_is_valid([west, east])
    shared = west.intersection(east)
    assert shared.length == pytest.approx(0.2, rel=0.02)


def test_simplification_takes_out_vertices(extract: Path) -> None:
    def vertices(tolerance_m: float) -> int:
        features = derive(extract, city="小城", tolerance_m=tolerance_m).features("district")
        return sum(len(shapely.get_coordinates(g)) for _, g in features)

    assert vertices(3000.0) < vertices(1.0)


def test_without_a_city_every_district_is_taken(extract: Path) -> None:
    basemap = derive(extract)
    assert ids(basemap, "district") == ["district_r101", "district_r102", "district_r103"]
    assert basemap.city_zh == ""


def test_a_bbox_takes_the_districts_whose_inner_point_lies_in_it(extract: Path) -> None:
    assert ids(derive(extract, bbox=(10.9, 49.9, 11.3, 50.3)), "district") == ["district_r103"]


def test_a_missing_code_falls_back_to_the_id_of_osm_and_is_said(extract: Path) -> None:
    basemap = derive(extract, code_tag="ref")
    assert ids(basemap, "district") == ["district_001", "district_002", "district_r103"]
    assert any("r103" in note and "'ref'" in note for note in said(basemap))


def test_the_metric_crs_is_the_utm_zone_of_the_place(city: Basemap) -> None:
    zone = int((10.2 + 180) // 6) + 1
    assert city.metric_crs == f"EPSG:{32600 + zone}"
    west, south, east, north = city.bbox
    outline = shapely.union_all([g for _, g in city.features("district")])
    assert shapely.box(west, south, east, north).contains(outline)
    assert (west, south, east, north) == pytest.approx((9.95, 49.95, 10.45, 50.25), abs=0.011)


def test_rivers_of_one_name_are_one_and_small_or_nameless_water_is_said(city: Basemap) -> None:
    water = {p["feature_id"]: (p, g) for p, g in city.features("water")}
    assert water.keys() == {"river_w7", "water_w9"}
    river, line = water["river_w7"]
    assert (river["name_zh"], river["name_en"]) == ("小河", "Small River")
    lons, lats = zip(*ring(30, 31, 32), strict=True)
    assert GEOD.geometry_length(line) == pytest.approx(GEOD.line_length(lons, lats), rel=1e-3)
    assert water["water_w9"][0]["name_en"] == "大湖"
    assert "water: 1 without a name or below 0.5 km² left out" in said(city)
    assert "water: 1 without an English name in OSM; the local name stands in" in said(city)


def test_the_coast_has_the_shore_and_the_outline_of_the_island(city: Basemap) -> None:
    shore, island = (g for _, g in city.features("coast"))
    assert shore.equals(shapely.LineString(ring(50, 51, 52)))
    assert island.is_ring
    assert shapely.Polygon(island).equals(shapely.Polygon(ring(60, 61, 62)))


def test_both_directions_of_a_metro_line_are_one_line(city: Basemap) -> None:
    ((line, track),) = city.features("rail")
    assert line == {"line_id": "line_r110", "name_zh": "地铁1号线", "name_en": "Line 1", "colour": "#E4002B"}
    lons, lats = zip(*ring(20, 21, 22), strict=True)
    assert GEOD.geometry_length(track) == pytest.approx(GEOD.line_length(lons, lats), rel=1e-6)


def test_metro_stations_once_each_and_no_railway_station(city: Basemap) -> None:
    stations = {p["station_id"]: (p["name_zh"], p["name_en"], g) for p, g in city.features("station")}
    assert stations.keys() == {"station_n70", "station_n72"}
    assert stations["station_n70"][:2] == ("中站", 'Middle "M" \\ <b>')
    assert stations["station_n72"][2].equals(shapely.Point(osm_extract.NODES[72]))
    assert "stations: 1 of the same name within 500 m counted once" in said(city)


@pytest.mark.parametrize(
    ("name", "lon", "apart"),
    [
        ("旁站", "10.1502", True),
        ("中站", "10.1642", True),
        ("中站", "10.1542", False),
    ],  # another name; 1 km off; 300 m off
)
def test_one_station_is_of_one_name_and_one_spot(tmp_path: Path, name: str, lon: str, apart: bool) -> None:
    path = osm_extract.write(tmp_path / "stations.osm")
    before, second = path.read_text(encoding="utf-8").split('<node id="71"')
    second = second.replace("中站", name, 1).replace('lon="10.1502"', f'lon="{lon}"', 1)
    path.write_text(f'{before}<node id="71"{second}', encoding="utf-8")
    assert ("station_n71" in ids(derive(path, city="小城"), "station")) is apart


def test_main_roads_by_name_and_no_other(city: Basemap) -> None:
    ((road, line),) = city.features("road")
    assert road == {"ring_id": "road_w13", "name_zh": "一环", "name_en": "Ring 1"}
    assert line.is_ring
    assert any(note.startswith("roads: 1 ") for note in said(city))


@pytest.mark.parametrize(
    ("without", "roles"),
    [
        (("transit",), {"district", "water", "coast", "road"}),
        (("water", "coast"), {"district", "road", "rail", "station"}),
        (("transit", "water", "coast", "roads"), {"district"}),
    ],
)
def test_what_a_city_does_not_have_gives_no_layer(tmp_path: Path, without: tuple[str, ...], roles: set[str]) -> None:
    basemap = derive(osm_extract.write(tmp_path / "less.osm", without=without), city="小城")
    assert {layer.role for layer in basemap.layers} == roles


def test_tracks_stand_in_where_no_route_is_mapped(tmp_path: Path) -> None:
    path = osm_extract.write(tmp_path / "tracks.osm")
    text = path.read_text(encoding="utf-8").replace('v="route"', 'v="x"')
    text = text.replace('<tag k="railway" v="subway"/>', '<tag k="railway" v="subway"/><tag k="name" v="2号线"/>')
    path.write_text(text, encoding="utf-8")
    basemap = derive(path, city="小城")
    ((line, _),) = basemap.features("rail")
    assert (line["name_zh"], line["colour"]) == ("2号线", "#7A7A7A")
    assert "metro lines without a readable colour, drawn grey: 2号线" in said(basemap)


@pytest.mark.parametrize(("written", "drawn"), [("red", "#FF0000"), ("#0ab", "#00AABB"), ("puce", "#7A7A7A")])
def test_colours_of_lines(tmp_path: Path, written: str, drawn: str) -> None:
    path = osm_extract.write(tmp_path / "colour.osm")
    path.write_text(path.read_text(encoding="utf-8").replace("#e4002b", written), encoding="utf-8")
    assert [p["colour"] for p, _ in derive(path, city="小城").features("rail")] == [drawn]


def test_districts_that_overlap_are_said(tmp_path: Path) -> None:
    path = osm_extract.write(tmp_path / "overlap.osm")
    text = path.read_text(encoding="utf-8").replace('id="7" version="1" lon="11.0"', 'id="7" version="1" lon="10.3"')
    path.write_text(text, encoding="utf-8")
    assert any("districts overlap" in note for note in said(derive(path)))
    assert not any("districts overlap" in note for note in said(derive(path, city="小城")))


def test_a_level_without_districts_lists_those_there_are(extract: Path) -> None:
    with pytest.raises(DataError, match=r"no administrative area of admin_level 8; levels there: 5 \(1\), 6 \(3\)"):
        derive(extract, district_level=8)


def test_an_unknown_city_lists_those_there_are(extract: Path) -> None:
    with pytest.raises(DataError, match=r"0 administrative areas above level 6 are called '大城'.*there are: 小城"):
        derive(extract, city="大城")


def test_a_bbox_without_districts(extract: Path) -> None:
    with pytest.raises(DataError, match="no district of admin_level 6 lies in bbox"):
        derive(extract, bbox=(0, 0, 1, 1))


@pytest.mark.parametrize("bbox", [(1, 2, 3), (3, 0, 1, 1), (0, 3, 1, 1)])
def test_a_bbox_that_is_none(extract: Path, bbox: tuple[float, ...]) -> None:
    with pytest.raises(UsageError, match="give west, south, east, north"):
        derive(extract, bbox=bbox)


@pytest.mark.parametrize("tolerance_m", [0.0, -1.0, float("nan")])
def test_a_tolerance_that_is_none(extract: Path, tolerance_m: float) -> None:
    with pytest.raises(UsageError, match="give a positive number of metres"):
        derive(extract, tolerance_m=tolerance_m)
