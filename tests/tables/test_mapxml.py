"""KML and GPX as tables and as areas: every field and shape, nothing fetched, no entity expanded."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import shapely

from geo.analysis.user_data.user_areas import read_areas
from geo.errors import DataError
from geo.tables import Limits, open_table

KML = (
    '<?xml version="1.0"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>全部</name>{}</Document></kml>'
)
POINT = "<Point><altitudeMode>a</altitudeMode><coordinates>\n 121.44, 31.19, 0 </coordinates></Point>"
RING = "<LinearRing><coordinates>{}</coordinates></LinearRing>"
OUTER = RING.format("121,31 122,31 122,32 121,32 121,31")
INNER = RING.format("121.4,31.4 121.6,31.4 121.6,31.6 121.4,31.4")
POLYGON = f"<Polygon><outerBoundaryIs>{OUTER}</outerBoundaryIs><innerBoundaryIs>{INNER}</innerBoundaryIs></Polygon>"
DATA = (
    "<ExtendedData><Data name='注册资本'><displayName>x</displayName><value>1,200</value></Data><SchemaData>"
    "<SimpleData name='区'>徐汇区</SimpleData></SchemaData></ExtendedData><Style><color>ff</color></Style>"
)


def kml(path: Path, *placemarks: str) -> Path:
    path.write_text(KML.format("".join(placemarks)), encoding="utf-8")
    return path


def mark(name: str, inside: str) -> str:
    return f"<Placemark><name>{name}</name><styleUrl>#s</styleUrl>{inside}</Placemark>"


def read(path: Path) -> tuple[list[dict[str, object]], list[object], list[object]]:
    with open_table(path) as table:
        batch = next(table.batches())
        points = table.points(batch)
        return batch.to_pylist(), list(zip(points.lon, points.lat, strict=True)), points.notes().to_pylist()


def test_placemarks_with_their_fields_folders_and_shapes(tmp_path: Path) -> None:
    folder = f"<Folder><name>企业</name><Folder><name>甲类</name>{mark('甲', DATA + POINT)}</Folder></Folder>"
    multi = f"<MultiGeometry>{POINT}{POINT.replace('121.44', '121.5')}</MultiGeometry>"
    track = "<gx:Track><when>2020</when><gx:coord>121 31 0</gx:coord><gx:coord>121.2 31 0</gx:coord></gx:Track>"
    bad = "<Point><coordinates>东经 北纬</coordinates></Point>"
    rows, points, notes = read(
        kml(tmp_path / "a.kml", folder, mark("乙", multi), mark("丙", POLYGON), mark("丁", track), mark("戊", bad))
    )
    assert {k: v for k, v in rows[0].items() if k != "geometry"} == {
        "name": "甲",
        "注册资本": "1,200",
        "区": "徐汇区",
        "folder": "企业 / 甲类",
    }
    assert points[0] == (121.44, 31.19)
    assert [row["folder"] for row in rows[1:]] == [None] * 4
    shapes = [shapely.from_wkb(row["geometry"]) for row in rows[:4]]
    assert [shape.geom_type for shape in shapes] == ["Point", "MultiPoint", "Polygon", "LineString"]
    assert shapes[2].area == pytest.approx(1 - 0.02)
    assert notes == [None, "inner_point", "inner_point", "inner_point", "bad_geometry"]


def test_waypoints_routes_and_tracks(tmp_path: Path) -> None:
    (tmp_path / "a.gpx").write_text(
        '<?xml version="1.0"?><gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><metadata><name>m</name>'
        '</metadata><wpt lat="31.2" lon="121.4"><ele>3.5</ele><name>甲</name></wpt><rte><name>乙</name>'
        '<rtept lat="31" lon="121"><name>站</name></rtept><rtept lat="31" lon="122"/></rte><trk><trkseg>'
        '<trkpt lat="31" lon="121"><ele>1</ele></trkpt><trkpt lat="32" lon="121"/></trkseg><trkseg>'
        '<trkpt lat="31" lon="121"/><trkpt lat="31" lon="122"/></trkseg></trk></gpx>',
        encoding="utf-8",
    )
    rows, points, _ = read(tmp_path / "a.gpx")
    assert [(row["kind"], row["name"], row["ele"]) for row in rows] == [
        ("wpt", "甲", "3.5"),
        ("rte", "乙", None),
        ("trk", None, None),
    ]
    assert points[:2] == [(121.4, 31.2), (121.0, 31.0)]  # of a line a point on it
    assert shapely.from_wkb(rows[2]["geometry"]).wkt == "MULTILINESTRING ((121 31, 121 32), (121 31, 122 31))"


def test_a_kmz_is_unpacked_and_links_are_told_of_not_followed(tmp_path: Path) -> None:
    kml(tmp_path / "doc.kml", mark("甲", POINT), "<NetworkLink><Link><href>http://a.b/c</href></Link></NetworkLink>")
    with zipfile.ZipFile(tmp_path / "a.kmz", "w") as archive:
        archive.write(tmp_path / "doc.kml", "doc.kml")
        archive.writestr("files/a.png", b"\x89PNG")
    with open_table(tmp_path / "a.kmz") as table:
        assert table.rows == 1
        assert "1 link to another file (NetworkLink) is not followed" in table.report.lines("en")
        assert table.report.format == "kml"


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ('<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a "b">]><kml><Placemark/></kml>', "declares a document type"),
        (
            '<?xml version="1.0"?><!DOCTYPE kml SYSTEM "http://a.b/c"><kml><Placemark/></kml>',
            "declares a document type",
        ),
        ("<kml><Placemark><name>&unknown;</name></Placemark></kml>", "not a sound kml file"),
        ("<kml><Placemark>", "not a sound kml file"),
        ("<kml><Document/></kml>", "there are no rows in it"),
        ("<kml>" + "<Folder>" * 300 + "</Folder>" * 300 + "</kml>", "nested too deep"),
    ],
)
def test_what_is_unsound_is_refused(tmp_path: Path, text: str, match: str) -> None:
    (tmp_path / "a.kml").write_text(text)
    with pytest.raises(DataError, match=match):
        open_table(tmp_path / "a.kml")


def test_rows_are_bounded_and_a_row_without_fields_counts(tmp_path: Path) -> None:
    path = kml(tmp_path / "a.kml", "<Placemark/>" * 3)
    assert [row["geometry"] for row in read(path)[0]] == [None] * 3
    with pytest.raises(DataError, match="more than the 2 rows allowed"):
        open_table(path, limits=Limits(rows=2))


def test_polygons_are_areas(tmp_path: Path) -> None:
    found = read_areas(kml(tmp_path / "a.kml", mark("东片", POLYGON), mark("西片", POLYGON)))
    assert found.names == {"1": "东片", "2": "西片"}
    assert found.areas["1"].area == pytest.approx(0.98)
