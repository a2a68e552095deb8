"""The preview picture of a page that a messenger or a news page shows beside a link: where a place lies in the city."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import geopandas as gpd
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
from geo.render.map.ground import sea

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


@dataclass(frozen=True)
class _Frame:
    """How metres of the city's CRS become pixels."""

    west: float
    north: float
    step: float

    def rings(self, shape: BaseGeometry) -> Iterator[list[tuple[float, float]]]:
        for part in shapely.get_parts(shapely.simplify(shape, 1 / self.step)):
            if part.geom_type == "Polygon":
                points = shapely.get_coordinates(part.exterior)
                yield [(_FINE * _LEFT + (x - self.west) * self.step, (self.north - y) * self.step) for x, y in points]


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
    _mark(ImageDraw.Draw(picture), atlas, place_id)
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
def _metric(atlas: Atlas) -> gpd.GeoSeries:
    return atlas.places.geometry.to_crs(atlas.meta["metric_crs"])


@lru_cache(maxsize=2)
def _frame(atlas: Atlas) -> _Frame:
    """Return the frame in which the districts, or where there are none all places, fill the map."""
    shapes = _metric(atlas)
    bounds = shapes[list(atlas.districts.index)].total_bounds if len(atlas.districts) else shapes.total_bounds
    west, south, east, north = (float(one) for one in bounds)
    step = _FINE * 0.94 * min((WIDTH - _LEFT) / (east - west), HEIGHT / (north - south))
    left = west - (_FINE * (WIDTH - _LEFT) / step - (east - west)) / 2
    return _Frame(left, north + (_FINE * HEIGHT / step - (north - south)) / 2, step)


@lru_cache(maxsize=2)
def _ground(atlas: Atlas) -> Image:
    """Return sea, districts, water and the places of the layout, at the fine scale."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (WIDTH * _FINE, HEIGHT * _FINE), BEYOND)
    pen, frame, crs = ImageDraw.Draw(picture), _frame(atlas), atlas.meta["metric_crs"]
    if (water := sea(atlas)) is not None:
        for ring in frame.rings(gpd.GeoSeries([water], crs=4326).to_crs(crs).iloc[0]):
            pen.polygon(ring, fill=SEA)
    shapes = _metric(atlas)
    for place_id in atlas.districts.index:
        for ring in frame.rings(shapes[place_id]):
            pen.polygon(ring, fill=_LAND, outline=_BORDER, width=_FINE)
    for layer_id in atlas.table("basemap").query("role == 'water'")["layer_id"]:
        for shape in atlas.basemap(layer_id).geometry.to_crs(crs):
            for ring in frame.rings(shape):
                pen.polygon(ring, fill=SEA)
    bounded = atlas.layout.index[atlas.layout["method"] != "schematic"]
    for place_id in bounded:
        for ring in frame.rings(shapes[place_id]):
            pen.polygon(ring, fill=_OTHER)
    pen.rectangle((0, 0, _LEFT * _FINE, HEIGHT * _FINE), fill=_LAND)
    return picture


def _mark(pen: ImageDraw, atlas: Atlas, place_id: str) -> None:
    """Draw the place: with its outline only where bounds are known, with a ring where it is too small to be seen."""
    row = atlas.place_rows[place_id]
    if atlas.roles[str(row["kind"])] == "city":
        return
    outline: dict[str, Any] = {} if row["method"] == "schematic" else {"outline": _ACCENT, "width": 2 * _FINE}
    points: list[tuple[float, float]] = []
    for ring in _frame(atlas).rings(_metric(atlas)[place_id]):
        pen.polygon(ring, fill=_PLACE, **outline)
        points += ring
    (left, top), (right, bottom) = np.min(points, axis=0), np.max(points, axis=0)
    if max(right - left, bottom - top) < _SMALL * _FINE:
        x, y, radius = (left + right) / 2, (top + bottom) / 2, _RING * _FINE
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), outline=_ACCENT, width=3 * _FINE)


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
