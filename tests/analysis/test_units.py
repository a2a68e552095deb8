"""Numbers and units: what a reader sees, worked out by hand."""

from __future__ import annotations

import pytest

from geo.analysis.units import Scale, format_number, heading, percent_text, round_length, scale_of, with_unit
from geo.atlas.atlas import Atlas


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1149, "1,149"),
        (9999, "9,999"),
        (10_000, "10,000"),
        (-10_000.5, "-10,000.5"),
        (1000000, "1,000,000"),
        (1.0005, "1"),
        (0.99951, "1"),
        (0.5, "0.5"),
        (-2.25, "-2.25"),
        (0.000123, "0.000123"),
    ],
)
def test_numbers(value: float, text: str) -> None:
    assert format_number(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0%"), (0.0004, "< 0.1%"), (0.001, "0.1%"), (0.745, "74.5%"), (1.0, "100%"), (12, "1,200%")],
)
def test_shares(share: float, text: str) -> None:
    assert percent_text(share) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1, "firms", "1 firm"),
        (1.0, "stations", "1 station"),
        (2, "firms", "2 firms"),
        (0, "firms", "0 firms"),
        (1, "people", "1 person"),
        (1, "firms per km²", "1 firm per km²"),
        (1, "km", "1 km"),
        (1, "EFLOPS", "1 EFLOPS"),
        (1, "mu", "1 mu"),
        (1, "glass", "1 glass"),
        (1.5, "firms", "1.5 firms"),
        (3, "–", "3"),
        (25, "%", "25%"),
        (1.02, "×", "1.02×"),
    ],
)
def test_english_units_have_a_singular(value: float, unit: str, text: str) -> None:
    assert with_unit(value, unit, "en") == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (435.5, "CNY 100 million", "CNY 43.55 billion"),
        (1000, "CNY 100 million", "CNY 100 billion"),
        (60_000, "CNY 100 million", "CNY 6 trillion"),
        (0.5, "CNY 100 million", "CNY 50 million"),
        (0, "CNY 100 million", "CNY 0"),
        (38, "CNY 100 million per km²", "CNY 3.8 billion per km²"),
        (1.23456, "CNY 100 million", "CNY 123.456 million"),
        (6.1, "10,000 m²", "61,000 m²"),
        (600, "10,000 m²", "6 million m²"),
        # No word makes it both short and exact: nothing is rounded away unseen.
        (1 / 3, "CNY 100 million", "0.333 × CNY 100 million"),
    ],
)
def test_amounts_are_multiplied_out_only_when_that_is_exact(value: float, unit: str, text: str) -> None:
    assert with_unit(value, unit, "en") == text


def test_chinese_keeps_its_own_units() -> None:
    assert with_unit(435.5, "亿元", "zh") == "435.5 亿元"
    assert with_unit(1, "家", "zh") == "1 家"
    assert with_unit(2012, "年", "zh", topic="date") == "2012 年"
    assert with_unit(2012, "year", "en", topic="date") == "2012"


def test_a_heading_has_the_unit_once() -> None:
    assert heading("Resident firms", "firms", "en") == "Resident firms"
    assert heading("AI firms per km²", "firms per km²", "en") == "AI firms per km²"
    assert heading("AI talent", "people", "en") == "AI talent (people)"
    assert heading("入驻企业数", "家", "zh") == "入驻企业数（家）"
    assert heading("Year approved", "year", "en", topic="date") == "Year approved"
    assert heading("Output", "CNY 100 million", "en") == "Output (CNY billion)"


def test_a_number_under_a_heading_is_the_figure_with_its_unit(atlas: Atlas) -> None:
    """Number × what the heading says is the value, for every unit of the data."""
    for row in atlas.rows("units").values():
        for language in ("zh", "en"):
            scale = scale_of(row[f"symbol_{language}"], language)
            shown = float(scale.number(12.5).replace(",", ""))
            assert shown == pytest.approx(12.5 * scale.factor)
            assert "100 million" not in scale.unit
    assert scale_of("year", "en", topic="date") == Scale(year=True)


@pytest.mark.parametrize("longest", [0.003, 0.99, 1, 1.99, 2, 4.999, 5, 10, 999.9, 1000, 1e4 - 2e-12, 23_456, 5e7])
def test_a_scale_bar_is_1_2_or_5_and_as_long_as_it_may_be(longest: float) -> None:
    length = round_length(longest)
    assert f"{length:e}"[:8] in ("1.000000", "2.000000", "5.000000")
    assert length <= longest < 2.5 * length


@pytest.mark.parametrize(
    ("value", "unit", "language", "text"),
    [
        (4e10, "items", "en", "40 billion items"),
        (4e10, "条", "zh", "400 亿条"),
        (123_456_789, "items", "en", "123,456,789 items"),  # nothing is rounded away
        (123_456_789, "条", "zh", "123,456,789 条"),
        (99_999_999, "条", "zh", "99,999,999 条"),
        (2e8, "万平方米", "zh", "200,000,000 万平方米"),
        (5e9, "–", "en", "5,000,000,000"),
    ],
)
def test_nobody_counts_noughts(value: float, unit: str, language: str, text: str) -> None:
    assert with_unit(value, unit, language) == text
