"""Two paths that are one file are found out, by whatever name; nothing else is taken for it."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest

from geo.base.paths import Paths
from geo.errors import OutputError, UsageError


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("in.csv").write_text("input")
    Path("data").mkdir()
    Path("data/inner.csv").write_text("inner")
    Path("elsewhere").mkdir()
    Path("elsewhere/soft.csv").symlink_to("../in.csv")
    os.link("in.csv", "elsewhere/hard.csv")
    Path("elsewhere/folder").symlink_to("../data")
    return tmp_path


NAMES = (
    *("in.csv", "./in.csv", "data/../in.csv", "elsewhere/soft.csv", "elsewhere/hard.csv", "elsewhere/folder/../in.csv"),
    *("IN.csv", "in.CSV", "file://in.csv"),
)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("role", ["outputs", "more"])
def test_an_output_that_is_the_input_is_refused_by_every_name(name: str, role: str) -> None:
    outputs, more = ([name], []) if role == "outputs" else (["out.csv"], [name])
    with pytest.raises(UsageError, match=r"is the input itself \(in.csv\)") as caught:
        Paths(["in.csv"], outputs, more).check()
    assert "就是输入 in.csv 本身" in caught.value.translations["zh"]
    assert Path("in.csv").read_text() == "input"


def test_the_same_holds_where_the_input_is_the_link() -> None:
    for source in ("elsewhere/soft.csv", "elsewhere/hard.csv"):
        with pytest.raises(UsageError, match="is the input itself"):
            Paths([source], ["in.csv"]).check()
        with pytest.raises(UsageError, match="is the input itself"):
            Paths([source], [source]).check()


def test_names_that_unicode_composes_in_two_ways_are_one() -> None:
    one, other = (unicodedata.normalize(form, "é.csv") for form in ("NFC", "NFD"))
    assert one != other
    with pytest.raises(UsageError, match="are one file"):
        Paths([], [one, other]).check()


def test_an_input_that_is_not_there_is_for_its_reader_to_tell() -> None:
    Paths(["none.csv"], ["out.csv"]).check()
    with pytest.raises(UsageError, match="is the input itself"):
        Paths(["none.csv"], ["NONE.csv"]).check()


@pytest.mark.parametrize(
    ("outputs", "said"),
    [
        (["a.csv", "a.csv"], "a.csv and a.csv are one file"),
        (["a.csv", "./A.CSV"], "are one file, or differ only in upper and lower case"),
        (["new/a.csv", "new/../new/a.csv"], "are one file"),
        (["elsewhere/folder/x", "data/x"], "are one file"),
        (["out", "out/report.json"], "lie one within the other"),
        (["data/x/r.json", "elsewhere/folder"], "lie one within the other"),
    ],
)
def test_outputs_that_are_one_or_lie_in_each_other_are_refused(outputs: list[str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Paths(["in.csv"], outputs).check()


@pytest.mark.parametrize(
    ("inputs", "output", "said"),
    [
        ("data", "data/new.csv", "lies in the folder that is read, data"),
        ("data", "elsewhere/folder/deep/new.csv", "lies in the folder that is read"),
        ("data/inner.csv", "data", "holds the input data/inner.csv"),
        ("data/inner.csv", "elsewhere/folder", "holds the input"),
        ("data", ".", "holds the input data"),
        (".out.csv.123.part", "out.csv", "has the name of a half-written out.csv"),
        ("in.gpkg", "in.gpkg-wal", "is read together with the input in.gpkg"),
        ("in.shp", "in.DBF", "is read together with the input in.shp"),
    ],
)
def test_folders_companions_and_leftovers_of_inputs_are_inputs_too(inputs: str, output: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Paths([inputs], [output]).check()


def test_what_is_there_needs_overwrite_and_is_told_with_all_else() -> None:
    Path("old.csv").write_text("old")
    Path("dangling").symlink_to("nowhere")
    for name in ("old.csv", "dangling"):
        with pytest.raises(OutputError, match=f"{name} is there already: give --overwrite") as caught:
            Paths(["in.csv"], [name], overwrite=False).check()
        assert "已经存在" in caught.value.translations["zh"]
        Paths(["in.csv"], [name]).check()
        Paths(["in.csv"], [], [name], overwrite=False).check()
    with pytest.raises(UsageError) as both:
        Paths(["in.csv"], ["old.csv", "in.csv"], overwrite=False).check()
    assert "old.csv is there already" in str(both.value)
    assert "in.csv is the input itself" in str(both.value)


def test_a_device_is_no_place_for_a_file() -> None:
    with pytest.raises(OutputError, match="/dev/null is no ordinary file"):
        Paths(["in.csv"], ["/dev/null"]).check()


def test_what_has_a_place_of_its_own_passes() -> None:
    Paths(["in.csv", "data"], ["out.csv", "in.csv.md", "in2.csv", "elsewhere/in.csv"], ["out.staging"]).check()
    Paths(["in.csv"], ["data/new.csv", "data/more.csv"]).check()
    Paths(["in.csv"], ["postgresql://in.csv", "s3://bucket/in.csv"]).check()
    Paths(["s3://bucket/in.csv"], ["in.csv"]).check()
    Paths([], ["ß.csv", "s.csv"], overwrite=False).check()
