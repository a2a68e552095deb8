"""Several who write one new output, and an input that changes while it is read: told, and nothing is lost."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import faulty
import osm_extract
import pyarrow.csv
import pyarrow.parquet
import pytest
import tiny_city
import xlsxwriter

import geo.build
import geo.cli.assign
import geo.osm.derive
from geo.base import confined
from geo.cli.main import main

#: Three processes run a command. Each waits with all that it has written until all have, then gives it its name.
WRITERS = """
import importlib, json, os, sys
from geo.base import files
from geo.cli.main import main
used = {"out.dxf": "export.dxf", "out.html": "render.report.page", "out.shp.zip": "export.shapefile"}
for module in (f"cli.{sys.argv[1]}", used.get(sys.argv[2], "tables.textfile")):
    importlib.import_module(f"geo.{module}")
put_file, (ready, tell), (go, let_go) = files.put_file, os.pipe(), os.pipe()
def wait(*args, **more):
    files.put_file = put_file
    os.write(tell, b".")
    os.read(go, 1)
    return put_file(*args, **more)
files.put_file = wait
writers, said = {}, []
for _ in range(3):
    hear, speak = os.pipe()
    pid = os.fork()
    if not pid:
        os.dup2(speak, 2)
        os.close(let_go)
        os._exit(main(sys.argv[1:]))
    os.close(speak)
    writers[pid] = hear
os.close(tell)
waiting = sum(len(os.read(ready, 1)) for _ in writers)
os.close(let_go)
for pid, hear in writers.items():
    with open(hear, encoding="utf-8") as file:
        said.append([os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), file.read()])
print(json.dumps([waiting, said]))
"""
CASES = {
    "assign": ["assign", "in.csv", "-o", "out.csv", "--datum", "wgs84", "--report", "r.json", "--set-aside", "a.csv"],
    "export": ["export", "out.dxf"],
    "report": ["report", "out.html"],
    "zip": ["export", "out.shp.zip"],
}


@pytest.fixture(autouse=True)
def here(layers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    faulty.points(tmp_path)
    return tmp_path


@pytest.mark.parametrize("case", CASES)
def test_of_several_writers_one_wins_and_the_others_are_told(case: str, here: Path) -> None:
    waiting, ends = faulty.answer(faulty.python(WRITERS, *CASES[case]))
    assert waiting == 3
    assert sorted(code for code, _ in ends) == [0, 2, 2]
    for code, said in ends:
        assert "Traceback" not in said
        assert ("something else has been put there in the meantime" in said) == (code == 2)
    made = {name: content for name, content in faulty.standing(here).items() if not name.startswith("layers/")}
    assert not [name for name in made if name.startswith(".")]
    assert main([*CASES[case], "--overwrite"]) == 0
    assert {n: c for n, c in faulty.standing(here).items() if not n.startswith("layers/")} == made


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"x,10.1,50.1\n")


def touch(path: Path) -> None:
    os.utime(path, (1, 1))


def table(ending: str) -> Path:
    """Return a table of many rows."""
    path = Path(f"many{ending}")
    if ending == ".xlsx":
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            for row, cells in enumerate([("name", "lon", "lat"), *[("a", 10.1, 50.1)] * 2000]):
                sheet.write_row(row, 0, cells)
        return path
    Path("many.csv").write_text("name,lon,lat\n" + "abcdefghij,10.1,50.1\n" * 200_000)
    if ending == ".parquet":
        pyarrow.parquet.write_table(pyarrow.csv.read_csv("many.csv"), path, row_group_size=50_000)
    return path


@pytest.mark.parametrize("change", [cut, grow, touch])
@pytest.mark.parametrize("ending", [".csv", ".parquet", ".xlsx"])
def test_a_table_that_changes_while_it_is_read_is_refused(
    ending: str,
    change: Callable[[Path], None],
    here: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    source = table(ending)
    stream, tell = geo.cli.assign.stream, confined._tell

    def changing(batches: Any, *more: Any, **how: Any) -> Any:
        def after_the_first() -> Any:
            yield next(batches)
            if ending != ".xlsx":
                change(source)
            yield from batches

        return stream(after_the_first(), *more, **how)

    def telling(*words: Any) -> None:
        change(source)
        tell(*words)

    monkeypatch.setattr(geo.cli.assign, "stream", changing)
    if ending == ".xlsx":
        monkeypatch.setattr(confined, "_tell", telling)
    before = set(faulty.standing(here))
    assert main(["assign", str(source), "-o", "out.csv", "--datum", "wgs84", "--report", "r.json"]) == 2
    said = capsys.readouterr().err
    assert "Traceback" not in said
    if change is not cut:  # half a file may be told as damaged first
        assert "changed while it was read" in said
        assert "在读取时发生了变化" in said
    assert set(faulty.standing(here)) == before


def test_an_extract_that_changes_while_it_is_read_is_refused(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = osm_extract.write(here / "in.osm")
    districts = geo.osm.derive.extract_districts

    def changing(*words: Any) -> Any:
        touch(source)
        return districts(*words)

    monkeypatch.setattr(geo.osm.derive, "extract_districts", changing)
    assert main(["basemap", "in.osm", "-o", "new", "--city", "小城"]) == 2
    assert "in.osm changed while it was read" in capsys.readouterr().err
    assert not Path("new").exists()


def test_seeds_that_change_while_they_are_read_are_refused(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seeds = tiny_city.write(here / "seeds")
    read = geo.build.read_geometry

    def changing(given: Any) -> Any:
        touch(seeds / "places.csv")
        return read(given)

    monkeypatch.setattr(geo.build, "read_geometry", changing)
    assert main(["build", "--seeds", "seeds", "--layers", "new"]) == 2
    assert "places.csv changed while it was read" in capsys.readouterr().err
    assert not Path("new").exists()
