"""The input of a run on a cluster: Parquet files in any file system that fsspec knows, cut into parts."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from geo.base.optional import needs
from geo.base.told import told
from geo.errors import DataError, MissingDependencyError, UsageError

with needs("needs.cluster", "fsspec", "cluster"):
    import fsspec

__all__ = ["BATCH_ROWS", "Part", "head_table", "is_local", "list_inputs", "opened", "plan"]

#: Rows that are read at once.
BATCH_ROWS = 65_536


@dataclass(frozen=True)
class Part:
    """Some row groups of one input file.

    Attributes
    ----------
    number : int
        From 0, over all files.
    path : str
    groups : tuple of int
        Numbers of row groups in the file, ascending.
    rows : int
        Rows in these.
    """

    number: int
    path: str
    groups: tuple[int, ...]
    rows: int


def list_inputs(source: str) -> tuple[Any, list[str]]:
    """Return the file system and the sorted Parquet files of a path, folder or glob that fsspec understands.

    In a folder, files whose names begin with "." or "_" are left out.

    Raises
    ------
    UsageError
        If there are no files, or the protocol of the path is not known.
    MissingDependencyError
        If the protocol needs a package that is not installed.
    """
    try:
        fs, path = fsspec.core.url_to_fs(source)
    except ImportError as error:
        raise told(MissingDependencyError, "assign.refused.path", source=source, why=error) from None
    except ValueError as error:
        raise told(UsageError, "assign.refused.path", source=source, why=error) from None
    if any(c in path for c in "*?["):
        files = [f for f in fs.glob(path) if fs.isfile(f)]
    elif fs.isdir(path):
        files = [f for f in fs.find(path) if f.endswith(".parquet") and not f.rpartition("/")[2].startswith((".", "_"))]
    else:
        files = [path] if fs.exists(path) else []
    if not files:
        raise told(UsageError, "assign.refused.no_parquet", source=source, example="data/*.parquet")
    return fs, sorted(files)


def head_table(fs: Any, files: list[str], rows: int) -> pa.Table:
    """Return about `rows` rows as a sample: the first rows of up to eight files, evenly spread over the list.

    Raises
    ------
    DataError
        If a file is damaged or cannot be read.
    """
    chosen = files if len(files) <= 8 else [files[i * (len(files) - 1) // 7] for i in range(8)]
    tables = []
    for path in chosen:
        with opened(fs, path) as file:
            wanted = max(1, rows // len(chosen))
            batch = next(file.iter_batches(min(wanted, BATCH_ROWS)), None)
            tables.append(pa.Table.from_batches([batch] if batch else [], file.schema_arrow))
    return pa.concat_tables(tables)


def is_local(fs: Any) -> bool:
    """Return whether an fsspec file system is that of this machine."""
    return "file" in (fs.protocol if isinstance(fs.protocol, tuple) else (fs.protocol,))


@contextlib.contextmanager
def opened(fs: Any, path: str) -> Iterator[pq.ParquetFile]:
    """Open a Parquet file in any file system, for the time of the block.

    Raises
    ------
    DataError
        If it is damaged or cannot be read.
    """
    local = is_local(fs)
    try:
        with contextlib.ExitStack() as stack:
            source = path if local else stack.enter_context(fs.open(path, "rb"))
            yield stack.enter_context(pq.ParquetFile(source, pre_buffer=not local))
    except pa.ArrowInvalid as error:
        raise told(DataError, "assign.refused.parquet", path=path, why=str(error).splitlines()[0]) from error
    except OSError as error:
        raise told(DataError, "refused.unread", name=path, why=error) from error


def plan(fs: Any, files: list[str], rows_per_part: int) -> tuple[pa.Schema, list[Part]]:
    """Read every footer and cut the files into parts of at most `rows_per_part` rows, but at least one row group.

    Returns
    -------
    schema : pyarrow.Schema
        Without metadata.
    parts : list of Part

    Raises
    ------
    DataError
        If a file is damaged, or the files differ in schema; all that differ from the first are listed.
    """

    def footer(path: str) -> tuple[pa.Schema, list[int]]:
        with opened(fs, path) as file:
            groups = [file.metadata.row_group(i).num_rows for i in range(file.metadata.num_row_groups)]
            return file.schema_arrow.remove_metadata(), groups

    with ThreadPoolExecutor(16) as pool:
        footers = list(pool.map(footer, files))
    schema = footers[0][0]
    strange = [f"{path}: {other.names}" for path, (other, _) in zip(files, footers, strict=True) if other != schema]
    if strange:
        raise told(DataError, "assign.refused.columns_differ", strange, path=files[0], columns=schema.names)
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
