"""FlatGeobuf and GeoParquet: one layer per file, indexed, with the metadata in the file."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio

from geo.export.contents import rows_of
from geo.export.csvfile import layer_columns, layer_rows, write_rows
from geo.export.job import Job

__all__ = ["write_fgb", "write_geoparquet"]

_BBOX = "bbox"


def write_fgb(job: Job, folder: Path) -> None:
    """Write FlatGeobuf with its spatial index; rows without geometry, which it cannot hold, go to a CSV beside it."""
    for layer in job.layers:
        frame = job.frame(layer)
        placed = frame.geometry.notna()
        # In memory first: GDAL leaves the last feature out without an error where the disk is full.
        buffer = io.BytesIO()
        pyogrio.write_dataframe(
            frame[placed],
            buffer,
            layer=Path(job.file_of(layer)).stem,
            driver="FlatGeobuf",
            geometry_type=layer.geometry_type,
            use_arrow=True,
            layer_metadata={"metadata": json.dumps(_about(job), ensure_ascii=False)},
            layer_options={
                "TITLE": layer.title(job.language),
                "DESCRIPTION": f"{layer.definition_zh} · {layer.definition_en}",
                "SPATIAL_INDEX": "YES",
            },
        )
        (folder / job.file_of(layer)).write_bytes(buffer.getvalue())
        if not placed.all():
            rest = (row for row in layer_rows(layer) if row[-1] is None)
            write_rows(folder / f"{layer.name}.without_geometry.csv", layer_columns(layer), rest)


def write_geoparquet(job: Job, folder: Path) -> None:
    """Write GeoParquet 1.1: WKB, zstd, a bbox covering column, the CRS as PROJJSON."""
    import pyarrow.parquet as pq

    for layer in job.layers:
        frame = job.frame(layer)
        geometry = _geometry(frame)
        metadata = {"geo": geometry.schema.metadata[b"geo"], "metadata": json.dumps(_about(job), ensure_ascii=False)}
        bare = _beside(pd.DataFrame(frame.drop(columns="geometry")), geometry)
        # Without what pandas and Arrow add for themselves: it says nothing to others and doubles the metadata.
        with pq.ParquetWriter(
            folder / job.file_of(layer), bare.schema, compression="zstd", store_schema=False
        ) as writer:
            writer.write_table(bare)
            writer.add_key_value_metadata(metadata)


def _geometry(frame: gpd.GeoDataFrame) -> Any:
    """Return geometry, its bbox and what geopandas says of both, as an Arrow table; the attributes stay out of it."""
    import pyarrow.parquet as pq

    buffer = io.BytesIO()
    shapes = frame[["geometry"]]
    shapes.to_parquet(buffer, index=False, compression=None, schema_version="1.1.0", write_covering_bbox=True)
    return pq.read_table(buffer, use_threads=False)


def _beside(attributes: pd.DataFrame, geometry: Any) -> Any:
    """Return one Arrow table of attributes, geometry and bbox, without metadata."""
    import pyarrow as pa

    table = pa.Table.from_pandas(attributes, preserve_index=False)
    for field, column in zip(geometry.schema, geometry.columns, strict=True):
        table = table.append_column(field, column)
    return _without_empty_boxes(table.replace_schema_metadata(None))


def _without_empty_boxes(table: Any) -> Any:
    """Return a table whose bbox is null where there is no geometry, instead of a box of nulls."""
    import pyarrow as pa

    boxes = table.column(_BBOX).combine_chunks()
    parts = [boxes.field(number) for number in range(boxes.type.num_fields)]
    missing = table.column("geometry").combine_chunks().is_null()
    made = pa.StructArray.from_arrays(parts, fields=list(boxes.type), mask=missing)
    return table.set_column(table.column_names.index(_BBOX), pa.field(_BBOX, boxes.type), made)


def _about(job: Job) -> dict[str, object]:
    return {**job.header(), "sources": list(rows_of(job.contents.attributes("sources")))}
