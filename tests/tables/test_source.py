"""Small batches put together: every row once, in order, whatever their types."""

from __future__ import annotations

import itertools

import pyarrow as pa
import pytest

from geo.tables import source
from geo.tables.source import gathered


def batches(*sizes: int) -> list[pa.RecordBatch]:
    ends = [sum(sizes[:number]) for number in range(len(sizes) + 1)]
    return [pa.record_batch({"n": pa.array(range(a, b), pa.int64())}) for a, b in itertools.pairwise(ends)]


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [((1,) * 100, [100]), ((40, 40, 40, 100, 1), [80, 40, 100, 1]), ((0, 5, 0), [5]), ((), []), ((200, 3), [200, 3])],
)
def test_every_row_is_there_once(monkeypatch: pytest.MonkeyPatch, sizes: tuple[int, ...], expected: list[int]) -> None:
    monkeypatch.setattr(source, "BATCH_ROWS", 100)
    found = list(gathered(batches(*sizes)))
    assert [n for batch in found for n in batch.column("n").to_pylist()] == list(range(sum(sizes)))
    assert [batch.num_rows for batch in found if batch.num_rows] == expected


def test_many_bytes_are_not_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "_GATHERED_BYTES", 100)
    assert [batch.num_rows for batch in gathered(batches(*[10] * 5))] == [10] * 5


def test_dictionaries_of_their_own_keep_their_words() -> None:
    coded = [pa.array([word, None]).dictionary_encode() for word in "abc"]
    (one,) = gathered([pa.record_batch({"n": column}) for column in coded])
    assert one.column("n").to_pylist() == ["a", None, "b", None, "c", None]
    lists = [pa.ListArray.from_arrays(pa.array([0, 2], pa.int32()), column) for column in coded]
    found = list(gathered([pa.record_batch({"n": column}) for column in lists]))
    assert [cell for batch in found for cell in batch.column("n").to_pylist()] == [
        ["a", None],
        ["b", None],
        ["c", None],
    ]
