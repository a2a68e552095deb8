"""Names of the city and its areas at the beginning of an address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from geo.addresses.fold import folded

__all__ = ["GOES_ON", "AreaNames", "Head"]

#: A name without its kind is not an area if it begins the name of a road, a town or a station: 河口路, 西山卫.
GOES_ON = re.compile(
    r"[东西南北中]?[一二三四五六七八九十]?(?:支?路|街|大道|公路|环路|弄|巷)|[新]?[镇乡村城卫寺站港]|市场|大学|[东西南北]站"
)
#: A town before one of these is not an area but the beginning of a road's name: 河口镇路12号.
_BARE_ROAD = re.compile(r"(?:支?路|公路|大道)(?:\d|$)")
_TOWNS = "镇乡"
_KINDS = re.compile(r"(?:街道|地区|镇|乡|新区|区|县)$")
_PROVINCES = (
    "河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|"
    "内蒙古|广西|西藏|宁夏|新疆|北京|天津|重庆|香港|澳门"
)
_AREA = "区|县|市|镇|乡|街道"
#: Another province or city: 江苏省…, 江苏苏州…, 苏州市…, but no road (江苏路) and no part of a name (都市花园).
_ELSEWHERE = re.compile(
    r"[一-鿿]{2,8}?(?:省|自治区|特别行政区)"
    rf"|[一-鿿]{{2,4}}市(?=[一-鿿]{{1,9}}?(?:{_AREA}))"
    r"|[一-鿿]{2,3}(?<![城都超门夜菜花集闹])市(?=[一-鿿]{1,9}?(?:路|街|道))"
    rf"|(?:{_PROVINCES})(?!{GOES_ON.pattern})(?=[一-鿿]{{2,9}}?(?:{_AREA}|路|街))"
)
#: What may lead to the first area: a postcode, the number of a row, a word such as 注册地址 or (总部).
_LEAD = re.compile(
    r"\(?(?:邮编|邮政编码)?\d{6}\)?|\d{1,3},|\([^()]{1,8}\)"
    r"|(?:注册|办公|经营|生产|通讯|联系|详细|公司|单位|企业)?(?:地址|住所)(?:为|是)?"
)
_FREE_ZONES = ("中国({city})自由贸易试验区", "({city})自由贸易试验区", "中国{city}自由贸易试验区", "自由贸易试验区")
_COUNTRY = ("中华人民共和国", "中国")
_SPARE, _SPARES = re.compile(r"[,\-/]+|市辖区|办事处"), ",-/市办"
#: Most beginnings that are kept, and the most characters of one.
_BEGINNINGS, _LONGEST_BEGIN = 4096, 14
#: Words between two districts; elsewhere they may begin the name of a road: 和平路.
_AND, _ANDS = re.compile(r"[和与及或跨]|以及"), "和与及或跨以"


class Head(NamedTuple):
    """The areas that the beginning of an address names.

    Attributes
    ----------
    rest : str
        The address behind them.
    districts : tuple of int
        Numbers of the districts named; a former name may stand for several. Empty if none.
    townships : tuple of int
        Numbers of the townships named; empty if none.
    elsewhere : bool
        Whether another province or city is named.
    clash : bool
        Whether two different districts are named.
    named : str
        The words before `rest`.
    """

    rest: str
    districts: tuple[int, ...] = ()
    townships: tuple[int, ...] = ()
    elsewhere: bool = False
    clash: bool = False
    named: str = ""


class _Begun(NamedTuple):
    """What an address says up to its first district, kept because the addresses of a table begin in few ways.

    Fields: the position where these words end, and as in `Head`.
    """

    at: int
    districts: tuple[int, ...]
    townships: tuple[int, ...]
    clash: bool


@dataclass(slots=True)
class AreaNames:
    """Every name that an area may have at the beginning of an address, former names included.

    Parameters
    ----------
    city : sequence of str
        Names of the city, the full one and short ones.
    districts, townships : sequence of sequence of str
        Names of each district and township; areas are numbered in this order.
    parents : sequence of int
        Number of the district of each township.
    former_districts, former_townships : mapping of str to tuple of int
        Former names → numbers of the areas that cover that ground today.
    """

    city: Sequence[str]
    districts: Sequence[Sequence[str]]
    townships: Sequence[Sequence[str]]
    parents: Sequence[int]
    former_districts: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    former_townships: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    _full: dict[str, list[tuple[str, str, tuple[int, ...], bool]]] = field(init=False, default_factory=dict)
    _stems: dict[str, tuple[str, tuple[int, ...]]] = field(init=False, default_factory=dict)
    _exact: dict[tuple[str, str], set[int]] = field(init=False, default_factory=dict)
    _english: dict[str, tuple[int, ...]] = field(init=False, default_factory=dict)
    _begun: dict[str, _Begun | None] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        names: dict[tuple[str, str], tuple[set[int], bool]] = {}

        def add(name: str, kind: str, numbers: Iterable[int], short: bool) -> None:
            name = folded(name)
            if len(name) >= 2 and not name.isascii():
                known = names.setdefault((name, kind), (set(), short))
                known[0].update(numbers)

        for name in self.city:
            add(name, "city", (), not name.endswith("市"))
            for pattern in _FREE_ZONES:
                add(pattern.format(city=name.removesuffix("市")), "city", (), False)
        for name in _COUNTRY:
            add(name, "city", (), True)
        for kind, table in (("district", self.districts), ("township", self.townships)):
            for number, given in enumerate(table):
                for name in given:
                    self._exact.setdefault((kind, folded(name).lower()), set()).add(number)
                    if kind == "district" and name.isascii() and " " in name:  # a word alone may name a road
                        self._english[folded(name).lower()] = (number,)
                    full = bool(_KINDS.search(name))
                    if full or kind == "district":
                        add(name, kind, (number,), not full)
                    self._stem(kind, folded(name), (number,))
        for kind, old in (("district", self.former_districts), ("township", self.former_townships)):
            for name, given_now in old.items():
                add(name, kind, given_now, False)
                if kind == "township":
                    self._stem(kind, folded(name), given_now)
        for (name, kind), (numbers, short) in names.items():
            self._full.setdefault(name[:2], []).append((name, kind, tuple(sorted(numbers)), short))
        for found in self._full.values():
            found.sort(key=lambda entry: (-len(entry[0]), entry[1] == "city"))

    def _stem(self, kind: str, name: str, numbers: tuple[int, ...]) -> None:
        """Enter a name without its kind (河口 for 河口镇), unless another area has it already."""
        stem = _KINDS.sub("", name)
        if len(stem) >= 2 and not re.search(r"[路街道]$", stem) and stem not in self._stems:
            self._stems[stem] = (kind, numbers)

    def head(self, text: str) -> Head:
        """Split the names of areas, and what precedes them (a postcode, a label), from a folded address."""
        if text.isascii() and (english := self._in_english(text)) is not None:
            return english
        begun = self._begun.get(text[: text.find("区", 0, _LONGEST_BEGIN) + 1])
        if begun is None or not begun.at:
            text = self._without_lead(text)
            begin = text[: text.find("区", 0, _LONGEST_BEGIN) + 1]
            if begin not in self._begun and len(self._begun) < _BEGINNINGS:
                self._begun[begin] = self._beginning(begin)
            begun = self._begun.get(begin) or _Begun(0, (), (), False)
        at, districts, townships, clash = self._taken(text, *begun)
        elsewhere = not at and self._elsewhere(text)
        if districts and townships:
            townships = tuple(t for t in townships if self.parents[t] in districts) or townships
        return Head(text[at:], districts, townships, elsewhere, clash, text[:at])

    def _without_lead(self, text: str) -> str:
        """Return a text without what leads to its first area; unchanged if no area or other city follows."""
        lead = _LEAD.match(text)
        if lead is None or self._at(text, 0) is not None:
            return text
        behind = text[lead.end() :]
        return behind if self._at(behind, 0) is not None or self._elsewhere(behind) else text

    def _in_english(self, text: str) -> Head | None:
        """Return the district that an address in English names by its whole name, with the city; None if it does not.

        Another city may have a district of the same name.
        """
        words = text.lower()
        if not any(name.isascii() and folded(name).lower() in words for name in self.city):
            return None
        named = sorted({n for name, numbers in self._english.items() if name in words for n in numbers})
        return Head(text, tuple(named), clash=len(named) > 1) if named else None

    def _elsewhere(self, text: str) -> bool:
        """Return whether a text begins with another province or city."""
        found = _ELSEWHERE.match(text)
        return found is not None and not any(name in found[0] for name in self.city)

    def _beginning(self, begin: str) -> _Begun | None:
        """Return what a beginning says, None if that may depend on what follows."""
        found = _Begun(*self._taken(begin, 0, (), (), False))
        if found.at < len(begin):
            return None
        names = [name for entries in self._full.values() for name, *_ in entries]
        tails = [begin[start:] for start in range(len(begin))]
        goes_on = any(name.startswith(tail) and name != tail for name in names for tail in tails)
        return None if goes_on else found

    def _taken(
        self, text: str, at: int, districts: tuple[int, ...], townships: tuple[int, ...], clash: bool
    ) -> tuple[int, tuple[int, ...], tuple[int, ...], bool]:
        """Read names of areas from position `at` on; return where they end, and what is then known (as in `Head`)."""
        while True:
            found = self._at(text, at)
            if found is None:
                both = _AND.match(text, at) if districts and text[at : at + 1] in _ANDS else None
                second = self._at(text, both.end()) if both else None
                if both and second and second[1] == "district":
                    at = both.end()
                    continue
                spare = _SPARE.match(text, at) if text[at : at + 1] in _SPARES else None
                if spare is None or spare.end() == len(text):
                    break
                at = spare.end()
                continue
            at, kind, numbers = found
            if kind == "district":
                if districts and not set(districts) & set(numbers):
                    clash, districts = True, (*districts, *numbers)
                districts = districts or numbers
            elif kind == "township":
                townships = townships or numbers
        return at, districts, townships, clash

    def _at(self, text: str, at: int) -> tuple[int, str, tuple[int, ...]] | None:
        """Return end, kind and numbers of the longest name at a position of a text, None if there is none."""
        for name, kind, numbers, short in self._full.get(text[at : at + 2], ()):
            end = at + len(name)
            if not text.startswith(name, at) or (short and GOES_ON.match(text, end)):
                continue
            if name[-1] not in _TOWNS or not _BARE_ROAD.match(text, end):
                return end, kind, numbers
        return None

    def named(self, kind: str, cell: str) -> tuple[int, ...]:
        """Return the numbers of the areas that a cell of a column of districts or townships names; empty if none.

        `kind` is "district" or "township".
        """
        text = folded(cell)
        exact = self._exact.get((kind, text.lower()))
        if exact:
            return tuple(sorted(exact))
        head = self.head(text)
        return head.districts if kind == "district" else head.townships

    def hint(self, words: str) -> tuple[str, tuple[int, ...]] | None:
        """Return kind and numbers of the area whose name ends `words`, the text before a road, or None."""
        for start in range(max(len(words) - 8, 0), len(words) - 1):
            tail = words[start:]
            found = self._at(tail, 0)
            if found is not None and found[0] == len(tail) and found[1] != "city":
                return found[1], found[2]
            if tail in self._stems:
                return self._stems[tail]
        return None
