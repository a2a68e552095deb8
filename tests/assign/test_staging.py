"""Parts wait beside the output until all are whole; on this machine and where folders cannot be renamed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import fsspec
import pytest

from geo.assign.join import Tally
from geo.assign.parts import Part
from geo.assign.staging import collect, commit, done_name, part_name, prepare, write_json
from geo.errors import DataError, OutputError

PARTS = [Part(0, "in.parquet", (0,), 3), Part(1, "in.parquet", (1,), 2)]


@pytest.fixture(params=["file", "memory"])
def place(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[tuple[Any, str]]:
    """A file system and a folder in it."""
    fs = fsspec.filesystem(request.param)
    folder = str(tmp_path) if request.param == "file" else "/place"
    fs.makedirs(folder, exist_ok=True)
    yield fs, folder
    if request.param == "memory":
        fs.rm(folder, recursive=True)


def finish(fs: Any, staging: str, part: Part, *, matched: int = 1) -> None:
    """Write what a worker leaves of a whole part."""
    fs.pipe_file(f"{staging}/{part_name(part)}", b"rows of %d" % part.number)
    tally = Tally(rows=part.rows, matched=matched, outside=part.rows - matched)
    write_json(fs, f"{staging}/{done_name(part)}", {"tally": tally.to_dict(), "notes": {"missing": part.number}})


def names(fs: Any, folder: str) -> set[str]:
    return {path.rpartition("/")[2] for path in fs.find(folder)}


def test_only_parts_that_are_whole_are_not_done_again(place: tuple[Any, str]) -> None:
    fs, folder = place
    staging = f"{folder}/out.staging"
    assert prepare(fs, staging, "one", PARTS) == PARTS
    finish(fs, staging, PARTS[0])
    fs.pipe_file(f"{staging}/{part_name(PARTS[1])}", b"without its note")
    fs.pipe_file(f"{staging}/.0f.part", b"half-written")
    assert prepare(fs, staging, "one", PARTS) == PARTS[1:]
    assert ".0f.part" not in names(fs, staging)
    assert prepare(fs, staging, "two", PARTS) == PARTS  # another job: what lies there is of no use
    assert names(fs, staging) == {"_manifest.json"}


def test_what_is_not_ours_is_left_alone(place: tuple[Any, str]) -> None:
    fs, folder = place
    fs.makedirs(f"{folder}/mine", exist_ok=True)
    fs.pipe_file(f"{folder}/mine/thesis.txt", b"dear")
    with pytest.raises(OutputError, match="is in the way and is not ours; move it away"):
        prepare(fs, f"{folder}/mine", "one", PARTS)
    assert fs.cat_file(f"{folder}/mine/thesis.txt") == b"dear"


def test_the_output_appears_whole_and_replaces_the_old_one(place: tuple[Any, str]) -> None:
    fs, folder = place
    staging, target = f"{folder}/out.staging", f"{folder}/out"
    for run in ("one", "two"):
        prepare(fs, staging, run, PARTS)
        for part in PARTS:
            finish(fs, staging, part, matched=1)
        fs.pipe_file(f"{staging}/.0f.part", b"half-written")
        report = collect(fs, staging, PARTS, 1)
        commit(fs, staging, target, PARTS, report)
        assert names(fs, target) == {part_name(PARTS[0]), part_name(PARTS[1]), "_report.json"}
        assert fs.cat_file(f"{target}/{part_name(PARTS[1])}") == b"rows of 1"
        assert not fs.exists(staging)
        assert not fs.exists(f"{target}.old")
    saved = json.loads(fs.cat_file(f"{target}/_report.json"))
    assert saved == {"join": report.tally.to_dict(), "notes": {"missing": 1}, "parts": 2}
    assert (report.tally.rows, report.tally.matched, report.skipped, report.parts) == (5, 2, 1, 2)


def test_where_folders_cannot_be_renamed_the_report_comes_last() -> None:
    fs = fsspec.filesystem("memory")
    moved: list[str] = []

    class Flat:
        """An object store: no folder moves at once."""

        protocol = "flat"

        def __getattr__(self, name: str) -> Any:
            return getattr(fs, name)

        def mv(self, old: str, new: str, recursive: bool = False) -> None:
            assert not recursive, "a folder was moved at once"
            moved.append(new.rpartition("/")[2])
            fs.mv(old, new)

    staging, target = "/flat/out.staging", "/flat/out"
    try:
        prepare(Flat(), staging, "one", PARTS)
        for part in PARTS:
            finish(Flat(), staging, part)
        moved.clear()
        commit(Flat(), staging, target, PARTS, collect(Flat(), staging, PARTS, 0))
        assert moved[-3:] == [part_name(PARTS[0]), part_name(PARTS[1]), "_report.json"]
        assert names(fs, target) == set(moved[-3:])
    finally:
        fs.rm("/flat", recursive=True)


def test_a_tally_that_does_not_add_up_stops_the_run(place: tuple[Any, str]) -> None:
    fs, folder = place
    staging = f"{folder}/out.staging"
    prepare(fs, staging, "one", PARTS)
    for part in PARTS:
        tally = Tally(rows=part.rows, matched=part.rows, outside=1)
        write_json(fs, f"{staging}/{done_name(part)}", {"tally": tally.to_dict(), "notes": {}})
    with pytest.raises(DataError, match=r"rows got lost: .*5.*5.*2"):
        collect(fs, staging, PARTS, 0)


def test_a_lost_row_or_note_stops_the_run(place: tuple[Any, str]) -> None:
    fs, folder = place
    staging = f"{folder}/out.staging"
    prepare(fs, staging, "one", PARTS)
    finish(fs, staging, PARTS[0])
    with pytest.raises(OutputError, match=r"_done-00001\.json is gone; run the same command again"):
        collect(fs, staging, PARTS, 0)
    finish(fs, staging, Part(1, "in.parquet", (1,), 1))
    with pytest.raises(DataError, match="rows got lost: 4 written, 5 in the input"):
        collect(fs, staging, PARTS, 0)
