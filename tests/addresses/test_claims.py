"""From a spot and its accuracy to the township claimed."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.addresses.claims import AreaLayer, Claims, Stated

#: One district of two townships, parted by x = 0.
DISTRICT = AreaLayer([shapely.box(-4000, -4000, 4000, 4000)])
TOWNSHIPS = AreaLayer([shapely.box(-4000, -4000, 0, 4000), shapely.box(0, -4000, 4000, 4000)])
NO_PLACES = AreaLayer([])
WEST, EAST, NONE = 0, 1, -1


def claimed(x: float, accuracy_m: float, *, stated: int = NONE, by_anchors: int = NONE) -> tuple[int, tuple[int, ...]]:
    """Return the township claimed, or the candidates, of a spot so far east of the border."""
    one = Stated(np.array([0]), np.array([stated]), np.array([by_anchors]))
    layers = (DISTRICT, TOWNSHIPS, NO_PLACES)
    claims = Claims.of(np.array([x]), np.array([0.0]), np.array([accuracy_m]), one, layers, np.array([0, 0]))
    return int(claims.township[0]), claims.townships[0]


@pytest.mark.parametrize(("x", "township"), [(500.0, EAST), (-500.0, WEST)])
def test_far_from_the_border_the_township_is_claimed(x: float, township: int) -> None:
    assert claimed(x, 300) == (township, ())


def test_a_border_within_the_accuracy_leaves_it_open_unless_the_numbers_around_agree() -> None:
    assert claimed(200, 300) == (NONE, (WEST, EAST))
    assert claimed(200, 300, by_anchors=EAST) == (EAST, ())
    assert claimed(200, 300, by_anchors=WEST) == (NONE, (WEST, EAST))


def test_what_a_row_states_decides_near_the_border_only_where_the_spot_agrees() -> None:
    assert claimed(200, 300, stated=EAST) == (EAST, ())
    assert claimed(200, 300, stated=WEST) == (NONE, (WEST, EAST))
    # beyond reach of what is stated, the spot alone tells
    assert claimed(500, 300, stated=WEST) == (EAST, ())
