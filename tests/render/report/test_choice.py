"""The part of the report that says where to settle: the same order, values and sources as the choice."""

from __future__ import annotations

import lxml.html
import pytest

from geo.analysis.site_choice.choose import choose
from geo.analysis.site_choice.choose_words import answer_text, value_text
from geo.analysis.site_choice.criteria import Criteria
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.render.report.choice import choice_part
from geo.render.report.context import Context

ASKED = "stations_1km>=3;centre_km=-2;nearest_km:lab=-1"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_says_what_the_choice_says(atlas: Atlas, lang: str) -> None:
    view = atlas.select(Selection(kinds=("node", "demo_park"), language=lang))
    criteria = Criteria.parse(ASKED, atlas)
    ctx = Context(view)
    part = lxml.html.fromstring(f"<div>{choice_part(ctx, criteria)}</div>")
    choice = choose(atlas, criteria, view)
    assert answer_text(atlas, choice, lang) in part.text_content()
    for table, state in zip(part.xpath(".//table"), ("fits", "open"), strict=True):
        rows = table.xpath("./tbody/tr")
        assert [row.xpath("string(./th//a/@href)") for row in rows] == [
            f"#p-{one.place_id}" for one in choice.of(state)
        ]
        for row, one in zip(rows, choice.of(state), strict=True):
            assert row.xpath("string(./td[1])") == (str(one.rank) if one.rank else "–")
            for item, criterion in zip(row.xpath(".//li"), criteria.all, strict=True):
                cell = one.cells[criterion.key]
                assert value_text(atlas, criterion, cell, lang) in item.text_content()
                assert bool(item.xpath(".//*[@class='rp-cite']")) == (cell.figure is not None)
    failed = part.xpath(".//ul[@class='rp-small']/li")
    assert len(failed) == len(choice.of("fails"))
    assert {"stations_1km", "centre_km"} <= ctx.measures_shown
