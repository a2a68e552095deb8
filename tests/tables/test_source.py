"""Small batches put together: every row once, in order, whatever their types."""

from __future__ import annotations

import itertools

import pyarrow as pa
import pytest

from geo.tables import source
from geo.tables.source import BadRow, Chunk, gathered, once


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


@pytest.mark.parametrize(("most", "reads"), [(1000, 1), (0, 3)])
def test_a_small_table_is_read_once_and_a_large_one_each_time(
    monkeypatch: pytest.MonkeyPatch, most: int, reads: int
) -> None:
    monkeypatch.setattr(source, "_SMALL_BYTES", most)
    begun: list[int] = []

    def read():
        begun.append(1)
        yield from (Chunk(batch) for batch in batches(10, 10, 10))

    chunks = once(read)
    assert next(chunks()).batch.num_rows == 10  # whoever leaves after the first rows has read it, too
    for _ in range(2):
        assert [n for chunk in chunks() for n in chunk.batch.column("n").to_pylist()] == list(range(30))
    assert len(begun) == reads


def test_rows_that_do_not_fit_count_as_what_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "_SMALL_BYTES", 1000)
    begun: list[int] = []

    def read():
        begun.append(1)
        yield Chunk(batches(1)[0], (BadRow(2, "x" * 2000),))

    chunks = once(read)
    assert [len(list(chunks())) for _ in range(2)] == [1, 1]
    assert len(begun) == 2


def test_damage_is_told_each_time_behind_the_rows_before_it() -> None:
    def read():
        yield Chunk(batches(4)[0])
        raise ValueError("damaged")

    chunks = once(read)
    for _ in range(2):
        found = chunks()
        assert next(found).batch.num_rows == 4
        with pytest.raises(ValueError, match="damaged"):
            next(found)
