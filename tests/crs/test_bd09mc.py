"""The metres of Baidu's maps against the polynomial that Baidu uses the other way round."""

from __future__ import annotations

import numpy as np
import pytest

from geo.crs.bd09mc import bd09_to_bd09mc, bd09mc_to_bd09

# Of the band of 30 to 45 degrees, from degrees to metres: not those that the module holds.
FORWARD = (
    *(0.00220636496208, 111320.7020209128, 51751.86112841131, 3796837.749470245, 992013.7397791013),
    *(-1221952.21711287, 1340652.697009075, -620943.6990984312, 144416.9293806241, 37.5),
)


@pytest.mark.parametrize(("lon", "lat"), [(121.4737, 31.2304), (116.404, 39.915), (104.06, 30.67)])
def test_metres_agree_with_the_published_way_there(lon: float, lat: float) -> None:
    ratio = lat / FORWARD[9]
    east = FORWARD[0] + FORWARD[1] * lon
    north = sum(FORWARD[2 + power] * ratio**power for power in range(7))
    found = bd09mc_to_bd09([east], [north])
    assert np.hypot(found[0][0] - lon, found[1][0] - lat) * 111_320 < 0.1
    there = bd09_to_bd09mc([lon], [lat])
    assert np.hypot(there[0][0] - east, there[1][0] - north) < 0.1


def test_back_and_forth() -> None:
    rng = np.random.default_rng(0)
    lon, lat = rng.uniform(-179, 179, 500), rng.uniform(-73, 73, 500)
    back = bd09mc_to_bd09(*bd09_to_bd09mc(lon, lat))
    np.testing.assert_allclose(back, (lon, lat), atol=1e-6)


def test_no_map_beyond_the_bands() -> None:
    lon, lat = bd09mc_to_bd09([0.0, np.nan, 0.0], [19_000_000.0, 0.0, np.nan])
    assert np.isnan(lon).all()
    assert np.isnan(lat).all()
    assert np.isnan(bd09_to_bd09mc([121.0], [80.0])).all()
