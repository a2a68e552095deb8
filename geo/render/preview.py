"""The preview picture of a page that a messenger or a news page shows beside a link: where a place lies in the city."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.analysis.place_sheet import place_sheet
from geo.analysis.place_words import districts_text
from geo.atlas.atlas import Atlas
from geo.base.messages import LANGUAGES, text
from geo.base.optional import needs
from geo.contract.notices import notice
from geo.export.base_look import BASE_LOOKS, BEYOND, SEA
from geo.render.figure.fonts import chinese_font, font, wrapped
from geo.render.figure.frame import Frame, framed
from geo.render.figure.scene import scene

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

__all__ = ["HEIGHT", "WIDTH", "preview_png"]

#: As those who show links take it, in pixels.
WIDTH, HEIGHT = 1200, 630

#: The map stands right of the words, and is drawn so many times as large: made smaller, its lines are smooth.
_LEFT, _FINE = 470, 2

_LAND, _BORDER, _OTHER = "#FFFFFF", BASE_LOOKS["district"].colour, "#E2DFE8"
_PLACE, _ACCENT, _INK, _QUIET = "#DFA79B", "#B3402A", "#1F2A33", "#5D6973"
#: A place smaller than this on the picture gets a ring round it, in pixels.
_SMALL, _RING = 26, 17
#: Pairs of colours that meet on the picture, and how many steps there are between them: a fixed palette keeps a small
#: place its colour, and sixteen colours take half a byte a pixel.
_STEPS = ((_LAND, _INK, 4), (_LAND, _QUIET, 1), (_LAND, _BORDER, 1), (_LAND, _ACCENT, 1), (SEA, SEA, 0),
          (BEYOND, BEYOND, 0), (_OTHER, _OTHER, 0), (_PLACE, _PLACE, 0))  # fmt: skip


def preview_png(atlas: Atlas, place_id: str) -> bytes:
    """Return the preview picture of a place: its names, what it is, and where it lies.

    Parameters
    ----------
    atlas : Atlas
    place_id : str

    Returns
    -------
    bytes
        PNG of 1200 × 630 pixels, some 30 KB; the same for the same layers and fonts. Without a font that has Chinese
        characters the words are English only.

    Raises
    ------
    UsageError
        If there is no such place.
    MissingDependencyError
        If Pillow or matplotlib is not installed.

    Notes
    -----
    Some 0.1 s each; the ground is drawn once for each atlas.
    """
    place_id = atlas.find(place_id)
    with needs("a preview picture", "pillow", "report"):
        from PIL import Image, ImageDraw
    picture = _ground(atlas).copy()
    _mark(picture, atlas, place_id)
    picture = picture.reduce(_FINE)
    _write(ImageDraw.Draw(picture), atlas, place_id)
    made = io.BytesIO()
    picture.quantize(palette=_palette(), dither=Image.Dither.NONE).save(made, "PNG", optimize=True)
    return made.getvalue()


@lru_cache(maxsize=1)
def _palette() -> Image:
    """Return an image whose palette holds the colours of `_STEPS`."""
    from PIL import Image, ImageColor

    found: dict[tuple[int, ...], None] = {}
    for first, last, between in _STEPS:
        ends = [np.array(ImageColor.getrgb(one), dtype=float) for one in (first, last)]
        for share in np.linspace(0, 1, between + 2):
            found[tuple(int(one) for one in np.rint(ends[0] + share * (ends[1] - ends[0])))] = None
    made = Image.new("P", (1, 1))
    made.putpalette([one for colour in found for one in colour])
    return made


@lru_cache(maxsize=2)
def _frame(atlas: Atlas) -> Frame:
    """Return the frame in which the districts, or where there are none all places, fill the map; pixels for points."""
    shapes = scene(atlas).shapes
    bounds = shapely.total_bounds([shapes[key] for key in atlas.districts.index] or list(shapes.values()))
    rect = (_FINE * _LEFT, 0, _FINE * (WIDTH - _LEFT), _FINE * HEIGHT)
    return framed(rect, tuple(bounds.tolist()), margin=0.03, rounded=False)


@lru_cache(maxsize=2)
def _ground(atlas: Atlas) -> Image:
    """Return sea, districts, water and the places of the layout, at the fine scale."""
    from PIL import Image

    picture, frame, where = Image.new("RGB", (WIDTH * _FINE, HEIGHT * _FINE), BEYOND), _frame(atlas), scene(atlas)
    for layer in where.ground:
        if layer.role in ("sea", "water"):
            _paint(picture, frame.drawn(layer.shape), SEA)
        elif layer.role == "district":
            for district in shapely.get_parts(layer.shape):
                _paint(picture, frame.drawn(district), _LAND, _BORDER, _FINE)
    for place_id in atlas.layout.index[atlas.layout["method"] != "schematic"]:
        _paint(picture, frame.drawn(where.shapes[place_id]), _OTHER)
    picture.paste(_LAND, (0, 0, _LEFT * _FINE, HEIGHT * _FINE))
    return picture


def _paint(picture: Image, shape: BaseGeometry, fill: str, edge: str = "", width: int = 0) -> None:
    """Fill a shape, not its holes, and draw its edge."""
    from PIL import Image, ImageDraw

    pen = ImageDraw.Draw(picture)
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    for part in parts:
        left, top, right, bottom = (round(side) for side in part.bounds)
        mask = Image.new("1", (right - left + 1, bottom - top + 1))
        stencil = ImageDraw.Draw(mask)
        for number, ring in enumerate((part.exterior, *part.interiors)):
            stencil.polygon([(x - left, y - top) for x, y in ring.coords], fill=int(number == 0))
        picture.paste(fill, (left, top), mask)
    for part in parts if edge else ():
        for ring in (part.exterior, *part.interiors):
            pen.line(list(ring.coords), fill=edge, width=width, joint="curve")


def _mark(picture: Image, atlas: Atlas, place_id: str) -> None:
    """Draw the place: with its outline only where bounds are known, with a ring where it is too small to be seen."""
    row = atlas.place_rows[place_id]
    shape = _frame(atlas).drawn(scene(atlas).shapes[place_id])
    if atlas.roles[str(row["kind"])] == "city" or shape.is_empty:
        return
    _paint(picture, shape, _PLACE, "" if row["method"] == "schematic" else _ACCENT, 2 * _FINE)
    left, top, right, bottom = shape.bounds
    if max(right - left, bottom - top) < _SMALL * _FINE:
        from PIL import ImageDraw

        x, y, radius = (left + right) / 2, (top + bottom) / 2, _RING * _FINE
        ring = (x - radius, y - radius, x + radius, y + radius)
        ImageDraw.Draw(picture).ellipse(ring, outline=_ACCENT, width=3 * _FINE)


def _write(pen: ImageDraw, atlas: Atlas, place_id: str) -> None:
    """Write names and what the place is from the top, title, version, credit and notices from the bottom."""
    languages = LANGUAGES if chinese_font() else ("en",)
    sheet, meta = place_sheet(atlas, place_id), atlas.meta
    city = atlas.roles[str(sheet.row["kind"])] == "city"
    names = [str(meta[f"title_{one}"] if city else sheet.row[f"name_{one}"]) for one in languages]
    about = [str(sheet.kind[f"name_{one}"]) for one in languages]
    method = [text(f"web.method.short.{sheet.boundary.method}", one) for one in languages]
    where = [districts_text(atlas, sheet, one) for one in languages]
    y = 44.0
    for number, name in enumerate(dict.fromkeys(names)):
        y = _lines(pen, name, y, size=30 if number else 46, colour=_INK) + 8
    for said in [] if city else [about, where, method]:
        y = _lines(pen, " · ".join(dict.fromkeys(filter(None, said))), y + 4, size=22, colour=_QUIET)
    foot = [str(meta[f"title_{one}"]) for one in languages if not city]
    foot.append(f"{meta['data_date']} · {meta['version']}")
    foot += [" · ".join((meta[f"attribution_{one}"], notice(meta, one))) for one in languages]
    lines = [(line, size) for said, size in zip(foot, [20] * (len(foot) - len(languages)) + [14] * 2, strict=False)
             for line in _wrapped(said, size)]  # fmt: skip
    y = HEIGHT - 30 - sum(size * 1.4 for _, size in lines)
    for line, size in lines:
        pen.text((36, y), line, font=_font(size), fill=_QUIET)
        y += size * 1.4


def _lines(pen: ImageDraw, said: str, y: float, *, size: int, colour: str) -> float:
    """Write a text in as many lines as it needs; return where the next one may stand."""
    for line in _wrapped(said, size):
        pen.text((36, y), line, font=_font(size), fill=colour)
        y += size * 1.3
    return y


def _wrapped(said: str, size: int) -> list[str]:
    """Return a text as lines that fit beside the map."""
    return wrapped(said, _LEFT - 60, size)


@lru_cache(maxsize=16)
def _font(size: int) -> Any:
    """Return the font that the figures use, with Chinese characters where one is installed."""
    with needs("a preview picture", "pillow", "report"):
        from PIL import ImageFont
    path, face = font().regular
    return ImageFont.truetype(path, size, index=face)
