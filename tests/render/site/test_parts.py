"""Sections and links to data."""

from __future__ import annotations

from geo.atlas.atlas import Atlas
from geo.render.site.context import SiteContext
from geo.render.site.parts import data_links, section


def test_a_section_without_content_is_left_out_and_data_are_linked_relatively(tiny: Atlas) -> None:
    ctx = SiteContext(tiny, "en", "places/node_a.html")
    assert section(ctx, "report.sources", "") == ""
    assert section(ctx, "report.sources", "x") == '<section class="rp-text"><h2>Sources</h2>x</section>'
    assert 'href="../../data/a.csv"' in data_links(ctx, {"CSV": "data/a.csv"})
