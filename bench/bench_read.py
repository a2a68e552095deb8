"""Reading a colleague's table, and the datum, beside software that was told what ours finds out."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from bench import Result, seconds, turns, versions
from bench.bench_assign import points
from bench.bench_scale import make_csv
from geo import crs
from geo.tables import open_table

ROWS, SHEET_ROWS, ROUNDS = 1_000_000, 20_000, 3
LON, LAT = "经度", "纬度"


def read_ours(path: Path) -> int:
    """Read all rows and a point of each: nothing is told."""
    with open_table(path) as table:
        table.require_points()
        return sum(int((~table.points(batch).set_aside).sum()) for batch in table.batches())


def read_pandas(path: Path, encoding: str) -> int:
    """Read all rows, codes as text, and a point of each: encoding and columns are told."""
    frame = pd.read_csv(path, encoding=encoding, dtype=str)
    lon, lat = pd.to_numeric(frame[LON]), pd.to_numeric(frame[LAT])
    return int((lon.notna() & lat.notna()).sum())


def read_arrow(path: Path, encoding: str) -> int:
    """Read all rows, types guessed, and count the points: encoding and columns are told."""
    from pyarrow import csv

    found = csv.read_csv(path, read_options=csv.ReadOptions(encoding=encoding))
    return len(found) - max(found[LON].null_count, found[LAT].null_count)


def read_excel(path: Path) -> int:
    """Read a workbook with pandas, codes as text."""
    frame = pd.read_excel(path, dtype={"统一社会信用代码": str})
    return int(frame[LON].notna().sum())


def reading(action: Callable[[], int], expected: int) -> float:
    """Return the seconds of a reader, which must find a point in every row."""
    found: list[int] = []
    taken = seconds(lambda: found.append(action()))
    if found != [expected]:
        raise AssertionError(f"{found[0]} points of {expected}")
    return taken


def run(quick: bool = False) -> Iterator[Result]:
    """Measure text in two encodings, a workbook, and the shift of the datum."""
    rows, sheet_rows, rounds = (20_000, 2_000, 1) if quick else (ROWS, SHEET_ROWS, ROUNDS)
    pandas, arrow = versions("pandas"), versions("pyarrow")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        utf8, gbk, sheet = folder / "utf8.csv", folder / "gb18030.csv", folder / "table.xlsx"
        make_csv(utf8, rows)
        gbk.write_bytes(utf8.read_text(encoding="utf-8").encode("gb18030"))
        for path, encoding in ((gbk, "gb18030"), (utf8, "utf-8")):
            ours, peer, other = turns(
                rounds,
                lambda p=path: reading(lambda: read_ours(p), rows),
                lambda p=path, e=encoding: reading(lambda: read_pandas(p, e), rows),
                lambda p=path, e=encoding: reading(lambda: read_arrow(p, e), rows),
            )
            claim = f"read.{encoding.replace('-', '')}"
            yield Result(f"{claim}_pandas", ours, "s", peer, pandas)
            yield Result(f"{claim}_pyarrow", ours, "s", other, arrow)
        pd.read_csv(utf8, nrows=sheet_rows, dtype={"统一社会信用代码": str}).to_excel(sheet, index=False)
        ours, peer = turns(
            rounds,
            lambda: reading(lambda: read_ours(sheet), sheet_rows),
            lambda: reading(lambda: read_excel(sheet), sheet_rows),
        )
        yield Result("read.xlsx_pandas", ours, "s", peer, pandas | versions("openpyxl"))
    lon, lat = points(rows)
    lon, lat = crs.from_wgs84(lon, lat, "gcj02")

    def rate(action: Callable[[], object]) -> float:
        return rows / seconds(action) / 1e6

    ours, peer = turns(
        rounds,
        lambda: rate(lambda: crs.to_wgs84(lon, lat, "gcj02")),
        lambda: rate(lambda: crs.lonlat_to_projected(np.asarray(lon), np.asarray(lat), 4549)),
    )
    yield Result("read.gcj02_proj", ours, "M points/s", peer, versions("pyproj"))
