"""A sketch that real districts take the place of: its words go, what a planner wrote and answered stays."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

import geopandas as gpd
import osm_extract
import pytest
import shapely

from geo.build import build
from geo.cli.main import main

ANSWERS = ["--name-zh", "样城", "--bbox", "9.9,49.9,10.5,50.3", "--crs", "EPSG:32633"]
#: Of the sketch, in any table or setting.
WORDS = ("示意", "chematic", "方块", "the box of the city", "district_sketch")


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    assert main(["new", "Sampletown", "-o", str(tmp_path / "seeds"), "--name-en", "Sampletown", *ANSWERS]) == 0
    return tmp_path / "seeds"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("of_file", [False, True])
def test_nothing_of_the_sketch_is_left(seeds: Path, tmp_path: Path, of_file: bool) -> None:
    edit(seeds / "kinds.csv", "district,district,2,区", "borough,district,2,郡")
    edit(seeds / "atlas.toml", "Map of industry in Sampletown", "Mine")
    extract = osm_extract.write(tmp_path / "a.osm", without=("admin",) if of_file else ())
    given = ["basemap", str(extract), "-o", str(seeds), "--replace"]
    if of_file:
        areas = [shapely.box(10.0, 50.0, 10.2, 50.2), shapely.box(10.2, 50.0, 10.4, 50.2)]
        gpd.GeoDataFrame({"name": ["左区", "右区"]}, geometry=areas, crs=4326).to_file(tmp_path / "borders.geojson")
        given += ["--districts", str(tmp_path / "borders.geojson"), "--name-field", "name"]
    else:
        given += ["--city", "小城"]
    assert main(given) == 0
    build(seeds, tmp_path / "layers")
    for path in [*seeds.rglob("*.csv"), *seeds.rglob("*.geojson"), seeds / "atlas.toml", seeds / "LICENSE"]:
        assert not any(word in path.read_text(encoding="utf-8") for word in WORDS), path
    meta = tomllib.loads((seeds / "atlas.toml").read_text(encoding="utf-8"))
    assert (meta["title_en"], meta["title_zh"], meta["metric_crs"]) == ("Mine", "样城产业布局图", "EPSG:32633")
    assert (meta["bbox"][0], meta["bbox"][1]) == (9.9, 49.9)
    assert "OpenStreetMap" in meta["attribution_en"]
    with (seeds / "kinds.csv").open(encoding="utf-8", newline="") as file:
        kinds = {row["kind"]: row for row in csv.DictReader(file)}
    assert (kinds.keys(), kinds["borough"]["name_zh"]) == ({"city", "borough"}, "郡")


def test_what_a_planner_wrote_of_the_square_stays(seeds: Path, tmp_path: Path) -> None:
    edit(seeds / "sources.csv", "A square drawn from the box of the city, until there are borders", "Drawn by me")
    edit(seeds / "LICENSE", "Geometry", "My geometry")
    extract = osm_extract.write(tmp_path / "a.osm")
    assert main(["basemap", str(extract), "-o", str(seeds), "--replace"]) == 0
    assert "Drawn by me" in (seeds / "sources.csv").read_text(encoding="utf-8")
    assert (seeds / "LICENSE").read_text(encoding="utf-8").startswith("My geometry")
