"""A frame that `geo.join` or `geo.geocode` returned, written as the command line writes a joined table."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa

from geo.analysis.user_data.area_counts import counts_sheet, counts_table
from geo.analysis.user_data.sheets_behind import sheets_behind
from geo.assign.join import COLUMNS
from geo.assign.outputs import output_format, writing
from geo.atlas.atlas import Atlas
from geo.base.messages import check_language
from geo.base.paths import Paths
from geo.base.told import told
from geo.errors import UsageError
from geo.tables.memory import FrameSource

__all__ = ["save_joined"]

_LEVELS = {"district": ("district_id", "district"), "township": ("township_id", "township")}


def save_joined(joined: pd.DataFrame, out: Path, language: str, *, overwrite: bool) -> tuple[str, ...]:
    """Write a joined frame: its own columns first, then those of the join, in the order of its rows.

    An index that has a name comes first as a column; one without is left out. The geometry of a GeoDataFrame is written
    as WKT, since the points of the file are those in WGS 84. A workbook has a sheet of the rows in each area, as they
    are in this frame, and one of how it was read.

    Parameters
    ----------
    joined : DataFrame
        As `geo.join` or `geo.geocode` returned it, or some of its rows.
    out : Path
        Its ending is the format, as of ``geo assign``.
    language : {"zh", "en"}
        Of sheets and of column names in words.
    overwrite : bool

    Returns
    -------
    tuple of str
        What was written.

    Raises
    ------
    UsageError
        If the frame is none that was joined, or the ending is unknown.
    OutputError
        If `out` is there already, or cannot be written.
    """
    check_language(language)
    output_format(out)
    if missing := [name for name in COLUMNS if name not in joined.columns]:
        raise told(UsageError, "own.refused.not_joined", column=missing[0])
    Paths([], [out], overwrite=overwrite).check()
    source = FrameSource(_written(joined))
    schema = pa.schema([_typed(field) for field in source.schema])
    with writing(out, schema, overwrite=overwrite, language=language) as write:
        write.numbers_in(_mixed(joined))
        for chunk in source.chunks():
            write(chunk.batch.cast(schema))
        atlas = Atlas.load()
        counts = counts_sheet(_counts(joined, atlas, language), language)
        for sheet in sheets_behind(counts, joined.attrs.get("report", {}).get("lines", []), atlas, language):
            write.add_sheet(sheet)
    return (str(out),)


def _mixed(joined: pd.DataFrame) -> list[str]:
    """Return the columns of numbers and words together."""
    kinds = {str(name): set(map(type, joined[name].dropna())) for name in joined if joined[name].dtype == object}
    return [name for name, found in kinds.items() if str in found and found & {int, float}]


def _typed(field: pa.Field) -> pa.Field:
    """Return a column of the join with its type, which pandas does not tell where no row has a value."""
    kind = field.type.value_type if pa.types.is_list(field.type) else field.type
    return field.with_type(COLUMNS[field.name]) if field.name in COLUMNS and pa.types.is_null(kind) else field


def _written(joined: pd.DataFrame) -> pd.DataFrame:
    frame = joined
    if any(name is not None for name in joined.index.names):
        index = joined.index.to_frame(index=False)
        frame = pd.concat([index, joined.reset_index(drop=True)], axis=1)
    if isinstance(joined, gpd.GeoDataFrame):
        shapes = {name for name in joined.columns if isinstance(joined[name].dtype, gpd.array.GeometryDtype)}
        frame = pd.DataFrame({name: frame[name].to_wkt() if name in shapes else frame[name] for name in frame.columns})
    return frame


def _counts(joined: pd.DataFrame, atlas: Atlas, language: str) -> pa.Table:
    """Return the table of counts: the areas that hold rows of the frame."""
    areas, names = {}, dict[str, str]()
    for level, (ids, called) in _LEVELS.items():
        known = joined[joined[ids].notna()]
        areas[level] = Counter(known[ids])
        names |= dict(zip(known[ids], known[called], strict=True))
    lists = [(i, n) for i, n in zip(joined["place_ids"], joined["places"], strict=True) if i is not None]
    areas["place"] = Counter(one for ids, _ in lists for one in ids)
    names |= {one: name for ids, called in lists for one, name in zip(ids, called, strict=True)}
    status = Counter(joined["join_status"])
    known_here = atlas if set(areas["place"]) | set(areas["district"]) <= set(atlas.places.index) else None
    return counts_table(areas, names, status, known_here, language)
