from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ezdxf
import pyogrio
import pytest
from ezdxf import recover

from geo.analysis.values import citation
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.export import dxf_sheet, export
from geo.export.paper import Sheet


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


def test_legend_and_sources_end_where_the_map_ends_on_the_smallest_sheet_too(atlas: Atlas, tmp_path: Path) -> None:
    export(atlas.select(Selection(language="en")), tmp_path / "a.dxf", plot_scale=600_000, basemap=True)
    layout = ezdxf.readfile(tmp_path / "a.dxf").layout("A4 1-600000")
    side = Sheet("A4").side
    beside = [one for one in layout.query("MTEXT") if one.dxf.insert.x >= side.x and one.dxf.attachment_point == 1]
    lines = {one: one.plain_text().count("\n") + 1 for one in beside}
    ends = [one.dxf.insert.y - count * one.dxf.char_height * 5 / 3 for one, count in lines.items()]
    assert min(ends) >= 210 - side.y - side.height - 0.01
    words = [one.plain_text() for one in beside]
    # One source at least stands there with how many more there are.
    assert any(one.startswith("[") for one in words)
    assert re.match(r"and \d+ more sources", words[-1])


def test_rows_of_a_long_legend_stay_apart_and_what_has_no_room_is_counted(
    atlas: Atlas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def groups(self: Any) -> Iterator[Any]:
        for number in range(2):
            yield (
                f"Group {number}",
                [("places", f"a row of the legend that is long {number} {n}") for n in range(60)],
                self._outline,
            )

    monkeypatch.setattr(dxf_sheet._Sheet, "_groups", groups)
    export(atlas.select(Selection(language="en")), tmp_path / "a.dxf", plot_scale=600_000)
    words = ezdxf.readfile(tmp_path / "a.dxf").layout("A4 1-600000").query("MTEXT")
    rows = [one for one in words if one.plain_text().startswith("a row of")]
    heights = sorted({round(one.dxf.insert.y, 6) for one in rows})
    assert len(rows) > 10
    assert min(b - a for a, b in itertools.pairwise(heights)) > 2.5
    assert f"and {120 - len(rows)} more rows of the legend, see the names of layers" in {
        one.plain_text() for one in words
    }
    side = Sheet("A4").side
    assert heights[0] > 210 - side.y - side.height
    assert any(re.match(r"and \d+ more sources", one.plain_text()) for one in words)
