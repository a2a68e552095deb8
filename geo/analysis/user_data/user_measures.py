"""Measures from the joined table of a user: counts, sums, means, distinct values, density, share, location quotient.

They are the user's data: they have names and units of their own and never enter the atlas's facts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo.analysis.compare import Cell, Ranking, Reason, judge, level_of, ranked
from geo.analysis.figures import Figure
from geo.atlas.atlas import Atlas
from geo.base.nearest import no_such
from geo.base.told import told
from geo.errors import DataError, UsageError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["AREA_COLUMNS", "HOWS", "UserMeasure", "aggregate", "density", "in_order", "location_quotient", "share"]

#: What may be counted by → the column of the join that holds the ids.
AREA_COLUMNS = {"district": "district_id", "township": "township_id", "place": "place_ids"}

HOWS = ("count", "sum", "mean", "distinct")


@dataclass(frozen=True, slots=True)
class UserMeasure:
    """One measure the user asks of their table.

    Parameters
    ----------
    label : str
        The user's name for it.
    unit : str
        The user's unit; may be empty.
    how : {"count", "sum", "mean", "distinct"}
        count: rows; sum, mean: of the numbers in `column`; distinct: different values of `column`.
    column : str
        Column of the table; not used by count.
    where : tuple of (str, str), optional
        Only rows whose column holds this value: one category of a column.
    """

    label: str
    unit: str = ""
    how: str = "count"
    column: str = ""
    where: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        if self.how not in HOWS:
            raise told(UsageError, "own.refused.how", label=self.label, how=self.how, known=", ".join(HOWS))
        if self.how != "count" and not self.column:
            raise told(UsageError, "own.refused.how_column", label=self.label, how=self.how)


def aggregate(
    table: pa.Table, measures: Sequence[UserMeasure], areas: Sequence[str], by: str
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return the value of every measure in every area.

    Parameters
    ----------
    table : pyarrow.Table
        A joined table: the user's columns and those of `geo.assign.join.COLUMNS`.
    measures : sequence of UserMeasure
        Labels must differ.
    areas : sequence of str
        Ids of all areas that are to have a row.
    by : {"district", "township", "place"}
        A row in several places counts in each of them, so values of places must not be added up.

    Returns
    -------
    DataFrame
        Index `areas`, one float64 column per label. A count in an area without rows is 0: the table is known there.
        A sum or mean of no number is NaN: unknown.
    dict of str to int
        Label → rows in any area whose cell was not a number and so was left out of a sum or mean.

    Raises
    ------
    UsageError
        If `by`, a column or the labels are wrong.
    DataError
        If the table was not joined.

    Notes
    -----
    Linear in rows; about 2 million rows a second and measure.
    """
    import pyarrow as pa

    if by not in AREA_COLUMNS:
        raise told(UsageError, "own.refused.count_by", by=by, known=", ".join(AREA_COLUMNS))
    if AREA_COLUMNS[by] not in table.column_names:
        raise told(DataError, "own.refused.not_located", column=AREA_COLUMNS[by])
    labels = [measure.label for measure in measures]
    if len(set(labels)) != len(labels):
        raise told(UsageError, "own.refused.labels", labels=", ".join(labels))
    for measure in measures:
        for column in (measure.column, measure.where[0] if measure.where else ""):
            if column and column not in table.column_names:
                raise no_such("column", column, table.column_names)
    ids = table[AREA_COLUMNS[by]].combine_chunks()
    if pa.types.is_list(ids.type):
        rows = ids.value_parent_indices().to_numpy() if hasattr(ids, "value_parent_indices") else _parents(ids)
        ids = ids.flatten()
    else:
        rows = np.arange(len(ids))
    code = pd.Index(areas).get_indexer(pd.Index(ids.to_pandas()))
    inside = code >= 0
    rows, code = rows[inside], code[inside]
    result, left_out = {}, {}
    for measure in measures:
        kept = _where(table, measure, rows)
        result[measure.label], missed = _value(table, measure, rows[kept], code[kept], len(areas))
        if measure.how in ("sum", "mean"):
            left_out[measure.label] = missed
    return pd.DataFrame(result, index=pd.Index(areas, name=f"{by}_id")), left_out


def _parents(lists: Any) -> np.ndarray[Any, Any]:
    """Return for every item of a list array the row it stands in."""
    lengths = np.nan_to_num(lists.value_lengths().to_numpy(zero_copy_only=False)).astype(np.int64)
    return np.repeat(np.arange(len(lists)), lengths)


def _where(table: pa.Table, measure: UserMeasure, rows: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    if measure.where is None:
        return np.ones(len(rows), dtype=bool)
    from geo.analysis.user_data.user_columns import texts

    column, value = measure.where
    said = texts(table[column])
    if said is not None:
        import pyarrow.compute as pc

        return np.asarray(pc.equal(said, value.strip()).fill_null(False).to_numpy()[rows])
    cells = table[column].to_pandas().astype("str").to_numpy()
    return np.asarray(cells[rows] == value)


def _value(
    table: pa.Table, measure: UserMeasure, rows: np.ndarray[Any, Any], code: np.ndarray[Any, Any], size: int
) -> tuple[np.ndarray[Any, Any], int]:
    if measure.how == "count":
        return np.bincount(code, minlength=size).astype(float), 0
    cells = table[measure.column].to_pandas()
    if measure.how == "distinct":
        pairs = pd.DataFrame({"code": code, "cell": cells.to_numpy()[rows]}).dropna().drop_duplicates()
        return np.bincount(pairs["code"], minlength=size).astype(float), 0
    # pandas' own reading of numbers: text such as "n/a" is missing and told, never zero.
    numbers = pd.to_numeric(cells, errors="coerce").to_numpy(dtype=float, na_value=math.nan)[rows]
    good = np.isfinite(numbers)
    missed = len(np.unique(rows[~good]))
    count = np.bincount(code[good], minlength=size)
    total = np.bincount(code[good], weights=numbers[good], minlength=size)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = total / count if measure.how == "mean" else total
    return np.where(count > 0, value, np.nan), missed


def density(values: pd.Series, area_km2: Mapping[str, float]) -> pd.Series:
    """Return values per square kilometre; NaN where the area is unknown.

    >>> density(pd.Series({"a": 10.0, "b": 3.0}), {"a": 4.0}).to_dict()
    {'a': 2.5, 'b': nan}
    """
    return values / pd.Series(dict(area_km2), dtype=float).reindex(values.index)


def share(values: pd.Series, whole: float) -> pd.Series:
    """Return each value's share of `whole` (0 to 1); NaN if the whole is zero."""
    return values / whole if whole else values * math.nan


def location_quotient(part: pd.Series, base: pd.Series, part_whole: float, base_whole: float) -> pd.Series:
    """Return how much more a category is at home in an area than in the whole city.

    ``(part_i / base_i) / (part_whole / base_whole)`` (Florence 1939): 1 is the city's own share, 2 twice that.

    Parameters
    ----------
    part, base : Series of float
        Counts by area of the category and of what it is compared with: another category, or all rows.
    part_whole, base_whole : float
        The same counts in the whole city.

    Returns
    -------
    Series of float
        NaN where the base is zero.

    Examples
    --------
    >>> location_quotient(pd.Series([6.0, 4.0]), pd.Series([10.0, 90.0]), 10, 100).round(3).to_list()
    [6.0, 0.444]
    """
    if not part_whole or not base_whole:
        return part * math.nan
    return (part / base.where(base > 0)) / (part_whole / base_whole)


def in_order(atlas: Atlas, values: pd.Series) -> Ranking:
    """Return values of places or districts in order, by the rule that holds for reported figures too.

    What lies "inside" a schematic boundary was counted by a line that was never published: such a count stays visible
    but has no position and no colour.

    Parameters
    ----------
    atlas : Atlas
    values : Series of float
        Index place_id; NaN is unknown.
    """
    cells = []
    for place_id, value in values.items():
        place_id = str(place_id)
        known = math.isfinite(value)
        schematic = known and atlas.place_rows[place_id]["method"] == "schematic"
        reasons = (Reason("schematic"),) if schematic else ()
        figure = Figure(place_id, "", float(value)) if known else None
        cells.append(Cell(place_id, level_of(atlas, place_id), figure, timeless=True, reasons=reasons))
    return ranked(judge(cells))
