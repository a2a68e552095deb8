"""Place, compare and rank in Chromium: a planner's path by mouse and keyboard and back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from app_driver import AppPage, shown

from geo.analysis import compare
from geo.atlas.atlas import Atlas
from geo.base.messages import text


def test_from_a_link_by_filter_and_click_to_place_and_comparison_and_back(app: AppPage, atlas: Atlas) -> None:
    app.open("/?lang=en")
    app.page.evaluate("window.mark = 7")
    cluster = atlas["maqiao"].clusters[-1]
    name = atlas.table("clusters").set_index("cluster_id").at[cluster, "name_en"]
    app.do(lambda: app.page.get_by_role("button", name=name, exact=True).click())
    row = atlas.places.loc["maqiao"]
    app.do(lambda: app.click_at(row["label_lat"], row["label_lon"]))
    app.page.get_by_role("link", name=text("place.page", "en")).click()
    app.page.wait_for_url(re.compile(r"/place\?"))
    app.page.wait_for_selector("#geo-facts")
    for part in (f"cluster={cluster}", "place=maqiao", "lang=en"):
        assert part in app.page.url
    app.wait_map("map.painted > 0 && map.state.selected === 'maqiao'")
    lat, lon, zoom = app.map("map.view")
    assert (abs(lat - row["label_lat"]), abs(lon - row["label_lon"])) < (0.05, 0.05)
    assert zoom > 10
    app.click_at(row["label_lat"] + 0.035, row["label_lon"] - 0.02)  # a click beside all places keeps the page
    app.settle()
    assert "place=maqiao" in app.page.url
    neighbour = app.page.locator("#geo-relations a").first
    other = re.search(r"place=(\w+)", neighbour.get_attribute("href") or "").group(1)  # type: ignore[union-attr]
    neighbour.click()
    app.page.wait_for_selector(f"#geo-place h2:text-is('{atlas.name(other, 'en')}')")
    app.page.go_back()
    app.page.wait_for_selector(f"#geo-place h2:text-is('{row['name_en']}')")
    app.page.get_by_role("link", name=text("place.compare", "en")).click()
    app.page.wait_for_url(re.compile(r"/compare\?.*with=maqiao"))
    app.page.wait_for_selector("#geo-figures")
    app.wait_map("map.painted > 0 && map.layers === 1")
    app.page.locator(".st-key-compare_with input").fill("Caohejing")
    app.page.get_by_role("option").first.click()
    app.page.wait_for_url(re.compile("with=maqiao,caohejing|with=maqiao%2Ccaohejing"))
    app.page.wait_for_function("() => document.querySelectorAll('.geo-multiples figure').length === 2")
    assert app.page.locator("td.off .geo-why-not").first.is_visible()
    app.page.go_back()
    app.page.wait_for_function("() => document.querySelectorAll('.geo-multiples figure').length === 1")
    app.page.go_back()
    app.page.wait_for_selector("#geo-facts")
    app.page.go_back()
    app.page.wait_for_selector(".st-key-tablehead")
    assert f"cluster={cluster}" in app.page.url
    assert app.page.evaluate("window.mark") == 7  # it was one session all along


def test_the_bars_of_a_ranking_are_links_by_keyboard(app: AppPage, atlas: Atlas) -> None:
    shown(app, "/rank?measure=ai_key_firms&of=district", with_map=False)
    ranking = compare.ranking(atlas, "ai_key_firms", atlas.districts.index)
    best = ranking.cells[0].place_id
    bars = app.page.locator(".geo-barlink .geo-meter i")
    widths = [bars.nth(i).bounding_box()["width"] for i in range(3)]  # type: ignore[index]
    assert widths == sorted(widths, reverse=True)
    first, second, *_ = ranking.comparable.values()
    assert widths[0] / widths[1] == pytest.approx(first / second, rel=0.05)
    app.page.locator(".geo-barlink").first.focus()
    app.page.keyboard.press("Enter")
    app.page.wait_for_selector(f"#geo-place h2:text-is('{atlas.name(best, 'zh')}')")
    # By the menu and back again, the ranking is as it was left.
    app.page.get_by_role("link", name=text("web.page.rank", "zh"), exact=True).click()
    app.page.wait_for_selector(".geo-barlink")
    assert "of=district" in app.page.url
    assert "measure=ai_key_firms" in app.page.url


def test_the_link_is_copied_and_opens_the_same(open_page: Callable[..., AppPage], app_url: str) -> None:
    app = open_page(app_url, permissions=["clipboard-read", "clipboard-write"])
    shown(app, "/rank?measure=centre_km&order=asc&lang=en", with_map=False)
    app.page.get_by_role("button", name=text("share.copy_link", "en")).click()
    app.page.wait_for_selector(f".geo-copied:text-is('{text('share.copied', 'en')}')")
    assert app.page.evaluate("navigator.clipboard.readText()") == app.page.url
    before = app.page.locator(".geo-barlink b").all_inner_texts()
    again = shown(open_page(app_url), app.page.url.removeprefix(app_url), with_map=False)
    assert again.page.locator(".geo-barlink b").all_inner_texts() == before
