"""Batches stream through in order, each row once."""

import threading
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pytest
import shapely

from geo.assign import stream as module
from geo.assign.join import Joiner
from geo.assign.stream import joined_schema, stream

JOINER = Joiner({"d": shapely.box(0, 0, 1, 1)})


@dataclass
class Points:
    lon: np.ndarray
    lat: np.ndarray
    set_aside: np.ndarray

    def notes(self, language):
        return None


def points_of(batch):
    lon, lat = (batch[name].to_numpy(zero_copy_only=False) for name in ("lon", "lat"))
    return Points(lon, lat, np.isnan(lon))


def batches(count, size=1000):
    r = np.random.default_rng(0)
    for number in range(count):
        lon = r.uniform(-1, 2, size)
        lon[::10] = np.nan
        ids = pa.array(np.arange(size) + number * size)
        yield pa.RecordBatch.from_pydict({"id": ids, "lon": lon, "lat": r.uniform(-1, 2, size), "join_note": ids})


SCHEMA = next(batches(1)).schema


def test_every_row_once_in_order_with_all_its_columns():
    written = []
    tally = stream(batches(7), SCHEMA, points_of, JOINER, written.append)
    table = pa.Table.from_batches(written)
    assert table.schema.names[:4] == ["id", "lon", "lat", "join_note_input"]
    assert table.schema == joined_schema(SCHEMA)
    assert table["id"].to_pylist() == list(range(7000))
    assert tally.rows == 7000 == tally.matched + tally.outside + tally.set_aside
    assert tally.set_aside == 700
    status = table["join_status"].to_pylist()
    lon, lat = (table[name].to_numpy() for name in ("lon", "lat"))
    inside = shapely.intersects_xy(shapely.box(0, 0, 1, 1), lon, lat)
    assert [s == "matched" for s in status] == inside.tolist()


def test_no_rows():
    tally = stream([], SCHEMA, points_of, JOINER, lambda batch: None)
    assert tally.rows == 0


@pytest.mark.parametrize("where", ["read", "write"])
def test_an_error_in_a_thread_comes_out(where):
    def reading():
        yield from batches(2)
        if where == "read":
            raise ValueError("broken")

    def write(batch):
        if where == "write":
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        stream(reading(), SCHEMA, points_of, JOINER, write)


def test_the_join_goes_on_while_a_batch_is_written_but_not_for_ever(monkeypatch):
    """What waits is bounded by its bytes, so a slow disk holds the reading back."""
    monkeypatch.setattr(module, "_WAITING_BYTES", 4 * 250_000)
    gone_on, written, made = threading.Event(), [], []

    def points(batch):
        made.append(batch)
        if len(made) == 4:
            gone_on.set()
        return points_of(batch)

    def write(batch):
        if not written:
            assert batch.nbytes < 250_000
            assert gone_on.wait(60), "nothing was joined while the first batch was being written"
        written.append(len(made))

    assert stream(batches(40), SCHEMA, points, JOINER, write).rows == 40_000
    assert len(written) == 40
    assert max(ahead - at for at, ahead in enumerate(written)) <= 16


def test_nothing_is_written_after_a_batch_that_could_not_be():
    tried = []

    def write(batch):
        tried.append(batch)
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        stream(batches(9), SCHEMA, points_of, JOINER, write)
    assert len(tried) == 1


def test_thousands_of_small_batches_wait_no_longer_than_they_must():
    """A file with many malformed rows gives them one by one."""
    written = []
    assert stream(batches(3000, 1), SCHEMA, points_of, JOINER, written.append).rows == 3000 == len(written)


def test_texts_come_as_dictionaries_where_the_writer_takes_them_and_nothing_fills_rows():
    coded, texts, filled = [], [], []
    stream(batches(3), SCHEMA, points_of, JOINER, coded.append, dictionaries=True)
    stream(batches(3), SCHEMA, points_of, JOINER, texts.append)
    stream(batches(3), SCHEMA, points_of, JOINER, filled.append, fill=lambda *a: list(a[1]), dictionaries=True)
    assert pa.types.is_dictionary(coded[0].schema.field("district_id").type)
    one, two = pa.Table.from_batches(coded).cast(joined_schema(SCHEMA)), pa.Table.from_batches(texts)
    assert one.drop_columns("lon").equals(two.drop_columns("lon"))  # of which some are no numbers
    assert {batch.schema for batch in [*texts, *filled]} == {joined_schema(SCHEMA)}
