"""Districts from a file of their own: any format and writing, ids, what is left unknown, and what is refused."""

from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path

import geopandas as gpd
import osm_extract
import pytest
import shapely

from geo.atlas.atlas import Atlas
from geo.build import build
from geo.cli.main import main
from geo.errors import DataError
from geo.osm.districts import GivenDistricts, country_of
from geo.osm.extract import Element

AREAS = gpd.GeoDataFrame(
    {"名称": ["左区", "右区"], "英文": ["Left Bank", "Right Bank"], "code": ["L-1", "R-2"]},
    geometry=[shapely.box(10.0, 50.0, 10.2, 50.2), shapely.box(10.2, 50.0, 10.4, 50.2)],
    crs=4326,
)
FIELDS = ["--name-field", "名称", "--name-en-field", "英文"]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An extract without a border of a district, and districts as a Shapefile in GBK and metres."""
    folder = tmp_path_factory.mktemp("city")
    osm_extract.write(folder / "region.osm", without=("admin",))
    (folder / "shp").mkdir()
    AREAS.to_crs(4549).to_file(folder / "shp" / "区.shp", encoding="gbk", engine="pyogrio")
    with zipfile.ZipFile(folder / "districts.zip", "w") as archive:
        for part in (folder / "shp").iterdir():
            archive.write(part, part.name)
    return folder


@pytest.fixture(scope="module")
def credited(city: Path) -> Path:
    more = ["--city", "双区", "--districts-publisher", "测绘局", "--districts-licence", "CC-BY-4.0"]
    return seeds_of(city, city / "credited", *more)


def seeds_of(city: Path, out: Path, *more: str) -> Path:
    given = ["basemap", str(city / "region.osm"), "-o", str(out), "--districts", str(city / "districts.zip")]
    assert main([*given, *FIELDS, *more]) == 0
    return out


def rows(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {next(iter(row.values())): row for row in csv.DictReader(file)}


def test_an_extract_without_borders_builds_with_those_of_a_file(
    city: Path, credited: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["basemap", str(city / "region.osm"), "-o", str(tmp_path / "none")]) == 2
    assert "--districts FILE --name-field F" in capsys.readouterr().err
    build(credited, tmp_path / "layers")
    atlas = Atlas.load(tmp_path / "layers")
    assert list(atlas.places["name_zh"]) == ["双区", "左区", "右区"]
    assert list(atlas.places.index) == ["city", "district_left_bank", "district_right_bank"]
    drawn = atlas.places.loc["district_left_bank", "geometry"]
    assert drawn.symmetric_difference(AREAS.geometry[0]).area < 1e-5
    source = rows(credited / "sources.csv")["districts"]
    assert [source[c] for c in ("title", "publisher", "licence", "grade")] == [
        "districts.zip",
        "测绘局",
        "CC-BY-4.0",
        "C",
    ]
    basemap = rows(credited / "basemap.csv")
    assert (basemap["districts"]["source_id"], basemap["districts"]["accuracy_m"]) == ("districts", "20")
    assert basemap["metro_lines"]["source_id"] == "osm"
    assert "测绘局 (CC-BY-4.0)" in atlas.meta["attribution_zh"]


def test_what_the_user_does_not_say_of_the_file_stays_unknown(city: Path, tmp_path: Path) -> None:
    seeds = seeds_of(city, tmp_path / "seeds", "--id-field", "code")
    assert set(rows(seeds / "places.csv")) == {"city", "district_l_1", "district_r_2"}
    source = rows(seeds / "sources.csv")["districts"]
    assert {source[c] for c in ("publisher", "licence", "published")} == {"unknown"}
    assert 'geometry_licence = "unknown"' in (seeds / "atlas.toml").read_text(encoding="utf-8")


def test_rows_follow_the_source_that_replaces_another(
    city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seeds = tmp_path / "seeds"
    osm_extract.write(tmp_path / "whole.osm")
    assert main(["basemap", str(tmp_path / "whole.osm"), "-o", str(seeds), "--city", "小城"]) == 0
    table = seeds / "basemap.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("#6B7280", "#123456"), encoding="utf-8")
    capsys.readouterr()
    seeds_of(city, seeds, "--replace", "--districts-licence", "CC-BY-4.0", "--language", "en")
    assert "another source than before: say so in LICENSE and atlas.toml" in capsys.readouterr().err
    drawn = rows(table)["districts"]
    assert (drawn["source_id"], drawn["accuracy_m"], drawn["colour"]) == ("districts", "20", "#123456")
    assert "districts.zip" in drawn["note_zh"]
    assert rows(seeds / "sources.csv")["districts"]["licence"] == "CC-BY-4.0"
    assert rows(seeds / "places.csv")["city"]["source_id"] == "districts"
    (city / "districts.zip").rename(city / "other.zip")
    try:
        given = ["basemap", str(city / "region.osm"), "-o", str(seeds), "--districts", str(city / "other.zip")]
        assert main([*given, *FIELDS, "--replace", "--language", "en"]) == 0
    finally:
        (city / "other.zip").rename(city / "districts.zip")
    said = capsys.readouterr().err
    assert "sources.csv calls the source of the districts 'districts.zip', the file is 'other.zip'" in said
    assert "LICENSE and atlas.toml" not in said


def test_roads_are_kept_for_addresses_and_cut_at_the_border(credited: Path) -> None:
    features = json.loads((credited / "addresses/roads.geojson").read_text(encoding="utf-8"))["features"]
    found = [(f["properties"]["name_zh"], f["properties"]["district_id"]) for f in features]
    assert found == [("一环", "district_left_bank"), ("小路", "district_left_bank"), ("一环", "district_right_bank")]
    assert {f["properties"]["source_id"] for f in features} == {"osm"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--districts", "districts.zip"], "--districts needs --name-field F"),
        (["--name-field", "名称"], "--name-field is for districts of a file: give --districts FILE too"),
        (["--districts", "districts.zip", "--code-tag", "ref"], "--code-tag is for districts of the extract"),
        (["--districts", "districts.zip", "--name-field", "名"], "no column '名'"),
        (["--districts", "no.zip", "--name-field", "名称"], "no.zip"),
        (
            ["--districts", "districts.zip", "--name-field", "名称", "--bbox", "1,1,2,2"],
            "lies in bbox [1.0, 1.0, 2.0, 2.0]",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(
    city: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    monkeypatch.chdir(city)
    assert main(["basemap", "region.osm", "-o", "refused", *options]) == 2
    assert message in capsys.readouterr().err
    assert not (city / "refused").exists()


def test_ids_are_lower_case_ascii_and_differ() -> None:
    box = shapely.box(0, 0, 1, 1)
    names = {"1": "A Town", "2": "a-town", "3": "甲", "4": "4", "5": "Ö"}
    given = GivenDistricts("f", dict.fromkeys(names, box), names, {"3": "Jia"}, ids_are_codes=False)
    assert [(e.osm_id, e.tags["name"]) for e in given.elements(None)] == [
        ("a_town", "A Town"), ("2", "a-town"), ("jia", "甲"), ("4", ""), ("5", "Ö"),
    ]  # fmt: skip
    with pytest.raises(DataError, match="no district of f lies in bbox"):
        given.elements((5, 5, 6, 6))


def test_the_number_of_a_row_is_no_id_that_another_has() -> None:
    box = shapely.box(0, 0, 1, 1)
    for keys, ids in ((["甲", "1"], ["1_", "1"]), (["2", "甲"], ["2", "2_"]), (["a", "A", "2"], ["a", "2_", "2"])):
        given = GivenDistricts("f", dict.fromkeys(keys, box), {}, {}, ids_are_codes=True)
        assert [element.osm_id for element in given.elements(None)] == ids


def test_the_country_is_that_of_the_area_around_the_districts() -> None:
    inner, outer, apart = shapely.box(0, 0, 1, 1), shapely.box(-1, -1, 2, 2), shapely.box(5, 5, 6, 6)
    areas = [
        Element("r1", {"admin_level": "2", "ISO3166-1": "XA"}, apart),
        Element("r2", {"admin_level": "4", "ISO3166-2": "XB-01"}, outer),
        Element("r3", {"admin_level": "6", "ISO3166-2": "here"}, inner),
    ]
    assert country_of(areas, inner) == "XB"
    assert country_of([Element("r4", {"admin_level": "2", "ISO3166-1:alpha2": "XC"}, outer), *areas], inner) == "XC"
    assert country_of(areas[2:], inner) == ""
