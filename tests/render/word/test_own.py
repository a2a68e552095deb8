"""The counts of one's own table in a Word document: the tables and sentences that the HTML report has."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest

from geo.analysis.user_data.own_counts import own_counts, own_words
from geo.analysis.user_data.own_table import own_table
from geo.analysis.user_data.point_styles import PointClass, PointStyle
from geo.atlas.atlas import Atlas
from geo.render.figure.sheet import figure
from geo.render.word.document import word_document
from geo.render.word.own import write_own
from geo.render.word.writer import Writer


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_count_stands_in_a_native_table(atlas: Atlas, language: str) -> None:
    view = atlas.select(kinds=("node",), language=language)
    points = gpd.GeoDataFrame(geometry=atlas.layout.geometry.representative_point(), crs=4326)
    own = own_table(points, atlas, language=language)
    writer = Writer(language, lambda source_id: source_id)
    write_own(writer, own, view)
    document = writer.document
    found = own_counts(own, view)
    assert [len(table.rows) - 1 for table in document.tables] == [len(level.rows) for level in found]
    for table, level in zip(document.tables, found, strict=True):
        for row, one in zip(table.rows[1:], level.rows, strict=True):
            position, name, rows = (cell.text for cell in row.cells)
            assert (position, rows) == (str(one.position or "–"), str(one.rows))
            assert name == "\n".join(filter(None, [one.name, one.why]))
    said = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert all(one in said for one in (*own_words(own, language), *(level.total for level in found)))


def test_the_map_has_the_points_in_the_colours_chosen(tiny: Atlas) -> None:
    points = gpd.GeoDataFrame(geometry=tiny.layout.geometry.representative_point(), crs=4326)
    classes = (PointClass("lab", "#228833", 1), PointClass("firm", "#332288", len(points) - 1))
    style = PointStyle("kind", np.arange(len(points)).clip(0, 1).astype(np.uint8), classes)
    own = replace(own_table(points, tiny, language="en"), style=style)
    view = tiny.select(language="en")
    with zipfile.ZipFile(io.BytesIO(word_document(view, own))) as document:
        pictures = [document.read(name) for name in document.namelist() if name.endswith(".png")]
    assert pictures == [figure(view, "png", dpi=220, points=own.points, style=style)]
