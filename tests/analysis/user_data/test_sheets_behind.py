"""The sheets behind a joined table: every column and word of the join explained, every count of its rows told."""

from __future__ import annotations

import pytest

from geo.analysis.user_data.sheets_behind import sheets_behind, tally_lines
from geo.assign.join import COLUMNS, Tally


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_column_is_explained_and_each_word_that_stands_in_it(tiny, language: str) -> None:
    columns, read = sheets_behind(None, ["a line"], tiny, language)
    assert [row[0] for row in columns.rows[1:]] == list(COLUMNS)
    assert all(meaning and meaning != name for name, meaning, _ in columns.rows[1:])
    words = {row[0]: [part.split(": ")[0] for part in row[2].split("; ")] for row in columns.rows if row[2]}
    assert words["join_status"] == ["matched", "outside", "set_aside"]
    assert set(words["located_by"]) == {
        *("coordinates", "house_number", "crossing", "poi", "road", "township", "district", "none")
    }
    assert read.rows[1] == ["a line"]
    assert [tiny.meta[f"attribution_{language}"]] in read.rows


def test_areas_of_the_users_own_are_not_credited_to_the_atlas() -> None:
    assert len(sheets_behind([["level"]], ["a line"], None, "en")[-1].rows) == 2


def test_every_count_that_is_not_nought_is_a_line() -> None:
    tally = Tally(9, 5, 1, 3)
    assert tally_lines(tally, "", "en") == ["rows 9 = matched 5 + outside 1 + set aside 3"]
    tally.ambiguous, tally.elsewhere, tally.coarse = 1, 2, 3
    tally.datums["bd09"] = 2
    told = tally_lines(tally, "gcj02", "en")
    assert told[0] == "datum used: gcj02"
    assert len(told) == 6
