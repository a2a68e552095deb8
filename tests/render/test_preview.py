"""The preview picture: its size, the place where it lies, its weight, the same each time."""

from __future__ import annotations

import io
import re
from itertools import pairwise
from typing import Any

import pytest
import shapely
from PIL import Image

from geo.atlas.atlas import Atlas
from geo.errors import UsageError
from geo.render import preview
from geo.render.figure.scene import scene
from geo.render.preview import HEIGHT, WIDTH, preview_png

RED = (0xDF, 0xA7, 0x9B)


def _spots(content: bytes) -> list[tuple[int, int]]:
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    assert picture.size == (WIDTH, HEIGHT)
    pixels = picture.load()
    return [(x, y) for x in range(0, WIDTH, 4) for y in range(0, HEIGHT, 4) if pixels[x, y] == RED]


def test_a_place_is_marked_where_it_lies(tiny: Atlas) -> None:
    west, east = (_spots(preview_png(tiny, one)) for one in ("west", "east"))
    assert len(west) > 300
    assert len(east) > 300
    assert max(x for x, _ in west) <= min(x for x, _ in east) + 8  # a ring or a border between
    assert min(x for x, _ in west) > preview._LEFT
    assert _spots(preview_png(tiny, "tiny")) == []


def test_the_districts_fill_the_map(atlas: Atlas) -> None:
    frame = preview._frame(atlas)
    west, south, east, north = shapely.total_bounds([scene(atlas).shapes[key] for key in atlas.districts.index])
    filled = ((east - west) / (frame.width * frame.metres), (north - south) / (frame.height * frame.metres))
    assert 0.93 <= max(filled) <= 1


def test_what_lies_in_a_hole_is_not_covered() -> None:
    picture = Image.new("RGB", (60, 60), "#00FF00")
    ring = shapely.box(10, 10, 50, 50).difference(shapely.box(20, 20, 40, 40))
    preview._paint(picture, ring, "#FF0000", "#0000FF", 2)
    seen = {at: picture.getpixel(at) for at in ((5, 5), (15, 15), (30, 30), (20, 30), (50, 30))}
    assert [colour.index(255) for colour in map(tuple, seen.values())] == [1, 0, 1, 2, 2]


def test_the_same_layers_give_the_same_small_picture(atlas: Atlas) -> None:
    first = preview_png(atlas, "maqiao")
    assert first == preview_png(Atlas.load(atlas.folder), "maqiao")
    assert len(first) < 18_000
    with pytest.raises(UsageError, match="nowhere"):
        preview_png(atlas, "nowhere")


def test_every_word_fits_beside_the_map_and_none_upon_another(atlas: Atlas) -> None:
    """Long names are set smaller until what the place is stands above the title of the map."""
    boxes: list[tuple[float, float, float, float]] = []

    class Pen:
        def text(self, at: tuple[float, float], said: str, font: Any, fill: str) -> None:
            left, top, right, bottom = font.getbbox(said)
            boxes.append((at[0] + left, at[1] + top, at[0] + right, at[1] + bottom))

    smaller = []
    for place_id in atlas:
        boxes.clear()
        preview._write(Pen(), atlas, place_id)
        assert max(right for _, _, right, _ in boxes) <= preview._LEFT, place_id
        assert all(above[3] <= below[1] for above, below in pairwise(boxes)), place_id
        assert boxes[-1][3] <= HEIGHT - preview._MARGIN / 2, place_id
        whole = preview._head(atlas, place_id, 1.0)
        smaller += [place_id] if preview._TOP + sum(line.height for line in whole) > HEIGHT / 2 + 50 else []
        for share in (1.0, 0.5):
            said = "".join(line.said for line in preview._head(atlas, place_id, share))
            for language in ("zh", "en") if place_id in atlas.layout.index else ():
                name = str(atlas.place_rows[place_id][f"name_{language}"])
                assert re.sub(r"\s", "", name) in re.sub(r"\s", "", said), place_id
    assert smaller


def test_the_file_is_a_png_as_its_rules_have_it() -> None:
    """Two pixels a byte, also where a row is odd, each colour at its place; the sums of the parts are right."""
    picture = Image.new("P", (5, 3))
    picture.putpalette([0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255])
    picture.putdata([0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2])
    content = preview._png(picture)
    Image.open(io.BytesIO(content)).verify()  # reads every sum
    read = Image.open(io.BytesIO(content))
    assert (read.size, read.mode) == ((5, 3), "P")
    assert list(read.convert("RGB").getdata()) == list(picture.convert("RGB").getdata())
