"""The preview picture that messengers and news sites show beside a link: the location of a place in the city."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

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

#: Pixels; above the minimum for a large card (600 by 315), and no larger than a card is displayed.
WIDTH, HEIGHT = 800, 420

#: Left edge of the map, right of the text; factor by which the map is drawn larger, so that reducing it smooths the
#: lines. Curves that deviate by less than a pixel are drawn straight.
_LEFT, _FINE = 318, 2
_STRAIGHT = 1.0 * _FINE

_LAND, _BORDER, _OTHER = "#FFFFFF", BASE_LOOKS["district"].colour, "#E2DFE8"
_PLACE, _ACCENT, _INK, _QUIET = "#DFA79B", "#B3402A", "#1F2A33", "#5D6973"
#: A place smaller than this gets a ring around it; radius of the ring; pixels.
_SMALL, _RING = 17, 12
#: Margin and first baseline of the text, line spacing, and font factors to try until a long name fits.
_MARGIN, _TOP, _LEADING, _SHARES = 24, 28.0, 1.3, (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)
#: Pairs of adjacent colours and the number of blends between them. A fixed palette keeps the colour of small places;
#: up to sixteen colours need half a byte per pixel, and each one less saves a twentieth of the file.
_STEPS = ((_LAND, _INK, 2), (_LAND, _QUIET, 1), (_LAND, _BORDER, 0), (_LAND, _ACCENT, 1), (SEA, SEA, 0),
          (BEYOND, BEYOND, 0), (_OTHER, _OTHER, 0), (_PLACE, _PLACE, 0))  # fmt: skip


def preview_png(atlas: Atlas, place_id: str) -> bytes:
    """Return the preview picture of a place: names, kind and location.

    Parameters
    ----------
    atlas : Atlas
    place_id : str

    Returns
    -------
    bytes
        PNG of 800 × 420 pixels, some 15 KB; the same bytes for the same layers and fonts. Without a font with Chinese
        characters its text is in English only.

    Raises
    ------
    UsageError
        If there is no such place.
    MissingDependencyError
        If Pillow or matplotlib is not installed.

    Notes
    -----
    Some 0.1 s each; the background is drawn once per atlas.
    """
    place_id = atlas.find(place_id)
    with needs("needs.preview_picture", "pillow", "report"):
        from PIL import Image, ImageDraw
    picture = _ground(atlas).copy()
    _mark(picture, atlas, place_id)
    picture = picture.reduce(_FINE)
    _write(ImageDraw.Draw(picture), atlas, place_id)
    return _png(picture.quantize(palette=_palette(), dither=Image.Dither.NONE))


def _png(picture: Image) -> bytes:
    """Return a palette image of at most sixteen colours as PNG.

    Pillow's compression is made for speed: Python's own zlib makes the file a sixth smaller.
    """
    indices = np.asarray(picture)
    indices = np.pad(indices, ((0, 0), (0, indices.shape[1] % 2)))
    rows = np.pad(indices[:, ::2] << 4 | indices[:, 1::2], ((0, 0), (1, 0)))  # each row begins with its filter type, 0
    packed = zlib.compressobj(9, memLevel=9)
    header = struct.pack(">IIBBBBB", *picture.size, 4, 3, 0, 0, 0)
    palette = bytes(picture.getpalette() or [])[:48]
    content = b"\x89PNG\r\n\x1a\n"
    for name, part in (
        (b"IHDR", header),
        (b"PLTE", palette),
        (b"IDAT", packed.compress(rows.tobytes()) + packed.flush()),
        (b"IEND", b""),
    ):
        content += struct.pack(">I", len(part)) + name + part + struct.pack(">I", zlib.crc32(name + part))
    return content


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
    """Return the frame in which the districts (or, without any, all places) fill the map; a point is a pixel."""
    shapes = scene(atlas).shapes
    bounds = shapely.total_bounds([shapes[key] for key in atlas.districts.index] or list(shapes.values()))
    rect = (_FINE * _LEFT, 0, _FINE * (WIDTH - _LEFT), _FINE * HEIGHT)
    return framed(rect, tuple(bounds.tolist()), margin=0.03, rounded=False)


@lru_cache(maxsize=2)
def _ground(atlas: Atlas) -> Image:
    """Return the enlarged background: sea, districts, water and the places of the layout."""
    from PIL import Image

    picture, frame, where = Image.new("RGB", (WIDTH * _FINE, HEIGHT * _FINE), BEYOND), _frame(atlas), scene(atlas)
    for layer in where.ground:
        if layer.role in ("sea", "water"):
            _paint(picture, frame.drawn(layer.shape).simplify(_STRAIGHT), SEA)
        elif layer.role == "district":
            districts = shapely.get_parts(frame.drawn(layer.shape))
            for district in shapely.coverage_simplify(districts, _STRAIGHT):  # shared borders stay shared
                _paint(picture, district, _LAND, _BORDER, _FINE)
    for place_id in atlas.layout.index[atlas.layout["method"] != "schematic"]:
        _paint(picture, frame.drawn(where.shapes[place_id]), _OTHER)
    picture.paste(_LAND, (0, 0, _LEFT * _FINE, HEIGHT * _FINE))
    return picture


def _paint(picture: Image, shape: BaseGeometry, fill: str, edge: str = "", width: int = 0) -> None:
    """Fill a shape without its holes, and draw its edge."""
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
    """Mark the place: with its outline only if its bounds are known, with a ring if it is too small to see."""
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


class _Line(NamedTuple):
    """A line of text: content, size, colour, and free space above it in pixels."""

    said: str
    size: int
    colour: str
    above: float = 0.0

    @property
    def height(self) -> float:
        return self.above + self.size * _LEADING


def _write(pen: ImageDraw, atlas: Atlas, place_id: str) -> None:
    """Write the names and kind from the top; title, version, credit and notices from the bottom."""
    foot = _foot(atlas, place_id)
    bottom = HEIGHT - _MARGIN - sum(line.height for line in foot)
    for share in _SHARES:
        head = _head(atlas, place_id, share)
        if _TOP + sum(line.height for line in head) + _MARGIN / 2 <= bottom:
            break
    for start, lines in ((_TOP, head), (bottom, foot)):
        y = start
        for line in lines:
            pen.text((_MARGIN, y + line.above), line.said, font=_font(line.size), fill=line.colour)
            y += line.height


def _head(atlas: Atlas, place_id: str, share: float) -> list[_Line]:
    """Return the lines with names and kind, with font sizes multiplied by `share`."""
    sheet = place_sheet(atlas, place_id)
    city = atlas.roles[str(sheet.row["kind"])] == "city"
    names = [str(atlas.meta[f"title_{one}"] if city else sheet.row[f"name_{one}"]) for one in _languages()]
    lines: list[_Line] = []
    for number, name in enumerate(dict.fromkeys(names)):
        lines += _lines(name, round((20 if number else 31) * share), _INK, above=5.0 if number else 0.0)
    about = [
        [str(sheet.kind[f"name_{one}"]) for one in _languages()],
        [districts_text(atlas, sheet, one) for one in _languages()],
        [text(f"web.method.short.{sheet.boundary.method}", one) for one in _languages()],
    ]
    for said in [] if city else about:
        words = " · ".join(dict.fromkeys(filter(None, said)))
        lines += _lines(words, max(round(15 * share), 11), _QUIET, above=3.0) if words else []
    return lines


def _foot(atlas: Atlas, place_id: str) -> list[_Line]:
    """Return the lines with title, date and version and, in small type, credit and notices in every language."""
    meta = atlas.meta
    city = atlas.roles[str(atlas.place_rows[place_id]["kind"])] == "city"
    titles = [str(meta[f"title_{one}"]) for one in _languages() if not city]
    dated = f"{meta['data_date']} · {meta['version']}"
    credit = [" · ".join((meta[f"attribution_{one}"], notice(meta, one))) for one in _languages()]
    sized = [(said, 13) for said in (*titles, dated)] + [(said, 10) for said in credit]
    return [line for said, size in sized for line in _lines(said, size, _QUIET)]


def _languages() -> Sequence[str]:
    """Return the languages that the font can show."""
    return LANGUAGES if chinese_font() else ("en",)


def _lines(said: str, size: int, colour: str, above: float = 0.0) -> list[_Line]:
    """Break a text into lines of one style."""
    first, *more = _wrapped(said, size)
    return [_Line(first, size, colour, above), *(_Line(line, size, colour) for line in more)]


def _wrapped(said: str, size: int) -> list[str]:
    """Break a text into lines that fit beside the map."""
    return wrapped(said, _LEFT - 1.5 * _MARGIN, size)


@lru_cache(maxsize=16)
def _font(size: int) -> Any:
    """Return the font of the figures, with Chinese characters if such a font is installed."""
    with needs("needs.preview_picture", "pillow", "report"):
        from PIL import ImageFont
    path, face = font().regular
    return ImageFont.truetype(path, size, index=face)
