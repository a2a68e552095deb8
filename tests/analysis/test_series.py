"""Series break wherever two values do not measure the same thing; targets stand apart."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import tiny_city

from geo.analysis.series import GAPS, charts, place_series
from geo.atlas.atlas import Atlas
from geo.build import build
from geo.errors import UsageError


def city_with(
    folder: Path, facts: list[tuple[str, str, str, str, str, str]], goals: dict[str, str] | None = None
) -> Atlas:
    """Return the tiny city with more facts (place, measure, as_of, source, value, scope) and targets (id → due)."""
    seeds = tiny_city.write(folder / "seeds")
    (firms,) = (row for row in tiny_city.ROWS["measures"] if row["measure_id"] == "firms")
    tiny_city.add(
        seeds, "measures", [firms | {"measure_id": goal, "target_due": due} for goal, due in (goals or {}).items()]
    )
    names = ("place_id", "measure_id", "as_of", "source_id", "value", "scope")
    tiny_city.add(seeds, "facts", [dict(zip(names, fact, strict=True)) for fact in facts])
    build(seeds, folder / "layers")
    return Atlas.load(folder / "layers")


def test_neighbouring_years_join_and_a_missing_year_breaks(tmp_path: Path) -> None:
    years = ("2018", "2019", "2021", "2022")
    atlas = city_with(tmp_path, [("park_b", "firms", year, "plan", year[2:], "whole") for year in years[:2]]
                      + [("park_b", "firms", year, "press", year[2:], "whole") for year in years[2:]])  # fmt: skip
    (series,) = place_series(atlas, "park_b")
    assert [(point.as_of, point.gap) for point in series.points] == [
        ("2018", "first"),
        ("2019", ""),
        ("2021", "missing"),
        ("2022", ""),
    ]
    assert [point.at for point in series.points] == [2018.5, 2019.5, 2021.5, 2022.5]


def test_one_document_may_compare_dates_far_apart(tmp_path: Path) -> None:
    facts = [("park_b", "firms", year, "plan", value, "whole") for year, value in (("2010", "5"), ("2020", "9"))]
    (series,) = place_series(city_with(tmp_path, facts), "park_b")
    assert [point.gap for point in series.points] == ["first", ""]


def test_two_values_for_one_date_join_nothing(tmp_path: Path) -> None:
    facts = [
        ("park_b", "firms", "2019", "plan", "100", "whole"),
        ("park_b", "firms", "2020", "plan", "110", "whole"),
        ("park_b", "firms", "2020", "press", "150", "whole"),
        ("park_b", "firms", "2021", "plan", "160", "whole"),
    ]
    (series,) = place_series(city_with(tmp_path, facts), "park_b")
    assert [point.gap for point in series.points] == ["first", "conflict", "conflict", "conflict"]


def test_another_scope_or_measure_is_another_series(tmp_path: Path) -> None:
    facts = [
        ("park_b", "firms", "2019", "plan", "100", "core"),
        ("park_b", "firms", "2020", "plan", "300", "whole"),
        ("park_b", "area_official_km2", "2019", "plan", "7.9", "core"),
        ("park_b", "firms", "unknown", "press", "77", "core"),
    ]
    atlas = city_with(tmp_path, facts)
    found = {(one.measure_id, one.scope): len(one.points) for one in place_series(atlas, "park_b")}
    assert found == {("firms", "core"): 1, ("firms", "whole"): 1, ("area_official_km2", "core"): 1}
    assert [scope for measure_id, scope in found if measure_id == "firms"] == ["whole", "core"]  # the drawn one first
    assert charts(atlas, "park_b") == ()  # no series has two dates: nothing to draw over time


def test_an_unknown_place_is_refused(tiny: Atlas) -> None:
    with pytest.raises(UsageError, match="no place 'nowhere'"):
        place_series(tiny, "nowhere")


def test_published_series_hold_every_dated_figure_once(atlas: Atlas) -> None:
    facts = atlas.table("facts")
    measures = atlas.table("measures")
    targets = measures.loc[measures["target_due"].notna(), "measure_id"]
    assert len(targets) > 0
    dated = facts[(facts["as_of"] != "unknown") & ~facts["measure_id"].isin(targets)]
    for place_id in atlas.places.index:
        series = place_series(atlas, place_id)
        keys = [(one.measure_id, one.scope) for one in series]
        assert len(keys) == len(set(keys))
        mine = dated[dated["place_id"] == place_id]
        got = sorted((one.measure_id, one.scope, p.as_of, p.source_id, p.value) for one in series for p in one.points)
        columns = ["measure_id", "scope", "as_of", "source_id", "value"]
        assert got == sorted(mine[columns].itertuples(index=False, name=None))
        assert all(point.gap in GAPS for one in series for point in one.points)


def test_published_lines_join_only_like_with_like(atlas: Atlas) -> None:
    """Every join, found again from the facts alone: same measure and scope, adjoining periods or one document."""
    facts = atlas.table("facts").set_index(["place_id", "measure_id", "as_of", "source_id"])
    joined = 0
    for place_id in atlas.places.index:
        for chart in charts(atlas, place_id):
            for series in chart.series:
                for before, point in zip(series.points, series.points[1:], strict=False):
                    if point.gap:
                        continue
                    joined += 1
                    rows = [facts.loc[(place_id, series.measure_id, p.as_of, p.source_id)] for p in (before, point)]
                    assert rows[0]["scope"] == rows[1]["scope"] == series.scope
                    months = [
                        pd.Period(p.as_of[:7], freq="M" if "-" in p.as_of else "Y").start_time for p in (before, point)
                    ]
                    apart = (months[1].year - months[0].year) * 12 + months[1].month - months[0].month
                    assert before.source_id == point.source_id or apart <= 12
    assert joined >= 4


def test_city_output_is_never_one_line(atlas: Atlas) -> None:
    city = str(atlas.meta["city_place_id"])
    output = next(one for one in charts(atlas, city) if "ai_output" in {series.measure_id for series in one.series})
    ai = [one for one in output.series if one.measure_id == "ai_output"]
    whole = next(one for one in ai if one.scope == atlas.meta["context_scope"])
    gaps = {point.as_of: point.gap for point in whole.points}
    assert gaps == {
        "2017": "first",
        "2018": "",
        "2019": "",
        "2020": "conflict",
        "2021": "conflict",
        "2023": "conflict",
        "2024": "conflict",
        "2025": "conflict",
    }
    others = [one for one in ai if one is not whole]
    assert {one.scope for one in others} == {"h1", "q1", "q1_q3"}
    assert all(point.gap for one in others for point in one.points)


def test_a_target_is_no_result_and_is_drawn_when_it_is_due(tmp_path: Path) -> None:
    facts = [("park_b", "firms", year, "plan", value, "whole") for year, value in (("2019", "5"), ("2020", "9"))]
    facts += [
        ("park_b", goal, "2020", "plan", value, "whole") for goal, value in (("goal", "50"), ("goal_undated", "70"))
    ]
    atlas = city_with(tmp_path, facts, {"goal": "2030-07", "goal_undated": "unknown"})
    (chart,) = charts(atlas, "park_b")
    assert [one.measure_id for one in chart.series] == ["firms"]
    (target,) = chart.targets
    assert (target.id, target.due, target.value, target.source_id) == ("goal", "2030-07", 50.0, "plan")
    assert target.at == pytest.approx(2030 + 6.5 / 12)


@pytest.mark.parametrize(("change", "drawn"), [({}, True), ({"kind": "figure"}, False), ({"unit": "km"}, False)])
def test_a_policy_target_is_drawn_where_its_outcome_is_a_figure_of_the_chart(
    tmp_path: Path, change: dict[str, str], drawn: bool
) -> None:
    seeds = tiny_city.write(tmp_path / "seeds")
    item = {"policy_id": "target_1", "value": "200", "unit": "count", "due": "2024", "qualifier": "over"}
    tiny_city.add(seeds, "policy", [item | change])
    tiny_city.add(seeds, "policy_places", [{"policy_id": "target_1", "place_id": "node_a"}])
    outcome = {"policy_id": "target_1", "as_of": "2021", "source_id": "plan", "value": "140", "unit": "count"}
    verdict = {"status": "missed", "why_zh": "少于目标", "why_en": "Below the target"}
    tiny_city.add(
        seeds, "policy_outcomes", [outcome | {"text_zh": "结果", "text_en": "Outcome", "decides": "true"} | verdict]
    )
    build(seeds, tmp_path / "layers")
    (chart,) = charts(Atlas.load(tmp_path / "layers"), "node_a")
    found = [(one.id, one.due, one.at, one.value, one.qualifier) for one in chart.targets]
    assert found == ([("target_1", "2024", 2024.5, 200.0, "over")] if drawn else [])


def test_targets_stand_apart_and_only_where_outcomes_match(atlas: Atlas) -> None:
    city = str(atlas.meta["city_place_id"])
    found = {chart.topic: chart.targets for chart in charts(atlas, city) if chart.unit in ("yi_cny", "firms")}
    output = [(one.id, one.due, one.value, one.qualifier) for one in found["output"]]
    assert ("target_scale", "2020", 1000.0, "over") in output
    # Ten benchmark firms are not a target for the number of AI firms.
    assert "target_benchmark_firms" not in {one.id for one in found["firms"]}
    pudong = {chart.topic: chart for chart in charts(atlas, "district_310115")}
    assert ("2023", 1000.0, 2023.5) in [(one.due, one.value, one.at) for one in pudong["firms"].targets]
    assert "target_ai_firms_2023" not in {one.measure_id for one in pudong["firms"].series}
