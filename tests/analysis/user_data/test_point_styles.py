from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa
from own_rows import joined_rows

from geo.analysis.classes import CATEGORIES, OTHER, POINT_RAMP
from geo.analysis.user_data.point_styles import on_map, point_style, style_columns


def test_the_most_frequent_values_have_a_colour_of_their_own_and_the_rest_one_together() -> None:
    kinds = ["f"] * 2 + ["a"] * 9 + ["b"] * 7 + ["c"] * 7 + ["d"] * 5 + ["e"] * 4 + ["g", "h"] + [None] * 3
    joined, user = joined_rows({"kind": kinds})
    found = point_style(joined, user, "kind", "en")
    counted = Counter(kinds)
    assert [(one.label, one.colour, one.count) for one in found.classes] == [
        *((value, colour, counted[value]) for value, colour in zip("abcdef", CATEGORIES, strict=True)),
        ("Other (2 values)", OTHER, 2),
        ("No value", "", 3),
    ]
    said = {value: number for number, value in enumerate("abcdef")} | {"g": 6, "h": 6, None: 7}
    assert found.of.tolist() == [said[kind] for kind in kinds]
    assert point_style(joined, user, "kind", "zh").classes[-2].label == "其他（2 个值）"


def test_only_rows_with_a_point_are_counted() -> None:
    joined, user = joined_rows({"kind": ["a", "a", "b", None]}, lon=[121.5, np.nan, 121.5, np.nan])
    found = point_style(joined, user, "kind", "en")
    assert [(one.label, one.count) for one in found.classes] == [("a", 1), ("b", 1)]


def test_what_a_web_map_has_no_place_for_is_not_counted() -> None:
    lat = np.array([31.2, 85.04, 85.06, -89.9, np.nan])
    assert on_map(np.full(5, 121.5), lat).tolist() == [True, True, False, False, False]


def test_numbers_are_classed_from_low_to_high_and_none_is_not_zero() -> None:
    joined, user = joined_rows({"capital": ["1,200", "0", "", "7", "7"]}, types={"capital": "text"})
    found = point_style(joined, user, "capital", "en")
    lines = [(one.label, one.colour, one.count) for one in found.classes]
    assert lines == [("0", POINT_RAMP[0], 1), ("7", POINT_RAMP[2], 2), ("1,200", POINT_RAMP[4], 1), ("No value", "", 1)]
    assert found.of.tolist() == [2, 0, 3, 1, 1]


def test_years_are_written_as_years() -> None:
    joined, user = joined_rows({"since": ["2019", "1988", "2024", "2024"]}, types={"since": "integer"})
    assert [one.label for one in point_style(joined, user, "since", "en").classes] == ["1988", "2019", "2024"]
    many, user = joined_rows({"since": pa.array([1990.0 + n for n in range(30)])})
    assert point_style(many, user, "since", "en").classes[0].label == "1990 – 1995"


def test_blank_texts_are_no_value_and_yes_or_no_is_said_in_words() -> None:
    cells = {
        "kind": ["a", " ", "", "a "],
        "open": pa.array([True, True, False, None]),
        "sort": pa.array(["x", "y", "x", None]).dictionary_encode(),
    }
    joined, user = joined_rows(cells)
    assert style_columns(joined, user) == ["open", "sort"]

    def told(column: str, language: str) -> list[tuple[str, int]]:
        return [(one.label, one.count) for one in point_style(joined, user, column, language).classes]

    assert told("kind", "en") == [("a", 2), ("No value", 2)]
    assert told("open", "zh") == [("是", 2), ("否", 1), ("没有值", 1)]
    assert told("sort", "en") == [("x", 2), ("y", 1), ("No value", 1)]


def test_a_long_value_is_cut_in_the_legend() -> None:
    joined, user = joined_rows({"kind": ["x" * 9999, "y"]})
    assert point_style(joined, user, "kind", "en").classes[0].label == "x" * 39 + "…"


def test_columns_offered_repeat_or_hold_numbers() -> None:
    count = 90
    joined, user = joined_rows(
        {
            "name": [f"n{n}" for n in range(count)],
            "kind": ["a", "b", None] * 30,
            "same": ["a"] * count,
            "capital": pa.array(range(count)),
            "zeros": pa.array([0.0] * count),
            "code": [f"0{n:05}" for n in range(count)],
            "lng": pa.array(np.linspace(121, 122, count)),
        },
        types={"code": "code"},
        roles={"lng": "lon"},
    )
    assert style_columns(joined, user) == ["kind", "capital"]
