from __future__ import annotations

from pathlib import Path

import ezdxf
import pyogrio

from geo.atlas.atlas import Atlas
from geo.export import export


def test_the_basemap_is_there_and_what_has_no_room_is_off(drawing: Path, atlas: Atlas) -> None:
    document = ezdxf.readfile(drawing)
    layers = {layer.dxf.name: layer for layer in document.layers}
    space = document.modelspace()
    for layer_id in atlas.rows("basemap"):
        assert len(space.query(f'*[layer=="base-{layer_id}"]')) >= len(atlas.basemap(layer_id))
    shown = {name for name, layer in layers.items() if name.startswith("base-") and layer.is_on()}
    # At 1:400,000, by the scales that the project for QGIS goes by.
    assert shown == {"base-districts", "base-label-districts", "base-water", "base-coast", "base-ring_roads"} | {
        "base-metro_lines"
    }


def test_names_of_the_basemap_are_read_by_gdal_too(drawing: Path, atlas: Atlas) -> None:
    table = pyogrio.read_dataframe(drawing, read_geometry=False)
    named = set(table.loc[table["Layer"] == "base-label-districts", "Text"])
    assert named == set(atlas.basemap("districts")["name_zh"])


def test_districts_are_named_once_where_only_some_are_among_the_places(tiny: Atlas, tmp_path: Path) -> None:
    export(tiny.select(places=("east",)), tmp_path / "a.dxf", basemap=True)
    table = pyogrio.read_dataframe(tmp_path / "a.dxf", read_geometry=False)
    names = {on: list(table.loc[table["Layer"] == on, "Text"]) for on in ("label-district", "base-label-quarters")}
    assert names == {"label-district": [tiny.name("east", "zh", short=True)], "base-label-quarters": ["西区"]}


def test_without_the_wish_there_is_none(tiny: Atlas, tmp_path: Path) -> None:
    export(tiny.select(), tmp_path / "a.dxf")
    layers = {layer.dxf.name for layer in ezdxf.readfile(tmp_path / "a.dxf").layers}
    assert not [name for name in layers if name.startswith("base-")]
