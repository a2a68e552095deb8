"""The face of the library against geopandas, shapely and the command line."""

from __future__ import annotations

import gc
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import geo
from geo.analysis.user_data.point_styles import point_style
from geo.analysis.user_data.user_table import join as join_table
from geo.analysis.user_data.user_table import read_user_table
from geo.atlas import Atlas
from geo.base.messages import text
from geo.build import build
from geo.cli.main import main
from geo.crs import from_wgs84

ROOT = Path(__file__).parents[1]
COLUMNS = [
    "lon_wgs84", "lat_wgs84", "district_id", "district", "township_id", "township", "place_ids", "places",
    "join_status", "join_note", "located_by", "accuracy_m",
]  # fmt: skip


def frame_in(atlas: Atlas, rows: int = 400, seed: int = 7) -> pd.DataFrame:
    """Points all over the city and beside it, under an index that is shuffled and has a label twice."""
    chance = np.random.default_rng(seed)
    west, south, east, north = atlas.districts.total_bounds
    labels = chance.permutation(rows)
    labels[1] = labels[0]
    return pd.DataFrame(
        {
            "firm": [f"firm {number}" for number in range(rows)],
            "lon": chance.uniform(west - 0.05, east + 0.05, rows),
            "lat": chance.uniform(south - 0.05, north + 0.05, rows),
        },
        index=pd.Index(labels, name="row"),
    )


def expected_district(atlas: Atlas, frame: pd.DataFrame) -> list[str | None]:
    """A second way: geopandas' own join, one answer a row."""
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(frame["lon"], frame["lat"]), crs=4326)
    areas = gpd.GeoDataFrame({"found": list(atlas.districts.index)}, geometry=list(atlas.districts.geometry), crs=4326)
    found = points.sjoin(areas, how="left")["found"]
    found = found[~found.index.duplicated()]
    return [one if isinstance(one, str) else None for one in found]


@pytest.mark.parametrize("as_geometry", [False, True])
def test_join_is_that_of_geopandas_under_any_index(atlas: Atlas, as_geometry: bool) -> None:
    frame = frame_in(atlas)
    given = frame
    if as_geometry:
        given = gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(frame["lon"], frame["lat"]), crs=4326).to_crs(3857)
        given = given[["firm", "geometry"]]
    before = given.copy()
    joined = geo.join(given, datum="wgs84", atlas=atlas)
    pd.testing.assert_frame_equal(pd.DataFrame(given), pd.DataFrame(before))
    assert type(joined) is type(given)
    assert list(joined.columns) == [*given.columns, *COLUMNS]
    pd.testing.assert_index_equal(joined.index, given.index)
    assert joined["firm"].to_list() == frame["firm"].to_list()
    told = [one if isinstance(one, str) else None for one in joined["district_id"]]
    assert told == expected_district(atlas, frame)
    assert (joined["join_status"] == "outside").sum() > 0
    np.testing.assert_allclose(joined["lon_wgs84"], frame["lon"], atol=1e-9)


def test_join_gives_types_names_and_a_report(atlas: Atlas) -> None:
    frame = frame_in(atlas, 50)
    frame.iloc[3, 1] = np.nan
    joined = geo.join(frame, datum="wgs84", atlas=atlas, language="en")
    for name in ("lon_wgs84", "lat_wgs84", "accuracy_m"):
        assert joined[name].dtype == np.float64
    assert all(isinstance(ids, list) for ids in joined["place_ids"])
    for row in joined.itertuples():
        assert list(row.places) == [atlas.name(one, "en") for one in row.place_ids]
        assert row.district is np.nan or row.district == atlas.name(row.district_id, "en")
    aside = joined.iloc[3]
    assert (aside["join_status"], aside["located_by"], aside["join_note"]) == ("set_aside", "none", "no coordinates")
    report = joined.attrs["report"]
    assert report["datum"] == "wgs84"
    assert report["rows"]["rows"] == 50 == sum(report["rows"][name] for name in ("matched", "outside", "set_aside"))
    assert any("lon" in line for line in report["lines"])


def test_join_finds_the_datum_or_asks(atlas: Atlas) -> None:
    places = atlas.districts.geometry.sample_points(40, rng=3).explode()
    frame = pd.DataFrame({"区": [atlas.name(one, "zh") for one in places.index], "x": places.x, "y": places.y})
    frame["lng"], frame["lat"] = from_wgs84(frame["x"], frame["y"], "gcj02")
    joined = geo.join(frame[["区", "lng", "lat"]], atlas=atlas)
    assert joined.attrs["report"]["datum"] == "gcj02"
    np.testing.assert_allclose(joined["lon_wgs84"], frame["x"], atol=1e-9)
    with pytest.raises(geo.UsageError, match='datum="wgs84"'):
        geo.join(frame[["lng", "lat"]].head(5), atlas=atlas)


def test_join_renames_what_is_called_like_an_answer_and_takes_no_rows(atlas: Atlas) -> None:
    frame = frame_in(atlas, 20).rename(columns={"firm": "district"})
    joined = geo.join(frame, datum="wgs84", atlas=atlas)
    assert joined.columns[0] == "district_input"
    assert joined.attrs["report"]["renamed"] == {"district": "district_input"}
    assert list(geo.join(frame.iloc[:0], datum="wgs84", atlas=atlas).columns) == list(joined.columns)


def test_join_takes_columns_by_their_labels_and_keeps_what_the_frame_says_of_itself(atlas: Atlas) -> None:
    frame = frame_in(atlas, 30)
    expected = geo.join(frame, datum="wgs84", atlas=atlas)
    numbered = frame.set_axis([0, 1, ("a", 2)], axis=1)
    numbered.attrs["mine"] = 1
    joined = geo.join(numbered, lon=1, lat=("a", 2), datum="wgs84", atlas=atlas)
    assert list(joined.columns) == [0, 1, ("a", 2), *COLUMNS]
    pd.testing.assert_frame_equal(joined[COLUMNS], expected[COLUMNS], check_column_type=False)
    assert set(joined.attrs) == {"mine", "report"}
    assert numbered.attrs == {"mine": 1}
    addressed = pd.DataFrame({7: [atlas.name(next(iter(atlas.districts.index)), "zh")]})
    assert geo.geocode(addressed, address=7, atlas=atlas)["located_by"].to_list() == ["district"]


def test_a_join_leaves_the_collection_of_garbage_as_it_found_it(atlas: Atlas) -> None:
    frame = frame_in(atlas, 5)
    assert gc.isenabled()
    geo.join(frame, datum="wgs84", atlas=atlas)
    assert gc.isenabled()
    gc.disable()
    try:
        geo.join(frame, datum="wgs84", atlas=atlas)
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_join_takes_every_dtype_of_pandas(atlas: Atlas) -> None:
    frame = frame_in(atlas, 12)
    expected = geo.join(frame, datum="wgs84", atlas=atlas)[COLUMNS]
    kinds = {
        "interval": pd.interval_range(0, 12), "period": pd.period_range("2020", periods=12, freq="M"), "complex": 1j,
        "delta": pd.Timedelta(1, "D"), "sparse": pd.arrays.SparseArray([0] * 12), "nested": [{"a": [1]}] * 12,
        "object": [object()] * 12,
    }  # fmt: skip
    for name, cells in kinds.items():
        odd = frame.assign(**{name: cells})
        joined = geo.join(odd, datum="wgs84", atlas=atlas)
        assert joined[name].dtype == odd[name].dtype
        pd.testing.assert_frame_equal(joined[COLUMNS], expected)
    for backend in ("numpy_nullable", "pyarrow"):
        typed = frame.convert_dtypes(dtype_backend=backend)
        joined = geo.join(typed, datum="wgs84", atlas=atlas)
        assert list(joined[frame.columns].dtypes) == list(typed.dtypes)
        pd.testing.assert_frame_equal(joined[COLUMNS], expected)


def test_a_frame_without_rows_needs_no_datum(atlas: Atlas) -> None:
    empty = geo.join(frame_in(atlas, 5).iloc[:0], atlas=atlas)
    assert (len(empty), list(empty.columns[-len(COLUMNS) :])) == (0, COLUMNS)


def test_join_takes_a_crs_as_geopandas_does_and_none_that_contradicts_the_frame(atlas: Atlas) -> None:
    frame = frame_in(atlas, 20)
    spots = gpd.GeoDataFrame(frame[["firm"]], geometry=gpd.points_from_xy(frame["lon"], frame["lat"]), crs=4326)
    metres = spots.to_crs(3857)
    numbers = frame[["firm"]].assign(x=metres.geometry.x, y=metres.geometry.y)
    for crs in (3857, "EPSG:3857", metres.crs):
        joined = geo.join(numbers, lon="x", lat="y", crs=crs, datum="wgs84", atlas=atlas)
        np.testing.assert_allclose(joined["lon_wgs84"], frame["lon"], atol=1e-9)
        assert len(geo.join(metres, crs=crs, atlas=atlas)) == 20
    with pytest.raises(geo.CRSError, match=r"'EPSG:4326' was given, but the frame's geometry is in EPSG:3857: leave"):
        geo.join(metres, crs=4326, atlas=atlas)
    joined = geo.join(spots, crs=4490, atlas=atlas, language="en")  # to the metre the same as WGS 84
    assert joined.attrs["report"]["lines"][-1] == "the CRS is stated and settles the datum"


def test_a_view_is_ranked_and_chosen_from_as_it_is(atlas: Atlas) -> None:
    view = atlas.select(kinds=["node"])
    nodes = list(view)
    pd.testing.assert_frame_equal(geo.rank(view, "ai_firms"), geo.rank(atlas, "ai_firms", places=nodes))
    pd.testing.assert_frame_equal(
        geo.rank(view, "ai_firms", places=nodes[:3]), geo.rank(atlas, "ai_firms", places=nodes[:3])
    )
    assert set(geo.choose(view, "centre_km=-1").index) == set(nodes)
    pd.testing.assert_frame_equal(geo.compare(view, nodes[:2]), geo.compare(atlas, nodes[:2]))
    for ask in (lambda: geo.rank("layers", "ai_firms"), lambda: geo.choose("layers", "centre_km=-1")):  # type: ignore[arg-type]
        with pytest.raises(geo.UsageError, match=r"a str was given; an Atlas is wanted: geo\.Atlas\.load\(\)"):
            ask()


def test_an_ending_that_nothing_has_is_told_those_of_reports_and_figures(atlas: Atlas, tmp_path: Path) -> None:
    for name in ("a.foo", "abc"):
        with pytest.raises(geo.UsageError, match=r"\.gpkg .*; a report ends in \.html .*, a figure in \.png"):
            geo.save(atlas.select(), tmp_path / name)
    with pytest.raises(geo.UsageError, match=r"several files; give a name that ends in \.shp\.zip"):
        geo.save(atlas.select(), tmp_path / "a.shp")


def test_join_says_what_is_wrong(atlas: Atlas) -> None:
    with pytest.raises(geo.UsageError, match=r"read the file first, such as with pandas\.read_csv"):
        geo.join("firms.csv")  # type: ignore[arg-type]
    with pytest.raises(geo.UsageError, match=r"make one of it with pandas\.DataFrame"):
        geo.geocode(["世纪大道1号"])  # type: ignore[arg-type]
    with pytest.raises(geo.UsageError, match="a list was given; a pandas DataFrame or a GeoDataFrame is wanted"):
        geo.join([1, 2])  # type: ignore[arg-type]
    with pytest.raises(geo.UsageError, match=r"a Series was given; .* is wanted; give .to_frame\(\) of it"):
        geo.join(pd.Series([1]))  # type: ignore[arg-type]
    with pytest.raises(geo.UsageError, match="recognised among –; pass lon= and lat="):
        geo.join(pd.DataFrame(), atlas=atlas)
    with pytest.raises(geo.UsageError, match="firm"):
        geo.join(pd.DataFrame({"firm": ["a", "b"]}), atlas=atlas)
    with pytest.raises(geo.UsageError, match="datum 'itrf' is not known; use one of wgs84, gcj02, bd09"):
        geo.join(frame_in(atlas, 5), datum="itrf", atlas=atlas)
    with pytest.raises(geo.UsageError, match="language 'fr' is not known"):
        geo.join(frame_in(atlas, 5), datum="wgs84", language="fr", atlas=atlas)


@pytest.mark.parametrize("ending", ["gpkg", "geojson", "csv", "html", "svg"])
def test_save_writes_what_the_command_line_writes(tiny: Atlas, tmp_path: Path, ending: str) -> None:
    ours, theirs = tmp_path / f"a.{ending}", tmp_path / "b" / f"a.{ending}"
    theirs.parent.mkdir()
    written = geo.save(tiny.select(), ours)
    assert written[0] == str(ours)
    verb = "report" if ending in ("html", "svg") else "export"
    assert main([verb, str(theirs), "--layers", str(tiny.folder)]) == 0
    assert ours.read_bytes() == theirs.read_bytes()
    with pytest.raises(geo.OutputError, match="is there already"):
        geo.save(tiny.select(), ours)
    geo.save(tiny.select(), ours, overwrite=True)


def test_save_takes_a_table_of_ones_own(tiny: Atlas, tmp_path: Path) -> None:
    table = tmp_path / "firms.csv"
    table.write_text("firm,lon,lat\nmine,10.12,50.1\nother,10.3,50.1\n", encoding="utf-8")
    asked = {"points": table, "datum": "wgs84", "criteria": "points_inside=1"}
    geo.save(tiny.select(), tmp_path / "a.html", language="en", **asked)
    shell = ["--points", str(table), "--datum", "wgs84", "--choose", "points_inside=1", "--language", "en"]
    assert main(["report", str(tmp_path / "b.html"), *shell, "--layers", str(tiny.folder)]) == 0
    page = (tmp_path / "a.html").read_text("utf-8")
    assert page == (tmp_path / "b.html").read_text("utf-8")
    assert "firms.csv: rows 2 = matched 2" in page
    assert "<h2>Counts of an own table</h2>" in page
    assert "<h2>Where to settle</h2>" in page
    frame = pd.read_csv(table).rename(columns={"lon": "lon_wgs84", "lat": "lat_wgs84"})
    for name, given in (("with", {"points": table, "datum": "WGS-84"}), ("frame", {"points": frame}), ("without", {})):
        geo.save(tiny.select(), tmp_path / f"{name}.svg", **given)
    drawn = {name: (tmp_path / f"{name}.svg").read_bytes() for name in ("with", "frame", "without")}
    assert drawn["with"] == drawn["frame"] != drawn["without"]
    assert text("figure.points", "zh", count="2") in drawn["with"].decode()
    with pytest.raises(geo.UsageError, match=r"does not tell which coordinates these are.* Give --datum") as refused:
        geo.save(tiny.select(), tmp_path / "c.svg", points=table)
    assert "请指明" in refused.value.translations["zh"]
    empty = tmp_path / "empty.csv"
    empty.write_text("firm,lon,lat\na,,\nb,,\n", encoding="utf-8")
    with pytest.raises(geo.UsageError, match="no row has usable coordinates"):
        geo.save(tiny.select(), tmp_path / "c.svg", points=empty, datum="wgs84")
    assert not (tmp_path / "c.svg").exists()


def test_points_have_the_colours_of_a_column_through_every_door(tiny: Atlas, tmp_path: Path) -> None:
    """Of the file, of the same rows as a frame, from the shell; and as the page has them, which asks the same."""
    table, kinds = tmp_path / "firms.csv", ["robot", "chip", "robot", "", "chip", "robot"]
    rows = [f"f{number},{kind},10.{12 + number},50.1\n" for number, kind in enumerate(kinds)]
    table.write_text("firm,kind,lon,lat\n" + "".join(rows), encoding="utf-8")
    frame = pd.read_csv(table).rename(columns={"lon": "lon_wgs84", "lat": "lat_wgs84"})
    # A frame that was joined before has columns called like those of the join that a report makes.
    before = frame.assign(located_by=kinds)
    asked = {"points_colour": "located_by", "language": "en"}
    geo.save(tiny.select(), tmp_path / "before.svg", points=before, **asked)
    drawn = (tmp_path / "before.svg").read_text("utf-8")
    assert "located_by" in drawn
    assert "robot" in drawn
    asked = {"points_colour": "kind", "language": "en"}
    for name, points in (("file", {"points": table, "datum": "wgs84"}), ("frame", {"points": frame})):
        for ending in ("svg", "html", "docx"):
            geo.save(tiny.select(), tmp_path / f"{name}.{ending}", **points, **asked)
    shell = ["--points", str(table), "--datum", "wgs84", "--points-colour", "kind", "--language", "en"]
    assert main(["report", str(tmp_path / "shell.svg"), *shell, "--layers", str(tiny.folder)]) == 0
    drawn = [(tmp_path / f"{name}.svg").read_bytes() for name in ("file", "frame", "shell")]
    assert drawn[0] == drawn[1] == drawn[2]
    read = read_user_table(table, "firms.csv", tiny)
    style = point_style(
        join_table(read, "wgs84", tiny, "en"), read, "kind", "en"
    )  # as `geo.web.pages.blocks.user_table`
    assert [(one.label, one.count) for one in style.classes] == [("robot", 3), ("chip", 2), ("No value", 1)]
    for words in ("kind", *(one.colour for one in style.classes if one.colour), *(one.label for one in style.classes)):
        assert words in drawn[0].decode()
    with pytest.raises(geo.UsageError, match=r"no column 'kinds'.*did you mean kind"):
        geo.save(tiny.select(), tmp_path / "b.svg", points=table, datum="wgs84", points_colour="kinds")
    with pytest.raises(geo.UsageError, match="no column 'kinds'"):
        geo.save(tiny.select(), tmp_path / "b.svg", points=frame, points_colour="kinds")
    with pytest.raises(geo.UsageError, match=r"the column 'lon' cannot colour points: .* these can: 'firm', 'kind'"):
        geo.save(tiny.select(), tmp_path / "b.svg", points=table, datum="wgs84", points_colour="lon")
    with pytest.raises(geo.UsageError, match="points_colour 'kind' is a column of points, and there are none"):
        geo.save(tiny.select(), tmp_path / "b.svg", points_colour="kind")


def test_save_says_what_does_not_apply(tiny: Atlas, tmp_path: Path) -> None:
    with pytest.raises(geo.UsageError, match=r"crs, schema does not apply to \.html"):
        geo.save(tiny.select(), tmp_path / "a.html", crs=4326, schema="x")
    with pytest.raises(geo.UsageError, match=r"an Atlas was given; a View is wanted: atlas.select\(\)"):
        geo.save(tiny, tmp_path / "a.gpkg")  # type: ignore[arg-type]
    with pytest.raises(geo.UsageError, match=r"a.html: a frame is no report and no figure: give it with a View"):
        geo.save(pd.DataFrame(), tmp_path / "a.html")
    with pytest.raises(geo.UsageError, match="odd"):
        geo.save(tiny.select(), tmp_path / "a.odd")
    with pytest.raises(geo.UsageError, match=r"criteria do not apply to \.docx"):
        geo.save(tiny.select(), tmp_path / "a.docx", criteria="area_official_km2=1")
    with pytest.raises(geo.UsageError, match="points_inside counts your own points: give their table with points"):
        geo.save(tiny.select(), tmp_path / "a.html", criteria="points_inside=1")
    with pytest.raises(geo.UsageError, match=r"points do not apply to \.gpkg"):
        geo.save(tiny.select(), tmp_path / "a.gpkg", points=tmp_path / "a.csv")
    with pytest.raises(geo.UsageError, match="datum 'gcj02' is of a table of points, and there is none"):
        geo.save(tiny.select(), tmp_path / "a.svg", datum="gcj02")
    for ending, asked in (("pdf", {"paper": "a3"}), ("svg", {"portrait": True}), ("html", {"criteria": "area_km2=1"})):
        with pytest.raises(geo.UsageError, match="apply to the format geojson"):
            geo.save(tiny.select(), tmp_path / f"a.{ending}", format="geojson", **asked)
    english = tmp_path / "en.html"
    geo.save(tiny.select(), english, language="en", criteria="area_official_km2=1")
    assert '<html lang="en">' in english.read_text("utf-8")
    assert "<h2>Where to settle</h2>" in english.read_text("utf-8")


def test_what_does_not_apply_is_said_in_chinese_too(tiny: Atlas, tmp_path: Path) -> None:
    with pytest.raises(geo.UsageError) as refused:
        geo.save(tiny.select(), tmp_path / "a.gpkg", paper="a3")
    assert refused.value.translations["zh"].startswith("纸张与竖排不用于.gpkg：只用于 .")
    with pytest.raises(geo.UsageError) as refused:
        geo.save(tiny.select(), tmp_path / "a.pdf", format="geojson", criteria="area_km2=1")
    assert refused.value.translations["zh"].startswith("选址条件不用于格式 geojson：")


def test_rank_numbers_only_what_may_be_compared(atlas: Atlas) -> None:
    order = geo.rank(atlas, "area_km2", language="en")
    assert set(order.index) == set(atlas.layout.index)
    assert order.index.name == "place_id"
    ranked = order[order["rank"].notna()]
    assert ranked["comparable"].all()
    assert not order[order["rank"].isna()]["comparable"].any()
    assert ranked["value"].to_list() == sorted(ranked["value"], reverse=True)
    schematic = atlas.places.loc[order.index, "method"] == "schematic"
    assert order.loc[schematic, "rank"].isna().all()
    assert geo.rank(atlas, "area_km2", ascending=True)["rank"].iloc[0] == 1
    with pytest.raises(geo.UsageError, match="area_km2"):
        geo.rank(atlas, "area_km")


def test_a_measure_may_be_named_in_either_language(atlas: Atlas) -> None:
    order = geo.rank(atlas, "area_km2")
    for name in atlas.measures.loc["area_km2", ["label_zh", "label_en"]]:
        pd.testing.assert_frame_equal(geo.rank(atlas, name), order)
    with pytest.raises(geo.UsageError, match="did you mean area_km2"):
        geo.rank(atlas, "Drawn aera")
    with pytest.raises(geo.UsageError, match="language 'fr' is not known"):
        geo.rank(atlas, "area_km2", language="fr")


def test_one_place_may_be_given_as_it_is(atlas: Atlas) -> None:
    one = str(atlas.layout.index[3])
    assert list(geo.rank(atlas, "area_km2", places=one).index) == [one]
    assert set(geo.compare(atlas, one).index.get_level_values("place_id")) == {one}
    assert list(geo.choose(atlas, "area_km2=1", places=one).index) == [one]
    with pytest.raises(geo.UsageError, match="language 'fr' is not known"):
        geo.compare(atlas, one, language="fr")


def test_what_completes_after_a_dot_is_the_face(atlas: Atlas, tmp_path: Path) -> None:
    assert [name for name in dir(geo) if not name.startswith("__")] == sorted(set(geo.__all__) - {"__version__"})
    kept = tmp_path / "view.pickle"
    kept.write_bytes(pickle.dumps(atlas.select(kinds="belt")))
    # A kernel that loads a kept view before anything else of the library still draws it.
    loads = f"import geo, pickle; print(len(pickle.load(open({str(kept)!r}, 'rb'))._repr_html_()))"
    result = subprocess.run([sys.executable, "-c", loads], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert int(result.stdout) > 10_000


def test_compare_keeps_unknown_unknown(atlas: Atlas) -> None:
    ids = list(atlas.layout.index[:3])
    table = geo.compare(atlas, ids, language="en")
    assert table.index.names == ["measure_id", "place_id"]
    values = table["value"].unstack()
    assert not (values.fillna(-1) == 0).to_numpy().all()
    for (measure_id, place_id), row in table.iterrows():
        told = atlas.values(measure_id)["value"].get(place_id)
        assert (pd.isna(told) and pd.isna(row["value"])) or told == row["value"]
    with pytest.raises(geo.UsageError, match="at most 6"):
        geo.compare(atlas, list(atlas.layout.index[:7]))


#: The face of the library as its design shows it, line by line. Callers rely on it: it only grows.
FACE = """
import geo
atlas = geo.Atlas.load();  atlas["maqiao"];  atlas.measures;  len(atlas)
view = atlas.select(kinds=["belt"], clusters=["robots_hardware"]);  view
geo.save(view, "a.gpkg")
joined = geo.join(df, datum="auto")
geo.geocode(df, address="地址");  geo.compare(atlas, ["zhangjiang", "caohejing"]);  geo.rank(atlas, "ai_firms");  geo.diff(old, new)
"""  # noqa: E501


def test_a_script_of_the_face_runs_as_it_stands(atlas: Atlas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a frame whose index is shuffled; every line gives what it promises."""
    rng = np.random.default_rng(7)
    spots = atlas.districts.geometry.sample_points(8, rng=1).explode()
    df = pd.DataFrame({"名称": [f"公司{n}" for n in range(len(spots))], "lon": spots.x, "lat": spots.y})
    df["区"] = [atlas.name(one, "zh") for one in spots.index]
    df["地址"] = [f"上海市{name}" for name in df["区"]]
    df.index = pd.Index(rng.permutation(len(df)) + 1000, name="row")
    names: dict[str, Any] = {"df": df, "old": atlas, "new": atlas.folder}
    monkeypatch.chdir(tmp_path)
    exec(FACE, names)

    loaded, view, joined = names["atlas"], names["view"], names["joined"]
    assert loaded["maqiao"].place_id == "maqiao"
    assert len(loaded) == len(loaded.places) == len(list(loaded))
    assert loaded.measures.index.name == "measure_id"
    assert list(view.places.index) == ["xuhui_minhang_belt"]
    assert list(gpd.read_file("a.gpkg", layer="belt")["place_id"]) == ["xuhui_minhang_belt"]
    assert list(joined.index) == list(df.index)
    assert joined.index.name == "row"
    assert list(joined["district"]) == list(df["区"])
    assert joined.attrs["report"]["datum"] == "wgs84"
    located = names["geo"].geocode(df, address="地址")
    assert list(located.index) == list(df.index)
    assert list(located["district"]) == list(df["区"])
    assert not len(names["geo"].diff(atlas, atlas.folder))


def test_a_diff_is_a_frame_of_cells_and_one_line(tiny: Atlas, seeds: Path, tmp_path: Path) -> None:
    table = seeds / "places.csv"
    content = table.read_text(encoding="utf-8")
    assert content.count("Park B") == 1
    table.write_text(content.replace("Park B", "Park Bee"), encoding="utf-8")
    build(seeds, tmp_path / "layers")
    found = geo.diff(tiny, tmp_path / "layers")
    cells = found.to_frame().query("table == 'places'")
    assert cells[["key", "kind", "column", "old", "new"]].to_numpy().tolist() == [
        ["park_b", "changed", "name_en", "Park B", "Park Bee"]
    ]
    assert len(found.to_frame()) == sum(max(1, len(change.columns)) for change in found.changes)
    assert "places: 1 changed" in repr(found)
    assert "\n" not in repr(found)
    assert repr(geo.diff(tiny, tiny)).endswith("no change)")


def test_a_callers_script_passes_a_strict_type_check(tmp_path: Path) -> None:
    script = tmp_path / "caller.py"
    script.write_text(
        """import geo
import pandas as pd

atlas: geo.Atlas = geo.Atlas.load()
view: geo.View = atlas.select()
written: tuple[str, ...] = geo.save(view, "a.gpkg", overwrite=True)
joined: pd.DataFrame = geo.join(pd.DataFrame({"lon": [1.0], "lat": [2.0]}), datum="wgs84")
order: pd.DataFrame = geo.rank(atlas, "area_km2")
fitting: pd.DataFrame = geo.choose(atlas, ["stations_1km >= 3", "centre_km=-1"])
table: pd.DataFrame = geo.compare(atlas, ["a", "b"])
located: pd.DataFrame = geo.geocode(pd.DataFrame({"address": ["a"]}), address="address")
changed: pd.DataFrame = geo.diff(atlas, "layers").to_frame()
one = atlas["maqiao"]
named: str = one.place_id
count: int = len(atlas)
measures: pd.DataFrame = atlas.measures
belts: geo.View = atlas.select(kinds=["belt"], clusters=["robots_hardware"])
version: str = geo.__version__
""",
        encoding="utf-8",
    )
    # Strict by our own settings, which lint has just used: what it found of the library is not found again.
    command = [sys.executable, "-m", "mypy", "--strict", str(script)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
