"""Site choice as a DataFrame: one row per place, unknown values as missing."""

from __future__ import annotations

from collections.abc import Iterable

import geopandas as gpd
import pandas as pd

from geo.analysis.site_choice import choose as choosing
from geo.analysis.site_choice.choose import SWING, Choice
from geo.analysis.site_choice.choose_rows import choice_records
from geo.analysis.site_choice.choose_words import answer_texts
from geo.analysis.site_choice.criteria import Criteria
from geo.analysis.site_choice.criteria_values import Spots
from geo.atlas import Atlas, View, atlas_of
from geo.atlas.selection import as_tuple
from geo.base.messages import check_language
from geo.base.told import told
from geo.errors import UsageError

__all__ = ["choose", "spots_of"]

_RANKS = ("rank", "rank_low", "rank_high")


def choose(
    atlas: Atlas | View,
    criteria: str | Iterable[str],
    *,
    places: str | Iterable[str] | None = None,
    points: pd.DataFrame | None = None,
    language: str = "zh",
) -> pd.DataFrame:
    """Rank places by criteria, each with its reasons and with what is unknown about it.

    Parameters
    ----------
    atlas : Atlas or View
    criteria : str or iterable of str
        Conditions, such as ``"stations_1km >= 3"`` or ``"cluster:robots_hardware"``, and wishes with a weight, which is
        negative if less is better: ``"centre_km=-1"``. A criterion is the id of a measure, ``distance_km:LON,LAT`` or
        ``distance_km:PLACE``, ``nearest_km:KIND`` and ``institutions:KIND`` (kind of institution), ``cluster:ID``,
        ``points_inside`` or ``points_within_m:METRES``; several criteria in one text are separated by ``;``.
    places : str or iterable of str, optional
        Ids, names or aliases, all of one level; by default the places of the view, or for an atlas those of the layout.
    points : DataFrame or GeoDataFrame, optional
        Your own points: the result of `geo.join` or `geo.geocode`, or points with a CRS.
    language : {"zh", "en"}
        Language of names and answer.

    Returns
    -------
    DataFrame
        One row per place, index ``place_id``: places that fit, by rank; then those where this is unknown; then those
        that fail. Columns ``name``, ``state`` ("fits", "open", "fails"), ``rank``, ``rank_low``, ``rank_high`` (Int64:
        the rank, and its range when each single weight changes by ±20 %), ``score``, ``score_high`` (float64, 0 to 1:
        the certain and the highest possible score), ``unknown``, ``failed`` (lists of criteria), then one column per
        criterion with its value (float64, NaN if unknown or not comparable, never 0 instead). ``.attrs`` holds plain
        values: ``criteria`` as text, ``answer`` in sentences, ``swing``, ``ranges`` (minimum and maximum by criterion)
        and ``records``: for each place and criterion the value with date, scope, source and the reasons not to compare
        it.

    Raises
    ------
    UsageError
        If there is no criterion, one cannot be read, one needs points but none are given, or a place is unknown; the
        message suggests the nearest names.

    Notes
    -----
    See `geo.analysis.site_choice.choose` for the rule and its sources. Cost: milliseconds; the first call takes 1 s.

    Examples
    --------
    >>> found = choose(Atlas.load(), ["stations_1km >= 3", "centre_km = -1"])
    >>> fits = found[found["state"] == "fits"]
    >>> bool(fits["centre_km"].is_monotonic_increasing), bool((fits["stations_1km"] >= 3).all())
    (True, True)
    >>> int(fits["rank"].min())
    1
    """
    check_language(language)
    atlas, places_shown = atlas_of(atlas)
    asked = Criteria.parse(criteria, atlas)
    if points is None and (own := [one.key for one in asked.all if one.asks_points]):
        raise told(UsageError, "wrong.asked_points", criteria=", ".join(own))
    usual = atlas.layout_ids if places_shown is None else places_shown
    wanted = list(usual) if places is None else [atlas.find(place) for place in as_tuple(places)]
    spots = None if points is None else spots_of(points)
    return _frame(atlas, choosing.choose(atlas, asked, wanted, spots), language)


def spots_of(points: pd.DataFrame) -> Spots:
    """Return the points of a joined or geocoded DataFrame, or of a GeoDataFrame with a CRS.

    Raises
    ------
    UsageError
        If the argument is none of these.
    """
    if {"lon_wgs84", "lat_wgs84"}.issubset(points.columns):
        return Spots(points["lon_wgs84"].to_numpy(dtype=float), points["lat_wgs84"].to_numpy(dtype=float))
    if isinstance(points, gpd.GeoDataFrame) and points.crs is not None and set(points.geom_type.dropna()) <= {"Point"}:
        found = points.geometry.to_crs("EPSG:4326")
        return Spots(found.x.to_numpy(dtype=float), found.y.to_numpy(dtype=float))
    raise told(UsageError, "wrong.points_columns")


def _frame(atlas: Atlas, choice: Choice, language: str) -> pd.DataFrame:
    rows = [
        {
            "place_id": one.place_id,
            "name": atlas.name(one.place_id, language),
            **{name: getattr(one, name) for name in ("state", *_RANKS, "score", "score_high")},
            "unknown": list(one.unknown),
            "failed": [must.text for must in one.failed],
            **{key: cell.value if cell.comparable else None for key, cell in one.cells.items()},
        }
        for one in choice.candidates
    ]
    keys = [one.key for one in choice.criteria.all]
    columns = ["place_id", "name", "state", *_RANKS, "score", "score_high", "unknown", "failed", *keys]
    frame = pd.DataFrame(rows, columns=columns).set_index("place_id")
    types = {**dict.fromkeys(_RANKS, "Int64"), **dict.fromkeys(("score", "score_high", *keys), "float64")}
    frame = frame.astype({"name": "str", "state": "str", **types})
    frame.attrs.update(
        criteria=choice.criteria.text,
        answer=answer_texts(atlas, choice, language),
        swing=SWING,
        ranges={key: list(ends) if ends else None for key, ends in choice.ranges.items()},
        records=choice_records(choice, failing=True),
    )
    return frame
