"""The value of a criterion at each place, with its source and the reasons not to compare it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from geo.analysis.compare import Cell, Reason, judge, judged, level_of
from geo.analysis.figures import Figure
from geo.analysis.firms import NEAR, firms
from geo.analysis.site_choice.criteria import Criterion
from geo.assign import assign
from geo.atlas.atlas import Atlas
from geo.crs.geodesy import geodesic_distance_m

__all__ = ["Spots", "criterion_cells"]


@dataclass(frozen=True, eq=False)
class Spots:
    """The points of the user's own table in WGS 84; NaN means no location, such points count nowhere."""

    lon: npt.NDArray[np.float64]
    lat: npt.NDArray[np.float64]
    _kept: dict[tuple[str, float], dict[str, int]] = field(default_factory=dict)

    def counts(self, atlas: Atlas, within_m: float) -> dict[str, int]:
        """Return the number of points inside each place (by the same rule as the join), or within some metres of it.

        Notes
        -----
        Linear in the number of points; about 0.3 s for 500,000. Cached for each distance.
        """
        key = (atlas.digest, within_m)
        if key not in self._kept:
            shapes = atlas.places.geometry
            numbers = self._near(shapes, atlas.meta["metric_crs"], within_m) if within_m else self._inside(shapes)
            self._kept[key] = dict(zip(map(str, shapes.index), map(int, numbers), strict=True))
        return self._kept[key]

    def _inside(self, shapes: gpd.GeoSeries) -> npt.NDArray[np.int64]:
        return assign(self.lon, self.lat, shapes).counts()

    def _near(self, shapes: gpd.GeoSeries, crs: str, within_m: float) -> npt.NDArray[np.int64]:
        known = np.isfinite(self.lon) & np.isfinite(self.lat)
        points = gpd.GeoSeries(shapely.points(self.lon[known], self.lat[known]), crs="EPSG:4326")
        tree = shapely.STRtree(points.to_crs(crs).to_numpy())
        held = tree.query(shapes.to_crs(crs).to_numpy(), predicate="dwithin", distance=within_m)[0]
        return np.bincount(held, minlength=len(shapes))


def criterion_cells(
    atlas: Atlas, criterion: Criterion, place_ids: Sequence[str], spots: Spots | None = None
) -> tuple[Cell, ...]:
    """Return one cell of a criterion per place, in their order.

    A measure is judged as in `geo.analysis.compare`. A value computed from a schematic boundary is not compared, nor
    is a cluster for which there is only a weak source.

    Parameters
    ----------
    atlas : Atlas
    criterion : Criterion
    place_ids : sequence of str
        All candidate places: levels and dates are judged in relation to each other.
    spots : Spots, optional
        The user's own points; without them, criteria that count points are unknown.
    """
    if criterion.is_measure:
        return judged(atlas, criterion.kind, place_ids)
    figures = _points(atlas, criterion, spots) if criterion.asks_points else _figures(atlas, criterion)
    return judge([_cell(atlas, place_id, figures.get(place_id)) for place_id in place_ids])


@lru_cache(maxsize=64)
def _figures(atlas: Atlas, criterion: Criterion) -> Mapping[str, Figure]:
    return MappingProxyType(_VALUES[criterion.kind](atlas, criterion))


def _cell(atlas: Atlas, place_id: str, one: Figure | None) -> Cell:
    reasons: tuple[Reason, ...] = ()
    if one and one.is_computed and one.scope and atlas.place_rows[place_id]["method"] == "schematic":
        reasons = (Reason("schematic"),)
    elif one and one.grade == "C":
        reasons = (Reason("grade", ("C",)),)
    return Cell(place_id, level_of(atlas, place_id), one, timeless=True, reasons=reasons)


def _computed(
    atlas: Atlas, key: str, values: dict[str, float], qualifier: str = "exact", detail: str = ""
) -> dict[str, Figure]:
    """Return values computed from the boundaries as figures."""
    return {
        place_id: Figure(
            place_id,
            key,
            value,
            qualifier,
            as_of=str(atlas.meta["data_date"]),
            scope=str(atlas.place_rows[place_id]["scope"]),
            source_id=str(atlas.place_rows[place_id]["boundary_source_id"]),
            detail=detail,
        )
        for place_id, value in values.items()
    }


def _labels(atlas: Atlas) -> tuple[list[str], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    places = atlas.places
    return list(map(str, places.index)), places["label_lon"].to_numpy(float), places["label_lat"].to_numpy(float)


def _distance(atlas: Atlas, criterion: Criterion) -> dict[str, Figure]:
    place_ids, lon, lat = _labels(atlas)
    if (spot := criterion.spot) is None:
        row = atlas.place_rows[criterion.about]
        spot = (float(row["label_lon"]), float(row["label_lat"]))
    away = geodesic_distance_m(lon, lat, np.full_like(lon, spot[0]), np.full_like(lat, spot[1])) / 1000
    return _computed(atlas, criterion.key, {key: round(float(km), 2) for key, km in zip(place_ids, away, strict=True)})


def _nearest(atlas: Atlas, criterion: Criterion) -> dict[str, Figure]:
    """Return the distance to the nearest located institution; the true one may be nearer if some have no location."""
    own = [one for one in firms(atlas) if one.row["kind"] == criterion.about and one.row["status"] != "closed"]
    points = atlas.institutions.geometry.loc[[one.institution_id for one in own]]
    placed = points[points.notna()]
    if placed.empty:
        return {}
    qualifier = "exact" if len(placed) == len(own) else "at_most"
    place_ids, lon, lat = _labels(atlas)
    away = np.asarray(
        geodesic_distance_m(*(np.broadcast_to(a[:, None], (len(lon), len(placed))) for a in (lon, lat)),
                            *(np.broadcast_to(b, (len(lon), len(placed))) for b in (placed.x, placed.y)))
    )  # fmt: skip
    first = away.argmin(axis=1)
    found: dict[str, Figure] = {}
    for at, place_id in enumerate(place_ids):
        value = {place_id: round(float(away[at, first[at]]) / 1000, 2)}
        found |= _computed(atlas, criterion.key, value, qualifier, str(placed.index[first[at]]))
    return found


def _counted(atlas: Atlas, criterion: Criterion) -> dict[str, Figure]:
    """Count the open institutions of a kind by place, by the rule of `geo.analysis.firms`."""
    counts = dict.fromkeys(atlas, 0.0)
    for one in firms(atlas):
        if one.row["kind"] == criterion.about and one.row["status"] != "closed":
            for place_id, by in one.belongs.items():
                counts[place_id] += by != NEAR
    return _computed(atlas, criterion.key, counts)


def _cluster(atlas: Atlas, criterion: Criterion) -> dict[str, Figure]:
    grades = {source_id: str(row["grade"]) for source_id, row in atlas.rows("sources").items()}
    found: dict[str, Figure] = {}
    for row in atlas.table("place_clusters").itertuples():
        place_id, source_id = str(row.place_id), str(row.source_id)
        if row.cluster_id == criterion.about:
            found[place_id] = Figure(place_id, criterion.key, 1.0, source_id=source_id, grade=grades[source_id])
        else:
            found.setdefault(place_id, Figure(place_id, criterion.key, 0.0))
    return found


def _points(atlas: Atlas, criterion: Criterion, spots: Spots | None) -> dict[str, Figure]:
    if spots is None:
        return {}
    counts = spots.counts(atlas, float(criterion.about or 0))
    return _computed(atlas, criterion.key, {place_id: float(count) for place_id, count in counts.items()})


_VALUES = {
    "distance_km": _distance,
    "nearest_km": _nearest,
    "institutions": _counted,
    "cluster": _cluster,
}
