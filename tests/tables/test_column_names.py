"""What the names of columns say, in time that grows with their length and no faster."""

from __future__ import annotations

import io
import time

import pytest

from geo.tables import open_table
from geo.tables.column_names import fold_name, is_column_name, match_name

SURVEY = (
    "how many years has your company been working in the field of artificial intelligence and in which of the "
    "following sectors of the industry does it mainly operate today please choose one or more of the answers below"
)
MARKS = "\u0315\u0300"  # each pair is put into the other order when a text is folded


def said(name: str) -> list[tuple[str, bool, str, str]]:
    return [(match.role, match.exact, match.rest, match.datum) for match in match_name(name)]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("经度", [("lon", True, "", "")]),
        ("poiLng", [("lon", False, "poi", "")]),
        ("gcj02_lng", [("lon", True, "", "gcj02")]),
        ("起点经度", [("lon", False, "起点", "")]),
        ("start longitude (WGS84)", [("lon", False, "start", "wgs84")]),
        ("balloon", []),  # lon is a piece of the word, no word
        ("colon_x", [("x", False, "colon", "")]),
        ("District Code", [("district", False, "code", "")]),
        ("", []),
    ],
)
def test_parts_of_a_name_are_whole_words(name: str, wanted: list[tuple[str, bool, str, str]]) -> None:
    assert said(name) == wanted


def test_a_known_part_may_be_several_words_and_stand_anywhere() -> None:
    assert said("a b Lon Gi Tude d") == [("lon", False, "abd", "")]


def test_a_survey_of_sixty_long_questions_is_read_at_once() -> None:
    """It took 42 s: every run of words was joined and compared, for every known name."""
    names = [f"question {number}: {SURVEY}" for number in range(58)]
    text = ",".join([*names, "lon", "lat"]) + "\n" + ",".join(["x"] * 58 + ["10.1", "50.1"]) + "\n"
    assert len(names[0].split()) >= 40
    began = time.process_time()
    assert not any(match_name(name) for name in names)
    assert time.process_time() - began < 0.3
    began = time.process_time()
    with open_table(io.BytesIO(text.encode()), name="survey.csv") as table:
        assert table.require_points().columns == ("lon", "lat")
    assert time.process_time() - began < 1.5


@pytest.mark.parametrize("name", ["lon" * 300_000, "l o n " * 200_000, "x" * 900_000, MARKS * 300_000, "经" * 300_000])
def test_a_name_of_a_megabyte_costs_no_more_than_a_long_one(name: str) -> None:
    began = time.process_time()
    said(name)
    is_column_name(name)
    assert time.process_time() - began < 0.3


def test_of_a_name_the_first_500_characters_count() -> None:
    assert said("x" * 490 + " lon") == [("lon", False, "x" * 490, "")]
    assert said("x" * 500 + " lon") == []
    assert fold_name("A-B" + MARKS * 1000) == fold_name("A-B" + MARKS * 2000)
