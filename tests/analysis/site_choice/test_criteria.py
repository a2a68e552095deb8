"""Criteria as text: what is read, what is written back, what is refused and how."""

from __future__ import annotations

import pytest

from geo.analysis.site_choice.criteria import MOST_CRITERIA, Criteria, Criterion, Must, Wish, criterion_kinds
from geo.atlas.atlas import Atlas
from geo.errors import UsageError


def test_text_is_read_and_written_back(atlas: Atlas) -> None:
    given = [
        "stations_1km ≥ 3；cluster:robots_hardware",
        "centre_km = -1.5 ; institutions:lab=2;distance_km:121.5, 31.2<=8",
    ]
    asked = Criteria.parse(given, atlas)
    assert asked.musts == (
        Must(Criterion("stations_1km"), ">=", 3.0),
        Must(Criterion("cluster", "robots_hardware"), ">=", 1.0),
        Must(Criterion("distance_km", "121.5,31.2"), "<=", 8.0),
    )
    assert asked.wishes == (Wish(Criterion("centre_km"), -1.5), Wish(Criterion("institutions", "lab"), 2.0))
    assert asked.text == (
        "stations_1km>=3;cluster:robots_hardware;distance_km:121.5,31.2<=8;centre_km=-1.5;institutions:lab=2"
    )
    assert Criteria.parse(asked.text, atlas) == asked
    assert [one.key for one in asked.all][:2] == ["stations_1km", "cluster:robots_hardware"]
    assert not Criteria.parse(" ; ", atlas)


def test_a_place_may_be_named_and_numbers_keep_their_digits(atlas: Atlas) -> None:
    asked = Criteria.parse("distance_km:张江<12.25;points_within_m:1500.0=1", atlas)
    assert asked.text == "distance_km:zhangjiang<12.25;points_within_m:1500=1"
    assert asked.musts[0].criterion.spot is None
    assert Criteria.parse("distance_km:121.123456,31.2=-1", atlas).all[0].spot == (121.123456, 31.2)
    assert Criteria.parse("tax>=1234567.25;tax=0.125", atlas).text == "tax>=1234567.25;tax=0.125"


def test_measures_clusters_and_kinds_of_institutions_may_be_named(atlas: Atlas) -> None:
    cluster = atlas.choices("clusters", "zh")["robots_hardware"]
    asked = Criteria.parse(f"图上面积 >= 3; AI firms per km² = 1; cluster:{cluster}; nearest_km:高校 = -1", atlas)
    ids = "area_km2>=3;cluster:robots_hardware;density_firms_per_km2=1;nearest_km:university=-1"
    assert asked.text == ids


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("stations_km >= 3", "no criterion 'stations_km': did you mean"),
        ("institutions:labs=1", "did you mean lab?"),
        ("cluster:robots", "did you mean robots_hardware?"),
        ("centre_km", "is no criterion: write what must hold as M>=3"),
        ("centre_km==3", "is no criterion"),
        ("centre_km=0", "a weight of 0 says nothing"),
        ("centre_km=nan", "'nan' is no number"),
        ("centre_km>=1e999", "is no number"),
        ("centre_km=-1;centre_km=2", "centre_km has two weights"),
        ("centre_km:3=1", "no criterion 'centre_km:3'"),
        ("distance_km:200,31=1", "write distance_km:LON,LAT"),
        ("distance_km=-1", "write distance_km:LON,LAT"),
        ("points_inside:5=1", "points_inside takes nothing behind it"),
        ("points_within_m:-5=1", "give metres above 0, at most 100,000"),
        (";".join(f"centre_km>={n}" for n in range(MOST_CRITERIA + 1)), f"give at most {MOST_CRITERIA}"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_nearest(atlas: Atlas, given: str, said: str) -> None:
    with pytest.raises(UsageError, match=said.replace("?", r"\?")):
        Criteria.parse(given, atlas)


def test_all_problems_are_told_at_once(atlas: Atlas) -> None:
    with pytest.raises(UsageError) as caught:
        Criteria.parse("rent=1;cluster:none;area_km2=x", atlas)
    assert len(str(caught.value).splitlines()) == 3


def test_every_kind_is_told_in_both_languages() -> None:
    for kind in criterion_kinds().values():
        assert kind.better in ("low", "high")
        assert all(kind.labels.values())
        assert all(kind.definitions.values())
        for label in kind.labels.values():
            assert ("{what}" in label) == bool(kind.takes)
