"""What argparse says of a wrong command, in 中文: each wording is had from argparse itself."""

from __future__ import annotations

import re

import pytest

from geo.base.messages import catalogue
from geo.cli.argument_faults import in_chinese
from geo.cli.help_words import Parser
from geo.cli.main import main

#: A wrong command, which message it calls for, and what has to stand in it.
WRONG = [
    (["assign"], "missing", ["IN", "-o/--output"]),
    (["assign", "in.csv", "-o"], "one", ["-o/--output"]),
    (["assign", "in.csv", "-o", ""], "empty", ["-o/--output"]),
    (["assign", "in.csv", "-o", "out.csv", "--datum", "mars"], "choice", ["--datum", "'mars'", "gcj02"]),
    (["assign", "in.csv", "-o", "out.csv", "--l", "x"], "ambiguous", ["--l ", "--lon, --lat"]),
    (["assign", "in.csv", "-o", "out.csv", "--nope", "3"], "unknown", ["--nope 3"]),
    (["basemap", "in.osm", "-o", "out", "--tolerance-m", "wide"], "float", ["--tolerance-m", "'wide'"]),
    (["app", "--port", "x"], "int", ["--port", "'x'"]),
    (["app", "--mcp=3"], "explicit", ["--mcp", "'3'"]),
    (["fly"], "choice", ["'fly'", "places"]),
    (["--nope", "places"], "unknown", ["--nope"]),
]


@pytest.mark.parametrize(("given", "name", "quoted"), WRONG, ids=lambda one: one if isinstance(one, str) else "")
def test_a_wrong_command_is_explained_in_both_languages(
    given: list[str], name: str, quoted: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(given)
    assert left.value.code == 2
    *_, english, _, chinese, help_line = capsys.readouterr().err.splitlines()
    for part in re.split(r"\{\w+\}", catalogue()[f"argument.{name}"]["en"]):
        assert part in english
    for part in re.split(r"\{\w+\}", catalogue()[f"argument.{name}"]["zh"]):
        assert part in chinese
    for part in quoted:
        assert part in english
        assert part.strip() in chinese
    assert "--help` 说明每个选项" in help_line


def test_at_least_one_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    parser = Parser(prog="geo")
    parser.add_argument("--files", nargs="+")
    with pytest.raises(SystemExit):
        parser.parse_args(["--files"])
    assert "     --files：至少要给一个值\n" in capsys.readouterr().err


def test_every_message_for_a_wrong_command_is_tried() -> None:
    tried = {f"argument.{name}" for _, name, _ in WRONG} | {"argument.at_least_one", "argument.choice_like"}
    about = {"argument.help", "argument.of", "argument.other"}
    assert {one for one in catalogue() if one.startswith("argument.")} == tried | about


def test_a_wording_of_another_python_points_to_the_english_one() -> None:
    assert in_chinese("argument --x: no such thing, dear") == catalogue()["argument.other"]["zh"]
    assert in_chinese("") == catalogue()["argument.other"]["zh"]


def test_a_choice_that_a_later_python_proposes_is_told() -> None:
    told = in_chinese("argument VERB: invalid choice: 'plces', maybe you meant 'places'? (choose from new, places)")
    assert told == "VERB：没有 'plces' 这一项，是否指 'places'；可用的有 new, places"


def test_what_is_quoted_may_hold_anything() -> None:
    assert in_chinese("unrecognized arguments: a: b {given} \n(c)") == "不认识 a: b {given} \n(c)"
    assert in_chinese("invalid choice: 'a' (choose from b) (choose from 'c')").startswith("没有 'a'")


def test_what_is_typed_cannot_control_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["places", "--\x1b[31mred"])
    assert "\x1b" not in capsys.readouterr().err
