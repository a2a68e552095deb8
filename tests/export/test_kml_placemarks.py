"""Placemarks as text: what a parser of XML reads in them is what was meant."""

from __future__ import annotations

import pandas as pd
import shapely
from lxml import etree

from geo.atlas.atlas import Atlas, View
from geo.export.api import make_job
from geo.export.kml_placemarks import Placemarks
from geo.export.registry import find_format

HOSTILE = 'a<b> & "c" ]]> \x07 &amp; \r end'


def marks(atlas: Atlas, view: View) -> list[etree._Element]:
    job = make_job(view, find_format("kml"))
    written = Placemarks(job).of(job.contents.kinds[0], "schema")
    return list(etree.fromstring(f"<all>{written}</all>"))


def test_any_text_is_read_as_it_was_meant(tiny: Atlas) -> None:
    view = tiny.select()
    places = view.places.assign(name_zh=pd.Series([HOSTILE] * 3, view.places.index, dtype="str"))
    (mark,) = marks(tiny, View(tiny, view.selection, places, view.institutions))
    shown = HOSTILE.replace("\x07", "␇")
    assert mark.findtext("name") == shown
    data = {one.get("name"): one.text for one in mark.iter("SimpleData")}
    assert data["name_zh"] == shown
    assert data["kind"] == "belt"
    assert "note_en" not in data or data["note_en"]


def test_parts_and_holes_are_rings_of_their_own(tiny: Atlas) -> None:
    view = tiny.select()
    hole = shapely.box(0, 0, 1, 1) - shapely.box(0.25, 0.25, 0.5, 0.5)
    shapes = [shapely.MultiPolygon([hole, shapely.box(2, 0, 3, 1)])] * 3
    (mark,) = marks(tiny, View(tiny, view.selection, view.places.set_geometry(shapes, crs=4326), view.institutions))
    first, second = mark.findall("MultiGeometry/Polygon")
    assert [len(one.findall("innerBoundaryIs")) for one in (first, second)] == [1, 0]
    ring = second.findtext("outerBoundaryIs/LinearRing/coordinates").split()
    assert ring[0] == ring[-1]
    assert {"2.0000000,0.0000000", "3.0000000,1.0000000"} < set(ring)


def test_labels_stand_inside_their_places(tiny: Atlas) -> None:
    job = make_job(tiny.select(), find_format("kml"))
    labels = etree.fromstring(f"<all>{Placemarks(job).labels('label')}</all>")
    assert [mark.get("id") for mark in labels] == [f"labels.{key}" for key in tiny.select().places.index]
    for mark, shape in zip(labels, tiny.select().places.geometry, strict=True):
        assert mark.findtext("styleUrl") == "#label"
        assert shape.contains(shapely.Point(*map(float, mark.findtext("Point/coordinates").split(","))))
