"""LibreOffice and poppler open what the writers of Word, Excel and PDF wrote: nothing lost, nothing garbled."""

from __future__ import annotations

import csv
import re
import subprocess
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import geo
from bench.serving import PATIENCE_S
from geo.analysis.place_sheet import place_sheet
from geo.analysis.values import figure_words
from geo.atlas.atlas import Atlas
from geo.tables import open_upload

PLACES = ("maqiao", "zhangjiang")
#: What a reader puts where it cannot read a letter, or has no shape for it.
GARBLED = re.compile("[\ufffd\u25a1\u25af]|Ã.|â€")
#: All sheets, as they are shown, in UTF-8.
EVERY_SHEET = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
#: Company, capital, longitude, latitude; one has no capital.
COMPANIES = [("甲", 1200.5, 121.603, 31.207), ("乙", 300.25, 121.37, 31.02), ("丙", None, 121.47, 31.23)]


def program(*command: str | Path) -> str:
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True, timeout=PATIENCE_S)
    return done.stdout


def office(target: str, folder: Path, *files: Path) -> None:
    """Let LibreOffice open files, with a profile of its own, and write them again."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    program("soffice", profile, "--headless", "--convert-to", target, "--outdir", folder, *files)


def read(path: Path) -> str:
    """Return the text of a PDF without its breaks, as poppler finds it."""
    return "".join(program("pdftotext", path, "-").split())


def pages(path: Path) -> int:
    return int(re.search(r"^Pages:\s+(\d+)", program("pdfinfo", path), re.MULTILINE)[1])  # type: ignore[index]


@pytest.fixture(scope="module")
def opened(atlas: Atlas, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what LibreOffice made of a report, of the whole workbook and of a table with places."""
    folder = tmp_path_factory.mktemp("office")
    geo.save(atlas.select(places=PLACES), folder / "report.docx")
    geo.save(atlas.select(places=PLACES), folder / "plate.pdf")
    geo.save(atlas.select(), folder / "layout.xlsx")
    table = pd.DataFrame(COMPANIES, columns=["名称", "注册资本", "经度", "纬度"])
    geo.save(geo.join(table, datum="wgs84"), folder / "joined.xlsx")
    book = openpyxl.load_workbook(folder / "joined.xlsx")
    book.create_sheet("sum")["A1"] = f"=SUM('{book.sheetnames[0]}'!B2:B4)"
    book.save(folder / "summed.xlsx")
    office("pdf", folder, folder / "report.docx", folder / "layout.xlsx")
    office(EVERY_SHEET, folder, folder / "summed.xlsx")
    office("xls", folder, folder / "joined.xlsx")
    office("ods", folder, folder / "joined.xlsx")
    return folder


def test_the_report_has_every_figure_of_its_places(opened: Path, atlas: Atlas) -> None:
    text = read(opened / "report.pdf")
    assert not GARBLED.search(text)
    for place_id in PLACES:
        assert atlas.name(place_id, "zh") in text
        for group in place_sheet(atlas, place_id).reported:
            for one in group.figures:
                words = figure_words(atlas, one, "zh")
                assert "".join(words.split()) in text, words
    assert 3 <= pages(opened / "report.pdf") <= 30


def test_the_workbook_prints_on_few_pages_with_the_names_of_all_places(opened: Path, atlas: Atlas) -> None:
    text = read(opened / "layout.pdf")
    assert not GARBLED.search(text)
    # A long name goes on in the next line of its cell, which is beside other cells.
    assert [name for name in atlas.layout["name_zh"] if "".join(name.split())[:10] not in text] == []
    assert pages(opened / "layout.pdf") <= 30


def test_numbers_of_a_joined_table_can_be_summed_beside_the_names_of_places(opened: Path) -> None:
    assert (opened / "summed-sum.csv").read_text(encoding="utf-8").strip() == "1500.75"
    sheets = {path.stem: path.read_text(encoding="utf-8") for path in opened.glob("summed-*.csv")}
    assert len(sheets) == 5
    rows = next(list(csv.reader(one.splitlines())) for one in sheets.values() if one.startswith("名称"))
    assert [row[0] for row in rows[1:]] == ["甲", "乙", "丙"]
    assert "浦东" in " ".join(rows[1])
    assert "闵行" in " ".join(rows[2])


def test_the_plate_carries_its_fonts_and_its_text(opened: Path, atlas: Atlas) -> None:
    text = read(opened / "plate.pdf")
    assert not GARBLED.search(text)
    for place_id in PLACES:
        assert atlas.name(place_id, "zh", short=True) in text
    fonts = program("pdffonts", opened / "plate.pdf").splitlines()[2:]
    assert fonts
    assert [line for line in fonts if not re.search(r"\byes\s+(?:yes|no)\s+(?:yes|no)\s", line)] == []


@pytest.mark.parametrize("ending", ["xls", "ods"])
def test_a_workbook_as_libreoffice_writes_it_is_read_like_the_first(opened: Path, ending: str) -> None:
    read, sheet = {}, openpyxl.load_workbook(opened / "joined.xlsx").sheetnames[0]
    for one in ("xlsx", ending):
        with open_upload(opened / f"joined.{one}", sheet=sheet, lon="经度", lat="纬度") as table:
            assert table.report.format == one
            read[one] = [row for batch in table.batches() for row in batch.to_pylist()]
    assert read[ending] == read["xlsx"]
    assert [row["注册资本"] for row in read[ending]] == [1200.5, 300.25, None]
