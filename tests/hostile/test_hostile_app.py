"""The hostile city in Chromium: every string is text on every page, in the URL, the search and the table of a user."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from app_driver import MAP, AppPage, serve
from hostile_city import point
from hostile_strings import CELLS, LINES, LONE_SURROGATE
from playwright.sync_api import Browser, expect

from geo.base.formulas import guard_formula, has_formula_start, unguard_formula
from geo.cli.main import main

#: Elements that only a string that became markup could have made.
INJECTED = (
    "img[src='x'], [onerror], [onload], [ontoggle], [onmouseover], [onfocus], [href^='javascript:'], "
    "[href*='hostile.'], [src^='javascript:'], base, meta[http-equiv=refresh], .katex, svg[onload]"
)
Open = Callable[..., AppPage]
#: Degrees north from the middle of a place to where it is still, but not its institution.
ASIDE = 0.0028


@pytest.fixture(scope="module")
def city_url(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from serve(city, tmp_path_factory.mktemp("app"))


@pytest.fixture
def app(open_page: Open, city_url: str) -> Iterator[AppPage]:
    page = open_page(city_url)
    dialogs: list[str] = []
    page.listen("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    yield page
    assert dialogs == []


def visit(app: AppPage, path: str, *, with_map: bool) -> str:
    """Open a page whole, make sure that nothing of it ran, and return all its text."""
    app.open(path, wait=with_map)
    app.page.wait_for_selector(".geo-footer")
    app.settle()
    if with_map:
        assert app.map("map.layers > 0 && !map.error")
    return harmless(app)


def harmless(app: AppPage) -> str:
    for frame in app.page.frames:
        assert frame.evaluate("window.__owned") is None
        assert (
            frame.evaluate("(found) => [...document.querySelectorAll(found)].map((n) => n.outerHTML)", INJECTED) == []
        )
    assert app.page.get_by_test_id("stException").count() == 0
    text: str = app.page.evaluate("document.querySelector('.stApp').textContent")
    assert "Traceback" not in text
    return text


def test_map_tooltip_and_panel(app: AppPage) -> None:
    visit(app, "/?lang=zh&measure=m_jinja", with_map=True)
    assert app.map("map.layers") == len(LINES) + 3
    labels = app.labels()
    assert labels
    assert all(any(line.strip()[:200] in label for line in LINES.values()) for label in labels)
    tip = app.page.frame_locator("iframe").first.locator(".geo-tip b").first
    for name in ("closers", "jinja", "long"):  # not those under the legend
        app.page.mouse.move(5, 5)
        app.hover_at(*where(name))
        expect(tip).to_contain_text(LINES[name][:3000])
    app.do(lambda: app.click_at(*where("script_end")))
    assert LINES["script_end"] in app.page.locator("#geo-firm").inner_text()  # an institution lies in the middle
    harmless(app)
    lat, lon = where("script_end")
    app.do(lambda: app.click_at(lat + ASIDE, lon))
    assert LINES["script_end"] in app.page.locator("#geo-place").inner_text()
    harmless(app)


def where(name: str) -> tuple[float, float]:
    lon, lat = point(list(LINES).index(name))
    return float(lat), float(lon)


PAGES = {
    "/place?lang=zh&place=h_streamlit": ["streamlit"],
    "/place?lang=en&place=h_long": ["long"],
    "/compare?lang=en&with=h_img,h_svg,h_script_end,h_rtl,h_markdown_link": [
        "img",
        "svg",
        "script_end",
        "markdown_link",
    ],
    "/policy?lang=zh&item=p_closers": list(LINES),
    "/method?lang=zh": list(LINES),
    "/time?lang=en": [],
}


@pytest.mark.parametrize("path", PAGES)
def test_every_page(app: AppPage, path: str) -> None:
    text = visit(app, path, with_map=not path.startswith("/method"))
    app.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    harmless(app)
    missing = [name for name in PAGES[path] if LINES[name] not in text]
    assert missing == []


def test_what_stands_in_the_url(app: AppPage) -> None:
    """Every parameter of every page holds every string; what is ignored is said, as text."""
    texts = [text for name, text in CELLS.items() if name != "long"]
    surrogate = quote(LONE_SURROGATE, errors="surrogatepass")
    one, together = quote(LINES["img"]), quote(",".join(texts)[:6000])
    query = f"kind={together}&cluster={one}&q={quote(CELLS['newlines'] + LINES['jinja'])}&place={surrogate}&at={one}"
    app.open(f"/?{query}&measure={one}&edition={one}&basemap={one}&lang={one}&district={surrogate}", wait=False)
    app.page.wait_for_selector(".geo-footer")
    app.settle()
    said = harmless(app)
    assert [name for name in ("img", "jinja", "streamlit", "markdown_link") if LINES[name][:60] not in said] == []
    for path in ("compare?with=", "policy?item=", "export?crs="):
        app.open(f"/{path}{quote(LINES['img'] + LINES['jinja'] + LINES['streamlit'])}", wait=False)
        app.page.wait_for_selector(".geo-footer")
        app.settle()
        harmless(app)


def test_search(app: AppPage) -> None:
    visit(app, "/rank?lang=zh", with_map=False)
    field = app.page.locator(".geo-find-field")
    for name in ("img", "jinja", "closers", "template_literal", "sql", "rtl", "emoji"):
        field.fill(LINES[name][:80])
        expect(app.page.locator(".geo-find-list b", has_text=LINES[name]).first).to_be_visible()
    for text in ("%00", "\\", "(" * 80, "[" * 80, "*", "'\"<>&"):
        field.fill(text)
        expect(app.page.locator(".geo-find-said")).not_to_be_empty()
    harmless(app)


def test_the_users_table(app: AppPage, tmp_path: Path) -> None:
    """Names of the file, its columns, its cells: shown as text, joined, and downloaded as they were."""
    texts = {name: text for name, text in CELLS.items() if name not in ("nul", "noncharacters", "long")}
    # A row of names that holds a number, a line end or outer spaces is taken for data, or tidied.
    odd = ("negative_number", "long_number", "newlines", "return_formula", "tab_formula", "spaces", "line_separators")
    plain = {name: text for name, text in texts.items() if name not in odd}
    head = [*plain.values(), "lon", "lat"]
    rows = [[cell] * len(plain) + ["10.15", "50.1"] for cell in texts.values()]
    rows += [[cell] * len(plain) + ["10.15", "50.1"] for cell in ("a", "b")]
    buffer = io.StringIO(newline="")
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows([head, *rows])
    name = "<img src=x onerror='window.top.__owned=9'>{{7*7}} $x$ :red[y] [z](javascript:1) \u202egnp;=1.csv"
    app.open("/data?lang=en", wait=False)
    file = {"name": name, "mimeType": "text/csv", "buffer": buffer.getvalue().encode()}
    app.page.set_input_files("input[type=file]", file)
    app.page.wait_for_selector("iframe")
    app.settle()
    # The question comes before its page is whole, and a click on what is being replaced is lost.
    app.page.wait_for_selector("[role=radiogroup] input", state="attached")
    app.page.wait_for_function(
        f"""() => {{ const asked = document.querySelector("[role=radiogroup]:has(input)"), map = {MAP};
        if (asked && !asked.querySelector(":checked")) asked.querySelector("input").click();
        return map?.state?.points?.length; }}""",
        polling=1000,
    )
    app.wait_map("map.painted > 0 && map.state.points && map.state.points.length")
    app.settle()
    text = harmless(app)
    assert name in text
    with app.page.expect_download() as download:
        app.page.get_by_role("button", name="CSV", exact=True).click()
    assert "/" not in download.value.suggested_filename
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as file_back:
        back = list(csv.reader(file_back))
    assert not any(has_formula_start(cell) and not cell.startswith("'") for row in back for cell in row)
    assert [unguard_formula(cell) for cell in back[0][: len(plain)]] == list(plain.values())
    assert [[unguard_formula(cell) for cell in row[: len(plain)]] for row in back[1:]] == [
        row[: len(plain)] for row in rows
    ]
    assert guard_formula(CELLS["formula"]) in {cell for row in back for cell in row}


def test_the_report_file(browser: Browser, city: Path, tmp_path: Path) -> None:
    """The one file that goes by mail, opened from disk with the network off."""
    path = tmp_path / "<img src=x onerror=1> '{{7*7}}'.html"
    assert main(["report", str(path), "--layers", str(city)]) == 0
    page = browser.new_context(offline=True).new_page()
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("dialog", lambda dialog: (heard.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: heard.append(request.url))
    page.goto(path.as_uri())
    page.wait_for_function("window.__geoMap.seq >= 1")
    assert page.evaluate("[window.__owned, window.__geoMap.error]") == [None, None]
    assert page.evaluate("window.__geoMap.layers") == len(LINES) + 3
    # The file has a policy of its own as a meta element, and no other.
    assert page.locator(INJECTED).count() == 0
    text = page.evaluate("document.body.textContent")
    assert [name for name, line in LINES.items() if line not in text] == []
    assert heard == [path.as_uri()]
    page.context.close()
