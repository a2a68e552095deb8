"""``geo firms``: the same institutions and services as the library, as table, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json

import pytest

from geo.analysis.firm_rows import FIRM_COLUMNS, SERVICE_COLUMNS
from geo.analysis.firms import Wanted, chosen_firms, chosen_services
from geo.atlas.atlas import Atlas
from geo.cli.main import main

pytestmark = pytest.mark.usefixtures("parsed_once")


def test_csv_and_json_hold_the_same(atlas: Atlas, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    asked = ["firms", "--place", "张江", "--kind", "company"]
    assert main([*asked, "--format", "csv"]) == 0
    raw = capfdbinary.readouterr().out
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert main([*asked, "--format", "json"]) == 0
    same = json.loads(capfdbinary.readouterr().out)
    wanted = [one.institution_id for one in chosen_firms(atlas, Wanted(kinds=("company",), places=("zhangjiang",)))]
    assert [row["institution_id"] for row in rows] == [row["institution_id"] for row in same] == wanted
    assert tuple(rows[0]) == FIRM_COLUMNS
    assert wanted


def test_services(atlas: Atlas, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["firms", "--services", "--list", "filed", "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == len(chosen_services(atlas, Wanted(lists=("filed",))))
    assert tuple(rows[0]) == SERVICE_COLUMNS


def test_table_counts_on_stderr(atlas: Atlas, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["firms", "--cluster", "robots_hardware", "--language", "en"]) == 0
    shown = capsys.readouterr()
    count = len(chosen_firms(atlas, Wanted(clusters=("robots_hardware",))))
    assert shown.err == f"{count} institutions\n"
    assert len(shown.out.splitlines()) == count + 1
    assert "AgiBot" in shown.out
    assert main(["firms", "--cluster", "robots_hardware"]) == 0
    assert capsys.readouterr().err == f"{count} 家机构\n"


def test_filters_take_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["firms", "--kind", "高校", "--place", "闵行区"]) == 0
    named = capsys.readouterr()
    assert main(["firms", "--kind", "university", "--place", "minhang"]) == 0
    assert named == capsys.readouterr()
    assert "上海交通大学" in named.out


def test_what_is_not_there_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["firms", "--kind", "labs"]) == 2
    assert "did you mean lab?" in capsys.readouterr().err
