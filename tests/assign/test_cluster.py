"""A real scheduler and two real workers on loopback: one is killed, and nothing is lost."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time

import cloudpickle
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from bench.serving import PATIENCE_S
from geo.assign import cluster
from geo.assign.join import Joiner
from geo.errors import OutputError, UsageError

cloudpickle.register_pickle_by_value(sys.modules[__name__])
JOINER = Joiner({"a": shapely.box(0, 0, 1, 1)}, places={"p": shapely.Point(0.5, 0.5).buffer(0.3)})
ROWS, GROUP = 3000, 100


class Points:
    def __init__(self, lon, lat):
        self.lon, self.lat, self.set_aside = lon, lat, np.isnan(lon)

    def notes(self, language):
        return pa.array(["missing"]).take(pa.array(np.where(self.set_aside, 0, 0), mask=~self.set_aside))


class PointsOf:
    """Reads two columns; slowly, or with an error at one row."""

    def __init__(self, seconds=0.0, bad=-1):
        self.seconds, self.bad = seconds, bad

    def __repr__(self):
        return "lon, lat"

    def __call__(self, batch):
        time.sleep(self.seconds)
        if self.bad in batch["id"].to_pylist():
            raise ValueError("this row cannot be read")
        return Points(*(batch[name].to_numpy(zero_copy_only=False) for name in ("lon", "lat")))


def wait_for(condition):
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.01)


@pytest.fixture
def table(tmp_path):
    """Two Parquet files of small row groups; every 50th point is missing."""
    lon, lat = np.random.default_rng(1).uniform(-0.2, 1.2, (2, ROWS))
    lon[::50] = np.nan
    whole = pa.table({"id": np.arange(ROWS), "lon": pa.array(lon, from_pandas=True), "lat": lat})
    for number in range(2):
        half = whole.slice(number * ROWS // 2, ROWS // 2)
        pq.write_table(half, tmp_path / f"in-{number}.parquet", row_group_size=GROUP)
    return whole


@pytest.fixture(scope="module")
def dask(tmp_path_factory):
    """A scheduler and two workers, each a process of its own; yields the address and the workers."""
    file = tmp_path_factory.mktemp("dask") / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    common = [f"--scheduler-file={file}", "--host=127.0.0.1", "--no-dashboard"]
    with contextlib.ExitStack() as stack:

        def start(*command):
            process = subprocess.Popen([sys.executable, "-m", "dask", *command, *common], **quiet)
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process

        start("scheduler", "--port=0")
        wait_for(lambda: file.exists() and file.read_text().strip())
        workers = [start("worker", "--nthreads=1", "--no-nanny", f"--death-timeout={PATIENCE_S}") for _ in range(2)]
        yield json.loads(file.read_text())["address"], workers


def run(tmp_path, address, points_of=None, **options):
    options = {"rows_per_part": GROUP, **options}
    source, output = f"{tmp_path}/in-*.parquet", f"{tmp_path}/out"
    return cluster.assign_on_cluster(source, output, JOINER, points_of or PointsOf(), address, **options)


def check(tmp_path, table, report):
    files = sorted((tmp_path / "out").glob("part-*.parquet"))
    assert {p.name for p in (tmp_path / "out").iterdir()} == {p.name for p in files} | {"_report.json"}
    joined = pa.concat_tables(pq.read_table(p) for p in files)
    assert joined["id"].to_pylist() == list(range(ROWS))
    lon, lat = table["lon"].to_numpy(), table["lat"].to_numpy()
    inside = shapely.intersects_xy(shapely.box(0, 0, 1, 1), lon, lat)
    expected = np.where(np.isnan(lon), "set_aside", np.where(inside, "matched", "outside"))
    assert joined["join_status"].to_pylist() == expected.tolist()
    assert (report.tally.rows, report.tally.matched, report.tally.set_aside) == (ROWS, inside.sum(), ROWS // 50)
    assert report.notes == {"missing": ROWS // 50}
    saved = json.loads((tmp_path / "out" / "_report.json").read_text())
    assert saved["join"] == report.tally.to_dict()
    assert not list(tmp_path.glob("*.staging")) + list(tmp_path.glob("*.old"))


def test_a_killed_worker_costs_only_time_and_a_broken_run_goes_on(tmp_path, table, dask):
    address, workers = dask
    with pytest.raises(OutputError, match=r"a part failed: ValueError: this row cannot be read.*goes on from there"):
        run(tmp_path, address, PointsOf(bad=ROWS - 1))
    staging = tmp_path / "out.staging"
    assert not (tmp_path / "out").exists()
    assert list(staging.glob("_done-*.json"))
    (staging / ".0123.part").write_text("half-written by a worker that died")

    def kill():
        before = len(list(staging.glob("_done-*.json")))
        wait_for(lambda: len(list(staging.glob("_done-*.json"))) > before)
        os.kill(workers[0].pid, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    for done in sorted(staging.glob("_done-*.json"))[5:]:
        done.unlink()
    killer.start()
    seen = []
    report = run(tmp_path, address, PointsOf(seconds=0.05), progress=lambda done, total: seen.append((done, total)))
    killer.join()
    assert workers[0].wait() == -signal.SIGKILL
    assert report.parts == ROWS // GROUP == seen[-1][0]
    assert 0 < report.skipped == seen[0][0] <= 5
    check(tmp_path, table, report)
    with pytest.raises(OutputError, match="is there already: give --overwrite"):
        run(tmp_path, address)
    again = run(tmp_path, address, overwrite=True, rows_per_part=10 * GROUP)
    assert (again.parts, again.skipped) == (4, 0)
    check(tmp_path, table, again)


def test_no_scheduler_there(tmp_path, table, monkeypatch):
    real = cluster.distributed.Client
    monkeypatch.setattr(cluster.distributed, "Client", lambda a, **kw: real(a, **{**kw, "timeout": "0.3s"}))
    with pytest.raises(UsageError, match="no Dask scheduler answers at 'tcp://"):
        run(tmp_path, "tcp://127.0.0.1:9")
    assert not (tmp_path / "out").exists()
