from __future__ import annotations

import io
import sys
import zipfile

import pytest

from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.errors import CRSError, UsageError
from geo.export import export_bytes, formats, preview
from geo.export.shapefile import short_name


@pytest.fixture(scope="module")
def sizes(atlas: Atlas) -> dict[str, int]:
    """The sizes of the city's bundle and of the files in it that are the same as a format alone gives."""
    whole = export_bytes(atlas.select(), "bundle")[1]
    found = {"bundle": len(whole)}
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        for entry in formats().values():
            if entry.output == "file" and entry.layers == "many":
                (only,) = (one for one in archive.infolist() if f"{entry.format}/" in one.filename)
                found[entry.format] = only.file_size
    assert len(found) > 4
    return found


@pytest.mark.parametrize("name", [name for name, entry in formats().items() if entry.output != "database"])
def test_size_is_right_within_half(tiny: Atlas, atlas: Atlas, sizes: dict[str, int], name: str) -> None:
    for data, known in ((tiny, {}), (atlas, sizes)):
        size = known.get(name) or len(export_bytes(data.select(), name)[1])
        assert size / 2 < preview(data.select(), name).bytes < size * 2


def test_layers_rows_fields(tiny: Atlas) -> None:
    shown = preview(tiny.select(), "shapefile", 32632)
    assert [(layer.name, layer.rows, layer.geometry) for layer in shown.layers] == [
        ("belt", 1, "MultiPolygon"),
        ("node", 1, "MultiPolygon"),
        ("park", 1, "MultiPolygon"),
        ("institution", 2, "Point"),
    ]
    assert shown.layers[0].fields[:2] == ("place_id", "kind")
    assert set(shown.layers[0].fields) <= {short_name(name) for name in tiny.place_table.names()}
    assert {table.name: table.rows for table in shown.tables}["facts"] == 5
    assert "EPSG:32632" in shown.crs_zh
    assert "x (east, longitude) is stored first, the registry states east, north; unit metre" in shown.crs_en
    assert shown.caveat_zh == formats()["shapefile"].caveat_zh


def test_a_format_of_one_file_per_layer_shows_its_tables_too(tiny: Atlas) -> None:
    shown = preview(tiny.select(), "csv")
    assert {table.name: table.rows for table in shown.tables}["facts"] == 5
    assert [layer.name for layer in shown.layers] == ["belt", "node", "park", "institution"]


def test_one_layer_formats_show_places_alone(tiny: Atlas) -> None:
    shown = preview(tiny.select(), "geojson")
    assert [(layer.name, layer.rows) for layer in shown.layers] == [("places", 3)]
    assert shown.tables == ()
    assert preview(tiny.select(), "kml").tables == ()
    assert not preview(tiny.select(), "kml").plot_scales
    assert next(iter(preview(tiny.select(), "dxf").plot_scales.values())) == "A4"


def test_errors_are_those_of_the_export(tiny: Atlas) -> None:
    with pytest.raises(UsageError, match="shows no place"):
        preview(tiny.select(Selection(texts=("nothing",))), "gpkg")
    with pytest.raises(CRSError, match="carries no CRS but WGS 84"):
        preview(tiny.select(), "kml", 32632)


def test_what_was_asked_before_is_kept(tiny: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    one = preview(tiny.select(Selection()), "gpkg", language="en")
    other = preview(tiny.select(Selection(kinds=("belt",))), "gpkg", language="en")
    monkeypatch.setattr(sys.modules["geo.export.preview"], "make_job", None)
    assert preview(tiny.select(Selection(view=(121.0, 31.0, 9.0))), "gpkg", language="en") is one
    assert preview(tiny.select(Selection(kinds=("belt",))), "gpkg", language="en") is other
    assert [layer.rows for layer in one.layers] != [layer.rows for layer in other.layers]
