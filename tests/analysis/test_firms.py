"""Institutions and registered services: which are chosen, by what they are counted where, and what leaves with them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from typing import Any

import pytest
import shapely

from geo.analysis.firm_rows import FIRM_COLUMNS, SERVICE_COLUMNS, firm_rows, service_rows
from geo.analysis.firms import NEAR, Firm, Wanted, chosen_firms, chosen_services, firms, services, tally
from geo.atlas.atlas import Atlas
from geo.crs.geodesy import geodesic_distance_m
from geo.errors import UsageError


def published(atlas: Atlas, name: str) -> list[dict[str, str]]:
    content = atlas.file(f"tables/{name}.csv")
    assert content is not None
    return list(csv.DictReader(content.decode().splitlines()))


def test_without_a_filter_all_are_there(atlas: Atlas) -> None:
    listed = [row["institution_id"] for row in published(atlas, "institutions")]
    assert sorted(one.institution_id for one in chosen_firms(atlas, Wanted())) == sorted(listed)
    filed = [row["filing_no"] for row in published(atlas, "filed_services")]
    assert [one.row["filing_no"] for one in chosen_services(atlas, Wanted())] == filed
    assert len(filed) >= 412


def column(name: str, value: str) -> Callable[[dict[str, str]], bool]:
    return lambda row: row[name] == value


@pytest.mark.parametrize(
    ("wanted", "passes"),
    [
        (Wanted(kinds=("lab",)), column("kind", "lab")),
        (Wanted(kinds=("lab", "university")), lambda row: row["kind"] in ("lab", "university")),
        (Wanted(statuses=("planned",)), column("status", "planned")),
        (Wanted(texts=("大学",)), lambda row: "大学" in row["name_zh"] + row["address"]),
        (Wanted(texts=("云锦路",)), lambda row: "云锦路" in row["address"]),
    ],
)
def test_a_filter_is_what_the_table_says(
    atlas: Atlas, wanted: Wanted, passes: Callable[[dict[str, str]], bool]
) -> None:
    expected = {row["institution_id"] for row in published(atlas, "institutions") if passes(row)}
    assert expected
    assert {one.institution_id for one in chosen_firms(atlas, wanted)} == expected


def test_filters_are_joined_by_and(atlas: Atlas) -> None:
    pairs = {(row["institution_id"], row["cluster_id"]) for row in published(atlas, "institution_clusters")}
    robots = {one for one, cluster in pairs if cluster == "robots_hardware"}
    assert {one.institution_id for one in chosen_firms(atlas, Wanted(clusters=("robots_hardware",)))} == robots
    both = chosen_firms(atlas, Wanted(clusters=("robots_hardware",), places=("zhangjiang",)))
    here = set(atlas.institutions_in(["zhangjiang"]).index)
    assert {one.institution_id for one in both} == robots & here
    assert robots & here < robots


def test_services_by_list_text_and_their_institution(atlas: Atlas) -> None:
    rows = published(atlas, "filed_services")
    filed = {row["filing_no"] for row in rows if row["list"] == "filed"}
    assert {one.row["filing_no"] for one in chosen_services(atlas, Wanted(lists=("filed",)))} == filed
    one = next(one for one in services(atlas) if one.firm and one.firm.cluster_ids)
    assert one.firm is not None
    by_cluster = chosen_services(atlas, Wanted(clusters=one.firm.cluster_ids[:1]))
    assert one in by_cluster
    assert all(other.firm for other in by_cluster)
    assert one in chosen_services(atlas, Wanted(texts=(str(one.row["filing_no"]),)))
    kept = {firm.institution_id for firm in chosen_firms(atlas, Wanted(lists=("filed",)))}
    assert kept == {row["institution_id"] for row in rows if row["list"] == "filed"} - {""}


def test_the_whole_city_is_no_filter(atlas: Atlas) -> None:
    city = str(atlas.meta["city_place_id"])
    assert chosen_firms(atlas, Wanted(places=(city,))) == firms(atlas)


def test_a_point_counts_where_it_stays_inside_whatever_its_accuracy(atlas: Atlas) -> None:
    """Measured another way: geodesic distances to the vertices of the border, put every ten metres or so."""
    seen: set[str] = set()
    for one in firms(atlas):
        for place_id, by in one.belongs.items():
            row = atlas.place_rows[place_id]
            if by not in ("inside", NEAR) or row["method"] == "schematic":
                continue
            point = atlas.institutions.geometry[one.institution_id]
            border = shapely.segmentize(atlas.places.geometry[place_id].boundary, 1e-4)
            lon, lat = shapely.get_coordinates(border).T
            room = float(geodesic_distance_m(point.x, point.y, lon, lat).min())
            needed = one.row["accuracy_m"] + row["accuracy_m"]
            parts = [part for part, own in atlas.place_rows.items() if own["parent_id"] == place_id]
            if by == "inside" and not any(one.belongs.get(part) == "inside" for part in parts):
                assert room > needed - 25, (one.institution_id, place_id)
            if by == NEAR:
                assert room < needed + 25, (one.institution_id, place_id)
            seen.add(by)
    assert seen == {"inside", NEAR}


def test_what_is_only_near_is_not_counted(atlas: Atlas) -> None:
    counts = tally(atlas, firms(atlas))
    here = [one.belongs["zhangjiang"] for one in firms(atlas) if "zhangjiang" in one.belongs]
    assert counts.places["zhangjiang"] == sum(by != NEAR for by in here)
    assert counts.uncertain["zhangjiang"] == sum(by == NEAR for by in here) > 0
    assert counts.nowhere == sum(not one.belongs for one in firms(atlas))
    assert sum(counts.kinds.values()) == len(firms(atlas))
    assert set(counts.districts) <= set(atlas.districts.index)


@pytest.mark.parametrize(
    ("named", "ids"),
    [
        (Wanted(kinds=("高校", "computing centre")), Wanted(kinds=("university", "computing_centre"))),
        (Wanted(statuses=("规划",)), Wanted(statuses=("planned",))),
        (Wanted(lists=("备案",)), Wanted(lists=("filed",))),
        (Wanted(places=("张江",), districts=("浦东新区",)), Wanted(places=("zhangjiang",), districts=("pudong",))),
    ],
)
def test_what_is_wanted_may_be_named(atlas: Atlas, named: Wanted, ids: Wanted) -> None:
    assert chosen_firms(atlas, ids)
    assert chosen_firms(atlas, named) == chosen_firms(atlas, ids)
    assert chosen_services(atlas, named) == chosen_services(atlas, ids)


def test_clusters_are_named_in_either_language(atlas: Atlas) -> None:
    for language in ("zh", "en"):
        name = atlas.choices("clusters", language)["robots_hardware"]
        by_id = chosen_firms(atlas, Wanted(clusters=("robots_hardware",)))
        assert chosen_firms(atlas, Wanted(clusters=(name,))) == by_id


def test_what_is_not_there_is_refused_at_once(atlas: Atlas) -> None:
    with pytest.raises(UsageError) as caught:
        chosen_firms(atlas, Wanted(kinds=("labs",), lists=("file",), clusters=("robots",), districts=("x",)))
    lines = str(caught.value).splitlines()
    assert lines[:2] == ["no kind of institution 'labs': did you mean lab?", "no list 'file': did you mean filed?"]
    assert len(lines) == 4
    with pytest.raises(UsageError, match="no kind of institution 'Universty': did you mean university"):
        chosen_firms(atlas, Wanted(kinds=("Universty",)))


def test_rows_take_source_and_reason_along(atlas: Atlas) -> None:
    one: Firm = next(one for one in firms(atlas) if one.institution_id == "agibot")
    (row,) = firm_rows(atlas, [one])
    assert tuple(row) == FIRM_COLUMNS or set(row) == set(FIRM_COLUMNS)
    assert row["places"].startswith("zhangjiang (stated)")
    assert row["districts"] == "district_310115 (address)"
    filed = [line for line in published(atlas, "filed_services") if line["institution_id"] == "agibot"]
    assert (row["filed"], row["registered"]) == tuple(
        sum(line["list"] == name for line in filed) for name in ("filed", "registered")
    )
    source: dict[str, Any] = dict(atlas.rows("sources")[row["source_id"]])
    assert source["title"] in row["source_zh"]
    assert row["source_grade"] == source["grade"]


def test_rows_of_services_name_the_institution(atlas: Atlas) -> None:
    rows = service_rows(atlas, services(atlas))
    assert all(set(row) == set(SERVICE_COLUMNS) for row in rows)
    named = [row for row in rows if row["institution_id"]]
    assert all(row["institution_zh"] for row in named)
    assert all(row["institution_zh"] is None for row in rows if not row["institution_id"])


def test_a_city_without_points_or_register(tiny: Atlas) -> None:
    known = {one.institution_id: dict(one.belongs) for one in firms(tiny)}
    assert known == {"lab_x": {"node_a": "stated", "belt_a": "within", "west": known["lab_x"]["west"]}, "lab_y": {}}
    assert [one.firm for one in services(tiny)] == [None]
