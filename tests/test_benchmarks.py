"""docs/benchmarks.md: a row for every claim, nothing claimed elsewhere that it does not show, and its writer."""

from __future__ import annotations

import csv
import json
import os
import re
import socket
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench import Result, __main__, address_halves, bench_setup, store, turns, writer

ROOT = Path(__file__).parents[1]
DOCUMENT = (ROOT / writer.DOCUMENT).read_text(encoding="utf-8")
PUBLISHED: dict[str, Any] = json.loads((ROOT / writer.DATA).read_text(encoding="utf-8"))
CLAIMS = store.claims()
CLAIMING = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "CHANGELOG.md"]
#: Numbers with a unit of speed or memory that are settings or arithmetic, not measurements.
SETTINGS = {
    "app.md": {"40 ms"},  # TCP's delayed acknowledgement
    "CHANGELOG.md": {"40 ms"},
    "scale.md": {"64 MB", "14 MB", "18 GB", "34 GB", "52 GB", "42 seconds"},
    "tables.md": {"60 s"},
}
_UNITS = "s|ms|µs|seconds?|minutes?|KB|MB|GB|×|倍|秒|frames|million (?:points|rows)/s|M/s"
PERFORMANCE = re.compile(rf"(?<![\w.])(\d[\d.,–]* ?(?:{_UNITS}))(?![\w/])")


def row_of(claim_id: str, document: str = DOCUMENT) -> str:
    (row,) = [line for line in document.splitlines() if f'<a id="{claim_id}"></a>' in line]
    return row


def cells(row: str) -> list[str]:
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", row)[1:-1]]


def blocks(path: Path) -> Iterator[tuple[str, str, str]]:
    """Yield language, patterns and rows of a document's measured blocks."""
    for found in writer.BLOCK.finditer(path.read_text(encoding="utf-8")):
        yield found[2], found[3], found[4]


# --- the claims and the documents -----------------------------------------------------------------------------------


def test_claims_are_whole() -> None:
    with (ROOT / "bench" / "claims.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    parts = {part.name for part in __main__.PARTS}
    assert len({row["claim_id"] for row in rows}) == len(rows)
    for row in rows:
        assert row["claim_id"].split(".")[0] in parts, row
        assert all(row[column] for column in ("what_zh", "what_en", "run")), row
        assert row["against"] in ("peer", "floor", ""), row
        assert bool(row["peer_zh"]) == bool(row["peer_en"]) == bool(row["against"]), row
        assert re.findall(r"\{\w+\}", row["peer_zh"]) == re.findall(r"\{\w+\}", row["peer_en"]), row
        assert row["better"] in ("less", "more"), row
        assert bool(row["bar"]) == bool(row["bar_on"]) == bool(row["bar_from"]), row
        if row["bar"]:
            assert re.fullmatch(r"[≤≥] \d+(\.\d+)?", row["bar"]), row
            assert row["bar_on"] in ("ratio", "ours"), row


def test_every_part_has_a_script_and_a_claim() -> None:
    scripts = {path.stem.removeprefix("bench_") for path in (ROOT / "bench").glob("bench_*.py")}
    assert {part.name for part in __main__.PARTS if part.usual} <= scripts
    assert scripts <= {part.name for part in __main__.PARTS}
    assert {part.name for part in __main__.PARTS if part.usual} <= {claim_id.split(".")[0] for claim_id in CLAIMS}


def test_usual_parts_stay_within_twenty_minutes() -> None:
    assert sum(part.minutes for part in __main__.PARTS if part.usual) <= 20


@pytest.mark.parametrize("claim_id", CLAIMS)
def test_document_has_a_row_per_claim(claim_id: str) -> None:
    """What, peer by name, bar with its issue, and what was run; its section names the script."""
    claim, found = CLAIMS[claim_id], cells(row_of(claim_id))
    assert claim["what_zh"] in found[0]
    assert claim["what_en"] in found[0]
    assert found[6] == claim["run"]
    assert found[5].startswith(claim["bar"] or "–")
    named = re.sub(r" ?\{[^}]*\}", "", claim["peer_en"])
    assert set(re.findall(r"\w+", named)) <= set(re.findall(r"\w+", found[2])), claim["peer_en"]
    script = f"bench/bench_{claim_id.split('.')[0]}.py"
    assert f"[{script}](../{script})" in DOCUMENT


def test_document_is_what_its_data_give() -> None:
    """`python -m bench --write-only` changes nothing: neither the document nor a block of any other."""
    assert writer.document(PUBLISHED) == DOCUMENT, "run python -m bench --write-only"
    for path in CLAIMING:
        text = path.read_text(encoding="utf-8")
        assert writer.fill(text, PUBLISHED) == text, f"{path.name}: run python -m bench --write-only"


def test_data_hold_no_stranger_and_no_machine_name() -> None:
    text = (ROOT / writer.DATA).read_text(encoding="utf-8")
    assert {claim_id for part in PUBLISHED.values() for claim_id in part["results"]} <= set(CLAIMS)
    assert not re.search(r"/(work|root|home|tmp)/", text + DOCUMENT)
    if (host := socket.gethostname()) not in ("localhost", "debian"):
        assert not re.search(rf"\b{re.escape(host)}\b", text + DOCUMENT)


def test_part_that_ended_well_measured_all_its_claims() -> None:
    for name, part in PUBLISHED.items():
        wanted = {claim_id for claim_id in CLAIMS if claim_id.split(".")[0] == name}
        if part["whole"]:
            assert set(part["results"]) == wanted, name


def test_worse_than_a_peer_is_explained() -> None:
    """Wherever the published numbers say worse, or a bar is not held, the row has its reason, listed at the top."""
    top = DOCUMENT[: DOCUMENT.index("\n## app")]
    for part in PUBLISHED.values():
        for claim_id, result in part["results"].items():
            claim = CLAIMS[claim_id]
            bad = "worse" in writer.verdict(claim, writer.ratio(result), "en")
            if bad or writer.held(claim, result) is False:
                assert claim["why"], f"{claim_id} needs its reason in bench/claims.csv"
                assert claim["why"] in top


@pytest.mark.parametrize("path", CLAIMING, ids=lambda path: path.name)
def test_documents_claim_only_what_is_measured(path: Path) -> None:
    """No number of speed or memory stands outside a measured block."""
    if path.name in ("benchmarks.md", "deploy.md", "boundaries.md", "data-dictionary.md"):
        return
    text = writer.BLOCK.sub("", path.read_text(encoding="utf-8"))
    text = re.sub(r"```.*?```|at most [^).]*\d(?:\.\d)? s[^)]*\)", "", text, flags=re.DOTALL)  # code, settings
    found = set(PERFORMANCE.findall(text)) - SETTINGS.get(path.name, set())
    assert found == set()


@pytest.mark.parametrize("path", CLAIMING, ids=lambda path: path.name)
def test_blocks_show_rows_of_the_whole_table(path: Path) -> None:
    for language, patterns, rows in blocks(path):
        ids = writer.chosen(patterns)
        shown = [cells(line) for line in rows.splitlines()[2:]]
        assert [row[0] for row in shown] == [CLAIMS[claim_id][f"what_{language}"] for claim_id in ids]
        for claim_id, row in zip(ids, shown, strict=True):
            whole = cells(row_of(claim_id))
            assert whole[1].startswith(row[1]) or row[1] in writer.UNMEASURED.values()
            assert row[3] == whole[3]


def test_readme_says_the_same_in_both_languages_and_links() -> None:
    found = list(blocks(ROOT / "README.md"))
    assert [language for language, _, _ in found] == ["zh", "en"]
    assert found[0][1] == found[1][1]
    for half in (ROOT / "README.md").read_text(encoding="utf-8").split("\n## English"):
        assert "](docs/benchmarks.md)" in half
        assert "`make bench`" in half


# --- the writer -----------------------------------------------------------------------------------------------------

MACHINE = {
    "cpu": "Some CPU",
    "cores": 2,
    "memory_gb": 8,
    "system": "Some System 1",
    "python": "3.11.9",
    "libraries": {"geopandas": "9.9.9"},
    "browser": "Chromium 1",
    "busy": "load 0.1 on 2 cores",
}


def kept(folder: Path, *found: Result, whole: bool = True) -> dict[str, Any]:
    store.keep(folder, "assign", found, MACHINE, whole, 12.3)
    return store.read(folder)


def test_row_of_a_fake_result(tmp_path: Path) -> None:
    """Medians, spread, versions, ratio, verdict and bar, worked out by hand."""
    result = Result("assign.sjoin", [220, 180, 200], "M points/s", [0.1, 0.2, 0.3], {"geopandas": "9.9.9"}, "a note")
    document = writer.document(kept(tmp_path, result))
    what, ours, peer, ratio, reads, bar, run = cells(row_of("assign.sjoin", document))
    assert "10 M points × 16 districts, compiled" in what
    assert ours == "200 M points/s (180–220; 3); a note"
    assert peer == "0.200 M points/s (0.100–0.300; 3): geopandas 9.9.9 sjoin"
    assert (ratio, reads, bar) == ("1,000", "好 1,000 × · better 1,000 ×", "≥ 100 × (issue 4): held")
    assert "memberships equal" in run
    assert "2 cores (Some CPU), 8 GB, Some System 1, Python 3.11.9, geopandas 9.9.9, Chromium 1" in document
    assert re.search(r"`python -m bench assign`\. \d{4}-\d\d-\d\d \d\d:\d\d UTC, 12 s\.", document)
    assert cells(row_of("assign.loop", document))[1] == "尚未测量 · not measured yet"


def test_worse_and_beyond_the_bar_are_marked_and_listed(tmp_path: Path) -> None:
    found = [
        Result("assign.sjoin", [8.0], "M points/s", [0.1], {"geopandas": "9.9.9"}),
        Result("assign.index_strtree", [2.0], "s", [1.0], {"shapely": "1"}),
        Result("assign.few", [1.0], "ms", [1.01], {"geopandas": "9.9.9"}),
    ]
    document = writer.document(kept(tmp_path, *found))
    assert cells(row_of("assign.sjoin", document))[5] == "≥ 100 × (issue 4): **not held**"
    assert cells(row_of("assign.index_strtree", document))[4:6] == [
        "**差 2 ×** · **worse 2 ×**",
        "≤ 1 s (issue 4): **not held**",
    ]
    assert cells(row_of("assign.few", document))[4] == "相当 · the same"
    worse, beyond = document.split("\n## ")[1:3]
    assert "index of the 16 districts, built" in worse
    assert CLAIMS["assign.index_strtree"]["why"] in worse
    assert "16 districts, compiled" not in worse
    assert "10 M points × 16 districts, compiled: ≥ 100 × (issue 4): **not held**" in beyond
    assert len(writer.beyond(store.read(tmp_path), ["assign"])) == 2


@pytest.mark.parametrize(("seconds", "held"), [(4.9, True), (5.0, True), (5.1, False)])
def test_bar_itself_is_held(seconds: float, held: bool) -> None:
    result = {"ours": [seconds], "peer": [], "unit": "s"}
    assert writer.held(CLAIMS["export.bundle"], result) is held
    assert writer.held(CLAIMS["export.gpkg"], result) is None, "its bar is on the ratio to a peer not measured"
    assert writer.held(CLAIMS["import.geo"], result) is None


def test_floor_is_no_peer_to_beat(tmp_path: Path) -> None:
    store.keep(tmp_path, "app", [Result("app.first_bare", [1.2], "s", [1.0], {"streamlit": "1"})], MACHINE, True, 1)
    document = writer.document(store.read(tmp_path))
    assert cells(row_of("app.first_bare", document))[4:6] == [
        "下限的 1.20 倍 · 1.20 × the floor",
        "≤ 1.2 × (issue 15): held",
    ]
    assert "first_bare" not in document.split("\n## ")[1]


def test_block_is_filled_in_its_language(tmp_path: Path) -> None:
    measured = kept(tmp_path, Result("assign.few", [1.0, 3.0], "ms", [4.0], {"geopandas": "9.9.9"}))
    before = "a\n<!-- bench zh: assign.few assign.loop -->\nold\n<!-- /bench -->\nb\n"
    after = writer.fill(before, measured)
    assert "| 一千点 × 16 区，一次调用 | 2 ms | 4 ms, geopandas 9.9.9 sjoin | 0.500 | 好 2 × |" in after
    assert "尚未测量" in after
    assert "old" not in after
    assert after.startswith("a\n<!-- bench zh: assign.few assign.loop -->\n| ")
    assert after.endswith("<!-- /bench -->\nb\n")
    assert writer.fill(after, measured) == after
    with pytest.raises(ValueError, match=r"no claim of bench/claims\.csv matches 'assign\.nothing'"):
        writer.fill(before.replace("assign.few", "assign.nothing"), measured)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.004567, "0.00457"),
        (0.0996, "0.0996"),
        (1.351, "1.35"),
        (9.999, "10.0"),
        (12345.6, "12,346"),
        (7, "7"),
    ],
)
def test_numbers_have_three_digits(value: float, text: str) -> None:
    assert writer.number(value) == text


# --- running --------------------------------------------------------------------------------------------------------


def test_turns_alternate() -> None:
    order: list[str] = []

    def taking(name: str) -> float:
        order.append(name)
        return float(len(order))

    assert turns(2, lambda: taking("ours"), lambda: taking("peer")) == [[1, 3], [2, 4]]
    assert order == ["ours", "peer", "ours", "peer"]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of its own, with a README that has a block, and the parts `assign` and `read` made up."""
    monkeypatch.setattr(__main__, "ROOT", tmp_path)
    monkeypatch.setattr(store, "machine", lambda: MACHINE)
    (tmp_path / "README.md").write_text("<!-- bench en: assign.few -->\n<!-- /bench -->\n", encoding="utf-8")
    assign, read = types.ModuleType("bench.bench_assign"), types.ModuleType("bench.bench_read")
    assign.run = lambda quick: [Result("assign.few", [1.0], "ms", [4.0], {"geopandas": "9.9.9"})]  # type: ignore[attr-defined]

    def breaks(quick: bool) -> Iterator[Result]:
        yield Result("read.xlsx_pandas", [2.0], "s", [1.0])
        raise RuntimeError("made to break")

    read.run = breaks  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "bench.bench_assign", assign)
    monkeypatch.setitem(sys.modules, "bench.bench_read", read)
    return tmp_path


def test_broken_part_loses_nothing(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What it measured before is kept, an older result of the same part too, and the other part is whole."""
    store.keep(place / "build" / "bench", "read", [Result("read.gcj02_proj", [3.0], "M points/s")], MACHINE, True, 1)
    kept_before = json.loads((place / "build" / "bench" / "read.json").read_text(encoding="utf-8"))
    kept_before["results"]["read.gcj02_proj"]["date"] = "2001-01-01 00:00 UTC"
    (place / "build" / "bench" / "read.json").write_text(json.dumps(kept_before), encoding="utf-8")
    assert __main__.main(["read", "assign"]) == 1
    assert "failed: read" in capsys.readouterr().err
    document = (place / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert cells(row_of("read.xlsx_pandas", document))[1] == "2 s"
    assert cells(row_of("read.gcj02_proj", document))[1] == "3 M points/s (2001-01-01 00:00 UTC)"
    assert "**broke off**" in document
    assert "| 1 ms | 4 ms, geopandas 9.9.9 sjoin | 0.250 | better 4 × |" in (place / "README.md").read_text("utf-8")
    data = json.loads((place / "docs" / "benchmarks.json").read_text(encoding="utf-8"))
    assert (data["read"]["whole"], data["assign"]["whole"]) == (False, True)


def test_published_results_outlive_the_build_folder(place: Path) -> None:
    assert __main__.main(["assign"]) == 0
    document = (place / "docs" / "benchmarks.md").read_bytes()
    (place / "build" / "bench" / "assign.json").unlink()
    assert __main__.main(["--write-only"]) == 0
    assert (place / "docs" / "benchmarks.md").read_bytes() == document


def test_older_measurement_does_not_replace_a_published_one(place: Path) -> None:
    assert __main__.main(["assign"]) == 0
    document = (place / "docs" / "benchmarks.md").read_bytes()
    path = place / "build" / "bench" / "assign.json"
    old = json.loads(path.read_text(encoding="utf-8")) | {"date": "2001-01-01 00:00 UTC", "seconds": 99}
    path.write_text(json.dumps(old), encoding="utf-8")
    assert __main__.main(["--write-only"]) == 0
    assert (place / "docs" / "benchmarks.md").read_bytes() == document


def test_smoke_test_leaves_the_documents_alone(place: Path) -> None:
    before = (place / "README.md").read_bytes()
    assert __main__.main(["--quick", "assign"]) == 0
    assert (place / "README.md").read_bytes() == before
    assert not (place / "docs").exists()
    assert (place / "build" / "bench-quick" / "documents" / "docs" / "benchmarks.md").exists()


def test_unknown_part_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        __main__.main(["speed"])
    assert "no part speed; there are app, points" in capsys.readouterr().err


def test_machine_is_described_without_its_name() -> None:
    about = store.machine()
    assert set(about) == set(MACHINE)
    assert about["cores"] >= 1
    assert socket.gethostname() not in {str(value) for value in about.values()}
    assert {"numpy", "shapely", "geopandas", "GEOS", "GDAL"} <= set(about["libraries"])


def test_set_up_begins_with_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither uv nor a cache nor an environment of before; what the set-up reads is all there."""
    with_uv = tmp_path / "bin"
    with_uv.mkdir()
    (with_uv / "uv").touch()
    monkeypatch.setenv("PATH", os.pathsep.join([str(with_uv), os.environ["PATH"]]))
    monkeypatch.setenv("UV_INDEX", "elsewhere")
    settings = bench_setup.environment("pip", tmp_path / "caches")
    assert str(with_uv) not in settings["PATH"].split(os.pathsep)
    assert (settings["GEO_SETUP"], "UV_INDEX" in settings) == ("pip", False)
    assert {settings["PIP_CACHE_DIR"], settings["UV_CACHE_DIR"]} == {
        str(tmp_path / "caches" / "pip"),
        str(tmp_path / "caches" / "uv"),
    }
    project = bench_setup.fresh(tmp_path / "project")
    assert not (project / ".venv").exists()
    script = (ROOT / "tools" / "setup.sh").read_text(encoding="utf-8")
    named = {*re.findall(r"tools/\w+\.\w+", script), *bench_setup.ALL, "pyproject.toml", "geo/__init__.py"}
    assert [name for name in named if not (project / name).is_file()] == []


def test_halves_are_those_of_a_table_that_is_given(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["address_halves"])
    with pytest.raises(SystemExit):
        address_halves.main()
    assert "the following arguments are required: table" in capsys.readouterr().err
