"""Outlines at one scale: true sizes against each other, dots for what is too small."""

from __future__ import annotations

import re

import pytest

from geo.atlas.atlas import Atlas
from geo.render.outlines import outlines, picture


def extent(path: str) -> tuple[float, float]:
    numbers = [tuple(map(float, pair.split(","))) for pair in re.findall(r"[-\d.]+,[-\d.]+", path)]
    xs, ys = zip(*numbers, strict=True)
    return max(xs) - min(xs), max(ys) - min(ys)


def test_all_are_drawn_at_the_scale_of_the_bar(atlas: Atlas) -> None:
    drawn = outlines(atlas, ["zhangjiang", "caohejing", "west_bund_ai_tower"], size=200)
    metric = atlas.places.to_crs(atlas.meta["metric_crs"]).geometry
    for shape in drawn.shapes[:2]:
        west, south, east, north = metric[shape.place_id].bounds
        width, height = extent(shape.path)
        per_metre = drawn.bar / drawn.bar_m
        assert width == pytest.approx((east - west) * per_metre, abs=1.0)
        assert height == pytest.approx((north - south) * per_metre, abs=1.0)
    assert [shape.dot for shape in drawn.shapes] == [False, False, True]
    assert drawn.bar_m in (2000, 5000)


def test_pictures_hold_no_text_and_show_the_method(atlas: Atlas) -> None:
    drawn = outlines(atlas, ["zhangjiang_lingang_zone", "changyang_campus"])
    zone, dot = (picture(drawn, shape, "#112233", "schematic").decode() for shape in drawn.shapes)
    assert "url(#h)" in zone
    assert "stroke-dasharray='1.2 2'" in zone
    assert "<circle" in dot
    assert "<text" not in zone + dot
    solid = picture(drawn, drawn.shapes[0], "#112233", "official_bounds").decode()
    assert "stroke-dasharray='none'" in solid
