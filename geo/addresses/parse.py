"""The parser of addresses: areas, roads with house numbers, crossings, and the rest."""

from __future__ import annotations

import re
from typing import NamedTuple

from geo.addresses.areas import AreaNames, Head
from geo.addresses.fold import folded

__all__ = ["ROADS", "Numbered", "Parsed", "boundary_cut", "parse", "road_names"]

#: How names of roads end.
ROADS = ("大道", "公路", "路", "街", "巷", "弄", "道", "线", "里", "环岛")
#: Words between a road and its number: 黄河路第635号, 临635号, 原635号, 甲635号, No.635.
_BEFORE_NUMBER = (*"第临原旧新附近甲乙丙丁", "临时", "No", "NO", "no")
#: The last name before digits, and the digits: 黄河路635号, 12弄, 3-5号, 1203之1. A name without digits matches too, so
#: that the search passes over it at once and does not begin again at each of its characters. A range or a list of
#: numbers counts as its first.
_NUMBERED = re.compile(r"([^\d,()/#-]++)(?:(\d++)([kK千]?米|[kK][mM]?|公里|路|号线|号桥|(?:[-,/]\d++)*+支?弄)?)?")
_AFTER_PLACE = ("号", "弄", "组", "队", "幢", "栋", "支弄")
_NO_HOUSE = ("号口", "号门", "号线", "号航站")
_LONGEST, _DIGITS = 24, 5
_ENDS = re.compile(r"大道|公路|路|街(?!道)")
_NO_NAME = re.compile(r"[^一-鿿]")
_BRACKETS = re.compile(r"\([^()]*\)?")
#: Words before the second of two roads; at the beginning of a name they may belong to it: 临汾路, 和田路.
_CONNECTS = re.compile(r"^(?:与|和|近|靠近|到|至|临|沿|及|的|口|交叉|、)+(?=.{3})")
_NEAR = re.compile(r"^(?:靠?近)+(?=.{3})")
#: Words before a road, unless what they leave is not a name: 二路, 中街, 浜路.
_EDGE = re.compile(
    r"^.*(?:街道|居委会?|镇|乡|工业区|开发区|园区|[^地小]区|县|园(?!区)|中心|走廊|基地|[一-鿿]{3}岛|.口|(?<=[路街道弄号口])[与和]|.近|侧|村)"
    r"(?=.{3})(?![东西南北中一二三四五六七八九十]{1,3}(?:支?路|支?弄|街|大道|村)$)"
)
#: Every match of `_EDGE` holds one of these.
_ANY_EDGE = re.compile(r"[道委镇乡区县园心口与和近侧村廊岛]|基地")


class Numbered(NamedTuple):
    """A name, the house number behind it, whether the name is that of a road, and the number that of a lane (弄)."""

    name: str
    number: int
    is_road: bool
    is_lane: bool = False


class Parsed(NamedTuple):
    """The parts of an address, folded (`geo.addresses.fold.folded`).

    Attributes
    ----------
    head : Head
        The areas it names.
    main : str
        The rest, without what is in brackets.
    aside : str
        What is in brackets, joined by commas.
    numbered : tuple of Numbered
        Names with a house number, in the order of the text, those outside brackets first. A name that is not a road
        only if there is no road with a number.
    """

    head: Head
    main: str
    aside: str
    numbered: tuple[Numbered, ...]


def parse(text: str, names: AreaNames) -> Parsed:
    """Split an address into its parts; about 8 µs.

    Parameters
    ----------
    text : str
        As it stands in the table.
    names : AreaNames
        Names of the areas of the city.

    Examples
    --------
    >>> names = AreaNames(["甲市"], [["东区"], ["西区"]], [["河口镇"]], [0])
    >>> found = parse("甲市东区河口镇 长江路 １２弄３号（近黄河路）", names)
    >>> found.head.districts, found.head.townships, found.numbered[0]
    ((0,), (0,), Numbered(name='长江路', number=12, is_road=True))
    """
    head = names.head(folded(text))
    main, aside = head.rest, ""
    if "(" in main:
        aside = ",".join(part.strip("()") for part in _BRACKETS.findall(main))
        main = _BRACKETS.sub("", main)
    found = _numbered(main) if not aside else [*_numbered(main), *_numbered(aside)]
    if not found and (place := _NUMBERED.match(main)) and place[2] and _is_place(main, place):
        found.append(Numbered(place[1], int(place[2]), False))
    return Parsed(head, main, aside, tuple(found))


def _numbered(text: str) -> list[Numbered]:
    """Return the roads with a house number in a text."""
    found = []
    for name, digits, unit in _NUMBERED.findall(text):
        if not digits or len(digits) > _DIGITS or (unit and unit[-1] != "弄"):
            continue
        if not name.endswith(ROADS):
            if not name.endswith(_BEFORE_NUMBER):
                continue
            name = name[: -2 if name[-2:] in _BEFORE_NUMBER else -1]
            if not name.endswith(ROADS):
                continue
        if len(name) > 1:
            found.append(Numbered(name[-_LONGEST:], int(digits), True, unit != ""))
    return found


def _is_place(main: str, place: re.Match[str]) -> bool:
    """Return whether digits behind a name that is no road are a house number, as in 慧农村9128号."""
    if not 2 <= len(place[1]) <= _LONGEST or len(place[2]) > _DIGITS:
        return False
    after = main[place.end(2) :]
    if after.startswith(_NO_HOUSE) or (place[3] is not None and not place[3].endswith("弄")):
        return False
    return not after or after.startswith(_AFTER_PLACE) or (after[0] == "-" and "号" in after)


def road_names(text: str) -> list[str]:
    """Return what may be names of roads in a text, in order, without connecting words before them.

    Examples
    --------
    >>> road_names("长江路近黄河路口")
    ['长江路', '黄河路']
    """
    found: list[str] = []
    start = 0
    for end in _ENDS.finditer(text):
        name = _NO_NAME.split(text[max(start, end.end() - _LONGEST) : end.end()])[-1]
        name = _CONNECTS.sub("", name) if found else _NEAR.sub("", name)
        start = end.end()
        if len(name) > 1:
            found.append(name)
    return found


def boundary_cut(name: str) -> str:
    """Return a name of a road without what precedes it: words that end like the name of an area, a park or a position.

    Examples
    --------
    >>> boundary_cut("高新技术开发区长江路"), boundary_cut("临汾路")
    ('长江路', '临汾路')
    """
    cut = _EDGE.match(name) if _ANY_EDGE.search(name) else None
    return _CONNECTS.sub("", name[cut.end() :]) if cut else _NEAR.sub("", name)
