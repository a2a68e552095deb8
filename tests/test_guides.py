"""The guides in docs/ are true: what they show can be done, and gives what they say."""

from __future__ import annotations

import ast
import csv
import inspect
import re
import shlex
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import geo
from geo.atlas.atlas import Atlas
from geo.build import build
from geo.cli.main import VERBS, _parser
from geo.contract.schema import Table, tables
from geo.errors import DataError
from geo.seeds.read import SEED_TABLES

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs" / "add-a-place.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


def table_of(header: list[str]) -> Table:
    (table,) = [table for table in tables().values() if list(table.names("seeds")) == header]
    return table


def add_rows(seeds: Path, block: str) -> None:
    """Add the rows of a block of the guide to their table, in the order of its key."""
    header, *rows = csv.reader(block.splitlines())
    table = table_of(header)
    with (seeds / f"{table.name}.csv").open(encoding="utf-8", newline="") as file:
        rows = [*list(csv.reader(file))[1:], *rows]
    rows.sort(key=lambda row: tuple(row[header.index(column)] for column in table.key))
    with (seeds / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


@pytest.fixture
def real_seeds(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "seeds", tmp_path / "seeds"))


def test_place_of_the_guide_builds(real_seeds: Path, atlas: Atlas, tmp_path: Path) -> None:
    """Followed to the letter on a copy of the real seeds, the guide adds its place and changes no other."""
    for block in blocks("csv"):
        add_rows(real_seeds, block)
    (boundary,) = blocks("geojson")
    (real_seeds / "boundaries" / "example_park.geojson").write_text(boundary, encoding="utf-8")
    build(real_seeds, tmp_path / "layers")
    made = Atlas.load(tmp_path / "layers")
    assert set(made.places.index) - set(atlas.places.index) == {"example_park"}
    place = made.places.loc["example_park"]
    assert (place["method"], place["district_ids"], place["clusters"]) == (
        "official_bounds",
        ("district_310115",),
        ("robots_hardware",),
    )
    assert place["area_ratio"] == pytest.approx(1, abs=0.01)
    assert made.values("area_official_km2").at["example_park", "qualifier"] == "about"


def test_step_left_out_is_named(real_seeds: Path, tmp_path: Path) -> None:
    """Without the source of step 1 and the boundary of step 6 the build says so, and writes nothing."""
    source, *others = blocks("csv")
    assert table_of(next(csv.reader([source.splitlines()[0]]))).name == "sources"
    for block in others:
        add_rows(real_seeds, block)
    with pytest.raises(DataError, match=r"example_notice_2026' is not in sources\.csv") as caught:
        build(real_seeds, tmp_path / "layers")
    assert "boundaries/example_park.geojson: is missing" in str(caught.value)
    assert not (tmp_path / "layers").exists()


def test_other_city_guide_names_every_setting_role_and_measure() -> None:
    """The guide for another city is complete: every key of atlas.toml, role, table and geometric measure."""
    guide = (ROOT / "docs" / "another-city.md").read_text(encoding="utf-8")
    with (ROOT / "seeds" / "measures.csv").open(encoding="utf-8", newline="") as file:
        derived = {r["measure_id"] for r in csv.DictReader(file) if r["origin"] == "derived" and not r["numerator"]}
    settings = set(tomllib.loads((ROOT / "seeds" / "atlas.toml").read_text(encoding="utf-8")))
    named = set(re.findall(r"`([a-z0-9_]+)(?:\.csv)?`", guide))
    named |= {f"{stem}{language}" for stem in re.findall(r"`([a-z_]+_)\*`", guide) for language in ("zh", "en")}
    assert settings - {"reference_point"} <= named
    assert "[reference_point]" in guide
    assert set(tables()["kinds"].column("role").allowed) <= named
    assert set(tables()["basemap"].column("role").allowed) <= named
    assert set(SEED_TABLES) <= named
    assert derived <= named
    assert len(derived) >= 9


DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def fenced(path: Path, language: str) -> Iterator[str]:
    """Yield the blocks of code of a document."""
    yield from re.findall(rf"```{language}\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)


def test_every_command_shown_is_one_that_the_program_takes() -> None:
    """Each is parsed, which ends the test with what is wrong on stderr; it is not run."""
    seen: set[str] = set()
    for path in DOCUMENTS:
        for line in "".join(fenced(path, "[a-z]*")).replace("\\\n", " ").splitlines():
            command = re.match(r"(?:\.venv/bin/)?geo (?P<said>[a-z].*?)(?: +#| [|&]|$)", line.strip())
            if command and "…" not in command["said"] and "--help" not in command["said"]:
                verb, *words = shlex.split(command["said"])
                assert verb in VERBS, f"{path.name}: {line}"
                _parser(verb).parse_args([verb, *words])
                seen.add(verb)
    assert len(seen) > 12


def test_every_call_shown_names_what_the_library_has() -> None:
    seen: set[str] = set()
    for path in DOCUMENTS:
        for block in fenced(path, "python"):
            for call in (node for node in ast.walk(ast.parse(block.replace("…", "..."))) if isinstance(node, ast.Call)):
                match call.func:
                    case ast.Attribute(ast.Name("geo" | "atlas" as of), name):
                        function = getattr(geo if of == "geo" else geo.Atlas, name)
                        asked = {keyword.arg for keyword in call.keywords}
                        assert asked <= set(inspect.signature(function).parameters), f"{path.name}: {name}"
                        seen.add(name)
    assert seen >= {"join", "save", "compare", "rank", "choose", "geocode", "diff", "select"}
