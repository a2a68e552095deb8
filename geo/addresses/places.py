"""Names that stand for a place in an address, as villages and estates do, and where the rows that bear them lie."""

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
#: Rows of one name lie no farther from the middle of their place; so many of them must, the others err.
_REACH_M, _LEAST_M, _MOST = 1500.0, 150.0, 0.5
#: The accuracy of a place holds so large a part of all rows that name it, those that err among them.
_HELD = 0.85
#: So much at most: how far off such a place is, is then measured rather than guessed.
_WIDEST_M = 3000.0
#: Of names that rows only pass, all rows must lie together; a road goes on beyond them, a hamlet has namesakes.
_ALL, _ROAD_M, _HAMLET_M = 0.99, 800.0, 300.0
#: Villages and estates: in an address they stand where else a road does.
_SETTLED = "村|新村|小区|街坊|坊|花园|花苑|家园|公寓|名苑|佳苑|新苑|苑|名邸|别墅|家宅|宅|[一二三四五六七八九十]区"
_SETTLEMENT = re.compile(rf"(?:{_SETTLED})$")
#: The first of them at the head of a name, unless it is part of the name of a road: 红旗村李家宅, 李园小区北门.
_HEAD = re.compile(rf"(.{{2,7}}?(?:{_SETTLED}))(?![一-鿿]{{0,2}}(?:路|街|弄))")
#: What lies in a village is a part of it, whatever it is called, unless it is an institution: 红旗村老油坊.
_PART = re.compile(r".{2,7}?村(?!路|街|弄)[^\d]{1,8}$")
_INSTITUTIONS = (*"学院园所司厂店站会室部校馆楼厦心库", "市场", "工地", "宿舍", "基地", "工业区", "开发区", "生活区")
#: What ends so says where, not what it is: 红旗村东首, 红旗村胜利村交界处.
_WHERE = (*"侧首处内旁边", "附近", "对面", "交界", "境")
#: A bare 15号 is no name: it would be found in 黄河路115号.
_DIGIT = re.compile(r"\d")


def is_settlement(name: str) -> bool:
    """Whether a name is that of a village or an estate, or of a part of a village."""
    if _SETTLEMENT.search(name) is not None:
        return True
    return "村" in name and not name.endswith((*_INSTITUTIONS, *_WHERE)) and _PART.match(name) is not None


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


def passing_names(parsed: Parsed) -> Iterator[str]:
    """Yield the names that an address says it is at, though it names more: its roads without a number, its hamlet.

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
    # What follows roads and is no village is what stands there: 黄河路泰山路口停车棚.
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
    """Return where the rows of one name lie: a spot for each district in which most of them lie together.

    Parameters
    ----------
    x, y : ndarray of shape (n,), float64, metres
    district : ndarray of shape (n,), int
    whole : ndarray of shape (n,), bool
        Rows that name nothing more are asked first: a service that places 红旗村李家宅 may have meant another 李家宅.
    most : float
        More than so large a share of them must lie together.
    least_m : float
        Least accuracy.
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
    """Return where the rows lie that are at a road or hamlet but name more, one spot for each district.

    Parameters
    ----------
    name : str
        One of `passing_names`.
    x, y : ndarray of shape (n,), float64, metres
    district : ndarray of shape (n,), int
    """
    least_m = _ROAD_M if name.endswith(ROADS) else _HAMLET_M
    return spots_of(x, y, district, np.zeros(len(x), bool), most=_ALL, least_m=least_m)


def _together(x: Floats, y: Floats, share: float) -> Ints | None:
    """Return which of some spots lie together, if most do; a single one does."""
    if not len(x):
        return None
    near = np.hypot(x[:, None] - x, y[:, None] - y) <= _REACH_M
    most = near[int(near.sum(axis=1).argmax())]
    return np.flatnonzero(most) if len(x) == 1 or most.sum() > share * len(x) else None
