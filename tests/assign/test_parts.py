"""Files of a cluster's input are found, cut into parts of whole row groups, and their damage is named."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from geo.assign.parts import Part, head_table, list_inputs, plan
from geo.errors import DataError, UsageError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two files of 250 and 30 rows in groups of 100, a hidden and a foreign one."""
    for name, rows in (("in-0", 250), ("in-1", 30)):
        pq.write_table(pa.table({"id": range(rows)}), tmp_path / f"{name}.parquet", row_group_size=100)
    (tmp_path / "_report.parquet").write_bytes(b"")
    (tmp_path / ".in-0.parquet").write_bytes(b"")
    (tmp_path / "notes.txt").write_text("none of it")
    return tmp_path


def test_inputs_are_a_file_a_folder_or_a_glob(folder: Path) -> None:
    first, second = (str(folder / f"in-{number}.parquet") for number in range(2))
    assert list_inputs(str(folder))[1] == [first, second]
    assert list_inputs(first)[1] == [first]
    assert list_inputs(f"{folder}/in-[1-9].parquet")[1] == [second]
    with pytest.raises(UsageError, match="no Parquet file there; give a file, a folder or a glob"):
        list_inputs(f"{folder}/none-*.parquet")
    with pytest.raises(UsageError, match="nosuch"):
        list_inputs("nosuch://bucket/a.parquet")


@pytest.mark.parametrize(
    ("rows_per_part", "expected"),
    [
        (100, [(0, (0,), 100), (0, (1,), 100), (0, (2,), 50), (1, (0,), 30)]),
        (200, [(0, (0, 1), 200), (0, (2,), 50), (1, (0,), 30)]),
        (249, [(0, (0, 1), 200), (0, (2,), 50), (1, (0,), 30)]),
        (250, [(0, (0, 1, 2), 250), (1, (0,), 30)]),
        (1, [(0, (0,), 100), (0, (1,), 100), (0, (2,), 50), (1, (0,), 30)]),  # a group is never cut
    ],
)
def test_parts_are_whole_row_groups_of_one_file(
    folder: Path, rows_per_part: int, expected: list[tuple[int, tuple[int, ...], int]]
) -> None:
    fs, files = list_inputs(str(folder))
    schema, parts = plan(fs, files, rows_per_part)
    assert parts == [Part(number, files[file], groups, rows) for number, (file, groups, rows) in enumerate(expected)]
    assert schema.names == ["id"]


def test_a_file_without_rows_is_a_part_all_the_same(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": pa.array([], pa.int64())}), tmp_path / "none.parquet")
    fs, files = list_inputs(str(tmp_path))
    (part,) = plan(fs, files, 100)[1]
    assert part.rows == 0


def test_the_head_comes_from_files_spread_over_the_list(tmp_path: Path) -> None:
    for number in range(15):
        pq.write_table(pa.table({"id": [number] * 10}), tmp_path / f"in-{number:02d}.parquet")
    fs, files = list_inputs(str(tmp_path))
    head = head_table(fs, files, 24)
    assert head["id"].to_pylist() == [file for file in range(0, 15, 2) for _ in range(3)]


def test_damage_is_named(folder: Path) -> None:
    pq.write_table(pa.table({"id": ["x"]}), folder / "in-2.parquet")
    fs, files = list_inputs(str(folder))
    with pytest.raises(DataError, match=r"files must have the columns and types of .*in-0") as caught:
        plan(fs, files, 100)
    assert [problem.rpartition("/")[2] for problem in caught.value.problems] == ["in-2.parquet: ['id']"]
    whole = (folder / "in-1.parquet").read_bytes()
    (folder / "in-2.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match=r"in-2\.parquet is not a whole Parquet file"):
        plan(fs, files, 100)
    with pytest.raises(DataError, match=r"in-3\.parquet cannot be read"):
        plan(fs, [str(folder / "in-3.parquet")], 100)
