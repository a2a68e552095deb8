"""The table of formats: whole, and the same on the page and in the guide."""

from __future__ import annotations

from pathlib import Path

from geo.tables.formats import FORMATS
from geo.tables.table_formats import PAGE_ENDINGS, endings, is_workbook, options_of

DOCS = Path(__file__).parents[2] / "docs"


def test_an_ending_promises_one_format_and_the_page_offers_none_that_is_not_read() -> None:
    assert set(endings().values()) == set(FORMATS)
    assert {f".{one}" for one in PAGE_ENDINGS} <= set(endings())
    assert endings()[".et"] == "xls"
    assert options_of("xls") == {"sheet", "header"}
    assert {one for one in FORMATS if is_workbook(one)} == {"xlsx", "xlsb", "xls", "ods"}
    assert not is_workbook("DataFrame")


def test_the_guide_names_every_format() -> None:
    text = (DOCS / "tables.md").read_text(encoding="utf-8")
    assert [one for one in FORMATS if one not in text] == []
    assert [one for one in endings() if f"`{one}`" not in text] == []
