"""The child process of `geo.tables.upload`: it reads one file under limits and writes the results into a folder."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from geo.tables.columns import Asked
from geo.tables.formats import find_format, open_source
from geo.tables.handed import write_reading, write_rows
from geo.tables.limits import Limits
from geo.tables.reader import TableReader

with suppress(ImportError):  # what readers need is loaded before memory is bounded; a reader misses it by name
    import olefile  # noqa: F401
    import pyogrio  # noqa: F401
    import python_calamine  # noqa: F401

__all__ = ["work"]

_OPTIONS = ("sheet", "layer", "encoding", "header", "delimiter", "quote")


def work(job: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Read the file of a job: only its rows or, if the job asks for more, everything that there is to know of it."""
    path, name, options, limits = Path(job["path"]), str(job["name"]), dict(job["options"]), Limits(**job["limits"])
    size = path.stat().st_size
    kind, notes = find_format(path, name, options.pop("format", None), limits)
    source = open_source(kind, path, folder, name, limits, **{key: options.get(key) for key in _OPTIONS})
    source.info.warnings[:0] = notes
    if job["asked"] is None:
        return write_rows(source, folder, name, limits, size)
    asked: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in job["asked"].items()}
    reader = TableReader(source, None, name, size, limits, Asked(**asked))
    write_reading(reader, folder, name, limits, size, [Path(area) for area in job["areas"]])
    return {}
