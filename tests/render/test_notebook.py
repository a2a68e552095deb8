"""A view in a notebook: whole without a network, small, closed to what names say; opened in a browser."""

from __future__ import annotations

import html.parser
import re
from pathlib import Path

import pytest

import geo
from geo.atlas import Atlas, View
from geo.build import build
from geo.errors import MissingDependencyError
from geo.render import notebook
from geo.render.map import standalone


class Frames(html.parser.HTMLParser):
    """The frames of a page, with their attributes as a browser reads them, and the page's own text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.frames: list[dict[str, str | None]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "iframe":
            self.frames.append(dict(attrs))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_view_shows_itself_through_geo(atlas: Atlas) -> None:
    assert geo.View is View
    shown = atlas.select(kinds=["belt"])._repr_html_()
    assert shown is not None
    assert shown == notebook.view_html(atlas.select(kinds=["belt"]))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_is_one_frame_and_a_table_that_ask_nothing_of_the_network(atlas: Atlas, language: str) -> None:
    view = atlas.select(language=language)
    made = notebook.view_html(view)
    assert len(made.encode()) < 1_000_000
    page = Frames(made)
    (frame,) = page.frames
    assert frame["sandbox"] == "allow-scripts"
    inner = frame["srcdoc"] or ""
    assert "default-src 'none'" in inner
    assert not re.search(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=", inner)
    assert "L.map(" in inner
    first = atlas.name(view.places.index[0], language)
    assert first in page.text
    assert str(len(view.places)) in page.text
    for notice in ("attribution", "border_notice"):
        assert atlas.meta[f"{notice}_{language}"] in page.text


def test_names_stay_text(seeds: Path, tmp_path: Path) -> None:
    places = seeds / "places.csv"
    named = places.read_text("utf-8")
    assert "Belt A" in named
    places.write_text(named.replace("Belt A", "<script>alert('1')</script>"), "utf-8")
    build(seeds, tmp_path / "layers")
    made = notebook.view_html(Atlas.load(tmp_path / "layers").select(language="en"))
    page = Frames(made)
    assert "<script>alert" in page.text
    inner = page.frames[0]["srcdoc"] or ""
    assert "<script>alert" not in inner
    assert inner.count("<script>") == len(standalone.scripts("notebook.js"))


def test_nothing_shown_is_an_empty_table(tiny: Atlas) -> None:
    assert Frames(notebook.view_html(tiny.select(text="no such place"))).frames == []


def test_without_leaflet_the_table_stands_alone(tiny: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> Path:
        raise MissingDependencyError("not here")

    monkeypatch.setattr(standalone, "vendor_folder", gone)
    made = notebook.view_html(tiny.select())
    assert Frames(made).frames == []
    assert "pip install" in made
    assert tiny.name(tiny.layout.index[0], "zh") in made
