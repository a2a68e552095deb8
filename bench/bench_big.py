"""Ten million rows from file to file beside pyarrow alone, in two datums; the way back from a shifted datum."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench import Result, seconds, turns, versions
from bench.bench_assign import points
from bench.bench_scale import make_parquet, ours
from geo import crs
from geo.crs.shift_table import shift_table

ROWS, SHIFTED, ROUNDS = 10_000_000, 1_000_000, 3
PEER = Path(__file__).parent / "peers" / "arrow_copy.py"
#: As far as the basemap's areas reach, which is what `geo assign` asks for.
EXTENT = (120.85, 30.69, 121.97, 31.87)


def shifted(source: Path, target: Path, datum: str) -> None:
    """Write a table of `make_parquet` with its points in a datum."""
    with pq.ParquetFile(source) as file, pq.ParquetWriter(target, file.schema_arrow, compression="zstd") as writer:
        for group in range(file.num_row_groups):
            table = file.read_row_group(group)
            moved = crs.from_wgs84(table["lon"].to_numpy(), table["lat"].to_numpy(), datum)
            for name, values in zip(("lon", "lat"), moved, strict=True):
                table = table.set_column(table.schema.get_field_index(name), name, pa.array(values))
            writer.write_table(table)


def copied(source: Path, joined: Path, copy: Path) -> float:
    """Return the seconds that pyarrow takes to read the one and write the columns of the other."""
    copy.unlink(missing_ok=True)
    command = [sys.executable, str(PEER), str(source), str(joined), str(copy)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True, timeout=600).stdout)


def end_to_end(folder: Path, rows: int, rounds: int) -> Iterator[Result]:
    """Measure `geo assign` in two datums and pyarrow, in turn."""
    plain, moved, joined, other, copy = (folder / f"{name}.parquet" for name in ("in", "gcj02", "out", "out2", "copy"))
    make_parquet(plain, rows)
    shifted(plain, moved, "gcj02")
    notes: dict[str, str] = {}

    def run(source: Path, output: Path, datum: str) -> float:
        output.unlink(missing_ok=True)
        cost = ours(source, output, "--datum", datum)
        notes[datum] = f"{cost.cpu_s:.1f} s of CPU, {rows / cost.seconds / 1e6:.2f} M rows/s"
        return cost.seconds

    wgs84, gcj02, peer = turns(
        rounds,
        lambda: run(plain, joined, "wgs84"),
        lambda: run(moved, other, "gcj02"),
        lambda: copied(plain, joined, copy),
    )
    one, two = (pq.read_table(path, columns=["district_id"])["district_id"].fill_null("") for path in (joined, other))
    if len(one) != rows or (same := pc.sum(pc.equal(one, two)).as_py()) < rows - 5:
        raise AssertionError(f"{len(one)} rows, {same} of them in one district in both datums")
    software = versions("pyarrow")
    yield Result("big.wgs84_arrow", wgs84, "s", peer, software, notes["wgs84"])
    yield Result("big.gcj02_arrow", gcj02, "s", peer, software, notes["gcj02"])
    yield Result("big.gcj02_wgs84", gcj02, "s", wgs84)


def way_back(count: int, rounds: int) -> Iterator[Result]:
    """Measure the way back from GCJ-02 and BD-09 through the table of the shift, and how far off it is."""
    lon, lat = points(count)
    for datum in ("gcj02", "bd09"):
        x, y = crs.from_wgs84(lon, lat, datum)
        shift_table.cache_clear()
        made = seconds(lambda d=datum: shift_table(d, *EXTENT))
        table = shift_table(datum, *EXTENT)
        if table is None:
            raise AssertionError(f"no table of the shift of {datum} is exact enough")

        def rate(action: Callable[[], object]) -> float:
            start = time.process_time()
            action()
            return count / (time.process_time() - start) / 1e6

        table.to_wgs84(x[:1000], y[:1000])  # compiles once
        mine, iterated = turns(
            rounds,
            lambda t=table, a=x, b=y: rate(lambda: t.to_wgs84(a, b)),
            lambda d=datum, a=x, b=y: rate(lambda: crs.to_wgs84(a, b, d)),
        )
        yield Result(f"big.back_{datum}", mine, "M points/s", iterated, note=f"table made in {made:.2f} s")
        found, exact = table.to_wgs84(x, y), crs.to_wgs84(x, y, datum)
        off = max(float(np.abs(a - b).max()) for a, b in zip(found, exact, strict=True))
        yield Result(f"big.off_{datum}", [off * 1e9], "1e-9 °", note=f"{table.error_deg:.1e}° where it was made")


def run(quick: bool = False) -> Iterator[Result]:
    """Measure both."""
    rows, count, rounds = (100_000, 100_000, 1) if quick else (ROWS, SHIFTED, ROUNDS)
    yield from way_back(count, rounds)
    with tempfile.TemporaryDirectory(prefix="bench-big-") as name:
        yield from end_to_end(Path(name), rows, rounds)
