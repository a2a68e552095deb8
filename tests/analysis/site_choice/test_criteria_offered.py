"""What a page offers: criteria that tell places apart, each with how many it is known of; choices that can be read."""

from __future__ import annotations

import csv
from statistics import median

from geo.analysis.compare import judged
from geo.analysis.site_choice.criteria import Criterion
from geo.analysis.site_choice.criteria_offered import better_low, middle, offered, ready_made
from geo.analysis.site_choice.criteria_values import criterion_cells
from geo.atlas.atlas import Atlas


def test_offered_are_those_known_of_more_than_one(atlas: Atlas) -> None:
    found = offered(atlas, atlas.layout_ids)
    measures = [one for one in found if one.is_measure]
    assert [found[one] for one in measures] == sorted((found[one] for one in measures), reverse=True)
    for measure_id in list(atlas.rows("measures"))[::9]:
        known = sum(cell.comparable for cell in judged(atlas, measure_id, atlas.layout_ids))
        assert found.get(Criterion(measure_id), known if known < 2 else None) == known
    away = Criterion("distance_km", "jinqiao")
    assert found[away] == sum(cell.comparable for cell in criterion_cells(atlas, away, atlas.layout_ids))
    assert Criterion("nearest_km", "park_operator") not in found  # none has a point


def test_every_ready_made_choice_can_be_read(atlas: Atlas, tiny: Atlas) -> None:
    with open("geo/data/choices.csv", encoding="utf-8", newline="") as file:  # noqa: PTH123
        rows = list(csv.DictReader(file))
    assert [one.choice for one in ready_made(atlas)] == [row["choice"] for row in rows]
    assert all(set(one.names) == {"zh", "en"} and all(one.names.values()) for one in ready_made(atlas))
    assert {one.choice for one in ready_made(tiny)} < {row["choice"] for row in rows}


def test_how_one_mostly_wants_it(atlas: Atlas) -> None:
    low = ("centre_km", "nearest_station_m")
    assert all(better_low(atlas, Criterion(one)) for one in low)
    assert not any(better_low(atlas, Criterion(one)) for one in ("stations_1km", "area_official_km2", "floor_area"))
    assert better_low(atlas, Criterion("nearest_km", "lab"))
    assert not better_low(atlas, Criterion("cluster", "robots_hardware"))
    cells = judged(atlas, "centre_km", atlas.layout_ids)
    wanted = median(cell.value for cell in cells if cell.comparable and cell.value is not None)
    assert abs(middle(atlas, Criterion("centre_km"), atlas.layout_ids) / wanted - 1) < 0.05
    assert middle(atlas, Criterion("points_inside"), atlas.layout_ids) == 0
