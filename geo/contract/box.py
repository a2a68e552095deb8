"""The bounding box of a city: west, south, east, north in degrees."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from geo.base.told import told
from geo.errors import UsageError

__all__ = ["CHINA_BOX", "Box", "check_box", "is_box", "may_be_in_china"]

#: West, south, east, north in degrees.
Box = tuple[float, float, float, float]

#: Only points inside this box are shifted (as in the `coordtransform` libraries); it covers China and parts of its
#: neighbours.
CHINA_BOX = (73.66, 3.86, 135.05, 53.55)


def is_box(given: Any) -> bool:
    """Return whether a value is a valid box: four numbers, west < east, south < north, within the world.

    Examples
    --------
    >>> is_box([9.9, 49.9, 10.5, 50.3]), is_box([10.5, 49.9, 9.9, 50.3]), is_box("9.9,49.9,10.5,50.3")
    (True, False, False)
    """
    if not (isinstance(given, list | tuple) and len(given) == 4 and all(map(_is_number, given))):
        return False
    return bool(-180 <= given[0] < given[2] <= 180 and -90 <= given[1] < given[3] <= 90)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def check_box(given: Sequence[float], name: str) -> Box:
    """Return the box if it is valid; otherwise raise `UsageError` with the name of the option."""
    if not is_box(list(given)):
        raise told(UsageError, "answer.no_box", name=name, given=list(given))
    west, south, east, north = map(float, given)
    return west, south, east, north


def may_be_in_china(box: Sequence[float]) -> bool:
    """Return whether any part of a box may lie in China.

    Examples
    --------
    >>> may_be_in_china([116.1, 39.7, 116.7, 40.2]), may_be_in_china([103.6, 1.1, 104.1, 1.5])
    (True, False)
    """
    west, south, east, north = CHINA_BOX
    return box[0] <= east and box[2] >= west and box[1] <= north and box[3] >= south
