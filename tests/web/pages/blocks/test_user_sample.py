"""The table to try: it reads, joins and is the atlas's own institutions."""

from __future__ import annotations

import io

import pytest
from page_driver import Shown

from geo.analysis.user_data.user_table import join, read_user_table
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.web.pages.blocks.user_sample import sample


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_sample_is_read_and_joined_like_any_table(atlas: Atlas, language: str) -> None:
    frame = sample(atlas, language)
    placed = atlas.institutions[atlas.institutions.geometry.notna()]
    assert len(frame) == len(placed) > 10
    user = read_user_table(io.BytesIO(frame.to_csv(index=False).encode()), text("data.sample.file", language), atlas)
    assert not user.question
    tally = join(user, "wgs84", atlas, language).tally
    assert (tally.rows, tally.matched) == (len(frame), len(frame))


def test_the_page_shows_its_first_rows_and_a_button(atlas: Atlas) -> None:
    shown = Shown("data", {"lang": "en"})
    rows = shown.all("table.geo-sample-table tbody tr")
    assert [row.xpath("th")[0].text_content() for row in rows] == list(sample(atlas, "en").iloc[:3, 0])
