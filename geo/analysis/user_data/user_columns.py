"""What the columns of the user's table are good for: which hold numbers, which categories, which the rows' names."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from geo.analysis.user_data.user_table import Joined, UserTable
from geo.assign.join import column_names
from geo.base.lines import shortened
from geo.base.messages import text
from geo.base.optional import needs
from geo.tables.column_types import column_types
from geo.tables.table_formats import holds_texts

with needs("needs.reading_tables", "pyarrow", "tables"):
    import pyarrow as pa
    import pyarrow.compute as pc

__all__ = [
    "MOST_CATEGORIES",
    "are_years",
    "categories",
    "likely_types",
    "name_column",
    "numbers",
    "plain_columns",
    "row_words",
    "texts",
    "value_words",
]

#: A column with more different values than this is no category.
MOST_CATEGORIES = 60
_LOOKED_AT = 200_000
#: A column names its rows if of the first rows so many have a name of their own.
_NAMED_ROWS, _OWN_NAME = 2000, 0.9
#: So many columns of a row are told, each with so many characters at most.
_CELLS, _CHARACTERS = 6, 80
_YES, _NO = "True", "False"
_FIRST_YEAR, _LAST_YEAR = 1800, 2100


def likely_types(user: UserTable) -> dict[str, str]:
    """Return the type that each column of a file of texts may have after the join; empty for other files."""
    if not holds_texts(str(user.report.get("format"))):
        return {}
    renamed = column_names(user.table.column_names)
    # "1,200" looks like text to the report.
    told = {"text": "number"}
    return {renamed.get(c["name"], c["name"]): told.get(c["type"], c["type"]) for c in user.report["columns"]}


def plain_columns(joined: Joined, user: UserTable) -> list[str]:
    """Return the user's own columns without those that say where a row is."""
    renamed = column_names(user.table.column_names)
    where = {renamed.get(c["name"], c["name"]) for c in user.report.get("columns", ()) if c.get("role") in _WHERE}
    return [name for name in joined.user_columns if name not in where]


_NO_NAMES = ("code", "date", "integer", "number")
_WHERE = ("lon", "lat", "point", "geometry")


def categories(joined: Joined, name: str) -> list[str]:
    """Return the different values of a column of `texts` in order, at most one more than `MOST_CATEGORIES`."""
    cells = texts(joined.table[name].slice(0, _LOOKED_AT))
    return sorted(cells.drop_null().unique().to_pylist()[: MOST_CATEGORIES + 1]) if cells is not None else []


def texts(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """Return the cells of a column of texts or booleans as texts; blank cells are missing.

    Returns
    -------
    pyarrow.ChunkedArray of string
        Without blanks around them. None for a column of anything else.
    """
    column = _plain(column)
    if pa.types.is_boolean(column.type):
        return pc.if_else(column, _YES, _NO)
    if not _is_text(column.type):
        return None
    bare = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(bare, ""), pa.scalar(None, bare.type), bare)


def value_words(joined: Joined, name: str, value: str, language: str) -> str:
    """Return one of the `texts` of a column as a reader sees it."""
    if pa.types.is_boolean(_plain(joined.table[name]).type):
        return text("data.yes" if value == _YES else "data.no", language)
    return value


def are_years(found: npt.NDArray[np.float64]) -> bool:
    """Return whether the numbers of a column can be years, which are written without separators."""
    known = found[np.isfinite(found)]
    return bool(((known >= _FIRST_YEAR) & (known <= _LAST_YEAR) & (known == np.floor(known))).all())


def numbers(joined: Joined, name: str, likely: Mapping[str, str]) -> npt.NDArray[np.float64] | None:
    """Return the numbers of a column, NaN where a cell is empty; None if any cell holds something else.

    Parameters
    ----------
    joined : Joined
    name : str
    likely : mapping
        From `likely_types`: codes, such as those that begin with zeros, are no numbers.
    """
    column = _plain(joined.table[name])
    if _is_text(column.type):
        if likely.get(name) not in ("integer", "number"):
            return None
        batch = pa.record_batch({name: column.combine_chunks()})
        types = column_types([batch], {name: likely[name]})
        if types.kinds.get(name) not in ("integer", "number"):
            return None
        column = pa.chunked_array([types(batch).column(0)])
    kind = column.type
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
        return None
    found: npt.NDArray[np.float64] = pc.cast(column, pa.float64(), safe=False).to_numpy()
    return found


def name_column(joined: Joined, user: UserTable) -> str:
    """Return the column by which a row is called: the first of texts that nearly all differ, else the first of texts.

    Returns
    -------
    str
        "" if no column holds plain texts.
    """
    apart = {c["name"] for c in user.report.get("columns", ()) if c.get("role") or c.get("type") in _NO_NAMES}
    renamed = column_names(user.table.column_names)
    left_out = {renamed.get(name, name) for name in apart}
    named = []
    for name in joined.user_columns:
        column = _plain(joined.table[name].slice(0, _NAMED_ROWS))
        if name in left_out or not _is_text(column.type):
            continue
        if not (present := len(column) - column.null_count):
            continue
        named.append(name)
        if len(column.unique().drop_null()) >= _OWN_NAME * present:
            return name
    return named[0] if named else ""


def row_words(
    joined: Joined, user: UserTable, first: str, language: str
) -> Callable[[int], tuple[str, list[tuple[str, str]]]]:
    """Return a function that describes a row: what it is called, and some of its columns, cut short.

    Parameters
    ----------
    joined : Joined
    user : UserTable
        The same table before the join.
    first : str
        A column that is told before the others, such as that which colours; "" for none.
    language : {"zh", "en"}
    """
    named = name_column(joined, user)
    order = [*dict.fromkeys(name for name in (first, *plain_columns(joined, user)) if name and name != named)]
    table = joined.table

    def words(row: int) -> tuple[str, list[tuple[str, str]]]:
        shown: list[tuple[str, str]] = []
        for name in order:
            if len(shown) == _CELLS:
                break
            if not pa.types.is_nested(table[name].type) and (cell := _cell(table[name][row].as_py(), language)):
                shown.append((shortened(name, _CHARACTERS), cell))
        title = _cell(table[named][row].as_py(), language) if named else ""
        return title or text("data.map.row", language, number=row + 1), shown

    return words


def _cell(value: object, language: str) -> str:
    """Return a cell as text that fits a tooltip, "" for an empty one."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return text("data.yes" if value else "data.no", language)
    if isinstance(value, float):  # whole numbers of a column with gaps among them
        return "" if math.isnan(value) else f"{value:.15g}"
    return shortened(str(value).strip(), _CHARACTERS)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column stored as a dictionary, or as string views, as a plain one."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    return column.cast(pa.string()) if column.type == pa.string_view() else column


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
