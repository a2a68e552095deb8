"""The page of a place: every figure with its source's words, address and reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geo.analysis.place_sheet import place_sheet
from geo.analysis.values import citation, figure_words
from geo.atlas.atlas import Atlas


def test_every_figure_and_every_source_of_a_place_stands_on_its_page(tiny: Atlas, pages: Mapping[str, Any]) -> None:
    for language in ("zh", "en"):
        page = pages[f"{language}/places/node_a.html"]
        sheet = place_sheet(tiny, "node_a")
        assert sheet.reported
        for one in (figure for group in sheet.reported for figure in group.figures):
            assert figure_words(tiny, one, language) in page.text
            assert citation(tiny.rows("sources")[one.source_id], language) in page.text
            assert f"f-node_a-{one.measure_id}" in page.ids
        assert "../../data/places/node_a.json" in page.links


def test_a_place_leads_to_what_it_belongs_to_and_to_the_map(pages: Mapping[str, Any]) -> None:
    links = pages["en/places/node_a.html"].links
    assert "belt_a.html" in links
    assert "../index.html#place=node_a" in links


def test_the_table_of_places_names_all_and_the_clusters_of_each(tiny: Atlas, pages: Mapping[str, Any]) -> None:
    page = pages["zh/places.html"]
    assert {f"places/{one}.html" for one in tiny} <= set(page.links)
    assert {f"c-{one}" for one in tiny.rows("clusters")} <= set(page.ids)
