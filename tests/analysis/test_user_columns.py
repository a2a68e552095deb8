from __future__ import annotations

import numpy as np
import pyarrow as pa
from own_rows import joined_rows

from geo.analysis.user_columns import (
    MOST_CATEGORIES,
    categories,
    likely_types,
    name_column,
    numbers,
    plain_columns,
    row_words,
)


def test_categories_are_the_different_texts_and_end_where_they_are_too_many() -> None:
    joined, _ = joined_rows({"kind": ["b", "a", None, "a"] * 25, "name": [f"{n:03}" for n in range(100)]})
    assert categories(joined, "kind") == ["a", "b"]
    assert len(categories(joined, "name")) == MOST_CATEGORIES + 1
    numbered, _ = joined_rows({"n": pa.array([1, 2])})
    assert categories(numbered, "n") == []


def test_numbers_are_numbers_in_every_cell_or_none_at_all() -> None:
    joined, user = joined_rows(
        {"sum": ["1,200", "", "3"], "mixed": ["1", "n/a", "3"], "code": ["007", "008", "009"]},
        types={"code": "code"},
    )
    likely = likely_types(user)
    found = numbers(joined, "sum", likely)
    assert found is not None
    assert np.array_equal(found, [1200.0, np.nan, 3.0], equal_nan=True)
    assert numbers(joined, "mixed", likely) is None
    assert numbers(joined, "code", likely) is None
    typed, _ = joined_rows({"n": pa.array([1, None, 3]), "flag": pa.array([True, False, None])})
    assert np.array_equal(numbers(typed, "n", {}), [1.0, np.nan, 3.0], equal_nan=True)
    assert numbers(typed, "flag", {}) is None


def test_a_row_is_called_by_the_column_that_names_it() -> None:
    joined, user = joined_rows(
        {"kind": ["a", "a"], "id": ["007", "008"], "name": ["甲" * 100, " "], "lng": ["1", "2"], "more": [None, "x"]},
        types={"id": "code"},
        roles={"lng": "lon"},
    )
    assert name_column(joined, user) == "name"
    assert plain_columns(joined, user) == ["kind", "id", "name", "more"]
    words = row_words(joined, user, "id", "en")
    assert words(0) == ("甲" * 79 + "…", [("id", "007"), ("kind", "a")])
    assert words(1) == ("Row 2", [("id", "008"), ("kind", "a"), ("more", "x")])


def test_a_table_without_texts_names_no_row() -> None:
    joined, user = joined_rows(
        {f"n{n}": pa.array([n, n]) for n in range(9)}, types={f"n{n}": "integer" for n in range(9)}
    )
    assert name_column(joined, user) == ""
    title, cells = row_words(joined, user, "n8", "zh")(0)
    assert title == "第 1 行"
    assert [name for name, _ in cells] == ["n8", "n0", "n1", "n2", "n3", "n4"]
