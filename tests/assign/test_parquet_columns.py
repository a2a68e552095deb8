"""How columns are written: each kind of values as is cheapest, and read as it was."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from geo.assign.outputs import writing
from geo.assign.parquet_columns import column_options

ROWS = 5000


def columns():
    r = np.random.default_rng(0)
    some = pa.array(r.uniform(0, 1, ROWS), mask=r.random(ROWS) < 0.5)
    return {
        "id": np.arange(ROWS) + 10**6,
        "far": r.integers(-(2**62), 2**62, ROWS),
        "short": np.arange(ROWS, dtype=np.uint32)[::-1],
        "key": [f"k{n}" for n in range(ROWS)],
        "x": r.uniform(121, 122, ROWS),
        "single": r.uniform(121, 122, ROWS).astype(np.float32),
        "some": some,
        "rounded": r.uniform(121, 122, ROWS).round(2),
        "kind": r.integers(0, 9, ROWS),
        "word": r.choice(["a", "b"], ROWS).tolist(),
        "few": [None] * ROWS,
        "list": [[0.5 * n, None] for n in range(ROWS)],
        "x.y": r.uniform(0, 1, ROWS),
    }


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Write a table; give it, the file, and the encodings of each of its columns."""
    table = pa.table(columns()).cast(
        pa.schema({**{f.name: f.type for f in pa.table(columns()).schema}, "few": pa.string()})
    )
    path = tmp_path_factory.mktemp("columns") / "out.parquet"
    with writing(path, table.schema) as write:
        for batch in table.to_batches(max_chunksize=2000):
            write(batch)
    group = pq.ParquetFile(path).metadata.row_group(0)
    chunks = [group.column(number) for number in range(group.num_columns)]
    return table, path, {chunk.path_in_schema: set(chunk.encodings) for chunk in chunks}


def test_every_value_is_read_as_it_was(written):
    table, path, _ = written
    assert pq.read_table(path).equals(table)


def test_columns_whose_values_all_differ_get_no_dictionary(written):
    """It would be made, found too large and thrown away, for every row group."""
    coded = {name for name, encodings in written[2].items() if "RLE_DICTIONARY" in encodings}
    assert coded - {"few"} == {"kind", "word"}


def test_integers_that_all_differ_are_written_by_differences_and_floats_as_they_are(written):
    """Not byte by byte: readers that users have cannot read that."""
    by = {
        encoding: {name for name, encodings in written[2].items() if encoding in encodings}
        for encoding in ("DELTA_BINARY_PACKED", "BYTE_STREAM_SPLIT")
    }
    assert by == {"DELTA_BINARY_PACKED": {"id", "far", "short"}, "BYTE_STREAM_SPLIT": set()}
    assert {"x", "single", "some", "x.y"} <= {name for name, encodings in written[2].items() if "PLAIN" in encodings}


def test_numbers_of_rows_take_less_room(written):
    table, path, _ = written
    usual = path.with_name("usual.parquet")
    sizes = []
    for options in ({"use_dictionary": False}, column_options(table)):
        pq.write_table(table.select(["id"]), usual, compression="zstd", **options)
        sizes.append(pq.ParquetFile(usual).metadata.row_group(0).column(0).total_compressed_size)
    assert sizes[1] < 0.1 * sizes[0]


def test_of_few_rows_nothing_is_judged():
    options = column_options(pa.table({"id": [1, 2], "x": [0.5, 0.25]}))
    assert options == {"use_dictionary": ["id"], "column_encoding": {}, "compression_level": {}}


def test_points_are_packed_with_little_effort():
    table = pa.table({"geometry": pa.array([b"a", b"b"], pa.binary())})
    assert set(column_options(table, "geometry")["compression_level"]) == {"geometry"}
