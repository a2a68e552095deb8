"""The index of the search without a server; tests/browser/test_site_pages.py asks it in a browser."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from geo.analysis.search import KINDS, LONGEST, named, zoom_to
from geo.atlas.atlas import Atlas
from geo.base.messages import LANGUAGES
from geo.render.site.search import search_words, service_anchor, site_index


def test_every_name_is_in_the_index_and_every_character_has_its_readings(tiny: Atlas) -> None:
    told = json.loads(re.fullmatch(r"window\.geoFind\.take\((.*)\);\n", site_index(tiny).decode(), re.DOTALL)[1])
    found = {(KINDS[row[0]], row[1]): row for row in told["rows"]}
    for one in named(tiny):
        row = found[one.kind, one.id]
        assert row[2:4] == [one.name_zh, one.name_en]
        assert one.more == tuple(row[4] or ()) if len(row) > 4 else not one.more
    assert found["place", "park_b"][4][-2:] == ["老乙", "Old B"]
    assert "yuan" in told["readings"]["园"].split(" ")
    assert told["readings"]["乙"].split(" ")[0] == "yi"
    assert told["longest"] == LONGEST
    assert dict(zip(told["kinds"], told["zooms"], strict=True)) == {kind: zoom_to(kind) for kind in KINDS}
    assert told["words"]["en"] == search_words(tiny, "en")
    assert set(told["words"]) == set(LANGUAGES)


def test_what_is_found_has_a_page_or_a_line(tiny: Atlas, pages: Mapping[str, Any]) -> None:
    folders = {"place": "places", "district": "places", "measure": "measures", "policy": "policy"}
    lines = {"institution": ("firms.html", "n-"), "cluster": ("places.html", "c-")}
    for one in named(tiny):
        if one.kind in folders:
            assert f"en/{folders[one.kind]}/{one.id}.html" in pages
        elif one.kind in lines:
            page, start = lines[one.kind]
            assert f"{start}{one.id}" in pages[f"en/{page}"].ids
        elif one.kind == "service":
            assert service_anchor(one.id) in pages["en/firms.html"].ids


def test_an_anchor_holds_no_space() -> None:
    assert service_anchor("Shanghai-A  12\u30003") == "v-Shanghai-A_12_3"
