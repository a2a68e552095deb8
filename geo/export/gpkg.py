"""GeoPackage: layers by kind, attribute tables, aliases, QGIS styles, ISO 19115 metadata, reproducible bytes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pyogrio

from geo.base.gdal_paths import writable
from geo.base.messages import LANGUAGES, text
from geo.contract.schema import Column, table
from geo.export.contents import Layer, rows_of
from geo.export.job import Job
from geo.export.metadata import iso19115
from geo.export.qgis_project import packed, project_layers
from geo.export.sql_names import sql_name
from geo.export.styles import looks, qml, qml_of_table, sld
from geo.export.value_words import value_words

__all__ = ["write", "write_as"]

_GEOMETRY = "geom"
_SQL_TYPES = {"integer": "INTEGER", "number": "REAL", "boolean": "BOOLEAN"}
# Not the newest version: GIS software in use refuses versions that it does not know, or warns about them.
_VERSION = "1.3"
_SPEC = "http://www.geopackage.org/spec130/#extension"

_SCHEMA_TABLES = """
CREATE TABLE IF NOT EXISTS gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT, mime_type TEXT,
  constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE gpkg_data_column_constraints (
  constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC, min_is_inclusive BOOLEAN,
  max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
CREATE TABLE gpkg_metadata (
  id INTEGER CONSTRAINT m_pk PRIMARY KEY ASC NOT NULL, md_scope TEXT NOT NULL DEFAULT 'dataset',
  md_standard_uri TEXT NOT NULL, mime_type TEXT NOT NULL DEFAULT 'text/xml', metadata TEXT NOT NULL DEFAULT '');
CREATE TABLE gpkg_metadata_reference (
  reference_scope TEXT NOT NULL, table_name TEXT, column_name TEXT, row_id_value INTEGER,
  timestamp DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), md_file_id INTEGER NOT NULL,
  md_parent_id INTEGER, CONSTRAINT crmr_mfi_fk FOREIGN KEY (md_file_id) REFERENCES gpkg_metadata(id),
  CONSTRAINT crmr_mpi_fk FOREIGN KEY (md_parent_id) REFERENCES gpkg_metadata(id));
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
  f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN,
  description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME);
"""


def write(job: Job, folder: Path) -> None:
    """Write one GeoPackage with all layers and tables.

    Notes
    -----
    GDAL writes the features and the R-tree, SQLite the rest. Layer names come from `sql_name`, so that ArcGIS and
    PostGIS accept them. Every time stamp is the date of the data. A QGIS project is included under the name of the
    atlas.
    """
    write_as(job, folder / job.main, project_layers(job), packed(job, job.main))


def write_as(job: Job, file: Path, more: Sequence[Layer] = (), project: bytes = b"") -> None:
    """Write the GeoPackage to a file, with additional layers (without stored styles) and a packed project."""
    with writable(file) as path:
        _write_all(job, path, more, project)


def _write_all(job: Job, path: Path, more: Sequence[Layer], project: bytes) -> None:
    layers = (*job.layers, *more)
    names = {layer.name: sql_name(layer.name) for layer in layers}
    titles = _distinct([layer.title(job.language) for layer in layers])
    with _reproducible(_stamp(job)):
        for layer, title in zip(layers, titles, strict=True):
            _write_features(job, layer, path, names[layer.name], title)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("PRAGMA synchronous = OFF")
        database.executescript(_SCHEMA_TABLES)
        _write_tables(job, database, set(names.values()))
        for layer in layers:
            _describe(job, database, names[layer.name], layer.columns)
        _write_styles(job, database, names)
        _write_metadata(job, database)
        _write_extensions(database)
        if project:
            _write_project(job, database, project)
    with closing(sqlite3.connect(path)) as database:
        # The journal mode is stored in the file; one left in WAL mode cannot be opened from a read-only folder.
        database.execute("PRAGMA journal_mode = DELETE")


@contextmanager
def _reproducible(stamp: str) -> Iterator[None]:
    """Make GDAL write `stamp` instead of the current time, and without waiting for the disk.

    Overwriting the time afterwards would leave its digits in unused bytes of a page. Synchronous writes are not needed,
    because the file is renamed into place only when it is complete.
    """
    chosen = {"OGR_CURRENT_DATE": stamp, "OGR_SQLITE_SYNCHRONOUS": "OFF"}
    before = {name: pyogrio.get_gdal_config_option(name) for name in chosen}
    pyogrio.set_gdal_config_options(chosen)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)


def _stamp(job: Job) -> str:
    return f"{job.contents.meta['data_date']}T00:00:00.000Z"


def _distinct(words: Iterable[str]) -> list[str]:
    seen: dict[str, int] = {}
    result = []
    for word in words:
        seen[word] = seen.get(word, 0) + 1
        result.append(word if seen[word] == 1 else f"{word} ({seen[word]})")
    return result


def _write_features(job: Job, layer: Layer, path: Path, name: str, title: str) -> None:
    definition = layer.definition_zh if job.language == "zh" else layer.definition_en
    pyogrio.write_dataframe(
        job.frame(layer),
        path,
        layer=name,
        driver="GPKG",
        append=path.exists(),
        use_arrow=True,
        geometry_type=layer.geometry_type,
        dataset_options={"VERSION": _VERSION},
        layer_options={
            "GEOMETRY_NAME": _GEOMETRY,
            "FID": "fid",
            "SPATIAL_INDEX": "YES",
            "IDENTIFIER": title,
            "DESCRIPTION": definition,
        },
    )


def _write_tables(job: Job, database: sqlite3.Connection, taken: set[str]) -> None:
    for name, frame in job.contents.tables.items():
        columns = [column for column in table(name).columns if column.name in frame]
        own = name if name not in taken else f"{name}_table"
        defined = ", ".join(f'"{column.name}" {_SQL_TYPES.get(column.type, "TEXT")}' for column in columns)
        database.execute(f'CREATE TABLE "{own}" ("fid" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, {defined})')
        marks = ", ".join("?" * len(columns))
        listed = ", ".join(f'"{column.name}"' for column in columns)
        rows = [tuple(row[column.name] for column in columns) for row in rows_of(frame)]
        # Names come from the contract; every value is a bound parameter.
        database.executemany(f'INSERT INTO "{own}" ({listed}) VALUES ({marks})', rows)  # noqa: S608
        title = text(f"export.table.{name}", job.language)
        _register_attributes(job, database, own, title, len(rows))
        _describe(job, database, own, columns)
        _write_style(job, database, own, "", qml_of_table(columns, job.language), "", title)


def _register_attributes(job: Job, database: sqlite3.Connection, name: str, title: str, count: int) -> None:
    database.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id) "
        "VALUES (?, 'attributes', ?, '', ?, 0)",
        (name, f"{title} ({name})", _stamp(job)),
    )
    database.execute("INSERT INTO gpkg_ogr_contents (table_name, feature_count) VALUES (?, ?)", (name, count))


def _describe(job: Job, database: sqlite3.Connection, name: str, columns: Sequence[Column]) -> None:
    """Write alias, label in the other language, definition and allowed values of every column."""
    labels = [(c.label_zh, c.label_en) if job.language == "zh" else (c.label_en, c.label_zh) for c in columns]
    aliases = _distinct(own for own, _ in labels)
    for column, alias, (_, other) in zip(columns, aliases, labels, strict=True):
        unit = f" [{column.unit}]" if column.unit else ""
        constraint = f"{column.table}_{column.name}" if column.allowed else None
        database.execute(
            "INSERT INTO gpkg_data_columns VALUES (?, ?, ?, ?, ?, NULL, ?)",
            (name, column.name, alias, other, f"{column.definition_zh} · {column.definition_en}{unit}", constraint),
        )
        words = [value_words(job.contents.atlas, column, language) for language in LANGUAGES] if column.allowed else []
        database.executemany(
            "INSERT OR IGNORE INTO gpkg_data_column_constraints VALUES (?, 'enum', ?, NULL, NULL, NULL, NULL, ?)",
            [(constraint, value, " · ".join(one[value] for one in words)) for value in column.allowed],
        )


def _write_styles(job: Job, database: sqlite3.Connection, names: dict[str, str]) -> None:
    for layer in job.layers:
        legend = "; ".join(look.title(job.language) for look in looks(job.contents, layer))
        drawn = qml(job.contents, layer), sld(job.contents, layer)
        _write_style(job, database, names[layer.name], _GEOMETRY, *drawn, legend)
    count = database.execute("SELECT count(*) FROM layer_styles").fetchone()[0]
    # Registered, because otherwise QGIS and GDAL take the table for damage and other tools drop it.
    _register_attributes(job, database, "layer_styles", "QGIS", count)


def _write_style(
    job: Job, database: sqlite3.Connection, name: str, geometry: str, qml_text: str, sld_text: str, legend: str
) -> None:
    database.execute(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, "
        "styleQML, styleSLD, useAsDefault, description, owner, update_time) "
        "VALUES ('', '', ?, ?, ?, ?, ?, 1, ?, '', ?)",
        (name, geometry, name[:30], qml_text, sld_text, legend, _stamp(job)),
    )


def _write_metadata(job: Job, database: sqlite3.Connection) -> None:
    database.execute(
        "INSERT INTO gpkg_metadata VALUES (1, 'dataset', 'http://www.isotc211.org/2005/gmd', 'text/xml', ?)",
        (iso19115(job),),
    )
    database.execute(
        "INSERT INTO gpkg_metadata_reference VALUES ('geopackage', NULL, NULL, NULL, ?, 1, NULL)", (_stamp(job),)
    )


def _write_project(job: Job, database: sqlite3.Connection, project: bytes) -> None:
    """Store a project as QGIS does in a GeoPackage: in a table of its own, zipped, as hexadecimal text."""
    database.execute("CREATE TABLE qgis_projects (name TEXT PRIMARY KEY, metadata BLOB, content BLOB)")
    about = json.dumps({"last_modified_time": _stamp(job)[:-1], "last_modified_user": ""})
    row = (str(job.contents.meta["atlas_id"]), about, project.hex())
    database.execute("INSERT INTO qgis_projects VALUES (?, ?, ?)", row)


def _write_extensions(database: sqlite3.Connection) -> None:
    database.executemany(
        "INSERT INTO gpkg_extensions VALUES (?, NULL, ?, ?, 'read-write')",
        [
            ("gpkg_data_columns", "gpkg_schema", f"{_SPEC}_schema"),
            ("gpkg_data_column_constraints", "gpkg_schema", f"{_SPEC}_schema"),
            ("gpkg_metadata", "gpkg_metadata", f"{_SPEC}_metadata"),
            ("gpkg_metadata_reference", "gpkg_metadata", f"{_SPEC}_metadata"),
        ],
    )
