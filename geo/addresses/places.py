"""Names of villages, estates and other places in addresses, and their positions from the rows that have them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from geo.addresses.fold import key_of
from geo.addresses.gazetteer import NamedPoint
from geo.addresses.parse import ROADS, Parsed, boundary_cut, road_names

__all__ = ["is_settlement", "names_taught", "passing_names", "spots_of", "spots_passed"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

_SHORTEST, _LONGEST = 3, 20
#: Rows of one name lie together within this distance; least accuracy; share of the rows that must lie together.
_REACH_M, _LEAST_M, _MOST = 1500.0, 150.0, 0.5
#: Share of all rows of a name, wrong ones included, that its accuracy holds.
_HELD = 0.85
#: Largest accuracy of a name.
_WIDEST_M = 3000.0
#: For names that rows only mention: share that must lie together, and least accuracy of a road and a hamlet.
_ALL, _ROAD_M, _HAMLET_M = 0.99, 800.0, 300.0
#: Endings of villages and estates, which take the place of a road in an address.
_SETTLED = "村|新村|小区|街坊|坊|花园|花苑|家园|公寓|名苑|佳苑|新苑|苑|名邸|别墅|家宅|宅|[一二三四五六七八九十]区"
_SETTLEMENT = re.compile(rf"(?:{_SETTLED})$")
#: The first village or estate at the beginning of a name, unless a road is named so: 红旗村李家宅, 李园小区北门.
_HEAD = re.compile(rf"(.{{2,7}}?(?:{_SETTLED}))(?![一-鿿]{{0,2}}(?:路|街|弄))")
#: A part of a village, whatever its name, unless it is an institution: 红旗村老油坊.
_PART = re.compile(r".{2,7}?村(?!路|街|弄)[^\d]{1,8}$")
_INSTITUTIONS = (*"学院园所司厂店站会室部校馆楼厦心库", "市场", "工地", "宿舍", "基地", "工业区", "开发区", "生活区")
#: Endings of descriptions of a position, which are not names: 红旗村东首, 红旗村胜利村交界处.
_WHERE = (*"侧首处内旁边", "附近", "对面", "交界", "境")
#: A name must not hold digits: 15号 would be found in 黄河路115号.
_DIGIT = re.compile(r"\d")


def is_settlement(name: str) -> bool:
    """Return whether a name is that of a village, an estate, or a part of a village."""
    if _SETTLEMENT.search(name) is not None:
        return True
    return "村" in name and not name.endswith((*_INSTITUTIONS, *_WHERE)) and _PART.match(name) is not None


def names_taught(parsed: Parsed) -> Iterator[tuple[str, bool]]:
    """Yield each name whose position an address with coordinates teaches, and whether the name is the whole address.

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


def passing_names(parsed: Parsed) -> Iterator[str]:
    """Yield further names that an address lies at: its roads without a number, and its hamlet.

    Examples
    --------
    >>> from geo.addresses.areas import AreaNames
    >>> from geo.addresses.parse import parse
    >>> names = AreaNames([], [], [], [])
    >>> [list(passing_names(parse(text, names))) for text in ("黄河路泰山路口", "红旗村老油坊")]
    [['黄河路', '泰山路'], ['老油坊']]
    """
    if parsed.head.elsewhere:
        return
    numbered = {one.name for one in parsed.numbered}
    passed = [name for text in (parsed.main, parsed.aside) for name in road_names(text) if name not in numbered]
    roads = [key_of(boundary_cut(name)) for name in passed]
    yield from (name for name in roads if len(name) >= _SHORTEST)
    part = key_of(boundary_cut(parsed.main))
    if numbered or not _SHORTEST <= len(part) <= _LONGEST or _DIGIT.search(part):
        return
    # What follows roads and is not a village is a thing at that place: 黄河路泰山路口停车棚.
    if is_settlement(part) or not (roads or part.endswith((*ROADS, *_INSTITUTIONS, *_WHERE))):
        yield part


def spots_of(
    x: Floats,
    y: Floats,
    district: Ints,
    whole: npt.NDArray[np.bool_],
    *,
    most: float = _MOST,
    least_m: float = _LEAST_M,
) -> list[NamedPoint]:
    """Return the positions of a name from the rows that have it: one for each district in which most lie together.

    Parameters
    ----------
    x, y : ndarray of float64, shape (n,), metres
    district : ndarray of intp, shape (n,)
    whole : ndarray of bool, shape (n,)
        Rows whose address is this name alone. They are asked before the others, which may lie in a namesake of a part.
    most : float
        More than this share of the rows must lie within 1.5 km of one of them.
    least_m : float
        Least accuracy, metres.

    Returns
    -------
    list of NamedPoint
        At the median; the accuracy holds 85 % of the rows of the district, and is at most 3 km.
    """
    found = []
    for one in np.unique(district).tolist():
        inside = np.flatnonzero(district == one)
        for rows in (inside[whole[inside]], inside):
            if (together := _together(x[rows], y[rows], most)) is not None:
                at = rows[together]
                middle = float(np.median(x[at])), float(np.median(y[at]))
                far = np.sort(np.hypot(x[inside] - middle[0], y[inside] - middle[1]))
                reach = float(far[math.ceil(_HELD * len(far)) - 1])
                found.append(NamedPoint(*middle, min(max(reach, least_m), _WIDEST_M), int(one)))
                break
    return found


def spots_passed(name: str, x: Floats, y: Floats, district: Ints) -> list[NamedPoint]:
    """Return the positions of a name that rows mention among others (`passing_names`), one for each district.

    Parameters
    ----------
    name : str
    x, y : ndarray of float64, shape (n,), metres
    district : ndarray of intp, shape (n,)
    """
    least_m = _ROAD_M if name.endswith(ROADS) else _HAMLET_M
    return spots_of(x, y, district, np.zeros(len(x), bool), most=_ALL, least_m=least_m)


def _together(x: Floats, y: Floats, share: float) -> Ints | None:
    """Return the indices of the largest group within 1.5 km of one point, if its share is larger than `share`.

    A single point is such a group; without one, the answer is None.
    """
    if not len(x):
        return None
    near = np.hypot(x[:, None] - x, y[:, None] - y) <= _REACH_M
    most = near[int(near.sum(axis=1).argmax())]
    return np.flatnonzero(most) if len(x) == 1 or most.sum() > share * len(x) else None
