from __future__ import annotations

import pytest

from geo.render.atlas.pages import MARGIN_PT, Link, Pages, Section, foot, quiet, strong
from geo.render.figure.fonts import width_pt
from geo.render.figure.marks import MUTED, Sheet, Words


def words(sheet: Sheet) -> list[Words]:
    return [one for one in sheet.marks if isinstance(one, Words)]


@pytest.mark.parametrize(("width", "height", "columns"), [(595, 842, 1), (1191, 842, 2)])
def test_a_table_goes_on_under_its_head_and_nothing_leaves_the_page(width: float, height: float, columns: int) -> None:
    pages = Pages(width, height, "zh")
    pages.new_page()
    pages.section("表", 0, 18)
    rows = [[[strong(f"行{n}")], ["长" * 90, quiet("注")], [f"[{n}]"]] for n in range(120)]
    pages.table(("甲", "乙", "丙"), rows, (1, 4, 1))
    assert len(pages.sheets) > 1
    heads = sum(one.text == "甲" for sheet in pages.sheets for one in words(sheet))
    assert heads >= columns * (len(pages.sheets) - 1) + 1
    told = [one.text for sheet in pages.sheets for one in words(sheet)]
    assert [one for one in told if one.startswith("行")] == [f"行{n}" for n in range(120)]
    for sheet in pages.sheets:
        for one in words(sheet):
            right = one.x + width_pt(one.text, one.size, bold=one.bold)
            assert one.x >= MARGIN_PT - 0.01
            assert right <= width - MARGIN_PT + 0.5
            assert MARGIN_PT <= one.y <= height - MARGIN_PT
    grey = next(one for one in words(pages.sheets[0]) if one.text == "注")
    assert (grey.colour, grey.bold) == (MUTED, False)
    assert pages.sections == [Section("表", 0, 0, MARGIN_PT)]


def test_a_row_longer_than_a_page_is_broken_not_lost() -> None:
    pages = Pages(595, 842, "en")
    pages.new_page()
    pages.table((), [[[f"line {n}" for n in range(150)]]], (1,))
    told = [one.text for sheet in pages.sheets for one in words(sheet)]
    assert told == [f"line {n}" for n in range(150)]
    assert len(pages.sheets) == 3


def test_a_line_of_contents_is_a_link_to_its_page() -> None:
    pages = Pages(595, 842, "en", first=1)
    pages.new_page()
    pages.line_of_contents("Zhangjiang", 11)
    assert [one.text for one in words(pages.sheet)] == ["Zhangjiang", "12"]
    (link,) = pages.links
    assert isinstance(link, Link)
    assert (link.page, link.to) == (1, 11)
    foot(pages.sheet, 1, 20, "Map", "en")
    assert words(pages.sheet)[-1].text == "Page 2 of 20"


def test_long_titles_and_a_long_foot_are_told_whole_in_lines_that_fit() -> None:
    title = " ".join(f"word{n}" for n in range(60))
    pages = Pages(595, 842, "en")
    pages.new_page()
    pages.line_of_contents(title, 11)
    foot(pages.sheet, 1, 20, title, "en")
    told = words(pages.sheet)
    number = [one.text for one in told].index("12")
    assert " ".join(one.text for one in told[:number]) == title
    assert " ".join(one.text for one in told[number + 1 : -1]) == title
    last = told[-1]
    right = last.x - width_pt(last.text, last.size)
    for one in told[number + 1 : -1]:
        assert one.x + width_pt(one.text, one.size) < right
        assert pages.bottom < one.y <= last.y
    [link] = pages.links
    assert link.top < min(one.y for one in told[:number])
    assert link.top + link.height > told[number].y
