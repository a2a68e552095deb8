"""A limit is the largest that passes; one more is refused by name."""

from __future__ import annotations

import pytest

from geo.errors import DataError
from geo.tables.limits import Limits, size_text

LIMITS = Limits(file_bytes=100, rows=10, columns=5)


def test_what_just_fits_passes_and_one_more_is_refused() -> None:
    LIMITS.check_file(100, "a.csv")
    LIMITS.check_rows(10, "a.csv")
    LIMITS.check_columns(5, "a.csv")
    with pytest.raises(DataError, match=r"a\.csv: 101 bytes, more than the 100 bytes allowed"):
        LIMITS.check_file(101, "a.csv")
    with pytest.raises(DataError, match=r"a\.csv: more than the 10 rows allowed"):
        LIMITS.check_rows(11, "a.csv")
    with pytest.raises(DataError, match=r"a\.csv: 6 columns, more than the 5 allowed"):
        LIMITS.check_columns(6, "a.csv")


def test_without_a_bound_anything_passes() -> None:
    Limits().check_file(1 << 50, "a.csv")
    Limits().check_rows(1 << 50, "a.csv")


@pytest.mark.parametrize(("size", "text"), [(500, "500 bytes"), (1 << 20, "1.0 MiB"), (3 << 19, "1.5 MiB")])
def test_sizes_for_people(size: int, text: str) -> None:
    assert size_text(size) == text
