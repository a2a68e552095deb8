"""Files made to harm: each refused with a clear line, before it takes all time and memory."""

from __future__ import annotations

import io
import re
import resource
import sqlite3
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from least_workbook import NS, SHEET, workbook
from thorough import examples

from geo.errors import DataError, GeoError
from geo.tables import UPLOAD_LIMITS, Limits, memory_bound, open_table, open_upload

SMALL = Limits(unpacked_bytes=20 << 20, cells=1_000_000, vertices=10_000, zip_entries=50)


def refused(path: Path, match: str, limits: Limits = SMALL, **options: Any) -> None:
    with pytest.raises(DataError, match=match) as caught, open_table(path, limits=limits, **options) as table:
        for _ in table.batches():
            pass
    assert re.search("[\u4e00-\u9fff]", caught.value.translations["zh"].partition("：")[2])


def bytes_read() -> int:
    """Return how much this process has read so far."""
    return int(Path("/proc/self/io").read_text().partition("rchar:")[2].split()[0])


def test_the_least_workbook_is_read(tmp_path: Path) -> None:
    cells = '<row r="1"><c r="A1" t="inlineStr"><is><t>lon</t></is></c></row><row r="2"><c r="A2"><v>1</v></c></row>'
    with open_table(
        workbook(tmp_path / "a.xlsx", f"<worksheet {NS}><sheetData>{cells}</sheetData></worksheet>")
    ) as table:
        assert next(table.batches()).to_pylist() == [{"lon": 1}]


def test_billion_laughs(tmp_path: Path) -> None:
    entities = '<!ENTITY a "lol">' + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    cell = '<row r="1"><c r="A1" t="inlineStr"><is><t>&i;</t></is></c></row>'
    sheet = f"<!DOCTYPE x [{entities}]><worksheet {NS}><sheetData>{cell}</sheetData></worksheet>"
    refused(workbook(tmp_path / "a.xlsx", sheet), "declares XML entities")


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        "<row r='1'><c r='A1'><v>1</v></c></row><row r='1048576'><c r='XFD1048576'><v>1</v></c></row>",
        "<row><c/></row>" * 2000 + "<row>" + "<c/>" * 2000 + "</row>",
    ],
)
@pytest.mark.parametrize("name", [SHEET, "xl/media/picture.svg"])
def test_a_sheet_that_reaches_far(tmp_path: Path, cells: str, name: str) -> None:
    sheet = f"<worksheet {NS}><sheetData>{cells}</sheetData></worksheet>"
    refused(
        workbook(tmp_path / "a.xlsx", sheet, name), r"reaches to row \d+ and column \d+, more than the 1000000 cells"
    )


def test_zip_bomb_by_size_and_by_ratio(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", b" " * (30 << 20))
    refused(path, r"unpacks to more than the 20\.0 MiB allowed", replace(SMALL, zip_ratio=10_000))
    refused(path, "more than 250 times its size, as a zip bomb does", replace(SMALL, unpacked_bytes=1 << 30))


def test_a_zip_that_lies_about_sizes(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", b" " * (1 << 20))
    raw = bytearray(path.read_bytes())
    truth, lie = struct.pack("<I", 1 << 20), struct.pack("<I", 100)
    crc, false = struct.pack("<I", zlib.crc32(b" " * (1 << 20))), struct.pack("<I", zlib.crc32(b" " * 100))
    assert raw.count(truth) == 2
    path.write_bytes(raw.replace(truth, lie).replace(crc, false))
    refused(path, r"damaged|declares 100")


@pytest.mark.parametrize(
    ("entry", "match"),
    [
        ("../../etc/passwd", "points outside the zip"),
        ("/etc/passwd", "points outside the zip"),
        ("C:\\x.shp", "points outside the zip"),
        ("..\\x.shp", "points outside the zip"),
        ("inner.zip", "is an archive again"),
        ("a.tar.gz", "is an archive again"),
    ],
)
def test_zip_entries_that_are_refused(tmp_path: Path, entry: str, match: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.shp", b"x")
        archive.writestr(entry, b"x")
    refused(tmp_path / "a.zip", match)


def test_symlink_encrypted_double_and_too_many_entries(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as archive:
        info = zipfile.ZipInfo("a.shp")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    refused(tmp_path / "link.zip", "is a symbolic link")
    with zipfile.ZipFile(tmp_path / "plain.zip", "w") as archive:
        archive.writestr("a.shp", b"x")
    raw = bytearray((tmp_path / "plain.zip").read_bytes())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(raw)
    refused(tmp_path / "locked.zip", "is encrypted; save without a password")
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        for i in range(60):
            archive.writestr(f"{i}.shp", b"x")
    refused(tmp_path / "many.zip", "60 entries in the zip, more than the 50 allowed")
    with zipfile.ZipFile(tmp_path / "twice.zip", "w") as archive:
        archive.writestr("a.shp", b"x")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.shp", b"y")
    refused(tmp_path / "twice.zip", "is there twice")


def test_an_archive_within_under_another_name(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("x", b"y")
    refused(workbook(tmp_path / "a.xlsx", inner.getvalue()), "is an archive again")


def test_geojson_ten_thousand_deep(tmp_path: Path) -> None:
    deep = "[" * 10_000 + "]" * 10_000
    feature = f'{{"type":"Feature","properties":{{"a":{deep}}},"geometry":{{"type":"Point","coordinates":[121,31]}}}}'
    (tmp_path / "a.geojson").write_text(f'{{"type":"FeatureCollection","features":[{feature}]}}')
    refused(tmp_path / "a.geojson", "Too many nested objects")


def test_a_polygon_of_a_million_vertices_is_set_aside(tmp_path: Path) -> None:
    ring = ",".join(["[121.1,31.1]", "[121.2,31.2]"] * 500_000)
    feature = (
        f'{{"type":"Feature","properties":{{}},"geometry":{{"type":"Polygon","coordinates":[[{ring},[121.1,31.1]]]}}}}'
    )
    (tmp_path / "a.geojson").write_text(f'{{"type":"FeatureCollection","features":[{feature}]}}')
    with open_table(tmp_path / "a.geojson") as table:
        assert [n for b in table.batches() for n in table.points(b).notes().to_pylist()] == ["too_complex"]


def test_geopackage_with_a_view_that_never_ends(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(121, 31)], crs=4326)
    frame.to_file(tmp_path / "a.gpkg", layer="places")
    with closing(sqlite3.connect(tmp_path / "a.gpkg")) as db:
        endless = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT n FROM t"
        db.execute(f"CREATE VIEW endless AS {endless}")
        db.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('endless', 'attributes', 'endless')"
        )
        db.commit()
    refused(tmp_path / "a.gpkg", "'endless' is no table")


def test_large_files_are_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "a.csv").open("wb") as file:
        file.truncate(1 << 30)  # sparse: 1 GB without writing it
    before = bytes_read()
    refused(tmp_path / "a.csv", r"a\.csv: 1024\.0 MiB, more than the 200\.0 MiB allowed", UPLOAD_LIMITS)
    assert bytes_read() - before < 1 << 20
    with (tmp_path / "a.csv").open("rb") as stream, pytest.raises(DataError, match=r"more than the 200\.0 MiB allowed"):
        open_table(stream, limits=UPLOAD_LIMITS)


def test_the_cell_that_is_ten_to_the_fifth_long_is_kept() -> None:
    text = "甲" * 100_000
    with open_table(
        io.BytesIO(f"name,lon,lat\n{text},121,31\n=cmd|x,121,31\n".encode()), limits=UPLOAD_LIMITS
    ) as table:
        batch = next(table.batches())
        assert batch.column("name").to_pylist() == [text, "=cmd|x"]


# ---------------------------------------------------------------------------------------------------------------------
# Damaged files


def _parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"lon": [121.0] * 20, "lat": [31.0] * 20, "n": ["甲"] * 20}), out)
    return out.getvalue()


def _geo(driver: str, suffix: str) -> bytes:
    import tempfile

    frame = gpd.GeoDataFrame({"名": ["甲"] * 3}, geometry=shapely.points([[121, 31]] * 3), crs=4326)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{suffix}"
        if suffix == ".zip":
            frame.to_file(Path(folder) / "a.shp", encoding="utf-8")
            with zipfile.ZipFile(path, "w") as archive:
                for part in Path(folder).glob("a.*"):
                    if part.suffix != ".zip":
                        archive.write(part, part.name)
        else:
            frame.to_file(path, driver=driver)
        return path.read_bytes()


def _workbook() -> bytes:
    out = io.BytesIO()
    gpd.pd.DataFrame({"lon": [121.0], "lat": [31.0]}).to_excel(out, index=False)
    return out.getvalue()


MAKERS: dict[str, Callable[[], bytes]] = {
    "a.parquet": _parquet,
    "a.gpkg": lambda: _geo("GPKG", ".gpkg"),
    "a.geojson": lambda: _geo("GeoJSON", ".geojson"),
    "a.zip": lambda: _geo("", ".zip"),
    "a.xlsx": _workbook,
    "a.csv": lambda: "名称,lon,lat\n甲,121,31\n".encode() * 5,
}


@pytest.fixture(scope="module")
def sound() -> dict[str, bytes]:
    return {name: make() for name, make in MAKERS.items()}


def read_all(raw: bytes, name: str) -> None:
    with open_table(io.BytesIO(raw), name=name, limits=SMALL, bbox=(120, 30, 122, 32)) as table:
        for batch in table.batches():
            if table.coordinates is not None:
                table.points(batch)
        table.report.to_dict()


def outcome(raw: bytes, name: str) -> str:
    """Return "read" or the text of our own error; any other error passes through and fails the test."""
    try:
        read_all(raw, name)
    except GeoError as error:
        return str(error).strip()
    return "read"


@pytest.mark.parametrize("name", MAKERS)
def test_truncated_files_are_refused_or_whole(sound: dict[str, bytes], name: str) -> None:
    raw = sound[name]
    read_all(raw, name)
    refusals = sum(outcome(raw[: int(len(raw) * share)], name) != "read" for share in (0.05, 0.3, 0.5, 0.8, 0.99))
    assert refusals >= (0 if name == "a.csv" else 4)


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_files_raise_only_our_errors(sound: dict[str, bytes], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(MAKERS)))
    raw = bytearray(sound[name])
    for _ in range(data.draw(st.integers(1, 5))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    assert outcome(bytes(raw), name)


@settings(max_examples=examples(150), deadline=None)
@given(
    st.sampled_from(
        [b"", b"PAR1", b"PK\x03\x04", b"SQLite format 3\0", b'{"type":', b"\xff\xfe", b"\xef\xbb\xbf", b"sep=;\n"]
    ),
    st.binary(max_size=200),
    st.sampled_from(["a.csv", "a", "a.geojson"]),
)
def test_any_bytes_raise_only_our_errors(head: bytes, tail: bytes, name: str) -> None:
    assert outcome(head + tail, name)


# ---------------------------------------------------------------------------------------------------------------------
# The child process


def test_upload_reads_the_same_as_open() -> None:
    raw = 'name,lon,lat\n甲,121.4,31.2\nbad\n"乙\n丙",,\n'.encode("gbk")
    with open_table(io.BytesIO(raw), name="a.csv") as here, open_upload(io.BytesIO(raw), name="a.csv") as there:
        for table in (here, there):
            notes = [n for batch in table.batches() for n in table.points(batch).notes().to_pylist()]
            assert notes == [None, "malformed: bad", "missing"]
        assert here.report.to_dict() == there.report.to_dict()
        assert here.schema == there.schema


def test_upload_passes_errors_on() -> None:
    with pytest.raises(DataError, match=r"a\.csv: neither UTF-8"):
        open_upload(io.BytesIO(b"a,b\n\xff\xff,\n"), name="a.csv")
    with pytest.raises(DataError, match="empty"):
        open_upload(io.BytesIO(b""))


def test_upload_that_takes_too_much_memory(tmp_path: Path) -> None:
    rows = "".join(
        f'<row r="{i}"><c r="A{i}"><v>{i}</v></c><c r="CV{i}"><v>{i}</v></c></row>' for i in range(1, 60_000)
    )
    path = workbook(tmp_path / "a.xlsx", f"<worksheet {NS}><sheetData>{rows}</sheetData></worksheet>")
    with pytest.raises(DataError, match="MiB"):
        open_upload(path, limits=replace(UPLOAD_LIMITS, memory_bytes=400 << 20))


def test_upload_that_takes_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A reader that hangs: a fake interpreter which sleeps.
    script = tmp_path / "python"
    script.write_text("#!/bin/sh\nexec sleep 60\n")
    script.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(script))
    with pytest.raises(DataError, match="not read within 5 s"):
        open_upload(io.BytesIO(b"a,b\n1,2\n"), limits=replace(UPLOAD_LIMITS, seconds=1))


def test_upload_whose_reader_crashes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "python"
    script.write_text("#!/bin/sh\nkill -SEGV $$\n")
    script.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(script))
    with pytest.raises(DataError, match="its reader crashed or took more than"):
        open_upload(io.BytesIO(b"a,b\n1,2\n"), name="a.csv")


def test_a_damaged_geopackage_loses_no_row_in_silence(tmp_path: Path) -> None:
    """GDAL ends such a table early, with a remark only."""
    path, rows = tmp_path / "a.gpkg", 20_000
    shapes = shapely.points([[121, 31]] * rows)
    gpd.GeoDataFrame({"a": ["name " * 6] * rows}, geometry=shapes, crs=4326).to_file(path)
    raw = bytearray(path.read_bytes())
    middle = len(raw) // 2 // 4096 * 4096 + 2000  # within the rows of a page
    raw[middle : middle + 200] = b"\xa5" * 200
    path.write_bytes(raw)
    refused(path, r"damaged: only \d+ of the 20000 rows in it can be read|not a sound gpkg file")


def test_geopackage_tables_that_are_computed(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"a": ["x"]}, geometry=[shapely.Point(121, 31)], crs=4326)
    frame.to_file(tmp_path / "a.gpkg", layer="places")
    with closing(sqlite3.connect(tmp_path / "a.gpkg")) as db:
        db.execute("ALTER TABLE places ADD COLUMN b TEXT GENERATED ALWAYS AS (upper(a))")
        db.commit()
    refused(tmp_path / "a.gpkg", r"'places' is no plain table \(it is computed\)")


def test_memory_is_bounded_within_the_block_only() -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)
    with memory_bound():
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        assert soft != resource.RLIM_INFINITY
        assert soft >= 4 << 30
        with pytest.raises(MemoryError):
            bytearray(soft)
    assert (before, hard) == (resource.getrlimit(resource.RLIMIT_AS), before[1])
