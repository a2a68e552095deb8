"""Coordinates of few decimals: the step they are rounded to, and which of them are."""

from __future__ import annotations

import numpy as np
import pytest

from geo.crs.rounding import coarse_rows, rounding_deg

RNG = np.random.default_rng(5)


@pytest.mark.parametrize("digits", [0, 1, 2, 3])
def test_the_step_is_that_of_nearly_all_points(digits: int) -> None:
    lon, lat = np.round(RNG.uniform([[116], [39]], [[120], [41]], (2, 200)), digits)
    assert rounding_deg(lon, lat) == pytest.approx(10.0**-digits)
    lon[:5], lat[5] = 117.123456, np.nan
    assert rounding_deg(lon, lat) == pytest.approx(10.0**-digits)  # a few that are exact
    lon[:30] = RNG.uniform(116, 117, 30)
    assert rounding_deg(lon, lat) == 0.0


def test_few_points_and_exact_ones_are_not_called_coarse() -> None:
    assert rounding_deg(np.full(19, 121.5), np.full(19, 31.5)) == 0.0
    assert rounding_deg(np.full(20, 121.5), np.full(20, 31.5)) == 1.0 / 10
    assert rounding_deg(np.round(RNG.uniform(121, 122, 50), 4), np.round(RNG.uniform(31, 32, 50), 4)) == 0.0
    assert rounding_deg(np.array([]), np.array([])) == 0.0


def test_which_points_are_rounded() -> None:
    assert coarse_rows(np.array([116.25, 116.2, np.nan]), np.array([39.5, 39.51, 39.5]), 0.1).tolist() == [False] * 3
    assert coarse_rows(np.array([116.2, 116.21]), np.array([39.5, 39.5]), 0.1).tolist() == [True, False]
