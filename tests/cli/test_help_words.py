"""The help of every command: each option explained in both languages, by the catalogue alone."""

from __future__ import annotations

import argparse
import re
import shlex

import pytest

from geo.analysis.firms import LISTS
from geo.assign.join import AREAS
from geo.base.lines import columns_of
from geo.base.messages import catalogue
from geo.cli.help_words import Parser, in_both
from geo.cli.main import VERBS, _parser
from geo.tables.formats import FORMATS


def parser_of(verb: str) -> Parser:
    """Return the parser of a verb."""
    (verbs,) = [one for one in _parser(verb)._actions if isinstance(one, argparse._SubParsersAction)]
    parser: Parser = verbs.choices[verb]
    return parser


def explained(verb: str) -> dict[str, str]:
    """Return how the options of a verb are explained, by the message that does it."""
    parser = parser_of(verb)
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


def test_every_example_is_a_command_that_is_read_and_every_paragraph_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = {}
    for verb in VERBS:
        parser = parser_of(verb)
        about = parser.format_help()
        for command, remark in parser.examples.items():
            assert f"\n  {command}\n" in about
            assert columns_of(f"  {command}") <= 80
            assert _parser(verb).parse_args(shlex.split(command)[1:]).verb == verb
            if remark:
                shown[f"help.{verb}.{remark}"] = about
        for name in (one for one in catalogue() if re.fullmatch(rf"help\.{verb}\.\d", one)):
            shown[name] = about
    shown["help.choose.kinds"] = parser_of("choose").format_help()
    assert set(shown) == {one for one in catalogue() if one.startswith("help.")}
    for name, about in shown.items():
        for words in catalogue()[name].values():
            assert re.sub(r"\s", "", words) in re.sub(r"\s", "", about), name


@pytest.mark.parametrize("verb", VERBS)
def test_each_paragraph_is_in_both_languages(verb: str) -> None:
    parser = parser_of(verb)
    parser.format_help()
    parts = [part for part in str(parser.description).split("\n\n") if not part.startswith("  geo ")]
    assert len(parts) > (verb != "places")
    for part in parts:
        chinese, english = part.split("\n")
        assert re.search("[\u3400-\u9fff]{2}", chinese)
        assert re.match("[A-Z-]", english)
        assert not re.search("[\u3400-\u9fff]", english)


def test_the_help_says_what_is_allowed() -> None:
    assert all(f"`{name}`" in catalogue()["option.areas"]["zh"] for name in AREAS)
    assert all(name in catalogue()["option.lists"]["en"] for name in LISTS)
    for words in catalogue()["option.assign.format"].values():
        assert re.findall(r"[a-z]{2,}", re.split("[:：]", words)[-1]) == list(FORMATS)


@pytest.mark.parametrize("verb", [None, *VERBS])
def test_lines_are_as_wide_as_a_terminal_shows_them(verb: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    parser = parser_of(verb) if verb else _parser(None)
    shown = parser.format_help()
    assert shown == parser.format_help()
    assert [line for line in shown.splitlines() if columns_of(line) > 80] == []
    assert shown.startswith("用法 · usage:\n  geo ")
    for heading in ("位置参数 · positional arguments:", "选项 · options:"):
        assert heading in shown or heading.startswith("位")


def test_a_list_is_indented_and_a_command_is_not_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "42")
    parser = Parser(prog="geo places", description="", epilog="")
    parser.examples = {}
    parser.format_help()
    parser.epilog = (
        "一二三四五六七八九十 one two three four five six\n  name  one two three four five six seven\n  geo "
        + "x " * 30
    )
    assert parser.format_help().splitlines()[-5:] == [
        "一二三四五六七八九十 one two three four",
        "five six",
        "  name  one two three four five six",
        "      seven",
        "  geo " + ("x " * 30).rstrip(),
    ]


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
    assert shown.index("写出 GIS 工具用的文件") < shown.index("Write files for GIS tools")
