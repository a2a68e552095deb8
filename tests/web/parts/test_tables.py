"""HTML of our own: figures, bars and tables."""

from __future__ import annotations

from geo.analysis.compare import Cell, Reason
from geo.analysis.figures import Figure
from geo.atlas.atlas import Atlas
from geo.render.markup import Markup, tag
from geo.web.parts import tables


def test_bars_need_something_to_stand_against() -> None:
    assert tables.bar(5, None) == tables.bar(5, 0) == tables.bar(-1, 5) == ""
    assert "width:50.00%" in tables.bar(5, 10)
    assert "width:100.00%" in tables.bar(50, 10)
    assert 'aria-hidden="true"' in tables.bar(5, 10)


def test_a_figure_that_is_not_there_is_said_to_be_unknown(atlas: Atlas) -> None:
    shown = tables.figure(atlas, Cell("maqiao", "layout"), "en")
    assert "no data found" in shown
    assert "0" not in shown


def test_a_figure_that_may_not_be_compared_has_no_bar_and_says_why(atlas: Atlas) -> None:
    figure = Figure("maqiao", "ai_firms", 5.0, as_of="2020", scope="whole", source_id="ai_145_plan_2021", grade="B")
    clear = tables.figure(atlas, Cell("maqiao", "layout", figure), "en", 10.0)
    marked = tables.figure(atlas, Cell("maqiao", "layout", figure, reasons=(Reason("undated"),)), "en", 10.0)
    assert ("geo-meter" in clear, "geo-why-not" in clear) == (True, False)
    assert ("geo-meter" in marked, "geo-why-not" in marked) == (False, True)
    assert "5 firms" in clear
    assert isinstance(clear, Markup)


def test_tables_escape_text_keep_html_and_label_their_cells() -> None:
    shown = tables.table(["A & B", tag("b", "C")], [("<t>", [["<one>", ("two", 'x"y')]])], label='"quoted"')
    assert "&lt;t&gt;" in shown
    assert 'aria-label="&#34;quoted&#34;"' in shown
    assert '<td class="x&#34;y" data-label="C">two</td>' in shown
    assert '<th scope="row">&lt;one&gt;</th>' in shown
    assert '<th scope="col"><b>C</b></th>' in shown


def test_before_a_cell_on_a_phone_stands_the_name_of_its_column_not_its_definition() -> None:
    heading = tag("details", tag("summary", "Area"), tag("div", "What the law says"))
    made = tables.table(["Place", heading], [("", [["A", "1"]])], label="x", names=["Place", "Area"])
    assert 'data-label="Area"' in made
    assert "What the law says" in made
