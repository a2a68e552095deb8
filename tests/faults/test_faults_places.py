"""Read-only places, missing homes and caches, missing packages: told in one text, or done without."""

from __future__ import annotations

import os
from pathlib import Path

import faulty
import osm_extract
import pytest
import tiny_city

from geo.atlas.atlas import Atlas
from geo.cli.main import main

Capture = pytest.CaptureFixture[str]
#: Root may write anywhere; without this capability its own permissions bind it as anyone's do.
AS_ANYONE = ["setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner"] if os.geteuid() == 0 else []

#: Runs several commands in one process, each given as its words joined by spaces; tells code, output and errors.
COMMANDS = """
import contextlib, io, json, os, sys
from geo.cli.main import main
told = []
for words in sys.argv[1:]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stderr(err), contextlib.redirect_stdout(out):
        code = main(words.split())
    told.append([code, err.getvalue()])
print(json.dumps(told))
"""


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    """A folder that holds one file and may not be written."""
    folder = tmp_path / "locked"
    folder.mkdir()
    (folder / "old").write_text("old")
    folder.chmod(0o555)
    return folder


def test_a_folder_without_permission(locked: Path, tiny: Atlas, tmp_path: Path) -> None:
    table, extract = faulty.points(tmp_path), osm_extract.write(tmp_path / "small.osm")
    seeds, layers = tiny_city.write(tmp_path / "seeds"), f"--layers {tiny.folder}"
    assign = f"assign {table} --datum wgs84 {layers}"
    commands = {
        f"build --seeds {seeds} --layers {locked}/layers": f"{locked}/layers",
        f"basemap {extract} -o {locked}/seeds --date 2024-06-30": f"{locked}/seeds",
        f"export {locked}/a.gpkg {layers}": f"{locked}/a.gpkg",
        f"export {locked}/new/ --format csv {layers}": f"{locked}/new",
        f"report {locked}/a.html {layers}": f"{locked}/a.html",
        f"report {locked}/a.png {layers}": f"{locked}/a.png",
        f"{assign} -o {locked}/o.csv": f"{locked}/o.csv",
        f"{assign} -o {locked}/o.xlsx": f"{locked}/o.xlsx",
        f"{assign} -o {tmp_path}/o.csv --set-aside {locked}/s.csv": f"{locked}/s.csv",
        f"{assign} -o {tmp_path}/p.csv --report {locked}/r.json": f"{locked}/r.json",
    }
    told = faulty.answer(faulty.python(COMMANDS, *commands, before=AS_ANYONE))
    for (code, said), path in zip(told, commands.values(), strict=True):
        assert code == 2, said
        assert f"cannot write {path}: no permission to write there; nothing there has changed" in said
        assert f"无法写入 {path}：没有写入权限" in said
        assert "Traceback" not in said
    assert faulty.standing(locked) == {"old": b"old"}
    assert not (tmp_path / "o.csv").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["export", "{place}/a.geojson"],
        ["report", "{place}/a.html"],
        ["build", "--seeds", "{seeds}", "--layers", "{place}/layers"],
        ["assign", "{table}", "-o", "{place}/o.csv", "--datum", "wgs84"],
    ],
    ids=lambda words: words[0],
)
def test_a_file_system_that_takes_no_files(
    words: list[str], tiny: Atlas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """``/proc`` takes no folder or file of anyone's, root's neither."""
    monkeypatch.setenv("GEO_LAYERS", str(tiny.folder))
    seeds, table = tiny_city.write(tmp_path / "seeds"), faulty.points(tmp_path)
    assert main([word.format(place="/proc/self", seeds=seeds, table=table) for word in words]) == 2
    said = capsys.readouterr().err
    assert "cannot write /proc/" in said
    assert "无法写入 /proc/" in said


def test_without_home_and_caches_all_still_works(locked: Path, tiny: Atlas, tmp_path: Path) -> None:
    place, table = tmp_path / "place", faulty.points(tmp_path)
    place.mkdir()
    environment = dict.fromkeys(("MPLCONFIGDIR", "NUMBA_CACHE_DIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"), str(locked))
    commands = [
        f"export {place}/a.gpkg --layers {tiny.folder}",
        f"report {place}/a.svg --layers {tiny.folder}",
        f"assign {table} -o {place}/o.parquet --datum wgs84 --layers {tiny.folder}",
    ]
    done = faulty.python(COMMANDS, *commands, before=AS_ANYONE, env={**environment, "HOME": "/no/such/home"})
    assert [code for code, _ in faulty.answer(done)] == [0, 0, 0]
    assert {path.name for path in place.iterdir()} == {"a.gpkg", "a.svg", "o.parquet"}
    assert faulty.standing(locked) == {"old": b"old"}


@pytest.mark.parametrize(
    ("words", "package", "group"),
    [
        (["export", "{place}/a.dxf"], "ezdxf", "export"),
        (["report", "{place}/a.png"], "matplotlib", "report"),
        (["report", "{place}/a.docx"], "docx", "report"),
        (["report", "{place}/a.html"], "xstatic", "report"),
        (["assign", "{place}/in.csv", "-o", "{place}/o.csv"], "pyarrow", "tables"),
        (["app", "--no-browser"], "streamlit", "app"),
    ],
    ids=lambda value: value if isinstance(value, str) else value[0],
)
def test_a_missing_package_is_named_with_the_install_line(
    words: list[str], package: str, group: str, tiny: Atlas, tmp_path: Path
) -> None:
    faulty.points(tmp_path)
    hidden = (
        "import importlib.abc, importlib.machinery, sys\n"
        "class Hidden(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] == sys.argv[1]:\n"
        "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n"
        "sys.meta_path.insert(0, Hidden())\n"
        "from geo.cli.main import main\n"
        "sys.exit(main(sys.argv[2:]))"
    )
    told = faulty.python(hidden, package, *(word.format(place=tmp_path) for word in words), "--layers", tiny.folder)
    said = told.stderr.decode()
    assert told.returncode == 2, said
    assert f'pip install "shanghai-ai-map[{group}]"' in said
    assert "Traceback" not in said
    assert faulty.standing(tmp_path).keys() == {"in.csv"}
