"""A derived basemap as seeds: they build at once, and what a planner has written stays."""

from __future__ import annotations

import csv
import tomllib
from datetime import date
from pathlib import Path

import osm_extract
import pytest

from geo.atlas.atlas import Atlas
from geo.build import build
from geo.cli.main import main
from geo.errors import DataError, OutputError, UsageError
from geo.osm.basemap import Basemap
from geo.osm.derive import derive
from geo.osm.seeds import write_seeds

DAY = date(2024, 6, 30)


@pytest.fixture(scope="module")
def basemap(tmp_path_factory: pytest.TempPathFactory) -> Basemap:
    return derive(osm_extract.write(tmp_path_factory.mktemp("osm") / "small.osm"), city="小城", code_tag="ref")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_seeds_build_as_they_are(basemap: Basemap, tmp_path: Path) -> None:
    written = write_seeds(basemap, tmp_path / "seeds", day=DAY)
    assert {"atlas.toml", "LICENSE", "places.csv", "basemap.csv", "basemap/metro_lines.geojson"} <= set(written)
    build(tmp_path / "seeds", tmp_path / "layers")
    atlas = Atlas.load(tmp_path / "layers")
    assert list(atlas.places["name_zh"]) == ["小城", "西区", "东区"]
    assert len(atlas.basemap("metro_stations")) == 2
    assert atlas.meta["metric_crs"] == "EPSG:32632"
    table = atlas.table("basemap").set_index("layer_id")
    assert table.loc["districts", "accuracy_m"] == 30 + 20
    assert table.loc["metro_stations", "accuracy_m"] == 100


def test_a_city_of_districts_alone_builds(tmp_path: Path) -> None:
    extract = osm_extract.write(tmp_path / "bare.osm", without=("transit", "water", "coast", "roads"))
    write_seeds(derive(extract), tmp_path / "seeds", day=DAY)
    build(tmp_path / "seeds", tmp_path / "layers")
    assert [row["layer_id"] for row in rows(tmp_path / "seeds/basemap.csv")] == ["districts"]
    assert rows(tmp_path / "seeds/places.csv")[0]["name_zh"] == "未命名城市"


def test_an_atlas_without_institutions_can_be_filtered(basemap: Basemap, tmp_path: Path) -> None:
    from geo.atlas.selection import Selection

    write_seeds(basemap, tmp_path / "seeds", day=DAY)
    build(tmp_path / "seeds", tmp_path / "layers")
    view = Atlas.load(tmp_path / "layers").select(Selection(kinds=("district",)))
    assert list(view.places.index) == ["district_001", "district_002"]
    assert view.institutions.empty


def test_rows_and_settings_that_are_there_stay(basemap: Basemap, tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    write_seeds(basemap, seeds, day=DAY)
    places = seeds / "places.csv"
    places.write_text(
        places.read_text(encoding="utf-8").replace("东区,东区,东区,东区", "东区,East,东,E"), encoding="utf-8"
    )
    (seeds / "atlas.toml").write_text("# by hand\n", encoding="utf-8")
    kinds = seeds / "kinds.csv"
    kinds.write_text(
        kinds.read_text(encoding="utf-8").replace("district,district", "borough,district"), encoding="utf-8"
    )
    before = places.read_bytes()
    written = write_seeds(basemap, seeds, day=DAY, replace=True)
    derived = [f"basemap/{layer.layer_id}.geojson" for layer in basemap.layers]
    assert sorted(written) == sorted([*derived, "addresses/roads.geojson"])
    assert places.read_bytes() == before
    assert (seeds / "atlas.toml").read_text(encoding="utf-8") == "# by hand\n"


def test_places_take_the_kinds_that_are_there(basemap: Basemap, tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    write_seeds(basemap, seeds, day=DAY)
    kinds = seeds / "kinds.csv"
    kinds.write_text(
        kinds.read_text(encoding="utf-8").replace("district,district", "borough,district"), encoding="utf-8"
    )
    (seeds / "places.csv").unlink()
    write_seeds(basemap, seeds, day=DAY, replace=True)
    assert {row["place_id"]: row["kind"] for row in rows(seeds / "places.csv")} == {
        "district_001": "borough",
        "district_002": "borough",
    }


def test_basemap_files_are_not_replaced_unasked(basemap: Basemap, tmp_path: Path) -> None:
    write_seeds(basemap, tmp_path, day=DAY)
    (tmp_path / "basemap/coast.geojson").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match=r"holds addresses/roads, basemap/coast, basemap/districts.*--replace"):
        write_seeds(basemap, tmp_path, day=DAY)
    assert (tmp_path / "basemap/coast.geojson").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "", "layer_id,role\n\xff", 'x,"\n'])
def test_a_table_that_is_not_of_the_contract_stops_it(basemap: Basemap, tmp_path: Path, text: str) -> None:
    (tmp_path / "basemap.csv").write_text(text, encoding="latin-1")
    with pytest.raises(DataError, match=r"basemap.csv .*nothing was written"):
        write_seeds(basemap, tmp_path, day=DAY)
    assert [path.name for path in tmp_path.iterdir()] == ["basemap.csv"]


def test_a_table_without_a_column_that_no_row_needs_is_taken(basemap: Basemap, tmp_path: Path) -> None:
    write_seeds(basemap, tmp_path, day=DAY)
    table = tmp_path / "places.csv"
    before = rows(table)
    assert list(before[0])[-1] == "note_en"
    kept = [line.rpartition(",")[0] for line in table.read_text(encoding="utf-8").splitlines()]
    table.write_text("\n".join(line for line in kept if "district_001" not in line) + "\n", encoding="utf-8")
    write_seeds(basemap, tmp_path, day=DAY, replace=True)
    assert rows(table) == before


def test_a_folder_that_cannot_be_written(basemap: Basemap, tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "basemap").write_text("a file where the folder belongs", encoding="utf-8")
    with pytest.raises(OutputError, match="cannot write"):
        write_seeds(basemap, tmp_path / "seeds", day=DAY)
    assert [path.name for path in (tmp_path / "seeds").iterdir()] == ["basemap"]


def test_the_command_writes_and_says_what_it_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    extract = osm_extract.write(tmp_path / "small.osm")
    seeds = tmp_path / "seeds"
    given = ["basemap", str(extract), "-o", str(seeds), "--city", "Small City", "--code-tag", "ref"]
    assert main([*given, "--date", "2024-06-30", "--language", "en"]) == 0
    out, err = capsys.readouterr()
    assert str(seeds / "places.csv") in out.splitlines()
    assert "note: water: 1 without a name or below 0.5 km² left out" in err
    assert "2 districts, 2 water, 2 coast, 1 road, 1 metro line, 2 metro stations, 3 named roads; next:" in err
    meta = tomllib.loads((seeds / "atlas.toml").read_text(encoding="utf-8"))
    assert (meta["data_date"], meta["title_en"]) == ("2024-06-30", "Map of industry in Small City")
    assert main(["build", "--seeds", str(seeds), "--layers", str(tmp_path / "layers")]) == 0


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (["--bbox", "1,2,x,4"], "--bbox is '1,2,x,4', which is not numbers with commas between them"),
        (["--bbox", "1,2,3"], "--bbox is [1.0, 2.0, 3.0]: give west, south, east, north"),
        (["--date", "June"], "--date is 'June', which is no day: write YYYY-MM-DD"),
        (["--country", "Germany"], "--country is 'Germany': write the two letters"),
        (["--district-level", "9"], "levels there: 5 (1), 6 (3)"),
    ],
)
def test_the_command_refuses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: list[str], message: str
) -> None:
    extract = osm_extract.write(tmp_path / "small.osm")
    assert main(["basemap", str(extract), "-o", str(tmp_path / "seeds"), *option]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "seeds").exists()
