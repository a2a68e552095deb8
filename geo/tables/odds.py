"""A comparison of several ways to read coordinates, by whether rows lie inside the areas that they name.

In the right reading nearly all rows do. A wrong one shifts them by half a kilometre or more, yet most stay inside, so
the evidence is the rows about which two readings disagree. Each row multiplies the odds of two readings by the ratio of
its likelihoods. The likelihood of a row outside its area falls with the distance from the area: a few metres may be due
to how the border is drawn; a row far outside is a mistake of the table, whose rate is estimated from the best reading.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geo.tables.verdict import LEAST_PLACES, DatumEvidence, PairEvidence

__all__ = ["Reading", "Voice", "inside", "judge", "one_per_cell", "pair", "sign_test"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

METRES_PER_DEGREE = 111_320.0
_CELL_DEG = 0.001
#: Scale of the errors of borders and points, metres.
_SOFT_M = 40.0
#: Probability that a row with a wrong name lies in the area it names all the same.
_BY_CHANCE = 0.5
_LEAST_MISTAKES = 0.02
_MOST_MISTAKES = 0.3
_MOST_ODDS = 30.0
_CONFIDENT = 0.985
_LEAST_INFORMATIVE = 2
_LEAST_SHARE = 0.85
#: If more than this share of the places that differ is against the best reading, the rows are of two kinds.
_AGAINST = 0.1
_AGAINST_P = 0.1
_PROBE_M = 500.0
_PROBE_NEAR_M = 100.0
_PROBE_PLACES = 20_000
_LEAST_LEAD = 1
#: Readings that differ by less than this, metres, are the same.
_SAME_M = 20.0
_NEAR_M = 300.0


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A way to read the coordinates of n rows.

    Attributes
    ----------
    name : str
        A datum, ``bd09mc``, or a CRS with a datum.
    lon, lat : ndarray of float64, shape (n,)
        The rows in this reading, degrees, WGS 84.
    datum, crs : str
        Datum of the degrees; CRS of the numbers, or ``""``.
    swapped : bool
        Whether the first number is the northing.
    """

    name: str
    lon: Floats
    lat: Floats
    datum: str
    crs: str = ""
    swapped: bool = False

    def at(self, rows: npt.NDArray[np.intp]) -> Reading:
        """Return the reading of some of the rows."""
        return Reading(self.name, self.lon[rows], self.lat[rows], self.datum, self.crs, self.swapped)


@dataclass(frozen=True, slots=True, eq=False)
class Voice:
    """What n rows say of their location.

    Attributes
    ----------
    target : ndarray of intp, shape (n,)
        The position in `polygons` of the area that each row names, -1 for none.
    polygons : list of shapely polygons
    column : str
        The column of districts it was read from, or "".
    """

    target: npt.NDArray[np.intp]
    polygons: list[Any]
    column: str = ""


def judge(readings: Sequence[Reading], voice: Voice, rows: int) -> DatumEvidence | None:
    """Compare readings by one voice; return None if no row names an area.

    Parameters
    ----------
    readings : sequence of Reading
        Ways to read the same rows, without NaN.
    voice : Voice
    rows : int
        Number of rows with a point.
    """
    named = np.flatnonzero(voice.target >= 0)
    if not named.size:
        return None
    target = voice.target[named]
    few = one_per_cell(readings[0].lon[named], readings[0].lat[named], target)
    chosen, target = named[few], target[few]
    ways = [reading.at(chosen) for reading in readings]
    hits = {way.name: inside(way.lon, way.lat, target, voice.polygons) for way in ways}
    shares = {name: float(hit.mean()) for name, hit in hits.items()}
    fits = _fits(ways, hits, target, voice.polygons)
    best = max(ways, key=lambda way: (fits[way.name].sum(), shares[way.name]))
    rivals = [way for way in ways if way is not best and _apart_m(best, way) > _SAME_M]
    pairs = tuple(pair(hits[best.name], hits[way.name], way.name) for way in rivals)
    doubts = [math.exp(-min(float((fits[best.name] - fits[way.name]).sum()), 700.0)) for way in rivals]
    confidence = 1 / (1 + sum(doubts))
    reason = _reason(best, rivals, pairs, shares[best.name], confidence, len(target))
    if reason == "decided":
        reason = _beside(best, target, voice.polygons, hits[best.name])
    datum = best.datum if reason == "decided" else None
    found = (datum, best.name, confidence, "names", rows, len(named), len(target), shares, pairs, reason)
    return DatumEvidence(*found, column=voice.column, crs=best.crs)


def _fits(ways: list[Reading], hits: dict[str, Bools], target: npt.NDArray[np.intp], polygons: list[Any]) -> Any:
    """Return the log-likelihood of each row in each reading: name → ndarray of float64; bounded from below."""
    mistakes = min(max(1 - max(float(h.mean()) for h in hits.values()) + 2 / len(target), _LEAST_MISTAKES), 1.0)
    mistakes = min(mistakes, _MOST_MISTAKES)
    fits = {}
    for way in ways:
        near = np.ones(len(target))
        out = np.flatnonzero(~hits[way.name])
        near[out] = np.exp(-_distance_m(way.lon[out], way.lat[out], target[out], polygons) / _SOFT_M)
        fits[way.name] = np.maximum(np.log((1 - mistakes) * near + mistakes * _BY_CHANCE), -math.log(_MOST_ODDS))
    return fits


def _reason(
    best: Reading, rivals: list[Reading], pairs: Sequence[PairEvidence], share: float, confidence: float, places: int
) -> str:
    """Return ``decided`` if the evidence suffices, else why it does not: message ``tables.datum.<reason>``."""
    if places < LEAST_PLACES:
        return "too_few"
    if share < _LEAST_SHARE:
        return "low_share"
    for one in pairs:
        told = one.speak_for + one.against
        if one.against >= 2 and _at_least(one.against, told, _AGAINST) < _AGAINST_P:
            return "mixed"
    clear = all(one.speak_for - one.against >= _LEAST_INFORMATIVE for one in pairs)
    if clear and confidence >= _CONFIDENT:
        return "decided"
    far = [one for one, way in zip(pairs, rivals, strict=True) if _apart_m(best, way) > _NEAR_M]
    return "near" if len(far) < len(pairs) and all(_is_ahead(one) for one in far) else "unclear"


def _is_ahead(one: PairEvidence) -> bool:
    """Return whether the best reading leads a rival by enough places."""
    return one.speak_for - one.against >= _LEAST_INFORMATIVE


def _at_least(hits: int, n: int, share: float) -> float:
    """Return the binomial probability of at least `hits` of `n` with chance `share`; for n > 10,000 the normal one."""
    if n > 10_000:
        return 0.5 * math.erfc((hits - 0.5 - n * share) / math.sqrt(2 * n * share * (1 - share)))
    logs = [
        math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) + k * math.log(share)
        + (n - k) * math.log(1 - share)
        for k in range(hits, n + 1)
    ]  # fmt: skip
    return min(1.0, math.fsum(map(math.exp, logs)))


def _beside(best: Reading, target: npt.NDArray[np.intp], polygons: list[Any], hits: Bools) -> str:
    """Return ``decided`` if the points fit better here than shifted in any of eight directions, else the reason.

    If a shift fits as well, they are in coordinates that were not considered: for example points "converted" from
    GCJ-02 that were never in it or, in metres of a national grid, points on an older datum some hundred metres away.
    """
    some = np.unique(np.linspace(0, len(target) - 1, min(len(target), _PROBE_PLACES)).astype(np.intp))
    lon, lat, there, now = best.lon[some], best.lat[some], target[some], hits[some]
    grid = best.crs.startswith("EPSG:") and best.crs not in ("EPSG:3857", "EPSG:3395")
    for distance in (_PROBE_M, _PROBE_NEAR_M) if grid else (_PROBE_M,):
        leads = []
        for angle in np.arange(0, 2 * np.pi, np.pi / 4):
            north = distance * np.sin(angle) / METRES_PER_DEGREE
            east = distance * np.cos(angle) / (METRES_PER_DEGREE * np.cos(np.radians(lat)))
            leads.append(int(now.sum()) - int(inside(lon + east, lat + north, there, polygons).sum()))
        if min(leads) < _LEAST_LEAD:
            return "near" if distance == _PROBE_NEAR_M else "shifted" if min(leads) < 0 else "unclear"
    return "decided"


def _apart_m(one: Reading, other: Reading) -> float:
    """Return the median distance between the points of two readings, metres."""
    east = (one.lon - other.lon) * np.cos(np.radians(one.lat))
    return float(np.median(np.hypot(east, one.lat - other.lat))) * METRES_PER_DEGREE


def pair(best: Bools, rival: Bools, name: str) -> PairEvidence:
    """Return the evidence of the rows about which two readings disagree."""
    speak_for, against = int((best & ~rival).sum()), int((rival & ~best).sum())
    return PairEvidence(name, speak_for, against, sign_test(speak_for, against))


def sign_test(successes: int, failures: int) -> float:
    """Return the one-sided p-value of a sign test.

    That is the probability of at least `successes` heads in `successes + failures` tosses of a fair coin: exact up to
    10,000 tosses, beyond that by the normal approximation.
    """
    n = successes + failures
    return 1.0 if n == 0 else _at_least(successes, n, 0.5)


def one_per_cell(x: Floats, y: Floats, target: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Return the positions of one row for each cell of 0.001° (about 100 m) and named area.

    So a mistake that is repeated at one place counts once.
    """
    cells = np.stack([np.round(x / _CELL_DEG), np.round(y / _CELL_DEG), target.astype(np.float64)], axis=1)
    return np.sort(np.unique(cells, axis=0, return_index=True)[1])


def inside(lon: Floats, lat: Floats, target: npt.NDArray[np.intp], polygons: list[Any]) -> Bools:
    """Return which points lie in the polygon they name: bool, shape (n,)."""
    result = np.zeros(len(lon), np.bool_)
    for place in np.unique(target):
        rows = target == place
        result[rows] = shapely.intersects_xy(polygons[place], lon[rows], lat[rows])
    return result


def _distance_m(lon: Floats, lat: Floats, target: npt.NDArray[np.intp], polygons: list[Any]) -> Floats:
    """Return the approximate distance of points from the polygon they name, metres; degrees count alike in x and y."""
    result = np.zeros(len(lon))
    for place in np.unique(target):
        rows = target == place
        result[rows] = shapely.distance(polygons[place], shapely.points(lon[rows], lat[rows]))
    return result * METRES_PER_DEGREE * 0.93
