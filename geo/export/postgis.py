"""PostGIS: an SQL script for psql, or the same script run in one transaction."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import shapely

from geo.base import database
from geo.base.messages import text
from geo.base.told import told
from geo.contract.schema import KEYS, Column, table
from geo.errors import UsageError
from geo.export.contents import Layer, rows_of
from geo.export.job import Job
from geo.export.safe_text import xml_text
from geo.export.sql_names import sql_name
from geo.export.styles import qml

__all__ = ["literal", "load", "script", "write"]

_TYPES = {"integer": "bigint", "number": "double precision", "boolean": "boolean"}
_SCHEMA_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}\Z")
_ROWS_PER_INSERT = 500
#: Characters that need an escape string literal.
_ESCAPED = re.compile(r"[\\\x00-\x1f]")
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
#: Columns of QGIS' ``layer_styles``, as QGIS creates the table when it first saves a style into a database.
_STYLE_COLUMNS = (
    "id serial PRIMARY KEY, f_table_catalog varchar, f_table_schema varchar, f_table_name varchar, "
    "f_geometry_column varchar, stylename text, styleqml xml, stylesld xml, useasdefault boolean, description text, "
    "owner varchar(63) DEFAULT CURRENT_USER, ui xml, update_time timestamp DEFAULT CURRENT_TIMESTAMP, type varchar"
)


def write(job: Job, folder: Path) -> None:
    """Write the script that `load` runs."""
    (folder / job.main).write_text(script(job), encoding="utf-8", newline="\n")


def load(job: Job, url: str, *, overwrite: bool = False) -> None:
    """Load the layers and tables into a database, in one transaction.

    Parameters
    ----------
    job : Job
    url : str
        ``postgresql://user:password@host:port/database``, with any option of libpq.
    overwrite : bool
        Also replace tables of the same names that no export has written.

    Raises
    ------
    OutputError
        If the server cannot be reached or refuses; nothing has changed then.
    """
    statements = script(job, guard=not overwrite)
    connection = database.connect(url, autocommit=True)
    with contextlib.closing(connection), database.answers(connection, job.schema):
        # One simple query: the server runs all statements in one implicit transaction.
        connection.execute(statements.encode())


def literal(value: Any) -> str:
    r"""Return a value as an SQL literal in one line.

    Examples
    --------
    >>> literal("it's"), literal("a\nb"), literal(None), literal(0.1), literal(True)
    ("'it''s'", "E'a\\nb'", 'NULL', '0.1', 'TRUE')
    """
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return repr(value)
    quoted = str(value).replace("'", "''")
    if _ESCAPED.search(quoted):
        escaped = _ESCAPED.sub(lambda found: _ESCAPES.get(found[0], f"\\x{ord(found[0]):02x}"), quoted)
        return f"E'{escaped}'"
    return f"'{quoted}'"


def script(job: Job, *, guard: bool = True) -> str:
    """Return the SQL: schema, tables, rows, keys, indexes, views, comments, between BEGIN and COMMIT.

    Parameters
    ----------
    job : Job
    guard : bool
        Stop if the schema has relations of the same names that no export has written.

    Raises
    ------
    UsageError
        If the schema name is not lower-case ASCII, or is reserved by the server.
    """
    schema = job.schema
    if not _SCHEMA_NAME.match(schema) or schema.startswith("pg_") or schema == "information_schema":
        raise told(UsageError, "wrong.schema", given=schema)
    return "\n".join([*_Script(job, guard).lines(), ""])


class _Script:
    """The statements of the script, in order."""

    def __init__(self, job: Job, guard: bool) -> None:
        self.job = job
        self.guard = guard
        contents = job.contents
        self.layers = {layer.table.name: layer for layer in (contents.places, contents.institution)}
        self.frames: dict[str, pd.DataFrame] = {name: layer.frame for name, layer in self.layers.items()}
        self.frames |= contents.tables
        self.columns = {name: self._columns_of(name) for name in self.frames}
        kinds = contents.atlas.table("kinds").sort_values("sort_order")
        self.views = {kind: self._view_name(kind) for kind in kinds["kind"]}
        # A later export recognises its own relations by this mark in their comment.
        self.mark = f"[geo export {contents.meta['atlas_id']}]"
        self.srid = (job.crs.to_epsg() if job.crs is not None else None) or 0

    def _columns_of(self, name: str) -> list[Column]:
        contract = self.layers[name].table if name in self.layers else table(name)
        return [column for column in contract.columns if column.name in self.frames[name]]

    def _view_name(self, kind: str) -> str:
        name = sql_name(kind)
        return f"{name}_view" if name in self.frames else name

    def _name(self, name: str) -> str:
        return f'"{self.job.schema}"."{name}"'

    def lines(self) -> Iterator[str]:
        """Yield the statements."""
        header = self.job.header()
        for name, value in header.items():
            yield from (f"-- {name}: {line}" for line in _comment_lines(value))
        yield "BEGIN;"
        yield "SET LOCAL client_encoding = 'UTF8';"
        yield "SET LOCAL standard_conforming_strings = on;"
        yield "SET LOCAL client_min_messages = warning;"
        yield "CREATE EXTENSION IF NOT EXISTS postgis;"
        # IF NOT EXISTS would need the right to create schemas, which the owner of an existing schema may not have.
        missing = f"NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = {literal(self.job.schema)})"
        yield f'DO $geo$ BEGIN IF {missing} THEN CREATE SCHEMA "{self.job.schema}"; END IF; END $geo$;'
        # Exports wait for each other without a limit (a killed one releases its lock); the timeout below applies to
        # readers who leave a transaction open.
        yield "SET LOCAL lock_timeout = 0;"
        yield self._lock_and_guard()
        yield f"SET LOCAL lock_timeout = '{database.TIMEOUT_S}s';"
        yield from (f"DROP VIEW IF EXISTS {self._name(view)};" for view in self.views.values())
        yield f"DROP TABLE IF EXISTS {', '.join(self._name(name) for name in self.frames)};"
        for name in self.frames:
            yield self._create(name)
            yield from self._insert(name)
        for name in self.frames:
            yield from self._constrain(name)
        for name in self.layers:
            yield f'CREATE INDEX "{name}_geom_idx" ON {self._name(name)} USING gist (geom);'
        for kind, view in self.views.items():
            places = self._name(self.job.contents.places.table.name)
            # Names are quoted and checked; the value is a literal.
            yield f"CREATE VIEW {self._name(view)} AS SELECT * FROM {places} WHERE kind = {literal(kind)};"  # noqa: S608
        yield from self._comments()
        yield from self._styles()
        yield "COMMIT;"

    def _lock_and_guard(self) -> str:
        """Return a block that makes exports wait for each other, and stops if a table was not written by an export."""
        names = ", ".join(literal(name) for name in (*self.frames, *self.views.values()))
        stop = (
            f"IF EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            f"WHERE n.nspname = {literal(self.job.schema)} AND c.relname IN ({names}) "
            f"AND position({literal(self.mark)} in coalesce(obj_description(c.oid, 'pg_class'), '')) = 0) THEN "
            f"RAISE EXCEPTION 'schema {self.job.schema} holds tables of these names that no export wrote: "
            f"give another --schema, or --overwrite'; END IF; "
        )
        lock = f"PERFORM pg_advisory_xact_lock(hashtext({literal(self.mark + self.job.schema)}));"
        return f"DO $geo$ BEGIN {lock} {stop if self.guard else ''}END $geo$;"

    def _create(self, name: str) -> str:
        defined = []
        for column in self.columns[name]:
            filled = not self.frames[name][column.name].isna().any()
            null = " NOT NULL" if column.required and filled else ""
            check = f' CHECK ("{column.name}" IN ({", ".join(map(literal, column.allowed))}))' if column.allowed else ""
            defined.append(f'  "{column.name}" {_TYPES.get(column.type, "text")}{null}{check}')
        if name in self.layers:
            defined.append(f"  geom geometry({self.layers[name].geometry_type}, {self.srid})")
        key = ", ".join(f'"{column}"' for column in self._key(name))
        # An outcome that was looked for and not found has neither date nor source, which a primary key would require.
        whole = not self.frames[name][list(self._key(name))].isna().any(axis=None)
        defined.append(f"  {'PRIMARY KEY' if whole else 'UNIQUE'} ({key})")
        body = ",\n".join(defined)
        return f"CREATE TABLE {self._name(name)} (\n{body}\n);"

    def _key(self, name: str) -> tuple[str, ...]:
        return self.layers[name].table.key if name in self.layers else KEYS[name]

    def _insert(self, name: str) -> Iterator[str]:
        columns = [f'"{column.name}"' for column in self.columns[name]]
        rows = [[literal(row[c.name]) for c in self.columns[name]] for row in rows_of(self.frames[name])]
        if name in self.layers:
            columns.append("geom")
            rows = [[*row, shape] for row, shape in zip(rows, self._shapes(self.layers[name]), strict=True)]
        for start in range(0, len(rows), _ROWS_PER_INSERT):
            values = ",\n".join(f"({', '.join(row)})" for row in rows[start : start + _ROWS_PER_INSERT])
            yield f"INSERT INTO {self._name(name)} ({', '.join(columns)}) VALUES\n{values};"

    def _shapes(self, layer: Layer) -> list[str]:
        shapes = shapely.set_srid(self.job.frame(layer).geometry.to_numpy(), self.srid)
        encoded = shapely.to_wkb(shapes, hex=True, include_srid=True)
        return [literal(shape) for shape in encoded]

    def _constrain(self, name: str) -> Iterator[str]:
        """Yield the foreign keys that hold in this export; a partial export may refer to places outside it."""
        for column in self.columns[name]:
            target, _, field = column.references.partition(".")
            if target not in self.frames or column.type == "list":
                continue
            if set(self.frames[name][column.name].dropna()) <= set(self.frames[target][field]):
                yield (
                    f'ALTER TABLE {self._name(name)} ADD FOREIGN KEY ("{column.name}") '
                    f'REFERENCES {self._name(target)} ("{field}");'
                )

    def _comments(self) -> Iterator[str]:
        header = self.job.header()
        about = "\n".join(f"{name}: {line}" for name, value in header.items() for line in _comment_lines(value))
        own = f"nspname = {literal(self.job.schema)} AND pg_has_role(nspowner, 'USAGE')"
        comment = f'COMMENT ON SCHEMA "{self.job.schema}" IS {literal(about)};'
        yield f"DO $geo$ BEGIN IF EXISTS (SELECT FROM pg_namespace WHERE {own}) THEN {comment} END IF; END $geo$;"
        for name in self.frames:
            titles = self._titles(name)
            yield f"COMMENT ON TABLE {self._name(name)} IS {literal(f'{titles} {self.mark}')};"
            for column in self.columns[name]:
                unit = f" [{column.unit}]" if column.unit else ""
                words = f"{column.label_zh}：{column.definition_zh} · {column.label_en}: {column.definition_en}{unit}"
                yield f'COMMENT ON COLUMN {self._name(name)}."{column.name}" IS {literal(words)};'
        for kind in self.job.contents.atlas.table("kinds").to_dict("records"):
            words = f"{kind['name_zh']} · {kind['name_en']} {self.mark}"
            yield f"COMMENT ON VIEW {self._name(self.views[kind['kind']])} IS {literal(xml_text(words))};"
        for name in self.layers:
            coordinates = f"{self.job.crs_text('zh')} · {self.job.crs_text('en')}"
            yield f"COMMENT ON COLUMN {self._name(name)}.geom IS {literal(coordinates)};"

    def _styles(self) -> Iterator[str]:
        """Yield a block that stores our styles where QGIS looks for them, if the user may write there."""
        contents = self.job.contents
        by_name = {self.views[layer.name]: layer for layer in contents.kinds}
        by_name |= {layer.table.name: layer for layer in (contents.places, contents.institution)}
        names = ", ".join(literal(name) for name in by_name)
        schema = literal(self.job.schema)
        rows = ",\n".join(
            f"(current_database(), {schema}, {literal(name)}, 'geom', {literal(name)}, "
            f"{literal(qml(contents, layer))}, TRUE, "
            f"{literal(f'{layer.title(self.job.language)} {self.mark}')}, current_user)"
            for name, layer in by_name.items()
        )
        yield (
            "DO $geo$ BEGIN\n"
            f"CREATE TABLE IF NOT EXISTS public.layer_styles ({_STYLE_COLUMNS});\n"
            f"DELETE FROM public.layer_styles WHERE f_table_catalog = current_database() AND f_table_schema = {schema} "
            f"AND f_table_name IN ({names}) AND position({literal(self.mark)} in coalesce(description, '')) > 0;\n"
            "INSERT INTO public.layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, "
            f"stylename, styleqml, useasdefault, description, owner) VALUES\n{rows};\n"
            "EXCEPTION WHEN insufficient_privilege THEN NULL; END $geo$;"
        )

    def _titles(self, name: str) -> str:
        if name in self.layers:
            return f"{self.layers[name].title_zh} · {self.layers[name].title_en}"
        return " · ".join(text(f"export.table.{name}", language) for language in ("zh", "en"))


def _comment_lines(value: Any) -> Iterable[str]:
    """Return header values as single lines, so that none of them ends a comment of the script."""
    values = value if isinstance(value, list) else [value]
    return [" ".join(str(item).split()) for item in values]
