from __future__ import annotations

import io
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from matplotlib.image import imread

from geo.analysis.classes import classify
from geo.analysis.user_data.point_styles import PointClass, PointStyle
from geo.analysis.user_data.user_measures import in_order
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.messages import text
from geo.errors import UsageError
from geo.render.figure import fonts, sheet
from geo.render.figure.fonts import FontWarning, chinese_font, width_pt
from geo.render.figure.marks import Area, Circle, Words
from geo.render.figure.own import POINT, OwnMeasure
from geo.render.figure.scene import scene
from geo.render.figure.sheet import FIGURE_FORMATS, figure


def pixels(data: bytes) -> np.ndarray:
    return imread(io.BytesIO(data), format="png")


@pytest.mark.parametrize("file_format", FIGURE_FORMATS)
def test_same_view_same_bytes_in_every_format(tiny: Atlas, file_format: str) -> None:
    view = tiny.select()
    first = figure(view, file_format, dpi=50)
    assert first == figure(view, file_format, dpi=50)
    assert first[:5] == {"png": b"\x89PNG\r", "svg": b"<?xml", "pdf": b"%PDF-"}[file_format]
    if file_format == "svg":
        ET.fromstring(first)
    if file_format == "png":
        assert pixels(first).shape[:2] == (413, 584)


def test_language_measure_and_place_change_the_figure(tiny: Atlas) -> None:
    drawn = {
        figure(tiny.select(selection), dpi=50)
        for selection in (
            Selection(),
            Selection(language="en"),
            Selection(measure="firms"),
            Selection(place="node_a"),
            Selection(kinds=("district",)),
        )
    }
    assert len(drawn) == 5


@pytest.mark.parametrize(("paper", "portrait"), [("a4", False), ("a4", True), ("a3", False), ("a3", True)])
def test_nothing_stands_over_the_edge_or_on_other_text(atlas: Atlas, paper: str, portrait: bool) -> None:
    drawn = sheet.drawn_sheet(atlas.select(Selection(measure="area_official_km2")), paper=paper, portrait=portrait)
    short, long = {"a4": (595, 842), "a3": (842, 1191)}[paper]
    assert (round(drawn.width), round(drawn.height)) == ((short, long) if portrait else (long, short))
    words = [one for one in drawn.marks if isinstance(one, Words) and not one.upwards]
    boxes = []
    for one in words:
        wide = width_pt(one.text, one.size, bold=one.bold)
        left = one.x - {"start": 0, "middle": wide / 2, "end": wide}[one.anchor]
        boxes.append(shapely.box(left, one.y - one.size * 0.7, left + wide, one.y + one.size * 0.05))
    room = shapely.box(8, 8, drawn.width - 8, drawn.height - 8)
    assert [one.text for one, box in zip(words, boxes, strict=True) if not room.contains(box)] == []
    tree = shapely.STRtree(boxes)
    for number, box in enumerate(boxes):
        for other in tree.query(box, predicate="overlaps"):
            assert number == other, (words[number].text, words[other].text)
    said = {one.text for one in words}
    assert text("figure.inset", "zh") in said or (paper, portrait) == ("a4", False)  # its legend takes the room
    assert any("EPSG:4549" in one for one in said)


def test_own_points_are_drawn_and_counted(tiny: Atlas) -> None:
    view = tiny.select()
    lon, lat = tiny.place_rows["node_a"]["label_lon"], tiny.place_rows["node_a"]["label_lat"]
    drawn = sheet.drawn_sheet(view, points=[(lon, lat)])
    assert any(isinstance(one, Circle) and one.fill == POINT for one in drawn.marks)
    assert text("figure.points", "zh", count="1") in {one.text for one in drawn.marks if isinstance(one, Words)}
    beyond = sheet.drawn_sheet(tiny.select(language="en"), points=[(lon, lat), (lon + 90, lat), (lon, -lat)])
    assert "Own points (1 of 3 within the map)" in {one.text for one in beyond.marks if isinstance(one, Words)}
    for wrong in ([1.0, 2.0], [[1.0, float("nan")]], [[1.0, 2.0, 3.0]]):
        with pytest.raises(UsageError, match="give longitude and latitude"):
            sheet.drawn_sheet(view, points=wrong)


def test_a_measure_of_ones_own_colours_its_areas_and_heads_the_legend(tiny: Atlas) -> None:
    values = {one: float(n) for n, one in enumerate(tiny.districts.index, start=1)}
    found = in_order(tiny, pd.Series(values))
    drawn = sheet.drawn_sheet(tiny.select(kinds=["district"]), measure=OwnMeasure(found, "Mine · rows", "km"))
    said = {one.text for one in drawn.marks if isinstance(one, Words)}
    assert "Mine · rows" in said
    classes = classify(found.comparable)
    filled = {one.fill for one in drawn.marks if isinstance(one, Area)}
    assert set(classes.colours) <= filled
    assert set(classes.colours[:1]) - {
        one.fill for one in sheet.drawn_sheet(tiny.select(kinds=["district"])).marks if isinstance(one, Area)
    }


def test_names_are_drawn_as_text_not_as_markup(seeds, tmp_path) -> None:
    from geo.build import build

    path = seeds / "places.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace(",Belt A,简,S", r",Belt A,$\frac{1}$ {{7*7}} <b>,S", 1), "utf-8"
    )
    build(seeds, tmp_path / "out")
    figure(Atlas.load(tmp_path / "out").select(), dpi=50)


@pytest.mark.parametrize(("language", "joint"), [("zh", "、"), ("en", ", ")])
def test_the_subtitle_says_what_is_shown(atlas: Atlas, language: str, joint: str) -> None:
    kinds, statuses = atlas.allowed["kind"][-2:], atlas.allowed["status"]
    view = atlas.select(Selection(kinds=kinds, statuses=statuses, texts=("a",), language=language))
    parts = sheet.subtitle(view).split(" · ")
    assert parts == [
        joint.join(atlas.rows("kinds")[kind][f"name_{language}"] for kind in kinds),
        joint.join(text(f"web.status.{status}", language) for status in statuses),
        "“a”",
        text("figure.count", language, count=len(view.places)),
        text("figure.data_date", language, date=atlas.meta["data_date"]),
    ]


@pytest.mark.parametrize("file_format", ["svg", "pdf"])
def test_own_points_have_the_colours_of_their_column_and_a_legend(tiny: Atlas, file_format: str) -> None:
    view = tiny.select(language="en")
    spots = [scene(tiny).shapes[key].centroid for key in view]
    back = pyproj.Transformer.from_crs(tiny.meta["metric_crs"], 4326, always_xy=True)
    points = [back.transform(one.x, one.y) for one in spots]
    classes = (PointClass("lab", "#228833", 1), PointClass("firm", "#332288", len(points) - 1))
    style = PointStyle("kind", np.arange(len(points)).clip(0, 1).astype(np.uint8), classes)
    drawn = sheet.drawn_sheet(view, points=points, style=style)
    fills = [one.fill for one in drawn.marks if isinstance(one, Circle)]
    # One more of each stands in the legend, which says how many there are.
    assert fills.count("#228833") == 2
    assert fills.count("#332288") == len(points)
    said = " ".join(one.text for one in drawn.marks if isinstance(one, Words))
    assert f"Own points ({len(points)}), coloured by kind" in said
    assert "lab (1)" in said
    plain = figure(view, file_format, points=points)
    assert figure(view, file_format, points=points, style=style) != plain


def test_wrong_format_and_empty_view_are_refused(tiny: Atlas) -> None:
    with pytest.raises(UsageError, match="no figure format 'bmp'; formats are png, svg, pdf"):
        figure(tiny.select(), "bmp")
    with pytest.raises(UsageError, match="no paper 'a5'; papers are a4, a3"):
        figure(tiny.select(), paper="a5")
    with pytest.raises(UsageError, match="shows no place: widen the filters"):
        figure(tiny.select(Selection(texts=("nothing",))))


def test_without_a_chinese_font_the_figure_is_in_english_and_says_so(
    tiny: Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert chinese_font()
    monkeypatch.setattr(fonts, "CHINESE_FONTS", ("No Such Font",))
    with pytest.warns(FontWarning, match="请安装 No Such Font 之一"):
        drawn = figure(tiny.select(), "svg", dpi=50)
    assert drawn == figure_in_english(tiny)


def figure_in_english(tiny: Atlas) -> bytes:
    with pytest.warns(FontWarning, match="figure and atlas are in English"):
        return figure(tiny.select(Selection(language="en")), "svg", dpi=50)
