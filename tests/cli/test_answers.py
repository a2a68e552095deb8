"""Numbers and days as they are typed."""

from __future__ import annotations

import argparse
import importlib
from datetime import date
from pathlib import Path

import pytest

from geo.cli.answers import day_of, numbers_of
from geo.cli.main import VERBS, main
from geo.errors import UsageError

#: Here the reader says what can be: no mark of quotation, a space between the cells.
_OF_THE_READER = ("--quote", "--delimiter")


@pytest.mark.parametrize("line", ["1,2.5,-3", "1，2.5，-3", " 1, 2.5\t-3 "])
def test_numbers_have_commas_of_either_kind_or_spaces(line: str) -> None:
    assert numbers_of(line, "--bbox") == [1, 2.5, -3]


@pytest.mark.parametrize("line", ["", "1,x", "1;2", "1,,"])
def test_what_is_no_number_is_refused_in_both_languages(line: str) -> None:
    with pytest.raises(UsageError, match=r"^--bbox is .*which is not numbers") as caught:
        numbers_of(line, "--bbox")
    assert "不是" in caught.value.translations["zh"]


def test_a_day_is_one_of_the_calendar() -> None:
    assert day_of("2024-02-29", "--date") == date(2024, 2, 29)
    for line in ("2023-02-29", "June", ""):
        with pytest.raises(UsageError, match=r"^--date is .*write YYYY-MM-DD"):
            day_of(line, "--date")


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_given_empty_is_not_taken_for_left_out(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser(prog=verb)
    importlib.import_module(f"geo.cli.{verb}").arguments(parser)
    positional = 0
    for one in (one for one in parser._actions if one.nargs is None):
        name = one.option_strings[-1] if one.option_strings else ""
        before = [name] if name else ["x"] * positional
        positional += not name
        for blank in () if name in _OF_THE_READER else ("", " "):
            with pytest.raises(SystemExit) as stop:
                main([verb, *before, blank])
            assert stop.value.code == 2
            said = capsys.readouterr().err
            assert f"argument {'/'.join(one.option_strings) or one.metavar}: " in said
            if one.type is None:
                assert "it is empty: give a value" in said
                assert "给的是空的" in said


def test_no_mark_of_quotation_is_an_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "a.csv"
    table.write_text('name;lon;lat\n"甲;121.4;31.2\n', encoding="utf-8")
    given = ["assign", str(table), "-o", str(tmp_path / "out.csv"), "--datum", "wgs84", "--quote", ""]
    assert main([*given, "--delimiter", ";"]) == 0
    assert main([*given, "--delimiter", "", "--overwrite"]) == 2
    assert "delimiter='': give one ASCII character" in capsys.readouterr().err
