"""A view's HTML as a notebook shows it, opened in Chromium with the network off."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from geo.atlas import Atlas
from geo.render.notebook import view_html


def test_the_map_is_drawn_and_asks_nothing_of_anyone(browser: Browser, atlas: Atlas, tmp_path: Path) -> None:
    page_file = tmp_path / "cell.html"
    shown = atlas.select(language="en", measure="area_km2")
    page_file.write_text(f'<!doctype html><meta charset="utf-8"><div>{view_html(shown)}</div>', "utf-8")
    context = browser.new_context(viewport={"width": 900, "height": 800}, offline=True)
    page = context.new_page()
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(page_file.as_uri())
    frame = next(one for one in page.frames if one != page.main_frame)
    frame.wait_for_function("() => window.__geoMap && window.__geoMap.seq >= 1")
    coloured = frame.evaluate(
        """() => { const canvas = document.querySelector("canvas"), at = canvas.getContext("2d");
        const all = at.getImageData(0, 0, canvas.width, canvas.height).data; let n = 0;
        for (let i = 3; i < all.length; i += 4) n += all[i] > 0; return n; }"""
    )
    assert coloured > 1000
    assert complaints == []
    assert [url for url in requests if url != page_file.as_uri()] in ([], ["about:srcdoc"])
    context.close()
