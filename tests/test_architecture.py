"""The rooms of docs/architecture.md: who may import whom, and what a bare import may pull in."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CORE = {"geopandas", "numpy", "pandas", "pyproj", "shapely", "tqdm"}
#: Import names of every optional package; the test below holds that the list is whole.
OPTIONAL = {
    "cql2",
    "dask",
    "distributed",
    "docx",
    "ezdxf",
    "folium",
    "fsspec",
    "lxml",
    "markupsafe",
    "matplotlib",
    "numba",
    "psycopg",
    "pyarrow",
    "pypinyin",
    "python_calamine",
    "streamlit",
    "streamlit_folium",
    "xlsxwriter",
    "xstatic",
}


def run_python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh interpreter of this environment."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"PYTHONUTF8": "1"} | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def import_name(requirement: str) -> str:
    name = requirement.split("[")[0].split(">")[0].split("=")[0].strip().lower().replace("-", "_")
    name = {"python_docx": "docx"}.get(name, name)
    return name.split("_")[0] if name.startswith("xstatic") else name


def test_a_list_is_split_and_joined_in_one_place() -> None:
    """Cells of type list are tuples in memory; only files hold them joined by ``;``."""
    by_hand = re.compile(r"""split\(["'];["']|["'];["']\.join""")
    found = {path.relative_to(ROOT / "geo").as_posix() for path in (ROOT / "geo").rglob("*.py")
             if by_hand.search(path.read_text(encoding="utf-8"))}  # fmt: skip
    # There a ; ends the SRID of EWKT, and parts the codings that a browser takes.
    assert found == {"tables/points.py", "web/server/negotiation.py"}


def test_import_contracts_are_kept() -> None:
    result = run_python("from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "3 kept, 0 broken" in result.stdout


def test_every_room_has_its_floor() -> None:
    """A new module that the layers contract does not name fails the contract."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(contract for contract in contracts if contract["type"] == "layers")
    assert layers["exhaustive"] is True
    named = {name for line in layers["layers"] for name in line.split(" | ")}
    rooms = {path.name for path in (ROOT / "geo").iterdir() if (path / "__init__.py").is_file()}
    rooms |= {path.stem for path in (ROOT / "geo").glob("*.py")} - {"__init__"}
    assert named == rooms
    described = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert [room for room in rooms if not re.search(rf"`geo/{room}(/|\.py)", described)] == []


def test_optional_packages_are_the_optional_groups() -> None:
    groups = project()["optional-dependencies"]
    assert {import_name(line) for lines in groups.values() for line in lines} <= OPTIONAL
    assert {import_name(line) for line in project()["dependencies"]} == CORE


def test_bare_import_pulls_in_nothing_optional() -> None:
    """pandas itself takes pyarrow where it is there, so what counts is what `import geo` adds."""
    result = run_python(
        "import sys, geopandas; before = set(sys.modules)\n"
        "from geo import *\n"
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before}))\n"
        "print(*sorted({'streamlit', 'folium', 'dask'} & set(sys.modules)))"
    )
    assert result.returncode == 0, result.stderr
    added, forbidden = result.stdout.split("\n")[:2]
    assert "geo" in added.split()
    assert not OPTIONAL & set(added.split())
    assert forbidden == ""


def test_help_does_not_wait_for_the_library() -> None:
    result = run_python(
        "import sys, geo.cli.main, geo; print('numpy' in sys.modules); geo.Atlas; print('numpy' in sys.modules)"
    )
    assert result.stdout.split() == ["False", "True"], result.stderr


def test_public_names_are_all_there_and_no_others() -> None:
    import geo

    assert set(geo.__all__) <= set(dir(geo))
    assert [name for name in geo.__all__ if not hasattr(geo, name)] == []
    with pytest.raises(AttributeError, match="module 'geo' has no attribute 'atlass'"):
        _ = geo.atlass


BLOCK = f"""
import importlib.abc, sys
class Block(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {sorted(OPTIONAL)!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Block())
"""


@pytest.mark.parametrize("command", [["places"], ["places", "--format", "json"], ["show", "park_b"], ["--help"]])
def test_library_alone_is_enough_for_the_data(command: list[str], tiny) -> None:
    """With no optional package at all, as after `pip install .`, the data can be listed and shown."""
    result = run_python(
        f"{BLOCK}\nfrom geo.cli.main import main\nraise SystemExit(main({command!r}))", GEO_LAYERS=str(tiny.folder)
    )
    assert result.returncode == 0, result.stderr
    assert "park_b" in result.stdout or "places" in result.stdout


def test_library_alone_builds(seeds: Path, tmp_path: Path) -> None:
    result = run_python(
        f"{BLOCK}\nfrom geo.cli.main import main\n"
        f"raise SystemExit(main(['build', '--seeds', {str(seeds)!r}, '--layers', {str(tmp_path / 'layers')!r}]))"
    )
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "layers" / "datapackage.json").is_file()


def test_missing_group_is_named() -> None:
    """What needs an optional group says how to install it, and nothing else."""
    result = run_python(f"{BLOCK}\nfrom geo.cli.main import main\nraise SystemExit(main(['app', '--help']))")
    assert result.returncode == 0, result.stderr
    result = run_python(f"{BLOCK}\nfrom geo.cli.main import main\nraise SystemExit(main(['app']))")
    assert result.returncode == 2, result.stderr
    assert f'pip install "{project()["name"]}[app]"' in result.stderr
    assert "Traceback" not in result.stderr
