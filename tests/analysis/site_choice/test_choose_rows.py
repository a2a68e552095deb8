"""A choice as records and as a table: nothing is lost on the way, unknown is missing."""

from __future__ import annotations

import json

from geo.analysis.site_choice.choose import FAILS, FITS, OPEN, choose
from geo.analysis.site_choice.choose_rows import choice_records, choice_table
from geo.analysis.site_choice.criteria import Criteria
from geo.atlas.atlas import Atlas


def test_records_and_table_say_what_the_choice_says(atlas: Atlas) -> None:
    asked = Criteria.parse("stations_1km>=3;centre_km=-1;resident_firms=1", atlas)
    choice = choose(atlas, asked, atlas.layout_ids)
    records = choice_records(choice, failing=True)
    assert json.loads(json.dumps(records)) == records
    assert [one["place_id"] for one in records] == [one.place_id for one in choice.candidates]
    shown = choice_records(choice)
    assert [one["place_id"] for one in shown] == [one.place_id for one in choice.candidates if one.state != FAILS]
    for record, one in zip(records, choice.candidates, strict=True):
        assert (record["rank"] is None) == (one.state != FITS or one.nothing_known)
        assert record["unknown"] == list(one.unknown)
        assert (record["failed"] != []) == (one.state == FAILS)
        assert ("stations_1km" in record["unknown"]) or one.state != OPEN
        for key, value in record["values"].items():
            assert value["value"] == one.cells[key].value
            assert value["comparable"] == one.cells[key].comparable
            if value["value"] is None:
                assert not value["comparable"]
    columns, rows = choice_table(atlas, choice, "zh")
    assert columns[:4] == ["place_id", "rank", "rank_low", "rank_high"]
    assert len(columns) == len(set(columns)) == len(rows[0])
    at = columns.index("stations_1km")
    for row, one in zip(rows, choice.candidates, strict=True):
        cell = one.cells["stations_1km"]
        assert row[at] == (cell.value if cell.comparable else None)
