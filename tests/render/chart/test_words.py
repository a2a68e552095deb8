"""Charts in words: the title with its unit, series and targets numbered on, why lines break."""

from __future__ import annotations

import pytest

from geo.analysis.series import Chart, charts
from geo.atlas.atlas import Atlas
from geo.render.chart.words import chart_alt, chart_file, chart_lines, chart_title, gap_texts, series_label


@pytest.fixture(scope="module")
def firms(atlas: Atlas) -> Chart:
    return next(one for one in charts(atlas, "district_310115") if one.topic == "firms")


def test_title_and_address(atlas: Atlas, firms: Chart) -> None:
    assert chart_title(atlas, firms, "zh") == "浦东新区：企业（家）"
    assert chart_title(atlas, firms, "en") == "Pudong New Area: Firms"
    assert chart_file(firms) == "data/charts/district_310115/firms-firms"
    assert chart_alt(atlas, firms, "en").startswith("Pudong New Area: Firms. 4 lines of figures, ")


def test_every_fact_and_target_is_a_mark(atlas: Atlas, firms: Chart) -> None:
    lines = chart_lines(atlas, firms, "en")
    assert [line.number for line in lines] == list(range(len(firms.series) + len(firms.targets)))
    assert [line.target for line in lines] == [False] * len(firms.series) + [True] * len(firms.targets)
    facts = atlas.table("facts")
    own = facts[(facts["place_id"] == "district_310115") & facts["measure_id"].isin(["ai_firms"])]
    (ai,) = [line for line, one in zip(lines, firms.series, strict=False) if one.measure_id == "ai_firms"]
    assert sorted(mark.value for mark in ai.marks) == sorted(own["value"].astype(float))
    assert all(mark.hollow == (not mark.shown[0].isdigit()) for line in lines for mark in line.marks)


def test_why_lines_break_names_the_series(atlas: Atlas, firms: Chart) -> None:
    told = gap_texts(atlas, firms, "en")
    single = [one for one in firms.series if len(one.points) == 1]
    assert {f"{series_label(atlas, one, 'en')}: one date only" for one in single} <= set(told)
    assert len(told) == len(set(told))
