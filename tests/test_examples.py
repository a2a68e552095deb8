"""The example city: seeds alone make the map, the exports, the report and the search of another city."""

from __future__ import annotations

import csv
import gzip
import json
import math
import re
import tomllib
import urllib.request
from pathlib import Path

import geopandas as gpd
import pyproj
import pytest
import shapely

from bench.serving import PATIENCE_S, START, free_port, running
from geo.analysis.editions import named_by_then
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.build import build
from geo.cli.main import main

ROOT = Path(__file__).parents[1]
SEEDS = ROOT / "examples" / "shenzhen" / "seeds"
LAYOUT = [
    "futian_cluster_area",
    "luohu_cluster_area",
    "nanshan_cluster_area",
    "qingshuihe_base",
    "shenzhen_bay_park",
]


@pytest.fixture(scope="module")
def layers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("example") / "layers"
    build(SEEDS, folder)
    return folder


@pytest.fixture(scope="module")
def atlas(layers: Path) -> Atlas:
    return Atlas.load(layers)


def seed_rows(name: str, seeds: Path = SEEDS) -> list[dict[str, str]]:
    with (seeds / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_it_is_small() -> None:
    assert sum(path.stat().st_size for path in SEEDS.rglob("*") if path.is_file()) < 200_000


def test_the_command_builds_it_and_the_check_holds(tmp_path: Path) -> None:
    given = ["build", "--seeds", str(SEEDS), "--layers", str(tmp_path / "layers")]
    assert main(given) == 0
    assert main([*given, "--check"]) == 0


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


def test_everything_drawn_says_that_it_is_schematic(atlas: Atlas) -> None:
    assert set(atlas.places["method"]) == {"schematic"}
    assert (atlas.places["accuracy_m"] >= 3000).all()
    assert atlas.places["boundary_note_zh"].notna().all()
    assert atlas.places["boundary_note_en"].notna().all()


def test_what_is_unknown_stays_unknown(atlas: Atlas) -> None:
    places = atlas.places
    assert places["nearest_station_m"].isna().all()
    assert math.isnan(places.loc["qingshuihe_base", "area_official_drawn_km2"])
    assert places["bounds_stated"].isna().all()
    assert atlas.institutions.empty
    assert {row["role"] for row in seed_rows("basemap")} == {"district"}


def test_a_disc_of_the_stated_area_stands_at_the_stated_point(atlas: Atlas) -> None:
    polygon = atlas.places.loc["shenzhen_bay_park", "geometry"]
    geod = pyproj.Geod(ellps="WGS84")
    area_m2, _ = geod.geometry_area_perimeter(polygon)
    assert area_m2 / 1e6 == pytest.approx(11.52, rel=1e-4)
    feature = json.loads((SEEDS / "boundaries/shenzhen_bay_park.geojson").read_text(encoding="utf-8"))["features"][0]
    lon, lat = feature["geometry"]["coordinates"]
    distances = [geod.inv(lon, lat, *vertex)[2] for vertex in polygon.exterior.coords]
    assert min(distances) == pytest.approx(math.sqrt(11.52e6 / math.pi), rel=2e-3)


def test_every_statement_has_a_source(atlas: Atlas) -> None:
    known = {row["source_id"] for row in seed_rows("sources")}
    for name in ("places", "facts", "policy", "editions", "place_clusters"):
        assert {row["source_id"] for row in seed_rows(name)} <= known
    facts = atlas.facts("shenzhen_bay_park")
    assert list(facts["value"]) == [11.52, 11.52]
    assert bool(facts["headline"].iloc[0]) is True
    assert facts["source_id"].iloc[0] == "tequbao_2019_12_27"


def test_selections(atlas: Atlas) -> None:
    assert list(atlas.select(Selection()).places.index) == LAYOUT
    assert list(atlas.select(Selection(kinds=("science_park",))).places.index) == ["shenzhen_bay_park"]
    assert list(atlas.select(Selection(editions=("2019-06",))).places.index) == ["qingshuihe_base"]
    assert set(named_by_then(atlas, "2019-06")) == set(LAYOUT[3:])
    assert list(atlas.select(Selection(districts=("luohu",))).places.index) == ["luohu_cluster_area", "qingshuihe_base"]
    assert len(atlas.select(Selection(kinds=("district",))).places) == 10


@pytest.mark.parametrize(
    ("text", "hit"), [("清水河", "qingshuihe_base"), ("qsh", "qingshuihe_base"), ("Bay", LAYOUT[4])]
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
    assert sorted(rows) == LAYOUT
    for place_id, row in rows.items():
        assert row["name_zh"] == atlas.places.loc[place_id, "name_zh"]
        assert shapely.hausdorff_distance(row["geometry"], atlas.places.loc[place_id, "geometry"]) < 1e-6


def test_export_in_its_own_metric_crs(layers: Path, tmp_path: Path) -> None:
    out = tmp_path / "layout.gpkg"
    assert main(["export", str(out), "--crs", "EPSG:4547", "--kind", "science_park", "--layers", str(layers)]) == 0
    frame = gpd.read_file(out, layer="science_park")
    assert frame.crs.to_epsg() == 4547
    assert frame.area.iloc[0] / 1e6 == pytest.approx(11.52, rel=1e-3)


def test_report(layers: Path, tmp_path: Path) -> None:
    out = tmp_path / "layout.html"
    assert main(["report", str(out), "--layers", str(layers)]) == 0
    text = out.read_text(encoding="utf-8")
    assert "清水河人工智能产业基地" in text
    assert "GeoNames（CC BY 4.0）" in text
    assert "OpenStreetMap" not in text.partition("<footer")[2].partition("</footer>")[0]


def test_map_data(atlas: Atlas) -> None:
    from geo.render.map.data import MapData

    data = MapData(atlas)
    body = data.body(Path(data.urls("wgs84")["layout"]).name.partition("?")[0])
    assert body is not None
    layout = gzip.decompress(body).decode()
    assert all(place_id in layout for place_id in LAYOUT)


def test_the_districts_are_not_said_to_be_borders(atlas: Atlas) -> None:
    assert "不是行政界线" in atlas.places.loc["futian", "attribution"]
    assert "不是区界" in atlas.places.loc["futian", "boundary_note_zh"]


def test_an_unknown_drawing_method_of_the_context_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import shutil

    shutil.copytree(SEEDS, tmp_path / "seeds")
    toml = tmp_path / "seeds" / "atlas.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace('"schematic"', '"guessed"'), encoding="utf-8")
    assert main(["build", "--seeds", str(tmp_path / "seeds"), "--layers", str(tmp_path / "layers")]) == 2
    err = capsys.readouterr().err
    assert "atlas.toml: context_method is 'guessed': allowed are official_bounds, digitised, schematic" in err
    assert not (tmp_path / "layers").exists()


def test_the_app_serves_it(layers: Path, tmp_path: Path) -> None:
    port = str(free_port())
    command, url = [*START, port, "--address", "127.0.0.1", "--layers", str(layers)], f"http://127.0.0.1:{port}/"
    with (
        running(command, tmp_path, f"{url}_stcore/health", {"GEO_LAYERS": ""}),
        urllib.request.urlopen(url, timeout=PATIENCE_S) as answer,
    ):
        assert "<html" in answer.read().decode()


def test_the_walk_through_runs_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every `geo` command of the walk-through in docs/another-city.md, in order, on a small extract."""
    import osm_extract

    guide = (ROOT / "docs/another-city.md").read_text(encoding="utf-8")
    section = guide.partition("<!-- walk-through -->")[2].partition("<!-- end -->")[0]
    commands = [line for block in re.findall(r"```\n(.*?)```", section, re.S) for line in block.splitlines()]
    commands = [line.split("#")[0].split()[1:] for line in commands if line.startswith("geo ")]
    assert [command[0] for command in commands] == ["basemap", "build", "places", "app", "export"]
    osm_extract.write(tmp_path / "region.osm")
    (tmp_path / "mycity").mkdir()
    monkeypatch.chdir(tmp_path)
    for command in commands:
        if command[0] != "app":  # serving is tested above
            assert main(command) == 0
    assert len(gpd.read_file("mycity.gpkg", layer="district")) == 2
