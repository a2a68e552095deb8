"""Criteria for choosing places: conditions and wishes, as typed values and as text.

A criterion is ``KIND`` or ``KIND:ABOUT``: a measure, or a kind from ``geo/data/criteria.csv``, such as
``nearest_station_m``, ``institutions:university``, ``distance_km:10.1,50.1``. Measures, clusters, kinds of institutions
and places may be given by name; the criterion holds their ids. A condition is a criterion, one of
`OPERATORS` and a number: ``stations_1km >= 3``; ``cluster:ID`` alone means that the place has the cluster. A wish is
a criterion, ``=`` and its weight, negative if less is better: ``centre_km=-1``. A text separates them by ``;``.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

from geo.analysis.firms import kinds as institution_kinds
from geo.analysis.firms import kinds_called
from geo.atlas.atlas import Atlas
from geo.base.fold import fold
from geo.base.nearest import no_such
from geo.base.told import together, told
from geo.contract.typed import join_list, split_list
from geo.errors import UsageError

__all__ = ["MOST_CRITERIA", "OPERATORS", "Criteria", "Criterion", "CriterionKind", "Must", "Wish", "criterion_kinds"]

#: Comparison operators of a condition.
OPERATORS = (">=", "<=", ">", "<")

#: Maximum number of criteria in one choice: more cannot be weighed, and the length of a URL is limited.
MOST_CRITERIA = 20

#: Maximum of `points_within_m`: beyond this, every point in a city is near every place.
_FARTHEST_M = 100_000.0

_MUST = re.compile(r"(?P<key>[^<>=]+?)\s*(?P<op>>=|<=|>|<|≥|≤)\s*(?P<number>[^<>=]+)")
_WISH = re.compile(r"(?P<key>[^<>=]+?)\s*=\s*(?P<number>[^<>=]+)")
_ASCII = {"≥": ">=", "≤": "<="}


@dataclass(frozen=True, slots=True)
class CriterionKind:
    """A kind of criterion that is not a measure: a row of ``geo/data/criteria.csv``.

    Attributes
    ----------
    kind, topic : str
    takes : str
        What follows its colon: "spot", "institution_kind", "cluster", "metres", or "" for nothing.
    better : str
        "low" or "high": which is usually better.
    units, labels, definitions : mapping of language to str
    """

    kind: str
    takes: str
    topic: str
    better: str
    units: Mapping[str, str]
    labels: Mapping[str, str]
    definitions: Mapping[str, str]


@cache
def criterion_kinds() -> Mapping[str, CriterionKind]:
    """Return the kinds of criteria that are not measures, by id."""
    raw = resources.files("geo.data").joinpath("criteria.csv").read_text(encoding="utf-8")
    found = {}
    for row in csv.DictReader(raw.splitlines()):
        words = [{lang: row[f"{name}_{lang}"] for lang in ("zh", "en")} for name in ("unit", "label", "definition")]
        found[row["kind"]] = CriterionKind(row["kind"], row["takes"], row["topic"], row["better"], *words)
    return MappingProxyType(found)


@dataclass(frozen=True, slots=True)
class Criterion:
    """A property of a place to ask for: a measure, or one of `criterion_kinds` with its argument.

    Examples
    --------
    >>> Criterion("institutions", "university").key, Criterion("area_km2").is_measure
    ('institutions:university', True)
    """

    kind: str
    about: str = ""

    @property
    def key(self) -> str:
        """Text form of the criterion, its id."""
        return f"{self.kind}:{self.about}" if self.about else self.kind

    @property
    def is_measure(self) -> bool:
        """Whether the criterion is a measure of the atlas."""
        return self.kind not in criterion_kinds()

    @property
    def is_yes_or_no(self) -> bool:
        """Whether its values are 1 for yes and 0 for no."""
        return self.kind == "cluster"

    @property
    def asks_points(self) -> bool:
        """Whether it counts rows of the user's own table."""
        return not self.is_measure and criterion_kinds()[self.kind].topic == "points"

    @property
    def spot(self) -> tuple[float, float] | None:
        """Longitude and latitude of the target of a distance, None if the target is a place."""
        return _spot(self.about)

    @classmethod
    def parse(cls, text: str, atlas: Atlas) -> Criterion:
        """Read a criterion; raise `UsageError`, with the nearest name, for one that the atlas does not have."""
        kind, _, about = (part.strip() for part in text.strip().partition(":"))
        known = criterion_kinds()
        if kind not in known:
            measures, called = atlas.rows("measures"), atlas.called["measure"]
            one = text.strip() if text.strip() in measures else called.get(fold(text))
            if one is None:
                raise no_such("criterion", text.strip(), [*known, *measures], called)
            return cls(one)
        return cls(kind, _TAKES[known[kind].takes](kind, about, atlas))


@dataclass(frozen=True, slots=True)
class Must:
    """A condition: criterion, one of `OPERATORS`, number in the unit of the criterion."""

    criterion: Criterion
    operator: str
    number: float

    @property
    def text(self) -> str:
        """Text form of the condition."""
        if self.criterion.is_yes_or_no and (self.operator, self.number) == (">=", 1.0):
            return self.criterion.key
        return f"{self.criterion.key}{self.operator}{self.number:.12g}"


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish: criterion and weight, which is not zero; negative if less is better."""

    criterion: Criterion
    weight: float

    @property
    def text(self) -> str:
        """Text form of the wish."""
        return f"{self.criterion.key}={self.weight:.12g}"


@dataclass(frozen=True, slots=True)
class Criteria:
    """Conditions and wishes.

    Examples
    --------
    >>> atlas = Atlas.load()
    >>> asked = Criteria.parse("stations_1km >= 3; centre_km = -1; institutions:lab=2", atlas)
    >>> asked.text
    'stations_1km>=3;centre_km=-1;institutions:lab=2'
    >>> [wish.weight for wish in asked.wishes]
    [-1.0, 2.0]
    """

    musts: tuple[Must, ...] = ()
    wishes: tuple[Wish, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.musts or self.wishes)

    @property
    def text(self) -> str:
        """Text form of all of them, which `parse` reads back."""
        return join_list([*(one.text for one in self.musts), *(one.text for one in self.wishes)])

    @property
    def all(self) -> tuple[Criterion, ...]:
        """The criteria, each once, in their order."""
        asked = [*(one.criterion for one in self.musts), *(one.criterion for one in self.wishes)]
        return tuple(dict.fromkeys(asked))

    @property
    def excluding(self) -> tuple[Criterion, ...]:
        """The criteria whose conditions contradict each other, such as at least 3 and at most 1."""
        found = []
        for criterion in dict.fromkeys(one.criterion for one in self.musts):
            own = [one for one in self.musts if one.criterion == criterion]
            low = max((one.number for one in own if one.operator[0] == ">"), default=-math.inf)
            high = min((one.number for one in own if one.operator[0] == "<"), default=math.inf)
            found += [criterion] if low > high else []
        return tuple(found)

    @classmethod
    def parse(cls, text: str | Iterable[str], atlas: Atlas) -> Criteria:
        """Read criteria.

        Parameters
        ----------
        text : str or iterable of str
            In the syntax given in this module; several texts are joined.
        atlas : Atlas
            Its measures, clusters, institutions and places are those that criteria may name.

        Raises
        ------
        UsageError
            If a part cannot be read, names something that the atlas does not have, or weighs a criterion twice; the
            message lists all problems.
        """
        texts = [text] if isinstance(text, str) else list(text)
        musts: dict[Must, None] = {}
        wishes: dict[Criterion, Wish] = {}
        problems = list[UsageError]()
        for part in (part.strip() for one in texts for part in split_list(one.replace("；", ";"))):
            try:
                found = _part(part, atlas) if part else None
            except UsageError as error:
                problems.append(error)
                continue
            if isinstance(found, Must):
                musts[found] = None
            elif found is not None and found.criterion in wishes:
                problems.append(told(UsageError, "wrong.criterion_twice", criterion=found.criterion.key))
            elif found is not None:
                wishes[found.criterion] = found
        if (count := len(musts) + len(wishes)) > MOST_CRITERIA:
            problems.append(told(UsageError, "wrong.criteria_many", count=count, most=MOST_CRITERIA))
        if problems:
            raise together(UsageError, problems)
        return cls(tuple(musts), tuple(wishes.values()))


def _part(text: str, atlas: Atlas) -> Must | Wish:
    if found := _MUST.fullmatch(text):
        operator = _ASCII.get(found["op"], found["op"])
        return Must(Criterion.parse(found["key"], atlas), operator, _number(found["number"], text))
    if found := _WISH.fullmatch(text):
        criterion, weight = Criterion.parse(found["key"], atlas), _number(found["number"], text)
        if weight == 0:
            raise told(UsageError, "wrong.criterion_zero", given=text)
        return Wish(criterion, weight)
    if not re.search("[<>=]", text) and (criterion := Criterion.parse(text, atlas)).is_yes_or_no:
        return Must(criterion, ">=", 1.0)
    raise told(UsageError, "wrong.criterion", given=text[:80], operators=" ".join(OPERATORS[1:]))


def _number(given: str, text: str) -> float:
    try:
        number = float(given)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise told(UsageError, "wrong.criterion_number", given=text[:80], number=given.strip()[:40])
    return number


def _spot(about: str) -> tuple[float, float] | None:
    try:
        lon, lat = (float(part) for part in about.split(","))
    except ValueError:
        return None
    return (lon, lat) if -180 <= lon <= 180 and -90 <= lat <= 90 else None


def _take_spot(kind: str, about: str, atlas: Atlas) -> str:
    if spot := _spot(about):
        return f"{spot[0]:.10g},{spot[1]:.10g}"
    if not about or re.fullmatch(r"[-+.,\d\s]+", about):
        raise told(UsageError, "wrong.criterion_spot", given=f"{kind}:{about}", name=kind)
    return atlas.find(about)


def _take_kind(kind: str, about: str, atlas: Atlas) -> str:
    return _one_of(kind, about, "institution_kind", institution_kinds(atlas), kinds_called(atlas))


def _take_cluster(kind: str, about: str, atlas: Atlas) -> str:
    return _one_of(kind, about, "cluster", atlas.allowed["cluster"], atlas.called["cluster"])


def _one_of(kind: str, about: str, what: str, allowed: tuple[str, ...], called: Mapping[str, str]) -> str:
    one = about if about in allowed else called.get(fold(about))
    if one is None:
        raise no_such(what, about, allowed, called, where=f"{kind}:{about}")
    return one


def _take_metres(kind: str, about: str, atlas: Atlas) -> str:
    metres = _number(about, f"{kind}:{about}")
    if not 0 < metres <= _FARTHEST_M:
        raise told(UsageError, "wrong.criterion_metres", given=f"{kind}:{about}", most=f"{_FARTHEST_M:,.0f}")
    return f"{metres:.12g}"


def _take_nothing(kind: str, about: str, atlas: Atlas) -> str:
    if about:
        raise told(UsageError, "wrong.criterion_nothing", given=f"{kind}:{about}", name=kind)
    return ""


_TAKES: Mapping[str, Callable[[str, str, Atlas], str]] = {
    "": _take_nothing,
    "spot": _take_spot,
    "institution_kind": _take_kind,
    "cluster": _take_cluster,
    "metres": _take_metres,
}
