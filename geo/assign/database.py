"""A writer of a joined table into PostGIS, in one transaction: all of it or nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from geo.base.database import answers, connect
from geo.base.messages import LANGUAGES, text
from geo.base.optional import needs
from geo.errors import OutputError, UsageError

with needs("needs.writing_joined_table", "pyarrow", "tables"):
    import pyarrow as pa

from geo.assign.flat import flat, flat_schema
from geo.assign.join import COLUMNS
from geo.assign.points_wkb import geometry_name, has_points, points_wkb
from geo.base.told import told

__all__ = ["Database", "table_name"]

_LONGEST = 63
#: The character that PostgreSQL cannot store, and the one written in its place.
_NUL, _SHOWN_NUL = "\x00", "␀"
_TYPES: Sequence[tuple[Callable[[pa.DataType], bool], str]] = (
    (pa.types.is_boolean, "boolean"),
    (pa.types.is_unsigned_integer, "numeric"),
    (pa.types.is_integer, "bigint"),
    (pa.types.is_floating, "double precision"),
    (pa.types.is_decimal, "numeric"),
    (pa.types.is_date, "date"),
    (pa.types.is_time, "time"),
)


def table_name(asked: str | None, source: str) -> tuple[str, str]:
    """Return the schema and name of the table to write.

    Parameters
    ----------
    asked : str or None
        ``TABLE`` or ``SCHEMA.TABLE``; without a schema, ``public``. None: the name of the file `source`, up to its
        first dot.
    source : str
        Path of the table that is read.

    Raises
    ------
    UsageError
        If a name is empty, longer than 63 bytes, or holds a NUL.
    """
    schema, _, name = (asked or Path(source).name.partition(".")[0]).rpartition(".")
    for one in (schema or "public", name):
        if not one or len(one.encode()) > _LONGEST or _NUL in one:
            raise told(UsageError, "assign.refused.table", given=asked or name, most=_LONGEST)
    return schema or "public", name


class Database:
    """A writer of record batches into a table of a database; the table becomes visible to others at `close`.

    Parameters
    ----------
    url : str
        ``postgresql://user:password@host:port/database``, with any option of libpq.
    table : (str, str)
        Schema, created if it is missing, and name.
    schema : pyarrow.Schema
        Schema of the batches. A joined table gets a column of points, EPSG:4326, with a spatial index.
    overwrite : bool
        Replace a table of that name.

    Raises
    ------
    OutputError
        If the server cannot be reached or refuses, or the table exists and `overwrite` is false; the database is then
        unchanged.
    UsageError
        If the name of a column is longer than 63 bytes or occurs twice.
    MissingDependencyError
        If psycopg is not installed.
    """

    def __init__(self, url: str, table: tuple[str, str], schema: pa.Schema, *, overwrite: bool = False) -> None:
        with needs("needs.writing_database", "psycopg", "postgis"):
            from psycopg import sql
        self._sql, self._table = sql, sql.Identifier(*table)
        self._flat = flat_schema(schema)
        self._names = list(self._flat.names)
        self._geometry = geometry_name(self._names, "geom") if has_points(schema) else ""
        _check_names([*self._names, self._geometry])
        self._connection = connect(url)
        try:
            with answers(self._connection, table[0]):
                self._create(table, overwrite)
        except BaseException:
            self._connection.close()
            raise

    def _create(self, table: tuple[str, str], overwrite: bool) -> None:
        sql, run = self._sql, self._connection.execute
        if self._geometry:
            run("CREATE EXTENSION IF NOT EXISTS postgis")
        if not run("SELECT FROM pg_namespace WHERE nspname = %s", [table[0]]).rowcount:
            run(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(table[0])))
        if overwrite:
            run(sql.SQL("DROP TABLE IF EXISTS {}").format(self._table))
        elif run("SELECT FROM pg_tables WHERE schemaname = %s AND tablename = %s", list(table)).rowcount:
            raise told(OutputError, "assign.refused.table_there", table=".".join(table))
        defined = [
            sql.SQL("{} {}").format(sql.Identifier(field.name), sql.SQL(_type(field.type))) for field in self._flat
        ]
        if self._geometry:
            defined.append(sql.SQL("{} geometry(Point, 4326)").format(sql.Identifier(self._geometry)))
        run(sql.SQL("CREATE TABLE {} ({})").format(self._table, sql.SQL(", ").join(defined)))
        comment = sql.SQL("COMMENT ON COLUMN {}.{} IS {}")
        for name in [name for name in self._names if name in COLUMNS]:
            words = " · ".join(text(f"assign.column.{name}", language) for language in LANGUAGES)
            run(comment.format(self._table, sql.Identifier(name), sql.Literal(words)))

    def write(self, batch: pa.RecordBatch) -> None:
        """Write a batch by COPY."""
        columns = [_cells(column) for column in flat(batch, self._flat).columns]
        if self._geometry:
            columns.append([None if point is None else point.hex() for point in points_wkb(batch).to_pylist()])
        statement = self._sql.SQL("COPY {} FROM STDIN").format(self._table)
        with answers(), self._connection.cursor() as cursor, cursor.copy(statement) as copy:
            for row in zip(*columns, strict=True):
                copy.write_row(row)

    def index(self) -> None:
        """Create the spatial index; apart from the rows, this is the step that takes longest."""
        if self._geometry:
            index = self._sql.SQL("CREATE INDEX ON {} USING gist ({})")
            with answers():
                self._connection.execute(index.format(self._table, self._sql.Identifier(self._geometry)))

    def close(self) -> None:
        """Commit: make the table visible to others."""
        with answers():
            self._connection.commit()
        self._connection.close()

    def abort(self) -> None:
        """Roll back: leave the database as it was."""
        with contextlib.suppress(Exception):
            self._connection.rollback()
        self._connection.close()


def _type(kind: pa.DataType) -> str:
    """Return the type in PostgreSQL for a column; text for a type that has no counterpart."""
    if pa.types.is_timestamp(kind):
        return "timestamptz" if kind.tz else "timestamp"
    return next((name for is_kind, name in _TYPES if is_kind(kind)), "text")


def _cells(column: pa.Array) -> list[Any]:
    """Return the values as psycopg takes them; times are cut to microseconds, NUL in text is replaced by ␀."""
    if pa.types.is_timestamp(column.type) or pa.types.is_time(column.type):
        finer = column.type.unit == "ns"
        if finer:
            coarse = pa.time64("us") if pa.types.is_time(column.type) else pa.timestamp("us", column.type.tz)
            column = column.cast(coarse, safe=False)
    cells: list[Any] = column.to_pylist()
    if _type(column.type) != "text":
        return cells
    return [None if cell is None else str(cell).replace(_NUL, _SHOWN_NUL) for cell in cells]


def _check_names(names: Sequence[str]) -> None:
    """Raise `UsageError` for names that are too long, hold a NUL, or occur twice."""
    for name in names:
        if len(name.encode()) > _LONGEST or _NUL in name:
            raise told(UsageError, "assign.refused.column_long", most=_LONGEST, name=name)
    if len(set(names)) < len(names):
        raise told(UsageError, "assign.refused.column_twice")
