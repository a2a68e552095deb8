"""A choice as CSV and as a workbook: the table of all places, and what was asked."""

from __future__ import annotations

import csv
import io

import openpyxl

from geo.analysis.site_choice.choose import choose
from geo.analysis.site_choice.choose_files import choice_file
from geo.analysis.site_choice.choose_rows import choice_table
from geo.analysis.site_choice.choose_words import answer_texts
from geo.analysis.site_choice.criteria import Criteria
from geo.atlas.atlas import Atlas


def test_both_hold_the_table(atlas: Atlas) -> None:
    asked = Criteria.parse("stations_1km>=3;centre_km=-1;cluster:robots_hardware=1", atlas)
    choice = choose(atlas, asked, atlas.layout_ids)
    columns, rows = choice_table(atlas, choice, "zh")
    text = choice_file(atlas, choice, ".csv", "zh").decode("utf-8-sig")
    table = list(csv.reader(io.StringIO(text, newline="")))
    assert table[0] == columns
    assert [row[0] for row in table[1:]] == [row[0] for row in rows]
    at = columns.index("stations_1km")
    assert [row[at] for row in table[1:]] == ["" if row[at] is None else f"{row[at]:.15g}" for row in rows] or [
        float(row[at]) if row[at] else None for row in table[1:]
    ] == [row[at] for row in rows]
    book = openpyxl.load_workbook(io.BytesIO(choice_file(atlas, choice, ".xlsx", "zh")))
    sheet, about = book.worksheets
    values = list(sheet.iter_rows(values_only=True))
    assert list(values[0]) == columns
    assert [row[at] for row in values[1:]] == [row[at] for row in rows]
    said = {row[1] for row in about.iter_rows(values_only=True)}
    assert set(answer_texts(atlas, choice, "zh")) <= said
