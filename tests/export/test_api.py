from __future__ import annotations

import hashlib
import io
import json
import sqlite3
import stat
import sys
import zipfile
from pathlib import Path

import pytest
from pyogrio.errors import DataSourceError

from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.cli.main import main
from geo.errors import CRSError, MissingDependencyError, OutputError, UsageError
from geo.export import export, export_bytes, formats
from geo.export.target import zip_folder

FILES = [entry for entry in formats().values() if entry.output != "database"]


@pytest.mark.parametrize("entry", FILES, ids=lambda entry: entry.format)
def test_command_line_takes_format_from_ending_and_same_view_gives_same_bytes(
    tiny: Atlas, entry, tmp_path: Path, capsys
) -> None:
    name, first = export_bytes(Atlas.load(tiny.folder).select(), entry.format)[:2]
    # What has files beside it comes as a zip of them; all else is what the command writes under that name.
    alone = entry.output != "sides"
    out = tmp_path / (name if alone else f"all{entry.ending}")
    assert main(["export", str(out), "--layers", str(tiny.folder)]) == 0
    assert capsys.readouterr().out.splitlines()[0] == str(out)
    assert out.stat().st_size > 0
    assert not list(tmp_path.glob(".*"))
    assert entry.deterministic
    second = out.read_bytes() if alone else export_bytes(Atlas.load(tiny.folder).select(), entry.format)[1]
    # Member by member before the whole, so that a failure names what differs.
    assert members(first) == members(second)
    assert first == second


def members(content: bytes) -> dict[str, str]:
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}


@pytest.mark.parametrize(
    ("out", "options", "message"),
    [
        ("a.xyz", {}, "no format has this ending; give --format \\(in Python format=\\), or one of .geojson"),
        ("a.shp", {}, "a shapefile is several files; give a name that ends in .shp.zip"),
        ("a.geojson", {"format": "geojsn"}, "no format 'geojsn': did you mean geojson"),
        ("a.csv", {"format": "geojson"}, "has the name of a csv file, and the format asked for is geojson"),
        ("a.gcj02.geojson", {"format": "geojson"}, "has the name of a geojson-gcj02 file"),
        ("", {}, "is a folder: give --format \\(in"),
        ("a.gcj02.geojson", {"crs": 4326}, "GCJ-02, which is no CRS"),
        ("a.geojson", {"crs": 4549}, "does not cover"),
        ("a.geojson", {"encoding": "gb18030"}, "encoding is for shapefile, bundle only, not for geojson"),
        ("a.geojson", {"encoding": "latin1"}, "encoding 'latin1' is not one of utf-8, gb18030"),
        ("a.geojson", {"schema": "x"}, "schema is for sql, postgis, bundle only, not for geojson"),
        ("postgresql://h/db", {"format": "geojson"}, "geojson cannot be written to postgresql://h/db"),
        ("nowhere/a.geojson", {}, "there is no folder"),
    ],
)
def test_wrong_options_are_refused_in_one_line(tiny: Atlas, tmp_path: Path, out, options, message) -> None:
    name = out if "://" in out else str(tmp_path / out)
    with pytest.raises((UsageError, CRSError, OutputError), match=message) as caught:
        export(tiny.select(), name, **options)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("url", ["postgresql://anna:p:w@127.0.0.1:1/gis", "postgresql://anna:p@w@127.0.0.1:1/gis"])
def test_no_message_tells_a_password(tiny: Atlas, url: str) -> None:
    with pytest.raises(UsageError, match=r"cannot be written to postgresql://anna@127\.0\.0\.1:1/gis: give"):
        export(tiny.select(), url, "csv")
    with pytest.raises(OutputError, match=r"the database has not changed") as refused:
        export(tiny.select(), url)
    assert "p:w" not in str(refused.value)
    assert "p@w" not in str(refused.value)


def test_empty_selection_is_refused(tiny: Atlas, tmp_path: Path, capsys) -> None:
    out = tmp_path / "a.geojson"
    assert main(["export", str(out), "--text", "no such place", "--layers", str(tiny.folder)]) == 2
    assert "the selection shows no place" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_existing_file_stays_without_overwrite(tiny: Atlas, tmp_path: Path) -> None:
    out = tmp_path / "a.csv"
    side = tmp_path / "a.csv.README.txt"
    side.write_text("mine")
    with pytest.raises(OutputError, match=r"a.csv.README.txt is there already: give --overwrite"):
        export(tiny.select(), out)
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv.README.txt"]
    assert side.read_text() == "mine"
    export(tiny.select(), out, overwrite=True)
    assert side.read_text(encoding="utf-8").startswith("小城")
    with pytest.raises(OutputError, match="is there already"):
        export(tiny.select(), out)


def test_failing_writer_leaves_nothing(tiny: Atlas, tmp_path: Path, monkeypatch) -> None:
    out = tmp_path / "a.csv"
    out.write_text("before")

    def full(*_) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("geo.export.api.readme", full)
    with pytest.raises(OutputError, match=r"a.csv: the disk is full; nothing there has changed"):
        export(tiny.select(), out, overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
    assert out.read_text() == "before"


def test_failing_rename_puts_back_what_was_there(tiny: Atlas, tmp_path: Path, monkeypatch) -> None:
    export(tiny.select(), tmp_path / "a.csv")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    replace = Path.replace

    def refuse_main(self: Path, target: Path) -> Path:
        if Path(target).name == "a.csv" and ".part" in str(self) and "replaced" not in self.name:
            raise PermissionError(13, "Permission denied")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refuse_main)
    with pytest.raises(OutputError, match="no permission to write there"):
        export(tiny.select(Selection(kinds=("park",))), tmp_path / "a.csv", overwrite=True)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_folder_and_zip_hold_one_file_per_layer(tiny: Atlas, tmp_path: Path) -> None:
    export(tiny.select(), f"{tmp_path}/out/", "geojson")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"belt.geojson", "node.geojson", "park.geojson", "institution.geojson", "README.txt"}
    with pytest.raises(OutputError, match="is there already and not empty: give a new folder"):
        export(tiny.select(), tmp_path / "out", "geojson", overwrite=True)
    result = export(tiny.select(), tmp_path / "out.zip", "geojson")
    assert result.features == {"belt": 1, "node": 1, "park": 1, "institution": 2}


def test_text_options_are_joined(tiny: Atlas, tmp_path: Path, capsys) -> None:
    out = tmp_path / "a.geojson"
    arguments = ["--text", "甲点", "--text", "乙", "--language", "en", "--layers", str(tiny.folder)]
    assert main(["export", str(out), *arguments]) == 0
    features = json.loads(out.read_text(encoding="utf-8"))["features"]
    assert [feature["id"] for feature in features] == ["node_a", "park_b"]
    assert "RFC 7946: coordinates are WGS 84" in capsys.readouterr().err


def test_file_has_ordinary_permissions(tiny: Atlas, tmp_path: Path) -> None:
    export(tiny.select(), tmp_path / "a.geojson")
    (tmp_path / "plain").write_text("")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert len(modes) == 1


@pytest.mark.parametrize(("name", "module"), [("dxf", "ezdxf"), ("xlsx", "xlsxwriter"), ("kml", "lxml")])
def test_missing_package_names_the_install_line(tiny: Atlas, monkeypatch, name: str, module: str) -> None:
    for loaded in [key for key in sys.modules if key.partition(".")[0] == module or key == f"geo.export.{name}"]:
        monkeypatch.delitem(sys.modules, loaded)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingDependencyError, match=rf"the format {name} needs {module}: pip install .*\[export\]"):
        export_bytes(tiny.select(), name)


@pytest.mark.parametrize(
    "error",
    [DataSourceError("disk full"), sqlite3.OperationalError("disk full"), OSError(28, "disk full")],
    ids=lambda error: type(error).__name__,
)
def test_full_disk_of_any_library_is_one_line(tiny: Atlas, tmp_path: Path, monkeypatch, error: Exception) -> None:
    def full(*_, **__) -> None:
        raise error

    monkeypatch.setattr("pyogrio.write_dataframe", full)
    with pytest.raises(OutputError, match=r"cannot write .*a\.gpkg: the disk is full; nothing"):
        export(tiny.select(), tmp_path / "a.gpkg")
    assert not list(tmp_path.iterdir())


def test_what_is_packed_already_is_not_packed_again(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    for name in ("a.xlsx", "a.qgz", "a.parquet", "a.kmz", "a.shp.zip", "a.csv", "a.gpkg"):
        (folder / name).write_bytes(b"0" * 1000)
    zip_folder(folder, tmp_path / "out.zip", "2024-06-30")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        packed = {entry.filename for entry in archive.infolist() if entry.compress_type == zipfile.ZIP_DEFLATED}
    assert packed == {"a.csv", "a.gpkg"}
