"""Links to what is shown as data: each leads to a door that answers with just that."""

from __future__ import annotations

import csv
import io
from urllib.parse import parse_qsl

import lxml.html
import pytest

from geo.api.asking import Ask
from geo.api.door import answer
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.web.parts import data_links


@pytest.fixture(autouse=True)
def address(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in for the address that the server knows of itself."""
    monkeypatch.setattr(data_links, "page_url", lambda path, selection: f"https://example.org/{path}")


def test_the_facts_of_places_are_theirs_and_no_others(atlas: Atlas) -> None:
    places = ["zhangjiang", "maqiao"]
    path, _, query = data_links.facts_file(places).partition("?")
    pairs = tuple((name, value) for name, value in (pair.split("=") for pair in query.split("&")))
    reply = answer(atlas, Ask(f"/{path}", pairs))
    rows = list(csv.DictReader(io.StringIO(reply.body.decode("utf-8-sig"))))
    assert {row["place_id"] for row in rows} == set(places)
    facts = atlas.table("facts")
    assert len(rows) == int(facts["place_id"].isin(places).sum())


def test_a_line_has_each_file_and_a_button_with_its_address() -> None:
    made = lxml.html.fromstring(data_links.data_links({"CSV": "data/a.csv", "JSON": "data/a.json"}, "en"))
    assert made.xpath("//a/@href") == ["./data/a.csv", "./data/a.json"]
    assert made.xpath("//button/@data-copy") == ["https://example.org/data/a.csv", "https://example.org/data/a.json"]


def test_pictures_are_those_of_the_state(atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    """The door answers what the page links to; where nothing can be drawn there is no link."""
    state = Selection(places=("lingang",), language="en", basemap="none", view=(121.5, 31.2, 10.0))
    files = data_links.picture_files("data/area_km2", state, of="layout", order="asc")
    assert list(files) == ["SVG", "PNG"]
    path, _, query = files["SVG"].partition("?")
    reply = answer(atlas, Ask(f"/{path}", tuple(parse_qsl(query))))
    assert reply.status == 200
    assert b">Lingang</text>" in reply.body
    monkeypatch.setattr(data_links, "can_draw", lambda: False)
    assert data_links.picture_files("data/area_km2", state) == {}
