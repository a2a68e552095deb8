"""The pages on a city of six places, without metro, most measures or policy: another city works by its seeds alone."""

from __future__ import annotations

import pytest
from page_driver import Shown

from geo.atlas.atlas import Atlas


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("place", {"place": "node_a"}),
        ("place", {"place": "tiny", "lang": "en"}),
        ("place", {}),
        ("compare", {"with": "node_a,park_b,east"}),
        ("compare", {"lang": "en"}),
        ("rank", {"measure": "firms_per_km2", "lang": "en"}),
        ("rank", {}),
        ("choose", {"want": "area_official_km2>=1;institutions:lab=1", "lang": "en"}),
    ],
)
def test_the_pages_show_a_tiny_city(
    tiny: Atlas, monkeypatch: pytest.MonkeyPatch, name: str, query: dict[str, str]
) -> None:
    monkeypatch.setenv("GEO_LAYERS", str(tiny.folder))
    shown = Shown(name, query)
    assert tiny.meta["attribution_zh" if query.get("lang") != "en" else "attribution_en"] in shown.text("footer")
    assert shown.all("section")
