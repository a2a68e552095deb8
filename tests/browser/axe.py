"""What axe finds on a page, for the tests of the app and of the static site."""

from __future__ import annotations

from importlib import resources

from playwright.sync_api import Page

_AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def serious(page: Page) -> list[str]:
    """Return the serious and critical violations on a page: rule, element, its HTML."""
    page.evaluate(_AXE)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'], iframes: true })")
    return [
        f"{violation['id']}: {node['target']} {node['html'][:160]}"
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]
