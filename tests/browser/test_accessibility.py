"""Every page: axe finds no serious violation, light and dark, wide and narrow; nothing moves, nothing is cut off."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from app_driver import STILL, AppPage, layout_shift, watch_layout
from axe import serious
from playwright.sync_api import Route

from geo.web.pages import pages

PATHS = {page.PATH: "/" if page.ORDER == 0 else f"/{page.PATH}" for page in pages()}
QUERY = {
    "place": "?place=maqiao",
    "compare": "?with=zhangjiang,caohejing,maqiao,lingang,jinqiao,changyang_campus",
    "rank": "?measure=area_km2",
    "choose": "?want=stations_1km%3E%3D3;centre_km=-1;institutions:lab=2",
    "map": "?place=maqiao",
}
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
#: Pages first opened on a phone, where what comes late has most below it to push; the others on a desktop, since other
#: tests open those on a phone.
ON_A_PHONE = {"firms", "choose", "changed", "promises", "data", "export", "news"}

#: The code that a page's widgets wait for, and what it would push if they had no room of their size.
LATE = {"data": "**/FileUploader.*.js", "choose": "**/Button.*.js"}

#: Whether a page has come to rest in dark: it is dark, and no colour is on its way to another.
DARK = """() => getComputedStyle(document.querySelector(".stApp")).backgroundColor.match(/\\d+/g).slice(0, 3)
  .reduce((sum, part) => sum + Number(part), 0) < 200
  && document.getAnimations().every((one) => !(one instanceof CSSTransition) || one.playState !== "running")"""

#: What of ours reaches beyond the right edge.
CUT = """() => [...document.querySelectorAll(".geo-section, .geo-cards, .geo-cardy, .geo-actions")]
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1).map((one) => one.className)"""


def settled(app: AppPage, name: str, language: str) -> None:
    query = QUERY.get(name, "?")
    app.open(f"{PATHS[name]}{query}{'' if query == '?' else '&'}lang={language}", wait=False)
    app.page.wait_for_selector("footer.geo-footer")
    app.settle()


def fits(app: AppPage, width: int) -> None:
    """Wait until nothing of the page, and nothing within what scrolls in it, is wider than the window."""
    app.page.wait_for_function(
        """(width) => { const page = document.documentElement, main = document.querySelector(".stMain");
        return page.scrollWidth <= width && main.scrollWidth <= main.clientWidth + 1; }""",
        arg=width,
    )
    assert app.page.evaluate(CUT) == []


@pytest.mark.parametrize(("name", "language"), [(name, ("zh", "en")[place % 2]) for place, name in enumerate(PATHS)])
def test_no_serious_violation_in_light_and_dark_wide_and_narrow_and_nothing_moves(
    app: AppPage, name: str, language: str
) -> None:
    first, then = (PHONE, DESKTOP) if name in ON_A_PHONE else (DESKTOP, PHONE)
    app.page.set_viewport_size(first)
    watch_layout(app.page)
    settled(app, name, language)
    assert layout_shift(app.page) < STILL
    assert serious(app.page) == []
    fits(app, first["width"])
    app.page.emulate_media(color_scheme="dark")
    app.page.set_viewport_size(then)
    app.page.wait_for_function(DARK)
    fits(app, then["width"])
    assert serious(app.page) == []
    if name == "rank":  # the lines of links to data have the colour of all links of the theme
        colours = "one => getComputedStyle(one).color"
        assert app.page.locator(".geo-datalinks a").first.evaluate(colours) == app.page.locator(
            ".geo-section a"
        ).first.evaluate(colours)


@pytest.mark.parametrize("name", ["map", "place"])
def test_a_phone_in_the_dark(open_page: Callable[..., AppPage], app_url: str, name: str) -> None:
    app = open_page(app_url, viewport=PHONE, color_scheme="dark", is_mobile=True, has_touch=True)
    watch_layout(app.page)
    # A slow phone: the code of the map comes last, when the rest of the page stands.
    held: list[Route] = []
    app.page.route("**/ComponentInstance*.js", lambda route: held.append(route))
    app.open(f"{PATHS[name]}{QUERY[name]}&lang=en", wait=False)
    app.page.wait_for_selector("footer.geo-footer")
    app.page.wait_for_selector(".geo-waiting", state="attached")
    assert len(held) == 1
    held[0].continue_()
    app.page.wait_for_selector(".st-key-mapbox iframe")
    app.settle()
    assert layout_shift(app.page) < STILL
    assert serious(app.page) == []


@pytest.mark.parametrize("name", LATE)
def test_the_code_of_widgets_may_come_late(open_page: Callable[..., AppPage], app_url: str, name: str) -> None:
    app = open_page(app_url, viewport=PHONE, is_mobile=True, has_touch=True)
    watch_layout(app.page)
    held: list[Route] = []
    app.page.route(LATE[name], lambda route: held.append(route))
    app.open(f"{PATHS[name]}{QUERY.get(name, '?')}&lang=zh", wait=False)
    app.page.wait_for_selector("footer.geo-footer")
    app.page.wait_for_function("() => document.querySelector('.stMain [data-testid=stSkeleton]')")
    app.page.wait_for_timeout(500)  # as long as others take to come, which also may not move what is below
    assert held
    for route in held:
        route.continue_()
    app.page.unroute(LATE[name])
    app.page.wait_for_function("() => !document.querySelector('.stMain [data-testid=stSkeleton]')")
    app.settle()
    assert layout_shift(app.page) < STILL / 2
