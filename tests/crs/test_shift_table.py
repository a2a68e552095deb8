"""A table of the shift gives what the iteration gives; where it cannot, the iteration is asked."""

from __future__ import annotations

import numpy as np
import pytest

from geo.crs import shift_table as module
from geo.crs.datums import from_wgs84, to_wgs84
from geo.crs.shift_table import MOST_ERROR_DEG, shift_table

BOX = (121.3, 31.1, 121.5, 31.3)


def points(n: int, seed: int, margin: float = 0.0):
    rng = np.random.default_rng(seed)
    west, south, east, north = BOX
    return rng.uniform((west - margin, south - margin), (east + margin, north + margin), (n, 2)).T


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
@pytest.mark.parametrize("compiled", [True, False])
def test_equal_to_the_iteration(datum, compiled):
    table = shift_table(datum, *BOX)
    assert table.error_deg <= MOST_ERROR_DEG
    lon, lat = points(20_000, 1)
    shifted = from_wgs84(lon, lat, datum)
    found = table.to_wgs84(*shifted, compiled=compiled)
    np.testing.assert_allclose(found, (lon, lat), rtol=0, atol=2 * MOST_ERROR_DEG)  # where they came from
    np.testing.assert_allclose(found, to_wgs84(*shifted, datum), rtol=0, atol=MOST_ERROR_DEG)


@pytest.mark.parametrize("compiled", [True, False])
def test_points_beside_the_table_and_none_at_all(compiled):
    table = shift_table("gcj02", *BOX)
    lon, lat = points(2_000, 2, margin=3.0)
    lon[:5], lat[5:10], lon[10] = np.nan, np.inf, -121.4
    np.testing.assert_allclose(
        table.to_wgs84(lon, lat, compiled=compiled), to_wgs84(lon, lat, "gcj02"), rtol=0, atol=MOST_ERROR_DEG
    )
    empty = table.to_wgs84(np.empty(0), np.empty(0), compiled=compiled)
    assert [len(one) for one in empty] == [0, 0]


def test_the_table_reaches_beyond_the_extent_by_the_shift():
    table = shift_table("bd09", *BOX)
    corner = from_wgs84(np.array(BOX[::2]), np.array(BOX[1::2]), "bd09")
    assert not np.isnan(table._in_numpy(*corner)[0]).any()


def test_no_table_where_the_shift_has_a_step_or_would_be_too_large(monkeypatch):
    assert shift_table("gcj02", 73.6, 31.0, 74.0, 31.3) is None
    assert shift_table("gcj02", 75.0, 10.0, 130.0, 50.0) is None
    monkeypatch.setattr(module, "_STEPS_DEG", (0.02,))
    assert shift_table("gcj02", 121.31, 31.1, 121.51, 31.3) is None  # measured, and not exact enough
