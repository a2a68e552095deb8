"""Row groups encoded apart are one file: its footer is what a single writer would have made of it."""

import datetime
import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from geo.assign.parquet_footer import MAGIC, JoinedFooter, footer_of
from geo.errors import OutputError

SCHEMA = pa.schema(
    {
        "id": pa.int64(),
        "名": pa.string(),
        "x": pa.float64(),
        "there": pa.bool_(),
        "day": pa.date32(),
        "at": pa.timestamp("us", "Asia/Shanghai"),
        "price": pa.decimal128(12, 2),
        "list": pa.list_(pa.struct({"a": pa.int32(), "b": pa.large_string()})),
        "none": pa.null(),
    },
    metadata={"about": "it", "空": "值"},
)


def table(rows, seed=0):
    r = np.random.default_rng(seed)
    day = datetime.date(2026, 1, 1)
    cells = [
        {
            "id": int(r.integers(-(10**9), 10**9)),
            "名": None if n % 7 == 0 else f"第{n}号",
            "x": float(r.normal()),
            "there": n % 3 == 0,
            "day": day + datetime.timedelta(n),
            "list": [{"a": n, "b": "长" * (n % 5)}] * (n % 3),
        }
        for n in range(rows)
    ]
    return pa.Table.from_pylist(cells, SCHEMA)


def encoded(one, **options):
    sink = io.BytesIO()
    with pq.ParquetWriter(sink, one.schema, **options) as writer:
        if one.num_rows:
            writer.write_table(one, row_group_size=one.num_rows)
    return memoryview(sink.getvalue())


def joined(files):
    """Return the file that several come to, and its footer's object."""
    footer, content = JoinedFooter(footer_of(files[0])), bytearray(MAGIC)
    for file in files:
        groups = file[4 : len(file) - len(footer_of(file)) - 8]
        footer.add(footer_of(file), len(groups))
        content += groups
    return bytes(content + footer.end())


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"use_dictionary": False, "compression": "zstd", "version": "1.0", "data_page_version": "2.0"},
        {"write_statistics": False, "store_schema": False, "compression": "none"},
        {"write_page_checksum": True, "store_decimal_as_integer": True, "use_dictionary": ["名"]},
        {"sorting_columns": [pq.SortingColumn(0, descending=True)]},
    ],
    ids=["usual", "plain", "bare", "checked", "sorted"],
)
@pytest.mark.parametrize("rows", [0, 1, 500])
def test_a_file_alone_stays_as_it_is_to_the_last_byte(rows, options):
    file = encoded(table(rows), **options)
    assert joined([file]) == bytes(file)


def test_several_files_are_one():
    tables = [table(rows, seed) for seed, rows in enumerate((300, 1, 0, 40, 20_000))]
    files = [encoded(one, compression="zstd") for one in tables]
    whole = joined(files)
    assert pq.read_table(io.BytesIO(whole)).equals(pa.concat_tables(tables))
    read = pq.ParquetFile(io.BytesIO(whole))
    filled = [file for file, one in zip(files, tables, strict=True) if one.num_rows]
    assert read.metadata.num_row_groups == len(filled)
    assert read.schema_arrow.metadata == SCHEMA.metadata
    for number, file in enumerate(filled):
        mine, own = read.metadata.row_group(number).to_dict(), pq.ParquetFile(pa.BufferReader(file)).metadata
        theirs = own.row_group(0).to_dict()
        for group in (mine, theirs):
            for column in group["columns"]:
                for name in ("file_offset", "dictionary_page_offset", "data_page_offset"):
                    column.pop(name)
        assert mine == theirs
        assert read.read_row_group(number).equals(pq.read_table(pa.BufferReader(file)))


def test_more_row_groups_than_a_short_list_holds():
    files = [encoded(table(3, seed)) for seed in range(40)]
    assert pq.ParquetFile(io.BytesIO(joined(files))).metadata.num_row_groups == 40


def test_a_footer_that_does_not_fit_what_was_written_is_refused():
    file = encoded(table(10))
    footer = JoinedFooter(footer_of(file))
    footer.add(footer_of(file), 1)
    with pytest.raises(OutputError, match="rows got lost"):
        footer.end()
