"""Time, policy, method and the search box in Chromium: it plays, it focuses, it finds."""

from __future__ import annotations

import re
from collections.abc import Callable

from app_driver import AppPage, shown

from geo.analysis.editions import editions, named_by_then
from geo.atlas.atlas import Atlas
from geo.base.messages import text

#: Notes the documents as they are shown, presses the button at the third: the page does it, however late the test is.
PAUSE_AT_THE_THIRD = """(pause) => { window.titles = []; new MutationObserver((_, observer) => {
  const title = document.querySelector(".geo-doc-title")?.textContent;
  if (title && title !== window.titles.at(-1)) window.titles.push(title);
  const button = [...document.querySelectorAll("button")].find((one) => one.textContent.includes(pause));
  if (window.titles.length < 3 || window.steps || !button) return;
  window.steps = history.length; button.click(); }).observe(document.body, { childList: true, subtree: true,
  characterData: true }); }"""


def test_the_slider_plays_on_one_map_and_writes_the_link_once(app: AppPage, atlas: Atlas) -> None:
    found = editions(atlas)
    shown(app, f"/time?edition={found[0].edition_id}&lang=en")
    app.map("(map.mark = 7)")
    steps = app.page.evaluate("history.length")
    app.page.evaluate(PAUSE_AT_THE_THIRD, text("time.pause", "en"))
    app.page.get_by_role("button", name=text("time.play", "en")).click()
    app.page.wait_for_url(lambda url: f"edition={found[0].edition_id}" not in url)
    app.page.wait_for_selector(f"button:has-text({text('time.play', 'en')!r})")
    titles = app.page.evaluate("window.titles")
    shown_in_turn = [edition.title_en for edition in found if edition.title_en in titles]
    assert titles == shown_in_turn
    assert len(titles) >= 3
    assert app.page.evaluate("window.steps") == steps
    (at,) = [edition for edition in found if f"edition={edition.edition_id}&" in f"{app.page.url}&"]
    app.wait_map("given.join() === map.state.visible.join()", list(at.named_ids))
    assert app.map("map.mark") == 7  # never mounted again, so nothing flickers
    app.settle()
    held = app.map("map.seq")
    app.page.wait_for_timeout(3000)  # longer than one document is shown
    assert app.map("map.seq") == held
    slider = app.page.get_by_role("slider")
    slider.focus()
    app.do(lambda: slider.press("Home"))
    app.page.wait_for_url(re.compile(f"edition={found[0].edition_id}"))
    app.do(lambda: slider.press("ArrowRight"))
    app.do(lambda: app.page.get_by_role("radio", name=text("time.show.sofar", "en")).click())
    assert sorted(app.map("map.state.visible")) == sorted(named_by_then(atlas, found[1].edition_id))
    assert "show=sofar" in app.page.url
    assert app.map("map.mark") == 7


def test_charts_follow_the_place_that_is_clicked(app: AppPage, atlas: Atlas) -> None:
    shown(app, "/time?lang=en")
    name = atlas.name("district_310115", "en", short=True)
    app.page.locator(".geo-picks").get_by_role("link", name=name, exact=True).click()
    app.page.wait_for_selector(f".geo-figure figcaption:has-text({atlas.name('district_310115', 'en')!r})")
    assert "place=district_310115" in app.page.url
    plot = app.page.locator(".geo-plot").first.bounding_box()
    assert plot is not None
    for mark in app.page.locator(".geo-plot").first.locator(".geo-mark .geo-dot").all():
        box = mark.bounding_box()
        assert box is not None
        assert plot["x"] - 12 <= box["x"] <= plot["x"] + plot["width"]
        assert plot["y"] - 12 <= box["y"] <= plot["y"] + plot["height"]


def test_a_place_of_the_policy_focuses_the_map_and_leaves_open_what_was_opened(app: AppPage) -> None:
    shown(app, "/policy?lang=en")
    app.map("(map.mark = 7)")
    source = app.page.locator("#geo-item-part_2 > .geo-item-body > .geo-item-line details")
    source.locator("summary").click()
    item = app.page.locator("#geo-item-layout_zone")
    app.do(lambda: item.locator(".geo-pick").first.click())
    app.wait_map("map.state.selected === 'lingang' || map.state.selected === 'zhangjiang'")
    assert sorted(app.map("map.state.visible")) == ["lingang", "zhangjiang", "zhangjiang_lingang_zone"]
    app.page.wait_for_selector("#geo-item-layout_zone.is-focus")
    assert source.get_attribute("open") is not None
    assert app.map("map.mark") == 7
    app.page.get_by_role("button", name=text("policy.collapse", "en")).click()
    assert app.page.locator(".geo-tree details[open]").count() == 0
    app.page.get_by_role("button", name=text("policy.expand", "en")).click()
    assert app.page.locator(".geo-tree details:not([open])").count() == 0
    app.do(lambda: app.page.get_by_role("link", name=text("policy.focus.clear", "en")).click())
    assert len(app.map("map.state.visible")) > 10


def test_a_link_to_an_item_opens_and_shows_it(app: AppPage) -> None:
    shown(app, "/policy?item=target_scale&lang=en")
    app.page.wait_for_selector("#geo-item-target_scale.is-focus .geo-outcomes[open]")
    box = app.page.locator("#geo-item-target_scale > p").bounding_box()
    assert box is not None
    assert 0 < box["y"] < 900


def test_search_by_keyboard_in_pinyin_chinese_and_english(app: AppPage, atlas: Atlas) -> None:
    shown(app, "/?lang=en&kind=node")
    field = app.page.get_by_role("combobox", name=text("search.label", "en"))
    field.press_sequentially("zjrgzn")
    app.page.wait_for_selector(".geo-find-list:not([hidden]) li")
    assert field.get_attribute("aria-expanded") == "true"
    first = app.page.locator("#geo-find-0 b").inner_text()
    field.press("ArrowDown")
    field.press("ArrowUp")
    app.do(lambda: field.press("Enter"))
    assert app.page.locator("#geo-place h2").inner_text() == first
    assert "kind=node" in app.page.url
    assert "place=zhangjiang" in app.page.url
    assert field.input_value() == ""
    # Typed and sent faster than an answer can come: what was typed counts, not an older list.
    station = atlas.basemap("metro_stations").set_index("name_zh").loc["人民广场"]
    app.do(lambda: (field.fill("人民广场"), field.press("Enter")))
    lat, lon, zoom = app.map("map.view")
    assert abs(lat - station.geometry.y) < 0.001
    assert abs(lon - station.geometry.x) < 0.001
    assert zoom == 15
    field.fill("no such thing")
    app.page.wait_for_selector(f".geo-find-said:text-is({text('search.none', 'en')!r})")
    field.fill("demonstration zones")
    app.page.wait_for_selector("#geo-find-0")
    field.press("Enter")
    app.page.wait_for_selector("#geo-item-target_zones.is-focus")
    field.fill("zj")
    app.page.wait_for_selector(".geo-find-list:not([hidden]) li")
    field.press("Escape")
    assert app.page.locator(".geo-find-list").is_hidden()


def test_on_a_phone_the_map_of_the_policy_comes_first(open_page: Callable[..., AppPage], app_url: str) -> None:
    """A place is shown where one sees it."""
    app = open_page(app_url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    shown(app, "/policy?lang=zh")
    tops = [app.page.locator(key).bounding_box() for key in (".st-key-policymap", ".st-key-policytree")]
    assert tops[0]["y"] < tops[1]["y"]  # type: ignore[index]


def test_contents_of_the_method_page_lead_to_its_sections(app: AppPage) -> None:
    shown(app, "/method?lang=en", with_map=False)
    app.page.locator(".geo-toc a[href='#method-dictionary']").click()
    app.page.wait_for_function("document.querySelector('#method-dictionary').getBoundingClientRect().top < 400")
    app.settle()
    assert app.page.locator("#method-dictionary").is_visible()
    assert "lang=en" in app.page.url
