"""HTML of our own: figures, reasons, bars and tables."""

from __future__ import annotations

import pytest

from geo.analysis.compare import Cell, Reason
from geo.atlas.atlas import Atlas
from geo.web.parts import tables


def test_years_are_years_and_counts_have_no_dash(atlas: Atlas) -> None:
    assert tables.measured(atlas, "approved_year", 1988.0, "exact", "en") == "1988"
    assert tables.measured(atlas, "institutions_inside", 7.0, "exact", "en") == "7"
    assert tables.measured(atlas, "floor_area", 6.1, "over", "en") == "over 6.1 × 10,000 m²"
    assert tables.measured(atlas, "area_official_km2", 94.0, "about", "zh") == "约 94 平方公里"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_reason_has_words(atlas: Atlas, lang: str) -> None:
    found = [
        Reason("level", ("district",)),
        Reason("scope", ("core_park",)),
        Reason("grade", ("C",)),
        Reason("schematic"),
        Reason("undated"),
        Reason("date", ("2018", "2019")),
        Reason("definition", ("ai_firms", "ai_key_firms", "ai_core_firms", "resident_firms")),
    ]
    words = tables.reasons(atlas, found, lang)
    scope = atlas.table("scopes").set_index("scope_id").at["core_park", f"name_{lang}"]
    assert scope in words
    assert "2018–2019" in words
    assert words.count("…") == 1
    assert "{" not in words


def test_bars_need_something_to_stand_against() -> None:
    assert tables.bar(5, None) == tables.bar(5, 0) == tables.bar(-1, 5) == ""
    assert "width:50.00%" in tables.bar(5, 10)
    assert "width:100.00%" in tables.bar(50, 10)
    assert 'aria-hidden="true"' in tables.bar(5, 10)


def test_a_figure_that_is_not_there_is_said_to_be_unknown(atlas: Atlas) -> None:
    shown = tables.figure(atlas, Cell("maqiao", "layout"), "ai_firms", "en")
    assert "no data found" in shown
    assert "0" not in shown


def test_tables_escape_and_label_their_cells() -> None:
    shown = tables.table(["A &amp; B", "<b>C</b>"], [("<t>", [["one", ("two", 'x"y')]])], label='"quoted"')
    assert "&lt;t&gt;" in shown
    assert 'aria-label="&quot;quoted&quot;"' in shown
    assert '<td class="x&quot;y" data-label="C">two</td>' in shown
    assert '<th scope="row">one</th>' in shown
