"""What is said of rows without coordinates: how they were located, and which are none."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest
from own_rows import joined_rows

from geo.analysis.user_data.row_lines import located_line, no_data_lines
from geo.analysis.user_data.user_table import Joined
from geo.base.messages import text


def table(**cells: list[object]) -> Joined:
    joined, _ = joined_rows({"a": ["1", "2", "3", "4"]})
    found = joined.table
    for name, values in cells.items():
        at = found.column_names.index(name)
        found = found.set_column(at, name, pa.array(values, found.schema.field(name).type))
    return replace(joined, table=found)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_levels_are_counted_the_most_first_and_the_median_told(language: str) -> None:
    joined = table(located_by=["road", "poi", "road", "none"], accuracy_m=[100, 400, 2000, None])
    said = located_line(joined, language)
    road, poi = (text(f"addresses.level.{level}", language) for level in ("road", "poi"))
    assert f"{road} 2" in said
    assert said.index(road) < said.index(poi)
    assert "400" in said
    assert located_line(table(located_by=["coordinates", "none", None, "coordinates"]), language) == ""


def test_rows_that_are_no_data_are_counted_by_what_their_note_begins_with() -> None:
    total, malformed = (text(f"tables.reason.{name}", "en") for name in ("total", "malformed"))
    joined = table(join_note=[f"{total}; more", f"{malformed}: a,b", None, f"perhaps {total}"])
    assert no_data_lines(joined, "en") == [f"1 row: {total}", f"1 row: {malformed}"]
