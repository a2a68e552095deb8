"""What changed between two years: counted a second way from the published tables."""

from __future__ import annotations

import csv

import pytest

from geo.analysis.between import Pair, between, years
from geo.analysis.figures import Figure
from geo.atlas.atlas import Atlas
from geo.errors import UsageError


def published(atlas: Atlas, name: str) -> list[dict[str, str]]:
    content = atlas.file(f"tables/{name}.csv")
    assert content is not None
    return list(csv.DictReader(content.decode().splitlines()))


@pytest.mark.parametrize(("first", "last"), [(2017, 2025), (2018, 2020), (2025, 2026)])
def test_places_are_those_that_documents_had_named(atlas: Atlas, first: int, last: int) -> None:
    months = {row["edition_id"]: row["month"] for row in published(atlas, "editions")}
    named: dict[str, list[str]] = {}
    for row in published(atlas, "edition_places"):
        if row["place_id"] in atlas.layout.index:
            named.setdefault(row["place_id"], []).append(months[row["edition_id"]])
    then = {place for place, own in named.items() if min(own) <= f"{first}-12"}
    now = {place for place, own in named.items() if min(own) <= f"{last}-12"}
    found = between(atlas, first, last)
    assert (set(found.then), set(found.now)) == (then, now)
    assert {place for place, _ in found.new} == now - then
    again = {place for place in then if any(f"{first}-12" < month <= f"{last}-12" for month in named[place])}
    assert set(found.again) == again
    assert {place for place, _ in found.silent} == then - again
    for place, edition_id in found.silent:
        assert months[edition_id] == max(month for month in named[place] if month <= f"{first}-12")


def test_a_pair_is_of_one_place_measure_and_scope(atlas: Atlas) -> None:
    found = between(atlas, 2017, 2025)
    assert {"shanghai", "district_310114"} <= {one.then.place_id for one in found.pairs}
    seen = set()
    for one in found.pairs:
        same = [(side.place_id, side.measure_id, side.scope) for side in (one.then, one.now)]
        assert same[0] == same[1]
        assert same[0] not in seen
        seen.add(same[0])
        assert one.then.year is not None
        assert one.now.year is not None
        assert abs(one.then.year - 2017) <= 2 >= abs(one.now.year - 2025)
        assert one.then.year < one.now.year
    assert any(not one.comparable for one in found.pairs)


@pytest.mark.parametrize(
    ("then", "now", "direction", "ratio"),
    [
        ((700, "exact"), (4000, "over"), 1, None),
        ((700, "over"), (800, "exact"), 0, None),
        ((800, "under"), (700, "exact"), 0, None),
        ((800, "exact"), (700, "under"), -1, None),
        ((3600, "over"), (14000, "over"), 0, None),
        ((100, "about"), (120, "exact"), 1, 1.2),
        ((5, "exact"), (5, "exact"), 0, 1.0),
        ((0, "exact"), (5, "exact"), 1, None),
    ],
)
def test_what_a_bound_leaves_open(
    then: tuple[float, str], now: tuple[float, str], direction: int, ratio: float | None
) -> None:
    pair = Pair(*(Figure("p", "m", value, qualifier) for value, qualifier in (then, now)))
    assert (pair.direction, pair.ratio) == (direction, ratio)


def test_years_go_forward(atlas: Atlas) -> None:
    assert list(years(atlas)) == sorted(set(years(atlas)))
    with pytest.raises(UsageError, match="the first must be before the last"):
        between(atlas, 2025, 2017)


def test_names_that_ended_in_between(atlas: Atlas) -> None:
    ended = [
        row["name_zh"]
        for row in published(atlas, "former_names")
        if row["until"] and "2000" < row["until"][:4] <= "2012"
    ]
    assert sorted(row["name_zh"] for row in between(atlas, 2000, 2012).renamed) == sorted(ended)
    assert ended
