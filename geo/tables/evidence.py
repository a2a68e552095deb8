"""The datum of an open table: which of its columns name places, and what they say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from geo.tables.areas import Areas
from geo.tables.datum import DatumEvidence, weigh
from geo.tables.gazetteer import place_finder
from geo.tables.projections import SCALED
from geo.tables.reader import TableReader
from geo.tables.values import as_text

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["weigh_table"]

_LOOK_AT = 500
_NAMES_PLACES = 0.3
_SPREAD_ROWS = 200_000


def weigh_table(
    table: TableReader,
    *,
    areas: gpd.GeoDataFrame | Areas,
    townships: gpd.GeoDataFrame | Areas | None = None,
    water: gpd.GeoDataFrame | Areas | None = None,
    rows: int = 50_000,
) -> DatumEvidence:
    r"""Weigh the datum of a table by its own columns: `weigh` with the columns that name places found for you.

    The first `rows` rows are used; if they do not decide and there are more, rows from the whole table. Columns called
    district, township or address in either language are used, else any text column in which three rows of ten hold
    the full name of an area. Coordinates in metres of a CRS are WGS 84 by their CRS. A datum stated in a column's name
    is taken unless the evidence decides for another.

    Parameters
    ----------
    table : TableReader
        Its rows are read from the start, and may be read again afterwards.
    areas, townships, water : GeoDataFrame or Areas
        Rows and columns as `weigh` takes them.
    rows : int
        How many are used first.

    Returns
    -------
    DatumEvidence
        Its `datum` is None while the evidence is not clear.

    Raises
    ------
    UsageError
        If the coordinates are not clear.

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
    if spec.crs and spec.crs not in SCALED:
        return DatumEvidence("wgs84", "wgs84", 1.0, "crs", 0, 0, 0, {}, (), "by_crs")
    areas, townships, water = Areas.of(areas), *(None if a is None else Areas.of(a) for a in (townships, water))
    evidence = _weigh_sample(table, table.sample(rows), areas, townships, water)
    if evidence.datum is None and (table.rows is None or table.rows > rows):
        evidence = _weigh_sample(table, table.sample(_SPREAD_ROWS, spread=True), areas, townships, water)
    if not spec.datum:
        return evidence
    if evidence.datum not in (None, spec.datum):
        return replace(evidence, datum=None, reason="contradicts")
    return replace(evidence, datum=spec.datum, best=spec.datum, reason="by_column_name")


def _weigh_sample(
    table: TableReader,
    sample: pa.Table,
    areas: Areas,
    townships: Areas | None,
    water: Areas | None,
) -> DatumEvidence:
    points = table.require_points().points(sample)
    texts = {name: as_text(sample.column(name).combine_chunks()) for name in _place_columns(table, sample, areas)}
    by_role = {
        role: [n for n in texts if n in table.report.columns_with_role(role)] for role in ("district", "township")
    }
    single = {role: names[0] for role, names in by_role.items() if names}
    rest = [texts[name] for name in texts if name not in single.values()]
    return weigh(
        points.lon,
        points.lat,
        areas=areas,
        townships=townships,
        district_names=texts[single["district"]].to_pylist() if "district" in single else None,
        township_names=texts[single["township"]].to_pylist() if "township" in single else None,
        addresses=_joined(rest).to_pylist() if rest else None,
        water=water,
    )


def _place_columns(table: TableReader, sample: pa.Table, areas: Areas) -> list[str]:
    """Return the columns that name places, by their own names or else by what they hold."""
    named = table.report.columns_with_role("district", "township", "address")
    if named:
        return named
    finder = place_finder(areas)
    found = []
    for name in sample.column_names:
        kind = sample.schema.field(name).type
        if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind)):
            continue
        cells = [c for c in as_text(sample.column(name).slice(0, _LOOK_AT).combine_chunks()).to_pylist() if c]
        if cells and sum(finder(cell) != -1 for cell in cells) >= _NAMES_PLACES * len(cells):
            found.append(name)
    return found


def _joined(texts: list[pa.Array]) -> pa.Array:
    """Join texts row by row. ``null_handling="skip"`` would drop the rows in which all are null."""
    return pc.binary_join_element_wise(*texts, " ", null_handling="replace", null_replacement="")
