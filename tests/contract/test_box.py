"""Boxes in degrees: what is one, and where China may be."""

from __future__ import annotations

import math
from typing import Any

import pytest

from geo.contract.box import CHINA_BOX, check_box, is_box, may_be_in_china
from geo.errors import UsageError


@pytest.mark.parametrize(
    "given",
    [
        [],
        [1, 2, 3],
        [2, 1, 1, 2],
        [1, 2, 2, 1],
        [0, 0, 200, 1],
        [0, 0, 1, 91],
        [0, 0, 1, math.nan],
        "0,0,1,1",
        [0, 0, 1, "1"],
    ],
)
def test_what_is_no_box(given: Any) -> None:
    assert not is_box(given)
    with pytest.raises(UsageError, match=r"--bbox is .*west, south, east, north") as refused:
        check_box(given, "--bbox")
    assert "西、南、东、北" in refused.value.translations["zh"]


def test_a_box_is_four_numbers() -> None:
    assert check_box([0, 1, 2, 3], "bbox") == (0.0, 1.0, 2.0, 3.0)


def test_a_box_that_only_touches_may_be_in_china_too() -> None:
    west, south, east, north = CHINA_BOX
    assert may_be_in_china((east, north, east + 1, north + 1))
    assert not may_be_in_china((west - 2, south, west - 1, north))
    assert not may_be_in_china((west, north + 1, east, north + 2))
