"""A planner on a phone: a link, a filter, a click, the place, a comparison, the report, the export; nothing moves.

What is done on a desktop is in ``test_tasks.py``. With ``GEO_PICTURES`` naming a folder, the run leaves a picture of
the README there (``tools/screenshots.py``).
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from app_driver import STILL, AppPage, layout_shift, picture, watch_layout
from playwright.sync_api import Browser, Download
from shapely import Point

from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.messages import text

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}

LANGUAGE_NAMES = {"zh": "中文", "en": "English"}


def _clear_site(atlas: Atlas) -> str:
    """Return the largest place that nothing smaller covers at its label, so that a click there means it."""
    layout = atlas.layout[atlas.layout["method"] != "schematic"].sort_values("area_km2", ascending=False)
    for place_id, row in layout.iterrows():
        point = Point(row["label_lon"], row["label_lat"])
        over = atlas.layout[(atlas.layout.index != place_id) & atlas.layout.contains(point)]
        if row.geometry.contains(point) and (over["area_km2"] > row["area_km2"]).all() and row["clusters"]:
            return str(place_id)
    raise AssertionError("no such place")


def _menu(app: AppPage) -> None:
    """Open what stands behind the menu button on a phone; nothing to do on a desktop."""
    button = app.page.get_by_test_id("stExpandSidebarButton")
    if button.count():
        button.click()
        app.page.wait_for_selector("[data-testid=stSidebar][data-collapsed=false]")


def _close_menu(app: AppPage) -> None:
    if app.page.viewport_size["width"] < 500:  # type: ignore[index]
        app.page.get_by_test_id("stSidebarHeader").hover()
        app.page.get_by_test_id("stSidebarCollapseButton").locator("button").click()
        app.page.wait_for_selector("[data-testid=stSidebar][data-collapsed=true]", state="attached")


def _saved(download: Download, folder: Path) -> Path:
    path = folder / download.suggested_filename
    download.save_as(path)
    return path


def _opens_offline(browser: Browser, report: Path, atlas: Atlas, place: str, language: str, options: Any) -> None:
    context = browser.new_context(offline=True, **options)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", lambda request: problems.append(request.url) if not request.url.startswith("file:") else None)
    page.goto(report.as_uri())
    page.wait_for_function("window.__geoMap && window.__geoMap.painted > 0")
    assert atlas.meta[f"title_{language}"] in page.locator("h1").inner_text()
    assert page.locator(f"#p-{place}").is_visible()
    assert problems == []
    context.close()


def test_from_the_link_to_the_report(
    open_page: Callable[..., AppPage], browser: Browser, app_url: str, atlas: Atlas, tmp_path: Path
) -> None:
    app, language = open_page(app_url, **PHONE), "zh"
    page = app.page
    watch_layout(page)
    site = _clear_site(atlas)
    row = atlas.places.loc[site]
    known = atlas.table("facts")["place_id"].value_counts()  # most first
    other = next(str(one) for one in known.index if one != site and one in atlas.layout.index)
    app.open(f"/?lang={language}")
    page.wait_for_selector(".geo-footer")
    app.settle()
    assert layout_shift(page) < STILL
    picture(app, "phone.png")

    # A filter.
    cluster = row["clusters"][0]
    label = atlas.table("clusters").set_index("cluster_id").at[cluster, f"name_{language}"]
    _menu(app)
    app.do(lambda: page.get_by_role("button", name=label, exact=True).click())
    _close_menu(app)
    expected = atlas.select(Selection(clusters=(cluster,))).places.index
    assert set(app.map("map.state.visible")) == set(expected)

    # Where is it, how big, says who: one click on the map.
    app.do(lambda: app.click_at(row["label_lat"], row["label_lon"]))
    assert page.locator("#geo-place h2").inner_text() == row[f"name_{language}"]
    assert page.locator(".geo-bar.drawn b").first.inner_text().startswith(f"{row['area_km2']:,.3f}".rstrip("0"))
    assert page.locator(".geo-fact .geo-cite").count() == page.locator(".geo-fact").count() > 0
    page.get_by_role("link", name=text("place.page", language)).click()
    page.wait_for_selector("#geo-facts")

    # The other language, half way.
    language = "en"
    page.get_by_text("English", exact=True).click()
    page.wait_for_selector(f"#geo-place h2:text-is({row['name_en']!r})")

    # Compared with what.
    app.settle()
    page.get_by_role("link", name=text("place.compare", language)).click()
    page.wait_for_selector(f"#geo-figures h2:text-is({text('compare.figures', language)!r})")
    app.settle()
    page.locator(".st-key-compare_with input").fill(atlas.name(other, language, short=True))
    page.get_by_role("option").first.click()
    page.keyboard.press("Escape")  # the list stays open for more
    page.wait_for_function("() => document.querySelectorAll('.geo-multiples figure').length === 2")
    assert re.search(f"with={site}(,|%2C){other}", page.url)

    # Show my boss: the report, which opens with the network off; and the file for GIS, of what the filter shows.
    _menu(app)
    page.get_by_role("link", name=text("web.page.export", language), exact=True).first.click()
    page.wait_for_selector(".st-key-export_print_html")
    app.settle()
    _close_menu(app) if page.get_by_test_id("stSidebarCollapseButton").first.is_visible() else None
    assert f"cluster={cluster}" in page.url
    # The widgets of another page are others of the same name; they show the same state.
    label = atlas.table("clusters").set_index("cluster_id").at[cluster, f"name_{language}"]
    assert page.locator(".st-key-w_cluster [aria-pressed=true]").inner_text() == label
    assert page.locator(".st-key-w_lang [aria-checked=true]").inner_text() == LANGUAGE_NAMES[language]
    with page.expect_download() as made:
        page.get_by_role("button", name=text("export.page.report", language, name="HTML")).click()
    _opens_offline(browser, _saved(made.value, tmp_path), atlas, site, language, PHONE)
    with page.expect_download() as made:
        page.get_by_test_id("stDownloadButton").first.get_by_role("button").click()
    with sqlite3.connect(_saved(made.value, tmp_path)) as package:
        rows = package.execute("SELECT place_id FROM " + row["kind"]).fetchall()
    assert {one for (one,) in rows} == {one for one in expected if atlas.places.at[one, "kind"] == row["kind"]}


#: Marks what the tab key must reach: visible and enabled; one of a group of buttons, in which the arrow keys move.
_REACHABLE = """() => { let number = 0; const seen = (node) => { const box = node.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && node.checkVisibility({ visibilityProperty: true }); };
  document.querySelectorAll("a[href], button, input, summary, select, textarea, [tabindex]").forEach((node) => {
    if (node.tabIndex < 0 || node.disabled || !seen(node) || node.closest("[inert]")) return;
    const group = node.closest("[data-testid=stButtonGroup]");
    if (group && group.querySelector("[data-reach]")) return;
    node.dataset.reach = number; number += 1; });
  return number; }"""

_HERE = """() => { const node = document.activeElement, style = getComputedStyle(node);
  let around = node, marked = false;
  for (let step = 0; step < 3 && around; step += 1, around = around.parentElement) {
    const look = getComputedStyle(around);
    marked = marked || look.outlineStyle !== "none" || look.boxShadow !== "none"; }
  const group = node.closest("[data-testid=stButtonGroup]");
  const counted = group ? group.querySelector("[data-reach]") : node;
  return [counted?.dataset.reach ?? null, node.tagName, marked, node.outerHTML.slice(0, 120)]; }"""


@pytest.mark.parametrize("path", ["/?place=maqiao&lang=en", "/compare?with=maqiao,zhangjiang&lang=en"])
def test_every_control_is_reached_by_the_tab_key_and_shows_it(app: AppPage, path: str) -> None:
    app.open(path)
    page = app.page
    page.wait_for_selector(".geo-footer")
    app.settle()
    wanted = page.evaluate(_REACHABLE)
    assert wanted > 20
    reached: set[str] = set()
    unmarked = []
    for _ in range(wanted + 300):  # the map's frame and the cells of a table have stops of their own
        page.keyboard.press("Tab")
        number, tag, marked, shown = page.evaluate(_HERE)
        if tag == "BODY" and reached:
            break  # once around
        if number is None:
            continue
        reached.add(number)
        # Fields colour their border instead; the canvas marks the cell.
        if not marked and tag not in ("INPUT", "CANVAS", "MAIN"):
            unmarked.append(shown)
    missed = page.evaluate(
        "(reached) => [...document.querySelectorAll('[data-reach]')].filter((n) => !reached.includes(n.dataset.reach))"
        ".map((n) => n.outerHTML.slice(0, 160))",
        sorted(reached),
    )
    assert missed == []
    assert unmarked == []


def test_a_filter_and_the_language_are_worked_by_keys_alone(app: AppPage, atlas: Atlas) -> None:
    app.open("/?lang=en")
    page = app.page
    page.wait_for_selector(".geo-footer")
    app.settle()
    # To the table by skip links: Streamlit's own to the page, ours to the table; it hands the focus on to a cell.
    in_table = "document.activeElement.closest('[data-testid=data-grid-canvas]')"
    tabs = 0
    while tabs < 12:
        tabs += 1
        page.keyboard.press("Tab")
        words = page.evaluate("document.activeElement.textContent.trim()")
        if words in (text("streamlit.word.skip", "en"), text("web.skip.table", "en")):
            page.keyboard.press("Enter")
        if words == text("web.skip.table", "en"):
            page.wait_for_function(f"{in_table} !== null")
        if page.evaluate(f"{in_table} !== null"):
            break
    assert tabs <= 4, (tabs, words)
    cluster = atlas.allowed["cluster"][1]
    names = atlas.table("clusters").set_index("cluster_id")["name_en"]
    page.get_by_role("button", name=names[atlas.allowed["cluster"][0]], exact=True).focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.textContent") == names[cluster]
    app.do(lambda: page.keyboard.press("Space"))
    assert f"cluster={cluster}" in page.url
    assert len(app.map("map.state.visible")) == len(atlas.select(Selection(clusters=(cluster,))).places)


def test_streamlits_own_words_are_chinese_on_a_chinese_page(app: AppPage) -> None:
    app.open("/?lang=zh")
    page = app.page
    page.wait_for_selector(".geo-footer")
    app.settle()
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    assert page.locator(".st-key-mapbox iframe").get_attribute("title") == text("web.map.frame", "zh")
    field = page.locator(".st-key-w_district input")
    field.fill("qqq")
    page.get_by_text(text("streamlit.option.none", "zh")).wait_for()
    field.fill("")
    page.get_by_text(text("streamlit.option.all", "zh"), exact=True).wait_for()
    page.keyboard.press("Escape")
    table = page.locator("[data-testid=stDataFrame]")
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 150, box["y"] + 17)
    page.mouse.click(box["x"] + 290, box["y"] + 17)
    page.get_by_role("menuitem", name=text("streamlit.word.sort_up", "zh")).wait_for()
    # What is ours or the user's is never taken for one of its words.
    left = page.evaluate(
        """() => { const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
        while (words.nextNode()) { const node = words.currentNode, said = node.nodeValue.trim();
          const other = "[data-testid=stIconMaterial], script, style, noscript, .stHtml, canvas";
          if (/[A-Za-z]{4}/.test(said) && !node.parentElement.closest(other)) found.push(said); }
        return found; }"""
    )
    assert set(left) <= {"English", "GeoJSON", "XLSX"}
    page.keyboard.press("Escape")
    app.do(lambda: page.get_by_text("English", exact=True).click())
    assert page.evaluate("document.documentElement.lang") == "en"
    field = page.locator(".st-key-w_district input")
    field.fill("qqq")
    page.get_by_text("No results").wait_for()
    page.goto(app.base + "/data?lang=zh")
    page.get_by_text(text("streamlit.word.upload", "zh"), exact=True).wait_for()
    page.get_by_text(re.compile(text("streamlit.word.per_file", "zh").split("{")[0])).wait_for()
