from __future__ import annotations

import re

import pytest
import shapely

from geo.analysis.place_sheet import place_sheet
from geo.analysis.values import figure_words, scope_text
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.messages import text
from geo.render.atlas.pages import Pages
from geo.render.atlas.place import locator, write_place
from geo.render.figure.marks import Area, Words


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_page_has_the_figures_of_the_sheet_each_with_its_source(atlas: Atlas, language: str) -> None:
    pages, cited = Pages(595, 842, language), []
    view = atlas.select(Selection(language=language))

    def cite(source_id: str) -> str:
        cited.append(source_id)
        return f"[{source_id}]"

    write_place(pages, view, "caohejing", 3, cite)
    sheet = place_sheet(atlas, "caohejing")
    told = [one.text for page in pages.sheets for one in page.marks if isinstance(one, Words)]
    joined = "".join(told).replace(" ", "")
    assert pages.sections[0].title == f"3 {sheet.row[f'name_{language}']}"
    for group in sheet.reported:
        for one in group.figures:
            assert figure_words(atlas, one, language).replace(" ", "") in joined
            assert scope_text(atlas, one.scope, language).replace(" ", "")[:9] in joined
            assert one.source_id in cited
    assert text(f"method.{sheet.boundary.method}", language).replace(" ", "") in joined
    assert sheet.boundary.source_id in cited
    assert any(re.fullmatch(r".* · 1:[\d,]+", one) for one in told)
    assert text("atlas.locator", language) in told
    # The map names the place itself.
    assert atlas.name("caohejing", language, short=True) in told


def test_no_page_has_colours_that_no_legend_explains(atlas: Atlas) -> None:
    plain, measured = Pages(595, 842, "zh"), Pages(595, 842, "zh")
    write_place(plain, atlas.select(), "caohejing", 3, str)
    write_place(measured, atlas.select(Selection(measure="area_km2")), "caohejing", 3, str)
    assert [page.marks for page in measured.sheets] == [page.marks for page in plain.sheets]


def test_the_locator_lies_in_its_box_and_is_drawn_once(atlas: Atlas) -> None:
    marks = locator(atlas, 10.0, 20.0, 100.0, 100.0)
    assert locator(atlas, 10.0, 20.0, 100.0, 100.0) is marks
    box = shapely.box(9.9, 19.9, 110.1, 120.1)
    areas = [shapely.Polygon(one.rings[0]) for one in marks if isinstance(one, Area)]
    assert len(areas) > 15
    assert all(box.contains(one) for one in areas)
