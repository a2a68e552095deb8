"""Arrow, JSON of records, gzip and zipped text: the same rows as from the plain file; bombs and damage are refused."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from geo.errors import DataError, UsageError
from geo.tables import UPLOAD_LIMITS, Limits, jsonfile, open_apart, open_table, read_upload


def packed(raw: bytes) -> bytes:
    """Return bytes in gzip, the same each time: their clock would give the tests of two workers other names."""
    return gzip.compress(raw, mtime=0)


CSV = "名称,代码,经度,纬度\n甲,0012,121.4,31.2\n乙,0013,121.5,31.3\n"
ROWS = [("甲", "0012", 121.4, 31.2), ("乙", "0013", 121.5, 31.3)]
RECORDS = [dict(zip(("名称", "代码", "经度", "纬度"), row, strict=True)) for row in ROWS]


def zipped(*entries: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in entries:
            archive.writestr(name, raw)
    return out.getvalue()


def arrow() -> bytes:
    table = pa.Table.from_pylist(RECORDS)
    out = io.BytesIO()
    with pa.ipc.new_file(out, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    return out.getvalue()


def lines() -> bytes:
    return "\n".join(json.dumps(record, ensure_ascii=False) for record in RECORDS).encode()


FILES = {
    "a.csv.gz": packed(CSV.encode("gb18030")),
    "two.csv.gz": packed(CSV[:20].encode()) + packed(CSV[20:].encode()),
    "a.zip": zipped(("名单.csv", CSV.encode("gb18030"))),
    "mac.zip": zipped(("a.csv", CSV.encode()), ("__MACOSX/._a.csv", b"x"), ("readme.md", b"x")),
    "a.json": json.dumps(RECORDS, ensure_ascii=False).encode(),
    "gbk.json": json.dumps(RECORDS, ensure_ascii=False).encode("gb18030"),
    "amap.json": json.dumps({"status": "1", "pois": RECORDS}, ensure_ascii=False).encode(),
    "a.jsonl": lines(),
    "lines.json": lines(),
    "a.jsonl.gz": packed(lines()),
    "a.arrow": arrow(),
    "a.feather": arrow(),
}


def read(path: Path, **options: Any) -> list[tuple[Any, ...]]:
    with open_table(path, **options) as table:
        found = []
        for batch in table.batches():
            points = table.points(batch)
            cells = (batch.column(name).to_pylist() for name in ("名称", "代码"))
            found += list(zip(*cells, points.lon.tolist(), points.lat.tolist(), strict=True))
        return found


@pytest.mark.parametrize("name", FILES)
def test_the_same_rows_from_every_format(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(FILES[name])
    assert read(path) == ROWS
    with open_apart(path) as table:  # in the child process
        assert sum(batch.num_rows for batch in table.batches()) == 2
    upload = read_upload(path, name=name)
    assert upload.points.lon.tolist() == [121.4, 121.5]


def test_objects_within_records_are_columns_and_lists_are_text(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([{"location": {"lng": 121.4, "lat": 31.2}, "tags": ["a", 1]}, {"n": None, "x": True}]))
    with open_table(path) as table:
        rows = next(table.batches()).to_pylist()
        assert table.coordinates is not None
        assert table.coordinates.columns == ("location.lng", "location.lat")
    assert rows[0] == {"location.lng": 121.4, "location.lat": 31.2, "tags": '["a", 1]', "n": None, "x": None}
    assert rows[1]["x"] is True


@pytest.mark.parametrize("orient", ["records", "columns", "split", "table"])
def test_what_pandas_writes_is_read(tmp_path: Path, orient: Any) -> None:
    frame = pd.DataFrame({"名称": ["甲", "乙"], "lng": [121.4, 121.5], "lat": [31.2, 31.3]})
    frame.to_json(tmp_path / "a.json", orient=orient, index=True if orient == "table" else None)
    with open_table(tmp_path / "a.json") as table:
        rows = pd.DataFrame(next(table.batches()).to_pylist())
        assert table.coordinates is not None
    pd.testing.assert_frame_equal(rows[["名称", "lng", "lat"]], frame)


@pytest.mark.parametrize(
    "split",
    [
        {"columns": ["lng", "lat"], "data": [[121.4, 31.2, "more"]]},
        {"columns": ["lng", "lat", "name"], "data": [[121.4, 31.2]]},
        {"columns": ["lng", "lat", "lat"], "data": [[121.4, 31.2, 31.3]]},
    ],
)
def test_no_cell_of_what_pandas_writes_is_dropped(tmp_path: Path, split: dict[str, Any]) -> None:
    (tmp_path / "a.json").write_text(json.dumps(split))
    with pytest.raises(DataError, match="the JSON is no table"):
        open_table(tmp_path / "a.json")


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.geojsonl"])
def test_a_geometry_within_records_makes_no_geojson_of_them(tmp_path: Path, name: str) -> None:
    """As MongoDB exports, as GDAL writes GeoJSON in lines, as services answer."""
    point = {"type": "Point", "coordinates": [121.4, 31.2]}
    records: list[dict[str, Any]] = [{"名称": "甲", "location": point}, {"名称": "乙", "location": point}]
    if name == "a.geojsonl":
        records = [{"type": "Feature", "properties": {"名称": "甲"}, "geometry": point}] * 2
    text = "\n".join(json.dumps(record) for record in records) + "\n"
    if name == "a.json":
        text = json.dumps({"code": 0, "data": {"total": 2, "list": records}})
    (tmp_path / name).write_text(text)
    with open_table(tmp_path / name) as table:
        points = table.points(next(table.batches()))
        assert (points.lon.tolist(), points.lat.tolist()) == ([121.4] * 2, [31.2] * 2)
    (tmp_path / "b.json").write_text(json.dumps({"a": {"x": [{"n": 1}], "y": [{"n": 2}]}}))
    with pytest.raises(DataError, match="the JSON is no table"):
        open_table(tmp_path / "b.json")


def test_records_that_lack_most_columns(tmp_path: Path) -> None:
    records = [{f"k{number}": number, "lng": 121.4, "lat": 31.2} for number in range(50)]
    path = tmp_path / "a.json"
    path.write_text(json.dumps(records))
    with open_table(path) as table:
        rows = next(table.batches()).to_pylist()
    assert [{k: v for k, v in row.items() if v is not None} for row in rows] == records
    assert list(rows[0]) == ["k0", "lng", "lat", *(f"k{number}" for number in range(1, 50))]
    with pytest.raises(DataError, match="rows times columns come to more than the 2000 cells allowed"):
        open_table(path, limits=Limits(cells=2000))


@pytest.mark.parametrize(
    ("name", "raw", "match"),
    [
        ("cut.csv.gz", FILES["a.csv.gz"][:-12], "gzip is damaged"),
        ("bad.csv.gz", FILES["a.csv.gz"][:-8] + b"\0" * 8, "gzip is damaged"),
        ("twice.gz", packed(packed(b"a,b\n1,2\n")), "holds gzip; unpack it first"),
        ("cut.json", FILES["a.json"][:-4], "the JSON cannot be read"),
        ("cut.jsonl", FILES["a.jsonl"][:-4], "line 2 is no JSON"),
        ("deep.json", b'[{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}]", "the JSON cannot be read"),
        ("no.json", b'{"a": 1, "b": [1, 2]}', "the JSON is no table"),
        ("cut.arrow", FILES["a.arrow"][:-40], "not a sound Arrow file"),
        ("in.zip", zipped(("a.csv", zipped(("b.csv", b"x")))), "an archive again"),
    ],
)
def test_damage_is_named(tmp_path: Path, name: str, raw: bytes, match: str) -> None:
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(DataError, match=match):
        read(tmp_path / name)


def test_a_bomb_that_says_so_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bomb.zip"
    path.write_bytes(zipped(("a.csv", b"a,b\n" + b"1,2\n" * 10_000_000)))

    def unpacked(*_: Any) -> Any:
        raise AssertionError("unpacked")

    monkeypatch.setattr("geo.tables.archive._inflate", unpacked)
    with pytest.raises(DataError, match="unpacks to more than 250 times its size"):
        read(path)


@pytest.mark.parametrize("pack", [packed, lambda raw: zipped(("a.csv", raw))])
def test_bombs_are_counted_as_they_unpack(tmp_path: Path, pack: Any) -> None:
    path = tmp_path / "bomb"
    path.write_bytes(pack(b"a,b\n" + b"1,2\n" * 10_000_000))
    with pytest.raises(DataError, match="unpacks to more than 250 times its size"):
        read(path)
    path.write_bytes(pack(b"a,b\n" + b"1,2\n" * 1_000_000))
    with pytest.raises(DataError, match=r"unpacks to more than the 1\.0 MiB allowed"):
        read(path, limits=Limits(unpacked_bytes=1 << 20))


def test_an_arrow_file_that_unpacks_to_gigabytes_ends_in_the_child(tmp_path: Path) -> None:
    rows, size = 400, 3_000_000
    starts = pa.py_buffer(np.arange(0, (rows + 1) * size, size))
    big = pa.LargeStringArray.from_buffers(rows, starts, pa.py_buffer(np.full(rows * size, ord("0"), np.uint8)))
    batch = pa.record_batch({"lon": pa.array([0.0] * rows), "big": big})
    path = tmp_path / "bomb.arrow"
    with pa.ipc.new_file(path, batch.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_batch(batch)
    assert path.stat().st_size < 1 << 20
    with pytest.raises(DataError):
        read_upload(path, name="bomb.arrow", limits=replace(UPLOAD_LIMITS, memory_bytes=1 << 30))


def test_several_tables_in_a_zip_are_asked(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped(("a.csv", CSV.encode()), ("b.csv", CSV.replace("甲", "丙").encode())))
    with pytest.raises(UsageError, match=r"several tables in the zip: a\.csv, b\.csv; pass layer="):
        read(path)
    assert read(path, layer="b.csv")[0][0] == "丙"
    with pytest.raises(UsageError, match=r"no file in the zip 'c\.csv'"):
        read(path, layer="c.csv")


def test_records_with_keys_of_their_own_cost_what_they_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four thousand records with a key each are 200 kB; every cell of 4,000 × 4,000 was looked at."""
    looked_at: list[int] = []

    def typed(cells: list[Any], *more: Any) -> pa.Array:
        looked_at.append(len(cells))
        return real(cells, *more)

    real = jsonfile.typed_column
    monkeypatch.setattr(jsonfile, "typed_column", typed)
    records = [{"lon": 121.4, "lat": 31.2, f"c{number}": number} for number in range(200)]
    with open_table(io.BytesIO(json.dumps(records).encode()), name="a.json") as table:
        (batch,) = table.batches()
    assert sum(looked_at) == 3 * 200
    found = batch.to_pylist()
    assert all(row[f"c{number}"] == number for number, row in enumerate(found))
    assert all(sum(cell is not None for cell in row.values()) == 3 for row in found)
