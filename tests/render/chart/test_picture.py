"""Head, foot and bytes of a picture: sources in two columns, version and notice, the same bytes each time."""

from __future__ import annotations

import io

import lxml.etree
import pytest
from PIL import Image

from geo.atlas.atlas import Atlas
from geo.contract.notices import notice
from geo.render.chart import picture
from geo.render.figure.marks import Sheet, Words


def sheet_of(atlas: Atlas) -> Sheet:
    drawn, y = picture.head("一行标题 A title", "below")
    return picture.foot(drawn, atlas, list(atlas.rows("sources"))[:5], y, "zh")


def test_sources_are_numbered_in_two_columns_and_the_sheet_ends_below(atlas: Atlas) -> None:
    drawn = sheet_of(atlas)
    words = [mark for mark in drawn.marks if isinstance(mark, Words)]
    numbered = [mark for mark in words if mark.text.split(". [")[0].isdigit()]
    assert [mark.text.split(".")[0] for mark in numbered] == list("12345")
    assert len({mark.x for mark in numbered}) == 2
    assert any(notice(atlas.meta, "zh") in mark.text for mark in words)
    assert max(mark.y for mark in words) < drawn.height < max(mark.y for mark in words) + 2 * picture.MARGIN


def test_bytes_are_the_same_each_time(atlas: Atlas) -> None:
    drawn = sheet_of(atlas)
    for name in picture.PICTURE_FORMATS:
        first, again = (picture.picture(drawn, name, title="T", language="zh") for _ in range(2))
        assert first == again
    tree = lxml.etree.fromstring(picture.picture(drawn, "svg", title="T & T", language="zh"))
    assert "一行标题 A title" in tree.xpath("//*[local-name()='text']/text()")
    image = Image.open(io.BytesIO(picture.picture(drawn, "png", title="T", language="zh")))
    assert image.size == (2 * picture.PICTURE_WIDTH, 2 * drawn.height)


def test_without_a_font_it_is_english(monkeypatch: pytest.MonkeyPatch) -> None:
    assert picture.readable_language("zh") == "zh"
    monkeypatch.setattr(picture, "chinese_font", lambda: None)
    assert picture.readable_language("zh") == "en"
