"""What was promised and what came: every target with one verdict, counted a second way from the published tables."""

from __future__ import annotations

import csv

from geo.analysis.promises import KINDS, PROMISE_COLUMNS, STATUSES, promise_rows, promises, status_counts
from geo.atlas.atlas import Atlas


def published(atlas: Atlas, name: str) -> list[dict[str, str]]:
    content = atlas.file(f"tables/{name}.csv")
    assert content is not None
    return list(csv.DictReader(content.decode().splitlines()))


def test_every_promise_stands_once_under_its_plan(atlas: Atlas) -> None:
    wanted = {row["policy_id"]: row["plan_id"] for row in published(atlas, "policy") if row["kind"] in KINDS}
    found = {
        item.policy_id: str((group.plan or {}).get("plan_id", "")) for group in promises(atlas) for item in group.items
    }
    assert found == wanted
    assert sum(len(group.items) for group in promises(atlas)) == len(wanted)
    order = [str(group.plan["plan_id"]) for group in promises(atlas) if group.plan]
    assert order == [plan_id for plan_id in atlas.rows("plans") if plan_id in set(order)]


def test_the_verdict_is_that_of_the_outcome_that_decides(atlas: Atlas) -> None:
    decided = {row["policy_id"]: row for row in published(atlas, "policy_outcomes") if row["decides"] == "true"}
    for row in promise_rows(atlas, promises(atlas)):
        outcome = decided[row["policy_id"]]
        assert (row["status"], row["why_zh"] or "") == (outcome["status"], outcome["why_zh"])
        assert (row["came_source_id"] or "") == outcome["source_id"]
        assert set(row) == set(PROMISE_COLUMNS)


def test_filters_by_status_and_place(atlas: Atlas) -> None:
    counts = status_counts(promises(atlas))
    assert list(counts) == [status for status in STATUSES if status in counts]
    for status, count in counts.items():
        assert sum(len(group.items) for group in promises(atlas, [status])) == count
    concerned = {row["policy_id"] for row in published(atlas, "policy_places") if row["place_id"] == "lingang"}
    here = {item.policy_id for group in promises(atlas, place_ids=["lingang"]) for item in group.items}
    assert here
    assert here == {row["policy_id"] for row in published(atlas, "policy") if row["kind"] in KINDS} & concerned


def test_a_city_without_verdicts(tiny: Atlas) -> None:
    rows = promise_rows(tiny, promises(tiny))
    assert {row["status"] for row in rows} <= set(STATUSES)
