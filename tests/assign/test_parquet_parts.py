"""A Parquet file whose row groups are encoded side by side: all rows, in order, whole or not at all."""

import contextlib
import io
import time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from geo.assign import parquet_parts
from geo.assign.parquet_parts import ParquetParts

SCHEMA = pa.schema({"id": pa.int64(), "lon_wgs84": pa.float64(), "lat_wgs84": pa.float64(), "word": pa.string()})


def batch(start, rows):
    at = np.arange(start, start + rows)
    x = pa.array(at / 1000.0, mask=at % 5 == 0)
    return pa.record_batch([at, x, x, [f"w{n % 9}" for n in at]], schema=SCHEMA)


@pytest.fixture(autouse=True)
def short_groups(monkeypatch):
    monkeypatch.setattr(parquet_parts, "_GROUP_ROWS", 100)
    monkeypatch.setattr(parquet_parts, "cores", lambda: 3)


def late_first(monkeypatch):
    """Let what comes first be encoded last."""
    encode = ParquetParts._encoded

    def slow(self, batches, table):
        time.sleep(0.05 * (batches[0]["id"][0].as_py() % 300 == 0))
        return encode(self, batches, table)

    monkeypatch.setattr(ParquetParts, "_encoded", slow)


def test_row_groups_stand_in_the_order_of_the_rows(tmp_path, monkeypatch):
    late_first(monkeypatch)
    writer = ParquetParts(tmp_path / "out.parquet", SCHEMA)
    for start in range(0, 1050, 50):
        writer.write(batch(start, 50))
    writer.close()
    read = pq.ParquetFile(tmp_path / "out.parquet")
    assert [read.metadata.row_group(n).num_rows for n in range(read.num_row_groups)] == [100] * 10 + [50]
    table = read.read()
    assert table["id"].to_pylist() == list(range(1050))
    assert table["word"].to_pylist() == [f"w{n % 9}" for n in range(1050)]
    assert [point is None for point in table["geometry"].to_pylist()] == [n % 5 == 0 for n in range(1050)]


def test_no_more_is_held_than_there_are_threads(tmp_path, monkeypatch):
    late_first(monkeypatch)
    writer = ParquetParts(tmp_path / "out.parquet", SCHEMA)
    most = 0
    for start in range(0, 2000, 100):
        writer.write(batch(start, 100))
        most = max(most, len(writer._coming))
    writer.close()
    assert 0 < most <= 3


def test_without_rows_the_file_has_the_columns(tmp_path):
    ParquetParts(tmp_path / "out.parquet", SCHEMA).close()
    read = pq.read_table(tmp_path / "out.parquet")
    assert (read.num_rows, read.column_names) == (0, [*SCHEMA.names, "geometry"])


def test_into_an_object_it_writes_the_same_and_leaves_it_open(tmp_path):
    sink = io.BytesIO()
    for target in (sink, tmp_path / "out.parquet"):
        writer = ParquetParts(target, SCHEMA)
        for start in range(0, 500, 50):
            writer.write(batch(start, 50))
        writer.close()
    assert sink.getvalue() == (tmp_path / "out.parquet").read_bytes()


@pytest.mark.parametrize("at", [0, 300, 900])
def test_what_cannot_be_encoded_is_told(tmp_path, monkeypatch, at):
    encode = ParquetParts._encoded

    def fails(self, batches, table):
        if batches[0]["id"][0].as_py() == at:
            raise pa.ArrowInvalid("no such type")
        return encode(self, batches, table)

    monkeypatch.setattr(ParquetParts, "_encoded", fails)

    def all_of_it():
        with contextlib.closing(ParquetParts(tmp_path / "out.parquet", SCHEMA)) as writer:
            for start in range(0, 1000, 100):
                writer.write(batch(start, 100))

    with pytest.raises(pa.ArrowInvalid, match="no such type"):
        all_of_it()


def test_columns_of_the_join_tell_no_least_and_most(tmp_path):
    schema = pa.schema([*SCHEMA, pa.field("district_id", pa.string())])
    rows = batch(0, 200)
    writer = ParquetParts(tmp_path / "out.parquet", schema)
    writer.write(pa.record_batch([*rows.columns, rows["word"]], schema=schema))
    writer.close()
    group = pq.ParquetFile(tmp_path / "out.parquet").metadata.row_group(0)
    told = {group.column(n).path_in_schema for n in range(group.num_columns) if group.column(n).is_stats_set}
    assert told == {"id", "lon_wgs84", "lat_wgs84", "word"}
