"""A full disk: one clear text, exit code 2, what stood there untouched, nothing half-written; then it works again."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import faulty
import osm_extract
import pytest

from geo.atlas.atlas import Atlas
from geo.cli.main import main
from geo.errors import OutputError
from geo.export import export_bytes, formats
from geo.tables import open_table, open_upload

FILES = [entry for entry in formats().values() if entry.output != "database"]
TABLES = [".csv", ".tsv", ".parquet", ".arrow"]
REPORTS = [".html", ".svg"]

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def layers(tiny: Atlas, parsed_once: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GEO_LAYERS", str(tiny.folder))
    return tiny.folder


def hold_on_a_full_disk(folder: Path, words: Callable[[Path], list[str]], capsys: Capture, *rooms: float) -> None:
    """Run a command with room for all, then with less than its largest file needs, then with room for all again."""
    whole, place = folder / "whole", folder / "place"
    whole.mkdir()
    place.mkdir()
    assert main(words(whole)) == 0
    expected = faulty.standing(whole)
    largest = max(len(content) for content in expected.values())
    before = dict.fromkeys(expected, b"what stood there")
    for name, content in before.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)
    capsys.readouterr()
    for room in rooms or (0, 1):
        with faulty.room_for(max(0, int(largest * room) - 1)):
            code = main(words(place))
        said = capsys.readouterr().err
        assert (code, faulty.standing(place)) == (2, before), said
        assert all(word in said for word in faulty.FULL), said
        assert "geo: cannot write" in said
        assert "Traceback" not in said
    assert main(words(place)) == 0
    assert faulty.standing(place) == expected


@pytest.mark.parametrize("entry", FILES, ids=lambda entry: entry.format)
def test_export(entry, tmp_path: Path, capsys: Capture) -> None:
    hold_on_a_full_disk(tmp_path, lambda place: ["export", str(place / f"a{entry.ending}"), "--overwrite"], capsys)


@pytest.mark.parametrize("ending", TABLES)
def test_assign(ending: str, tmp_path: Path, capsys: Capture) -> None:
    table = str(faulty.points(tmp_path))
    words = ["--datum", "wgs84", "--overwrite"]
    hold_on_a_full_disk(tmp_path, lambda place: ["assign", table, "-o", str(place / f"out{ending}"), *words], capsys)


def test_assign_to_a_workbook_says_nothing_more_at_the_end_of_the_process(tmp_path: Path) -> None:
    """Workbook and zip write once more when they are thrown away: not a second error under the first."""
    out = tmp_path / "out.xlsx"
    words = ["assign", faulty.points(tmp_path), "-o", out, "--datum", "wgs84", "--overwrite"]
    limited = (
        "import resource, sys; from geo.cli.main import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), -1)); sys.exit(main(sys.argv[2:]))"
    )
    out.write_text("old")
    for size in (1, 60_000):
        done = faulty.python(limited, size, *words)
        said = done.stderr.decode()
        assert done.returncode == 2, said
        assert said.splitlines()[-2].startswith(f"geo: cannot write {out}: the disk is full")
        assert said.count("out.xlsx") == 2
        assert "Traceback" not in said
        assert faulty.standing(tmp_path).keys() == {"in.csv", "out.xlsx"}
        assert out.read_text() == "old"


@pytest.mark.parametrize("ending", REPORTS)
def test_report(ending: str, tmp_path: Path, capsys: Capture) -> None:
    hold_on_a_full_disk(tmp_path, lambda place: ["report", str(place / f"a{ending}"), "--overwrite"], capsys, 1)


def test_rows_set_aside_and_the_json_report(tmp_path: Path, capsys: Capture) -> None:
    table, out = faulty.points(tmp_path), tmp_path / "out"
    out.mkdir()
    table.write_text("名称,lon,lat\n" + "甲,,\n" * 4000, encoding="utf-8")
    words = ["assign", str(table), "-o", str(out / "o.parquet"), "--datum", "wgs84", "--overwrite"]
    words += ["--lon", "lon", "--lat", "lat"]
    assert main([*words, "--set-aside", str(out / "aside.csv")]) == 0
    size = (out / "aside.csv").stat().st_size
    (out / "aside.csv").write_text("old")
    (out / "o.parquet").unlink()
    capsys.readouterr()
    with faulty.room_for(size - 1):
        assert main([*words, "--set-aside", str(out / "aside.csv")]) == 2
    said = capsys.readouterr().err
    assert all(word in said for word in faulty.FULL), said
    assert faulty.standing(out) == {"aside.csv": b"old"}
    with faulty.room_for(0):
        assert main([*words[:-4], "-o", str(out / "p.csv"), "--report", str(out / "r.json")]) == 2
    assert faulty.standing(out) == {"aside.csv": b"old"}


def test_build_leaves_the_old_layers(seeds: Path, tmp_path: Path, capsys: Capture) -> None:
    words = ["build", "--seeds", str(seeds), "--layers", str(tmp_path / "place" / "layers")]
    assert main(words) == 0
    before = faulty.standing(tmp_path / "place")
    (seeds / "atlas.toml").write_text((seeds / "atlas.toml").read_text("utf-8").replace("小城", "新城"), "utf-8")
    largest = max(map(len, before.values()))
    capsys.readouterr()
    for room in (0, largest // 2, largest - 1):
        with faulty.room_for(room):
            assert main(words) == 2
        said = capsys.readouterr().err
        assert all(word in said for word in faulty.FULL), said
        assert faulty.standing(tmp_path / "place") == before
        Atlas.load(tmp_path / "place" / "layers")
    assert main(words) == 0
    assert Atlas.load(tmp_path / "place" / "layers").meta["title_zh"] == "新城"


def test_basemap_leaves_the_seeds_as_they_were(tmp_path: Path, capsys: Capture) -> None:
    extract = str(osm_extract.write(tmp_path / "small.osm"))
    new, place = tmp_path / "new" / "seeds", tmp_path / "place" / "seeds"
    for folder in (new, place):
        folder.parent.mkdir()
    words = ["basemap", extract, "--date", "2024-06-30", "-o"]
    assert main([*words, str(place), "--city", "小城"]) == 0
    (place / "basemap" / "districts.geojson").write_text("mine")
    before = faulty.standing(place)
    for target, more in ((new, []), (place, ["--replace"])):
        capsys.readouterr()
        with faulty.room_for(300):
            assert main([*words, str(target), *more]) == 2
        said = capsys.readouterr().err
        assert all(word in said for word in faulty.FULL), said
    assert faulty.standing(place) == before
    assert not list(new.parent.iterdir())
    assert main([*words, str(new)]) == main([*words, str(place), "--replace"]) == 0


@pytest.mark.parametrize("words", [["places"], ["places", "--kind", "belt", "--format", "json"]])
def test_output_that_finds_no_room(words: list[str]) -> None:
    done = faulty.python(
        "import os, sys; from geo.cli.main import main\n"
        "os.dup2(os.open('/dev/full', os.O_WRONLY), 1)\n"
        "sys.exit(main(sys.argv[1:]))",
        *words,
        env={**os.environ, "PYTHONUNBUFFERED": ""},
    )
    assert done.returncode == 2
    assert done.stderr.decode().endswith("geo: cannot write the output: the disk is full\n     输出写不下：磁盘已满\n")
    assert b"Exception ignored" not in done.stderr


@pytest.mark.parametrize("opened", [open_table, open_upload], ids=lambda function: function.__name__)
def test_no_room_for_temporary_files_of_a_table(opened: Callable[..., object]) -> None:
    content = io.BytesIO(f"name,lon,lat\n{faulty.ROWS}".encode())
    before = temporary()
    with faulty.room_for(1000), pytest.raises(OutputError, match="the disk is full") as caught:
        opened(content, name="a.csv")
    assert "磁盘已满" in caught.value.translations["zh"]
    assert temporary() == before


def test_no_room_for_temporary_files_of_a_download(tiny: Atlas) -> None:
    before = temporary()
    for name in ("gpkg", "csv", "shapefile"):
        with faulty.room_for(1000), pytest.raises(OutputError, match=r"the disk is full") as caught:
            export_bytes(tiny.select(), name)
        assert "磁盘已满" in caught.value.translations["zh"]
    assert temporary() == before


def temporary() -> set[str]:
    """Return this process's temporary files of the program."""
    return {path.name for path in Path(tempfile.gettempdir()).glob(f".geo-*.{os.getpid()}.*")}


ON_A_SMALL_DISK = """
import contextlib, io, json, pathlib, subprocess, sys, tempfile
import faulty
from geo.cli.main import main
from geo.export import formats
table, whole, disk = sys.argv[1], pathlib.Path(tempfile.mkdtemp(dir=sys.argv[2])), pathlib.Path(sys.argv[2], "disk")
disk.mkdir()
mount = sys.argv[3] == "mount"
commands = {f.ending: ["export"] for f in formats().values() if f.format in ("gpkg", "fgb", "geoparquet", "csv")}
commands |= {f".o{ending}": ["assign", table, "--datum", "wgs84", "-o"] for ending in (".csv", ".parquet")}
wrong, codes = [], {}
for ending, words in commands.items():
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        assert main([*words, str(whole / f"a{ending}")]) == 0
    files = {p.name: p.read_bytes() for p in whole.iterdir() if p.name.startswith(f"a{ending}")}
    blocks = sum(-(-len(content) // 4096) for content in files.values())
    for pages in sorted({blocks // 2, blocks - 1, blocks}):
        size, said = 4096 * max(1, pages), io.StringIO()
        if mount:
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", disk], check=True)
        limit = contextlib.nullcontext() if mount else faulty.room_for(size)
        with limit, contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
            code = main([*words, str(disk / f"a{ending}"), "--overwrite"])
        stands = {p.name: p.read_bytes() for p in disk.iterdir()}
        if mount:
            subprocess.run(["umount", "--lazy", disk], check=True)
        else:
            [p.unlink() for p in disk.iterdir()]
        told = all(word in said.getvalue() for word in faulty.FULL)
        if (code, stands) != (0, files) and (code, stands, told) != (2, {}, True):
            wrong.append([ending, pages, code, sorted(stands), said.getvalue()])
        codes.setdefault(ending, set()).add(code)
print(json.dumps({"wrong": wrong, "failed": [e for e, c in codes.items() if 2 in c], "all": list(commands)}))
"""


def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    """The error of a full disk itself, where disks may be mounted, at several sizes; nothing is cut in silence.

    Elsewhere no file may grow beyond those sizes.
    """
    before, how = (["unshare", "-m"], "mount") if faulty.can_mount() else ([], "limit")
    told = faulty.answer(faulty.python(ON_A_SMALL_DISK, faulty.points(tmp_path), tmp_path, how, before=before))
    assert told["wrong"] == []
    assert told["failed"] == told["all"]
