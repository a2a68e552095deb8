from __future__ import annotations

import numpy as np
import pytest

from geo.analysis.compare import coloured
from geo.analysis.user_data.point_styles import PointClass, PointStyle
from geo.analysis.values import citation
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.messages import text
from geo.render.figure import legend
from geo.render.figure.fonts import width_pt
from geo.render.figure.marks import Sheet, Words


def told(groups: list[list[legend.Entry]]) -> list[str]:
    return [one.words for group in groups for one in group]


def test_no_value_is_named_in_the_legend_where_there_is_one(tiny: Atlas) -> None:
    for selection, missing in (
        (Selection(measure="firms"), True),
        (Selection(measure="area_km2", kinds=("node",)), False),
    ):
        view = tiny.select(selection)
        found = coloured(view)
        assert (text("map.no_data", "zh") in told(legend.legend(view, found, small=False))) == missing


def test_every_mark_of_the_map_is_in_the_legend(atlas: Atlas) -> None:
    said = told(legend.legend(atlas.select(), None, small=True, points=legend.Told(1200, 1200)))
    assert {
        text("figure.institution", "zh"),
        text("figure.small", "zh"),
        text("figure.points", "zh", count="1,200"),
    } <= set(said)
    assert {row["name_zh"] for row in atlas.rows("basemap").values() if row["role"] in ("rail", "road")} <= set(said)
    assert text("figure.small", "zh") not in told(legend.legend(atlas.select(), None, small=False))


def test_sources_are_whole_in_two_lines_and_dates_in_words() -> None:
    source = {
        "title": "标题" * 20,
        "title_en": "Title",
        "publisher": "〔原媒体未录〕",
        "published": "unknown",
        "grade": "B",
        "source_id": "x",
    }
    # As everywhere, but without Chinese where there is no font for it.
    whole = "".join(line.strip() for line in legend.source_lines(source, "en", 250, 6, readable=True))
    assert whole.replace(" ", "") == f"[B] {citation(source, 'en')}".replace(" ", "")
    assert legend.source_lines(source, "en", 250, 6, readable=False) == [
        f"[B] {text('cite.no_outlet', 'en')}, “Title”, date unknown"
    ]
    assert legend.source_lines({**source, "title_en": None}, "en", 250, 6, readable=False) == ["[B] x, date unknown"]
    chinese = legend.source_lines(source, "zh", 200, 6, readable=True)
    assert len(chinese) == 2
    assert all(width_pt(line, 6) <= 200 for line in chinese)
    assert legend.source_lines({**source, "title": "长" * 400}, "zh", 200, 6, readable=True)[1].endswith("…")


@pytest.mark.parametrize("height", [30.0, 60.0, 4000.0])
def test_as_many_sources_stand_as_fit_and_the_rest_is_counted(atlas: Atlas, height: float) -> None:
    sheet, view = Sheet(300, 4000), atlas.select()
    legend.draw_sources(sheet, view, None, (0, 0, 240, height), 6, readable=True)
    words = [one for one in sheet.marks if isinstance(one, Words)]
    assert max(one.y for one in words) <= max(height, 25)
    entries = sum(one.text.startswith("[") for one in words)
    used = view.places["boundary_source_id"].nunique()
    last = words[-1].text
    assert entries == used if height == 4000 else last == text("figure.more_sources", "zh", count=used - entries)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_classes_of_own_points_are_a_group_of_their_own_with_counts(atlas: Atlas, language: str) -> None:
    classes = (PointClass("lab", "#228833", 3), PointClass("firm", "", 1))
    style = PointStyle("kind", np.array([0, 0, 0, 1], np.uint8), classes)
    groups = legend.legend(atlas.select(language=language), None, small=False, points=legend.Told(3, 4, style))
    told = [[one.words for one in group] for group in groups]
    head = {
        "zh": "自有的点（共 4，图内 3），按“kind”着色",
        "en": "Own points (3 of 4 within the map), coloured by kind",
    }
    said = {"zh": ["lab（3）", "firm（1）"], "en": ["lab (3)", "firm (1)"]}
    assert told[0] == [head[language], *said[language]]
    assert not any(text("figure.points", language, count="")[:3] in one for group in told[1:] for one in group)
