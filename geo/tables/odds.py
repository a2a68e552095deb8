"""Which of several ways to read coordinates puts rows inside the areas they name, and how sure that is.

Under the right one nearly all rows lie inside what they name; a wrong one moves them by half a kilometre or more, and
still most stay inside. The rows on which two ways disagree are the evidence. Each multiplies the odds by how much
likelier it is under the one than under the other: a row far outside its area can only be a mistake of the table, whose
rate is read off the best; one a few metres outside may be a matter of how the border is drawn, and says little.
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
#: How far a border may be drawn beside where it is, or a row placed beside where it stands.
_SOFT_M = 40.0
#: Of rows that name a wrong area, those whose wrong area happens to be where they lie.
_BY_CHANCE = 0.5
_LEAST_MISTAKES = 0.02
_MOST_MISTAKES = 0.3
_MOST_ODDS = 30.0
_CONFIDENT = 0.985
_LEAST_INFORMATIVE = 2
_LEAST_SHARE = 0.85
#: More than so many of the places that tell two ways apart speak against the best: there are two kinds of rows.
_AGAINST = 0.1
_AGAINST_P = 0.1
_PROBE_M = 500.0
_PROBE_NEAR_M = 100.0
_PROBE_PLACES = 20_000
_LEAST_LEAD = 1
#: Two ways that put a point within so many metres are one.
_SAME_M = 20.0
_NEAR_M = 300.0


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """One way to read the coordinates of rows.

    Attributes
    ----------
    name : str
        A datum, ``bd09mc``, or a CRS with a datum.
    lon, lat : ndarray of shape (n,), float64
        Where it puts the rows, WGS 84.
    datum, crs : str
        Datum of the degrees; CRS of the numbers, or ``""``.
    swapped : bool
        The first number is the northing.
    """

    name: str
    lon: Floats
    lat: Floats
    datum: str
    crs: str = ""
    swapped: bool = False

    def at(self, rows: npt.NDArray[np.intp]) -> Reading:
        """Return the same for some rows."""
        return Reading(self.name, self.lon[rows], self.lat[rows], self.datum, self.crs, self.swapped)


@dataclass(frozen=True, slots=True, eq=False)
class Voice:
    """What rows say of where they are.

    Attributes
    ----------
    target : ndarray of shape (n,), intp
        The polygon that each row names, -1 for none.
    polygons : list of geometries
    column : str
        The column of districts it is read from, if it is one.
    """

    target: npt.NDArray[np.intp]
    polygons: list[Any]
    column: str = ""


def judge(readings: Sequence[Reading], voice: Voice, rows: int) -> DatumEvidence | None:
    """Weigh readings by what one voice says; None if it says nothing.

    Parameters
    ----------
    readings : sequence of Reading
        Of the same rows, NaN nowhere.
    voice : Voice
    rows : int
        How many rows there are.
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
    """Return the logarithm of how likely each row is under each way, the least one bounded."""
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
    return one.speak_for - one.against >= _LEAST_INFORMATIVE


def _at_least(hits: int, n: int, share: float) -> float:
    """Return P(at least `hits` of `n`) where each has the chance `share`; beyond 10,000 by its normal tail."""
    if n > 10_000:
        return 0.5 * math.erfc((hits - 0.5 - n * share) / math.sqrt(2 * n * share * (1 - share)))
    logs = [
        math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) + k * math.log(share)
        + (n - k) * math.log(1 - share)
        for k in range(hits, n + 1)
    ]  # fmt: skip
    return min(1.0, math.fsum(map(math.exp, logs)))


def _beside(best: Reading, target: npt.NDArray[np.intp], polygons: list[Any], hits: Bools) -> str:
    """Return ``decided`` if the points agree better here than moved to any of eight sides, else what stands against it.

    Without a lead they are in coordinates that nobody thought of, such as points that were "converted" from GCJ-02
    although they were not in it; or, in metres of a national grid, on an older datum some hundred metres beside.
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
    """Return the median distance at which two readings put a row, metres."""
    east = (one.lon - other.lon) * np.cos(np.radians(one.lat))
    return float(np.median(np.hypot(east, one.lat - other.lat))) * METRES_PER_DEGREE


def pair(best: Bools, rival: Bools, name: str) -> PairEvidence:
    """Return the evidence of the rows on which two readings disagree."""
    speak_for, against = int((best & ~rival).sum()), int((rival & ~best).sum())
    return PairEvidence(name, speak_for, against, sign_test(speak_for, against))


def sign_test(successes: int, failures: int) -> float:
    """Return P(at least `successes` of the sum) for a fair coin, exactly up to 10,000 tosses, else its normal tail."""
    n = successes + failures
    return 1.0 if n == 0 else _at_least(successes, n, 0.5)


def one_per_cell(x: Floats, y: Floats, target: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Return one row of those within about 100 m that name the same area: one mistake repeated is one mistake."""
    cells = np.stack([np.round(x / _CELL_DEG), np.round(y / _CELL_DEG), target.astype(np.float64)], axis=1)
    return np.sort(np.unique(cells, axis=0, return_index=True)[1])


def inside(lon: Floats, lat: Floats, target: npt.NDArray[np.intp], polygons: list[Any]) -> Bools:
    """Return which points lie in the polygon they name."""
    result = np.zeros(len(lon), np.bool_)
    for place in np.unique(target):
        rows = target == place
        result[rows] = shapely.intersects_xy(polygons[place], lon[rows], lat[rows])
    return result


def _distance_m(lon: Floats, lat: Floats, target: npt.NDArray[np.intp], polygons: list[Any]) -> Floats:
    """Return how far points are from the polygon they name, about; a degree counts the same to all sides."""
    result = np.zeros(len(lon))
    for place in np.unique(target):
        rows = target == place
        result[rows] = shapely.distance(polygons[place], shapely.points(lon[rows], lat[rows]))
    return result * METRES_PER_DEGREE * 0.93
