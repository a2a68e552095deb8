"""The first page: the map with what a click shows; the door before it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from geo.atlas.atlas import Atlas
from geo.base.messages import LANGUAGES, text
from geo.contract.notices import notice
from geo.render.site.home import door


def test_the_map_has_a_card_for_every_place_and_institution(
    tiny: Atlas, site: Mapping[str, bytes], pages: Mapping[str, Any]
) -> None:
    page = pages["en/index.html"]
    cards = json.loads(re.fullmatch(r"window\.geoCards\((.*)\);\n", site["assets/cards-en.js"].decode(), re.DOTALL)[1])
    for key in (*(f"card-{one}" for one in tiny), *(f"card-institution-{one}" for one in tiny.institutions.index)):
        assert cards.count(f'id="{key}"') == 1
    cited = set(re.findall(r'href="sources.html#(s-\d+)"', cards))
    assert cited
    assert cited <= set(pages["en/sources.html"].ids)
    assert {"map_div", "panel", "geo-state"} <= set(page.ids)
    assert {f"places/{one}.html" for one in tiny} <= set(page.links)
    assert page.title == "Tiny city"


def test_the_door_leads_on_and_offers_either_language(tiny: Atlas) -> None:
    made = door(tiny, "").decode()
    assert 'content="0; url=zh/index.html"' in made
    assert 'href="en/index.html"' in made
    assert "og:url" not in made


def test_the_door_has_a_card_and_says_the_version_and_the_notices(tiny: Atlas) -> None:
    made = door(tiny, "https://example.org/x").decode()
    assert 'property="og:title" content="小城 · Tiny city"' in made
    assert 'property="og:url" content="https://example.org/x/zh/index.html"' in made
    assert f'content="https://example.org/x/assets/preview/{tiny.meta["city_place_id"]}.png"' in made
    for language in LANGUAGES:
        assert text("web.data_date", language, date=tiny.meta["data_date"], version=tiny.meta["version"]) in made
        assert notice(tiny.meta, language) in made
