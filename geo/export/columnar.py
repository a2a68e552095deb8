"""FlatGeobuf and GeoParquet: one layer per file, spatially indexed, with metadata in the file."""

from __future__ import annotations

import io
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import pyproj
import shapely

from geo.export.contents import Layer, rows_of
from geo.export.csvfile import layer_columns, layer_rows, write_rows
from geo.export.job import Job

__all__ = ["write_fgb", "write_geoparquet"]

_BBOX, _SIDES = "bbox", ("xmin", "ymin", "xmax", "ymax")


def write_fgb(job: Job, folder: Path) -> None:
    """Write FlatGeobuf with its spatial index; rows without geometry, which it cannot store, go to a CSV beside it."""
    for layer in job.layers:
        frame = job.frame(layer)
        placed = frame.geometry.notna()
        # Written to memory first: on a full disk GDAL drops the last feature without an error.
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
    """Write GeoParquet 1.1: WKB, zstd compression, a bbox covering column, the CRS as PROJJSON."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    about = json.dumps(_about(job), ensure_ascii=False)
    for layer in job.layers:
        frame = job.frame(layer)
        names = [column.name for column in layer.columns]
        attributes = pa.Table.from_pandas(pd.DataFrame(frame), columns=names, preserve_index=False)
        # Without the metadata of pandas and Arrow: other readers do not use it, and it doubles the size.
        bare = _with_shapes(attributes.replace_schema_metadata(None), frame.geometry)
        # No dictionary encoding of geometry and bbox: their values are unique.
        options = {"compression": "zstd", "use_dictionary": names, "store_schema": False}
        with pq.ParquetWriter(folder / job.file_of(layer), bare.schema, **options) as writer:
            writer.write_table(bare)
            writer.add_key_value_metadata({"geo": _geo(frame, layer), "metadata": about})


def _with_shapes(attributes: Any, shapes: gpd.GeoSeries) -> Any:
    """Return an Arrow table with geometry and bbox; the bbox is null where there is no geometry."""
    import pyarrow as pa

    missing = pa.array(shapes.isna().to_numpy())
    boxes = pa.StructArray.from_arrays(list(shapely.bounds(shapes.array).T), names=_SIDES, mask=missing)
    wkb = pa.array(shapely.to_wkb(shapes.to_numpy(), flavor="iso"), pa.binary())
    return attributes.append_column("geometry", wkb).append_column(_BBOX, boxes)


def _geo(frame: gpd.GeoDataFrame, layer: Layer) -> str:
    """Return the ``geo`` metadata that the GeoParquet standard requires."""
    said = _geo_of_none(frame.crs)
    about: dict[str, Any] = dict(said["columns"]["geometry"])
    if not frame.geometry.isna().all():
        about |= {"geometry_types": [layer.geometry_type], "bbox": frame.total_bounds.tolist()}
    return json.dumps({**said, "columns": {"geometry": about}})


@lru_cache(maxsize=8)
def _geo_of_none(crs: pyproj.CRS) -> Any:
    """Return the ``geo`` metadata of a file without rows: without geometry types and bbox."""
    import pyarrow.parquet as pq

    buffer = io.BytesIO()
    frame = gpd.GeoDataFrame(geometry=[], crs=crs)
    frame.to_parquet(buffer, index=False, schema_version="1.1.0", write_covering_bbox=True)
    return json.loads(pq.read_schema(buffer).metadata[b"geo"])


def _about(job: Job) -> dict[str, object]:
    return {**job.header(), "sources": list(rows_of(job.contents.attributes("sources")))}
