"""The join on a Dask cluster: Parquet in any file system that fsspec knows, part by part.

The input is cut into parts of whole row groups. Each part is joined by one task and written into a staging folder
beside the output (``OUTPUT.staging``), first under a temporary name, then renamed; a small file ``_done-00012.json``
says that it is complete. When all parts are, the folder is renamed to the output. A run that was interrupted goes on
where it stopped if input, areas and options are the same; if a worker dies, only the parts it worked on are lost.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from geo.assign.join import Joiner
from geo.assign.outputs import explained
from geo.assign.parquet_parts import ParquetParts
from geo.assign.parts import BATCH_ROWS, Part, head_table, list_inputs, opened, plan
from geo.assign.staging import ClusterReport, collect, commit, done_name, part_name, prepare, write_json
from geo.assign.stream import joined_schema, stream
from geo.base.files import there_already
from geo.base.optional import needs
from geo.base.told import both, told
from geo.errors import DataError, GeoError, OutputError, UsageError

with needs("needs.cluster", "dask", "cluster"):
    import cloudpickle  # type: ignore[import-untyped]
    import distributed as dask_distributed
    import fsspec
    from distributed.diagnostics.plugin import WorkerPlugin

distributed: Any = dask_distributed  # its functions have no types

__all__ = ["ClusterReport", "Part", "assign_on_cluster", "head_table", "list_inputs"]

PointsOf = Callable[[pa.RecordBatch], Any]

_ATTEMPTS = 3
_WORKER_SECONDS = 60


class _Job(WorkerPlugin):
    """What all tasks of a run share.

    It is a worker plugin, so that it reaches every worker once, also workers that join or restart later. Its content is
    sent pickled and loaded by the first task: if loading fails, a task fails, not the worker.
    """

    def __init__(self, name: str, joiner: Joiner, points_of: PointsOf, schema: pa.Schema) -> None:
        self.name, self._bytes = name, cloudpickle.dumps((joiner, points_of, schema))
        self._lock: Any = None
        self._opened: Any = None

    def open(self) -> tuple[Joiner, PointsOf, pa.Schema]:
        """Return the joiner, the function `points_of` and the schema of the input."""
        with self._lock:
            if self._opened is None:
                self._opened = cloudpickle.loads(self._bytes)
            joiner, points_of, schema = self._opened
        return joiner, points_of, schema

    def setup(self, worker: Any) -> None:
        """Enter this job on the worker."""
        self._lock = threading.Lock()
        if not hasattr(worker, "geo_jobs"):
            worker.geo_jobs = {}
        worker.geo_jobs[self.name] = self

    def teardown(self, worker: Any) -> None:
        """Remove this job from the worker."""
        getattr(worker, "geo_jobs", {}).pop(self.name, None)


def _run_part(part: Part, job_name: str, fs: Any, out_fs: Any, staging: str) -> int:
    """Join one part on a worker: write it under a temporary name, rename it, then record that it is complete."""
    joiner, read_points, schema = distributed.get_worker().geo_jobs[job_name].open()
    notes: Counter[str] = Counter()

    def points_of(batch: pa.RecordBatch) -> Any:
        points = read_points(batch)
        counts = pc.value_counts(points.notes(None) or pa.nulls(0, pa.string())).to_pylist()
        notes.update({entry["values"]: entry["counts"] for entry in counts if entry["values"] is not None})
        return points

    passing = f"{staging}/.{uuid.uuid4().hex}.part"
    try:
        with (
            opened(fs, part.path) as file,
            explained(staging),
            out_fs.open(passing, "wb") as out,
            contextlib.closing(ParquetParts(out, joined_schema(schema))) as writer,
        ):
            batches = file.iter_batches(BATCH_ROWS, row_groups=list(part.groups)) if part.groups else ()
            tally = stream(batches, schema, points_of, joiner, writer.write, dictionaries=True)
        if tally.rows != part.rows:
            raise told(DataError, "assign.refused.footer", path=part.path, read=tally.rows, rows=part.rows)
        with explained(staging):
            out_fs.mv(passing, f"{staging}/{part_name(part)}")
            write_json(out_fs, f"{staging}/{done_name(part)}", {"tally": tally.to_dict(), "notes": notes})
    finally:
        with contextlib.suppress(Exception):
            out_fs.rm_file(passing)
    return part.number


def assign_on_cluster(
    source: str,
    output: str,
    joiner: Joiner,
    points_of: PointsOf,
    scheduler: str,
    *,
    overwrite: bool = False,
    rows_per_part: int = 2_000_000,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> ClusterReport:
    """Join all Parquet files of `source` on a Dask cluster and write one file for each part into the folder `output`.

    Parameters
    ----------
    source : str
        File, folder or glob, in any file system that fsspec knows (``s3://bucket/*.parquet``); workers must reach it
        too.
    output : str
        A folder, in any file system that fsspec knows. The table is the files ``part-*.parquet``; ``_report.json``
        holds the tally. Where a folder cannot be renamed in one step, files are moved one by one, the report last.
    joiner : Joiner
        Sent to every worker once.
    points_of : callable
        Returns the points of a batch (`geo.assign.stream.Points`); it must pickle.
    scheduler : str
        Address such as ``tcp://host:8786``, or ``local`` for a cluster of this machine's cores that ends with the run.
    overwrite : bool
        Replace an output that exists.
    rows_per_part : int
        Most rows of a part; a row group larger than this is a part of its own.
    progress : callable
        Called with the number of parts done and the number of all parts.

    Returns
    -------
    ClusterReport

    Raises
    ------
    OutputError
        If the output exists or cannot be written, or a part has failed repeatedly. Finished parts stay in the staging
        folder, and the next call goes on from there.
    DataError
        If the input is damaged, changed during the run, or its files differ in schema.
    UsageError
        If there is no input, no scheduler answers, or workers have another version of this package.
    """
    fs, files = list_inputs(source)
    out_fs, target = fsspec.core.url_to_fs(output)
    target = target.rstrip("/")
    staging = f"{target}.staging"
    if out_fs.exists(target) and not overwrite:
        raise there_already(output)
    stamps = _stamps(fs, files)
    schema, parts = plan(fs, files, rows_per_part)
    digest = _job_digest(stamps, parts, joiner, points_of)
    with explained(output):
        waiting = prepare(out_fs, staging, digest, parts)
    skipped = len(parts) - len(waiting)
    progress(skipped, len(parts))
    if waiting:
        with _client(scheduler) as client:
            job = _Job(f"geo-{digest[:16]}-{uuid.uuid4().hex[:8]}", joiner, points_of, schema)
            _run(client, job, waiting, (fs, out_fs, staging), progress, len(parts))
    report = collect(out_fs, staging, parts, skipped)
    if changed := [new[0] for old, new in zip(stamps, _stamps(fs, files), strict=True) if old != new]:
        raise told(DataError, "fault.changed", path=changed[0])
    with explained(output):
        commit(out_fs, staging, target, parts, report, overwrite=overwrite)
    return report


def _stamps(fs: Any, files: list[str]) -> list[list[Any]]:
    """Return path, size and change mark (ETag or time of change) of each file."""
    fs.invalidate_cache()
    found = [(path, fs.info(path)) for path in files]
    return [[path, i.get("size"), str(i.get("ETag") or i.get("mtime") or i.get("LastModified"))] for path, i in found]


def _job_digest(stamps: list[list[Any]], parts: list[Part], joiner: Joiner, points_of: Any) -> str:
    """Return the SHA-256 of input, parts, areas and options: runs of the same digest give the same output."""
    job = [stamps, [asdict(part) for part in parts], joiner.index.digest, joiner.datum, joiner.language]
    job += [joiner.asked, repr(points_of)]
    return hashlib.sha256(json.dumps(job, default=str).encode()).hexdigest()


@contextlib.contextmanager
def _client(scheduler: str) -> Iterator[Any]:
    """Yield a client of the scheduler; for ``local``, of a cluster that ends with the block."""
    with contextlib.ExitStack() as stack:
        if scheduler == "local":
            cluster = distributed.LocalCluster(threads_per_worker=1, dashboard_address=None, host="127.0.0.1")
            yield stack.enter_context(distributed.Client(stack.enter_context(cluster)))
            return
        try:
            client = distributed.Client(scheduler, timeout="10s", set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise told(
                UsageError, "assign.refused.scheduler", scheduler=scheduler, why=error, example="tcp://HOST:PORT"
            ) from None
        stack.enter_context(client)
        _check_workers(client)
        yield client


def _check_workers(client: Any) -> None:
    """Raise `UsageError` unless there are workers, and each has this package at this version."""

    def version() -> str:  # defined here so that it travels by value
        from importlib import metadata

        from geo.errors import distribution

        return f"{distribution()} {metadata.version(distribution())}"

    try:
        client.wait_for_workers(1, timeout=_WORKER_SECONDS)
    except TimeoutError:
        raise told(UsageError, "assign.refused.no_workers", seconds=_WORKER_SECONDS) from None
    answers = client.run(version, on_error="return")
    here = version()
    strange = [f"{worker}: {answer}" for worker, answer in answers.items() if answer != here]
    if strange:
        raise told(UsageError, "assign.refused.workers", strange, version=here)


def _run(
    client: Any,
    job: _Job,
    waiting: list[Part],
    where: tuple[Any, Any, str],
    progress: Callable[[int, int], None],
    total: int,
) -> None:
    """Run the tasks of the waiting parts and report progress; cancel the rest if one fails."""
    client.register_plugin(job, name=job.name)
    fs, out_fs, staging = where
    futures = client.map(_run_part, waiting, job_name=job.name, fs=fs, out_fs=out_fs, staging=staging, pure=False)
    try:
        done = total - len(waiting)
        for future in distributed.as_completed(futures, loop=client.loop):
            error = future.exception()
            if error is not None:
                raise _failure(error, staging) from error
            done += 1
            progress(done, total)
    finally:
        client.cancel(futures, force=True)
        with contextlib.suppress(Exception):
            client.unregister_worker_plugin(job.name)


def _failure(error: BaseException, staging: str) -> GeoError:
    """Return the error of a task as one that says what to do."""
    if isinstance(error, GeoError):
        return error
    if isinstance(error, distributed.KilledWorker):
        what = both("assign.part.died", times=_ATTEMPTS)
    else:
        what = both("assign.part.failed", error=type(error).__name__, why=error)
    return told(OutputError, "assign.refused.stopped", what=what, staging=staging)
