"""A joined table on its way into a database; with a server it is tried in ``tests/export/test_postgis.py``."""

from __future__ import annotations

from datetime import date, datetime, time

import pyarrow as pa
import pytest

from geo.assign.database import Database, _cells, _type, table_name
from geo.errors import OutputError, UsageError


@pytest.mark.parametrize(
    ("asked", "source", "name"),
    [
        (None, "in/企业 2024.csv.gz", ("public", "企业 2024")),
        ("firms", "a.csv", ("public", "firms")),
        ("planning.firms", "a.csv", ("planning", "firms")),
        ('odd"; DROP TABLE x; --', "a.csv", ("public", 'odd"; DROP TABLE x; --')),
    ],
)
def test_the_table_is_the_one_asked_for_or_named_after_the_input(asked, source, name) -> None:
    assert table_name(asked, source) == name


@pytest.mark.parametrize("asked", ["planning.", "字" * 22, "a\x00b"])
def test_a_name_that_the_database_would_cut_is_refused(asked: str) -> None:
    with pytest.raises(UsageError, match=r"--table .*TABLE or SCHEMA\.TABLE"):
        table_name(asked, "a.csv")


@pytest.mark.parametrize(
    ("cells", "kind", "named", "told"),
    [
        ([1, None], pa.int32(), "bigint", [1, None]),
        ([2**64 - 1], pa.uint64(), "numeric", [2**64 - 1]),
        ([0.5], pa.float64(), "double precision", [0.5]),
        ([True], pa.bool_(), "boolean", [True]),
        ([date(2024, 2, 29)], pa.date32(), "date", [date(2024, 2, 29)]),
        ([1_000_001_999], pa.timestamp("ns"), "timestamp", [datetime(1970, 1, 1, 0, 0, 1, 1)]),
        ([3_600_000_000_999], pa.time64("ns"), "time", [time(1, 0)]),
        (["a\x00b", None, "甲"], pa.string(), "text", ["a␀b", None, "甲"]),
    ],
)
def test_cells_keep_their_type(cells, kind, named, told) -> None:
    column = pa.array(cells, kind)
    assert (_type(column.type), _cells(column)) == (named, told)


def test_what_the_database_would_take_for_one_or_cut_is_refused_before_it_is_asked() -> None:
    nowhere = "postgresql://me:hush@127.0.0.1:1/data"
    for names, words in ((["a", "a"], "two columns have one name"), (["字" * 22], "at most 63 bytes")):
        with pytest.raises(UsageError, match=words):
            Database(nowhere, ("public", "t"), pa.schema([(name, pa.string()) for name in names]))
    with pytest.raises(OutputError, match="the database has not changed") as refused:
        Database(nowhere, ("public", "t"), pa.schema([("a", pa.string())]))
    assert "hush" not in str(refused.value)
