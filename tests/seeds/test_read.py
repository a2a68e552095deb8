# ruff: noqa: E501 - one broken thing a line reads as a table
from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tiny_city import square

from geo.build import build
from geo.errors import DataError
from geo.seeds.read import SEED_TABLES, read_seeds

Edit = Callable[[Path], Any]


def cell(name: str, row: int, column: str, value: str) -> Edit:
    """Set one cell; row 2 is the first below the header, as an editor counts."""

    def edit(seeds: Path) -> None:
        path = seeds / f"{name}.csv"
        rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
        rows[row - 1][rows[0].index(column)] = value
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)

    return edit


def text(name: str, old: str, new: str) -> Edit:
    def edit(seeds: Path) -> None:
        path = seeds / name
        before = path.read_text(encoding="utf-8")
        assert old in before
        path.write_text(before.replace(old, new, 1), encoding="utf-8")

    return edit


def feature(name: str, **changes: Any) -> Edit:
    """Change properties (or `geometry`) of the first feature of a GeoJSON file."""

    def edit(seeds: Path) -> None:
        path = seeds / name
        content = json.loads(path.read_text(encoding="utf-8"))
        target = content["features"][0]
        if "geometry" in changes:
            target["geometry"] = changes.pop("geometry")
        target["properties"].update(changes)
        path.write_text(json.dumps(content), encoding="utf-8")

    return edit


def write(name: str, content: bytes) -> Edit:
    return lambda seeds: (seeds / name).write_bytes(content)


def remove(name: str) -> Edit:
    return lambda seeds: (seeds / name).unlink()


def append(name: str, line: str) -> Edit:
    def edit(seeds: Path) -> None:
        path = seeds / f"{name}.csv"
        path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")

    return edit


BOWTIE = {
    "type": "Polygon",
    "coordinates": [[[10.1, 50.09], [10.15, 50.11], [10.15, 50.09], [10.1, 50.11], [10.1, 50.09]]],
}

BROKEN: dict[str, tuple[Edit, str]] = {
    # files
    "table missing": (remove("facts.csv"), r"facts\.csv: is missing: add it with the header place_id,"),
    "atlas missing": (remove("atlas.toml"), r"atlas\.toml: is missing"),
    "atlas not toml": (write("atlas.toml", b"title = ["), r"atlas\.toml: is not readable TOML"),
    "atlas without bbox": (text("atlas.toml", "bbox = [9.9, 49.9, 10.5, 50.3]", ""), r"atlas\.toml: bbox is missing"),
    "atlas bbox turned": (text("atlas.toml", "[9.9, 49.9, 10.5, 50.3]", "[10.5, 49.9, 9.9, 50.3]"), r"atlas\.toml: bbox is .*west, south, east, north"),
    "atlas bbox of words": (text("atlas.toml", "[9.9, 49.9, 10.5, 50.3]", '["a", 1, 2, 3]'), r"atlas\.toml: bbox is .*west, south, east, north"),
    "reference point of words": (text("atlas.toml", "lon = 10.1", 'lon = "x"'), r"atlas\.toml: reference_point needs"),
    "reference point off the globe": (text("atlas.toml", "lat = 50.1", "lat = 500"), r"atlas\.toml: reference_point needs"),
    "metric crs unknown": (text("atlas.toml", "EPSG:32632", "EPSG:1"), r"atlas\.toml: metric_crs: the CRS 'EPSG:1' is not known: write a projected CRS"),
    "metric crs in degrees": (text("atlas.toml", 'metric_crs = "', 'metric_crs = "EPSG:4490" # '), r"atlas\.toml: metric_crs is 'EPSG:4490', which counts degrees"),
    "version of an attack": (text("atlas.toml", 'version = "', 'version = "<script>'), r"atlas\.toml: version is '<script>.*: write at most 40 ASCII letters"),
    "meta nested deep": (write("atlas.toml", b"x = " + b"[" * 100_000), r"atlas\.toml: is not readable TOML in UTF-8 \(maximum recursion"),
    "gbk table": (write("scopes.csv", "scope_id,name_zh,name_en\ncore,核心,Core\n".encode("gbk")), r"scopes\.csv:2: is not UTF-8 .*save the file as UTF-8"),
    "byte order mark": (lambda s: (s / "units.csv").write_bytes(b"\xef\xbb\xbf" + (s / "units.csv").read_bytes()), r"units\.csv:1: starts with a byte order mark"),
    "nul byte": (append("units", "x\x00,x,x,x,x"), r"units\.csv: holds a NUL byte"),
    "open quote": (append("units", 'zzz,"x,x,x,x'), r"units\.csv:\d+: is not well-formed CSV"),
    "column missing": (text("units.csv", "symbol_zh,", ""), r"units\.csv:1: header is not the contract's \(missing 'symbol_zh'\)"),
    "column unknown": (text("units.csv", "symbol_zh", "symbol_fr"), r"units\.csv:1: header .*unknown 'symbol_fr'"),
    "column order": (text("units.csv", "unit_id,symbol_zh", "symbol_zh,unit_id"), r"units\.csv:1: header .*other order"),
    "row too long": (append("scopes", "zz,a,b,c"), r"scopes\.csv:4: has 4 cells, the header 3"),
    # cells
    "required empty": (cell("facts", 2, "value", ""), r"facts\.csv:2: value is empty but required"),
    "space around": (cell("facts", 2, "value", " 7.97"), r"facts\.csv:2: value has space around it"),
    "thousands separator": (cell("facts", 2, "value", "7,970"), r"facts\.csv:2: value is '7,970': write a number with a dot"),
    "not a number": (cell("facts", 2, "value", "nan"), r"facts\.csv:2: value is 'nan'"),
    "negative": (cell("facts", 2, "value", "-3"), r"facts\.csv:2: value -3 is negative"),
    "enum": (cell("facts", 3, "qualifier", "circa"), r"facts\.csv:3: qualifier is 'circa': allowed are exact, about, over, nearly, under"),
    "date of no calendar": (cell("facts", 3, "as_of", "2021-13"), r"facts\.csv:3: as_of is '2021-13', which is no date"),
    "date form": (cell("facts", 3, "as_of", "2021年"), r"facts\.csv:3: as_of is '2021年': write YYYY"),
    "date in the future": (cell("facts", 3, "as_of", "2031"), r"facts\.csv:3: as_of 2031 lies after data_date"),
    "bad id": (cell("scopes", 3, "scope_id", "Whole City"), r"scopes\.csv:3: scope_id is 'Whole City': an id is"),
    "bad colour": (cell("clusters", 2, "colour", "red"), r"clusters\.csv:2: colour is 'red': write a colour as #RRGGBB"),
    "bad url": (cell("sources", 2, "url", "www.example.org"), r"sources\.csv:2: url is 'www\.example\.org'"),
    "bad boolean": (cell("measures", 2, "additive", "yes"), r"measures\.csv:2: additive is 'yes': write true or false"),
    "replacement character": (cell("places", 2, "name_zh", "甲\ufffd"), r"places\.csv:2: name_zh has a control or replacement"),
    # keys and references
    "duplicate fact": (lambda s: append("facts", (s / "facts.csv").read_text().splitlines()[-1])(s), r"facts\.csv:7: repeats the key node_a / firms / 2023 / blog / whole of row 6"),
    "table is a folder": (lambda s: ((s / "units.csv").unlink(), (s / "units.csv").mkdir()), r"units\.csv: cannot be read \(Is a directory\)"),
    "stray table": (write("fact.csv", b"a,b"), r"fact\.csv: is no table of the contract"),
    "stray basemap": (write("basemap/river.geojson", b"{}"), r"basemap/river\.geojson: is not in basemap\.csv"),
    "same name twice": (cell("places", 7, "name_zh", "东区"), r"places\.csv:7: name_zh '东区' is also that of row 3"),
    "same colour twice": (cell("clusters", 3, "colour", "#aa0000"), r"clusters\.csv:3: colour '#aa0000' is also that of row 2"),
    "named before first edition": (cell("places", 2, "since_edition", "2022-05"), r"edition_places\.csv:2: 2020-01 names belt_a before its since_edition 2022-05"),
    "fact newer than source": (cell("sources", 4, "published", "2020-06"), r"facts\.csv:3: as_of 2021 lies after its source was published \(2020-06-30\)"),
    "unsorted": (lambda s: (s / "scopes.csv").write_text("scope_id,name_zh,name_en\nwhole,全部,Whole\ncore,核心,Core\n"), r"scopes\.csv:3: core stands after whole: sort rows by scope_id"),
    "fact without source": (cell("facts", 2, "source_id", ""), r"facts\.csv:2: source_id is empty but required"),
    "unknown source": (cell("facts", 2, "source_id", "rumour"), r"facts\.csv:2: source_id 'rumour' is not in sources\.csv"),
    "unknown place": (cell("facts", 2, "place_id", "atlantis"), r"facts\.csv:2: place_id 'atlantis' is not in places\.csv"),
    "unknown unit": (cell("measures", 2, "unit", "acre"), r"measures\.csv:2: unit 'acre' is not in units\.csv"),
    "unknown district in list": (cell("places", 2, "district_ids", "east;north"), r"places\.csv:2: district_ids 'north' is not in places"),
    "derived as fact": (cell("facts", 4, "measure_id", "area_km2"), r"facts\.csv:4: area_km2 is derived by the build"),
    "ratio half given": (cell("measures", 6, "denominator", ""), r"measures\.csv:6: give numerator and denominator both"),
    "derived target": (cell("measures", 2, "target_due", "2030"), r"measures\.csv:2: target_due is for what a document sets"),
    "target without date": (cell("measures", 3, "target_due", "soon"), r"measures\.csv:3: target_due is 'soon': write YYYY"),
    # the layout
    "node without parent": (cell("places", 4, "parent_id", ""), r"places\.csv:4: node node_a needs a parent_id"),
    "site with parent": (cell("places", 5, "parent_id", "belt_a"), r"places\.csv:5: park_b of kind park may have no parent_id"),
    "circle of parents": (cell("places", 4, "parent_id", "node_a"), r"places\.csv:4: node_a is among its own parents"),
    "no edition": (cell("places", 5, "since_edition", ""), r"places\.csv:5: park_b has no since_edition"),
    "no cluster": (text("place_clusters.csv", "park_b,robots,plan,,\n", ""), r"places\.csv:5: park_b has no row in place_clusters"),
    "context with status": (cell("places", 3, "status", "planned"), r"places\.csv:3: east is context"),
    "city unknown": (text("atlas.toml", 'city_place_id = "tiny"', 'city_place_id = "big"'), r"atlas\.toml: city_place_id 'big' is no place of role city"),
    "unit without value": (cell("policy", 2, "unit", "count"), r"policy\.csv:2: has a unit but no value"),
    # institutions
    "half a coordinate": (cell("institutions", 2, "lat", ""), r"institutions\.csv:2: placed_by crossing needs lon, lat"),
    "coordinate without method": (cell("institutions", 3, "lon", "10.1"), r"institutions\.csv:3: placed_by none must leave lon"),
    "swapped coordinate": (lambda s: (cell("institutions", 2, "lon", "50.1")(s), cell("institutions", 2, "lat", "10.12")(s)), r"institutions\.csv:2: 50\.1, 10\.12 lies outside the city's bbox .*their order"),
    "institution elsewhere": (cell("institutions", 2, "lon", "10.35"), r"institutions\.csv:2: lab_x lies outside node_a"),
    # geometry
    "boundary missing": (remove("boundaries/park_b.geojson"), r"boundaries/park_b\.geojson: is missing"),
    "boundary of nothing": (lambda s: (s / "boundaries/x.geojson").write_text("{}"), r"boundaries/x\.geojson: no layout place 'x'"),
    "boundary not json": (write("boundaries/park_b.geojson", b"{"), r"boundaries/park_b\.geojson: is not readable JSON"),
    "boundary of other place": (feature("boundaries/node_a.geojson", place_id="park_b"), r"boundaries/node_a\.geojson: place_id is 'park_b'"),
    "boundary self-crossing": (feature("boundaries/node_a.geojson", geometry=BOWTIE), r"boundaries/node_a\.geojson: is invalid: Self-intersection"),
    "boundary far away": (feature("boundaries/node_a.geojson", geometry=square(50.09, 10.1, 50.11, 10.15)), r"boundaries/node_a\.geojson: has 5 coordinates outside the city's bbox"),
    "boundary without measure": (feature("boundaries/belt_a.geojson", width_m=1e308), r"boundaries/belt_a\.geojson: recipe corridor makes no polygon"),
    "half a character": (feature("boundaries/node_a.geojson", note_zh="\ud800"), r"note_zh has a control or replacement character"),
    "basemap off the globe": (feature("basemap/quarters.geojson", geometry=square(10.2, 50.0, 10.4, 5e9)), r"feature 1: lies beyond 180 or 90 degrees"),
    "boundary bad method": (feature("boundaries/node_a.geojson", method="guessed"), r"boundaries/node_a\.geojson: method is 'guessed'"),
    "boundary without source": (feature("boundaries/node_a.geojson", source_id=None), r"boundaries/node_a\.geojson: source_id is empty but required"),
    "boundary unknown source": (feature("boundaries/node_a.geojson", source_id="rumour"), r"boundaries/node_a\.geojson: source_id 'rumour' is not in sources"),
    "boundary recipe": (feature("boundaries/park_b.geojson", recipe="corridor"), r"boundaries/park_b\.geojson: recipe corridor needs a LineString, the file holds a Point"),
    "disc without area": (feature("boundaries/park_b.geojson", area_km2=None), r"boundaries/park_b\.geojson: recipe disc needs a positive area_km2"),
    "area off": (feature("boundaries/node_a.geojson", geometry=square(10.1, 50.09, 10.15, 50.113)), r"boundaries/node_a\.geojson: drawn area 9\.\d+ km² is \+1\d\.\d% off the official 7\.97"),
    "official without area": (feature("boundaries/node_a.geojson", scope="core", place_id="node_a", method="official_bounds") , r"drawn area .* off the official 12\.5"),
    "official without bounds": (feature("boundaries/node_a.geojson", bound_north=None), r"boundaries/node_a\.geojson: method official_bounds needs the bounds as stated"),
    "node outside belt": (feature("boundaries/belt_a.geojson", width_m=1000), r"boundaries/node_a\.geojson: \d\d\.\d% of node_a lies outside its parent belt_a"),
    "outside district": (cell("places", 4, "district_ids", "east"), r"boundaries/node_a\.geojson: 100\.0% of node_a lies outside east"),
    "basemap missing": (remove("basemap/quarters.geojson"), r"basemap/quarters\.geojson: is missing"),
    "basemap invalid": (feature("basemap/quarters.geojson", geometry=BOWTIE), r"basemap/quarters\.geojson:feature 1: east is invalid"),
    "basemap property": (feature("basemap/quarters.geojson", place_id="nowhere"), r"basemap/quarters\.geojson:feature 1: place_id 'nowhere' is not in places"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_broken_seeds_name_file_row_and_remedy_and_change_nothing(name: str, seeds: Path) -> None:
    layers = seeds.parent / "layers"
    build(seeds, layers)
    before = {path: path.read_bytes() for path in layers.rglob("*") if path.is_file()}
    edit, expected = BROKEN[name]
    edit(seeds)
    with pytest.raises(DataError, match=expected) as caught:
        build(seeds, layers)
    assert all(": " in problem for problem in caught.value.problems)
    assert {path: path.read_bytes() for path in layers.rglob("*") if path.is_file()} == before


def test_all_problems_come_at_once(seeds: Path) -> None:
    cell("facts", 4, "value", "x")(seeds)
    cell("clusters", 2, "colour", "red")(seeds)
    remove("boundaries/park_b.geojson")(seeds)
    with pytest.raises(DataError, match=r"3 problems in .*; nothing was written") as caught:
        build(seeds, seeds.parent / "layers")
    assert len(caught.value.problems) == 3
    assert not (seeds.parent / "layers").exists()


@pytest.mark.parametrize(
    "content", [b"a\0b", b"kind,\xff\n", b'kind,"a\n', ",".join(f"c{i}" for i in range(300_000)).encode()]
)
def test_a_table_that_cannot_be_read_is_one_problem(seeds: Path, content: bytes) -> None:
    """And not one for each row that names a row of it; nor does a header of very many columns take quadratic time."""
    write("kinds.csv", content)(seeds)
    problems = read_seeds(seeds).problems
    assert len(problems) == 1
    assert problems[0].startswith("kinds.csv")
    assert len(problems[0]) < 2000


def test_whole_seeds_have_no_problem(seeds: Path) -> None:
    read = read_seeds(seeds)
    assert read.problems == []
    assert set(read.rows) == set(SEED_TABLES)
    assert read.by_id("places")["park_b"]["aliases"] == "老乙;Old B"


def test_columns_that_no_row_needs_may_be_left_out(seeds: Path) -> None:
    """So that seeds of an earlier contract still build; what is left out is empty, and the rest stays in order."""
    build(seeds, seeds.parent / "layers")
    before = {path.name: path.read_bytes() for path in (seeds.parent / "layers").rglob("*") if path.is_file()}
    path = seeds / "measures.csv"
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    at = rows[0].index("target_due")
    assert {row[at] for row in rows[1:]} == {""}
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([*row[:at], *row[at + 1 :]] for row in rows)
    assert {row["target_due"] for row in read_seeds(seeds).rows["measures"]} == {""}
    build(seeds, seeds.parent / "layers")
    assert {p.name: p.read_bytes() for p in (seeds.parent / "layers").rglob("*") if p.is_file()} == before


def test_no_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="give --seeds DIR"):
        read_seeds(tmp_path / "nothing")
