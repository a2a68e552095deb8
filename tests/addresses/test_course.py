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


def kernel(one: tuple[int, bool], other: tuple[int, bool], stray: float, centre: int) -> float:
    """Return the covariance of a number and another, each with whether it is a lane's."""
    a, b, same = one[0] - centre, other[0] - centre, one[0] % 2 == other[0] % 2
    walked = stray * (min(abs(a), abs(b)) if a * b > 0 else 0.0)
    side = 50.0**2 + walked / 12 + 25.0**2 * (one[1] and other[1])
    return 1.7**2 * a * b + walked + side * same + 3000.0**2


def test_it_is_the_regression_solved_directly() -> None:
    """Of two numbers, whose noise is usual, mean and deviation are those of the whole matrices, mixed by evidence."""
    known, x, y = [(3, False), (64, True)], np.array([0.0, 90.0]), np.array([10.0, -25.0])
    course = Course([n for n, _ in known], x, y, [lane for _, lane in known])
    noise, mean = np.diag([20.0**2, 38.0**2]), np.array([x.mean(), y.mean()])
    off = np.column_stack([x, y]) - mean
    told = []
    for stray in (20.0, 60.0, 180.0):
        whole = np.array([[kernel(a, b, stray, 64) for b in known] for a in known]) + noise
        likely = np.exp(-(off * np.linalg.solve(whole, off)).sum() / 2) / np.linalg.det(whole)
        told.append((likely, stray, whole))
    for asked in ((3, False), (64, True), (64, False), (63, True)):
        place, second, total = np.zeros(2), 0.0, sum(likely for likely, *_ in told)
        for likely, stray, whole in told:
            row = np.array([kernel(asked, one, stray, 64) for one in known])
            at = mean + row @ np.linalg.solve(whole, off)
            own = kernel(asked, asked, stray, 64) + asked[1] * (38.0**2 - 20.0**2)
            place += likely / total * at
            second += likely / total * (2 * (own - row @ np.linalg.solve(whole, row)) + (at**2).sum())
        found = course.at(*asked)
        assert found[:2] == pytest.approx(tuple(place), abs=1e-6), asked
        if asked[0] != 63:  # between known numbers the deviation is not that of a knot
            assert found[2] == pytest.approx(np.sqrt(second - (place**2).sum()), rel=1e-4), asked


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
    assert Course(numbers.tolist(), x + wild, y).at(71)[2] > 1.5 * Course(numbers.tolist(), x, y).at(71)[2]


def test_a_number_far_off_hardly_tells_and_a_long_road_is_taken_in_parts() -> None:
    numbers = np.arange(1, 1000, 4)
    x, y = bend(numbers)
    x[70] += 900.0
    course = Course(numbers.tolist(), x, y)
    for asked in (3, 281, 383, 385, 601, 999):
        true = np.column_stack(bend(np.array([asked])))[0]
        assert np.hypot(*(np.array(course.at(asked)[:2]) - true)) < 12, asked


def test_a_lane_pulls_less_than_a_number_and_lanes_lie_where_lanes_do() -> None:
    numbers = np.arange(2, 300, 10)
    x, y = bend(numbers)
    is_lane = np.arange(len(numbers)) % 3 == 0
    behind = y - 60.0 * is_lane
    course = Course(numbers.tolist(), x, behind, is_lane.tolist())
    assert course.at(98, True)[1] < course.at(98)[1] - 25
    assert course.at(98, True)[2] > course.at(98)[2]
    one = x.copy()
    one[9] += 50.0
    moved = [Course(numbers.tolist(), one, y, [at == 9 and lane for at in range(len(x))]) for lane in (False, True)]
    assert moved[0].at(96)[0] > moved[1].at(96)[0] + 1


def test_how_much_a_road_strays_is_told_by_its_numbers() -> None:
    """A winding road is less sure between far numbers than a straight one, though both are as dense."""
    numbers = np.arange(0, 1200, 24)
    straight = Course(numbers.tolist(), 2.0 * numbers, 0.0 * numbers)
    winding = Course(numbers.tolist(), 2.0 * numbers, 70.0 * np.sin(numbers / 20))
    assert winding.at(612)[2] > 1.4 * straight.at(612)[2]


def test_beyond_the_last_number_it_goes_on_and_is_ever_less_sure() -> None:
    course = Course([1, 21, 41, 61], [2, 42, 82, 122], [0, 0, 0, 0])
    assert course.at(61)[0] + 40 < course.at(101)[0] < 202
    assert course.at(61)[2] < course.at(101)[2] < course.at(301)[2] < course.at(90_000)[2]
    alone = Course([50], [7.0], [8.0])
    assert alone.at(50)[:2] == (pytest.approx(7), pytest.approx(8))
    assert alone.at(250)[2] > 250
