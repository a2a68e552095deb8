"""The course of a road by its numbers."""

from __future__ import annotations

import numpy as np
import pytest

from geo.addresses.course import Course


def bend(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Place numbers on a road that runs east and bends north at number 200; odd ones lie 20 m to its left."""
    along = 2.0 * numbers
    east, north = np.minimum(along, 400.0), np.maximum(along - 400.0, 0.0)
    left = np.where(numbers % 2, 20.0, 0.0)
    turned = along > 400
    return east - left * turned, north + left * ~turned


def test_it_is_the_regression_solved_directly() -> None:
    """Mean and deviation at any number, not only at the knots, are those of the whole kernel matrix."""
    numbers = np.array([3, 10, 41, 64, 101])
    x, y = bend(numbers)
    course = Course(numbers.tolist(), x, y)

    def kernel(a: float, b: float) -> float:
        a, b, same = a - 41, b - 41, a % 2 == b % 2
        walked = min(abs(a), abs(b)) if a * b > 0 else 0.0
        return 1.5**2 * a * b + 36.0 * walked + 35.0**2 * same + 3000.0**2

    whole = np.array([[kernel(a, b) + 625.0 * (a == b) for b in numbers] for a in numbers])
    for asked in (10, 25, 50, 77, 160):
        row = np.array([kernel(asked, b) for b in numbers])
        found = course.at(asked)
        for axis, place in enumerate((x, y)):
            told = place.mean() + row @ np.linalg.solve(whole, place - place.mean())
            assert found[axis] == pytest.approx(told, abs=1e-6)
    spread = kernel(64, 64) - (row := np.array([kernel(64, b) for b in numbers])) @ np.linalg.solve(whole, row)
    other = kernel(10, 10) - (row := np.array([kernel(10, b) for b in numbers])) @ np.linalg.solve(whole, row)
    assert course.at(64)[2] / course.at(10)[2] == pytest.approx(np.sqrt(spread / other), rel=1e-6)


def test_noise_is_smoothed_and_sides_are_kept_apart() -> None:
    chance = np.random.default_rng(4)
    numbers = np.unique(chance.integers(1, 400, 90))
    x, y = bend(numbers)
    course = Course(numbers.tolist(), x + chance.normal(0, 20, len(x)), y + chance.normal(0, 20, len(y)))
    asked = np.setdiff1d(np.arange(20, 380), numbers)
    true = np.column_stack(bend(asked))
    found = np.array([course.at(int(n))[:2] for n in asked])
    assert np.median(np.hypot(*(found - true).T)) < 15


def test_an_irregular_road_is_less_sure() -> None:
    numbers = np.arange(1, 300, 12)
    x, y = bend(numbers)
    chance = np.random.default_rng(6)
    wild = chance.normal(0, 80, len(x))
    assert Course(numbers.tolist(), x + wild, y).at(70)[2] > 1.5 * Course(numbers.tolist(), x, y).at(70)[2]


def test_a_number_far_off_is_left_out_and_a_long_road_is_taken_in_parts() -> None:
    numbers = np.arange(1, 1000, 4)
    x, y = bend(numbers)
    x[70] += 900.0
    course = Course(numbers.tolist(), x, y)
    for asked in (3, 281, 383, 385, 601, 999):
        true = np.column_stack(bend(np.array([asked])))[0]
        assert np.hypot(*(np.array(course.at(asked)[:2]) - true)) < 12, asked


def test_beyond_the_last_number_it_goes_on_and_is_ever_less_sure() -> None:
    course = Course([1, 21, 41, 61], [2, 42, 82, 122], [0, 0, 0, 0])
    assert course.at(61)[0] + 40 < course.at(101)[0] < 202
    assert course.at(61)[2] < course.at(101)[2] < course.at(301)[2] < course.at(90_000)[2]
    alone = Course([50], [7.0], [8.0])
    assert alone.at(50)[:2] == (pytest.approx(7), pytest.approx(8))
    assert alone.at(250)[2] > 250
