"""The house of docs/architecture.md: sizes, rooms, who may import whom, what a bare import may pull in."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from geo import errors

ROOT = Path(__file__).parents[1]
CORE = {"geopandas", "numpy", "pandas", "pypinyin", "pyproj", "shapely", "tqdm"}
#: Import names of every optional package; the test below holds that the list is whole.
OPTIONAL = {
    "PIL",
    "cql2",
    "dask",
    "distributed",
    "docx",
    "ezdxf",
    "folium",
    "fpdf",
    "fsspec",
    "lxml",
    "markupsafe",
    "matplotlib",
    "numba",
    "olefile",
    "psycopg",
    "pyarrow",
    "python_calamine",
    "streamlit",
    "streamlit_folium",
    "xlsxwriter",
    "xstatic",
}


#: Suites of tests that belong to no room, and what each asks. Everything else mirrors a module of the package.
SUITES = {
    "browser": "the app, the report and a notebook's map as a person sees them, in Chromium",
    "deploy": "the ways to run the app on a server, and many visitors at once",
    "faults": "full disks, locked folders, killed processes, other locales, damaged layers",
    "hostile": "tables, names, requests and uploads of a stranger who means harm",
    "tools": "the tools of this checkout",
}
#: Test modules that look across modules, and why no one module could hold them.
ACROSS = {
    "api/ogc/test_abstract.py": "the abstract tests of the standard, asked of the whole service",
    "api/ogc/test_clients.py": "GDAL and other clients of the whole service",
    "cli/test_paths.py": "every command must leave alone what it reads",
    "export/test_office.py": "LibreOffice and poppler open what several writers wrote",
    "export/test_qgis.py": "QGIS opens what several writers wrote",
    "export/test_round_trip.py": "every format read back by GDAL equals the others",
    "tables/test_datum_runs.py": "many tables, through reading and weighing together",
    "test_architecture.py": "the package as a whole",
    "test_benchmarks.py": "bench/",
    "test_docs.py": "docs/ and what the site is built from",
    "test_examples.py": "another city, by its seeds alone, through every door",
    "test_guides.py": "the commands of the guides, run as they stand",
    "test_layers.py": "layers/ as published",
    "test_one_answer.py": "every door gives the same answer",
    "test_one_answer_files.py": "files and endpoints word every figure as the other doors do",
    "test_palette.py": "the colours of seeds, map and charts together",
    "test_project.py": "what a release holds, and what may not stand in the program",
    "web/pages/test_another_city.py": "every page shows a city without what Shanghai has",
    "web/server/test_guarded.py": "a real server: every layer that guards it, together",
}
#: Functions that make an error of ours in other ways than `geo.base.told.told`, and why.
WORDED = {
    "base/messages.py:check_language": "told stands above it; it says both languages itself",
    "base/messages.py:text": "a message that is not in the catalogue is a fault of the program",
}
LINES_OF_A_MODULE, LINES_OF_A_FUNCTION, COLUMNS, ROOMS = 400, 60, 120, 20


def long_modules(package: Path) -> dict[str, int]:
    """Return the modules, scripts and style sheets of a package that are longer than allowed, with their lines."""
    files = [path for ending in ("py", "js", "css") for path in package.rglob(f"*.{ending}")]
    lengths = {
        path.relative_to(package).as_posix(): len(path.read_text(encoding="utf-8").splitlines()) for path in files
    }
    return {name: lines for name, lines in lengths.items() if lines > LINES_OF_A_MODULE}


def long_functions(package: Path) -> dict[str, int]:
    """Return the functions of a package that are longer than allowed; what documents them is not counted."""
    found = {}
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                documented = node.body[0] if ast.get_docstring(node) is not None else None
                told = documented.end_lineno - documented.lineno + 1 if documented else 0
                lines = node.end_lineno - node.lineno + 1 - told
                if lines > LINES_OF_A_FUNCTION:
                    found[f"{path.relative_to(package).as_posix()}:{node.name}"] = lines
    return found


def mirroring_nothing(package: Path, tests: Path) -> list[str]:
    """Return the test modules beside which no module of the package stands, and that no table names."""
    found = []
    for path in sorted(tests.rglob("test_*.py")):
        inside = path.relative_to(tests)
        mirrored = package / inside.parent / inside.name.removeprefix("test_")
        if inside.parts[0] not in SUITES and inside.as_posix() not in ACROSS and not mirrored.is_file():
            found.append(inside.as_posix())
    return found


def rooms_of(package: Path) -> set[str]:
    """Return the folders of a package that hold modules."""
    return {path.parent.name for path in package.glob("*/__init__.py")}


def wide_lines(package: Path) -> list[str]:
    """Return the lines of style sheets that are wider than allowed; ruff looks after those of modules."""
    return [
        f"{path.relative_to(package).as_posix()}:{number}"
        for path in sorted(package.rglob("*.css"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > COLUMNS
    ]


def worded_in_english(package: Path) -> list[str]:
    """Return where an error of ours is made of words instead of a message: "room/x.py:function"."""
    ours = {name for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, errors.GeoError)}
    found = []
    for path in sorted(package.rglob("*.py")):
        name = path.relative_to(package).as_posix()
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for scope in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)):
            made = [node.func.id for node in ast.walk(scope) if isinstance(node, ast.Call) and hasattr(node.func, "id")]
            found += [f"{name}:{scope.name}"] * bool(ours & set(made))
    return found


def test_no_module_and_no_function_is_too_long_to_be_read() -> None:
    assert long_modules(ROOT / "geo") == {}
    assert long_functions(ROOT / "geo") == {}
    assert wide_lines(ROOT / "geo") == []


def test_test_modules_mirror_the_package() -> None:
    assert mirroring_nothing(ROOT / "geo", ROOT / "tests") == []
    assert [name for name in ACROSS if not (ROOT / "tests" / name).is_file()] == []
    assert [name for name in SUITES if not any((ROOT / "tests" / name).glob("test_*.py"))] == []


def test_errors_are_worded_in_both_languages() -> None:
    assert sorted(worded_in_english(ROOT / "geo")) == sorted(WORDED)


def test_the_house_has_few_rooms() -> None:
    assert len(rooms_of(ROOT / "geo")) <= ROOMS


def test_these_checks_can_fail(tmp_path: Path) -> None:
    """A made-up house that breaks each rule by one, and one that just keeps it."""
    for name, beyond in (("good", 0), ("bad", 1)):
        package, tests = tmp_path / name / "geo", tmp_path / name / "tests"
        for number in range(ROOMS + beyond):
            (package / f"room{number}").mkdir(parents=True)
            (package / f"room{number}" / "__init__.py").touch()
        for ending in ("js", "css"):
            line = f"/*{'-' * (COLUMNS - 4 + beyond)}*/\n"
            (package / f"a.{ending}").write_text(line + "/**/\n" * (LINES_OF_A_MODULE - 1 + beyond))
        body = '    """One.\n\n    Two.\n    """\n' + "    x = 1\n" * (LINES_OF_A_FUNCTION - 1 + beyond)
        (package / "room0" / "b.py").write_text(f"async def f():\n{body}")
        (package / "room1" / "c.py").write_text("x = 1\n" * (LINES_OF_A_MODULE + beyond))
        made = "DataError('a')" if beyond else "told(DataError, 'refused.a') if isinstance(x, DataError) else x"
        (package / "room2" / "d.py").write_text(f"class A:\n    def g(self):\n        raise {made}\n")
        (tests / "room0").mkdir(parents=True)
        (tests / "room0" / f"test_{'b' if name == 'good' else 'no_such'}.py").touch()
    good, bad = tmp_path / "good", tmp_path / "bad"
    assert (long_modules(good / "geo"), long_functions(good / "geo")) == ({}, {})
    assert (wide_lines(good / "geo"), mirroring_nothing(good / "geo", good / "tests")) == ([], [])
    assert len(rooms_of(good / "geo")) == ROOMS
    assert long_modules(bad / "geo") == dict.fromkeys(("a.js", "a.css", "room1/c.py"), LINES_OF_A_MODULE + 1)
    assert long_functions(bad / "geo") == {"room0/b.py:f": LINES_OF_A_FUNCTION + 1}
    assert wide_lines(bad / "geo") == ["a.css:1"]
    assert mirroring_nothing(bad / "geo", bad / "tests") == ["room0/test_no_such.py"]
    assert len(rooms_of(bad / "geo")) == ROOMS + 1
    assert worded_in_english(good / "geo") == []
    assert worded_in_english(bad / "geo") == ["room2/d.py:g"]


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
    name = {"python_docx": "docx", "pillow": "PIL", "fpdf2": "fpdf"}.get(name, name)
    return name.split("_")[0] if name.startswith("xstatic") else name


def test_a_list_is_split_and_joined_in_one_place() -> None:
    """Cells of type list are tuples in memory; only files hold them joined by ``;``."""
    by_hand = re.compile(r"""split\(["'];["']|["'];["']\.join""")
    found = {path.relative_to(ROOT / "geo").as_posix() for path in (ROOT / "geo").rglob("*.py")
             if by_hand.search(path.read_text(encoding="utf-8"))}  # fmt: skip
    # There a ; ends the SRID of EWKT, and parts the codings that a browser takes.
    assert found == {"tables/points.py", "web/server/negotiation.py"}


def test_import_contracts_are_kept_before_any_test_runs() -> None:
    """By lint, without which neither `make test` nor `make check` begins."""
    for name in ("test", "check"):
        told = subprocess.run(["make", "--dry-run", name], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        lint, tests = (told.index(command) for command in ("bin/lint-imports", "bin/pytest -n"))
        assert lint < tests, name
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    assert [one["type"] for one in settings["contracts"]] == ["layers", "layers", "forbidden", "forbidden"]


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
