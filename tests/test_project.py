"""The project as a whole: pins, packaging, texts, documents, and that geo/ knows no city."""

from __future__ import annotations

import csv
import importlib
import os
import re
import shutil
import string
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from itertools import chain
from pathlib import Path

import pytest
import thorough
import yaml
from packaging.requirements import Requirement
from slow import SLOW

from geo.atlas.atlas import Atlas
from geo.cli.main import VERBS

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]
#: What no tracked file may name; put together here so that this file does not.
_FOLDERS = "|".join(f"/{folder}/" for folder in ("work", "root", "home", "opt")) + "|/tm" + "p/"
#: Within an address such as ``example.org/index.php/home/news`` it is no path of a machine.
MACHINE_PATHS = re.compile(rf"(?<!\w)(?:{_FOLDERS})")
TEXT_ENDINGS = {".py", ".md", ".toml", ".txt", ".csv", ".cff", ".yaml", ".yml", ".sh", ".js", ".css", ".geojson", ""}


def tracked() -> list[Path]:
    """Return the files of the project: those git knows, or in an unpacked archive all."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
        paths = [ROOT / name for name in listed.decode().split("\0") if name]
    else:
        hidden = {".venv", "build", "dist", ".git"}
        paths = [path for path in ROOT.rglob("*") if not hidden & set(path.relative_to(ROOT).parts)]
    return [path for path in paths if path.is_file()]


def texts(paths: list[Path]) -> dict[Path, str]:
    return {path: path.read_text(encoding="utf-8") for path in paths if path.suffix in TEXT_ENDINGS}


# --- pins and packaging ---------------------------------------------------------------------------------------------


#: What make app installs, and what make setup adds for tests, documents and measurements.
PINS = ("requirements.txt", "requirements-dev.txt")


def pin_lines(name: str) -> list[str]:
    return (ROOT / name).read_text(encoding="utf-8").splitlines()


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_requirement_is_pinned_once_without_host() -> None:
    for name in PINS:
        lines = pin_lines(name)
        assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.]*", line)] == []
        assert lines == sorted(lines, key=str.lower), name
    names = [canonical(line.split("==")[0]) for name in PINS for line in pin_lines(name)]
    assert len(set(names)) == len(names)


def test_pins_satisfy_the_ranges_of_the_project() -> None:
    pinned = {canonical(line.split("==")[0]): line.split("==")[1] for line in pin_lines("requirements.txt")}
    groups = PROJECT["project"]["optional-dependencies"].values()
    wanted = chain(PROJECT["build-system"]["requires"], PROJECT["project"]["dependencies"], *groups)
    for requirement in map(Requirement, wanted):
        assert pinned.get(canonical(requirement.name)) in requirement.specifier, requirement


def test_pins_of_the_app_are_all_that_the_project_needs_and_no_more() -> None:
    """With every optional group, and what those packages need in turn, as the installed ones say."""
    waiting = [Requirement(f"{PROJECT['project']['name']}[{','.join(PROJECT['project']['optional-dependencies'])}]")]
    waiting.append(Requirement("setuptools"))
    seen: set[tuple[str, str]] = set()
    while waiting:
        asked = waiting.pop()
        for extra in asked.extras or {""}:
            if (canonical(asked.name), extra) not in seen:
                seen.add((canonical(asked.name), extra))
                needs = map(Requirement, metadata.requires(asked.name) or ())
                waiting += [one for one in needs if one.marker is None or one.marker.evaluate({"extra": extra})]
    needed = {name for name, _ in seen} - {PROJECT["project"]["name"]}
    # Python versions differ in what they need beside.
    elsewhere = {"importlib-metadata", "zipp", "typing-extensions", "greenlet", "colorama", "tzdata"}
    pinned = {canonical(line.split("==")[0]) for line in pin_lines("requirements.txt")}
    assert needed ^ pinned <= elsewhere


def test_library_alone_needs_no_web_packages() -> None:
    """The metadata of the installed project: nothing but the core without an extra."""
    requires = [Requirement(line) for line in metadata.requires(PROJECT["project"]["name"]) or ()]
    core = {r.name for r in requires if r.marker is None or r.marker.evaluate({"extra": ""})}
    assert core == {"geopandas", "numpy", "pandas", "pypinyin", "pyproj", "shapely", "tqdm"}
    app = {r.name for r in requires if r.marker is not None and r.marker.evaluate({"extra": "app"})}
    assert {"streamlit", "folium"} <= app


def test_packages_are_all_listed() -> None:
    folders = {path.parent for path in (ROOT / "geo").rglob("*.py")}
    found = {".".join(folder.relative_to(ROOT).parts) for folder in folders}
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == found | {"geo._layers"}, "list it in pyproject.toml"


def test_wheel_holds_library_and_layers(tmp_path: Path) -> None:
    """A wheel, unpacked elsewhere, lists the places from the layers inside it."""
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    for name in ("geo", "layers"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for folder in ("geo", "geo/data"):
        (source / folder / "__pycache__").mkdir()
        (source / folder / "__pycache__" / "left.pyc").write_bytes(b"")
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, source)
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "--wheel-dir", str(tmp_path), str(source)], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
        archive.extractall(target)
    own = [path for path in (ROOT / "geo").rglob("*") if path.is_file() and path.parent.name != "__pycache__"]
    layers = [path for path in (ROOT / "layers").rglob("*") if path.is_file()]
    expected = {path.relative_to(ROOT).as_posix() for path in own}
    expected |= {f"geo/_layers/{path.relative_to(ROOT / 'layers').as_posix()}" for path in layers}
    assert {name for name in packed if ".dist-info/" not in name} == expected
    result = subprocess.run(
        [sys.executable, "-m", "geo.cli", "places", "--kind", "district", "--format", "csv"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(target), "PYTHONUTF8": "1", "PATH": ""},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert result.returncode == 0, result.stderr
    districts = Atlas.load(ROOT / "layers").districts
    assert [row["place_id"] for row in csv.DictReader(result.stdout.splitlines())] == list(districts.index)


# --- texts and documents --------------------------------------------------------------------------------------------


def messages() -> list[dict[str, str]]:
    with (ROOT / "geo" / "data" / "messages.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def test_messages_speak_both_languages() -> None:
    """Both texts or neither (the qualifier "exact" has none), and the same fields in both."""
    for row in messages():
        assert bool(row["zh"].strip()) == bool(row["en"].strip()), row
        assert fields(row["zh"]) == fields(row["en"]), row


def test_messages_are_sorted_and_unique() -> None:
    ids = [row["message_id"] for row in messages()]
    assert ids == sorted(set(ids))


def test_every_message_is_used() -> None:
    """By its id in code or in a table, or by a prefix to which the code adds the rest: f"method.{...}"."""
    files = [path for path in (ROOT / "geo").rglob("*") if path.suffix in (".py", ".js", ".csv")]
    code = "\n".join(t for path, t in texts(files).items() if path.name != "messages.csv")

    literals = set(re.findall(r"""["'`]([a-z0-9_.]+)["'`]""", code))
    prefixes = tuple(set(re.findall(r"""["'`]([a-z0-9_.]+\.)[{"'`$]""", code)))
    ids = [row["message_id"] for row in messages()]
    assert [name for name in ids if name not in literals and not name.startswith(prefixes)] == []


def test_what_is_slow_is_there() -> None:
    """Else a test that was renamed would be in make check unseen."""
    for begins in SLOW:
        path, _, name = begins.partition("::")
        assert (ROOT / path).exists(), path
        assert f"def {name}" in (ROOT / path).read_text(encoding="utf-8") if name else True, begins


def test_a_sample_is_spread_holds_every_kind_and_is_all_when_all_are_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cases = [*range(60), "odd", *range(60, 200)]
    monkeypatch.setattr(thorough, "THOROUGH", False)
    some = thorough.sample(cases, 5, kind=type)
    assert some == [0, 50, "odd", 99, 149, 199]
    assert thorough.sample(cases[:5], 5) == cases[:5]
    monkeypatch.setattr(thorough, "THOROUGH", True)
    assert thorough.sample(iter(cases), 5) == cases
    assert thorough.examples(30) == 30


def test_readme_commands_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"app", "test", "check", "setup", "lint", "layers", "docs", "bench"} <= targets
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {"make app", "make test"} <= set(re.findall(r"make [a-z]+", readme))
    for path, text in texts(DOCUMENTS).items():
        named = set(re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE))
        assert named <= targets, f"{path.name} names a make target that is not there"


def test_make_keeps_compiled_modules_whatever_the_surroundings_say() -> None:
    """Compiled anew at each start, the many processes of the tests take twice as long."""
    said = '@echo "[$$PYTHONDONTWRITEBYTECODE]"'
    done = subprocess.run(
        ["make", "--no-print-directory", "--eval", f"said: ; {said}", "said"],
        cwd=ROOT, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "[]\n"


def test_documents_name_files_that_are_there() -> None:
    named = re.compile(r"\b(?:geo|tests|tools|bench|deploy|examples)/[a-z_/]+\.(?:py|js|css|csv|sh)\b")
    examples = {"geo/room/x.py", "tests/room/test_x.py"}
    for path, content in texts(DOCUMENTS).items():
        gone = {name for name in named.findall(content) if not (ROOT / name).exists()}
        assert gone <= examples, path.name


def test_documents_and_docstrings_name_what_can_be_imported() -> None:
    files = [*DOCUMENTS, *(ROOT / "geo").rglob("*.py")]
    names = {name for content in texts(files).values() for name in re.findall(r"`(geo(?:\.[A-Za-z_]+)+)`", content)}
    assert len(names) > 30
    for name in sorted(names):
        assert _resolves(name), name


def _resolves(name: str) -> bool:
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:count]))
        except ModuleNotFoundError:
            continue
        for part in parts[count:]:
            found = getattr(found, part, None)
        return found is not None
    return False


@pytest.mark.parametrize("verb", VERBS)
def test_documents_show_every_verb(verb: str) -> None:
    assert any(re.search(rf"\bgeo {verb}\b", text) for text in texts(DOCUMENTS).values())


def test_documents_name_no_other_verb() -> None:
    for path, text in texts(DOCUMENTS).items():
        shown = set(re.findall(r"(?:^|`)geo ([a-z]+)\b", text, re.MULTILINE))
        assert shown <= set(VERBS), f"{path.name} shows a command that is not there"


def test_documents_name_columns_that_exist() -> None:
    """Guides show rows: every `table.csv` they name is a table of the contract, every header its header."""
    from geo.contract.schema import tables

    known = {f"{name}.csv" for name in tables()}
    known |= {path.name for path in (ROOT / "geo" / "data").glob("*.csv")} | {
        path.name for path in ROOT.rglob("examples/**/*.csv")
    }
    for name in ("add-a-place.md", "correct-a-fact.md", "another-city.md"):
        text = (ROOT / "docs" / name).read_text(encoding="utf-8")
        assert set(re.findall(r"`(?:seeds/|tables/)?([a-z_]+\.csv)`", text)) <= known, name
        for block in re.findall(r"```csv\n(.*?)```", text, re.DOTALL):
            header, *rows = csv.reader(block.splitlines())
            assert any(tuple(header) == table.names("seeds") for table in tables().values()), header
            assert [row for row in rows if len(row) != len(header)] == []


def test_data_dictionary_is_fresh() -> None:
    """docs/data-dictionary.md is what the contract gives, and it explains every column."""
    script = str(ROOT / "tools" / "data_dictionary.py")
    result = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    from geo.contract.schema import tables

    document = (ROOT / "docs" / "data-dictionary.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## ([a-z_]+)\n(.*?)(?=^## |\Z)", document, re.MULTILINE | re.DOTALL))
    for table in tables().values():
        for column in table.columns:
            (line,) = re.findall(rf"^\| `{column.name}` \|.*$", sections[table.name], re.MULTILINE)
            for text in (column.label_zh, column.label_en, column.definition_zh, column.definition_en, column.unit):
                assert text in line
            assert all(f"`{value}`" in line for value in column.allowed)


def test_citation_is_of_this_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    atlas = tomllib.loads((ROOT / "seeds" / "atlas.toml").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()
    assert citation["version"] == PROJECT["project"]["version"]
    code, *data = PROJECT["project"]["license"].split(" AND ")
    assert citation["license"] == code == "MIT"
    assert citation["preferred-citation"]["license"] == data  # which the package holds too
    data = citation["preferred-citation"]
    assert (data["version"], str(data["year"])) == (atlas["version"], atlas["data_date"][:4])
    assert data["title"] == atlas["title_en"]
    for author in [*citation["authors"], *data["authors"]]:
        assert set(author) == {"name"}, "a body, no invented person"


def test_pre_commit_hooks_are_local() -> None:
    """They call the pinned tools, so that no network is needed and nothing drifts."""
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    hooks = [hook for repo in config["repos"] for hook in repo["hooks"]]
    assert {repo["repo"] for repo in config["repos"]} == {"local"}
    assert all(hook["language"] == "system" for hook in hooks)
    entries = " ".join(hook["entry"] for hook in hooks)
    for tool in ("ruff check", "ruff format", "mypy", "lint-imports", "geo build --check"):
        assert f".venv/bin/{tool}" in entries


def test_layers_carry_their_licence() -> None:
    licence = (ROOT / "layers" / "LICENSE").read_text(encoding="utf-8")
    assert licence == (ROOT / "seeds" / "LICENSE").read_text(encoding="utf-8")
    for needed in ("ODbL-1.0", "CC-BY-4.0", "OpenStreetMap"):
        assert needed in licence


# --- what may not be there ------------------------------------------------------------------------------------------


def test_no_path_of_a_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path, text in texts(tracked()).items()
        for match in MACHINE_PATHS.finditer(text)
    ]
    assert found == []


def city_words() -> set[str]:
    """Return what only this city's data may say: names, short names, aliases and ids of its places."""
    atlas = Atlas.load(ROOT / "layers")
    words = {"上海", "Shanghai", "沪府", "人民广场", "People's Square", "浦江", "Huangpu", "申城", "3101"}
    for row in atlas.table("places").fillna("").to_dict("records"):
        words |= {row[column] for column in ("place_id", "name_zh", "name_en", "short_zh", "short_en")}
        words |= set(row["aliases"])
    # 全市, the whole city, is a common word too.
    return {word for word in words - {"全市"} if len(word) > 1}


def test_geo_knows_no_city() -> None:
    """Another city works by its seeds alone: not even the name it is installed under is there."""
    files = [path for path in (ROOT / "geo").rglob("*") if path.suffix in (".py", ".csv", ".js", ".css", ".qml")]
    words = city_words()
    found = []
    for path, content in texts(files).items():
        folded = content.casefold()
        for word in (word for word in words if word.casefold() in folded):
            # As a word of its own: "zone" holds no "one".
            whole = re.compile(rf"(?<![A-Za-z_]){re.escape(word)}(?![A-Za-z_])", re.IGNORECASE)
            lines = [number for number, line in enumerate(content.splitlines(), 1) if whole.search(line)]
            found += [f"{path.relative_to(ROOT)}:{number}: {word}" for number in lines]
    assert found == []


def test_geo_holds_no_coordinate_and_no_crs_of_the_city() -> None:
    """Not even as an example: who reads the help of another city's atlas would be misled."""
    meta = Atlas.load(ROOT / "layers").meta
    west, south, east, north = meta["bbox"]
    code = meta["metric_crs"].removeprefix("EPSG:")
    found = []
    for path, content in texts([p for p in (ROOT / "geo").rglob("*") if p.suffix in (".py", ".csv", ".js")]).items():
        for number in re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])", content):
            inside = "." in number and (west <= float(number) <= east or south <= float(number) <= north)
            if inside or number == code:
                found.append(f"{path.relative_to(ROOT)}: {number}")
    assert found == []
