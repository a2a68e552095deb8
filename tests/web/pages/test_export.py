from __future__ import annotations

import pytest
from page_driver import Shown

from geo.export import formats


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_format_says_what_it_holds_before_it_is_made(language: str) -> None:
    shown = Shown("export", {"lang": language})
    offered = [name for name, entry in formats().items() if entry.output != "database"]
    assert list(shown.app.selectbox(key="export_format").options) == [
        formats()[name].name_zh if language == "zh" else formats()[name].name_en for name in offered
    ]
    assert "EPSG:4326" in shown.text("section.geo-section")
    assert "demo_park" in shown.text("table.geo-table")
    caveat = formats()["gpkg"].caveat_zh if language == "zh" else formats()["gpkg"].caveat_en
    assert caveat in shown.text()


def test_filters_and_crs_of_the_link_are_followed() -> None:
    shown = Shown("export", {"kind": "belt", "format": "dxf", "crs": "EPSG:4550", "lang": "en"})
    assert "EPSG:4550" in shown.text()
    assert "1 place and" in shown.text()
    assert "demo_park" not in shown.text("table.geo-table")


def test_nonsense_in_the_link_is_named() -> None:
    assert "format" in Shown("export", {"format": "word", "lang": "en"}).text("div.geo-warning")
    refused = Shown("export", {"format": "gpkg", "crs": "EPSG:27700", "lang": "en"})
    assert "27700" in refused.text("div.geo-warning")


def test_an_empty_selection_offers_nothing() -> None:
    shown = Shown("export", {"q": "nothing at all", "lang": "en"})
    assert not shown.all("table.geo-table")
    assert shown.all("div.geo-note")
