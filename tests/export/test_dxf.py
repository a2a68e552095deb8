from __future__ import annotations

from pathlib import Path
from typing import Any

import ezdxf
import pyogrio
import pytest
import shapely
import tiny_city
from clients import csv_rows
from ezdxf import recover

from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.build import build
from geo.errors import CRSError, UsageError
from geo.export import export


@pytest.fixture(scope="module")
def folder(tiny: Atlas, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("dxf")
    export(tiny.select(), made / "a.dxf")
    return made


@pytest.fixture(scope="module")
def document(folder: Path):
    return ezdxf.readfile(folder / "a.dxf")


def test_audit_finds_nothing(folder: Path) -> None:
    _, auditor = recover.readfile(folder / "a.dxf")
    assert auditor.errors == []
    assert auditor.fixes == []


def test_units_version_layers(document) -> None:
    assert document.dxfversion == "AC1018"
    assert (document.header["$INSUNITS"], document.header["$MEASUREMENT"]) == (6, 1)  # metres, metric
    layers = {layer.dxf.name: layer for layer in document.layers}
    assert {"belt", "node", "park", "cluster-chips", "cluster-robots", "label-node", "institution"} <= set(layers)
    assert layers["node"].rgb == (0x12, 0x34, 0x53)
    assert layers["cluster-robots"].rgb == (0x00, 0xAA, 0x00)


def test_a_hole_is_a_ring_of_its_own(seeds: Path) -> None:
    outer, hole = tiny_city.square(10.25, 50.1, 10.35, 50.2), tiny_city.square(10.28, 50.13, 10.32, 50.17)
    outer["coordinates"] += hole["coordinates"]
    drawn = tiny_city.collection((tiny_city.boundary("park_b"), outer))
    (seeds / "boundaries" / "park_b.geojson").write_text(drawn, encoding="utf-8")
    build(seeds, seeds.parent / "layers")
    export(Atlas.load(seeds.parent / "layers").select(Selection(kinds=("park",))), seeds.parent / "a.dxf")
    rings = ezdxf.readfile(seeds.parent / "a.dxf").modelspace().query('LWPOLYLINE[layer=="park"]')
    areas = sorted(shapely.Polygon([point[:2] for point in ring]).area for ring in rings)
    assert all(ring.closed for ring in rings)
    assert [len(ring) for ring in rings] == [4, 4]
    assert areas[0] / areas[1] == pytest.approx(0.16, rel=0.01)
    roles = [row["role"] for row in csv_rows(seeds.parent / "a.dxf.handles.csv") if row["entity"] == "LWPOLYLINE"]
    assert {"boundary", "hole"} <= set(roles)


def test_labels_are_mtext_in_a_chinese_font(document) -> None:
    [label] = document.modelspace().query('MTEXT[layer=="label-node"]')
    assert label.text == "简"
    assert document.styles.get(label.dxf.style).get_extended_font_data()[0] == "Microsoft YaHei"


def test_ids_and_key_measures_are_xdata(document, folder: Path, tiny: Atlas) -> None:
    rows = {row["handle"]: row for row in csv_rows(folder / "a.dxf.handles.csv") if row["handle"]}
    entities = [entity for entity in document.modelspace() if entity.dxf.layer != "notice"]
    assert {entity.dxf.handle for entity in entities} == set(rows)
    for entity in entities:
        tags = entity.get_xdata("tiny")
        values = {name.value: value.value for name, value in zip(tags[::2], tags[1::2], strict=True)}
        row = rows[entity.dxf.handle]
        if "institution_id" in values:
            assert values["institution_id"] == row["institution_id"]
            continue
        assert values["place_id"] == row["place_id"]
        ours = tiny.places.loc[row["place_id"]]
        assert values.get("area_km2") == (ours["area_km2"] if ours["method"] != "schematic" else None)
        assert values["accuracy_m"] == ours["accuracy_m"]
        assert values.get("firms") == (140.0 if row["place_id"] == "node_a" else None)


def test_unplaced_institution_is_in_the_csv_without_handle(folder: Path) -> None:
    [row] = [row for row in csv_rows(folder / "a.dxf.handles.csv") if row["role"] == "not placed"]
    assert (row["institution_id"], row["handle"]) == ("lab_y", "")


def test_boundary_is_in_metres_of_the_city(document, tiny: Atlas) -> None:
    [line] = document.modelspace().query('LWPOLYLINE[layer=="node"]')
    assert line.closed
    drawn = shapely.Polygon([(x, y) for x, y, *_ in line.get_points()])
    ours = tiny.places.to_crs(32632).geometry["node_a"]
    assert shapely.hausdorff_distance(drawn, ours) < 1e-3
    assert drawn.area / 1e6 == pytest.approx(tiny.places.at["node_a", "area_km2"], rel=2e-3)


def test_properties_tell_licence_date_crs_sources(document) -> None:
    properties = dict(document.header.custom_vars.properties)
    assert properties["data_date"] == "2024-06-30"
    assert "EPSG:32632" in properties["coordinates"]
    assert "ODbL-1.0" in properties["licence"]
    assert "Document blog" in properties["source 1"]
    [notice] = document.modelspace().query('MTEXT[layer=="notice"]')
    assert "测试 · Test" in notice.plain_text()


def test_degrees_are_refused(tiny: Atlas, tmp_path: Path) -> None:
    with pytest.raises(CRSError, match=r"dxf is drawn in metres, unlike 4326 \(WGS 84\): use a projected CRS, or gpkg"):
        export(tiny.select(), tmp_path / "a.dxf", crs=4326)


def test_chinese_is_read_right_by_gdal_ezdxf_and_qgis_alike(atlas: Atlas, drawing: Path) -> None:
    """In UTF-8 GDAL, and QGIS through it, would show noise: they go by the code page of the header."""
    shown = set(atlas.layout["short_zh"])
    document = ezdxf.readfile(drawing)
    assert shown <= {label.plain_text() for label in document.modelspace().query("MTEXT")}
    table = pyogrio.read_dataframe(drawing, read_geometry=False)
    assert shown <= set(table["Text"].dropna())
    properties = dict(document.header.custom_vars.properties)
    assert properties["title"].startswith(atlas.meta["title_zh"])


def test_fills_take_the_colour_of_their_layer_and_texts_that_of_the_screen(document) -> None:
    fills = document.modelspace().query("HATCH")
    assert len(fills) > 0
    assert {fill.dxf.color for fill in fills} == {ezdxf.colors.BYLAYER}
    for label in document.modelspace().query("MTEXT"):
        layer = document.layers.get(label.dxf.layer)
        assert (layer.color, layer.rgb) == (7, None)


def test_institutions_are_seen_on_a_dark_screen_and_on_paper(document) -> None:
    layer = document.layers.get("institution")
    assert (layer.color, layer.rgb) == (7, None)


def test_metres_that_are_none_are_refused_and_a_grid_of_the_city_is_taken(tiny: Atlas, tmp_path: Path) -> None:
    with pytest.raises(CRSError, match=r"drawn in true metres, but lengths in 3857 .* are off by up to 5\d\.\d%"):
        export(tiny.select(), tmp_path / "a.dxf", crs=3857)
    grid = "+proj=tmerc +lat_0=50.1 +lon_0=10.2 +k=1 +x_0=0 +y_0=0 +ellps=GRS80 +units=m +no_defs"
    export(tiny.select(), tmp_path / "b.dxf", crs=grid)
    [line] = ezdxf.readfile(tmp_path / "b.dxf").modelspace().query('LWPOLYLINE[layer=="node"]')
    drawn = shapely.Polygon([(x, y) for x, y, *_ in line.get_points()])
    assert drawn.area / 1e6 == pytest.approx(tiny.places.at["node_a", "area_km2"], rel=1e-3)


def test_names_are_as_high_as_they_are_to_be_on_paper(tiny: Atlas, tmp_path: Path) -> None:
    """Type of 8.5 points has capitals of 2.16 mm: 108 m at 1:50,000; names of institutions have no room there."""
    export(tiny.select(), tmp_path / "a.dxf", plot_scale=50_000)
    document = ezdxf.readfile(tmp_path / "a.dxf")
    [label] = document.modelspace().query('MTEXT[layer=="label-node"]')
    assert label.dxf.char_height == pytest.approx(8.5 * 25.4 / 72 * 0.72 * 50, rel=1e-3)
    assert document.header["$PDSIZE"] == pytest.approx(45.0)
    assert not document.layers.get("label-institution").is_on()


def test_a_name_that_had_to_move_is_led_to_its_place(atlas: Atlas, drawing: Path) -> None:
    space = ezdxf.readfile(drawing).modelspace()
    labels = [one for one in space.query("MTEXT") if one.dxf.layer in {f"label-{kind}" for kind in atlas.roles}]
    assert len(labels) == len(atlas.layout)
    boxes = [_box(label) for label in labels]
    overlaps = sum(one.intersects(other) for at, one in enumerate(boxes) for other in boxes[:at])
    assert overlaps == 0
    rows = {row["handle"]: row["place_id"] for row in csv_rows(drawing.with_name("a.dxf.handles.csv"))}
    leaders = {rows[line.dxf.handle]: line for line in space.query("LINE")}
    assert 0 < len(leaders) < len(labels)
    for label, box in zip(labels, boxes, strict=True):
        if line := leaders.get(rows[label.dxf.handle]):
            assert box.buffer(1.6 * label.dxf.char_height).intersects(shapely.Point(line.dxf.end.x, line.dxf.end.y))


def _box(label: Any) -> shapely.Geometry:
    """Return where a name of Chinese letters stands at least: a letter is as wide as a capital is high."""
    high, words = label.dxf.char_height, label.plain_text()
    wide, at = sum(1.0 if ord(c) > 127 else 0.6 for c in words) * high, label.dxf.insert
    return shapely.box(at.x - wide / 2, at.y - high / 2, at.x + wide / 2, at.y + high / 2)


def test_a_map_too_large_for_any_sheet_is_refused_with_the_scale_that_is_not(tiny: Atlas, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"at 1:1000 the map is larger than A0: give a plot scale of \d+ or more"):
        export(tiny.select(), tmp_path / "a.dxf", plot_scale=1000)
    with pytest.raises(UsageError, match="plot scale is for dxf, bundle only, not for kml"):
        export(tiny.select(), tmp_path / "a.kml", plot_scale=1000)
    with pytest.raises(UsageError, match="basemap is for gpkg, qgz, dxf, bundle only, not for kml"):
        export(tiny.select(), tmp_path / "a.kml", basemap=True)
    assert not list(tmp_path.iterdir())


def test_names_of_institutions_lie_on_no_other_where_they_are_shown(atlas: Atlas, tmp_path: Path) -> None:
    view = atlas.select(Selection(districts=("district_310104",)))
    export(view, tmp_path / "a.dxf", plot_scale=40_000)
    document = ezdxf.readfile(tmp_path / "a.dxf")
    assert document.layers.get("label-institution").is_on()
    labels = document.modelspace().query('MTEXT[layer ? "label-.*"]')
    own = [one for one in labels if one.dxf.layer == "label-institution"]
    assert len(own) == view.institutions.geometry.notna().sum() > 15
    boxes = [_box(label) for label in labels]
    assert [one for at, one in enumerate(boxes) for other in boxes[:at] if one.intersects(other)] == []
