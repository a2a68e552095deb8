"""The figure of a view, a printable sheet: map, inset of crowded places, legend, sources, notices."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyproj
import shapely
from numpy.typing import ArrayLike

from geo.analysis.compare import Ranking, coloured
from geo.analysis.filter_words import filter_words
from geo.analysis.units import format_number
from geo.atlas.atlas import View
from geo.base.messages import text
from geo.base.told import told
from geo.contract.notices import notice
from geo.errors import UsageError
from geo.render.figure.fonts import FontWarning, chinese_font, font_words, wrapped
from geo.render.figure.frame import Frame, framed, round_scale
from geo.render.figure.legend import Entry, Told, draw_legend, draw_sources, legend
from geo.render.figure.marks import MUTED, Sheet
from geo.render.figure.own import OwnMeasure, OwnPoints, own_points
from geo.render.figure.plate import Plate
from geo.render.figure.scene import Scene, scene

if TYPE_CHECKING:
    from geo.analysis.user_data.point_styles import PointStyle

__all__ = ["FIGURE_FORMATS", "PAPERS", "drawn_sheet", "figure", "projection_text", "readable_view", "subtitle"]

FIGURE_FORMATS = ("png", "svg", "pdf")

#: Paper → short and long side in points, factor of the font sizes.
PAPERS = {"a4": (595.28, 841.89, 1.0), "a3": (841.89, 1190.55, 1.2)}

#: Scale of the inset relative to the map; fewest places that make an inset worth while.
_ZOOM, _CROWD = 2.0, 6

#: Font size of the legend, points.
_TYPE_PT = 7.4

Rect = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class _Layout:
    """Positions of the parts of the sheet as (left, top, width, height) in points; the legend in columns."""

    chart: Rect
    legends: tuple[Rect, ...]
    inset: Rect | None
    sources: Rect


def figure(
    view: View,
    file_format: str = "png",
    *,
    dpi: int = 200,
    paper: str = "a4",
    portrait: bool = False,
    points: ArrayLike | None = None,
    style: PointStyle | None = None,
    measure: OwnMeasure | None = None,
) -> bytes:
    """Return the figure of a view.

    Parameters
    ----------
    view : View
        The selected places; `view.selection` gives the language, the measure to colour by and the place to highlight.
    file_format : {"png", "svg", "pdf"}
    dpi : int
        Resolution of the PNG.
    paper : {"a4", "a3"}
    portrait : bool
        Portrait; otherwise landscape.
    points : array_like of float, shape (n, 2), optional
        A user's points to draw, longitude and latitude in degrees, WGS 84.
    style : PointStyle, optional
        Colours of the points by a column; by default they have one colour.
    measure : OwnMeasure, optional
        A measure of the user's that colours districts or places, in place of `view.selection.measure`.

    Returns
    -------
    bytes
        The same bytes for the same view, points and fonts: it carries the date of the data, not the current one. Text
        in PDF and SVG is text; PDF embeds the font, SVG names it.

    Raises
    ------
    UsageError
        If format or paper is unknown, the view shows no place, or `points` is not an (n, 2) array of finite numbers.
    MissingDependencyError
        If matplotlib or, for a PDF, fpdf2 is not installed.

    Warns
    -----
    FontWarning
        If no font with Chinese characters is installed; the figure is then in English, and says so.

    Notes
    -----
    Drawn in the atlas' metric CRS at a round scale, so that scale bar and number are true on paper; about a second.
    """
    if file_format not in FIGURE_FORMATS:
        raise told(UsageError, "wrong.figure_format", given=file_format, allowed=", ".join(FIGURE_FORMATS))
    if view.places.empty:
        raise told(UsageError, "wrong.empty_view")
    view = readable_view(view)
    title, language = view.atlas.meta[f"title_{view.selection.language}"], view.selection.language
    drawn = drawn_sheet(view, paper=paper, portrait=portrait, points=points, style=style, measure=measure)
    if file_format == "png":
        from geo.render.figure.png import png_bytes

        return png_bytes(drawn, title=title, dpi=dpi)
    if file_format == "svg":
        from geo.render.figure.svg import svg_bytes

        return svg_bytes(drawn, title=title, language=language)
    from geo.render.figure.pdf import pdf_bytes

    author, date = view.atlas.meta[f"attribution_{language}"], view.atlas.meta["data_date"]
    return pdf_bytes([drawn], title=title, author=author, date=date, language=language)


def readable_view(view: View) -> View:
    """Return the view in a language that a font is available for; a change to English issues a `FontWarning`."""
    said = font_words(view.selection.language)
    if not said:
        return view
    warnings.warn(said, FontWarning, stacklevel=3)
    return view.atlas.select(view.selection.replace(language="en"))


def drawn_sheet(
    view: View,
    *,
    paper: str = "a4",
    portrait: bool = False,
    points: ArrayLike | None = None,
    style: PointStyle | None = None,
    measure: OwnMeasure | None = None,
) -> Sheet:
    """Return the sheet that `figure` writes; parameters as `figure`."""
    width, height, size = paper_size(paper, portrait=portrait)
    sheet = Sheet(width, height)
    meta, language = view.atlas.meta, view.selection.language
    margin = 24 * size
    sheet.words(margin, margin + 14 * size, meta[f"title_{language}"], 17 * size, bold=True)
    sheet.words(margin, margin + 29 * size, subtitle(view), 9 * size, colour=MUTED)
    found = measure.found if measure else coloured(view)
    own = own_points(points, view, style, on_classes=found is not None)
    layout = _layout(width, height, size, portrait=portrait)
    # A measure of districts is drawn even if only places of the layout are selected.
    others = [] if found is None else [one.place_id for one in found.cells if one.place_id not in view.places.index]
    drawn = [*others, *map(str, view.places.index)]
    where = scene(view.atlas)
    frame = framed(layout.chart, _bounds(where, drawn))
    told = Told.of(own, frame, measure)
    if not portrait:  # the inset takes the room that the legend leaves
        layout = _fitted(layout, legend(view, found, small=True, points=told), size)
    inner = _inset_frame(where, list(view), frame, layout.inset) if layout.inset else None
    focus = view.selection.place
    close = _inset(view, found, sheet, inner, drawn, size, own) if inner else None
    # Places labelled in the inset need no label on the map.
    optional = frozenset(close.named) - close.optional if close else frozenset()
    window = shapely.box(*close.frame.ground) if close else None
    plate = Plate(view, sheet, frame, drawn, optional=optional, focus=focus, size=size, window=window)
    plate.whole(found, own)
    small = plate.small
    if close:
        sheet.marks += close.sheet.marks
        small |= close.small
    _beside(sheet, view, found, layout, size, small=bool(small), points=told)
    _below(sheet, view, frame, margin, height, size, width=layout.chart[2])
    return sheet


def _inset(
    view: View,
    found: Ranking | None,
    sheet: Sheet,
    frame: Frame,
    drawn: Sequence[str],
    size: float,
    own: OwnPoints | None,
) -> Plate:
    """Return the inset, drawn on its own sheet; places that extend beyond it are labelled only if there is room."""
    window, shapes = shapely.box(*frame.ground), scene(view.atlas).shapes
    beyond = frozenset(key for key in drawn if not window.contains(shapes[key]))
    beside = Sheet(sheet.width, sheet.height)
    plate = Plate(view, beside, frame, drawn, optional=beyond, focus=view.selection.place, size=size)
    plate.whole(found, own, inset=True)
    title = text("figure.inset", view.selection.language)
    beside.words(frame.left, frame.top - 4, title, 8 * size, bold=True)
    return plate


def paper_size(paper: str, *, portrait: bool) -> tuple[float, float, float]:
    """Return width and height in points, and the factor of the font sizes."""
    if paper not in PAPERS:
        raise told(UsageError, "wrong.paper", given=paper, allowed=", ".join(PAPERS))
    short, long, size = PAPERS[paper]
    return (short, long, size) if portrait else (long, short, size)


def _layout(width: float, height: float, size: float, *, portrait: bool) -> _Layout:
    """Return the layout of the sheet: landscape has a column beside the map, portrait a band below it."""
    margin, gap = 24 * size, 14 * size
    left, top, bottom = margin + 10, margin + 38 * size, height - margin - 30 * size
    if not portrait:
        column = (width - 2 * margin) * 0.27
        chart = (left, top, width - margin - column - gap - left, bottom - top)
        x, inset = width - margin - column, column * 0.98
        lower = height - margin
        sources = (x, lower - (lower - top) * 0.2, column, (lower - top) * 0.2)
        beside = (x, top - 3, column, sources[1] - gap - inset - top)
        return _Layout(chart, (beside,), (x, sources[1] - gap - inset, column, inset), sources)
    wide = width - margin - left
    chart = (left, top, wide, (height - top) * 0.56)
    below = top + chart[3] + 56 * size
    lower = height - margin
    inset = (width - 2 * margin) * 0.42
    high = lower - below - 76 * size
    column = (width - 2 * margin - inset - 2 * gap) / 2
    legends = ((margin, below, column, high), (margin + column + gap, below, column, high))
    sources = (margin, lower - 64 * size, width - 2 * margin, 64 * size)
    return _Layout(chart, legends, (width - margin - inset, below + 10 * size, inset, high - 10 * size), sources)


def _fitted(layout: _Layout, groups: Sequence[Sequence[Entry]], size: float) -> _Layout:
    """Return the layout with an inset in the height that the legend leaves; without one if that is too little."""
    left, top, width, _ = layout.legends[0]
    end = draw_legend(Sheet(0, 0), groups, left, top, width, _TYPE_PT * size) + 12 * size
    bottom = layout.sources[1] - 14 * size
    high = min(bottom - end, width * 0.98)
    return replace(layout, inset=(left, bottom - high, width, high) if high > width * 0.55 else None)


def _bounds(where: Scene, keys: Sequence[str]) -> tuple[float, float, float, float]:
    west, south, east, north = shapely.total_bounds([where.shapes[key] for key in keys])
    return float(west), float(south), float(east), float(north)


def _inset_frame(where: Scene, keys: Sequence[str], frame: Frame, rect: Rect) -> Frame | None:
    """Return the frame of the window that contains most places; None if no window contains enough."""
    scale = round_scale(frame.scale / _ZOOM)
    metres = scale * frame.metres / frame.scale
    half_x, half_y = rect[2] * metres / 2 * 0.9, rect[3] * metres / 2 * 0.9
    # A place as large as the window would fill it.
    fitting = [key for key in keys if math.sqrt(where.shapes[key].area) < half_x]
    if len(fitting) < _CROWD:
        return None
    middles = np.array([(p.x, p.y) for p in (where.shapes[key].centroid for key in fitting)])
    # Of all windows with one place at the left edge and one at the lower edge, the one with most places.
    right = middles[:, 0] - middles[:, 0, None]
    up = middles[:, 1] - middles[:, 1, None]
    inside = ((right >= 0) & (right < 2 * half_x))[:, None, :] & ((up >= 0) & (up < 2 * half_y))[None, :, :]
    counts = inside.sum(axis=2)
    left, lower = np.unravel_index(int(np.argmax(counts)), counts.shape)
    # If all places are close together they already fill the map; or there is no crowd anywhere.
    if counts[left, lower] < _CROWD or frame.scale < 1.5 * scale:
        return None
    group = middles[inside[left, lower]]
    x, y = (group.min(axis=0) + group.max(axis=0)) / 2
    return Frame(*rect, float(x), float(y), scale)


def _beside(
    sheet: Sheet,
    view: View,
    found: Ranking | None,
    layout: _Layout,
    size: float,
    *,
    small: bool,
    points: Told,
) -> None:
    """Draw legend and sources; a long legend continues in the next column."""
    groups = legend(view, found, small=small, points=points)
    kind = _TYPE_PT * size
    column, y = 0, layout.legends[0][1]
    for group in groups:
        left, top, width, height = layout.legends[column]
        # Estimated height: one line per entry.
        if y > top and y + len(group) * kind * 1.5 > top + height and column + 1 < len(layout.legends):
            column += 1
            left, y, width, height = layout.legends[column]
        y = draw_legend(sheet, [group], left, y, width, kind)
    draw_sources(sheet, view, found, layout.sources, 5.6 * size, readable=chinese_font() is not None)


def _below(sheet: Sheet, view: View, frame: Frame, margin: float, height: float, size: float, *, width: float) -> None:
    """Write notices and projection below the map."""
    meta, language = view.atlas.meta, view.selection.language
    credit = " · ".join((notice(meta, language), meta[f"attribution_{language}"]))
    told = [credit, projection_text(meta["metric_crs"], frame.scale, language)]
    if chinese_font() is None:
        told.append(text("figure.no_font.note", "en"))
    y = frame.top + frame.height + 16 + 2 * size
    for one in told:
        y = sheet.lines(frame.left, y, wrapped(one, width, 6.6 * size), 6.6 * size, 9 * size, colour=MUTED)


def projection_text(crs: str, scale: float, language: str) -> str:
    """Return the scale on paper and the projection as text."""
    known = pyproj.CRS.from_user_input(crs)
    return text("figure.projection", language, scale=format_number(scale), name=known.name, code=known.to_string())


def subtitle(view: View) -> str:
    """Return the subtitle of a figure: filters, number of places, date of the data."""
    selection, language = view.selection, view.selection.language
    readable = tuple(one for one in selection.texts if one.isascii() or chinese_font())
    parts = [values for _, values in filter_words(view.atlas, selection.replace(texts=readable), language)]
    parts.append(text("figure.count", language, count=len(view.places)))
    parts.append(text("figure.data_date", language, date=view.atlas.meta["data_date"]))
    return " · ".join(parts)
