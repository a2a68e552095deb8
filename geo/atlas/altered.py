"""Validate layers that were edited or built elsewhere: they must keep the contract too.

A hash only shows that a file is unchanged. Everything that reaches pages and maps is therefore held to the same rules
as the seeds: ids, colours, URLs, numbers, dates, enumerated values, text without control characters, valid geometry.
Columns are checked as a whole, so that validation costs a small part of reading.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.base.told import told
from geo.contract.cells import CONTROL, check_cell
from geo.contract.datapackage import PACKAGE
from geo.contract.schema import Column, Table
from geo.contract.typed import split_list
from geo.crs.foreign import read_crs
from geo.errors import CRSError, DataError

if TYPE_CHECKING:
    from geo.atlas.atlas import Atlas

__all__ = [
    "check_meta_references",
    "check_references",
    "check_rows",
    "check_whole",
    "features_of",
    "geometries_of",
    "refused",
]

_SHOWN = 20
_TEXTS = frozenset(("id", "text", "period", "enum", "list", "colour", "url"))


def refused(path: str, problems: Sequence[str]) -> DataError:
    """Return the error for a layer file that breaks the contract, with its first problems."""
    more = [f"… {len(problems) - _SHOWN} more"] if len(problems) > _SHOWN else []
    return told(DataError, "layers.broken", [*problems[:_SHOWN], *more], path=path)


def check_whole(atlas: Atlas) -> None:
    """Read a whole atlas, and raise `DataError` unless all of it keeps the contract; some half a second.

    Each table and layer is validated when it is first requested. This requests all of them, and follows every id to
    what it refers to; servers call it before they serve.
    """
    atlas._frames.check(atlas.meta)


def check_rows(path: str, table: Table, rows: Sequence[Mapping[Any, Any]]) -> None:
    """Raise unless rows keep the contract of their table.

    Parameters
    ----------
    path : str
        The file, for error messages.
    table : Table
    rows : sequence of mapping
        Column → text of a CSV, or JSON value; "" and None are missing values.

    Raises
    ------
    DataError
        The message names file, row (its key) and column of every violation.
    """
    problems = []
    for column in table.columns:
        values = [row.get(column.name) for row in rows]
        try:
            distinct = set(values)
        except TypeError:  # a list or an object instead of a plain value
            distinct = {json.dumps(value, default=str) if isinstance(value, list | dict) else value for value in values}
            distinct.add(_NO_VALUE)
        if _may_be_wrong(column, distinct):
            problems += [
                f"{path}: row {number} ({_key(table, row)}): {column.name} {wrong}"
                for number, (row, value) in enumerate(zip(rows, values, strict=True), 1)
                if (wrong := _wrong(column, value))
            ]
    keys = [tuple(str(row.get(name)) for name in table.key) for row in rows]
    if len(set(keys)) < len(keys):
        twice = next(key for number, key in enumerate(keys) if key in keys[:number])
        problems.append(f"{path}: the key {' / '.join(twice)[:80]} is there twice: remove one row")
    if problems:
        raise refused(path, problems)


#: Placeholder for something that is not a plain value.
_NO_VALUE = object()


def _may_be_wrong(column: Column, distinct: set[Any]) -> bool:
    """Return whether any value of a column may break its contract; a quick test, since usually none does."""
    if _NO_VALUE in distinct:
        return True
    if column.type != "text":
        return any(_wrong(column, value) is not None for value in distinct)
    present = distinct - {None, ""}
    if column.required and len(present) < len(distinct):
        return True
    return not all(isinstance(value, str) for value in present) or CONTROL.search("".join(present)) is not None


def _wrong(column: Column, value: Any) -> str | None:
    """Return what is wrong with a value (text of a CSV or JSON value), or None."""
    if value is None or value == "":
        # A value derived by the build may be unknown; a required one of the seeds may not.
        return "is empty but required" if column.required and column.stage == "seeds" else None
    if isinstance(value, str):
        if column.type == "text":
            return "has a control or replacement character" if CONTROL.search(value) else None
        return check_cell(column, value)
    if column.type in _TEXTS or not isinstance(value, int | float):
        return f"is {json.dumps(value, default=str)[:60]}: text belongs there"
    if column.type == "boolean" or isinstance(value, bool):
        return (
            None if column.type == "boolean" and isinstance(value, bool) else f"is {value}: {column.type} belongs there"
        )
    if not math.isfinite(value) or (column.type == "integer" and value != int(value)):
        return f"is {value}: {column.type} belongs there"
    return None


def _key(table: Table, row: Mapping[Any, Any]) -> str:
    return " / ".join(str(row.get(name, ""))[:40] for name in table.key)


def features_of(path: str, content: bytes) -> list[dict[str, Any]]:
    """Return the features of a GeoJSON file; raise `DataError` unless each has properties and a geometry or null."""
    try:
        features = json.loads(content)["features"]
        sound = isinstance(features, list) and all(
            isinstance(one, dict) and isinstance(one.get("properties"), dict) and "geometry" in one for one in features
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        sound = False
    if not sound:
        raise refused(path, [f"{path}: is no GeoJSON collection of features with properties and geometry"])
    return list(features)


def geometries_of(path: str, features: Sequence[Mapping[str, Any]]) -> list[BaseGeometry | None]:
    """Return the geometries of features in degrees; raise `DataError` that names the invalid ones."""
    found: list[BaseGeometry | None] = []
    problems = []
    for number, feature in enumerate(features, 1):
        geometry = None
        try:
            geometry = shapely.geometry.shape(feature["geometry"]) if feature["geometry"] else None
        except (
            ValueError,
            TypeError,
            KeyError,
            IndexError,
            AttributeError,
            RecursionError,
            shapely.errors.ShapelyError,
        ):
            problems.append(f"{path}: feature {number}: its geometry cannot be read")
        found.append(geometry)
    bounds = shapely.bounds(np.array(found, object)) if found else np.empty((0, 4))
    outside = (np.abs(bounds) > (180, 90, 180, 90)).any(axis=1)
    problems += [f"{path}: feature {n + 1}: its geometry is not in degrees" for n in np.flatnonzero(outside)]
    if problems:
        raise refused(path, problems)
    return found


def check_meta_references(meta: Mapping[str, Any], keys: Mapping[str, set[str]]) -> None:
    """Raise unless the metadata of the data set refer to existing rows and to a known CRS."""
    wanted = {"city_place_id": "places", "context_scope": "scopes", "default_edition": "editions"}
    problems = [
        f"{PACKAGE}: {key} is {meta[key]!r}, which is none of the {table}"
        for key, table in wanted.items()
        if meta[key] not in keys.get(table, ()) and not (key == "default_edition" and meta[key] == "")
    ]
    try:
        read_crs(meta["metric_crs"])
    except CRSError as error:
        problems.append(f"{PACKAGE}: metric_crs: {error}")
    if problems:
        raise refused(PACKAGE, problems)


def check_references(path: str, table: Table, rows: Sequence[Mapping[str, Any]], keys: Mapping[str, set[str]]) -> None:
    """Raise unless every id that refers to another table exists; `keys` are the ids of each table."""
    problems = [
        f"{path}: row {number} ({_key(table, row)}): {column.name} is {one!r}, which is no {target}"
        for column in table.columns
        if (target := column.references.partition(".")[0]) in keys
        for number, row in enumerate(rows, 1)
        for one in _ids(column, row.get(column.name))
        if one not in keys[target]
    ]
    if problems:
        raise refused(path, problems)


def _ids(column: Column, value: Any) -> Iterator[str]:
    if isinstance(value, tuple):
        yield from value
    elif isinstance(value, str) and value:
        yield from split_list(value) if column.type == "list" else (value,)
