"""The counts of one's own table in a Word document: the tables and sentences that the HTML report has."""

from __future__ import annotations

import geopandas as gpd
import pytest

from geo.analysis.own_counts import own_counts, own_words
from geo.analysis.own_table import own_table
from geo.atlas.atlas import Atlas
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
