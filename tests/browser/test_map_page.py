"""The map page in Chromium: what a person sees, clicks and gets, and what must never happen."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

import numpy as np
import pytest
from app_driver import AppPage, lone_site
from playwright.sync_api import Route, ViewportSize
from shapely import Point
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.Navigation_pb2 import Navigation
from thorough import THOROUGH, sample

from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.messages import text
from geo.render.overlay import hatched


def overlapping_labels(app: AppPage) -> int:
    """Return how many pairs of labels lie on each other, or one on the scale bar."""
    frame = next(frame for frame in app.page.frames if "map.frame" in frame.url)
    return int(
        frame.evaluate(
            """() => { const boxes = [...document.querySelectorAll(".geo-label")].map((n) => n.getBoundingClientRect());
        const scale = document.querySelector(".leaflet-control-scale").getBoundingClientRect();
        const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
        const inner = (b) => ({ left: b.left + 1, top: b.top + 2, right: b.right, bottom: b.bottom });
        let count = boxes.filter((box) => meet(box, scale)).length;
        boxes.forEach((a, i) => { count += boxes.slice(i + 1).filter((b) => meet(inner(a), inner(b))).length; });
        return count; }"""
        )
    )


def the_layers_were_read_before_the_frame_of_the_map_ran(app: AppPage) -> None:
    asked = """(at) => performance.getEntriesByType('resource')
      .filter((one) => one.name.includes('/map/data/') && one.initiatorType === 'fetch')
      .map((one) => at + one.startTime)"""
    inside = next(frame for frame in app.page.frames if "map.frame" in frame.url)
    began = inside.evaluate("performance.timeOrigin")
    early = app.page.evaluate(asked, app.page.evaluate("performance.timeOrigin"))
    assert len(early) == 2
    assert max(early) < began
    assert inside.evaluate(asked, 0) == []  # the frame asks for none of them again


#: Of a layer of the frame's Leaflet map that is drawn to the pane of the ground, or of the places.
_SHAPES = """(pane) => { const found = [];
  window.map.eachLayer((one) => { if (one.box && one.options.renderer.options.pane === pane) found.push(one); });
  return found; }"""


def the_ground_is_a_few_shapes_not_one_for_each_feature(app: AppPage, atlas: Atlas) -> None:
    inside = next(frame for frame in app.page.frames if "map.frame" in frame.url)
    features = sum(len(atlas.basemap(layer)) for layer in atlas.table("basemap")["layer_id"])
    assert 5 < inside.evaluate(f"({_SHAPES})('geo-base').length") < 40 < features / 5
    # Of the places only those are shapes that are shown.
    shown, hatches = len(atlas.layout), sum(part is not None for part in hatched(atlas).values())
    assert shown <= inside.evaluate(f"({_SHAPES})('geo-places').length") <= shown + hatches


def test_the_first_page_shows_the_whole_layout(app: AppPage, atlas: Atlas) -> None:
    app.open()
    assert app.map("map.layers") == len(atlas.layout)
    assert app.map("map.error") is None
    assert app.map("map.labels") > 10
    assert app.page.locator("h1").inner_text() == atlas.meta["title_zh"]
    frame = app.page.frame_locator("iframe").first
    assert atlas.meta["border_notice_zh"] in frame.locator(".geo-notice").inner_text()
    assert "OpenStreetMap" in frame.locator(".geo-notice").inner_text()
    assert re.search(r"\d+ k?m", frame.locator(".leaflet-control-scale").inner_text())
    legend = frame.locator(".geo-legend").inner_text()
    for message in ("map.method.official_bounds", "map.method.digitised", "map.method.schematic"):
        assert text(message, "zh") in legend
    assert app.page.locator("iframe").first.bounding_box()["height"] > 400  # type: ignore[index]
    assert overlapping_labels(app) == 0
    the_layers_were_read_before_the_frame_of_the_map_ran(app)
    the_ground_is_a_few_shapes_not_one_for_each_feature(app, atlas)


def test_no_name_stands_on_the_scale_bar(app: AppPage) -> None:
    app.page.set_viewport_size({"width": 1440, "height": 1100})
    app.open("/place?place=zhangjiang")  # Lingang lies in that corner
    assert overlapping_labels(app) == 0


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_click_on_a_label_selects_its_own_place(app: AppPage, atlas: Atlas, lang: str) -> None:
    """Labels of the first view, wherever room was found for them; which place is on top there does not matter.

    In English fewer are tried: the same code places their labels, which differ in length only.
    """
    app.open(f"/?lang={lang}")
    frame = next(frame for frame in app.page.frames if "map.frame" in frame.url)
    ids = frame.eval_on_selector_all(".geo-label[data-place]", "nodes => nodes.map((n) => n.dataset.place)")
    assert len(ids) > 20
    kinds = atlas.places["kind"] if lang == "zh" else dict.fromkeys(ids)
    for place_id in sample(ids, 3, kind=lambda place_id: kinds[place_id]):
        label = frame.locator(f'.geo-label[data-place="{place_id}"]')
        if not label.count():  # the one chosen before is drawn first, and may have taken its room
            continue
        assert label.inner_text() == atlas.name(place_id, lang, short=True)
        app.do(label.click)
        assert app.map("map.state.selected") == place_id


def test_a_filter_changes_map_table_and_link(app: AppPage, atlas: Atlas) -> None:
    app.open()
    mounted = app.map("(map.mark = 7, map.mark)")
    cluster = atlas.allowed["cluster"][0]
    name = atlas.table("clusters").set_index("cluster_id").at[cluster, "name_zh"]
    app.do(lambda: app.page.get_by_role("button", name=name, exact=True).click())
    expected = atlas.select(Selection(clusters=(cluster,))).places
    assert app.map("map.layers") == len(expected) < len(atlas.layout)
    assert sorted(app.map("map.state.visible")) == sorted(expected.index)
    assert f"cluster={cluster}" in app.page.url
    count = text("web.shown", "zh", shown=len(expected), total=len(atlas.layout))
    assert count in app.page.locator(".geo-count[role=status]").inner_text()
    assert app.map("map.mark") == mounted  # the map was not mounted again
    app.do(lambda: app.page.go_back())
    assert app.map("map.layers") == len(atlas.layout)


def test_a_link_opens_with_the_same_state(app: AppPage, atlas: Atlas) -> None:
    place = lone_site(atlas)
    kind = atlas.places.at[place, "kind"]
    app.open(f"/?kind={kind}&place={place}&lang=en&at=31.20000,121.50000,11")
    assert app.map("map.layers") == len(atlas.select(Selection(kinds=(kind,))).places)
    assert app.page.locator("#geo-place h2").inner_text() == atlas.name(place, "en")
    lat, lon, zoom = app.map("map.view")
    assert (round(lat, 2), round(lon, 2), zoom) == (31.2, 121.5, 11)


def test_nonsense_in_a_link_is_named_and_ignored(app: AppPage, atlas: Atlas) -> None:
    app.open("/?cluster=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&place=atlantis&at=north")
    warnings = app.page.locator(".geo-warning").all_inner_texts()
    assert len(warnings) == 3
    assert any("place=atlantis" in line for line in warnings)
    assert any("<img src=x onerror=alert(1)>" in line for line in warnings)
    assert app.map("map.layers") == len(atlas.layout)


def test_click_opens_the_panel_and_selects_the_row(app: AppPage, atlas: Atlas) -> None:
    place = lone_site(atlas)
    app.open()
    row = atlas.places.loc[place]
    before = app.map("map.view")
    app.do(lambda: app.click_at(row["label_lat"], row["label_lon"]))
    assert app.page.locator("#geo-place h2").inner_text() == row["name_zh"]
    assert app.map("map.state.selected") == place
    assert f"place={place}" in app.page.url
    assert app.map("map.view") == before  # a click never moves the map
    inside = next(frame for frame in app.page.frames if "map.frame" in frame.url)
    ring = "getComputedStyle(document.getElementById('map_div')).outlineStyle"
    assert inside.evaluate(f"document.activeElement.id + {ring}") == "map_divnone"  # the ring is for the keyboard
    app.page.keyboard.press("ArrowRight")
    assert inside.evaluate(ring) == "solid"
    index = list(atlas.select().places.index).index(place)
    selected = app.page.locator("[data-testid=stDataFrame] [role=row][aria-selected=true]")
    selected.first.wait_for(state="attached")
    assert selected.first.get_attribute("aria-rowindex") == str(index + 2)


def test_a_row_selects_on_the_map(app: AppPage, atlas: Atlas) -> None:
    app.open()
    table = app.page.locator("[data-testid=stDataFrame]")
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box is not None
    ids = list(atlas.select().places.index)
    app.do(lambda: app.page.mouse.click(box["x"] + 14, box["y"] + 35 * 2 + 17))
    assert app.map("map.state.selected") == ids[1]
    assert app.page.locator("#geo-place h2").inner_text() == atlas.name(ids[1], "zh")


def test_every_figure_leads_to_its_source(app: AppPage, atlas: Atlas) -> None:
    facts = atlas.table("facts")
    place = facts.loc[facts["conflict"].fillna(False) & facts["place_id"].isin(atlas.layout.index), "place_id"].iloc[0]
    app.open(f"/?place={place}")
    figures = app.page.locator(".geo-fact")
    assert figures.count() == len(facts[facts["place_id"] == place])
    assert app.page.locator(".geo-fact .geo-cite").count() == figures.count()
    assert text("value.conflict", "zh") in app.page.locator(".geo-conflict").first.inner_text()
    first = app.page.locator(".geo-fact .geo-cite").first
    assert not first.locator("p").first.is_visible()
    first.locator("summary").click()
    source = atlas.table("sources").set_index("source_id").loc[atlas.facts(place)["source_id"].iloc[0]]
    cited = first.locator("div").inner_text()
    assert source["title"] in cited
    assert source["publisher"] in cited


def test_pan_and_zoom_rerun_nothing(app: AppPage) -> None:
    app.open()
    before = app.map("map.seq")
    box = app.page.locator("iframe").first.bounding_box()
    assert box is not None
    view = app.map("map.view")
    app.page.mouse.move(box["x"] + 500, box["y"] + 200)
    app.page.mouse.down()
    app.page.mouse.move(box["x"] + 380, box["y"] + 260, steps=6)
    app.page.mouse.up()
    app.wait_map("JSON.stringify(map.view) !== given", str(view).replace(" ", ""))
    app.page.mouse.wheel(0, -300)
    app.wait_map("map.view[2] > given", view[2])
    app.page.wait_for_timeout(700)
    assert app.map("map.seq") == before
    assert app.page.evaluate("performance.getEntriesByType('navigation').length") == 1


def test_the_language_switch_asks_for_no_data(app: AppPage, atlas: Atlas) -> None:
    app.open()
    fetched: list[str] = []
    app.listen("request", lambda request: fetched.append(request.url) if "/map/data/" in request.url else None)
    app.do(lambda: app.page.get_by_text("English", exact=True).click())
    assert app.page.locator("h1").inner_text() == atlas.meta["title_en"]
    assert "lang=en" in app.page.url
    short = set(atlas.layout["short_en"])
    assert short & set(app.labels())
    assert not fetched
    # The browser answers with labels: those of the language before would be taken for a choice of the user's.
    app.do(lambda: app.page.locator("section[data-testid=stSidebar] [data-testid=stButtonGroup] button").first.click())
    assert f"cluster={atlas.allowed['cluster'][0]}&lang=en" in app.page.url
    assert "edition" not in app.page.url
    assert app.page.get_by_label(text("web.filter.edition", "en")).input_value() == text("web.filter.edition.all", "en")


def test_a_measure_colours_and_keeps_no_data_apart(app: AppPage, atlas: Atlas) -> None:
    facts = atlas.table("facts")
    often = facts[facts["place_id"].isin(atlas.layout.index)].groupby("measure_id")["place_id"].nunique()
    measure = str(often[often < len(atlas.layout)].idxmax())
    app.open(f"/?measure={measure}")
    classes = app.map("map.state.classes")
    known = atlas.values(measure).dropna(subset=["value"]).index.intersection(atlas.layout.index)
    assert {*classes["values"], *classes["apart"]} == set(known)
    assert 1 < len(classes["list"]) <= 5
    legend = app.page.frame_locator("iframe").first.locator(".geo-legend")
    assert text("map.no_data", "zh") in legend.inner_text()
    assert classes["list"][0]["label"] in legend.inner_text()


def test_the_link_button_gives_the_address_with_the_position(app: AppPage, atlas: Atlas) -> None:
    kind = atlas.layout["kind"].iloc[0]
    app.open(f"/?kind={kind}&at=31.10000,121.40000,11")
    frame = app.page.frame_locator("iframe").first
    frame.get_by_role("button", name=text("map.copy_link", "zh")).click()
    link = frame.locator(".geo-alert input").input_value()
    assert f"kind={kind}" in link
    lat, lon, zoom = (float(part) for part in link.split("at=")[1].split("%2C"))
    assert (lat, lon) == pytest.approx((31.1, 121.4), abs=2e-4)  # a pixel of this zoom
    assert zoom == 11


#: Whether page, map and our own colours are all as dark as is said.
SCHEME = """(dark) => { const page = document.querySelector(".stApp");
  return [Number(getComputedStyle(page).backgroundColor.match(/\\d+/)[0]) < 100,
    getComputedStyle(page).getPropertyValue("--page").trim() === "#131a20",
    document.querySelector("iframe").contentDocument.documentElement.classList.contains("dark")]
    .every((one) => one === dark); }"""


@pytest.mark.parametrize("scheme", ["light", "dark"] if THOROUGH else ["light"])
def test_page_and_map_follow_the_system_until_the_switch_is_pressed(
    open_page: Callable[..., AppPage], app_url: str, scheme: str
) -> None:
    app, dark = open_page(app_url, color_scheme=scheme).open("/?lang=en"), scheme == "dark"
    page, switch = app.page, app.page.get_by_role("button", name=text("web.scheme", "en"))
    page.wait_for_function(SCHEME, arg=dark)
    switch.click()
    page.wait_for_function(SCHEME, arg=not dark)
    page.reload()
    page.wait_for_selector(".geo-footer")
    page.wait_for_function(SCHEME, arg=not dark)
    # On paper nobody wants black, whatever stands on the screen.
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("document.documentElement.classList.contains('geo-dark')") is False
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    # Back to what the system says, it follows the system again.
    switch.click()
    page.wait_for_function(SCHEME, arg=dark)
    page.emulate_media(color_scheme="light" if dark else "dark")
    page.wait_for_function(SCHEME, arg=not dark)
    # So it does where the system comes round to what was chosen, and where that is found when the page is opened.
    switch.click()
    page.wait_for_function(SCHEME, arg=dark)
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function("() => localStorage.getItem('geo-scheme') === null")
    page.evaluate("(scheme) => localStorage.setItem('geo-scheme', scheme)", scheme)
    page.reload()
    page.wait_for_selector(".geo-footer")
    assert page.evaluate("localStorage.getItem('geo-scheme')") is None
    page.wait_for_function(SCHEME, arg=dark)


#: How high the room is that is kept for a widget, by the class that Streamlit gives it from its key.
ROOM = """(name) => { const box = document.createElement("div"), grey = document.createElement("div");
  box.dataset.testid = "stElementContainer"; box.className = "st-key-" + name;
  grey.dataset.testid = "stSkeleton"; box.append(grey); document.querySelector(".stApp").append(box);
  const height = getComputedStyle(box).minHeight; box.remove(); return parseFloat(height); }"""


def test_what_is_still_to_come_has_the_room_of_its_own_kind(open_page: Callable[..., AppPage], app_url: str) -> None:
    page = open_page(app_url).open("/?lang=en").page
    rooms = {"w_district": 63.75, "time_play": 37.5, "export_gpkg": 37.5, "export_crs": 63.75, "time_edition": 50}
    assert {name: page.evaluate(ROOM, name) for name in rooms} == rooms
    assert page.evaluate(ROOM, "user_file") == 90
    page.set_viewport_size({"width": 390, "height": 844})
    assert [page.evaluate(ROOM, name) for name in ("firms_type", "w_cluster")] == [90, 123]


def test_on_a_phone_the_map_stands_above_the_panel(open_page: Callable[..., AppPage], app_url: str) -> None:
    app = open_page(app_url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True).open()
    frame, panel = app.page.locator("iframe").first.bounding_box(), app.page.locator(".geo-place").first.bounding_box()
    assert frame is not None
    assert panel is not None
    assert frame["y"] + frame["height"] <= panel["y"]
    assert frame["width"] > 340
    assert frame["y"] < 300
    assert app.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_missing_script_is_named(open_page: Callable[..., AppPage], app_url: str) -> None:
    app = open_page(app_url, strict=False)
    app.page.route("**/map/*.js*", lambda route: route.abort())
    app.open(wait=False)
    why = app.page.locator(".geo-waiting")
    app.page.wait_for_selector(".geo-waiting[data-failed]", state="attached")
    assert "/map/leaflet.bundle.js" in why.inner_text()
    app.page.wait_for_selector("[data-testid=stDataFrame]")  # the rest of the page is there
    assert why.is_visible()
    box = why.bounding_box()
    assert box is not None
    assert box["height"] > 200
    assert not app.foreign


def test_a_missing_layer_is_named(open_page: Callable[..., AppPage], app_url: str) -> None:
    app = open_page(app_url, strict=False)
    app.page.route("**/map/data/layout*", lambda route: route.fulfill(status=404, body="gone"))
    app.open(wait=False)
    app.wait_map("map.error")
    said = app.page.frame_locator("iframe").first.locator(".geo-alert").inner_text()
    assert text("map.error.layer", "zh") in said
    assert "404" in said
    assert "/map/data/layout" in said


def test_tiles_are_asked_for_when_chosen(open_page: Callable[..., AppPage], app_url: str, atlas: Atlas) -> None:
    """And only then: no page of another test may ask another host. Here none is found, so nothing is answered."""
    app = open_page(app_url, strict=False)
    app.open("/?basemap=gaode")
    app.wait_map("map.tiles === 'failed'")
    assert app.foreign
    assert all("autonavi.com" in url for url in app.foreign)
    assert "gcj02" in app.map("map.state.urls.layout")  # the layers are drawn shifted
    assert "GCJ-02" in app.page.locator(".geo-note").first.inner_text()
    said = app.page.frame_locator("iframe").first.locator(".geo-alert").inner_text()
    assert text("map.error.tiles", "zh") in said
    assert app.map("map.layers") == len(atlas.layout)


def test_the_policy_holds_the_page_to_its_origin(open_page: Callable[..., AppPage], app_url: str) -> None:
    app = open_page(app_url, strict=False).open()
    blocked = app.page.evaluate(
        """() => Promise.all(["https://example.org/x.png", "https://example.org/x.js"].map((url, i) =>
        new Promise((done) => {
        const node = document.createElement(i ? "script" : "img"); node.src = url;
        document.addEventListener("securitypolicyviolation", (event) => { if (event.blockedURI === url) done(true); });
        document.body.appendChild(node); setTimeout(() => done(false), 4000); })))"""
    )
    assert blocked == [True, True]


def test_a_wrong_digest_is_not_served(open_page: Callable[..., AppPage], app_url: str) -> None:
    app = open_page(app_url, strict=False)
    answer = app.page.request.get(f"{app_url}/map/data/layout.wgs84.0000000000000000.json")
    assert answer.status == 404
    assert "reload" in answer.text()


def test_on_paper_the_map_is_whole_and_the_panel_uncut(app: AppPage, atlas: Atlas) -> None:
    """A4 less its margins is 703 pixels wide: the map keeps its own pixels and is made as wide, then comes back."""
    app.open("/?place=zhangjiang&lang=en")
    page, frame = app.page, app.page.locator(".st-key-mapbox iframe")
    before = frame.bounding_box()
    assert before is not None
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    width, scale = frame.evaluate("(f) => [parseFloat(f.style.width), parseFloat(f.style.transform.slice(6))]")
    assert scale <= 1
    assert width * scale <= 703
    assert page.locator(".st-key-panel").evaluate("(panel) => panel.scrollHeight <= panel.clientHeight + 1")
    assert not page.locator("[data-testid=stDataFrame]").is_visible()  # it scrolls; all rows stand in one for paper
    rows = page.locator(".geo-paper tbody tr")
    assert rows.count() == len(atlas.layout)
    assert rows.last.is_visible()
    assert atlas.name(str(atlas.layout.index[-1]), "en") in rows.last.inner_text()
    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert frame.bounding_box() == before
    assert not rows.first.is_visible()


def test_on_paper_a_dark_map_is_light_at_once_and_dark_again_after(
    open_page: Callable[..., AppPage], app_url: str
) -> None:
    """A browser prints what there is when the event ends: what is drawn later would still be dark on paper."""
    app = open_page(app_url, color_scheme="dark").open("/?place=zhangjiang&lang=en")
    app.wait_map("map.theme === 'dark'")
    seen = """(name) => { window.dispatchEvent(new Event(name));
      const frame = document.querySelector('.st-key-mapbox iframe').contentDocument;
      const shown = [...frame.querySelectorAll('canvas')].filter((one) => !one.hidden);
      const [base] = shown.filter((one) => one.closest('.leaflet-geo-base-pane'));
      const data = base.getContext('2d').getImageData(0, 0, base.width, base.height).data;
      let sum = 0, count = 0;
      for (let at = 0; at < data.length; at += 4 * 97) if (data[at + 3] === 255) {
        sum += data[at] + data[at + 1] + data[at + 2]; count += 3; }
      const ground = getComputedStyle(frame.getElementById('map_div')).backgroundColor.match(/\\d+/g).map(Number);
      const pressed = [...frame.querySelectorAll('.leaflet-bar, .geo-bar')].filter((one) => one.offsetHeight);
      return { ground: Math.max(...ground.slice(0, 3)), drawn: sum / count, canvases: shown.length,
               buttons: pressed.length }; }"""
    before = app.page.evaluate(seen, "before")
    assert before["ground"] < 60
    assert before["drawn"] < 100
    assert before["buttons"] == 2
    paper = app.page.evaluate(seen, "beforeprint")
    assert paper["ground"] > 220
    assert paper["drawn"] > 200
    assert (paper["canvases"], paper["buttons"]) == (before["canvases"], 0)
    app.page.evaluate(seen, "afterprint")
    app.wait_map("map.theme === 'dark'")
    app.page.wait_for_function(SCHEME, arg=True)
    app.page.wait_for_function(f"(before) => JSON.stringify(({seen})('after')) === JSON.stringify(before)", arg=before)
    app.page.get_by_role("button", name=text("web.scheme", "en")).click()
    app.page.wait_for_function(SCHEME, arg=False)
    app.page.evaluate("localStorage.removeItem('geo-scheme')")


def test_the_menu_of_pages_comes_after_the_first_map_and_then_stays(app: AppPage) -> None:
    order: list[str] = []

    def note(frame: bytes) -> None:
        message = ForwardMsg.FromString(frame)
        if message.WhichOneof("type") == "navigation":
            order.append(Navigation.Position.Name(message.navigation.position))
        elif message.delta.new_element.WhichOneof("type") == "component_instance":
            order.append("map")

    app.listen("websocket", lambda socket: socket.on("framereceived", note))
    app.open()
    assert order == ["HIDDEN", "map", "TOP"]
    links = app.page.locator("[data-testid=stHeader]").get_by_role("link")
    links.nth(1).wait_for()
    app.do(lambda: app.page.locator("section[data-testid=stSidebar] [data-testid=stButtonGroup] button").first.click())
    assert order[3:] == ["TOP", "map"]


#: What a desktop and a small laptop have left at 200 %.
HALF: tuple[ViewportSize, ...] = ({"width": 720, "height": 450}, {"width": 640, "height": 360})


@pytest.mark.parametrize(
    ("path", "first", "then"),
    [
        ("/?", *HALF),
        ("/place?place=maqiao&", *HALF[::-1]),
        ("/compare?with=maqiao,zhangjiang&", *HALF),
        ("/policy?", *HALF[::-1]),
    ],
)
def test_at_200_per_cent_what_stands_on_the_map_keeps_off_each_other(
    open_page: Callable[..., AppPage], app_url: str, path: str, first: ViewportSize, then: ViewportSize
) -> None:
    app = open_page(app_url, viewport=first, device_scale_factor=2).open(f"{path}lang=en")
    keep_off(app)
    before = app.map("map.painted")
    app.page.set_viewport_size(then)
    app.wait_map("map.painted > given", before)
    keep_off(app)


def keep_off(app: AppPage) -> None:
    """Look at what stands on the map: it is within the map, and nothing covers another."""
    frame = app.page.frame_locator("iframe").first
    frame.locator(".geo-legend summary").first.wait_for()
    boxes = frame.locator(".geo-bar, .leaflet-bar, .geo-notice, .leaflet-control-scale, .geo-legend").evaluate_all(
        "all => all.map((one) => [one.className, one.getBoundingClientRect()])"
    )
    high, wide = frame.locator("#map_div").evaluate("one => [one.clientHeight, one.clientWidth]")
    assert len(boxes) == 5
    for name, box in boxes:
        assert box["left"] >= 0, name
        assert box["right"] <= wide, name
        assert box["top"] >= 0, name
        assert box["bottom"] <= high, name
    for (name, a), (other, b) in itertools.combinations(boxes, 2):
        apart = a["right"] <= b["left"] or b["right"] <= a["left"] or a["bottom"] <= b["top"] or b["bottom"] <= a["top"]
        assert apart, f"{name} covers {other}"
    # Opened, all of the legend can be reached within the map.
    legend = frame.locator(".geo-legend")
    if not legend.locator("details").first.evaluate("one => one.open"):
        legend.locator("summary").first.click()
    top, room = legend.evaluate("one => [one.getBoundingClientRect().top, getComputedStyle(one).overflowY]")
    assert top >= 0
    assert room == "auto"


def test_the_page_does_not_wait_to_hear_who_may_steer_it(open_page: Callable[..., AppPage], app_url: str) -> None:
    """Streamlit asks its server for hosts that may send it commands; ours has none, and connects meanwhile."""
    app = open_page(app_url)
    held: list[Route] = []
    app.page.route("**/_stcore/host-config", lambda route: held.append(route))
    app.open()
    assert held
    assert app.map("map.error") is None
    held[0].continue_()


def test_a_layer_that_did_not_come_early_is_asked_for_again(open_page: Callable[..., AppPage], app_url: str) -> None:
    app = open_page(app_url, strict=False)

    def first_refused(route: Route) -> None:
        if route.request.frame == app.page.main_frame:
            route.fulfill(status=503, body="busy")
        else:
            route.continue_()

    app.page.route("**/map/data/*", first_refused)
    app.open()
    assert app.map("map.error") is None


def test_a_shape_holds_the_points_that_lie_in_its_place(app: AppPage, atlas: Atlas) -> None:
    """Beside shapely, on points that are farther from the boundary than pixels are wide."""
    places = atlas.layout[atlas.layout.geometry.geom_type.isin(["Polygon", "MultiPolygon"])]
    place_id = str(places["area_km2"].idxmax())
    geometry = places.geometry[place_id]
    app.open(f"/?only={place_id}&at={geometry.centroid.y:.5f},{geometry.centroid.x:.5f},11")
    inside = next(frame for frame in app.page.frames if "map.frame" in frame.url)
    west, south, east, north = geometry.bounds
    points = [
        (lat, lon)
        for lat in np.linspace(south - 0.05, north + 0.05, 25)
        for lon in np.linspace(west - 0.05, east + 0.05, 25)
        if geometry.boundary.distance(Point(lon, lat)) > 0.004
    ]
    held = inside.evaluate(
        f"""(points) => {{ const shape = ({_SHAPES})('geo-places').find((one) => one.options.interactive);
          return points.map((one) => {{ const p = window.map.latLngToLayerPoint(one), shapes = window.geoShapes;
            const touched = shapes.touch(shape, [p.x - 1, p.y - 1, p.x + 1, p.y + 1]);
            return [shapes.holds(shape, p.x, p.y), touched, shape._containsPoint(p)]; }}); }}""",
        [list(map(float, one)) for one in points],
    )
    expected = [geometry.contains(Point(lon, lat)) for lat, lon in points]
    assert 20 < sum(expected) < len(expected) - 20
    assert held == [[one] * 3 for one in expected]
    bounds = inside.evaluate(
        f"""() => {{ const b = ({_SHAPES})('geo-places').find((one) => one.options.interactive).getBounds();
          return [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()]; }}"""
    )
    assert bounds == pytest.approx(geometry.bounds, abs=1e-5)
