"""The help of every command: each option explained in both languages, by the catalogue alone."""

from __future__ import annotations

import argparse
import re

import pytest

from geo.analysis.firms import LISTS
from geo.assign.join import AREAS
from geo.base.lines import columns_of
from geo.base.messages import catalogue
from geo.cli.help_words import in_both
from geo.cli.main import VERBS, _parser


def explained(verb: str) -> dict[str, str]:
    """Return how the options of a verb are explained, by the message that does it."""
    (verbs,) = [one for one in _parser(verb)._actions if isinstance(one, argparse._SubParsersAction)]
    parser = verbs.choices[verb]
    parser.format_help()
    found = {}
    for action in parser._actions:
        own = f"option.{verb}.{action.dest}"
        found[own if own in catalogue() else f"option.{action.dest}"] = str(action.help)
    return found


@pytest.mark.parametrize("verb", VERBS)
def test_every_option_is_explained_in_both_languages(verb: str) -> None:
    for message_id, told in explained(verb).items():
        words = catalogue()[message_id]
        assert told == in_both(words["zh"], words["en"])
        assert re.search("[\u3400-\u9fff]", words["zh"]), message_id


def test_every_explanation_is_that_of_an_option() -> None:
    used = {message_id for verb in VERBS for message_id in explained(verb)} | {"option.version"}
    told = {one for one in catalogue() if one.startswith("option.") and not one.startswith("option.group.")}
    assert told == used
    assert {one.removeprefix("verb.") for one in catalogue() if one.startswith("verb.")} == set(VERBS)


def test_the_help_says_what_is_allowed() -> None:
    assert all(f"`{name}`" in catalogue()["option.areas"]["zh"] for name in AREAS)
    assert all(name in catalogue()["option.lists"]["en"] for name in LISTS)


@pytest.mark.parametrize("verb", [None, *VERBS])
def test_lines_are_as_wide_as_a_terminal_shows_them(verb: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Explanations alone: usage lines, examples and endings stand as they are."""
    monkeypatch.setenv("COLUMNS", "80")
    parser = _parser(verb)
    (verbs,) = [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]
    shown = (verbs.choices[verb] if verb else parser).format_help()
    assert shown == (verbs.choices[verb] if verb else parser).format_help()
    explaining = [line for line in shown.splitlines() if line.startswith(" " * 10) and " [" not in line]
    assert all(columns_of(line) <= 80 for line in explaining if "," not in line.split()[0])
    for heading in ("位置参数 · positional arguments:", "选项 · options:"):
        assert heading in shown or heading.startswith("位")


def test_the_list_of_verbs_and_of_formats_is_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    told = _parser(None).format_help()
    assert "列出地点 · list places" in told
    assert "一座城市的产业布局图" in told
    assert "The map of a city" in told
    with pytest.raises(SystemExit):
        _parser("export").parse_args(["export", "--help"])
    shown = capsys.readouterr().out
    assert "Excel 工作簿 · Excel workbook" in shown
    assert "GeoJSON · GeoJSON" not in shown
    assert shown.index("写出 GIS 工具用的文件") < shown.index("Write what a selection shows")
