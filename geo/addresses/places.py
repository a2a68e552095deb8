"""Names that stand for a place in an address, as villages and estates do, and where the rows that bear them lie."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from geo.addresses.fold import key_of
from geo.addresses.gazetteer import NamedPoint
from geo.addresses.parse import ROADS, Parsed

__all__ = ["is_settlement", "names_taught", "spots_of"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

_SHORTEST, _LONGEST = 3, 20
#: Rows of one name lie no farther from the middle of their place; so many of them must, the others err.
_REACH_M, _LEAST_M, _MOST = 1500.0, 150.0, 0.5
#: The accuracy of a place holds so large a part of all rows that name it, those that err among them.
_HELD = 0.85
#: So much at most: how far off such a place is, is then measured rather than guessed.
_WIDEST_M = 3000.0
#: Villages and estates: in an address they stand where else a road does.
_SETTLED = "村|新村|小区|街坊|坊|花园|花苑|家园|公寓|名苑|佳苑|新苑|苑|名邸|别墅|家宅|宅|[一二三四五六七八九十]区"
_SETTLEMENT = re.compile(rf"(?:{_SETTLED})$")
#: The first of them at the head of a name, unless it is part of the name of a road: 红旗村李家宅, 李园小区北门.
_HEAD = re.compile(rf"(.{{2,7}}?(?:{_SETTLED}))(?![一-鿿]{{0,2}}(?:路|街|弄))")
#: A bare 15号 is no name: it would be found in 黄河路115号.
_DIGIT = re.compile(r"\d")


def is_settlement(name: str) -> bool:
    """Whether a name is that of a village or an estate."""
    return _SETTLEMENT.search(name) is not None


def names_taught(parsed: Parsed) -> Iterator[tuple[str, bool]]:
    """Yield each name that an address gives a spot to if its row has coordinates, and whether it is the whole address.

    Parameters
    ----------
    parsed : Parsed

    Examples
    --------
    >>> from geo.addresses.areas import AreaNames
    >>> from geo.addresses.parse import parse
    >>> list(names_taught(parse("红旗村李家宅", AreaNames([], [], [], []))))
    [('红旗村李家宅', True), ('红旗村', False)]
    """
    if parsed.head.elsewhere:
        return
    whole, name = key_of(parsed.main), ""
    if parsed.numbered:
        name = key_of(parsed.numbered[0].name)
        if not parsed.numbered[0].is_road and is_settlement(name) and whole.startswith(name):
            yield name, False
    elif _SHORTEST <= len(whole) <= _LONGEST and not whole.endswith(ROADS) and not _DIGIT.search(whole):
        yield whole, True
    head = _HEAD.match(whole)
    if head is not None and len(head[1]) >= _SHORTEST and head[1] not in (whole, name):
        yield head[1], False


def spots_of(x: Floats, y: Floats, district: Ints, whole: npt.NDArray[np.bool_]) -> list[NamedPoint]:
    """Return where the rows of one name lie: a spot for each district in which most of them lie together.

    Parameters
    ----------
    x, y : ndarray of shape (n,), float64, metres
    district : ndarray of shape (n,), int
    whole : ndarray of shape (n,), bool
        Rows that name nothing more are asked first: a service that places 红旗村李家宅 may have meant another 李家宅.
    """
    found = []
    for one in np.unique(district).tolist():
        inside = np.flatnonzero(district == one)
        for rows in (inside[whole[inside]], inside):
            if (together := _together(x[rows], y[rows])) is not None:
                at = rows[together]
                middle = float(np.median(x[at])), float(np.median(y[at]))
                far = np.sort(np.hypot(x[inside] - middle[0], y[inside] - middle[1]))
                reach = float(far[math.ceil(_HELD * len(far)) - 1])
                found.append(NamedPoint(*middle, min(max(reach, _LEAST_M), _WIDEST_M), int(one)))
                break
    return found


def _together(x: Floats, y: Floats) -> Ints | None:
    """Return which of some spots lie together, if most do; a single one does."""
    if not len(x):
        return None
    near = np.hypot(x[:, None] - x, y[:, None] - y) <= _REACH_M
    most = near[int(near.sum(axis=1).argmax())]
    return np.flatnonzero(most) if len(x) == 1 or most.sum() > _MOST * len(x) else None
