"""What the pages share: whole, without an address elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from geo.atlas.atlas import Atlas
from geo.render.map.data import MapData


def test_the_map_comes_as_scripts_for_a_folder_lets_no_page_read_a_file(tiny: Atlas, site: Mapping[str, bytes]) -> None:
    data = site["assets/map-data.js"].decode()
    found = json.loads(re.fullmatch(r"window\.geoMapData\((.*)\);\n", data, re.DOTALL)[1])
    assert found == json.loads(json.dumps({name: make("wgs84") for name, make in MapData(tiny).makers.items()}))
    assert "BSD 2-Clause License" in site["assets/map.js"].decode()
    assert b"geoReport" in site["assets/start.js"]


def test_styles_and_scripts_ask_for_nothing(site: Mapping[str, bytes]) -> None:
    style = site["assets/site.css"]
    assert b"url(" not in style
    assert b"@import" not in style
    assert b"sourceMappingURL" not in site["assets/map.js"]
