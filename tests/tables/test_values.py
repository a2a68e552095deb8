"""Cells to numbers, each judged."""

from __future__ import annotations

import decimal
import time

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.tables.reasons import REASONS
from geo.tables.values import parse_numbers

DEGREES = 121 + 28 / 60 + 12 / 3600


@pytest.mark.parametrize(
    ("cell", "value", "reason"),
    [
        ("121.47", 121.47, "ok"),
        (" 121.47\t", 121.47, "ok"),
        ("+1e2", 100.0, "ok"),
        ("１２１．４７", 121.47, "full_width"),
        ("354,123.45", 354123.45, "separators"),
        ("'121.47", 121.47, "text_mark"),
        ("'-121.47", -121.47, "text_mark"),
        ("'-31°30′", -31.5, "dms"),
        ("'=1", np.nan, "not_a_number"),
        ('="121.47"', 121.47, "text_mark"),
        ('= "-31.2"', -31.2, "text_mark"),
        ('="abc"', np.nan, "not_a_number"),
        ("\u200b121.47\u202c", 121.47, "full_width"),
        ("\ufeff\u00a0121.47", 121.47, "full_width"),
        ("121°28′12″", DEGREES, "dms"),
        ("121° 28' 12\" E", DEGREES, "dms"),
        ("121°28´12´´", DEGREES, "dms"),
        ("121º28’12”", DEGREES, "dms"),
        ("121 28 12", DEGREES, "dms"),
        ("121:28:12", DEGREES, "dms"),
        ("121-28-12", DEGREES, "dms"),
        ("E121°28.2′", DEGREES, "dms"),
        ("东经121度28分12秒", DEGREES, "dms"),
        ("121°28′12″W", -DEGREES, "dms"),
        ("南纬31°30′", -31.5, "dms"),
        ("-31°30′", -31.5, "dms"),
        ("121.47E", 121.47, "dms"),
        ("121°", 121.0, "dms"),
        ("", np.nan, "missing"),
        ("  ", np.nan, "missing"),
        (None, np.nan, "missing"),
        ("NULL", np.nan, "missing"),
        ("暂无", np.nan, "missing"),
        ("N/A", np.nan, "missing"),
        ("nan", np.nan, "not_finite"),
        ("inf", np.nan, "not_finite"),
        ("-Infinity", np.nan, "not_finite"),
        ("abc", np.nan, "not_a_number"),
        ("121,47", np.nan, "not_a_number"),
        ("31.2.1", np.nan, "not_a_number"),
        ("121°61′", np.nan, "not_a_number"),
        ("121.5°30′", np.nan, "not_a_number"),
        ("=1+1", np.nan, "not_a_number"),
    ],
)
def test_one_cell(cell: str | None, value: float, reason: str) -> None:
    values, codes = parse_numbers(pa.array([cell, "1", "x"]))
    assert REASONS[int(codes[0])] == reason
    np.testing.assert_allclose(values[0], value, rtol=1e-14)
    assert (values[1], REASONS[int(codes[1])], REASONS[int(codes[2])]) == (1.0, "ok", "not_a_number")


def test_decimal_comma() -> None:
    values, codes = parse_numbers(pa.array(["121,473", "3.140.000,5", "121.5"]), ",")
    assert values.tolist() == [121.473, 3140000.5, 121.5]
    assert [REASONS[int(c)] for c in codes] == ["decimal_comma", "decimal_comma", "ok"]


def test_numbers_of_every_type() -> None:
    for column in (
        pa.array([1, None, 3], pa.int32()),
        pa.array([1.0, None, 3.0], pa.float32()),
        pa.array([decimal.Decimal(1), None, decimal.Decimal(3)]),
        pa.array(["1", None, "3"]).dictionary_encode(),
        pa.array(["1", None, "3"], pa.large_string()),
    ):
        values, codes = parse_numbers(column)
        assert values[[0, 2]].tolist() == [1.0, 3.0]
        assert [REASONS[int(c)] for c in codes] == ["ok", "missing", "ok"]
    values, codes = parse_numbers(pa.array([np.inf, -np.inf, np.nan], pa.float64()))
    assert np.isnan(values).all()
    assert {REASONS[int(c)] for c in codes} == {"not_finite"}


@settings(deadline=None)
@given(st.floats(-180, 180), st.booleans())
def test_degrees_minutes_seconds_there_and_back(value: float, words: bool) -> None:
    whole = abs(value)
    degrees = int(whole)
    minutes = int((whole - degrees) * 60)
    seconds = min(round(((whole - degrees) * 60 - minutes) * 60, 6), 59.999999)
    sign = "-" if value < 0 else ""
    text = f"{sign}{degrees}度{minutes}分{seconds:f}秒" if words else f"{sign}{degrees}°{minutes}′{seconds:f}″"
    read, _ = parse_numbers(pa.array([text]))
    assert abs(abs(read[0]) - whole) < 1e-8


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=12)), max_size=20))
def test_any_text_is_a_number_or_has_a_reason(cells: list[str | None]) -> None:
    values, codes = parse_numbers(pa.array(cells, pa.string()))
    assert len(values) == len(cells)
    assert (np.isfinite(values) == (codes < 32)).all()


@pytest.mark.parametrize(
    "cell", ["\u0315\u0300" * 200_000, "1" + " " * 1_000_000 + "x", "１" * 400_000, "=" * 1_000_000, "1°" * 500_000]
)
@pytest.mark.parametrize("decimal_mark", [".", ","])
def test_a_cell_of_a_megabyte_is_no_number_and_takes_no_time(cell: str, decimal_mark: str) -> None:
    """To fold 400,000 heaped marks took two minutes."""
    began = time.process_time()
    values, codes = parse_numbers(pa.array([cell, "121.47", "１２１．４７"]), decimal_mark)
    assert time.process_time() - began < 2
    assert [REASONS[code] for code in codes] == ["not_a_number", "ok", "full_width"]
    assert np.isnan(values[0])


def test_a_number_may_have_many_digits() -> None:
    values, codes = parse_numbers(pa.array(["121." + "4" * 500, " " * 300 + "1,234" + " " * 300]))
    assert values[0] == pytest.approx(121.444444)
    assert (values[1], REASONS[codes[1]]) == (1234.0, "separators")
