"""Classes of a measure: few, none empty, equal values together, breaks that a brute force confirms."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from geo.analysis.classes import POINT_RAMP, RAMP, classify, classify_many
from geo.analysis.units import Scale, scale_of


def spread(groups: list[list[float]]) -> float:
    """Return the sum of squared deviations inside groups, the plain way."""
    return sum(sum((v - sum(g) / len(g)) ** 2 for v in g) for g in groups)


@pytest.mark.parametrize(
    "values",
    [
        [1, 2, 3, 10, 11, 12, 50, 51, 90, 91, 400],
        [5, 5, 5, 6, 7, 8, 9, 9, 30],
        [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8],
    ],
)
def test_natural_breaks_are_the_best_there_are(values: list[float]) -> None:
    found = classify({str(i): v for i, v in enumerate(values)}, most=3)
    groups = [[v for i, v in enumerate(values) if found.of[str(i)] == k] for k in range(3)]
    different = sorted(set(values))
    best = min(
        spread([[v for v in values if low <= v < high] for low, high in
                itertools.pairwise((float("-inf"), different[a], different[b], float("inf")))])
        for a, b in itertools.combinations(range(1, len(different)), 2)
    )  # fmt: skip
    assert spread(groups) == pytest.approx(best)
    assert all(groups)


def test_few_different_values_are_a_class_each() -> None:
    found = classify({"a": 3.0, "b": 3.0, "c": 7.0})
    assert dict(found.of) == {"a": 0, "b": 0, "c": 1}
    assert [found.label(k) for k in range(2)] == ["3", "7"]
    assert found.colours == [RAMP[0], RAMP[-1]]


def test_one_value_and_none() -> None:
    assert classify({"a": 3.0}).colours == [RAMP[2]]
    assert classify({}).of == {}


def test_what_is_not_finite_has_no_class() -> None:
    assert dict(classify({"a": float("nan"), "b": 1.0, "c": float("inf")}).of) == {"b": 0}


def test_labels_are_numbers_as_they_stand_in_figures() -> None:
    found = classify(dict(zip("abcdef", [0.01987, 5.8333, 88.666, 118.159, 1234.5, 99999.4], strict=True)), most=2)
    assert found.label(0) == "0.0199 – 1,234.5"
    assert found.label(1) == "99,999.4"


def test_labels_stand_under_the_heading_of_their_unit() -> None:
    found = classify({"a": 17.0, "b": 435.5}, most=1)
    assert found.label(0, scale_of("亿元", "zh")) == "17 – 435.5"
    assert found.label(0, scale_of("CNY 100 million", "en")) == "1.7 – 43.55"
    assert classify({"a": 1988.0}).label(0, Scale(year=True)) == "1988"


def test_up_to_200_values_have_the_breaks_of_a_measure() -> None:
    values = np.random.default_rng(1).lognormal(3, 1, 200).round(1)
    of, found = classify_many(values)
    same = classify({str(n): v for n, v in enumerate(values)})
    assert of.tolist() == [same.of[str(n)] for n in range(len(values))]
    assert found.bounds == same.bounds
    assert found.colours == list(POINT_RAMP)


def test_of_many_values_each_is_in_the_class_that_holds_it_and_none_has_no_class() -> None:
    values = np.random.default_rng(2).lognormal(3, 2, 20_000)
    values[::7] = np.nan
    of, found = classify_many(values)
    assert (of[::7] == -1).all()
    for k, (low, high) in enumerate(found.bounds):
        assert np.nanmin(values[of == k]) == low
        assert np.nanmax(values[of == k]) == high
    assert all(a[1] < b[0] for a, b in itertools.pairwise(found.bounds))
    assert (of[np.isfinite(values)] >= 0).all()


def test_what_few_rows_have_is_told_from_what_nearly_all_have() -> None:
    of, found = classify_many(np.append(np.zeros(5000), [1.0, 2.0]))
    assert list(found.bounds) == [(0, 0), (1, 1), (2, 2)]
    assert np.bincount(of).tolist() == [5000, 1, 1]


def test_where_nearly_all_would_share_a_class_each_has_about_as_many_rows() -> None:
    money = np.append(np.random.default_rng(3).lognormal(3, 2, 20_000), 1e9)
    of, found = classify_many(money)
    assert np.allclose(np.bincount(of) / len(money), 1 / len(POINT_RAMP), atol=0.01)
    # A value that most rows have stays a class of its own.
    of, found = classify_many(np.append(np.full(20_000, -1.0), money[:9000]))
    assert found.bounds[0] == (-1, -1)
    assert np.bincount(of)[1:].min() > 2000


@pytest.mark.parametrize("size", [1e160, 1e308, 1e-300])
@pytest.mark.parametrize(
    "classified",
    [lambda v: classify({str(n): one for n, one in enumerate(v)}).bounds, lambda v: classify_many(v)[1].bounds],
)
def test_values_of_any_size_have_the_same_breaks(size: float, classified: Callable[[Any], Any]) -> None:
    values = np.array([1, 2, 3, 10, 11, 12, 50, 51, 90, 91, -99]) / 100
    assert [(low / size, high / size) for low, high in classified(values * size)] == [
        pytest.approx(pair) for pair in classified(values)
    ]


def test_small_differences_of_large_values_are_seen() -> None:
    steps = [0, 1, 2, 100, 101, 200, 201, 300, 301, 400]
    of = classify({str(n): 1e12 + n for n in steps}).of
    assert [of[str(n)] for n in steps] == [0, 0, 0, 1, 1, 2, 2, 3, 3, 4]


def test_no_value_at_all_makes_no_class() -> None:
    of, found = classify_many(np.array([np.nan, np.nan]))
    assert of.tolist() == [-1, -1]
    assert list(found.bounds) == []
