"""Addresses between pages hold under any base path."""

from __future__ import annotations

from geo.analysis.figures import computed, reported
from geo.atlas.atlas import Atlas
from geo.render.site.context import SiteContext, relative, whole_view


def test_addresses_are_relative_to_the_page() -> None:
    assert relative("zh/places/a.html", "zh/places/b.html") == "b.html"
    assert relative("index.html", "zh/index.html") == "zh/index.html"
    assert relative("zh/policy/x.html", "data/a.csv") == "../../data/a.csv"


def test_the_parts_of_the_report_lead_to_other_pages(tiny: Atlas) -> None:
    ctx = SiteContext(tiny, "en", "measures/area_km2.html", "area_km2")
    assert ctx.href("place", "node_a") == "../places/node_a.html"
    assert ctx.href("institution", "lab_x") == "../firms.html#n-lab_x"
    assert ctx.on_map("node_a") == "../index.html#place=node_a"
    assert ctx.view.selection.measure == "area_km2"
    fact = reported(tiny)["node_a"][0]
    assert f"../places/node_a.html#f-node_a-{fact.measure_id}" in ctx.figure_link(fact)
    drawn = next(one for one in computed(tiny)["node_a"] if one.measure_id == "area_km2")
    assert "../places/node_a.html#f-node_a-area_km2" in ctx.figure_link(drawn)
    assert "href" not in ctx.unlisted("node_a")


def test_every_place_is_shown(tiny: Atlas) -> None:
    assert set(whole_view(tiny, "zh")) == set(tiny)
    ctx = SiteContext(tiny, "zh", "firms.html")
    assert [one["institution_id"] for one in ctx.institutions] == list(tiny.institutions.index)
