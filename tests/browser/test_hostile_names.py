"""Names, notes and labels that are payloads, on every page that shows them: they are text, and nothing runs.

In one module, so that one server has those layers.
"""

from __future__ import annotations

from collections.abc import Callable

from app_driver import AppPage, lone_site, shown
from thorough import THOROUGH

from geo.atlas.atlas import Atlas


def test_on_the_map(open_page: Callable[..., AppPage], hostile_url: str, atlas: Atlas) -> None:
    place = lone_site(atlas)
    row = atlas.places.loc[place]
    measure = str(atlas.table("facts")["measure_id"].iloc[0])
    for lang in ("zh", "en") if THOROUGH else ("zh",):
        app = open_page(hostile_url, strict=False, viewport={"width": 1440, "height": 1500}).open(
            f"/?lang={lang}&measure={measure}"
        )
        app.page.frame_locator("iframe").first.locator(
            ".geo-legend summary"
        ).first.click()  # it is as long as its names
        app.do(lambda app=app: app.click_at(row["label_lat"], row["label_lon"]))
        assert app.map("map.layers") == len(atlas.layout)
        heading = app.page.locator("#geo-place h2").inner_text()
        assert heading.startswith("{{ 7*7 }}")
        assert "<img src=x" in heading
        assert any(label.startswith("{{7*7}}<b>`") for label in app.labels())
        app.page.mouse.move(5, 5)
        app.hover_at(row["label_lat"], row["label_lon"])
        assert "{{ 7*7 }}" in app.page.frame_locator("iframe").first.locator(".geo-tip b").inner_text()
        button = app.page.get_by_test_id("stButtonGroup").locator("button").nth(3)
        assert button.inner_text().startswith("{{ 7*7 }}{{ ''.__class__")
        assert app.page.evaluate("window.__owned") is None
        assert not app.problems
        assert not app.foreign


def test_on_place_comparison_and_ranking(open_page: Callable[..., AppPage], hostile_url: str) -> None:
    app = open_page(hostile_url)
    for path, with_map in (
        ("/place?place=caohejing&lang=zh", True),
        ("/compare?with=zhangjiang,caohejing,maqiao,lingang,jinqiao,changyang_campus&lang=en", True),
        ("/rank?measure=area_official_km2&lang=en", False),
    ):
        shown(app, path, with_map=with_map)
        app.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        words = app.page.locator(".stMain").inner_text()
        assert "{{ 7*7 }}" in words
        assert "<img src=x" in words
        assert app.page.evaluate("window.__owned") is None


def test_on_time_policy_method_and_in_the_search(open_page: Callable[..., AppPage], hostile_url: str) -> None:
    app = open_page(hostile_url)
    for path in ("/time?lang=en&edition=2018-12", "/policy?lang=zh&item=target_scale", "/method?lang=en"):
        shown(app, path, with_map="method" not in path)
        app.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        words = app.page.locator(".stMain").inner_text()
        assert "{{ 7*7 }}" in words
        assert "<img src=x" in words
    field = app.page.locator(".geo-find-field")
    field.fill("zhangjiang")
    app.page.wait_for_selector("#geo-find-0")
    assert "<img src=x" in app.page.locator("#geo-find-0").inner_text()
    assert app.page.evaluate("window.__owned") is None
