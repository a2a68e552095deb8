"""``geo assign`` end to end, file to file, from 10⁵ to 10⁸ rows: time and peak memory of the whole process.

The peer is ``bench/peers/geopandas_join.py``, at the sizes it can take. The largest needs about 8 GB of temporary disk
and two minutes; with less disk it stops at 10⁷ and says so.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from bench import Result, turns, versions
from bench.bench_assign import layer, points
from geo.assign import assign

GROUP = 1_000_000
BYTES_PER_ROW = 80
CSV_ROWS = 1_000_000
LARGEST, OF_PEER = 10**8, 10**6
PEER = Path(__file__).parent / "peers" / "geopandas_join.py"
_LAUNCH = """
import os, sys
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(child, 0)
print(usage.ru_maxrss, usage.ru_utime + usage.ru_stime)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def make_parquet(path: Path, rows: int) -> None:
    """Write a table of companies: id, name, lon, lat; points as `bench_assign.points`, no two alike."""
    lon, lat = points(min(rows, GROUP))
    r = np.random.default_rng(7)
    schema = pa.schema([("id", pa.int64()), ("name", pa.string()), ("lon", pa.float64()), ("lat", pa.float64())])
    names = np.char.add("company ", np.arange(50_000).astype(str))
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for start in range(0, rows, GROUP):
            count = min(GROUP, rows - start)
            columns = {
                "id": np.arange(start, start + count),
                "name": pa.array(names).take(pa.array(r.integers(0, len(names), count))),
                "lon": lon[:count] + r.normal(0, 1e-4, count),
                "lat": lat[:count] + r.normal(0, 1e-4, count),
            }
            writer.write_table(pa.table(columns, schema))


def make_csv(path: Path, rows: int) -> None:
    """Write a table with Chinese columns as a colleague sends it, its codes with leading zeros."""
    districts = layer("districts")
    lon, lat = points(int(rows * 1.4))
    found = assign(lon, lat, districts)
    keep = np.flatnonzero(found.matched)[:rows]
    assert len(keep) == rows, "too few points in the districts"
    names = pa.array(districts["name_zh"].tolist()).take(pa.array(found.single()[keep])).to_numpy(zero_copy_only=False)
    r = np.random.default_rng(9)
    numbers = r.integers(1, 10**6, (3, rows))
    columns = {
        "企业名称": np.char.add("某某智能科技有限公司", numbers[0].astype(str)),
        "统一社会信用代码": np.char.add("0131", numbers[1].astype(str)),
        "所在区": names,
        "地址": [f"{name}第{number}路" for name, number in zip(names, numbers[2], strict=True)],
        "注册资本": numbers[0] % 9999,
        "经度": np.round(lon[keep], 6),
        "纬度": np.round(lat[keep], 6),
    }
    pcsv.write_csv(pa.table(columns), path)


class Cost(NamedTuple):
    """What a whole process took: seconds, peak memory in GB, seconds of CPU."""

    seconds: float
    peak_gb: float
    cpu_s: float


def cost(*command: str) -> Cost:
    """Run a command in a process of its own and return what it took."""
    start = time.perf_counter()
    # A process inherits the peak of the one that starts it, so a small one stands between.
    launch = [sys.executable, "-S", "-c", _LAUNCH, *command]
    done = subprocess.run(launch, capture_output=True, text=True, timeout=600, cwd=PEER.parents[2])
    if done.returncode:
        raise RuntimeError(done.stderr)
    peak, busy = done.stdout.split()[-2:]
    return Cost(time.perf_counter() - start, int(peak) / 1e6, float(busy))


def ours(source: Path, output: Path, *options: str) -> Cost:
    """Run ``geo assign``: all areas."""
    return cost(sys.executable, "-m", "geo.cli", "assign", str(source), "-o", str(output), "--overwrite", *options)


def peer(source: Path, output: Path, lon: str = "lon", lat: str = "lat") -> Cost:
    """Run the usual way."""
    return cost(sys.executable, "-m", "bench.peers.geopandas_join", str(source), str(output), lon, lat)


def _matched(path: Path) -> int:
    """Return the number of rows that are in a district."""
    column = pq.read_table(path, columns=["district_id"])["district_id"]
    return len(column) - column.null_count


def run(quick: bool = False) -> Iterator[Result]:
    """Measure Parquet to Parquet at every power of ten, and CSV to Parquet at a million rows."""
    largest, csv_rows, of_peer = (10**5, 10**4, 10**5) if quick else (LARGEST, CSV_ROWS, OF_PEER)
    software = versions("geopandas", "pandas", "pyarrow")
    with tempfile.TemporaryDirectory(prefix="bench-scale-") as name:
        folder = Path(name)
        source, output, other = (folder / f"{file}.parquet" for file in ("in", "out", "other"))
        if shutil.disk_usage(folder).free < largest * BYTES_PER_ROW * 1.2:
            print(f"bench: not enough temporary disk for {largest:,} rows, stopping at 10,000,000", file=sys.stderr)
            largest = min(largest, 10**7)
        csv = folder / "企业.csv"
        make_csv(csv, csv_rows)
        mine: list[Cost] = []
        theirs: list[Cost] = []

        def csv_ours() -> float:
            mine.append(ours(csv, output))
            return mine[-1].seconds

        def csv_peer() -> float:
            theirs.append(peer(csv, output, "经度", "纬度"))
            return theirs[-1].seconds

        took, took_peer = turns(1 if quick else 2, csv_ours, csv_peer)
        yield Result("scale.csv_seconds", took, "s", took_peer, software, f"{mine[-1].cpu_s:.1f} s of CPU")
        yield Result("scale.csv_memory", [c.peak_gb for c in mine], "GB", [c.peak_gb for c in theirs], software)
        peaks: dict[int, float] = {}
        peer_peaks: dict[int, float] = {}
        rates: dict[int, float] = {}
        exponent = 5
        while 10**exponent <= largest:
            count = 10**exponent
            make_parquet(source, count)
            found = ours(source, output, "--datum", "wgs84")
            if pq.ParquetFile(output).metadata.num_rows != count:
                raise AssertionError("rows got lost")
            beside = [peer(source, other)] if count <= of_peer else []
            if beside and _matched(output) != _matched(other):
                raise AssertionError(f"{_matched(output)} rows in a district, the peer says {_matched(other)}")
            note = f"{found.cpu_s:.1f} s of CPU, {count / found.seconds / 1e6:.2f} M rows/s"
            size = f"scale.1e{exponent}"
            yield Result(f"{size}_seconds", [found.seconds], "s", [c.seconds for c in beside], software, note)
            yield Result(f"{size}_memory", [found.peak_gb], "GB", [c.peak_gb for c in beside], software)
            peaks[count], rates[count] = found.peak_gb, count / found.seconds / 1e6
            if beside:
                peer_peaks[count] = beside[0].peak_gb
            exponent += 1
        if of_peer in peaks and of_peer // 10 in peaks:
            growth = [peaks[of_peer] / peaks[of_peer // 10]]
            peer_growth = [peer_peaks[of_peer] / peer_peaks[of_peer // 10]]
            yield Result("scale.growth_peer", growth, "×", peer_growth, software)
        top = max(peaks)
        if top > 10**7:
            yield Result("scale.growth_top", [peaks[top] / peaks[top // 10]], "×")
            yield Result("scale.throughput", [rates[top]], "M rows/s", [rates[top // 10]])
