"""A frame's coordinates joined to the areas of an atlas, under the frame's own index."""

from __future__ import annotations

import gc
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyproj

from geo.atlas import Atlas
from geo.base.messages import check_language
from geo.crs.datums import datum_name

if TYPE_CHECKING:
    from geo.tables import DatumEvidence, TableReader

__all__ = ["beside", "join", "typed_frame"]


def join(
    table: pd.DataFrame,
    *,
    datum: str = "auto",
    lon: Hashable | None = None,
    lat: Hashable | None = None,
    point: Hashable | None = None,
    geometry: Hashable | None = None,
    crs: int | str | pyproj.CRS | None = None,
    areas: str = "all",
    predicate: str = "intersects",
    language: str = "zh",
    atlas: Atlas | None = None,
) -> pd.DataFrame:
    """Find the district, township and places of the layout that each row of a frame lies in.

    Every row comes out once, in its order, under its own index label, whatever the index is. The coordinates are
    recognised as in a file (see ``docs/tables.md``); nothing is guessed in silence.

    Parameters
    ----------
    table : DataFrame or GeoDataFrame
        Rows with coordinates: two columns in degrees or metres, one with both, WKT or WKB, or the geometry of a
        GeoDataFrame. It is not changed.
    datum : {"auto", "wgs84", "gcj02", "bd09"}
        Of the coordinates. "auto" weighs them against the districts, townships and water of the atlas, and against
        columns that name a district; it needs some tens of rows and refuses to guess. A frame without rows needs none.
    lon, lat, point, geometry : column label, optional
        Columns of the coordinates, where they are not found by themselves.
    crs : int, str or pyproj.CRS, optional
        CRS of the numbers, such as 3857 or "EPSG:3857"; by default that of a GeoDataFrame, else recognised.
    areas : {"all", "layout", "districts", "townships"}
        What to look for.
    predicate : {"intersects", "contains"}
        Whether a point on a border is inside ("intersects") or not.
    language : {"zh", "en"}
        Of names and notes.
    atlas : Atlas, optional
        By default `Atlas.load()`.

    Returns
    -------
    DataFrame or GeoDataFrame
        Of the type and with the index given: its own columns first (one called like a column below is renamed
        ``…_input``), then ``lon_wgs84``, ``lat_wgs84`` (float64, degrees), ``district_id``, ``district``,
        ``township_id``, ``township`` (str), ``place_ids``, ``places`` (lists), ``join_status`` ("matched", "outside",
        "set_aside"), ``join_note`` (str), ``located_by`` ("coordinates" or "none") and ``accuracy_m`` (float64, metres:
        how far coordinates of few decimals may be off, else NaN). Missing is NaN, of the lists an empty one. The
        frame's ``.attrs`` gain ``report``, a mapping of plain values: how the table was read, which datum was decided
        and why, and how many rows became what.

    Raises
    ------
    UsageError
        If no coordinates or no datum can be told; the message names the candidates and the argument to give.
    CRSError
        If `crs` is not known, or is another than that of the GeoDataFrame.
    MissingDependencyError
        Without pyarrow.

    Notes
    -----
    Equal to shapely on every point. Some 0.6 million rows a second after the first call, which builds the index (0.2 s)
    and for many rows compiles (some seconds, where numba is installed); half of it goes into the lists of places. A
    million rows add some 0.5 GB at the peak. Coordinates written as text take longer.

    Examples
    --------
    >>> spots = Atlas.load().layout.geometry.representative_point()
    >>> frame = pd.DataFrame({"lon": spots.x, "lat": spots.y})
    >>> found = join(frame, datum="wgs84")
    >>> found.index.equals(frame.index), set(found["join_status"])
    (True, {'matched'})
    >>> all(place_id in found.loc[place_id, "place_ids"] for place_id in frame.index)
    True
    """
    # Here, not above: `import geo` needs no optional package.
    from geo.analysis.user_data.user_table import stated_in
    from geo.assign.join import COLUMNS, Joiner
    from geo.crs.rounding import rounding_deg
    from geo.tables.memory import open_frame

    atlas = atlas or Atlas.load()
    check_language(language)
    bbox = tuple(atlas.meta["bbox"])
    asked: dict[str, Any] = {"lon": lon, "lat": lat, "point": point, "geometry": geometry, "crs": crs}
    with open_frame(table, **asked, bbox=bbox, metric_crs=atlas.meta["metric_crs"]) as reader:
        reader.require_points()
        decided, evidence = _decided_datum(reader, atlas, datum)
        stated_of, points, stated = stated_in(reader, atlas, evidence), [], []
        for batch in reader.batches():
            points.append(reader.points(batch))
            stated += [stated_of(batch)] if stated_of else []
        reading = reader.report
    joiner = Joiner.from_atlas(atlas, areas, datum=decided, language=language, predicate=predicate)
    lon_deg, lat_deg, aside = (
        np.concatenate([getattr(part, name) for part in points]) if points else np.empty(0)
        for name in ("lon", "lat", "set_aside")
    )
    districts = _concatenated(stated) if stated_of else None
    notes = _concatenated([part.notes(language) for part in points])
    joiner.rounding_deg = rounding_deg(lon_deg, lat_deg)
    arrays, tally = joiner.columns(lon_deg, lat_deg, aside.astype(bool), notes, districts)
    tally.check()
    joined, renamed = beside(table, typed_frame(dict(zip(COLUMNS, arrays, strict=True))))
    joined.attrs["report"] = {
        "reading": reading.to_dict(),
        "datum": decided,
        "datum_evidence": evidence.to_dict() if evidence else None,
        "renamed": renamed,
        "rows": tally.to_dict(),
        "lines": [*reading.lines(language), *(evidence.lines(language) if evidence else [])],
    }
    return joined


def beside(table: pd.DataFrame, added: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return a frame with columns that were found behind its own, row by row, and which of its own were renamed.

    Index and ``.attrs`` are those of the frame.
    """
    from geo.assign.join import column_names

    renamed = column_names([str(name) for name in table.columns], added.columns)
    both = pd.concat([table.rename(columns=renamed), added.set_axis(table.index)], axis=1)
    both.attrs = dict(table.attrs)
    return both, renamed


def typed_frame(found: dict[str, Any]) -> pd.DataFrame:
    """Return the columns of a join, Arrow arrays by name, as a frame: floats, texts, lists."""
    with _no_collection():
        return pd.DataFrame({name: _series(array) for name, array in found.items()})


@contextmanager
def _no_collection() -> Iterator[None]:
    """Stop garbage collection while a list is made for each row: it takes longer than making the lists."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _series(array: Any) -> pd.Series[Any]:
    import pyarrow as pa

    if pa.types.is_list(array.type):
        return pd.Series(array.to_pylist(), dtype=object)
    if pa.types.is_string(array.type):
        return pd.Series(array.to_pandas(), dtype="str")
    return pd.Series(array.to_numpy(zero_copy_only=False))


def _concatenated(parts: Sequence[Any]) -> Any:
    """Return the texts of all batches as one Arrow array."""
    import pyarrow as pa

    return pa.concat_arrays(parts) if parts else pa.nulls(0, pa.string())


def _decided_datum(reader: TableReader, atlas: Atlas, datum: str) -> tuple[str, DatumEvidence | None]:
    """Return the datum given or weighed, and the evidence where it was weighed; raise `UsageError` if it is open."""
    from geo.analysis.user_data.user_table import datum_evidence

    given = None if datum == "auto" else datum_name(datum)
    if given is not None and not reader.fits:
        return given, None
    if reader.rows == 0:  # no row, no doubt
        return given or "wgs84", None
    evidence = datum_evidence(reader, atlas, given)
    if evidence.datum is None:
        raise evidence.undecided("library.datum.undecided", reader.crs_question(evidence))
    return evidence.datum, evidence
