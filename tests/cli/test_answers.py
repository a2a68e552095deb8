"""Numbers and days as they are typed."""

from __future__ import annotations

from datetime import date

import pytest

from geo.cli.answers import day_of, numbers_of
from geo.errors import UsageError


@pytest.mark.parametrize("line", ["1,2.5,-3", "1，2.5，-3", " 1, 2.5\t-3 "])
def test_numbers_have_commas_of_either_kind_or_spaces(line: str) -> None:
    assert numbers_of(line) == [1, 2.5, -3]


@pytest.mark.parametrize("line", ["", "1,x", "1;2", "1,,"])
def test_what_is_no_number_is_refused_in_both_languages(line: str) -> None:
    with pytest.raises(UsageError, match="is not numbers") as caught:
        numbers_of(line)
    assert "不是" in caught.value.translations["zh"]


def test_a_day_is_one_of_the_calendar() -> None:
    assert day_of("2024-02-29") == date(2024, 2, 29)
    for line in ("2023-02-29", "June", ""):
        with pytest.raises(UsageError, match="write YYYY-MM-DD"):
            day_of(line)
