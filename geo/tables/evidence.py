"""The datum of an open table, and the CRS of coordinates in metres, determined from its own columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from geo.crs.datums import DATUMS, to_wgs84
from geo.crs.rounding import rounding_deg
from geo.tables.areas import Areas
from geo.tables.datum import voices, weigh_readings
from geo.tables.odds import Reading
from geo.tables.place_columns import find_place_columns
from geo.tables.projections import BD09MC, SCALED, Fit
from geo.tables.reader import TableReader
from geo.tables.values import as_text
from geo.tables.verdict import DatumEvidence

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["weigh_table"]

_SPREAD_ROWS = 200_000
#: From this many rows that name an area on, these must agree with a datum in a column's name.
_LEAST_NAMED = 5
_LEAST_AHEAD = 2
_COARSE_DEG = 0.01
_LEAST_SHARE = 0.85
_SURE = 0.85


def weigh_table(
    table: TableReader,
    *,
    areas: gpd.GeoDataFrame | Areas,
    townships: gpd.GeoDataFrame | Areas | None = None,
    water: gpd.GeoDataFrame | Areas | None = None,
    rows: int = 50_000,
    datum: str | None = None,
) -> DatumEvidence:
    r"""Determine the datum of a table: `geo.tables.datum.weigh` with the columns that name places found automatically.

    Columns whose cells are names or codes of districts or townships are used, whatever their names, and columns of
    addresses. Coordinates in metres are tried in every CRS that puts them into the city, and in every datum; the table
    is then read in the CRS that was decided. A datum stated in a column's name, or a CRS stated by the file, is
    accepted if the rows do not contradict it.

    The first `rows` rows are used; if they do not decide and there are more, rows spread over the whole table.

    Parameters
    ----------
    table : TableReader
        Read from the start; it can be read again afterwards.
    areas, townships, water : GeoDataFrame or Areas
        As for `geo.tables.datum.weigh`.
    rows : int
        Number of rows that are used first.
    datum : str, optional
        The datum, if it is known: then only the CRS of metres is determined.

    Returns
    -------
    DatumEvidence
        Its `datum` is None if the evidence is not clear.

    Raises
    ------
    UsageError
        If it is not clear which columns hold the coordinates.

    Examples
    --------
    >>> import io, geopandas, shapely
    >>> from geo.tables import open_table
    >>> areas = geopandas.GeoDataFrame({"name": ["甲区"]}, geometry=[shapely.box(116, 39, 117, 40)], crs=4326)
    >>> with open_table(io.BytesIO("区,lng,lat\n甲区,116.4,39.9\n".encode())) as table:
    ...     evidence = weigh_table(table, areas=areas)
    >>> evidence.datum is None, evidence.rows  # one row decides nothing
    (True, 1)
    """
    spec = table.require_points()
    ways = _ways(table, datum)
    if datum is not None and len(ways) == 1:
        return _settled(table, DatumEvidence(datum, datum, 1.0, "none", 0, 0, 0, {}, (), "given"), ways)
    areas, townships, water = Areas.of(areas), *(None if a is None else Areas.of(a) for a in (townships, water))
    first = table.sample(rows)
    evidence = _weigh_sample(table, first, ways, areas, townships, water)
    whole = first.num_rows < rows or table.rows == rows
    if evidence.datum is None and not whole:
        spread = table.sample(_SPREAD_ROWS, spread=True)
        evidence, whole = _weigh_sample(table, spread, ways, areas, townships, water), spread.num_rows < _SPREAD_ROWS
    evidence = replace(evidence, label=spec.datum)
    if whole and not evidence.rows and not spec.datum:  # there is nothing whose datum would have to be known
        evidence = replace(evidence, datum="wgs84", best="wgs84", reason="no_points")
    if spec.datum:
        evidence = _with_label(evidence, spec.datum, ways)
    elif spec.crs_rule in ("option", "file") and spec.crs not in SCALED:
        stated = "bd09" if spec.crs == BD09MC else "wgs84"
        if evidence.datum in (None, stated):
            evidence = replace(
                evidence, datum=stated, best=stated, crs=spec.crs, kind="crs", reason="by_crs", shares={}
            )
        else:
            evidence = replace(evidence, datum=None, reason="contradicts_crs")
    return _settled(table, evidence, ways)


def _ways(table: TableReader, datum: str | None) -> dict[str, tuple[Fit, str]]:
    """Return the ways to read the numbers: name → CRS and order of the two columns, and datum of the degrees."""
    spec = table.require_points()
    told = Fit(spec.crs, spec.swapped, 1.0, True, ("bd09",) if spec.crs == BD09MC else DATUMS)
    fits: Sequence[Fit] = table.fits or (told,)
    if datum is not None:
        fits = [fit for fit in fits if datum in fit.datums]
        if datum != "bd09":  # who says WGS 84 means the datum of today
            fits = [fit for fit in fits if fit.usual] or fits[:1]
        fits = fits or (told,)
    degrees = all(fit.crs in SCALED or not fit.crs for fit in fits)
    named = {}
    for fit in fits:
        for one in fit.datums:
            if datum in (None, one):
                name = one if degrees else BD09MC if fit.crs == BD09MC else f"{fit.crs}+{one}"
                named[name] = (fit, one)
    return named


def _settled(table: TableReader, evidence: DatumEvidence, ways: dict[str, tuple[Fit, str]]) -> DatumEvidence:
    """Set the table to the CRS and order that were decided; return the evidence."""
    if evidence.datum is None or not table.fits:
        return evidence
    name = evidence.best if evidence.best in ways else next(iter(ways))
    table.settle(ways[name][0])
    return replace(evidence, crs=ways[name][0].crs)


def _with_label(evidence: DatumEvidence, label: str, ways: dict[str, tuple[Fit, str]]) -> DatumEvidence:
    """Return the evidence with the datum that a column's name states, if the rows do not contradict it."""
    taken, unproved = replace(evidence, reason="by_column_name"), replace(evidence, datum=None, reason="unproved")
    if evidence.datum is not None:
        return taken if evidence.datum == label else replace(evidence, datum=None, reason="contradicts")
    if evidence.kind != "names" or evidence.named < _LEAST_NAMED:
        if evidence.best and evidence.best != label and evidence.kind == "points" and evidence.confidence > _SURE:
            return unproved
        alone = [name for name, (_, datum) in ways.items() if datum == label]
        return replace(taken, datum=label, best=alone[0]) if len(alone) == 1 else unproved
    agree = ways[evidence.best][1] == label and evidence.shares[evidence.best] >= _LEAST_SHARE
    ahead = all(pair.speak_for - pair.against >= _LEAST_AHEAD for pair in evidence.pairs)
    if agree and ahead and evidence.reason not in ("mixed", "near"):
        return replace(taken, datum=label)
    return evidence if evidence.reason in ("mixed", "near") else unproved


def _weigh_sample(
    table: TableReader,
    sample: pa.Table,
    ways: dict[str, tuple[Fit, str]],
    areas: Areas,
    townships: Areas | None,
    water: Areas | None,
) -> DatumEvidence:
    """Return the evidence of some rows."""
    spec = table.require_points()
    degrees = {}
    for fit, _ in ways.values():
        if (fit.crs, fit.swapped) not in degrees:
            rule = spec.crs_rule or ("values" if fit.crs else "")
            points = replace(spec, crs=fit.crs, swapped=fit.swapped, crs_rule=rule).points(sample)
            degrees[fit.crs, fit.swapped] = points.lon, points.lat
    good = np.logical_and.reduce([np.isfinite(lon) for lon, _ in degrees.values()])
    rows = np.flatnonzero(good)
    readings = []
    for name, (fit, one) in ways.items():
        lon, lat = degrees[fit.crs, fit.swapped]
        crs = "" if name in DATUMS else fit.crs
        readings.append(Reading(name, *to_wgs84(lon[rows], lat[rows], one), one, crs, fit.swapped))
    columns = find_place_columns(table, sample, areas, townships)
    taken = sample.take(pa.array(rows))
    districts = {name: _objects(taken, [name]) for name in columns.districts}
    said = _objects(taken, columns.texts)
    towns = _objects(taken, columns.townships)
    heard = voices(areas, townships, districts, towns, said, len(rows))
    weighed = weigh_readings(readings, heard, areas, water)
    raw = degrees.get(("", spec.swapped))
    if weighed.reason == "mixed" and raw is not None and rounding_deg(*raw) >= _COARSE_DEG:
        # Where points are rounded to a kilometre, many lie beside their district under the right datum too.
        weighed = replace(weighed, reason="coarse")
    return replace(weighed, column=weighed.column or next(iter(districts), ""))


def _objects(sample: pa.Table, names: list[str]) -> npt.NDArray[Any] | None:
    """Return the cells of some columns joined row by row, a null as an empty text; None without columns."""
    if not names:
        return None
    texts = [as_text(sample.column(name).combine_chunks()) for name in names]
    joined = pc.binary_join_element_wise(*texts, " ", null_handling="replace", null_replacement="")
    return np.asarray(joined.to_pylist(), dtype=object)
