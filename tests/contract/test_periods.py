"""A year, a month, a day: what may be written, in which order, which days, where on an axis of time."""

from __future__ import annotations

import calendar
import random
from datetime import date

import pandas as pd
import pytest

from geo.contract.periods import Period, check_period


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2020", date(2020, 1, 1), date(2020, 12, 31)),
        ("2020-12", date(2020, 12, 1), date(2020, 12, 31)),
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29)),
        ("2019-02", date(2019, 2, 1), date(2019, 2, 28)),
        ("2020-02-29", date(2020, 2, 29), date(2020, 2, 29)),
    ],
)
def test_the_days_of_a_period(written: str, first: date, last: date) -> None:
    period = Period.parse(written)
    assert period is not None
    assert (period.first_day, period.last_day, str(period)) == (first, last, written)


def test_the_days_are_those_that_pandas_finds() -> None:
    pick = random.Random(7)
    for _ in range(300):
        year, month = pick.randint(1900, 2100), pick.randint(1, 12)
        day = pick.randint(1, calendar.monthrange(year, month)[1])
        for written, freq in ((f"{year}", "Y"), (f"{year}-{month:02}", "M"), (f"{year}-{month:02}-{day:02}", "D")):
            found, other = Period.of(written), pd.Period(written, freq=freq)
            assert found is not None
            assert (found.first_day, found.last_day) == (other.start_time.date(), other.end_time.date())


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("", "is '': write YYYY"),
        ("20", "is '20': write YYYY"),
        ("soon", "is 'soon': write YYYY, YYYY-MM or YYYY-MM-DD, or unknown"),
        ("2020-1", "write YYYY"),
        ("2020/01", "write YYYY"),
        (" 2020", "write YYYY"),
        ("2020\n", "write YYYY"),
        ("２０２０", "write YYYY"),
        ("2021-02-29", "is no date of the calendar"),
        ("2021-13", "is no date of the calendar"),
        ("2021-00", "is no date of the calendar"),
        ("2021-01-00", "is no date of the calendar"),
        ("0000", "is no date of the calendar"),
    ],
)
def test_what_is_no_period_is_refused_and_can_be_passed_over(written: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Period.parse(written)
    assert problem in (check_period(written) or "")
    assert Period.of(written) is None


@pytest.mark.parametrize("missing", ["unknown", None, float("nan"), pd.NA, 2020])
def test_an_unknown_period_is_none(missing: object) -> None:
    assert Period.of(missing) is None
    assert Period.parse("unknown") is None
    assert check_period("unknown") is None


def test_a_day_needs_its_month() -> None:
    with pytest.raises(ValueError, match="day 5 of no month"):
        Period(2020, 0, 5)


def test_earlier_comes_first_and_the_longer_before_the_shorter() -> None:
    written = ["2019-12-31", "2020", "2020-01", "2020-01-01", "2020-01-02", "2020-02", "2020-12", "2021"]
    mixed = random.Random(1).sample(written, len(written))
    assert [str(one) for one in sorted(Period.of(text) for text in mixed)] == written  # type: ignore[type-var]
    assert written == sorted(written)  # in this order the texts stand too
    assert len({Period.of("2020"), Period.of("2020"), Period.of("2020-01")}) == 2


@pytest.mark.parametrize(
    ("written", "span"),
    [
        ("2020", (2020.0, 2021.0)),
        ("2020-12", (2020 + 11 / 12, 2021.0)),
        ("2020-01-01", (2020.0, 2020 + 1 / 372)),
        ("2020-03-02", (2020 + 2 / 12 + 1 / 372, 2020 + 2 / 12 + 2 / 372)),
    ],
)
def test_where_it_lies_on_an_axis(written: str, span: tuple[float, float]) -> None:
    period = Period.of(written)
    assert period is not None
    assert period.span == pytest.approx(span)
    assert period.middle == pytest.approx(sum(span) / 2)


def test_a_period_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Period(2020).year = 2021  # type: ignore[misc]
