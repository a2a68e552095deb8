"""Read a stranger's file in a child process, so that a file made to crash or flood a reader harms nobody else.

The child (`geo.tables.worker`) runs the same readers under limits on memory, processor time and file size, and hands
back plain Arrow batches and JSON; nothing that it says is carried out.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from geo.base.files import scratch_folder, unwritable
from geo.errors import DataError, GeoError, MissingDependencyError, OutputError, UsageError
from geo.tables.columns import Asked
from geo.tables.intake import name_of, on_disk
from geo.tables.limits import UPLOAD_LIMITS, Limits
from geo.tables.notes import Note
from geo.tables.reader import TableReader
from geo.tables.source import BadRow, Chunk, Facts

__all__ = ["StoredSource", "open_upload"]

_ERRORS: dict[str, type[GeoError]] = {
    c.__name__: c for c in (DataError, UsageError, OutputError, MissingDependencyError)
}
_READING = ("format", "encoding", "delimiter", "quote", "header", "sheet", "layer")


def open_upload(
    source: str | os.PathLike[str] | BinaryIO,
    *,
    limits: Limits = UPLOAD_LIMITS,
    name: str | None = None,
    **options: Any,
) -> TableReader:
    r"""Open a table as `open_table` does, with the same options, but parse it in a child process under limits.

    Costs about a second more to start, and a temporary copy of the rows. A file that crashes its reader, or takes more
    memory or time than `limits` allow, is refused with a `DataError`.

    Parameters
    ----------
    source : path, or binary file object
    limits : Limits
    name : str, optional
        What to call the file in messages.
    **options
        As `open_table` takes them.

    Returns
    -------
    TableReader

    Raises
    ------
    DataError, UsageError
        As `open_table`.

    Examples
    --------
    >>> import io
    >>> with open_upload(io.BytesIO(b"name,lon,lat\na,116.4,39.9\n")) as table:
    ...     print(table.report.format, [column.role for column in table.report.columns])
    csv ['', 'lon', 'lat']
    """
    shown = name or name_of(source)
    reading = {key: options.pop(key) for key in _READING if key in options}
    asked = Asked(**options, vertices=limits.vertices)
    folder = scratch_folder("upload")
    try:
        path = on_disk(source, Path(folder.name), shown, limits)
        job = {"path": str(path.absolute()), "name": shown, "limits": asdict(limits), "options": reading}
        _run(job, Path(folder.name), shown, limits)
        stored = StoredSource(Path(folder.name), shown)
        return TableReader(stored, folder, shown, path.stat().st_size, limits, asked)
    except BaseException as error:
        folder.cleanup()
        if isinstance(error, OSError) and not isinstance(error, GeoError):
            raise unwritable(Path(folder.name).parent, error) from error
        raise


def _run(job: dict[str, Any], folder: Path, name: str, limits: Limits) -> None:
    command = [sys.executable, "-X", "utf8", "-m", "geo.tables.worker", str(folder)]
    try:
        done = subprocess.run(
            command, input=json.dumps(job).encode(), capture_output=True, timeout=limits.seconds, check=False
        )
    except subprocess.TimeoutExpired:
        raise DataError(f"{name}: not read within {limits.seconds} s; refused") from None
    answer = _answer(done.stdout)
    if "error" in answer:
        kind = _ERRORS.get(str(answer["error"]), DataError)
        raise kind(str(answer.get("message", "")))
    if -done.returncode in (getattr(signal, "SIGXCPU", 0), getattr(signal, "SIGKILL", 0)) and done.returncode:
        raise DataError(f"{name}: reading it took more than {limits.seconds} s of processor time; refused")
    if done.returncode != 0 or not answer.get("ok"):
        raise DataError(
            f"{name}: it crashed its reader or took more than {limits.memory_bytes >> 20} MiB "
            f"(exit {done.returncode}); refused"
        )


def _answer(output: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(output.decode("utf-8").rsplit("\n", 1)[-1] or "{}")
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


class StoredSource:
    """The rows that the child left behind, as a source like any other."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
        warnings = [Note(str(w["id"]), tuple((str(k), v) for k, v in w["values"])) for w in facts.pop("warnings")]
        renamed = tuple((str(old), str(new)) for old, new in facts.pop("renamed"))
        self.facts = Facts(**facts, renamed=renamed, warnings=warnings)
        try:
            with pa.OSFile(str(folder / "rows.arrow")) as file:
                self.schema: pa.Schema = pa.ipc.open_file(file).schema
        except (pa.ArrowException, OSError) as error:
            raise DataError(f"{name}: the rows read from it are damaged ({error})") from None
        self.rows: int | None = None

    def chunks(self) -> Iterator[Chunk]:
        """Read the rows back, batch by batch."""
        with (
            pa.OSFile(str(self._folder / "rows.arrow")) as file,
            (self._folder / "bad.jsonl").open(encoding="utf-8") as bad,
        ):
            reader = pa.ipc.open_file(file)
            for i in range(reader.num_record_batches):
                batch = reader.get_batch(i)
                batch.validate(full=True)
                rows = json.loads(bad.readline())
                yield Chunk(batch, tuple(BadRow(int(n), int(f), str(t)) for n, f, t in rows))
