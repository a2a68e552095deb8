"""A user's table that has both addresses and coordinates, read for learning: its datum decided as the join does."""

from __future__ import annotations

import numpy as np

from geo.addresses.learn import Table
from geo.analysis.user_data.geocoded import address_columns
from geo.analysis.user_data.geocoding import area_plane, atlas_geocoder
from geo.analysis.user_data.user_table import datum_evidence
from geo.atlas import Atlas
from geo.base.messages import text
from geo.crs.datums import to_wgs84
from geo.tables import TableReader
from geo.tables.values import as_text

__all__ = ["points_table"]


def points_table(
    table: TableReader, atlas: Atlas, *, datum: str = "auto", address: str | None = None, language: str = "zh"
) -> tuple[Table, list[str]]:
    """Return the addresses of a table with their places, and what to say of the reading.

    Parameters
    ----------
    table : TableReader
    atlas : Atlas
    datum : {"auto", "wgs84", "gcj02", "bd09"}
    address : str, optional
        Column of the addresses.
    language : {"zh", "en"}

    Raises
    ------
    UsageError
        If coordinates, datum or addresses cannot be told.
    """
    table.require_points()
    columns = address_columns(table, atlas_geocoder(atlas), address=address)
    lines = []
    if datum == "auto":
        evidence = datum_evidence(table, atlas)
        lines = evidence.lines(language)
        if evidence.datum is None:
            raise evidence.undecided("assign.datum.undecided", table.crs_question(evidence))
        datum = evidence.datum
    texts: dict[str, list[str | None]] = {name: [] for name in ("address", "district", "township")}
    lon, lat = [], []
    for batch in table.batches():
        points = table.points(batch)
        lon.append(np.where(points.set_aside, np.nan, points.lon))
        lat.append(np.where(points.set_aside, np.nan, points.lat))
        for role, cells in texts.items():
            name = getattr(columns, role)
            cells += as_text(batch.column(name)).to_pylist() if name else [None] * batch.num_rows
    east, north = to_wgs84(np.concatenate(lon or [np.empty(0)]), np.concatenate(lat or [np.empty(0)]), datum)
    x, y = area_plane(atlas).metres(east, north)
    outside = ~(np.isfinite(x) & np.isfinite(y))
    x, y = np.where(outside, np.nan, x), np.where(outside, np.nan, y)
    lines.append(text("addresses.report.learned", language, rows=int((~outside).sum()), column=columns.address))
    return Table(texts["address"], texts["district"], texts["township"], x, y), lines
