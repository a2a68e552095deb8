"""axe on every page: no serious violation, in light and dark, at phone width as well."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources

import pytest
from app_driver import AppPage

from geo.web.pages import pages

AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
PATHS = {page.PATH: "/" if page.ORDER == 0 else f"/{page.PATH}" for page in pages()}
QUERY = {
    "place": "?place=maqiao",
    "compare": "?with=maqiao,zhangjiang",
    "rank": "?measure=area_km2",
    "map": "?place=maqiao",
}


def serious(app: AppPage) -> list[str]:
    app.page.evaluate(AXE)
    found = app.page.evaluate("axe.run(document, { resultTypes: ['violations'], iframes: true })")
    return [
        f"{violation['id']}: {node['target']} {node['html'][:160]}"
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


def settled(app: AppPage, name: str) -> None:
    app.open(PATHS[name] + QUERY.get(name, ""), wait=False)
    app.page.wait_for_selector("footer.geo-footer", timeout=40_000)
    app.settle()


@pytest.mark.parametrize("name", PATHS)
def test_no_serious_violation(app: AppPage, name: str) -> None:
    settled(app, name)
    assert serious(app) == []


@pytest.mark.parametrize("name", ["map", "place"])
def test_dark_and_narrow(open_page: Callable[..., AppPage], app_url: str, name: str) -> None:
    app = open_page(app_url, viewport={"width": 390, "height": 844}, color_scheme="dark")
    settled(app, name)
    assert serious(app) == []
