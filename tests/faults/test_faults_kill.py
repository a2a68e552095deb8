"""Killed, or failing, at every step that touches the disk: what stands is whole, and the next run mends the rest."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import faulty
import osm_extract
import pytest
import tiny_city

from bench.serving import PATIENCE_S
from geo.assign.join import Tally
from geo.assign.parts import Part
from geo.assign.staging import ClusterReport, commit, prepare, write_json
from geo.atlas.atlas import Atlas
from geo.build import build
from geo.errors import DataError

#: Runs each command again and again, each time in a process of its own that dies, or meets an error, at one of the
#: steps that write, rename or remove something; after each tells what stands, and what after one more run without one.
#: The steps are those that Python itself announces (audit events), whatever module takes them: all renames with what
#: comes just before and after, and some of the others; of these a sample that has each kind of step in both ways.
#: All processes are forked from one that has imported what they need.
EVERY_STEP = """
import contextlib, errno, importlib, io, json, os, pathlib, shutil, sys, traceback
import faulty
from thorough import sample
from geo import build
from geo.base import files
from geo.cli import main
from geo.osm import derive
from geo.atlas.atlas import Atlas
from geo.export import columnar, csvfile, geojson
for module in ("analysis.user_data.user_table", "tables.textfile", "assign.outputs", "osm.seeds",
               "cli.assign", "cli.basemap", "cli.build", "cli.export"):
    importlib.import_module(f"geo.{module}")
held = Atlas.load()
held.select()

def is_step(event, args):
    if event in ("os.remove", "os.rmdir"):
        return True
    here = any(str(place) in os.fsdecode(a) for a in args if isinstance(a, str | bytes))
    if event == "open":
        return here and isinstance(args[2], int) and bool(args[2] & (os.O_WRONLY | os.O_RDWR))
    return here and event in ("os.rename", "os.mkdir", "os.link")

def run(broken=0, mode=""):
    reader, writer = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writer)
        with open(reader) as file:
            steps = file.read().split()
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), steps
    steps = []
    def hook(event, args):
        if is_step(event, args):
            steps.append(event)
            if len(steps) == broken:
                if mode == "kill":
                    os._exit(9)
                raise OSError(errno.ENOSPC, "No space left on device")
    sys.addaudithook(hook)
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        code = main.main(words)
    os.write(writer, " ".join(steps).encode())
    os._exit(code)

def stands():
    shown = faulty.standing(place)
    hidden = {name for name in shown if name.startswith(".") or "/." in name}
    return {name: content for name, content in shown.items() if name not in hidden}, sorted(hidden)

def restore():
    shutil.rmtree(place)
    place.mkdir()
    for name, content in before.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)

def prepare():
    if words[0] in ("export", "assign"):
        Atlas.load = lambda layers: held
    if name.endswith("without exchange"):
        files._exchange = lambda first, second: False
    if words[0] == "build":
        rendered = build.render_layers(words[2])
        build.render_layers = lambda seeds: rendered
    if words[0] == "basemap":
        derived = derive.derive(words[1], city="小城")
        derive.derive = lambda *_, **__: derived

def chosen(steps):
    renames = [n for n, event in enumerate(steps, 1) if event == "os.rename"]
    renames = renames if len(renames) <= 4 else [*renames[:2], *renames[-2:]]
    near = {n + d for n in renames for d in (0, 1)}
    numbers = sorted((near | {*range(1, len(steps) + 1, max(1, len(steps) // 3))}) & {*range(1, len(steps) + 1)})
    faults = [(n, mode) for n in numbers for mode in ("kill", "fail")]
    return sample(faults, 6, kind=lambda fault: (steps[fault[0] - 1], fault[0] in near, fault[1]))

def tried():
    code, steps = run()
    after, hidden = stands()
    assert (code, hidden) == (0, []) and after != before, (code, hidden)
    told = []
    for step, mode in chosen(steps):
        restore()
        code = run(step, mode)[0]
        seen, hidden = stands()
        half = [n for n in {*seen, *before, *after} if seen.get(n) not in (before.get(n), after.get(n))]
        state = "old" if seen == before else "new" if seen == after else "gone" if not seen else "mixed"
        if state != "new" or hidden:
            run()
        told.append({"mode": mode, "step": f"{step} {steps[step - 1]}", "code": code, "state": state, "half": half,
                     "mended": stands() == (after, [])})
    return told

answers = {}
for name, (place, words) in json.loads(sys.argv[1]).items():
    place, (reader, writer) = pathlib.Path(place), os.pipe()
    if os.fork() == 0:
        try:
            prepare()
            before = stands()[0]
            answer = tried()
        except BaseException:
            answer = traceback.format_exc()
        with open(writer, "w") as file:
            json.dump(answer, file)
        os._exit(0)
    os.close(writer)
    with open(reader) as file:
        answers[name] = json.load(file)
    os.wait()
print(json.dumps(answers))
"""

BUILD = ["build", "--seeds", "{cities}/seeds", "--layers", "{place}/layers"]
ASSIGN = ["assign", "{cities}/in.csv", "-o", "{place}/o.csv", "--overwrite", "--datum", "wgs84"]
BASEMAP = ["basemap", "{cities}/small.osm", "--date", "2024-06-30", "--replace", "-o", "{place}/seeds"]
#: Command → its words, and what may stand after a kill and after an error.
COMMANDS: dict[str, tuple[list[str], set[str], set[str]]] = {
    "build": (BUILD, {"old", "new"}, {"old", "new"}),
    "build without exchange": (BUILD, {"old", "new", "gone"}, {"old", "new"}),
    "export to a file": (["export", "{place}/a.geojson", "--overwrite"], {"old", "new"}, {"old", "new"}),
    # Two files cannot be renamed in one step; each is whole, and an error takes the first back.
    "export to two files": (["export", "{place}/a.csv", "--overwrite"], {"old", "new", "mixed"}, {"old", "new"}),
    "export to a folder": (["export", "{place}/out/", "--format", "geojson"], {"old", "new"}, {"old", "new"}),
    "assign to three files": (
        [*ASSIGN, "--set-aside", "{place}/s.csv", "--report", "{place}/r.json"],
        {"old", "new", "mixed"},
        {"old", "new"},
    ),
    "basemap of a new city": (BASEMAP, {"old", "new"}, {"old", "new"}),
    "basemap beside edited tables": (BASEMAP, {"old", "new", "mixed"}, {"old", "new"}),
}


@pytest.fixture(scope="module")
def cities(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with seeds, the layers of an older edition of them, a table and an extract."""
    folder = tmp_path_factory.mktemp("cities")
    seeds = tiny_city.write(folder / "seeds")
    build(seeds, folder / "layers")
    toml = seeds / "atlas.toml"
    toml.write_text(toml.read_text("utf-8").replace("小城", "新城"), "utf-8")
    faulty.points(folder)
    osm_extract.write(folder / "small.osm")
    return folder


def prepared(name: str, place: Path, cities: Path) -> None:
    """Let something stand where a command will write: the old layers, or files of the same names."""
    place.mkdir()
    if name.startswith("build"):
        build_of_old = faulty.standing(cities / "layers")
        for path, content in build_of_old.items():
            (place / "layers" / path).parent.mkdir(parents=True, exist_ok=True)
            (place / "layers" / path).write_bytes(content)
    elif name == "basemap beside edited tables":
        (place / "seeds" / "basemap").mkdir(parents=True)
        (place / "seeds" / "basemap" / "districts.geojson").write_text("mine")
    elif name not in ("export to a folder", "basemap of a new city"):
        words = " ".join(COMMANDS[name][0])
        for file in ("a.geojson", "a.csv", "a.csv.README.txt", "o.csv", "s.csv", "r.json"):
            if f"/{file.removesuffix('.README.txt')}" in words:
                (place / file).write_text("old")


@pytest.fixture(scope="module")
def every_step(cities: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what came of every command: for each fault what stood then, or why it could not be tried."""
    folder, asked = tmp_path_factory.mktemp("steps"), {}
    for number, (name, (words, _, _)) in enumerate(COMMANDS.items()):
        place = folder / str(number)
        prepared(name, place, cities)
        asked[name] = [str(place), [word.format(place=place, cities=cities) for word in words]]
    environment = {**os.environ, "GEO_LAYERS": str(cities / "layers")}
    done = faulty.python(EVERY_STEP, json.dumps(asked), env=environment, timeout=len(COMMANDS) * PATIENCE_S)
    return dict(faulty.answer(done))


@pytest.mark.parametrize("name", COMMANDS)
def test_at_every_step(name: str, every_step: dict[str, Any]) -> None:
    _, after_kill, after_error = COMMANDS[name]
    told = every_step[name]
    assert isinstance(told, list), told
    assert len(told) > 3
    assert {one["mode"] for one in told} == {"kill", "fail"}
    for one in told:
        assert one["half"] == [] or one["state"] == "gone", one
        assert one["mended"], one
        if one["mode"] == "kill":
            assert one["code"] in (9, 0), one  # 0: the file that was opened is none of the main process
            assert one["state"] in after_kill, one
        else:
            assert one["state"] in after_error, one
            assert one["code"] == 0 if one["state"] == "new" else one["code"] == 2, one


def test_layers_that_a_killed_build_had_moved_away_come_back_even_if_the_seeds_are_broken(
    cities: Path, tmp_path: Path
) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait(PATIENCE_S)
    shutil.copytree(cities / "layers", tmp_path / f".layers.{dead.pid}.old")
    (tmp_path / f".layers.{dead.pid}.part").mkdir()
    with pytest.raises(DataError, match="no seeds folder"):
        build(tmp_path / "none", tmp_path / "layers")
    assert faulty.standing(tmp_path / "layers") == faulty.standing(cities / "layers")
    assert [path.name for path in tmp_path.iterdir()] == ["layers"]


def test_a_cluster_output_that_is_cut_off_while_it_takes_its_place(tmp_path: Path, monkeypatch: Any) -> None:
    import fsspec

    fs, out = fsspec.filesystem("file"), tmp_path / "out"
    part = Part(0, "in.parquet", (0,), 2)
    report = ClusterReport(Tally(2, 1, 1, 0), Counter(), 1, 0)
    out.mkdir()
    (out / "part-00000.parquet").write_text("old")

    def waiting() -> None:
        prepare(fs, f"{out}.staging", "job", [part])
        fs.pipe_file(f"{out}.staging/part-00000.parquet", b"new")
        write_json(fs, f"{out}.staging/_done-00000.json", {})

    def cut(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    waiting()
    with monkeypatch.context() as broken:
        broken.setattr("geo.assign.staging.replace_folder", cut)
        with pytest.raises(OSError, match="No space left"):
            commit(fs, f"{out}.staging", str(out), [part], report)
    assert (out / "part-00000.parquet").read_text() == "old"
    assert (tmp_path / "out.staging" / "part-00000.parquet").read_text() == "new"
    commit(fs, f"{out}.staging", str(out), [part], report)
    assert (out / "part-00000.parquet").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def started(*words: object, layers: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "geo.cli", *map(str, words)]
    environment = {**os.environ, "GEO_LAYERS": str(layers)}
    return subprocess.Popen(
        command, cwd=faulty.ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [
        (signal.SIGINT, 130, "interrupted; nothing half-written is left\n     已中断；没有留下写了一半的文件"),
        (signal.SIGTERM, 143, "terminated; nothing half-written is left\n     已被终止；没有留下写了一半的文件"),
        (signal.SIGKILL, -9, ""),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_a_signal_while_a_bundle_is_written(
    number: signal.Signals, code: int, said: str, tmp_path: Path, tiny: Atlas
) -> None:
    out = tmp_path / "all.zip"
    out.write_text("old")
    words = ["export", out, "--overwrite"]
    with started(*words, layers=tiny.folder) as process:
        end = time.monotonic() + PATIENCE_S
        while not list(tmp_path.glob(".all.zip.*.part/files/*")) and time.monotonic() < end:
            time.sleep(0.002)
        process.send_signal(number)
        told = process.communicate(timeout=PATIENCE_S)[1].decode()
    assert process.returncode == code, told
    assert said in told
    assert "Traceback" not in told
    assert out.read_text() == "old"
    assert bool(list(tmp_path.glob(".*"))) == (number == signal.SIGKILL)
    if number == signal.SIGKILL:
        with started(*words, layers=tiny.folder) as process:
            process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 0
        assert [path.name for path in tmp_path.iterdir()] == ["all.zip"]
        with zipfile.ZipFile(out) as archive:
            assert archive.testzip() is None


@pytest.mark.parametrize("delay_s", [0.2, 0.5])
def test_a_build_that_is_terminated_at_any_moment(delay_s: float, cities: Path, tmp_path: Path) -> None:
    layers = tmp_path / "layers"
    build(cities / "seeds", layers)
    old = Atlas.load(layers).meta["title_zh"]
    (layers / "belt.geojson").write_text("{}")  # so that there is something to build
    with started("build", "--seeds", cities / "seeds", "--layers", layers, layers=layers) as process:
        time.sleep(delay_s)
        process.terminate()
        told = process.communicate(timeout=PATIENCE_S)[1].decode()
    assert process.returncode in (143, -15, 0), told
    assert [path.name for path in tmp_path.iterdir()] == ["layers"]
    build(cities / "seeds", layers)
    assert Atlas.load(layers).meta["title_zh"] == old
