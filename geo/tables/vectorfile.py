"""Readers of GeoJSON, GeoPackage and zipped Shapefile by GDAL; files are checked first and opened by one driver."""

from __future__ import annotations

import re
import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa
import pyogrio

from geo.base.gdal_paths import readable
from geo.base.nearest import unknown_part
from geo.base.told import told
from geo.crs.foreign import LONGEST
from geo.errors import DataError, UsageError
from geo.tables.archive import open_zip, unpack
from geo.tables.dbf import dbf_encoding
from geo.tables.encoding import TextFile
from geo.tables.header import unique_names
from geo.tables.limits import Limits
from geo.tables.links import check_links
from geo.tables.notes import listed, note
from geo.tables.source import BATCH_ROWS, Chunk, SourceInfo

__all__ = ["VectorSource", "geojson_source", "geopackage_source", "shapefile_source"]

_GEOMETRY = "geometry"
_SQL_STEPS = 1_000_000
_REMARKS = 10


class VectorSource:
    """A layer that GDAL reads, with the geometry as WKB.

    Raises
    ------
    DataError
        If GDAL cannot read it, with GDAL's reason, or it is beyond the limits.
    """

    def __init__(
        self,
        target: str,
        name: str,
        limits: Limits,
        info: SourceInfo,
        *,
        layer: str | None = None,
        encoding: str | None = None,
        held: int | None = None,
    ) -> None:
        self._target, self._name, self._layer, self._encoding, self._held = target, name, layer, encoding, held
        self.info = info
        try:
            with self._listening(), self._open() as (meta, reader):
                schema = reader.schema
        except Exception as error:
            raise self._failed(error) from None
        limits.check_columns(len(schema), name)
        wkb = meta.get("geometry_name") or "wkb_geometry"
        has_geometry = meta.get("geometry_type") is not None and wkb in schema.names
        plain = [
            _GEOMETRY if has_geometry and n == "wkb_geometry" and not meta["geometry_name"] else n for n in schema.names
        ]
        names, info.renamed = unique_names(plain)
        self.schema = pa.schema([field.with_name(new) for field, new in zip(schema, names, strict=True)])
        self.rows: int | None = None
        if has_geometry:
            info.geometry = names[schema.names.index(wkb)]
            info.crs = str(meta.get("crs") or "")

    def _open(self) -> Any:
        """Open the layer as a stream of Arrow batches."""
        return pyogrio.open_arrow(
            self._target, layer=self._layer, encoding=self._encoding, batch_size=BATCH_ROWS, use_pyarrow=True
        )

    def _failed(self, error: Exception) -> Exception:
        """Return the error to raise for an error of GDAL."""
        if isinstance(error, (DataError, UsageError)):
            return error
        reason = str(error).replace(self._target, self._name).splitlines() or [type(error).__name__]
        return told(DataError, "refused.unsound", name=self._name, format=self.info.format, why=reason[0][:200])

    @contextmanager
    def _listening(self) -> Iterator[None]:
        """Collect GDAL's messages for the report instead of printing them."""
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            yield
        for text in {str(warning.message)[:200] for warning in said}:
            remark = note("reader_says", text=text)
            if remark not in self.info.warnings and len(self.info.warnings) < _REMARKS:
                self.info.warnings.append(remark)

    def _next(self, batches: Iterator[Any]) -> Any:
        """Return the next batch, None at the end."""
        with self._listening():
            return next(batches, None)

    def chunks(self) -> Iterator[Chunk]:
        """Yield the features in file order."""
        try:
            with ExitStack() as stack:
                with self._listening():
                    _, reader = stack.enter_context(self._open())
                batches, rows = iter(reader), 0
                while (batch := self._next(batches)) is not None:
                    batch.validate(full=True)
                    rows += batch.num_rows
                    yield Chunk(pa.RecordBatch.from_arrays(batch.columns, schema=self.schema))
                # GDAL ends a table early, with no more than a remark, where it cannot read on.
                if self._held is not None and rows != self._held:
                    raise told(DataError, "refused.damaged_rows", name=self._name, rows=str(rows), held=str(self._held))
        except GeneratorExit:
            raise
        except Exception as error:
            raise self._failed(error) from None


def geojson_source(text: TextFile, folder: Path, name: str, limits: Limits) -> VectorSource:
    """Open GeoJSON that is already UTF-8. The driver is named, so that GDAL takes it for nothing else."""
    check_links(text.path, text.start, name)
    if text.start:
        path = folder / "plain.geojson"
        with text.path.open("rb") as source, path.open("wb") as out:
            source.seek(text.start)
            while block := source.read(1 << 20):
                out.write(block)
    else:
        path = readable(text.path, folder, ".geojson")
    info = SourceInfo("geojson", text.encoding, text.rule)
    return VectorSource(f"GeoJSON:{path}", name, limits, info)


def geopackage_source(path: Path, folder: Path, name: str, limits: Limits, layer: str | None) -> VectorSource:
    """Open one layer of a GeoPackage. A view is refused, since it is a program rather than a table.

    Raises
    ------
    DataError
        If the file is not a sound GeoPackage.
    UsageError
        If the layer does not exist, or several could be meant.
    """
    layers, counts = _geopackage_layers(path, name, limits)
    if layer is not None:
        if layer not in layers:
            raise unknown_part("layer", layer, layers, name)
        chosen = layer
    else:
        placed = [title for title, kind in layers.items() if kind == "features"] or list(layers)
        if len(placed) != 1:
            raise told(UsageError, "refused.several_layers", name=name, layers=listed(placed))
        chosen = placed[0]
    path = readable(path, folder, ".gpkg")
    others = [other for other in layers if other != chosen]
    notes = [note("other_layers", names=listed(others, 10))] if others else []
    info = SourceInfo("gpkg", layer=chosen, warnings=notes)
    return VectorSource(str(path), name, limits, info, layer=chosen, held=counts[chosen])


def _geopackage_layers(path: Path, name: str, limits: Limits) -> tuple[dict[str, str], dict[str, int]]:
    """Return the tables that a GeoPackage lists, each with its kind (``features``, ``attributes``), and their rows."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            db.text_factory = lambda raw: raw.decode("utf-8", "replace")
            steps = iter(range(100))
            db.set_progress_handler(lambda: next(steps, None) is None, _SQL_STEPS)
            kinds = dict(db.execute("SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view')"))
            if kinds.get("gpkg_contents") != "table":
                raise told(DataError, "refused.no_geopackage", name=name)
            found = db.execute(
                "SELECT table_name, data_type FROM gpkg_contents WHERE data_type IN ('features', 'attributes')"
            )
            layers = {str(table): str(kind) for table, kind in found}
            limits.check_layers(len(layers), name)
            _check_system_tables(db, kinds, name)
            odd = [table for table in layers if kinds.get(table) == "table" and not _is_plain_table(db, table)]
            counts = {table: _count(db, table) for table in layers if kinds.get(table) == "table" and table not in odd}
    except (sqlite3.Error, UnicodeDecodeError) as error:  # the latter from a damaged error text
        raise told(DataError, "refused.unsound_geopackage", name=name, why=error) from None
    views = [table for table in layers if kinds.get(table) != "table"]
    if views:
        raise told(DataError, "refused.view", name=name, views=", ".join(map(repr, views[:5])))
    if odd:
        raise told(DataError, "refused.computed", name=name, tables=", ".join(map(repr, odd[:5])))
    if not layers:
        raise told(DataError, "refused.no_layers", name=name)
    return layers, counts


def _check_system_tables(db: sqlite3.Connection, kinds: dict[str, str], name: str) -> None:
    """Refuse a GeoPackage whose system tables are computed, or whose CRSs are huge: GDAL reads both on opening."""
    for table, kind in kinds.items():
        if str(table).lower().startswith(("gpkg_", "ogr_")) and (kind != "table" or not _is_plain_table(db, table)):
            raise told(DataError, "refused.computed", name=name, tables=repr(str(table)[:60]))
    if "gpkg_spatial_ref_sys" in kinds:
        found = db.execute("SELECT max(length(definition)) FROM gpkg_spatial_ref_sys").fetchone()
        if found[0] is not None and int(found[0]) > LONGEST:
            raise told(DataError, "refused.crs_in_table", name=name, size=str(found[0]), most=str(LONGEST))


def _is_plain_table(db: sqlite3.Connection, table: str) -> bool:
    """Return whether a table is not virtual and has no generated column, which could take any time to read."""
    (sql,) = db.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)).fetchone()
    hidden = db.execute("SELECT count(*) FROM pragma_table_xinfo(?) WHERE hidden <> 0", (table,)).fetchone()[0]
    return not hidden and not re.match(r"\s*CREATE\s+VIRTUAL", str(sql), re.IGNORECASE)


def _count(db: sqlite3.Connection, table: str) -> int:
    quoted = table.replace('"', '""')
    return int(db.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()[0])  # noqa: S608 (quoted)


def shapefile_source(
    path: Path, folder: Path, name: str, limits: Limits, layer: str | None, encoding: str | None
) -> VectorSource:
    """Unpack one Shapefile of a zip into `folder` and open it.

    Raises
    ------
    DataError
        If the zip is unsafe or has no complete Shapefile.
    UsageError
        If it has several and `layer` does not say which.
    """
    with open_zip(path, name, limits) as archive:
        entries = {PurePosixPath(entry.replace("\\", "/")): entry for entry in archive.namelist()}
        shapes = {p.stem: p for p in entries if p.suffix.lower() == ".shp" and not p.name.startswith("._")}
        if not shapes:
            held = ", ".join(repr(str(p)) for p in list(entries)[:5])
            raise told(DataError, "refused.no_shapefile", name=name, held=held or "nothing")
        if layer is not None and layer not in shapes:
            raise unknown_part("layer", layer, shapes, name)
        if layer is None and len(shapes) > 1:
            raise told(UsageError, "refused.several_layers", name=name, layers=listed(list(shapes)))
        chosen = shapes[layer] if layer is not None else next(iter(shapes.values()))
        parts = _parts(entries, chosen)
        missing = [suffix for suffix in (".shx", ".dbf") if suffix not in parts]
        if missing:
            raise told(DataError, "refused.shapefile_part", name=name, file=chosen.name, missing=" and ".join(missing))
        for suffix in (".shp", ".shx", ".dbf", ".prj", ".cpg"):
            if suffix in parts:
                unpack(archive, parts[suffix], folder / f"table{suffix}", path, name, limits)
    prj = folder / "table.prj"
    if prj.exists() and prj.stat().st_size > LONGEST:
        raise told(DataError, "refused.prj_long", name=name, size=str(prj.stat().st_size), most=str(LONGEST))
    found = dbf_encoding(folder / "table.dbf", folder / "table.cpg", name, encoding)
    (folder / "table.cpg").unlink(missing_ok=True)
    info = SourceInfo("shapefile", found.encoding, found.rule, layer=chosen.stem, warnings=list(found.warnings))
    return VectorSource(str(folder / "table.shp"), name, limits, info, encoding=found.encoding)


def _parts(entries: dict[PurePosixPath, str], chosen: PurePosixPath) -> dict[str, str]:
    """Return the files of a Shapefile in the zip, by ending."""
    return {
        path.suffix.lower(): entry
        for path, entry in entries.items()
        if path.parent == chosen.parent and path.stem == chosen.stem
    }
