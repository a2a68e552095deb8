from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from app_driver import AppPage
from playwright.sync_api import expect

from bench.serving import PATIENCE_S
from geo.atlas.atlas import Atlas
from geo.crs.datums import wgs84_to_gcj02

POINTS = "frame => frame.contentWindow.geoPoints.total()"


def table(atlas: Atlas, path: Path, rows: int, name: str = "企业") -> Path:
    rng = np.random.default_rng(3)
    frames = []
    for row in atlas.districts.itertuples():
        west, south, east, north = row.geometry.bounds
        lon, lat = rng.uniform(west, east, rows * 5), rng.uniform(south, north, rows * 5)
        inside = shapely.contains_xy(row.geometry, lon, lat)
        x, y = wgs84_to_gcj02(lon[inside][:rows], lat[inside][:rows])
        frames.append(
            pd.DataFrame(
                {
                    "名称": name,
                    "所在区": row.name_zh,
                    "经度": x.round(6),
                    "纬度": y.round(6),
                    "资本": 5,
                    "类型": np.resize(["研发", "研发", "制造"], len(x)),
                }
            )
        )
    pd.concat(frames).to_csv(path, index=False, encoding="gb18030")
    return path


def upload(app: AppPage, path: Path) -> None:
    app.page.set_input_files("input[type=file]", path)
    app.page.wait_for_selector("iframe")
    app.wait_map("map.painted > 0 && map.state.points && map.state.points.length")


def gone(app: AppPage, url: str) -> None:
    """Wait until an address has nothing any more."""
    end = time.monotonic() + PATIENCE_S
    while app.page.request.get(url).status not in (204, 404):
        assert time.monotonic() < end, "still served"
        app.page.wait_for_timeout(250)


FRAME = "document.querySelector('iframe').contentWindow"


def on_ground(app: AppPage, body: bytes, drawn: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return where served points stand on the canvas that was drawn, in pixels."""
    lon, lat = np.frombuffer(body, "<i4").reshape(-1, 2).T / 1e6
    origin = app.page.evaluate(f"() => {{ const o = {FRAME}.map.getPixelOrigin(); return [o.x, o.y]; }}")
    whole = 256 * 2 ** app.page.evaluate(f"() => {FRAME}.map.getZoom()")
    north = 0.5 - np.log(np.tan(np.pi / 4 + np.radians(lat) / 2)) / (2 * np.pi)
    return (lon + 180) / 360 * whole - origin[0] - drawn["corner"][0], north * whole - origin[1] - drawn["corner"][1]


def coloured(app: AppPage, kinds: pd.Series) -> None:
    """Colour the points by a column: the legend counts them, and what is drawn is what counting by hand gives."""
    page = app.page
    app.settle()
    field = page.get_by_label("点按哪一列着色")
    field.scroll_into_view_if_needed()  # a list closes when the page moves
    field.click()
    app.do(lambda: page.get_by_role("option", name="类型", exact=True).click())
    legend = page.frame_locator("iframe").first.locator(".geo-legend")
    for kind, count in kinds.value_counts().items():
        expect(legend).to_contain_text(f"{kind}（{count}）")
    page.wait_for_function(f"() => {FRAME}.geoPoints.marks()[0].marks[0].shares.length === 2")
    drawn = page.evaluate(f"() => {FRAME}.geoPoints.marks()[0]")
    told = app.map("map.state.points[0]")
    x, y = on_ground(app, page.request.get(app.base + told["url"]).body(), drawn)
    of = np.frombuffer(page.request.get(app.base + told["classes"]).body(), np.uint8)
    assert [told["list"][k]["label"].split("（")[0] for k in of] == kinds.tolist()
    seen = (x >= 0) & (x < drawn["size"][0]) & (y >= 0) & (y < drawn["size"][1])
    assert drawn["seen"] == seen.sum()
    cells = pd.DataFrame({"x": x // 64 * 64, "y": y // 64 * 64, "of": of})[seen]
    shares = cells.groupby(["x", "y", "of"]).size().unstack(fill_value=0)
    many = shares[shares.sum(axis=1) > 12]
    assert len(many) > 5
    assert {(m["cell"]["x"], m["cell"]["y"]): m["shares"] for m in drawn["marks"]} == {
        cell: list(row) for cell, row in zip(many.index, many.to_numpy().tolist(), strict=True)
    }
    assert len(drawn["dots"]) == seen.sum() - many.to_numpy().sum()
    assert all(of[one["point"]] == one["kind"] for one in drawn["dots"])
    painted(app, drawn, [one["colour"] for one in told["list"]])


def painted(app: AppPage, drawn: dict[str, Any], colours: list[str]) -> None:
    """Look at the pixels of a dot that stands alone, and point at it: it says its row."""
    places = np.array([(one["x"], one["y"]) for one in drawn["dots"]])
    apart = [np.sort(np.hypot(*(places - place).T))[1] for place in places]
    alone = [k for k in np.argsort(apart)[::-1] if apart[k] > 20]
    script = f"""([x, y]) => {{ const w = {FRAME}, c = w.document.querySelector('.leaflet-geo-points-pane canvas');
      const at = w.map.layerPointToContainerPoint([x, y].map((v, k) => v + w.geoPoints.marks()[0].corner[k]));
      const hit = w.document.elementFromPoint(at.x, at.y);
      return [[...c.getContext('2d').getImageData(x, y, 1, 1).data], at.x, at.y,
              !!hit && hit.tagName === 'CANVAS' && at.y < 300]; }}"""
    for k in alone:
        pixel, x, y, free = app.page.evaluate(script, [float(v) for v in places[k]])
        wanted = [int(colours[drawn["dots"][k]["kind"]][i : i + 2], 16) for i in (1, 3, 5)]
        assert np.abs(np.array(pixel[:3]) - wanted).max() < 12
        if free:
            break
    box = app.page.locator("iframe").first.bounding_box()
    assert box
    app.page.mouse.move(box["x"] + x, box["y"] + y)
    tip = app.page.frame_locator("iframe").first.locator(".geo-row")
    expect(tip.locator("b")).to_have_text("企业")
    expect(tip).to_contain_text("类型: ")
    app.page.mouse.move(box["x"] + 5, box["y"] + 5)
    expect(tip).to_have_count(0)
    # The same points told otherwise, as in another language: what was said before is not said again.
    app.page.route("**/told-*", lambda route: route.fulfill(json={"name": "firm", "cells": []}))
    set_again = f"""() => {{ const w = {FRAME}, state = w.__geoMap.state;
      w.geoPoints.apply(w.map, [{{ ...state.points[0], rows: '/told-' }}], () => {{}}); }}"""
    app.page.evaluate(set_again)
    app.page.mouse.move(box["x"] + x, box["y"] + y)
    expect(tip.locator("b")).to_have_text("firm")
    app.page.mouse.move(box["x"] + 5, box["y"] + 5)
    expect(tip).to_have_count(0)


def test_from_file_to_map_table_and_download(app: AppPage, atlas: Atlas, tmp_path: Path) -> None:
    count = len(pd.read_csv(path := table(atlas, tmp_path / "企业.csv", 60), encoding="gb18030"))
    app.open("/data", wait=False)
    upload(app, path)
    page = app.page
    expect(page.get_by_role("radio", name="GCJ-02")).to_be_checked()
    expect(page.locator(".geo-tally div").first).to_contain_text(f"{count:,}")
    app.wait_map("map.state.classes && map.state.classes.roles[0] === 'district'")
    assert sum(int(t.replace(",", "")) for t in page.locator(".geo-section tbody strong").all_inner_texts()) == count
    page.wait_for_function(f"(n) => ({POINTS})(document.querySelector('iframe')) === n", arg=count)
    assert page.evaluate("document.querySelector('iframe').contentWindow.geoPoints.count()") > count / 2
    coloured(app, pd.read_csv(path, encoding="gb18030")["类型"])
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV", exact=True).click()
    joined = pd.read_csv(download.value.path(), encoding="utf-8-sig")
    assert len(joined) == count
    assert (joined["join_status"] == "matched").all()
    assert (joined["district_id"].map(atlas.districts["name_zh"]) == joined["所在区"]).mean() > 0.999
    # The other two datums, drawn beside it.
    app.do(lambda: page.get_by_text("在地图上看三种坐标系下的同一批点").click())
    assert app.map("map.state.points.length") == 3
    # The map page shows them as well, and coming back finds the table still there.
    page.get_by_role("link", name="地图", exact=True).click()
    app.wait_map("map.layers > 0 && map.state.points && map.state.points.length === 1 && !map.state.classes")
    page.get_by_role("link", name="你的数据", exact=True).click()
    expect(page.get_by_role("button", name="移除")).to_be_visible()
    page.get_by_role("button", name="移除").click()
    expect(page.locator(".geo-tally")).to_have_count(0)


def test_few_points_are_large_and_no_name_covers_them(app: AppPage, atlas: Atlas, tmp_path: Path) -> None:
    names = [row.name_zh for row in atlas.districts.itertuples()]
    pd.DataFrame({"注册地址": names}).to_csv(path := tmp_path / "少.csv", index=False)
    app.open("/data", wait=False)
    upload(app, path)
    app.page.wait_for_function(f"() => {FRAME}.geoPoints.marks()[0]")
    app.wait_map("map.labels > 10")
    drawn = app.page.evaluate(f"() => {FRAME}.geoPoints.marks()[0]")
    assert len(drawn["dots"]) + sum(mark["count"] for mark in drawn["marks"]) == len(names)
    assert drawn["radius"] == 5.5
    covered = f"""() => {{ const w = {FRAME}, drawn = w.geoPoints.marks()[0];
      const frame = w.document.querySelector('.leaflet-container').getBoundingClientRect();
      const names = [...w.document.querySelectorAll('.geo-label')].map((n) => n.getBoundingClientRect());
      return drawn.dots.filter((dot) => {{
        const at = w.map.layerPointToContainerPoint([dot.x + drawn.corner[0], dot.y + drawn.corner[1]]);
        const x = at.x + frame.left, y = at.y + frame.top;
        return names.some((n) => n.left < x && x < n.right && n.top < y && y < n.bottom); }}).length; }}"""
    assert app.page.evaluate(covered) == 0


def test_one_session_does_not_see_the_points_of_another(
    open_page: Callable[..., AppPage], app_url: str, atlas: Atlas, tmp_path: Path
) -> None:
    first = open_page(app_url).open("/data", wait=False)
    upload(first, table(atlas, tmp_path / "secret.csv", 30, "secret-of-one"))
    url = first.map("map.state.points[0].url")
    second = open_page(app_url)
    second.open("/data", wait=False)
    expect(second.page.locator("input[type=file]")).to_be_attached()
    assert "secret" not in second.page.content()
    for path in ("/", "/export"):
        second.open(path, wait=path == "/")
        second.page.wait_for_selector(".geo-footer")
        assert not second.page.evaluate("document.querySelectorAll('iframe').length") or not second.map(
            "map.state.points"
        )
        assert "secret" not in second.page.content()
    # When the owner takes the file away, the points are gone from the server.
    first.page.get_by_role("button", name="secret.csv").click()
    expect(first.page.locator(".geo-tally")).to_have_count(0)
    first.settle()
    gone(first, app_url + url)
    # A map that was still asking is told so without an error, which the browser would put in its console.
    assert first.page.evaluate("(url) => fetch(url).then((answer) => answer.status)", url) == 204


HOSTILE = "{{7*7}}{% raise %}<img src=x onerror='window.top.__owned=1'></script>`${1}`=cmd|' /C calc'!A0"


@pytest.mark.parametrize("language", ["en"])
def test_a_hostile_table_is_text_and_a_broken_one_is_refused(app: AppPage, tmp_path: Path, language: str) -> None:
    path = tmp_path / "hostile.csv"
    frame = pd.DataFrame({HOSTILE: [HOSTILE] * 3 + ["b"], "lng": [121.5] * 4, "lat": [31.2] * 4})
    frame.to_csv(path, index=False)
    app.open(f"/data?lang={language}", wait=False)
    upload(app, path)
    assert app.page.evaluate("window.__owned") is None
    app.page.set_input_files(
        "input[type=file]", {"name": "x.xlsx", "mimeType": "", "buffer": b"PK\x03\x04" + bytes(99)}
    )
    expect(app.page.get_by_role("alert").first).to_be_visible()
    assert "Traceback" not in app.page.content()


def test_the_points_of_a_closed_page_are_not_served(
    open_page: Callable[..., AppPage], app_url: str, atlas: Atlas, tmp_path: Path
) -> None:
    first, other = open_page(app_url).open("/data", wait=False), open_page(app_url)
    upload(first, table(atlas, tmp_path / "closed.csv", 10))
    url = app_url + first.map("map.state.points[0].url")
    assert other.page.request.get(url).status == 200  # whoever is given the address: nobody can guess it
    token = url.split("/")[-2]
    assert len(token) >= 43
    assert other.page.request.get(url.replace(token, token[:-1] + ("A" if token[-1] != "A" else "B"))).status == 404
    first.page.close()
    gone(other, url)


def test_a_table_with_addresses_alone_is_located(app: AppPage, tmp_path: Path) -> None:
    rows = ["上海市黄浦区南京东路635号", "静安区南京西路1686号", "浦东新区世纪大道100号", "某地", ""]
    path = tmp_path / "addresses.csv"
    pd.DataFrame({"名称": "企业", "注册地址": rows}).to_csv(path, index=False)
    app.open("/data", wait=False)
    upload(app, path)
    page = app.page
    expect(page.get_by_text("按地址定位").first).to_be_visible()
    expect(page.get_by_role("radio", name="GCJ-02")).to_have_count(0)
    page.wait_for_function(f"({POINTS})(document.querySelector('iframe')) === 3")
    expect(page.locator(".geo-tally")).to_contain_text("5")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV", exact=True).click()
    joined = pd.read_csv(download.value.path(), encoding="utf-8-sig")
    assert joined["located_by"].tolist() == ["house_number"] * 3 + ["none"] * 2
    assert joined["accuracy_m"].notna().tolist() == [True] * 3 + [False] * 2
