"""Figures over time in the static site: the charts of the app, as pictures on the page of their place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from geo.analysis.series import charts
from geo.atlas.atlas import Atlas
from geo.base.messages import LANGUAGES
from geo.render.chart.words import chart_alt, chart_title
from geo.render.site import charts as of_site
from geo.render.site.context import SiteContext


def test_every_chart_of_a_place_stands_on_its_page_and_is_a_file(
    tiny: Atlas, site: Mapping[str, bytes], pages: Mapping[str, Any]
) -> None:
    expected = {}
    for language in LANGUAGES:
        for place_id in tiny:
            own = charts(tiny, place_id)
            page = pages[f"{language}/places/{place_id}.html"]
            shown = {given["src"]: given for name, given in page.attributes if name == "img"}
            for one in own:
                path = f"assets/charts/{place_id}/{one.topic}-{one.unit}.{language}.svg"
                expected[path] = chart_title(tiny, one, language)
                assert shown[f"../../{path}"]["alt"] == chart_alt(tiny, one, language)
                assert float(shown[f"../../{path}"]["height"]) > 100
                assert f"../../{path}" in page.links
            assert sum("/charts/" in src for src in shown) == len(own)
    assert expected
    assert {path for path in site if path.startswith("assets/charts/")} == set(expected)
    for path, title in expected.items():
        assert f"<title>{title}</title>" in site[path].decode()


def test_a_chart_is_laid_out_once_for_its_file_and_its_page(tiny: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    laid_out = []
    draw = of_site.series_sheet
    monkeypatch.setattr(of_site, "series_sheet", lambda *asked: (laid_out.append(asked[1]), draw(*asked))[1])
    of_site._laid_out.cache_clear()
    files = list(of_site.chart_pictures(tiny, "zh"))
    for place_id in tiny:
        of_site.charts_section(SiteContext(tiny, "zh", f"places/{place_id}.html"), place_id)
    assert len(laid_out) == len(files) > 0
