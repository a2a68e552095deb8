"""Coordinates: which columns, in which order and unit, and a reason for every row."""

from __future__ import annotations

import io
import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely

from geo.crs.datums import wgs84_to_gcj02
from geo.crs.registry import lonlat_to_projected
from geo.errors import CRSError, UsageError
from geo.tables import REASONS, Points, TableReader, columns, open_table
from geo.tables.points import Coordinates, _geometry, enough_rows, raw_pair
from geo.tables.projections import crs_code, fitting_projections
from geo.tables.reasons import OK
from geo.tables.srid import stated_crs

BBOX = (120.8, 30.6, 122.3, 31.9)
LON = np.array([121.4712, 121.5231, 121.3317])
LAT = np.array([31.2312, 31.1015, 31.3021])


def opened(lines: list[str], **options: Any) -> TableReader:
    options = {"bbox": BBOX, "metric_crs": "EPSG:4549"} | options
    return open_table(io.BytesIO("\n".join(lines).encode()), name="in.csv", **options)


def points_of(lines: list[str], **options: Any) -> tuple[TableReader, Points]:
    with opened(lines, **options) as table:
        batches = list(table.batches())
        assert len(batches) == 1
        return table, table.points(batches[0])


def table_of(first: np.ndarray, second: np.ndarray, head: str = "name;x;y", form: str = "{}") -> list[str]:
    cells = (f"r{i};{form.format(a)};{form.format(b)}" for i, (a, b) in enumerate(zip(first, second, strict=True)))
    return [head, *cells]


@pytest.mark.parametrize(
    "head",
    [
        "name;经度;纬度",
        "name;lng;lat",
        "name;LON;LAT",
        "name;poiLng;poiLat",
        "name;X坐标;Y坐标",
        "name;POINT_X;POINT_Y",
    ],
)
def test_two_columns_by_name(head: str) -> None:
    table, points = points_of(table_of(LON, LAT, head))
    assert table.report.coordinates is not None
    assert table.report.coordinates.rule == "name"
    assert np.array_equal(points.lon, LON)
    assert np.array_equal(points.lat, LAT)
    assert points.notes().null_count == 3


def test_two_columns_by_values() -> None:
    table, points = points_of(table_of(LON, LAT, "name;foo;bar"))
    assert table.report.coordinates is not None
    assert table.report.coordinates.rule == "values"
    assert np.array_equal(points.lon, LON)


@pytest.mark.parametrize(
    ("lon", "lat", "decimal"),
    [
        ("121,4712", "31,2312", ","),
        ("121,471", "31,231", ","),  # three digits could be thousands, but only so are they degrees
        ("121.4712", "31.2312", "."),
    ],
)
def test_what_a_comma_means_in_degrees(lon: str, lat: str, decimal: str) -> None:
    with opened(["name;lng;lat", *(f"r{i};{lon};{lat}" for i in range(3))]) as table:
        assert table.report.decimal == decimal
        (batch,) = table.batches()
        expected = float(lon.replace(",", "."))
        assert list(table.points(batch).lon) == [expected] * 3


@pytest.mark.parametrize(("far", "found"), [(2, True), (3, False)])
def test_columns_are_coordinates_by_value_only_if_nine_in_ten_lie_in_the_city(far: int, found: bool) -> None:
    lon = np.where(np.arange(20) < far, 10.123, np.linspace(121.111, 121.777, 20))
    with opened(table_of(lon, np.linspace(31.111, 31.333, 20), "name;foo;bar")) as table:
        assert (table.report.coordinates is not None) is found


@pytest.mark.parametrize(
    "cell",
    [
        "{0},{1}",
        "({0}, {1})",
        "[{0},{1}]",
        "{0} {1}",
        "{0}，{1}",
        '{{"lng":{0},"lat":{1}}}',
        "{1},{0}",
        "POINT({0} {1})",
    ],
)
@pytest.mark.parametrize("head", ["name;坐标", "name;geo", "name;what"])
def test_both_in_one_column(cell: str, head: str) -> None:
    lines = [f"r{i};{cell.format(a, b)}" for i, (a, b) in enumerate(zip(LON, LAT, strict=True))]
    table, points = points_of([head, *lines], delimiter=";", quote="")
    np.testing.assert_array_equal(points.lon, LON)
    np.testing.assert_array_equal(points.lat, LAT)
    if cell == "{1},{0}":
        assert "latitude where the longitude should be" in " ".join(table.report.lines("en"))


def test_wkt_and_hexadecimal_wkb() -> None:
    shapes = [shapely.Point(121.4, 31.2), shapely.box(121.4, 31.2, 121.5, 31.3), shapely.Point()]
    for cells in ([s.wkt for s in shapes], [s.wkb_hex for s in shapes], [f"SRID=4326;{s.wkt}" for s in shapes]):
        _, points = points_of(["name|wkt", *(f"r|{cell}" for cell in [*cells, "junk", "POLYGON((1"])], delimiter="|")
        assert points.lon[:2].tolist() == [121.4, 121.45]
        assert points.notes().to_pylist() == [None, "inner_point", "missing", "bad_geometry", "bad_geometry"]


def test_geometries_read_together_are_read_as_each_for_itself() -> None:
    cells = ["POINT(121.4 31.2)", "POLYGON((121 31,121.2 31,121.2 31.2,121 31))", "LINESTRING(121 31,121.2 31.2)"]
    cells += ["POINT EMPTY", "POINT(nan 31)", "SRID=4326;POINT(121.4 31.2)", "POLYGON((1", "MULTIPOINT((121 31))", ""]
    cells += ["CIRCULARSTRING(121 31,121.1 31.1,121.2 31)"]
    together = _geometry(pa.array(cells), 1000)
    alone = [_geometry(pa.array([cell]), 1000) for cell in cells]
    for whole, parts in zip(together, zip(*alone, strict=True), strict=True):
        np.testing.assert_array_equal(whole, np.concatenate(parts))
    assert [REASONS[code] for code in together[2]] == [
        *("ok", "inner_point", "inner_point", "missing", "not_finite", "ok", "bad_geometry", "inner_point", "missing"),
        "curved",
    ]
    shapes = [None if "SRID" in cell or cell[-2:] == "(1" or "CIRC" in cell else cell for cell in cells]
    blobs = [shapely.to_wkb(shapely.from_wkt(cell)) if cell else None for cell in shapes]
    binary = _geometry(pa.array([*blobs, b"\1\7"], pa.binary()), 1000)
    same = [row for row, cell in enumerate(shapes) if cell and "nan" not in cell]
    np.testing.assert_array_equal(binary[0][same], together[0][same])
    assert REASONS[binary[2][-1]] == "bad_geometry"


def test_of_very_many_pairs_those_that_rank_first_are_all_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[tuple[str, ...]] = []

    def watched(spec: Coordinates, batch: Any) -> Any:
        judged.append(spec.columns)
        return raw_pair(spec, batch)

    monkeypatch.setattr(columns, "raw_pair", watched)
    head = [f"{axis} {number}" for number in range(300) for axis in ("lng", "lat")]
    row = ";".join(["121.47;31.23"] * 301)
    with opened([";".join([*head, "lon", "lat"]), row, row]) as table:
        assert table.require_points().columns == ("lon", "lat")
    assert len(judged) < 60


def test_of_heavy_geometries_some_tell_what_they_are() -> None:
    ring = ",".join(["121.4 31.2,121.5 31.2,121.5 31.3"] * 1000)
    rows = pa.table({"wkt": [f"POLYGON(({ring},121.4 31.2))"] * 200, "x": [1] * 200})
    spec = Coordinates("geometry", ("wkt",), "name")
    few = enough_rows(spec, rows)
    assert few.column_names == ["wkt"]
    assert 20 <= few.num_rows < 50
    assert enough_rows(replace(spec, columns=("x",)), rows).num_rows == 200
    assert enough_rows(replace(spec, kind="point"), rows).num_rows == 200


def test_every_reason_is_found_counted_and_shown() -> None:
    rows = {
        "121.47;31.23": None,
        "31.23;121.47": "swapped",
        "121°28′12″;31°14′": "dms",
        "１２１．４７;31.23": "full_width",
        ";31.23": "missing",
        "无;无": "missing",
        "0;0": "zero",
        "121.47;0": "zero",
        "abc;31.23": "not_a_number",
        "inf;31.23": "not_finite",
        "1214.7;31.23": "out_of_range",
        "-999;-999": "out_of_range",
        "116.4;39.9": None,
        "39.9;116.4": "swapped",
    }
    table, points = points_of(["name;lon;lat", *(f"n;{row}" for row in rows)])
    assert points.notes().to_pylist() == list(rows.values())
    aside = [reason in ("missing", "zero", "not_a_number", "not_finite", "out_of_range") for reason in rows.values()]
    assert points.set_aside.tolist() == aside
    assert np.isnan(points.lon).tolist() == aside
    assert points.lon[1] == points.lon[0] == 121.47
    report = table.report
    assert report.reasons["missing"] == 2
    assert report.examples["missing"] == [(5, "– | 31.23"), (6, "无 | 无")]
    assert report.placed + report.set_aside == report.rows == len(rows)
    assert "经纬度颠倒" in points.notes("zh").to_pylist()[1]


def test_swapped_columns_are_exchanged_and_said() -> None:
    table, points = points_of(table_of(LAT, LON, "name;lon;lat"))
    assert np.array_equal(points.lon, LON)
    assert "exchanged" in " ".join(table.report.lines("en"))
    # Without the city's extent the globe alone decides.
    _, points = points_of(table_of(LAT, LON, "name;lon;lat"), bbox=None)
    assert np.array_equal(points.lon, LON)


@pytest.mark.parametrize("crs", ["EPSG:4549", "EPSG:32651", "EPSG:3857", "EPSG:4528", "EPSG:4529"])
@pytest.mark.parametrize("northing_first", [False, True])
def test_metres_are_told_and_converted(crs: str, northing_first: bool) -> None:
    x, y = lonlat_to_projected(LON, LAT, crs)
    first, second = (y, x) if northing_first else (x, y)
    table, points = points_of(table_of(first, second, form="{:.3f}"))
    assert (table.report.crs, table.report.crs_rule) == (crs, "values")
    np.testing.assert_allclose(points.lon, LON, atol=1e-7)
    np.testing.assert_allclose(points.lat, LAT, atol=1e-7)
    assert f"read as {crs}" in " ".join(table.report.lines("en"))
    assert ("northing" in " ".join(table.report.lines("en"))) == northing_first


def test_metres_with_thousands_and_decimal_commas() -> None:
    x, y = lonlat_to_projected(LON, LAT, "EPSG:4549")
    _, points = points_of(table_of(x, y, form="{:,.2f}"))
    np.testing.assert_allclose(points.lon, LON, atol=1e-6)
    lines = [line.replace(".", ",") for line in table_of(LON, LAT, "name;lon;lat")]
    table, points = points_of(lines)
    assert np.array_equal(points.lon, LON)
    assert (table.report.decimal, set(points.notes().to_pylist())) == (",", {"decimal_comma"})


def test_scaled_degrees() -> None:
    table, points = points_of(table_of(np.round(LON * 1e6).astype(int), np.round(LAT * 1e6).astype(int)))
    assert table.report.crs == "degrees*1e6"
    np.testing.assert_allclose(points.lat, LAT, atol=1e-12)


def test_metres_that_fit_two_frames_are_asked() -> None:
    # A city at 123° E: UTM 51N and the 3-degree zone of 123° E put the same metres 1.4 km apart, both into it.
    bbox, lon, lat = (122.8, 30.6, 123.2, 31.9), np.array([123.01, 123.02]), np.array([31.2, 31.3])
    x, y = lonlat_to_projected(lon, lat, "EPSG:4550")
    with opened(table_of(x, y), bbox=bbox, metric_crs="EPSG:4550") as table:
        assert table.coordinates is None
        with pytest.raises(UsageError, match=r"EPSG:4550, EPSG:32651 all put them into the city; pass crs="):
            table.require_points()
        with pytest.raises(UsageError, match="pass crs="):
            table.points(next(table.batches()))
    _, points = points_of(table_of(x, y), bbox=bbox, metric_crs="EPSG:4550", crs="EPSG:4550")
    np.testing.assert_allclose(points.lat, lat, atol=1e-7)


def test_metres_of_no_known_frame_are_asked() -> None:
    with opened(table_of(LON * 1000, LAT * 999)) as table, pytest.raises(UsageError, match="pass crs="):
        table.require_points()


def test_degrees_among_metres_are_set_aside() -> None:
    x, y = lonlat_to_projected(LON, LAT, "EPSG:4549")
    _, points = points_of([*table_of(x, y), "r;121.4;31.2", "r;;"])
    assert points.notes().to_pylist()[3:] == ["out_of_range", "missing"]


def test_several_pairs_are_asked() -> None:
    lines = ["id;start_lng;start_lat;end_lng;end_lat", "a;121.471;31.231;121.5;31.3"]
    with opened(lines) as table:
        assert table.report.candidates == (("start_lng", "start_lat"), ("end_lng", "end_lat"))
        with pytest.raises(UsageError, match="'start_lng', 'start_lat'; 'end_lng', 'end_lat'; pass lon= and lat="):
            table.require_points()
    _, points = points_of(lines, lon="end_lng", lat="end_lat")
    assert points.lon.tolist() == [121.5]


def test_two_pairs_are_compared() -> None:
    gcj = wgs84_to_gcj02(LON, LAT)
    rows = [f"r;{a:.6f};{b:.6f};{u:.6f};{v:.6f}" for a, b, u, v in zip(*gcj, LON, LAT, strict=True)]
    # Each states its datum, and they agree.
    table, points = points_of(["id;gcj02_lng;gcj02_lat;wgs84_lng;wgs84_lat", *rows])
    assert table.report.datum_named == "wgs84"
    np.testing.assert_allclose(points.lon, LON, atol=1e-6)
    # None states one: their distance tells both.
    table, points = points_of(["id;lng;lat;经度;纬度", *rows])
    assert (table.report.datum_named, table.coordinates and table.coordinates.columns) == ("wgs84", ("经度", "纬度"))
    assert "(gcj02)" in " ".join(table.report.lines("en"))
    # Gaode's and Baidu's, so called, but both hold the same numbers: one of the names is wrong.
    same = [f"r;{a:.6f};{b:.6f};{a:.6f};{b:.6f}" for a, b in zip(LON, LAT, strict=True)]
    head = "id;gd_lon;gd_lat;bd_lon;bd_lat"
    with opened([head, *same]) as table, pytest.raises(UsageError, match="one of them is wrong"):
        table.require_points()
    table, _ = points_of(["id;lng;lat;经度;纬度", *same])
    assert (table.report.datum_named, table.coordinates and table.coordinates.columns) == ("", ("lng", "lat"))


def test_a_datum_stated_in_a_name_is_kept() -> None:
    table, _ = points_of(["id;百度经度;百度纬度", "a;121.471;31.231"])
    assert table.report.datum_named == "bd09"
    table, _ = points_of(["id;百度经度;百度纬度", "a;121.471;31.231"], lon="百度经度", lat="百度纬度")
    assert (table.report.datum_named, table.coordinates and table.coordinates.rule) == ("bd09", "option")
    table, _ = points_of(["id;bdLocation.lon;bdLocation.lat;address", "a;121.471;31.231;某路"])
    assert (table.report.datum_named, table.coordinates and table.coordinates.rule) == ("bd09", "name")


@pytest.mark.parametrize("cells", ["-1;-1", "0;0", "121.4;-1", "-1.0;-1.0"])
def test_what_stands_for_nothing_is_missing(cells: str) -> None:
    _, points = points_of(["id;lon;lat", "a;121.4;31.2", f"b;{cells}"])
    assert points.notes().to_pylist() == [None, "zero"]


def test_names_without_numbers_are_passed_over() -> None:
    table, points = points_of(["x;y;经度;纬度", "red;blue;121.4;31.2"])
    assert points.lon.tolist() == [121.4]
    table, points = points_of(["location;lng;lat", "某路1号;121.4;31.2"])
    assert points.lon.tolist() == [121.4]
    assert table.report.columns_with_role("address") == ["location"]


@pytest.mark.parametrize(
    ("head", "row", "own"),
    [
        ("location|entr_location", "{0},{2}|{1},{2}", ["location"]),
        ("entr.lng|entr.lat|location.lng|location.lat", "{1}|{2}|{0}|{2}", ["location.lng", "location.lat"]),
        ("start_lng|start_lat|lng|lat", "{1}|{2}|{0}|{2}", ["lng", "lat"]),
    ],
)
def test_the_spot_of_the_row_itself_goes_before_those_beside_it(head: str, row: str, own: list[str]) -> None:
    """As map services write them: the place, and where one enters it."""
    rows = [row.format(lon, lon + 0.001, lat) for lon, lat in zip(LON, LAT, strict=True)]
    table, points = points_of([head, *rows], delimiter="|")
    assert table.report.coordinates is not None
    assert list(table.report.coordinates.columns) == own
    assert np.array_equal(points.lon, LON)
    assert "not used, though they may hold coordinates too" in " ".join(table.report.lines("en"))


@pytest.mark.parametrize(
    ("head", "cells"),
    [("经纬度", ["121.4712_31.2312"]), ("经度|纬度", ["约121.47度", "约31.23度"]), ("GPS", ["121.4712~31.2312"])],
)
def test_coordinates_in_a_notation_unknown_are_asked_and_not_passed_over(head: str, cells: list[str]) -> None:
    """A table with addresses was located by them without a word, kilometres off."""
    with opened([f"{head}|地址", *(["|".join([*cells, "世纪大道1号"])] * 3)], delimiter="|") as table:
        asked = table.report.question
        assert asked is not None
        assert asked.id == "ask_unread"
        with pytest.raises(UsageError, match=r"no numbers can be read from cells such as '.*121\.47"):
            table.require_points()
    with opened([f"{head}|地址", *(["|".join([*("待补" for _ in cells), "世纪大道1号"])] * 3)], delimiter="|") as table:
        assert table.report.question is not None
        assert table.report.question.id == "ask_none"


def test_an_address_is_a_text() -> None:
    """A column of objects called `location` was taken for one, and no row was located."""
    cells = pa.array([[("a", 1.0)]], pa.map_(pa.string(), pa.float64()))
    found = columns.recognise(pa.table({"location": cells, "住所": ["a"], "地址": [1]}), columns.Asked(bbox=BBOX))
    assert found.roles == {"住所": "address"}


def test_none_are_asked_with_the_columns_there_are() -> None:
    with opened(["name;age", "a;31", "b;121"]) as table:
        assert table.report.question is not None
        with pytest.raises(UsageError, match=r"among 'name', 'age'; pass lon= and lat="):
            table.require_points()
        assert "未识别出坐标列" in " ".join(table.report.lines("zh"))
        assert table.report.to_dict()["question"]["id"] == "ask_none"


def test_coordinates_that_begin_late_are_found() -> None:
    lines = ["name;lon;lat", *["a;;"] * 30_000, "b;121.4;31.2"]
    with opened(lines) as table:
        reasons = [n for batch in table.batches() for n in table.points(batch).notes().to_pylist()]
    assert reasons.count("missing") == 30_000
    assert reasons[-1] is None


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"lon": "lon"}, "lon and lat go together"),
        ({"lon": "lgn", "lat": "lat"}, "no column 'lgn'.*did you mean 'lon'"),
        ({"lon": "lon", "lat": "lat", "point": "lon"}, "lon and lat and point were both given"),
        ({"decimal": "x"}, "decimal='x'"),
    ],
)
def test_options_that_cannot_be(options: dict[str, str], match: str) -> None:
    with pytest.raises(UsageError, match=match):
        opened(table_of(LON, LAT, "name;lon;lat"), **options)


def test_crs_that_is_not_known() -> None:
    with pytest.raises(CRSError, match="CRS 'EPSG:99999' is not known"):
        opened(table_of(LON, LAT, "name;lon;lat"), crs="EPSG:99999")
    assert crs_code("EPSG:4326") == crs_code("4490") == crs_code("OGC:CRS84") == ""
    assert crs_code("EPSG:4214") == "EPSG:4214"
    with pytest.raises(CRSError, match="'' is not known"):
        crs_code("")
    with pytest.raises(
        CRSError, match=r"of EPSG:4479 \(China .*\) are neither longitude and latitude nor easting"
    ) as told:
        opened(table_of(LON, LAT, "name;lon;lat"), crs="EPSG:4479")  # metres from the middle of the Earth
    assert "请先换算" in told.value.translations["zh"]
    with pytest.raises(CRSError, match="EPSG:5773"):  # heights
        crs_code("EPSG:5773")


def test_geographic_crs_of_another_datum_is_converted() -> None:
    _, points = points_of(table_of(LON, LAT, "name;lon;lat"), crs="EPSG:4214")
    shift = np.hypot(points.lon - LON, points.lat - LAT)
    assert ((shift > 1e-5) & (shift < 1e-2)).all()
    with pytest.raises(CRSError, match="cannot be converted to WGS 84 to the metre"):
        opened(table_of(LON, LAT, "name;lon;lat"), crs="EPSG:4610")


def test_frames_fit_only_where_the_city_is() -> None:
    x, y = lonlat_to_projected(LON + 10, LAT, "EPSG:32651")
    assert fitting_projections(x, y, BBOX, "EPSG:4549") == []


def test_coordinates_travel_to_another_process() -> None:
    with opened(table_of(LON, LAT, "name;lon;lat")) as table:
        batch = next(table.batches())
        assert table.coordinates is not None
        copy = pickle.loads(pickle.dumps(table.coordinates))
        assert np.array_equal(copy.points(batch).lon, table.points(batch).lon)


def test_points_of_one_batch_are_counted_once() -> None:
    with opened(table_of(LON, LAT, "name;lon;lat")) as table:
        batch = next(table.batches())
        table.points(batch)
        table.points(batch)
        assert table.report.placed == 3


def test_numbers_of_a_measure() -> None:
    with opened(["name;资本", "a;1,234.5", "b;", "c;x", "d;７"]) as table:
        batch = next(table.batches())
        values, wrong = table.numbers(batch, "资本")
        assert wrong == 1
        np.testing.assert_array_equal(values, [1234.5, np.nan, np.nan, 7.0])
        with pytest.raises(UsageError, match="no column 'z'"):
            table.numbers(batch, "z")


def test_points_in_arrow_lists_and_structs() -> None:
    from geo.tables.points import Coordinates

    spec = Coordinates("point", ("p",), "option")
    lists = pa.array([[121.4, 31.2], [], None, [1.0]])
    structs = pa.array([{"lng": 121.4, "lat": 31.2}, None, None, {"lng": None, "lat": 1.0}])
    for column, last in ((lists, "not_a_number"), (structs, "missing")):
        points = spec.points(pa.RecordBatch.from_arrays([column], ["p"]))
        assert points.lon[0] == 121.4
        assert points.notes().to_pylist() == [None, "missing", "missing", last]


@pytest.mark.parametrize(
    "cell",
    [
        "31°13'52.3\"N 121°28'16.3\"E",
        "31°13′52.3″N121°28′16.3″E",
        "北纬31度13分52.3秒 东经121度28分16.3秒",
        "N31°13'52.3\" E121°28'16.3\"",
        "31.231194° 121.471194°",
        "E121.471194 N31.231194",
        "31.231194N 121.471194E",
        "东经121.471194北纬31.231194",
    ],
)
def test_both_angles_in_one_cell(cell: str) -> None:
    table, points = points_of(["名称;位置", *[f"甲;{cell.replace(chr(34), '″')}"] * 3])
    assert (table.coordinates and table.coordinates.kind) == "point"
    assert points.lon.tolist() == pytest.approx([121 + 28 / 60 + 16.3 / 3600] * 3)
    assert points.lat.tolist() == pytest.approx([31 + 13 / 60 + 52.3 / 3600] * 3)


def test_geojson_in_a_cell() -> None:
    cells = [f'{{"type": "Point", "coordinates": [{a}, {b}]}}' for a, b in zip(LON, LAT, strict=True)]
    for head in ("name;geojson", "name;location", "name;geom"):
        table, points = points_of([head, *(f"a;{cell}" for cell in cells)])
        assert (table.coordinates and table.coordinates.kind) == "geometry"
        assert points.lon.tolist() == LON.tolist()
    deep = '{"type":"GeometryCollection","geometries":[' * 2000 + "]}" * 2000
    bad = ['{"type":"Point"}', "[" * 90_000, deep, '{"type":"Point","coordinates":' + "[" * 90_000]
    _, points = points_of(["n;geom", *[f"a;{cells[0]}"] * 5, *(f"b;{cell}" for cell in bad)])
    assert points.notes().to_pylist()[5:] == ["bad_geometry", "bad_geometry", "too_complex", "bad_geometry"]


def test_the_crs_that_geometries_state_is_taken() -> None:
    x, y = lonlat_to_projected(LON, LAT, "EPSG:4549")
    shapes = shapely.set_srid(shapely.points(x, y), 4549)
    for cells in (
        [f"SRID=4549;POINT({a} {b})" for a, b in zip(x, y, strict=True)],
        [shapely.to_wkb(shape, hex=True, include_srid=True) for shape in shapes],
        [shapely.to_wkb(shape, hex=True, include_srid=True, byte_order=0) for shape in shapes],
    ):
        table, points = points_of(["name|geom", *(f"a|{cell}" for cell in cells)], delimiter="|")
        assert (table.report.crs, table.report.crs_rule) == ("EPSG:4549", "file")
        np.testing.assert_allclose(points.lat, LAT, atol=1e-7)
    # Degrees are stored under 4326 whatever their datum, and 999999 is no CRS: then the values tell, as before.
    table, points = points_of(["name|geom", *(f"a|SRID=4326;POINT({a} {b})" for a, b in zip(LON, LAT, strict=True))])
    assert (table.report.crs_rule, points.lon.tolist()) == ("", LON.tolist())
    table, _ = points_of(["name|geom", *(f"a|SRID=999999;POINT({a} {b})" for a, b in zip(x, y, strict=True))])
    assert table.report.crs_rule == "values"


def test_geometries_of_very_many_crss_are_asked_without_looking_each_up() -> None:
    names = stated_crs([f"SRID={number};POINT(1 2)" for number in range(100, 200)])
    assert names == [f"EPSG:{number}" for number in range(100, 130)]


def test_geometries_of_several_crss_are_asked() -> None:
    lines = ["name|geom", "a|SRID=4549;POINT(601000 3456000)", "b|SRID=3857;POINT(13520000 3660000)"]
    with opened(lines) as table, pytest.raises(UsageError, match=r"several CRSs \(EPSG:3857, EPSG:4549\)") as error:
        table.require_points()
    assert "坐标系不一" in error.value.translations["zh"]


def test_a_question_is_put_in_every_language() -> None:
    with opened(["name;age", "a;31"]) as table, pytest.raises(UsageError) as error:
        table.require_points()
    assert error.value.translations["zh"].startswith("in.csv：未识别出坐标列")
    assert error.value.translations["en"] == str(error.value)


@pytest.mark.parametrize("bbox", [BBOX, (-1.5, -0.5, 2.0, 3.0), None])
@pytest.mark.parametrize("swapped", [False, True])
def test_rows_in_the_city_are_read_as_all_others_are(bbox: Any, swapped: bool) -> None:
    """Of them all is said at once; each has what it would have if every rule were tried on it."""
    numbers = [121.4, 31.2, 0.0, -1.0, 120.8, 31.9, 200.0, -95.0, 1.0, np.nan, np.inf, None]
    x, y = (pa.array(cells, pa.float64()) for cells in zip(*((x, y) for x in numbers for y in numbers), strict=True))
    spec, batch = Coordinates("pair", ("x", "y"), "name", swapped=swapped, bbox=bbox), pa.record_batch({"x": x, "y": y})
    a, b, codes = raw_pair(spec, batch)
    tried, found = spec._judged(*((b, a) if swapped else (a, b)), codes), spec.points(batch)
    for name in ("lon", "lat", "reason"):
        np.testing.assert_array_equal(getattr(found, name), getattr(tried, name))
    assert found.reason[len(numbers) if swapped else 1] == OK
