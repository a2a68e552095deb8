"""Writers of a joined table as GeoPackage, GeoJSON and FlatGeobuf: every row, also those without a point."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from importlib import resources
from pathlib import Path

import pandas as pd
import pyarrow as pa

from geo.assign.flat import flat, flat_schema
from geo.assign.join import column_names
from geo.assign.points_wkb import geometry_name, points_wkb
from geo.base.gdal_paths import writable
from geo.base.messages import LANGUAGES, text
from geo.base.told import told
from geo.errors import OutputError

__all__ = ["DRIVERS", "VectorFile"]

DRIVERS = {"gpkg": "GPKG", "geojson": "GeoJSON", "fgb": "FlatGeobuf"}

_WKB = {b"ARROW:extension:name": b"ogc.wkb"}
_LAYER = "rows"
#: Names that GDAL takes for the row number; a column of the user with such a name crashes it.
_ROW_NUMBERS = {"gpkg": ("fid", "ogc_fid"), "geojson": ("ogc_fid",), "fgb": ("ogc_fid",)}
_SPEC = "http://www.geopackage.org/spec130/#extension_schema"
_TABLES = """
CREATE TABLE IF NOT EXISTS gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE IF NOT EXISTS gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT, mime_type TEXT,
  constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
  f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN,
  description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME);
"""


class VectorFile:
    """A writer of record batches into a file of GDAL, which takes them all at once when the file is closed.

    Until then they are held in a temporary Arrow file.

    Parameters
    ----------
    part : Path
        The file to write.
    schema : pyarrow.Schema
        Schema of a joined table.
    kind : str
        A key of `DRIVERS`.
    described : sequence of str
        The columns that the join added. A GeoPackage holds their names in words.
    language : {"zh", "en"}
    """

    def __init__(self, part: Path, schema: pa.Schema, kind: str, described: Sequence[str], language: str) -> None:
        self._part, self._kind, self._described, self._language = part, kind, described, language
        self._flat = flat_schema(schema)
        flattened = _of_gdal(self._flat)
        taken = {*described, *_ROW_NUMBERS[kind]}
        own = [name for name in flattened.names if name not in described]
        new = column_names(own, taken, cased=False)  # to GDAL "District" and "district" are one field
        names = [new.get(name, name) for name in flattened.names]
        self._schema = pa.schema([f.with_name(name) for f, name in zip(flattened, names, strict=True)])
        self._geometry = geometry_name(names, "geom" if kind == "gpkg" else "geometry")
        self._rows = 0
        self._folder = part.with_name(part.name + ".d")
        self._folder.mkdir()
        self._file = pa.OSFile(str(self._folder / "rows.arrow"), "wb")
        field = pa.field(self._geometry, pa.binary(), metadata=_WKB)
        self._whole = pa.schema([*self._schema, field])
        self._writer = pa.ipc.new_file(self._file, self._whole)

    def write(self, batch: pa.RecordBatch) -> None:
        """Take a batch."""
        points = points_wkb(batch)
        self._rows += batch.num_rows
        columns = [*map(_for_gdal, flat(batch, self._flat).columns), points]
        self._writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=self._whole))

    def close(self) -> None:
        """Write the file.

        Raises
        ------
        OutputError
            If GDAL cannot write it, or left rows out (as it does, without an error, when the disk is full).
        """
        self._writer.close()
        self._file.close()
        import pyogrio

        title = text("assign.sheet.data", self._language)
        options = {
            "gpkg": {"GEOMETRY_NAME": self._geometry, "FID": "fid", "IDENTIFIER": title},
            "geojson": {"RFC7946": "YES", "WRITE_NAME": "NO"},
            # With an index its rows would stand in another order, and none without a point could be held.
            "fgb": {"SPATIAL_INDEX": "NO"},
        }[self._kind]
        made = self._folder / f"made.{self._kind}"
        with pa.memory_map(str(self._folder / "rows.arrow")) as file, writable(made) as path:
            reader = pa.ipc.open_file(file)
            batches = (reader.get_batch(at) for at in range(reader.num_record_batches))
            try:
                pyogrio.write_arrow(
                    pa.RecordBatchReader.from_batches(self._whole, _or_empty(batches, self._whole)),
                    path,
                    layer=_LAYER,
                    driver=DRIVERS[self._kind],
                    geometry_name=self._geometry,
                    geometry_type="Point",
                    crs="EPSG:4326",
                    dataset_options={"VERSION": "1.3"} if self._kind == "gpkg" else None,
                    layer_options=options,
                )
            except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
                raise told(OutputError, "assign.refused.layer", name=self._part.name, why=error) from error
        layer = _LAYER if self._kind == "gpkg" else None
        written = max(pyogrio.read_info(made, layer=layer, force_feature_count=True)["features"], 0)
        if written != self._rows:  # GDAL leaves features out without an error where the disk is full
            raise told(OutputError, "assign.refused.features", name=self._part.name, written=written, rows=self._rows)
        if self._kind == "gpkg":
            self._describe(made)
        made.replace(self._part)

    def _describe(self, path: Path) -> None:
        """Add to a GeoPackage the names of the join's columns in words, and a style that QGIS applies by itself."""
        language = self._language
        other = next(one for one in LANGUAGES if one != language)
        style = resources.files("geo.data").joinpath("user_points.qml").read_text(encoding="utf-8")
        for status in ("matched", "outside"):
            style = style.replace(f"{{{status}}}", text(f"data.tally.{status}", language))
        places = {name: at + 1 for at, name in enumerate(self._schema.names)}  # the first field is the fid
        aliases = (
            f'<alias field="{n}" index="{places[n]}" name="{text(f"assign.column.{n}", language)}"/>'
            for n in self._described
        )
        style = style.replace("{aliases}", "".join(aliases))
        with closing(sqlite3.connect(path)) as database, database:
            database.executescript(_TABLES)
            words = [(text(f"assign.column.{n}", language), text(f"assign.column.{n}", other)) for n in self._described]
            rows = [(_LAYER, n, own, there, there) for n, (own, there) in zip(self._described, words, strict=True)]
            database.executemany("INSERT INTO gpkg_data_columns VALUES (?, ?, ?, ?, ?, NULL, NULL)", rows)
            database.execute(
                "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, "
                "styleName, styleQML, useAsDefault, owner) VALUES ('', '', ?, ?, ?, ?, 1, '')",
                (_LAYER, self._geometry, _LAYER, style),
            )
            database.execute(
                "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) "
                "VALUES ('layer_styles', 'attributes', 'layer_styles', '', 0)"
            )
            database.execute(
                "INSERT OR IGNORE INTO gpkg_extensions VALUES (?, NULL, 'gpkg_schema', ?, 'read-write')",
                ("gpkg_data_columns", _SPEC),
            )


def _is_foreign(kind: pa.DataType) -> bool:
    """Return whether GDAL has no field type for an Arrow type."""
    return bool(pa.types.is_null(kind) or pa.types.is_duration(kind) or pa.types.is_decimal256(kind))


def _of_gdal(schema: pa.Schema) -> pa.Schema:
    """Return the schema with text in place of types that GDAL does not have."""
    return pa.schema([f.with_type(pa.string()) if _is_foreign(f.type) else f for f in schema])


def _for_gdal(column: pa.Array) -> pa.Array:
    """Return a column in the type that `_of_gdal` gives it; durations are written as in ISO 8601."""
    if pa.types.is_duration(column.type):
        written = [None if one is None else pd.Timedelta(one).isoformat() for one in column.to_pylist()]
        return pa.array(written, pa.string())
    return column.cast(pa.string()) if _is_foreign(column.type) else column


def _or_empty(batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Yield the batches; an empty one if there are none."""
    some = False
    for batch in batches:
        some = True
        yield batch
    if not some:
        yield pa.RecordBatch.from_pylist([], schema)
