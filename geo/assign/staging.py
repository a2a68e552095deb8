"""The staging folder of a run on a cluster, beside the output, in which parts wait until all are complete.

``part-00012.parquet`` is a part, ``_done-00012.json`` says that it is complete and holds its tally, ``_manifest.json``
holds the digest of the job that the parts belong to. Files whose names begin with "." and end with ``.part`` are
incomplete.
"""

from __future__ import annotations

import contextlib
import json
import uuid
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geo.assign.join import Tally
from geo.assign.parts import Part, is_local
from geo.base.files import beside, remove, replace_folder, sweep
from geo.base.told import told
from geo.errors import DataError, OutputError

__all__ = ["ClusterReport", "collect", "commit", "done_name", "part_name", "prepare", "write_json"]


@dataclass(frozen=True)
class ClusterReport:
    """What a run on a cluster did.

    Attributes
    ----------
    tally : Tally
    notes : Counter of str
        How often the reader gave each note.
    parts : int
        Number of parts.
    skipped : int
        How many of them an earlier run had finished.
    """

    tally: Tally
    notes: Counter[str]
    parts: int
    skipped: int


def part_name(part: Part) -> str:
    """Return the name of a part's file."""
    return f"part-{part.number:05d}.parquet"


def done_name(part: Part) -> str:
    """Return the name of the file that says that a part is complete."""
    return f"_done-{part.number:05d}.json"


def write_json(fs: Any, path: str, value: Any) -> None:
    """Write a value as JSON under a temporary name, then rename it."""
    folder, _, name = path.rpartition("/")
    passing = f"{folder}/.{name}.{uuid.uuid4().hex}.part"
    fs.pipe_file(passing, json.dumps(value, ensure_ascii=False, sort_keys=True).encode())
    fs.mv(passing, path)


def _read_json(fs: Any, path: str) -> Any:
    """Return the content of a JSON file, None if it is missing or damaged."""
    try:
        return json.loads(fs.cat_file(path))
    except (FileNotFoundError, ValueError):
        return None


def prepare(fs: Any, staging: str, digest: str, parts: list[Part]) -> list[Part]:
    """Return the parts that are still to do.

    A staging folder of another job is emptied first.

    Raises
    ------
    OutputError
        If the folder holds files and no manifest, so that it may not be ours.
    """
    if is_local(fs):
        sweep(Path(staging.removesuffix(".staging")))
    manifest = _read_json(fs, f"{staging}/_manifest.json")
    if manifest is None or manifest.get("digest") != digest:
        if fs.exists(staging):
            if manifest is None and fs.find(staging):
                raise told(OutputError, "assign.refused.in_the_way", path=staging)
            fs.rm(staging, recursive=True)
        fs.makedirs(staging, exist_ok=True)
        write_json(fs, f"{staging}/_manifest.json", {"digest": digest, "parts": len(parts)})
    present = _sweep(fs, staging)
    return [p for p in parts if not {part_name(p), done_name(p)} <= present]


def _sweep(fs: Any, staging: str) -> set[str]:
    """Remove incomplete files of workers that died; return the names of the other files."""
    names = {path.rpartition("/")[2] for path in fs.find(staging)}
    half = {name for name in names if name.startswith(".") and name.endswith(".part")}
    for name in half:
        with contextlib.suppress(FileNotFoundError):
            fs.rm_file(f"{staging}/{name}")
    return names - half


def collect(fs: Any, staging: str, parts: list[Part], skipped: int) -> ClusterReport:
    """Return the report of a run, from what its parts wrote.

    Raises
    ------
    OutputError
        If the file of a part is missing.
    DataError
        If the counts do not add up to the rows of the input.
    """
    tally, notes = Tally(), Counter[str]()
    for part in parts:
        done = _read_json(fs, f"{staging}/{done_name(part)}")
        if done is None:
            raise told(OutputError, "assign.refused.part_gone", path=f"{staging}/{done_name(part)}")
        tally.add(Tally.from_dict(done["tally"]))
        notes.update(done["notes"])
    tally.check()
    if tally.rows != sum(part.rows for part in parts):
        raise told(
            DataError, "assign.refused.lost", written=str(tally.rows), rows=str(sum(part.rows for part in parts))
        )
    return ClusterReport(tally, notes, len(parts), skipped)


def commit(
    fs: Any, staging: str, target: str, parts: list[Part], report: ClusterReport, *, overwrite: bool = True
) -> None:
    """Rename the staging folder to the output; where a folder cannot be renamed, move its files, the report last.

    Without `overwrite`, on this machine's own disks, an output that another run has made in the meantime is not
    replaced: `OSError` is raised.
    """
    content = {"join": report.tally.to_dict(), "notes": report.notes, "parts": report.parts}
    _sweep(fs, staging)
    write_json(fs, f"{staging}/_report.json", content)
    if is_local(fs):
        # Under a name that the next run removes, should this one be killed before the output is in its place.
        whole = beside(Path(target))
        Path(staging).rename(whole)
        try:
            if overwrite:
                replace_folder(whole, Path(target))
            else:
                whole.rename(target)  # fails on a folder that holds anything
        except OSError:
            whole.rename(staging)
            raise
        remove(whole)
    else:
        _move_files(fs, staging, target, [*(part_name(part) for part in parts), "_report.json"])
    for name in ["_manifest.json", *(done_name(part) for part in parts)]:
        with contextlib.suppress(FileNotFoundError):
            fs.rm_file(f"{target}/{name}")


def _move_files(fs: Any, staging: str, target: str, names: list[str]) -> None:
    """Move files into the output folder; the old output is set aside first and removed last."""
    old = f"{staging}.old"
    if fs.exists(old):
        fs.rm(old, recursive=True)
    if fs.exists(target):
        fs.mv(target, old, recursive=True)
    for name in names:
        fs.mv(f"{staging}/{name}", f"{target}/{name}")
    fs.rm(staging, recursive=True)
    if fs.exists(old):
        fs.rm(old, recursive=True)
