"""Columns end to end: the same answers as one after the other, whatever is put together."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from geo.tables import stacked as module
from geo.tables.stacked import first_over, is_text, stacked

COLUMNS = [pa.array([f"{column} {row}", None, "甲" * column]) for column in range(10) for row in range(1)]


@pytest.mark.parametrize("cells", [1, 7, 1 << 17])
def test_every_cell_is_there_once_in_order(monkeypatch: pytest.MonkeyPatch, cells: int) -> None:
    monkeypatch.setattr(module, "_CELLS", cells)
    found = list(stacked(COLUMNS))
    assert [at for places, _ in found for at in places] == list(range(len(COLUMNS)))
    for places, together in found:
        assert together.to_pylist() == [cell for at in places for cell in COLUMNS[at].to_pylist()]
    assert len(found) == {1: 10, 7: 5, 1 << 17: 1}[cells]


def test_large_columns_are_not_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BYTES", 8)
    assert [cells for _, cells in stacked(COLUMNS)] == COLUMNS
    assert all(cells is column for (_, cells), column in zip(stacked(COLUMNS), COLUMNS, strict=True))


def test_no_columns_and_no_rows() -> None:
    assert list(stacked([])) == []
    assert [len(cells) for _, cells in stacked([pa.array([], pa.string())] * 3)] == [0]
    assert first_over([], pc.binary_length, 0) == -1


@pytest.mark.parametrize("most", range(0, 40, 3))
def test_the_first_column_over_is_the_one_found_one_by_one(most: int) -> None:
    mixed = [*COLUMNS, pa.array([b"x" * 20, None, b""]), pa.nulls(3, pa.string())]
    lengths = [
        max((len(c) if isinstance(c, bytes) else len(c.encode())) for c in column.to_pylist() if c is not None)
        if column.null_count < 3
        else 0
        for column in mixed
    ]
    wanted = next((at for at, longest in enumerate(lengths) if longest > most), -1)
    assert first_over(mixed, pc.binary_length, most) == wanted


def test_what_is_text() -> None:
    assert is_text(pa.string())
    assert is_text(pa.large_string())
    assert not is_text(pa.binary())
