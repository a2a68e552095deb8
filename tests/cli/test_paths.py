"""No command writes over its input or one output over another, whatever they are called; what is there stays."""

from __future__ import annotations

import argparse
import importlib
import os
from pathlib import Path

import osm_extract
import pytest

from geo.cli.main import VERBS, main

#: Every option that takes a path, by verb, beside the layers that most read: one that is written is to be tried below.
READ = {
    "assign": {"input", "areas"},
    "basemap": {"extract", "districts"},
    "build": {"seeds"},
    "choose": {"points"},
    "diff": {"old", "new"},
    "gazetteer": {"osm", "points"},
    "geocode": {"input", "gazetteer"},
    "report": {"points"},
}
WRITTEN = {
    "assign": {"output", "report", "set_aside", "counts"},
    "basemap": {"seeds"},
    "build": {"layers"},
    "export": {"out"},
    "gazetteer": {"output"},
    "geocode": {"output", "report"},
    "new": {"seeds"},
    "report": {"out"},
    "atlas": {"out"},
    "site": {"out"},
}
#: Metavars of what is no path.
WORDS = {"C", "CRS", "E", "D", "Q", "N", "S", "L", "F", "M", "ID", "PLACE", "PLACE_ID", "NAME", "TAG", "ADDR", "PATH"}
WORDS |= {"W,S,E,N", "ORIGIN", "YYYY-MM-DD", "M=W", "M>=N", "TEXT", "SPDX", "T", "URL", "CITY", "CC", "LON,LAT"} | {
    "COLUMN"
}

LINKS = ("itself", "./itself", "symbolic", "hard", "upper")


@pytest.fixture
def city(layers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with every kind of input, in which the commands run."""
    monkeypatch.chdir(tmp_path)
    Path("in.csv").write_text("名称,lon,lat\n甲,10.1,50.1\n乙,,\n", encoding="utf-8")
    osm_extract.write(tmp_path / "in.osm")
    return tmp_path


def alias(path: str, kind: str) -> str:
    """Return another name of a file."""
    name = Path(path)
    if kind == "symbolic":
        other = Path(f"link{name.suffix}")
        other.symlink_to(name)
    elif kind == "hard":
        other = Path(f"hard{name.suffix}")
        os.link(name, other)
    elif kind == "upper":
        other = name.with_name(name.name.upper())
    else:
        return path if kind == "itself" else f"./{path}"
    return str(other)


def standing(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def refused(words: list[str], said: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = standing(folder)
    capsys.readouterr()
    assert main(words) == 2, words
    told = capsys.readouterr().err
    assert said in told, told
    assert standing(folder) == before


def test_every_option_that_takes_a_path_is_known_here() -> None:
    for verb in VERBS:
        parser = argparse.ArgumentParser()
        module = importlib.import_module(f"geo.cli.{verb}")
        module.arguments(parser)
        paths = {a.dest for a in parser._actions if a.nargs != 0 and a.metavar and str(a.metavar) not in WORDS}
        assert paths - {"layers"} == (READ.get(verb, set()) | WRITTEN.get(verb, set())) - {"layers"}, verb
        assert hasattr(module, "paths") == (verb in WRITTEN), verb


@pytest.mark.parametrize("kind", LINKS)
@pytest.mark.parametrize("option", ["-o", "--report", "--set-aside", "--counts"])
def test_assign_never_writes_over_its_input(
    city: Path, capsys: pytest.CaptureFixture[str], option: str, kind: str
) -> None:
    words = ["assign", "in.csv", "--datum", "wgs84", "--overwrite", option, alias("in.csv", kind)]
    refused(words + ([] if option == "-o" else ["-o", "out.csv"]), "is the input itself (in.csv)", city, capsys)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["geocode", "in.csv", "-o", "IN.CSV"], "is the input itself"),
        (["geocode", "in.csv", "-o", "out.csv", "--report", "./in.csv"], "is the input itself"),
        (["geocode", "in.csv", "-o", "in.gpkg", "--gazetteer", "in.gpkg"], "is the input itself"),
        (["geocode", "in.csv", "-o", "out.csv", "--report", "out.csv"], "are one file"),
        (["gazetteer", "in.osm", "--osm", "in.osm"], "is the input itself"),
        (["gazetteer", "in.csv", "--points", "./in.csv"], "is the input itself"),
    ],
)
def test_addresses_are_not_written_over(
    city: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    Path("in.gpkg").write_bytes(b"a gazetteer")
    refused([*words, "--overwrite"], said, city, capsys)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-o", "out.csv", "--report", "out.csv"], "are one file"),
        (["-o", "out.csv", "--set-aside", "OUT.csv"], "differ only in upper and lower case"),
        (["-o", "out.csv", "--set-aside", "a.csv", "--report", "./a.csv"], "are one file"),
        (["-o", "layers/places.csv"], "lies in the folder that is read"),
        (["-o", "out.csv", "--report", "layers/datapackage.json"], "lies in the folder that is read"),
        (["-o", "out.csv", "--report", "layers"], "is the input itself"),
        (["-o", "out.csv", "--report", "/dev/null"], "is no ordinary file"),
    ],
)
def test_assign_gives_each_output_its_own_place(
    city: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    refused(["assign", "in.csv", "--datum", "wgs84", "--overwrite", *words], said, city, capsys)


def test_on_a_cluster_no_file_of_a_pattern_is_written_over(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("data").mkdir()
    Path("data/a.parquet").write_bytes(b"PAR1")
    for source, output, said in (
        ("data/*.parquet", "data", "holds the input data/a.parquet"),
        ("data", "data/out", "lies in the folder that is read"),
        ("data/*.parquet", "out", "is the input itself"),
    ):
        words = ["assign", source, "-o", output, "--scheduler", "local", "--overwrite", "--report", "data/a.parquet"]
        refused(words if output == "out" else words[:-2], said, city, capsys)


@pytest.mark.parametrize("option", ["--report", "--set-aside"])
def test_assign_asks_before_it_replaces_any_output(city: Path, capsys: pytest.CaptureFixture[str], option: str) -> None:
    Path("old").write_text("old")
    words = ["assign", "in.csv", "--datum", "wgs84", "-o", "out.csv", option, "old"]
    refused(words, "old is there already: give --overwrite", city, capsys)
    assert main([*words, "--overwrite"]) == 0
    assert Path("old").read_text(encoding="utf-8-sig") != "old"


@pytest.mark.parametrize(
    "words",
    [
        ["export", "layers", "--format", "geojson"],
        ["export", "layers/new.gpkg"],
        ["export", "layers/district.geojson"],
        ["export", "link/district.geojson"],
        ["report", "layers/new.html"],
        ["report", "link/new.svg"],
    ],
)
def test_nothing_is_written_into_the_layers_that_are_read(
    city: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    Path("link").symlink_to("layers")
    more = ["--overwrite"]
    said = "is the input itself" if words[1] == "layers" else "lies in the folder that is read"
    refused([*words, *more], said, city, capsys)


def test_files_beside_an_export_are_outputs_too(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("out.dxf.handles.csv").write_text("mine")
    refused(["export", "out.dxf"], "out.dxf.handles.csv is there already", city, capsys)


def test_build_replaces_no_folder_that_holds_its_seeds(
    city: Path, seeds: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("link").symlink_to("seeds")
    for layers, said in (
        ("seeds", "is the input itself"),
        ("link", "is the input itself"),
        (".", "holds the input"),
        ("seeds/layers", "lies in the folder that is read"),
    ):
        refused(["build", "--seeds", str(seeds), "--layers", layers], said, city, capsys)


def test_basemap_does_not_write_over_its_extract(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("LICENSE", "basemap/roads.geojson", "places.csv"):
        target = Path("new", name)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link("in.osm", target)
        refused(["basemap", "in.osm", "-o", "new", "--replace"], "is the input itself (in.osm)", city, capsys)
        target.unlink()
    assert main(["basemap", "in.osm", "-o", ".", "--city", "小城"]) == 0  # beside its extract it may write
