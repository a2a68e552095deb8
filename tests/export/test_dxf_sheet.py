from __future__ import annotations

from pathlib import Path

import ezdxf
import pyogrio
import pytest
from ezdxf import recover

from geo.analysis.values import citation
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.export import export


@pytest.fixture(scope="module")
def layout(drawing: Path):
    document, auditor = recover.readfile(drawing)
    assert (auditor.errors, auditor.fixes) == ([], [])
    return document.layout("A3 1-400000")


def test_the_map_is_seen_at_the_scale_that_is_stated(layout, atlas: Atlas) -> None:
    assert (layout.dxf.paper_width, layout.dxf.paper_height) == (420, 297)
    [view] = [one for one in layout.query("VIEWPORT") if one.dxf.id > 1]
    assert view.dxf.view_height / view.dxf.height * 1000 == pytest.approx(400_000)
    x, y = view.dxf.view_center_point.x, view.dxf.view_center_point.y
    wide, high = view.dxf.width * 200, view.dxf.height * 200
    west, south, east, north = atlas.layout.to_crs(4549).total_bounds
    assert x - wide <= west < east <= x + wide
    assert y - high <= south < north <= y + high


def test_it_says_what_a_sheet_says(layout, atlas: Atlas) -> None:
    words = "\n".join(one.plain_text() for one in layout.query("MTEXT"))
    for said in (
        atlas.meta["title_zh"],
        "1:400,000（A3）",
        str(atlas.meta["data_date"]),
        "EPSG:4549",
        "未经审图",
        "(c) OpenStreetMap",
        "示意，未见公布边界",
        "10 km",
    ):
        assert said in words
    kinds = atlas.table("kinds").set_index("kind")["name_zh"]
    assert {kinds[kind] for kind in atlas.layout["kind"]} <= set(words.split("\n"))
    # Lines are broken for the width there is.
    together = words.replace("\n", "")
    sources = atlas.rows("sources")
    used = dict.fromkeys(atlas.layout["boundary_source_id"])
    assert citation(sources[next(iter(used))], "zh") in together


def test_everything_lies_within_the_frame(layout) -> None:
    for one in layout.query("MTEXT LWPOLYLINE"):
        points = [one.dxf.insert] if one.dxftype() == "MTEXT" else [*one.vertices()]
        assert all(5 <= point[0] <= 415 and 5 <= point[1] <= 292 for point in points)


def test_what_lies_on_the_sheet_is_no_part_of_the_map_for_gdal(drawing: Path) -> None:
    table = pyogrio.read_dataframe(drawing)
    assert "sheet" not in set(table["Layer"])
    assert table.total_bounds[0] > 500_000


def test_the_sheet_follows_from_the_scale_asked_for_and_the_language(atlas: Atlas, tmp_path: Path) -> None:
    view = atlas.select(Selection(kinds=("town",), language="en"))
    export(view, tmp_path / "a.dxf", plot_scale=80_000)
    document = ezdxf.readfile(tmp_path / "a.dxf")
    [name] = [name for name in document.layout_names_in_taborder() if name.endswith("1-80000")]
    words = {one.plain_text() for one in document.layout(name).query("MTEXT")}
    assert f"Scale 1:80,000 ({name.split()[0]})" in words
    assert atlas.meta["title_en"] in words
