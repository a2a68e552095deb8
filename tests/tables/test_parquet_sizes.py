"""Files of a few kilobytes that stand for gigabytes: read in pieces that their index and their longest text allow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from geo.errors import DataError
from geo.tables import Limits, open_table
from geo.tables.parquet_sizes import coded_texts, rows_at_once, shared_texts
from geo.tables.source import BATCH_ROWS

#: How much all rows come to does not matter here.
ANY_SIZE = Limits(unpacked_bytes=1 << 60, repeated_bytes=1 << 60)


ROWS = 100_000
MIB = 1 << 20
#: Numbers in a list: so many that fewer rows are read at once than usual.
LONG = 1_000


def shared(text: str, rows: int = ROWS) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), pa.array([text]))


def lists(items: int, rows: int = ROWS) -> pa.Array:
    offsets = np.arange(0, items * rows + 1, items, dtype=np.int32)
    return pa.ListArray.from_arrays(offsets, pa.array(np.zeros(items * rows, np.int8)))


def written(path: Path, **columns: Any) -> Path:
    table = pa.table({"lon": np.full(ROWS, 10.1), "lat": np.full(ROWS, 50.1), **columns})
    pq.write_table(table, path, compression="zstd", store_schema=False, row_group_size=ROWS)
    return path


def at_once(path: Path, limits: Limits | None = None) -> int:
    with pq.ParquetFile(path) as file, shared_texts(path, file.metadata) as texts:
        return rows_at_once(texts, 0, path.name, limits or ANY_SIZE)


def test_plain_rows_are_read_as_ever(tmp_path: Path) -> None:
    names = pa.array([f"name {number}" for number in range(ROWS)])
    assert at_once(written(tmp_path / "a.parquet", names=names, kind=shared("a kind"))) == BATCH_ROWS


@pytest.mark.parametrize(("length", "most"), [(10_000, 6_700), (1_000_000, 67), (70_000_000, 1)])
def test_a_text_that_all_rows_share_lies_in_the_file_once(tmp_path: Path, length: int, most: int) -> None:
    path = written(tmp_path / "a.parquet", text=shared("a" * length))
    assert path.stat().st_size < 100_000
    assert most * 0.5 <= at_once(path) <= most


def test_the_text_may_lie_within_lists_and_structs(tmp_path: Path) -> None:
    inner = pa.ListArray.from_arrays(np.arange(0, ROWS + 1, dtype=np.int32), shared("a" * 100_000))
    outer = pa.StructArray.from_arrays([inner], ["x"])
    assert at_once(written(tmp_path / "a.parquet", nested=outer)) < 1_000


def test_lists_that_repeat_one_number(tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet", list=lists(LONG))
    assert path.stat().st_size < 100_000
    assert at_once(path) == pytest.approx(64 * MIB / (LONG * 4 + 16), rel=0.05)  # Parquet has no smaller number


def test_a_cell_that_must_be_too_large_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet", list=lists(LONG))
    with pytest.raises(DataError, match=r"a\.parquet: the lists in column 'list.* have 4000 bytes on average"):
        at_once(path, Limits(cell_bytes=2_000))


def test_texts_written_by_their_differences_come_in_small_batches(tmp_path: Path) -> None:
    table = pa.table({"text": pa.array(["a" * 1000] * ROWS)})
    encodings = {"text": "DELTA_BYTE_ARRAY"}
    pq.write_table(table, tmp_path / "a.parquet", use_dictionary=False, column_encoding=encodings)
    assert at_once(tmp_path / "a.parquet") == 256


def test_all_rows_come_all_the_same_and_few_are_held(tmp_path: Path) -> None:
    """Ten gigabytes of text in some kilobytes: no batch is larger than the bound, and no row is lost."""
    path = written(tmp_path / "a.parquet", text=shared("a" * 100_000))
    with open_table(path, limits=ANY_SIZE) as table:
        seen = 0
        for batch in table.batches():
            assert batch.nbytes < 70 * MIB
            seen += batch.num_rows
            if seen > 10_000:
                break


def test_small_row_groups_are_read_together(tmp_path: Path) -> None:
    names = pa.array([f"name {number}" for number in range(ROWS)])
    table = pa.table({"lon": np.full(ROWS, 10.1), "lat": np.full(ROWS, 50.1), "name": names})
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=1_000)
    with open_table(tmp_path / "a.parquet") as read:
        batches = list(read.batches())
    assert pa.Table.from_batches([batch.replace_schema_metadata(None) for batch in batches]).equals(table)
    assert len(batches) <= 4


def test_columns_whose_texts_lie_in_a_dictionary_are_told_from_those_that_gave_it_up(tmp_path: Path) -> None:
    rows, r = 2 * BATCH_ROWS, np.random.default_rng(0)
    kinds = pa.array(["one kind", "another", None]).take(pa.array(r.integers(0, 3, rows)))
    columns = {
        "kind": kinds,
        "word": pa.array([f"word {number}" for number in r.integers(0, 9_000, rows)]),
        "all differ": pa.array([f"a name of its own {number}" for number in range(rows)]),
        "given up late": pa.array([f"{'x' * 60}{min(number, rows - 40_000)}" for number in range(rows, 0, -1)]),
        "long": pa.array(["a" * 5_000, "b"]).take(pa.array(r.integers(0, 2, rows))),
        "none": pa.nulls(rows, pa.string()),
        "list": pa.ListArray.from_arrays(np.arange(rows + 1), kinds),
    }
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table(columns), path, row_group_size=BATCH_ROWS)
    with pq.ParquetFile(path) as file, shared_texts(path, file.metadata) as texts:
        assert coded_texts(texts, list(columns)) == ["kind", "word"]
    pq.write_table(pa.table(columns), path, row_group_size=BATCH_ROWS // 2)
    with pq.ParquetFile(path) as file, shared_texts(path, file.metadata) as texts:
        assert coded_texts(texts, list(columns)) == []


def test_texts_may_come_as_the_dictionaries_that_the_file_holds(tmp_path: Path) -> None:
    names = pa.array([f"name {number % 700}" for number in range(ROWS)])
    path = written(tmp_path / "a.parquet", name=names, other=pa.array([f"name {number}" * 9 for number in range(ROWS)]))
    with open_table(path) as table:
        plain = [batch.replace_schema_metadata(None) for batch in table.batches()]
        coded = [batch.replace_schema_metadata(None) for batch in table.batches(dictionaries=True)]
        assert table.schema.field("name").type == pa.string()
    assert [pa.types.is_dictionary(field.type) for field in coded[0].schema] == [False, False, True, False]
    assert pa.Table.from_batches(coded).cast(plain[0].schema).equals(pa.Table.from_batches(plain))
