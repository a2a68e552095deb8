"""Any table that pandas writes comes back equal, in each encoding and with each delimiter."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from thorough import examples

from geo.errors import DataError
from geo.tables import Limits, open_table

HEAD = ["名称", "代码", "备注"]
COMMON = "上海市人工智能产业的一是不了在有中国大为这要我以来到说地们时年得就那和"
CELL = st.one_of(
    st.just(""),
    st.from_regex(r"0[0-9]{0,8}", fullmatch=True),
    st.text(st.sampled_from(COMMON + "abcXYZ019 ,;|\t\"'\n\r=+-@&<>`${}\\"), max_size=12),
)
ANY_CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), max_size=12)


def back(raw: bytes, **options: str) -> list[list[str]]:
    with open_table(io.BytesIO(raw), name="a.csv", limits=Limits(row_bytes=1 << 16), **options) as table:
        assert table.schema.names == HEAD
        rows = pa.Table.from_batches([b.replace_schema_metadata(None) for b in table.batches()], table.schema)
        return [[cell or "" for cell in row.values()] for row in rows.to_pylist()]


def written(rows: list[list[str]], encoding: str, delimiter: str, end: str) -> bytes:
    frame = pd.DataFrame(rows, columns=HEAD)
    # A lone carriage return is a line end to every reader unless it is quoted, and pandas does not quote it by itself.
    style = csv.QUOTE_ALL if any("\r" in cell for row in rows for cell in row) else csv.QUOTE_MINIMAL
    text = frame.to_csv(index=False, sep=delimiter, lineterminator=end, quoting=style)
    return text.encode(encoding)


@settings(max_examples=examples(120), deadline=None)
@given(
    st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=15),
    st.sampled_from(["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-32"]),
    st.sampled_from([",", "\t", ";", "|"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_told_by_itself(rows: list[list[str]], encoding: str, delimiter: str, end: str) -> None:
    assert back(written(rows, encoding, delimiter, end)) == rows


@settings(max_examples=examples(80), deadline=None)
@given(
    st.lists(st.lists(ANY_CELL, min_size=3, max_size=3), min_size=1, max_size=10),
    st.sampled_from(["utf-8", "gb18030", "utf-16-le", "utf-16-be", "utf-32-le"]),
    st.sampled_from([",", "\t", ";"]),
)
def test_any_characters_with_the_encoding_named(rows: list[list[str]], encoding: str, delimiter: str) -> None:
    assert back(written(rows, encoding, delimiter, "\n"), encoding=encoding, delimiter=delimiter) == rows


@pytest.mark.parametrize("rows", [70_000, 100_001])
def test_many_rows_come_back_whole(rows: int) -> None:
    frame = pd.DataFrame(
        {"名称": [f"企业{i}" for i in range(rows)], "代码": [f"{i:06d}" for i in range(rows)], "备注": ""}
    )
    raw = frame.to_csv(index=False).encode("gb18030")
    assert back(raw) == frame.to_numpy().tolist()


def test_parquet_of_pandas(tmp_path_factory: pytest.TempPathFactory) -> None:
    frame = pd.DataFrame(
        {"名称": ["甲", None], "n": [1, 2], "x": [0.5, None], "t": pd.to_datetime(["2020-01-01", None])}
    )
    path = tmp_path_factory.mktemp("p") / "a.parquet"
    frame.to_parquet(path)
    with open_table(path) as table:
        rows = pa.Table.from_batches([b.replace_schema_metadata(None) for b in table.batches()])
    pd.testing.assert_frame_equal(rows.to_pandas(), frame, check_dtype=False)


MIB = 1 << 20


def arrow(**columns: pa.Array) -> io.BytesIO:
    """Columns in an Arrow file of some kilobytes, whatever they come to."""
    table, out = pa.table(columns), io.BytesIO()
    with pa.ipc.new_file(out, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    assert len(out.getvalue()) < 64_000
    out.seek(0)
    return out


@pytest.mark.parametrize("shared", [False, True])
def test_a_few_bytes_do_not_unpack_to_a_flood(shared: bool) -> None:
    """Eighty texts of one letter, a million times each; or one such text that they share."""
    text = "a" * (MIB - 1)
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 80, pa.int32()), [text]) if shared else pa.array([text] * 80)
    with pytest.raises(DataError, match=r"a\.arrow: its cells unpack to more than \d+\.\d MiB") as refused:
        open_table(arrow(name=texts, lon=pa.array([10.1] * 80), lat=pa.array([50.1] * 80)), name="a.arrow")
    assert "几个字节的重复" in refused.value.translations["zh"]


def test_long_columns_of_one_value_are_no_flood() -> None:
    rows = 100_000  # a hundred megabytes
    same = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), ["a" * 1000])
    with open_table(arrow(name=same, lon=pa.array([10.1] * rows), lat=pa.array([50.1] * rows))) as table:
        assert sum(batch.num_rows for batch in table.batches()) == rows


def test_a_text_is_as_large_as_its_file() -> None:
    row = ",".join(["a" * 900_000, "10.1", "50.1"])
    with open_table(io.BytesIO(("name,lon,lat\n" + f"{row}\n" * 80).encode())) as table:
        assert sum(batch.num_rows for batch in table.batches()) == 80


@pytest.mark.parametrize("deep", [False, True])
def test_a_list_is_a_cell_too(deep: bool) -> None:
    items = pa.array([[1] * MIB], pa.list_(pa.int8()))
    lists = pa.ListArray.from_arrays([0, 1], items) if deep else items
    with pytest.raises(DataError, match=r"a cell of 2097152 bytes in column 'l'"):
        open_table(arrow(l=lists, lon=pa.array([10.1]), lat=pa.array([50.1])))


@pytest.mark.parametrize("used", [True, False])
def test_a_text_that_rows_share_is_a_cell_too(used: bool) -> None:
    """One that no row has is none."""
    words = pa.DictionaryArray.from_arrays(pa.array([0, int(used)], pa.int32()), ["a", "b" * 2 * MIB])
    file = arrow(d=words, lon=pa.array([10.1] * 2), lat=pa.array([50.1] * 2))
    if not used:
        with open_table(file) as table:
            assert table.report.columns[0].name == "d"
        return
    with pytest.raises(DataError, match=r"a cell of 2097152 bytes in column 'd'"):
        open_table(file)
