from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import geopandas as gpd
import pytest
import streamlit as st
from page_driver import Shown

from bench.serving import PATIENCE_S
from geo.analysis.user_data.own_table import own_table
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.errors import DataError
from geo.export import formats
from geo.render.figure import fonts
from geo.web.pages.blocks import atlas_book
from geo.web.server.books import Books


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_format_says_what_it_holds_before_it_is_made(language: str) -> None:
    shown = Shown("export", {"lang": language})
    offered = [name for name, entry in formats().items() if entry.output != "database"]
    assert list(shown.app.selectbox(key="export_format").options) == [
        formats()[name].name_zh if language == "zh" else formats()[name].name_en for name in offered
    ]
    # Only a drawing for CAD has a plot scale.
    assert "export_plot_scale" not in {one.key for one in shown.app.selectbox}
    assert "EPSG:4326" in shown.text("section.geo-section")
    assert "demo_park" in shown.text("table.geo-table")
    caveat = formats()["gpkg"].caveat_zh if language == "zh" else formats()["gpkg"].caveat_en
    assert caveat in shown.text()


def test_filters_and_crs_of_the_link_are_followed() -> None:
    shown = Shown("export", {"kind": "belt", "format": "dxf", "crs": "EPSG:4550", "lang": "en"})
    assert "EPSG:4550" in shown.text()
    assert "1 place and" in shown.text()
    assert "demo_park" not in shown.text("table.geo-table")


def test_a_drawing_asks_for_its_scale_and_the_basemap(monkeypatch: pytest.MonkeyPatch) -> None:
    made: dict[str, Any] = {}
    monkeypatch.setattr(st, "download_button", lambda *_, data, file_name, **__: made.update({file_name: data}))
    shown = Shown("export", {"format": "dxf", "kind": "node", "lang": "en"})
    scales = shown.app.selectbox(key="export_plot_scale")
    sheets = [one.rpartition(" ")[2] for one in scales.options]
    assert (sheets[:2], sheets[-1], scales.index) == (["(A4)", "(A3)"], "(A0)", 1)
    shown.app.checkbox(key="export_basemap").check()
    scales.select_index(0).run()
    [make] = [one for name, one in made.items() if ".dxf" in name]
    scale = int(scales.options[0].split(" ")[1].removeprefix("1:").replace(",", ""))
    assert make.keywords == {"plot_scale": scale, "basemap": True}
    # A scale that another selection has no sheet for is not kept.
    shown.app.multiselect(key="w_district").set_value(["district_310115"]).run()
    assert not shown.app.exception
    chosen = shown.app.selectbox(key="export_plot_scale")
    assert (sheets[chosen.index], make.keywords["plot_scale"] > chosen.value) == ("(A3)", True)


def test_nonsense_in_the_link_is_named() -> None:
    assert "format" in Shown("export", {"format": "word", "lang": "en"}).text("div.geo-warning")
    refused = Shown("export", {"format": "gpkg", "crs": "EPSG:27700", "lang": "en"})
    assert "27700" in refused.text("div.geo-warning")


def test_an_empty_selection_offers_nothing() -> None:
    shown = Shown("export", {"q": "nothing at all", "lang": "en"})
    assert not shown.all("table.geo-table")
    assert shown.all("div.geo-note")


def test_the_users_table_goes_along_and_that_is_said(atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    points = gpd.GeoDataFrame(geometry=atlas.layout.geometry.representative_point(), crs=4326)
    own = replace(own_table(points, atlas, language="en"), name="firms.csv")
    table = {"own": own, "datum": ("wgs84", "en")}
    offered: dict[str, Any] = {}
    monkeypatch.setattr(st, "download_button", lambda *_, data, file_name, **__: offered.update({file_name: data}))
    shown = Shown("export", {"kind": "node", "lang": "en"}, {"user_table": table})
    assert text("export.page.own", "en", name="firms.csv") in shown.text("p.geo-note")
    kinds = {name.rpartition(".")[2]: make for name, make in offered.items() if name.partition(".")[2] != "gpkg"}
    assert set(kinds) == {"html", "docx", "png", "svg", "pdf"}
    assert all(make.args[-1] is own for make in kinds.values())
    # Nodes stand close: some points of the whole layout lie beyond their map.
    assert f"of {len(points)} within the map" in kinds["svg"]().decode()
    offered.clear()
    Shown("export", {"kind": "node", "lang": "en"})
    assert all(make.args[-1] is None for name, make in offered.items() if not name.endswith(".gpkg"))


def test_the_atlas_is_made_whatever_else_is_clicked_and_handed_on_to_the_next(
    atlas: Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One visitor has it made, in the paper chosen; for the next the download is there; other paper is another book."""
    asked: list[str] = []
    told, goes_on = threading.Event(), threading.Event()

    def make(_: Atlas, *, language: str, paper: str, watch: Callable[[float], object]) -> bytes:
        asked.append(f"{language} {paper}")
        watch(0.25)
        told.set()
        assert goes_on.wait(PATIENCE_S)
        return b"%PDF"

    books = Books(make)
    monkeypatch.setattr(atlas_book, "books", books)
    first = Shown("export", {"kind": "belt", "lang": "en"})
    assert not asked
    first.app.button(key="atlas_make").click()
    first.run()
    assert told.wait(PATIENCE_S)
    making = text("export.page.atlas.making", "en", share="25%")
    for _ in range(2):  # a click is a run of the page, which ends the one before
        first.app.selectbox(key="export_format").select("kml")
        assert making in first.run().text("div.geo-note")
    assert not [one for one in first.app.button if one.key == "atlas_make"]
    goes_on.set()
    book = books.of(atlas, "en", "a4")
    assert book is not None
    assert book.ended.wait(PATIENCE_S)
    label = text("export.page.download", "en", name="Atlas A4 PDF")
    assert label in [one.label for one in first.run().app.get("download_button")]
    assert label in [one.label for one in Shown("export", {"lang": "en"}).app.get("download_button")]
    assert [one for one in Shown("export", {"lang": "zh"}).app.button if one.key == "atlas_make"]
    assert asked == ["en a4"]


def test_an_atlas_that_cannot_be_made_is_told_and_may_be_asked_for_again(
    atlas: Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make(*_: object, **__: object) -> bytes:
        raise DataError("the atlas took too long")

    books = Books(make)
    monkeypatch.setattr(atlas_book, "books", books)
    assert books.ask(atlas, "en", "a4").ended.wait(PATIENCE_S)
    shown = Shown("export", {"lang": "en"})
    assert "took too long" in shown.text("div.geo-warning")
    assert [one for one in shown.app.button if one.key == "atlas_make"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_that_a_font_is_missing_is_told_before_the_atlas_is_made(
    monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    assert "fonts-noto-cjk" not in Shown("export", {"lang": language}).text()
    monkeypatch.setattr(fonts, "CHINESE_FONTS", ("No Such Font",))
    said = text("figure.no_font", language, fonts="No Such Font")
    assert said in Shown("export", {"lang": language}).text("section.geo-section")
