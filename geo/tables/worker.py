"""The child process of `geo.tables.open_upload`: read one file under limits, leave rows and facts in a folder."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa

from geo.errors import DataError, GeoError
from geo.tables.formats import find_format, open_source
from geo.tables.limits import Limits
from geo.tables.source import Source

__all__ = ["main", "store"]

_OPTIONS = ("sheet", "layer", "encoding", "header", "delimiter", "quote")


def main() -> int:
    """Read the job from standard input; write one line of JSON, ``{"ok": true}`` or an error."""
    job = json.loads(sys.stdin.buffer.read())
    limits = Limits(**job["limits"])
    with suppress(ImportError):  # what readers need is loaded before memory is bounded; a reader misses it by name
        import pyogrio  # noqa: F401
        import python_calamine  # noqa: F401
    _confine(limits)
    try:
        store(job, Path(sys.argv[1]), limits)
        answer: dict[str, Any] = {"ok": True}
    except GeoError as error:
        answer = {"error": type(error).__name__, "message": str(error)}
    except (MemoryError, pa.ArrowMemoryError):
        answer = {
            "error": "DataError",
            "message": f"{job['name']}: needs more than {limits.memory_bytes >> 20} MiB; refused",
        }
    except OSError as error:
        answer = {"error": "OutputError", "message": f"{job['name']}: {error.strerror or error}"}
    sys.stdout.write("\n" + json.dumps(answer))
    return 0


def store(job: dict[str, Any], folder: Path, limits: Limits) -> None:
    """Read the file of a job and write ``rows.arrow``, ``bad.jsonl`` and ``facts.json`` to the folder."""
    path, name, options = Path(job["path"]), str(job["name"]), dict(job["options"])
    kind, notes = find_format(path, name, options.pop("format", None), limits)
    source = open_source(kind, path, folder, name, limits, **{key: options.get(key) for key in _OPTIONS})
    source.facts.warnings[:0] = notes
    rows = _write_rows(source, folder, name, limits)
    facts = asdict(source.facts)
    (folder / "facts.json").write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
    if rows == 0 and not (folder / "rows.arrow").exists():
        raise DataError(f"{name}: there are no rows in it")


def _write_rows(source: Source, folder: Path, name: str, limits: Limits) -> int:
    rows = 0
    schema = source.schema.remove_metadata()
    with (
        pa.OSFile(str(folder / "rows.arrow"), "wb") as file,
        pa.ipc.new_file(file, schema) as writer,
        (folder / "bad.jsonl").open("w", encoding="utf-8") as bad,
    ):
        for chunk in source.chunks():
            rows += chunk.batch.num_rows + len(chunk.bad)
            limits.check_rows(rows, name)
            writer.write_batch(chunk.batch.replace_schema_metadata(None))
            bad.write(json.dumps([[b.number, b.fields, b.text] for b in chunk.bad], ensure_ascii=False) + "\n")
    return rows


def _confine(limits: Limits) -> None:
    """Bound memory, processor time and the size of files written, where the system can."""
    try:
        import resource
    except ImportError:  # Windows: the parent's clock is the only bound
        return
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds + 1))
    written = 4 * limits.unpacked_bytes
    resource.setrlimit(resource.RLIMIT_FSIZE, (written, written))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main())
