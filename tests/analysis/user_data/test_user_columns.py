from __future__ import annotations

import numpy as np
import pyarrow as pa
from own_rows import joined_rows

from geo.analysis.user_data.user_columns import (
    MOST_CATEGORIES,
    are_years,
    categories,
    likely_types,
    name_column,
    numbers,
    plain_columns,
    row_words,
    texts,
    value_words,
)


def test_categories_are_the_different_texts_and_end_where_they_are_too_many() -> None:
    joined, _ = joined_rows({"kind": ["b", "a", None, "a"] * 25, "name": [f"{n:03}" for n in range(100)]})
    assert categories(joined, "kind") == ["a", "b"]
    assert len(categories(joined, "name")) == MOST_CATEGORIES + 1
    full, _ = joined_rows({"name": [None, *(f"{n:03}" for n in range(MOST_CATEGORIES + 1))]})
    assert len(categories(full, "name")) == MOST_CATEGORIES + 1, "a missing cell is none of them"
    numbered, _ = joined_rows({"n": pa.array([1, 2])})
    assert categories(numbered, "n") == []


def test_texts_are_told_however_they_are_stored_and_blank_ones_are_missing() -> None:
    cells = ["b", " a ", "", "\u3000", None, "a"]
    kinds = [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())]
    stored = {str(kind): pa.array(cells, pa.string()).cast(kind) for kind in kinds}
    joined, _ = joined_rows(stored | {"flag": pa.array([True, None, False, True, True, None]), "n": pa.array(range(6))})
    for name in stored:
        said = texts(joined.table[name])
        assert said is not None
        assert said.to_pylist() == ["b", "a", None, None, None, "a"], name
        assert categories(joined, name) == ["a", "b"]
        assert value_words(joined, name, "a", "en") == "a"
    assert categories(joined, "flag") == ["False", "True"]
    assert [value_words(joined, "flag", one, "zh") for one in ("True", "False")] == ["是", "否"]
    assert texts(joined.table["n"]) is None


def test_years_are_whole_numbers_of_our_times() -> None:
    assert are_years(np.array([1988.0, np.nan, 2025.0]))
    assert not are_years(np.array([1988.0, 2025.5]))
    assert not are_years(np.array([1988.0, 12.0]))


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


def test_cells_are_told_as_they_were_written() -> None:
    cells = {
        "name": ["x", "y"],
        "year": pa.array([2019.0, None]),
        "share": pa.array([0.1 + 0.2, float("nan")]),
        "open": pa.array([True, False]),
    }
    joined, user = joined_rows(cells, types={"year": "number", "share": "number"})
    words = row_words(joined, user, "", "en")
    assert words(0)[1] == [("year", "2019"), ("share", "0.3"), ("open", "yes")]
    assert words(1)[1] == [("open", "no")]


def test_a_table_without_texts_names_no_row() -> None:
    joined, user = joined_rows(
        {f"n{n}": pa.array([n, n]) for n in range(9)}, types={f"n{n}": "integer" for n in range(9)}
    )
    assert name_column(joined, user) == ""
    title, cells = row_words(joined, user, "n8", "zh")(0)
    assert title == "第 1 行"
    assert [name for name, _ in cells] == ["n8", "n0", "n1", "n2", "n3", "n4"]
