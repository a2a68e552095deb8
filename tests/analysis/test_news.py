"""What is new, how old it is, what was looked for: counted a second way from the published files."""

from __future__ import annotations

import csv
import json

import pytest

from geo.analysis.news import AGES, age_group, aged, latest, newest_by_place, searched
from geo.atlas.atlas import Atlas


def published(atlas: Atlas, name: str) -> list[dict[str, str]]:
    content = atlas.file(f"tables/{name}.csv")
    assert content is not None
    return list(csv.DictReader(content.decode().splitlines()))


def test_changes_are_those_of_the_file(atlas: Atlas) -> None:
    told = json.loads(atlas.file("changes.json") or b"")
    found = latest(atlas)
    assert found is not None
    assert found.counts() == told["counts"]
    assert (found.old, found.new) == (told["old"], told["new"])
    assert found.new["version"] == atlas.meta["version"]
    removed = [one for one in told["changes"] if (one["table"], one["kind"]) == ("facts", "removed")]
    same = [one for one in found.changes if (one.group, one.kind) == ("facts", "removed")]
    assert [dict(zip(removed[0]["key"], one.key, strict=True)) for one in same] == [one["key"] for one in removed]
    assert [one.columns["value"][0] for one in same] == [one["columns"]["value"][0] for one in removed]


def test_a_first_release_has_no_news(tiny: Atlas) -> None:
    assert latest(tiny) is None


def test_age_is_counted_to_the_date_of_the_data(atlas: Atlas) -> None:
    topics = {row["measure_id"]: row["topic"] for row in published(atlas, "measures")}
    rows = [
        row
        for row in published(atlas, "facts")
        if row["headline"] == "true" and topics[row["measure_id"]] not in ("area", "date")
    ]
    now = int(str(atlas.meta["data_date"])[:4])
    ages = sorted((now - int(row["as_of"][:4])) for row in rows if row["as_of"] != "unknown")
    found = aged(atlas)
    assert sorted(one.years for one in found if one.years is not None) == [max(0, age) for age in ages]
    assert sum(one.years is None for one in found) == sum(row["as_of"] == "unknown" for row in rows)
    years = [one.years for one in found]
    dated = [one for one in years if one is not None]
    assert years[: len(years) - len(dated)] == [None] * (len(years) - len(dated))
    assert dated == sorted(dated, reverse=True)


@pytest.mark.parametrize(
    ("years", "group"),
    [
        (None, "undated"),
        (0, "current"),
        (1, "recent"),
        (2, "recent"),
        (3, "old"),
        (5, "five"),
        (9, "five"),
        (10, "ten"),
    ],
)
def test_groups_have_no_gap(years: int | None, group: str) -> None:
    assert age_group(years) == group
    assert group in dict(AGES)


def test_the_newest_figure_of_a_place(atlas: Atlas) -> None:
    found = newest_by_place(atlas)
    assert set(found) == set(atlas.layout.index)
    for place_id, years in found.items():
        own = [one.years for one in aged(atlas) if one.figure.place_id == place_id and one.years is not None]
        assert years == (min(own) if own else None)


def test_what_was_searched_names_what_it_is_about(atlas: Atlas) -> None:
    found = searched(atlas)
    assert len(found) == len(published(atlas, "searched"))
    measures = {row["measure_id"] for row in published(atlas, "measures")}
    assert all((one.row["topic"] in measures) == (one.topic_kind == "measure") for one in found)
    assert {"measure", "policy"} <= {one.topic_kind for one in found}
