"""The same join on a Dask cluster: Parquet in any place fsspec knows, part by part, committed only when whole.

The input is cut into parts of whole row groups. Each part is joined by one task and written into a staging folder
beside the output (``OUTPUT.staging``), first under a passing name, then renamed; a small note ``_done-00012.json`` says
that it is whole. When all are, the folder is renamed to the output. A run that was broken off is taken up where it
stopped if input, areas and options are the same; a worker that dies costs the parts it was at.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from geo.assign.join import Joiner, Tally
from geo.assign.outputs import ParquetParts, explained
from geo.assign.stream import joined_schema, stream
from geo.errors import DataError, GeoError, MissingDependencyError, OutputError, UsageError

try:
    import cloudpickle  # type: ignore[import-untyped]
    import distributed as dask_distributed
    import fsspec
    from distributed.diagnostics.plugin import WorkerPlugin
except ImportError:
    raise MissingDependencyError.of("a cluster", "dask", "cluster") from None

distributed: Any = dask_distributed  # its functions have no types

__all__ = ["ClusterReport", "Part", "assign_on_cluster", "head_table", "list_inputs"]

PointsOf = Callable[[pa.RecordBatch], Any]

_BATCH_ROWS = 65_536
_ATTEMPTS = 3
_WORKER_SECONDS = 60


@dataclass(frozen=True)
class Part:
    """Some row groups of one input file."""

    number: int
    path: str
    groups: tuple[int, ...]
    rows: int


@dataclass(frozen=True)
class ClusterReport:
    """What a run did: its tally, why rows have notes, how many parts there are and how many were done before."""

    tally: Tally
    notes: Counter[str]
    parts: int
    skipped: int


def list_inputs(source: str) -> tuple[Any, list[str]]:
    """Return the file system and the sorted Parquet files of a path, folder or glob that fsspec understands.

    Raises
    ------
    UsageError
        If there is none, or the kind of path is not known.
    MissingDependencyError
        If the kind of path needs a package that is not installed.
    """
    try:
        fs, path = fsspec.core.url_to_fs(source)
    except ImportError as error:
        raise MissingDependencyError(f"{source}: {error}") from None
    except ValueError as error:
        raise UsageError(f"{source}: {error}") from None
    if any(c in path for c in "*?["):
        files = [f for f in fs.glob(path) if fs.isfile(f)]
    elif fs.isdir(path):
        files = [f for f in fs.find(path) if f.endswith(".parquet") and not f.rpartition("/")[2].startswith((".", "_"))]
    else:
        files = [path] if fs.exists(path) else []
    if not files:
        raise UsageError(f"{source}: no Parquet file there; give a file, a folder or a glob such as data/*.parquet")
    return fs, sorted(files)


def head_table(fs: Any, files: list[str], rows: int) -> pa.Table:
    """Return about `rows` rows from the beginnings of files spread over the list: what a person would look at."""
    chosen = files if len(files) <= 8 else [files[i * (len(files) - 1) // 7] for i in range(8)]
    tables = []
    for path in chosen:
        with _opened(fs, path) as file:
            wanted = max(1, rows // len(chosen))
            batch = next(file.iter_batches(min(wanted, _BATCH_ROWS)), None)
            tables.append(pa.Table.from_batches([batch] if batch else [], file.schema_arrow))
    return pa.concat_tables(tables)


def _is_local(fs: Any) -> bool:
    return "file" in (fs.protocol if isinstance(fs.protocol, tuple) else (fs.protocol,))


@contextlib.contextmanager
def _opened(fs: Any, path: str) -> Iterator[pq.ParquetFile]:
    local = _is_local(fs)
    try:
        with contextlib.ExitStack() as stack:
            source = path if local else stack.enter_context(fs.open(path, "rb"))
            yield stack.enter_context(pq.ParquetFile(source, pre_buffer=not local))
    except pa.ArrowInvalid as error:
        raise DataError(f"{path} is not a whole Parquet file: {str(error).splitlines()[0]}") from error
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error}") from error


def _plan(fs: Any, files: list[str], rows_per_part: int) -> tuple[pa.Schema, list[Part]]:
    """Read every footer and cut the files into parts; files must share one schema."""

    def footer(path: str) -> tuple[pa.Schema, list[int]]:
        with _opened(fs, path) as file:
            groups = [file.metadata.row_group(i).num_rows for i in range(file.metadata.num_row_groups)]
            return file.schema_arrow.remove_metadata(), groups

    with ThreadPoolExecutor(16) as pool:
        footers = list(pool.map(footer, files))
    schema = footers[0][0]
    strange = [f"{path}: {other.names}" for path, (other, _) in zip(files, footers, strict=True) if other != schema]
    if strange:
        raise DataError(f"files must have the columns and types of {files[0]} ({schema.names}); these differ:", strange)
    parts: list[Part] = []
    for path, (_, sizes) in zip(files, footers, strict=True):
        groups: list[int] = []
        for number, size in enumerate(sizes):
            if groups and sum(sizes[g] for g in groups) + size > rows_per_part:
                parts.append(Part(len(parts), path, tuple(groups), sum(sizes[g] for g in groups)))
                groups = []
            groups.append(number)
        parts.append(Part(len(parts), path, tuple(groups), sum(sizes[g] for g in groups)))
    return schema, parts


class _Job(WorkerPlugin):
    """What all tasks share. A plugin reaches every worker once, also one that joins or restarts later.

    It is carried as bytes and opened by the first task, so that what cannot be opened fails a task and no worker.
    """

    def __init__(self, name: str, joiner: Joiner, points_of: PointsOf, schema: pa.Schema) -> None:
        self.name, self._bytes = name, cloudpickle.dumps((joiner, points_of, schema))
        self._lock: Any = None
        self._opened: Any = None

    def open(self) -> tuple[Joiner, PointsOf, pa.Schema]:
        """Return joiner, points_of and schema of the input."""
        with self._lock:
            if self._opened is None:
                self._opened = cloudpickle.loads(self._bytes)
            joiner, points_of, schema = self._opened
        return joiner, points_of, schema

    def setup(self, worker: Any) -> None:
        """Keep this job on the worker."""
        self._lock = threading.Lock()
        if not hasattr(worker, "geo_jobs"):
            worker.geo_jobs = {}
        worker.geo_jobs[self.name] = self

    def teardown(self, worker: Any) -> None:
        """Forget this job."""
        getattr(worker, "geo_jobs", {}).pop(self.name, None)


def _run_part(part: Part, job_name: str, fs: Any, out_fs: Any, staging: str) -> int:
    """Join one part on a worker: write it beside, rename it, then note that it is whole."""
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
            _opened(fs, part.path) as file,
            explained(staging),
            out_fs.open(passing, "wb") as out,
            contextlib.closing(ParquetParts(out, joined_schema(schema))) as writer,
        ):
            batches = file.iter_batches(_BATCH_ROWS, row_groups=list(part.groups)) if part.groups else ()
            tally = stream(batches, schema, points_of, joiner, writer.write)
        if tally.rows != part.rows:
            raise DataError(f"{part.path}: {tally.rows} rows were read where its footer says {part.rows}")
        with explained(staging):
            out_fs.mv(passing, f"{staging}/{_part_name(part)}")
            _write_json(out_fs, f"{staging}/{_done_name(part)}", {"tally": tally.to_dict(), "notes": notes})
    finally:
        with contextlib.suppress(Exception):
            out_fs.rm_file(passing)
    return part.number


def _part_name(part: Part) -> str:
    return f"part-{part.number:05d}.parquet"


def _done_name(part: Part) -> str:
    return f"_done-{part.number:05d}.json"


def _write_json(fs: Any, path: str, value: Any) -> None:
    folder, _, name = path.rpartition("/")
    passing = f"{folder}/.{name}.{uuid.uuid4().hex}.part"
    fs.pipe_file(passing, json.dumps(value, ensure_ascii=False, sort_keys=True).encode())
    fs.mv(passing, path)


def _read_json(fs: Any, path: str) -> Any:
    try:
        return json.loads(fs.cat_file(path))
    except (FileNotFoundError, ValueError):
        return None


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
    """Join all Parquet files of `source` on a Dask cluster and write one file per part into the folder `output`.

    Parameters
    ----------
    source : str
        File, folder or glob, in any place that fsspec knows (``s3://bucket/*.parquet``); workers must reach it too.
    output : str
        A folder, in any place that fsspec knows. Files whose names start with ``part-`` are the table; ``_report.json``
        is written with them, and moved last where the place cannot rename a folder at once.
    joiner : Joiner
        Sent to every worker once.
    points_of : callable
        The points of a batch (`geo.assign.stream.Points`); it must pickle.
    scheduler : str
        Address such as ``tcp://host:8786``, or ``local`` for a cluster of this machine's cores, for this run only.
    overwrite : bool
        Replace an output that exists.
    rows_per_part : int
        Parts have at most this many rows, but at least one row group.
    progress : callable
        Called with the number of parts done and of all.

    Raises
    ------
    OutputError
        If the output exists or cannot be written, or a part failed in the end. Parts that are done stay in the staging
        folder, and the next call goes on from there.
    DataError
        If the input is damaged or its files differ in schema.
    UsageError
        If there is no input, or no scheduler answers.
    """
    fs, files = list_inputs(source)
    out_fs, target = fsspec.core.url_to_fs(output)
    target = target.rstrip("/")
    staging = f"{target}.staging"
    if out_fs.exists(target) and not overwrite:
        raise OutputError(f"{output} exists; give --overwrite to replace it, or another name")
    schema, parts = _plan(fs, files, rows_per_part)
    digest = _job_digest(fs, files, parts, joiner, points_of)
    with explained(output):
        waiting = _prepare_staging(out_fs, staging, digest, parts)
    skipped = len(parts) - len(waiting)
    progress(skipped, len(parts))
    if waiting:
        with _client(scheduler) as client:
            job = _Job(f"geo-{digest[:16]}-{uuid.uuid4().hex[:8]}", joiner, points_of, schema)
            _run(client, job, waiting, (fs, out_fs, staging), progress, len(parts))
    report = _collect(out_fs, staging, parts, skipped)
    with explained(output):
        _commit(out_fs, staging, target, parts, report)
    return report


def _job_digest(fs: Any, files: list[str], parts: list[Part], joiner: Joiner, points_of: Any) -> str:
    stamps = []
    for path in files:
        info = fs.info(path)
        stamps.append([path, info.get("size"), str(info.get("ETag") or info.get("mtime") or info.get("LastModified"))])
    job = [stamps, [asdict(part) for part in parts], joiner.index.digest, joiner.datum, joiner.language]
    job += [joiner.asked, repr(points_of)]
    return hashlib.sha256(json.dumps(job, default=str).encode()).hexdigest()


def _prepare_staging(fs: Any, staging: str, digest: str, parts: list[Part]) -> list[Part]:
    """Return the parts still to do; start afresh if what lies there belongs to another job."""
    manifest = _read_json(fs, f"{staging}/_manifest.json")
    if manifest is None or manifest.get("digest") != digest:
        if fs.exists(staging):
            if manifest is None and fs.find(staging):
                raise OutputError(f"{staging} is in the way and is not ours; move it away")
            fs.rm(staging, recursive=True)
        fs.makedirs(staging, exist_ok=True)
        _write_json(fs, f"{staging}/_manifest.json", {"digest": digest, "parts": len(parts)})
    present = _sweep(fs, staging)
    return [p for p in parts if not {_part_name(p), _done_name(p)} <= present]


def _sweep(fs: Any, staging: str) -> set[str]:
    """Remove what dead workers left half-written; return the names of the rest."""
    names = {path.rpartition("/")[2] for path in fs.find(staging)}
    half = {name for name in names if name.startswith(".") and name.endswith(".part")}
    for name in half:
        with contextlib.suppress(FileNotFoundError):
            fs.rm_file(f"{staging}/{name}")
    return names - half


@contextlib.contextmanager
def _client(scheduler: str) -> Iterator[Any]:
    with contextlib.ExitStack() as stack:
        if scheduler == "local":
            cluster = distributed.LocalCluster(threads_per_worker=1, dashboard_address=None, host="127.0.0.1")
            yield stack.enter_context(distributed.Client(stack.enter_context(cluster)))
            return
        try:
            client = distributed.Client(scheduler, timeout="10s", set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise UsageError(
                f"no Dask scheduler answers at {scheduler!r} ({error}); give tcp://HOST:PORT, or local for this machine"
            ) from None
        stack.enter_context(client)
        _check_workers(client)
        yield client


def _check_workers(client: Any) -> None:
    """Raise unless there are workers, and each has this package at this version."""

    def version() -> str:  # defined here so that it travels by value
        from importlib import metadata

        from geo.errors import distribution

        return f"{distribution()} {metadata.version(distribution())}"

    try:
        client.wait_for_workers(1, timeout=_WORKER_SECONDS)
    except TimeoutError:
        raise UsageError(f"the scheduler has no workers (waited {_WORKER_SECONDS} s); start some") from None
    answers = client.run(version, on_error="return")
    here = version()
    strange = [f"{worker}: {answer}" for worker, answer in answers.items() if answer != here]
    if strange:
        raise UsageError("\n  ".join([f"workers need {here} as here; these differ:", *strange]))


def _run(
    client: Any,
    job: _Job,
    waiting: list[Part],
    where: tuple[Any, Any, str],
    progress: Callable[[int, int], None],
    total: int,
) -> None:
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
    if isinstance(error, GeoError):
        return error
    if isinstance(error, distributed.KilledWorker):
        what = f"workers died {_ATTEMPTS} times or more at one part (out of memory?)"
    else:
        what = f"a part failed: {type(error).__name__}: {error}"
    return OutputError(f"{what}. What is done stays in {staging}; the same command goes on from there")


def _collect(fs: Any, staging: str, parts: list[Part], skipped: int) -> ClusterReport:
    tally, notes = Tally(), Counter[str]()
    for part in parts:
        done = _read_json(fs, f"{staging}/{_done_name(part)}")
        if done is None:
            raise OutputError(f"{staging}/{_done_name(part)} is gone; run the same command again")
        tally.add(Tally.from_dict(done["tally"]))
        notes.update(done["notes"])
    tally.check()
    if tally.rows != sum(part.rows for part in parts):
        raise DataError(f"rows got lost: {tally.rows} written, {sum(part.rows for part in parts)} in the input")
    return ClusterReport(tally, notes, len(parts), skipped)


def _commit(fs: Any, staging: str, target: str, parts: list[Part], report: ClusterReport) -> None:
    """Rename the staging folder to the output; where folders cannot be renamed, the report moves last."""
    content = {"join": report.tally.to_dict(), "notes": report.notes, "parts": report.parts}
    _sweep(fs, staging)
    _write_json(fs, f"{staging}/_report.json", content)
    old = f"{target}.old"
    if fs.exists(old):
        fs.rm(old, recursive=True)
    if fs.exists(target):
        fs.mv(target, old, recursive=True)
    if _is_local(fs):
        fs.mv(staging, target, recursive=True)
    else:
        for name in [*(_part_name(part) for part in parts), "_report.json"]:
            fs.mv(f"{staging}/{name}", f"{target}/{name}")
        fs.rm(staging, recursive=True)
    for name in ["_manifest.json", *(_done_name(part) for part in parts)]:
        with contextlib.suppress(FileNotFoundError):
            fs.rm_file(f"{target}/{name}")
    if fs.exists(old):
        fs.rm(old, recursive=True)
