"""What every writer is given: layers, tables of what is shown, editions in the order of time."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
import tiny_city

from geo.atlas.atlas import Atlas, View
from geo.atlas.selection import Selection
from geo.build import build
from geo.contract.typed import python_values
from geo.errors import UsageError
from geo.export import export_bytes, styles
from geo.export.contents import Contents
from geo.export.safe_text import safe_text


def test_editions_are_those_of_the_places_shown_oldest_first(seeds: Path) -> None:
    edition = {"month": "2019-01", "kind": "layout", "title_zh": "初", "title_en": "First", "edition_id": "z_first"}
    tiny_city.add(seeds, "editions", [edition])
    tiny_city.add(seeds, "places", [{"place_id": "park_b", "since_edition": "z_first"}])
    build(seeds, seeds.parent / "layers")
    city = Atlas.load(seeds.parent / "layers")
    assert Contents(city.select()).editions == ("z_first", "2020-01")
    assert Contents(city.select(Selection(kinds=("node",)))).editions == ("2020-01",)


def test_polygons_are_multipolygons_counter_clockwise_and_columns_in_order(tiny: Atlas) -> None:
    contents = Contents(tiny.select())
    shapes = contents.places.frame.geometry
    assert set(shapes.geom_type) == {"MultiPolygon"}
    assert all(part.exterior.is_ccw for part in shapely.get_parts(shapes.to_numpy()))
    assert [column.name for column in contents.places.columns] == list(contents.places.frame.columns[:-1])
    assert contents.places.key == "place_id"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_layers_are_the_kinds_that_are_shown_and_the_institutions(tiny: Atlas, language: str) -> None:
    contents = Contents(tiny.select(Selection(kinds=("node", "park"))), language)
    assert [layer.name for layer in contents.kinds] == ["node", "park"]
    for layer in contents.kinds:
        assert layer.title(language) == tiny.rows("kinds")[layer.name][f"name_{language}"]
    assert [layer.name for layer in contents.layers] == ["node", "park", "institution"]


def test_tables_hold_only_what_is_shown(tiny: Atlas) -> None:
    tables = Contents(tiny.select(Selection(kinds=("park",)))).tables
    assert set(tables["place_clusters"]["place_id"]) == {"park_b"}
    assert len(tables["facts"]) == 0
    assert len(tables["measures"]) == len(tiny.table("measures"))


@pytest.mark.parametrize("language", ["", "fr"])
def test_a_language_that_there_is_not(tiny: Atlas, language: str) -> None:
    with pytest.raises(UsageError, match="is not known; use one of zh, en"):
        export_bytes(tiny.select(), "geojson", language=language)


def test_one_table_is_that_of_all_of_them(tiny: Atlas) -> None:
    contents = Contents(tiny.select(Selection(kinds=("node",))))
    for name in ("facts", "sources", "kinds"):
        assert Contents(contents.view).attributes(name).equals(contents.tables[name])
    assert set(contents.attributes("sources")["source_id"]) >= set(contents.attributes("facts")["source_id"])


def test_a_nul_is_shown_instead_of_written(tiny: Atlas) -> None:
    view = tiny.select()
    places = view.places.assign(note_zh=pd.Series(["a\0b", None, "c"], view.places.index, dtype="str"))
    frame = Contents(View(tiny, view.selection, places, view.institutions)).places.frame
    assert frame["note_zh"].tolist()[::2] == [safe_text("a\0b"), "c"]


def test_nothing_shown_is_nothing_to_export(tiny: Atlas) -> None:
    with pytest.raises(UsageError, match="the selection shows no place, so there is nothing to export"):
        Contents(tiny.select(Selection(texts=("nowhere",))))


def test_every_place_carries_its_measures_whatever_the_format(atlas: Atlas, tmp_path: Path) -> None:
    """The names and the date of a figure that the layers carry are in the file, by the short name in a shapefile."""
    view = atlas.select(places=["zhangjiang"])
    row = view.places.loc["zhangjiang"]
    assert (row["ai_firms"], row["ai_firms_grade"]) == (600, "B")
    for name, ending in (("gpkg", ".gpkg"), ("fgb", ".fgb"), ("geojson", ".json"), ("geoparquet", ".parquet")):
        file = tmp_path / f"a{ending}"
        file.write_bytes(export_bytes(view, name)[1])
        read = gpd.read_parquet(file) if name == "geoparquet" else gpd.read_file(file, layer=0)
        assert [read[f"ai_firms{end}"][0] for end in ("", "_grade")] == [600, "B"]
    for name in ("kml", "dxf", "csv", "xlsx", "sql", "shapefile"):
        raw = export_bytes(view, name)[1]
        if raw.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(raw)) as archive:
                raw = b"".join(archive.read(one) for one in archive.namelist())
        assert b"ai_firms_grade" in raw
    assert b"ai_firms_g" in raw


def test_a_style_that_formats_share_is_made_once(tiny: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    contents, made = Contents(tiny.select(), "en"), []
    draw = styles.qml_root
    monkeypatch.setattr(styles, "qml_root", lambda *asked: (made.append(asked[1].name), draw(*asked))[1])
    layer = contents.places
    own = {column.name: f"c{at}" for at, column in enumerate(layer.columns)}
    first, renamed = styles.qml(contents, layer), styles.qml(contents, layer, own)
    assert styles.qml(contents, layer) == first != renamed
    assert made == ["places", "places"]
    styles.qml(Contents(tiny.select(), "zh"), layer)
    assert len(made) == 3


def test_lists_are_joined_row_by_row(tiny: Atlas) -> None:
    frame = Contents(tiny.select()).places.frame
    expected = {key: ";".join(items) or None for key, items in tiny.select().places["clusters"].items()}
    found = dict(zip(frame["place_id"], python_values(frame["clusters"]), strict=True))
    assert found == expected
    assert len(set(found.values())) > 1
