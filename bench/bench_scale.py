"""``geo assign`` end to end, file to file, from 10⁵ to 10⁸ rows: time and peak memory of the whole process.

Run alone with ``python -m bench.bench_scale [LARGEST]``. The largest default needs about 7 GB of temporary disk and
three minutes; with less disk it stops at 10⁷ and says so.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from bench import Row, at_least, at_most
from bench.bench_assign import layer, points
from geo.assign import assign

GROUP = 1_000_000
BYTES_PER_ROW = 80
CSV_ROWS = 1_000_000
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


def run_command(source: Path, output: Path, *options: str) -> tuple[float, float, float]:
    """Run ``geo assign`` in a process of its own; return seconds, peak memory in GB, and seconds of CPU."""
    command = [sys.executable, "-m", "geo.cli", "assign", str(source), "-o", str(output), "--overwrite", *options]
    start = time.perf_counter()
    # A process inherits the peak of the one that starts it, so a small one stands between.
    done = subprocess.run([sys.executable, "-S", "-c", _LAUNCH, *command], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    peak, busy = done.stdout.split()
    return time.perf_counter() - start, int(peak) / 1e6, float(busy)


def run(largest: int = 10**8) -> list[Row]:
    """Measure Parquet to Parquet at every power of ten, and CSV to Parquet at a million rows."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="bench-scale-") as name:
        folder = Path(name)
        if shutil.disk_usage(folder).free < largest * BYTES_PER_ROW * 1.2:
            print(f"bench: not enough temporary disk for {largest:,} rows, stopping at 10,000,000", file=sys.stderr)
            largest = min(largest, 10**7)
        csv = folder / "企业.csv"
        make_csv(csv, CSV_ROWS)
        seconds, peak, busy = min(run_command(csv, folder / "out.parquet") for _ in range(2))
        size = f"{CSV_ROWS / 1e6:g} M rows, {csv.stat().st_size / 1e6:.0f} MB of CSV with Chinese columns → Parquet"
        rows.append(at_most(size, f"{seconds:.1f} s ({busy:.1f} s of CPU), {peak:.2f} GB", "5 s", seconds, 5))
        rates: dict[int, float] = {}
        peaks: dict[int, float] = {}
        exponent = 5
        while 10**exponent <= largest:
            count = 10**exponent
            source, output = folder / "in.parquet", folder / "out.parquet"
            make_parquet(source, count)
            seconds, peaks[count], busy = run_command(source, output, "--datum", "wgs84")
            assert pq.ParquetFile(output).metadata.num_rows == count, "rows got lost"
            rates[count] = count / seconds / 1e6
            told = f"{seconds:.1f} s ({busy:.1f} s of CPU), {rates[count]:.3g} M rows/s, peak {peaks[count]:.2f} GB"
            rows.append(Row(f"10^{exponent} rows, Parquet → Parquet, all areas", told, "–", None, "", None))
            exponent += 1
        top, base = max(rates), min(10**7, max(rates))
        rows.append(at_most(f"peak memory at {top:,} rows", f"{peaks[top]:.2f} GB", "1 GB", peaks[top], 1))
        claim = f"throughput at {top:,} rows beside {base:,}"
        both = (f"{rates[top]:.3g} M rows/s", f"{rates[base]:.3g} M rows/s")
        rows.append(at_least(claim, *both, rates[top] / rates[base], 0.8))
    return rows


def main() -> int:
    """Print the table; the exit code says whether every bar holds."""
    rows = run(int(float(sys.argv[1])) if len(sys.argv) > 1 else 10**8)
    for r in rows:
        print(f"{'NO' if r.held is False else 'ok'}  {r.claim}: {r.ours} | {r.peer} | {r.bar}")
    return 1 if any(r.held is False for r in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
