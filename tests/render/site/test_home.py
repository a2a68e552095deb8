"""The first page: the map with what a click shows; the door before it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geo.atlas.atlas import Atlas
from geo.render.site.home import door


def test_the_map_has_a_card_for_every_place_and_institution(tiny: Atlas, pages: Mapping[str, Any]) -> None:
    page = pages["en/index.html"]
    assert {f"card-{one}" for one in tiny} <= set(page.ids)
    assert {f"card-institution-{one}" for one in tiny.institutions.index} <= set(page.ids)
    assert {"map_div", "panel", "geo-state"} <= set(page.ids)
    assert {f"places/{one}.html" for one in tiny} <= set(page.links)
    assert page.title == "Tiny city"


def test_the_door_leads_on_and_offers_either_language(tiny: Atlas) -> None:
    made = door(tiny).decode()
    assert 'content="0; url=zh/index.html"' in made
    assert 'href="en/index.html"' in made
