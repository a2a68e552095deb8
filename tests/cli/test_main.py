from __future__ import annotations

import ast
import csv
import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import osm_extract
import pytest

from geo.atlas.atlas import Atlas
from geo.base.messages import catalogue
from geo.cli.main import VERBS, main

ROOT = Path(__file__).parents[2]


@pytest.fixture
def layers(tiny: Atlas, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GEO_LAYERS", str(tiny.folder))
    return tiny.folder


def wide(text: str) -> int:
    return len(text) + sum(character > "\u2e80" for character in text)


def test_places_as_table_json_and_csv(layers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["places", "--cluster", "robots"]) == 0
    table = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in table] == ["place_id", "node_a", "park_b"]
    # Columns are aligned on a terminal, where a Chinese character is two wide.
    lasts = [line.split()[-1] for line in table]
    assert len({wide(line) - wide(last) for line, last in zip(table, lasts, strict=True)}) == 1
    assert main(["places", "--kind", "district", "--format", "json"]) == 0
    assert [row["name_zh"] for row in json.loads(capsys.readouterr().out)] == ["东区", "西区"]
    assert main(["places", "--text", "乙园", "--text", "node", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {row["place_id"] for row in rows} == {"node_a", "park_b"}
    assert {row["stations_inside"] for row in rows} == {""}


def test_show_as_text_and_json(layers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "node_a", "--language", "en"]) == 0
    text = capsys.readouterr().out
    cited = "(2021, 3 years ago; Whole) [A] Tiny council, “Document plan”, 2024-01-15"
    for expected in ("Node A (node_a)", "7.97 km² (2020)", "99.9% of the official", "140", cited, "↑ North Road"):
        assert expected in text
    firms = [line.strip() for line in text.splitlines() if "firms:" in line]
    assert [line.startswith("* firms: ") for line in firms] == [True, False, False]  # the headline first, and marked
    assert firms[0].startswith("* firms: 140 个 (2021, 3 years ago; Whole)")
    assert re.search(r"area_ratio: 0\.99\d+× \(area_official_km2 7\.97 km²\)", text)
    assert main(["show", "park_b"]) == 0
    told = capsys.readouterr().out
    assert not re.search(r"[\u4e00-\u9fff]\s?[:;,(]|[)] ?[\u4e00-\u9fff]", told)  # no half-width marks in Chinese
    assert "没有同口径的官方面积" in told
    assert "没有公布的边界，图上只是示意" in told
    assert main(["show", "甲点", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["place"]["place_id"] == "node_a"


def test_what_is_printed_is_in_the_language_asked_for(
    tiny: Atlas, seeds: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The seeds of a fixture are not beside its layers, so both are named."""
    extract = osm_extract.write(tmp_path / "small.osm")
    runs = [
        ["build", "--seeds", str(seeds), "--layers", str(tmp_path / "layers")],
        ["build", "--seeds", str(seeds), "--layers", str(tmp_path / "layers"), "--check"],
        ["basemap", str(extract), "-o", str(tmp_path / "out"), "--replace", "--code-tag", "ref"],
    ]
    for run in runs:
        assert main(run) == 0
        chinese = [line for line in capsys.readouterr().err.splitlines() if "Warning" not in line]
        assert main([*run, "--language", "en"]) == 0
        english = [line for line in capsys.readouterr().err.splitlines() if "Warning" not in line]
        assert len(chinese) == len(english) > 0
        assert all(re.search("[\u3400-\u9fff]", line) for line in chinese)
        assert not any(line in chinese for line in english)
    assert "next: edit the tables" in english[-1]
    assert "接下来：填好各表" in chinese[-1]


def test_no_command_prints_words_that_are_not_in_the_catalogue() -> None:
    """What is between the quotes of a `print` is no word; "geo:" begins every error, MCP is a name."""
    for path in sorted((ROOT / "geo" / "cli").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print":
                texts = [one.value for one in ast.walk(node) if isinstance(getattr(one, "value", None), str)]
                words = re.findall("[A-Za-z]{2,}", " ".join(one for one in texts if one not in catalogue()))
                assert set(words) <= {"geo", "mcp", "MCP", "zh"}, f"{path.name}:{node.lineno}: {words}"


def test_a_wrong_command_leads_to_the_help_in_both_languages(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit) as left:
        main(["places", "--nope"])
    assert left.value.code == 2
    told = capsys.readouterr().err.splitlines()
    assert told[:2] == ["用法 · usage:", "  geo places [-h] [--kind ID] [--cluster ID] [--district ID] [--edition ID]"]
    assert told[-4:] == [
        "geo places: unrecognized arguments: --nope",
        "     `geo places --help` explains each option",
        "     不认识 --nope",
        "     `geo places --help` 说明每个选项",
    ]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["show", "nowhere"], "geo: no place 'nowhere'"),
        (["places", "--kind", "castle"], "no kind 'castle': there are belt"),
        (["places", "--layers", "nothing/here"], "geo: no layers in"),
        (["build", "--seeds", "nothing/here"], "geo: no seeds folder"),
    ],
)
def test_errors_go_to_stderr_with_exit_code_2(
    layers: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], expected: str
) -> None:
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert expected in captured.err
    assert "Traceback" not in captured.err


def test_build_and_check(seeds: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--seeds", str(seeds), "--layers", str(seeds.parent / "out")]
    assert main(["build", *arguments, "--check"]) == 2
    assert not (seeds.parent / "out").exists()
    capsys.readouterr()
    assert main(["build", *arguments, "--language", "en"]) == 0
    count = sum(path.is_file() for path in (seeds.parent / "out").rglob("*"))
    assert f"{count} files in {seeds.parent / 'out'}, {count} changed" in capsys.readouterr().err
    assert main(["build", *arguments, "--check", "--language", "en"]) == 0
    assert f"{count} files in {seeds.parent / 'out'} are what {seeds} gives" in capsys.readouterr().err
    shutil.rmtree(seeds.parent / "out" / "tables")
    assert main(["build", *arguments, "--check"]) == 2
    assert "tables/facts.csv" in capsys.readouterr().err


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([verb, "--help"])
    assert stop.value.code == 0
    assert len(capsys.readouterr().out.splitlines()) > 5


def test_unknown_verb_exits_2() -> None:
    with pytest.raises(SystemExit) as stop:
        main(["fly"])
    assert stop.value.code == 2


@pytest.mark.parametrize(("verb", "spared"), [("places", True), ("mcp", False)])
def test_a_command_does_not_look_for_rubbish_while_it_starts_but_a_server_does(
    layers: Path, verb: str, spared: bool
) -> None:
    code = "import gc, sys; before = gc.get_threshold(); from geo.cli.main import main; main(); "
    code += "print(gc.get_threshold() != before, gc.get_freeze_count() > 0, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code, verb], capture_output=True, text=True, check=True, input="")
    assert done.stderr.split()[-2:] == [str(spared), "True"]


def test_output_to_a_closed_pipe_and_an_ascii_console(layers: Path) -> None:
    run = f"{sys.executable} -m geo.cli.main places --layers {layers}"
    piped = subprocess.run(f"{run} | head -1", shell=True, capture_output=True, text=True, check=True)
    assert "Traceback" not in piped.stderr
    plain = subprocess.run(
        run.split(), capture_output=True, check=True, env={"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0"}
    )
    assert "甲带" in plain.stdout.decode("utf-8")


def test_the_problems_of_an_error_stand_once_below_both_languages(
    tiny: Atlas, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(tiny.folder, tmp_path / "layers")
    (tmp_path / "layers/district.geojson").unlink()
    assert main(["places", "--layers", str(tmp_path / "layers")]) == 2
    first, problem, other = capsys.readouterr().err.splitlines()
    assert problem.startswith("  ")
    assert "district.geojson" in problem
    assert first.isascii()
    assert re.search(r"[\u4e00-\u9fff]{3}", other)
