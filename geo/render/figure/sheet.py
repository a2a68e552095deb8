"""The static figure of a view, to print: PNG, SVG or PDF with title, legend, scale, north, sources and notices."""

from __future__ import annotations

import io
import math
import warnings
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
from shapely.geometry.base import BaseGeometry

from geo.analysis.classes import classify
from geo.analysis.compare import Ranking, coloured
from geo.atlas.atlas import View
from geo.base.messages import text
from geo.base.optional import needs
from geo.errors import UsageError
from geo.render.figure.legend import APART_HATCH, INK, MUTED, NO_DATA, SIZE_INCH, draw_legend, draw_notes
from geo.render.map.ground import sea
from geo.render.overlay import hatched, label_points

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["FIGURE_FORMATS", "FontWarning", "chinese_font", "figure"]

FIGURE_FORMATS = ("png", "svg", "pdf")

#: Families that hold simplified Chinese, best first; the first one installed is used.
CHINESE_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "PingFang SC",
    "Microsoft YaHei",
    "Hiragino Sans GB",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
    "Noto Serif CJK SC",
)

_LINE_STYLES: dict[str, Any] = {"official_bounds": "-", "digitised": (0, (5, 2)), "schematic": (0, (1, 1.5))}


class FontWarning(UserWarning):
    """No font with Chinese characters is installed."""


def chinese_font() -> str | None:
    """Return the family of an installed font with Chinese characters, or None."""
    from matplotlib import font_manager

    installed = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in CHINESE_FONTS if name in installed), None)


def figure(view: View, file_format: str = "png", *, dpi: int = 200) -> bytes:
    """Return the figure of a view, A4 landscape.

    Parameters
    ----------
    view : View
        What is shown; `view.selection` gives the language, the measure to colour by and the place to stress.
    file_format : str
        "png", "svg" or "pdf".
    dpi : int
        Resolution of the PNG.

    Returns
    -------
    bytes
        The same for the same view and fonts: it carries the date of the data, not of the clock.

    Raises
    ------
    UsageError
        If the format is another, or the view shows no place.
    MissingDependencyError
        If matplotlib is not installed.

    Warns
    -----
    FontWarning
        If no font with Chinese characters is installed: the figure is in English then, and says so.

    Notes
    -----
    Drawn in the atlas's metric CRS, so the scale bar is true; takes one to two seconds.
    """
    if file_format not in FIGURE_FORMATS:
        raise UsageError(f"no figure format {file_format!r}; formats are {', '.join(FIGURE_FORMATS)}")
    if view.places.empty:
        raise UsageError("the selection shows no place: widen the filters")
    with needs("a figure", "matplotlib", "report"):
        import matplotlib as mpl
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    family = chinese_font()
    if family is None:
        fonts = ", ".join(CHINESE_FONTS[:6])
        warnings.warn(text("figure.no_font", view.selection.language, fonts=fonts), FontWarning, stacklevel=2)
        view = view.atlas.select(view.selection.replace(language="en"))
    settings: dict[Any, Any] = {
        "font.family": [*([family] if family else []), "DejaVu Sans"],
        "svg.fonttype": "path",
        "pdf.fonttype": 42,
        "svg.hashsalt": "geo",
        "hatch.linewidth": 0.5,
        # A dollar sign in a name is a dollar sign.
        "text.parse_math": False,
    }
    with mpl.rc_context(settings):
        page = Figure(figsize=SIZE_INCH, facecolor="white")
        # Labels and legend are measured before they are placed; Agg measures the same for every format.
        # Every plot of geopandas asks for a drawing, which the canvas would make at once: once, at the end, is enough.
        vars(FigureCanvasAgg(page))["draw_idle"] = lambda: None
        _draw(page, view)
        if family is None:
            page.text(0.03, 0.015, text("figure.no_font.note", "en"), fontsize=7, color=MUTED, va="center")
        buffer = io.BytesIO()
        page.savefig(buffer, format=file_format, dpi=dpi, metadata=_metadata(view, file_format))
    return buffer.getvalue()


def _metadata(view: View, file_format: str) -> dict[str, Any]:
    """Return metadata with the clock left out, so that the bytes depend on the view alone."""
    title = view.atlas.meta[f"title_{view.selection.language}"]
    if file_format == "png":
        return {"Title": title, "Software": None}
    return {"Title": title, "Date": None} if file_format == "svg" else {"Title": title, "CreationDate": None}


def _draw(page: Figure, view: View) -> None:
    meta, language = view.atlas.meta, view.selection.language
    crs = meta["metric_crs"]
    page.text(0.03, 0.955, meta[f"title_{language}"], fontsize=17, weight="bold", color=INK, va="center")
    page.text(0.03, 0.922, _subtitle(view), fontsize=9.5, color=MUTED, va="center")
    axes = page.add_axes((0.03, 0.06, 0.66, 0.84))
    found = coloured(view)
    # A measure of districts is drawn though only the layout was asked for.
    others = [] if found is None else [one for one in _known(found) if one not in view.places.index]
    drawn = view.atlas.places.loc[[*others, *view.places.index]].to_crs(crs)
    places = drawn.loc[list(view.places.index)]
    _frame(axes, drawn)
    _draw_basemap(axes, view)
    _draw_places(axes, view, drawn, found)
    _draw_institutions(axes, view)
    small = _mark_small(axes, places, view.atlas.table("kinds").set_index("kind"))
    _draw_scale_and_north(axes, language)
    _draw_labels(axes, view, places)
    axes.set(xlabel="", ylabel="")
    below = draw_legend(page, view, found, _LINE_STYLES, small=small)
    draw_notes(page, view, found, below, readable=chinese_font() is not None)


def _subtitle(view: View) -> str:
    """Return what the figure shows in words: filters, number of places, date of the data."""
    selection, atlas = view.selection, view.atlas
    language = selection.language
    parts = []
    names = {
        "kinds": atlas.table("kinds").set_index("kind")[f"name_{language}"],
        "clusters": atlas.table("clusters").set_index("cluster_id")[f"name_{language}"],
        "districts": atlas.places[f"name_{language}"],
        "editions": atlas.table("editions").set_index("edition_id")[f"title_{language}"],
        "places": atlas.places[f"name_{language}"],
    }
    joint = "、" if language == "zh" else ", "
    for field, lookup in names.items():
        if chosen := getattr(selection, field):
            parts.append(joint.join(str(lookup[item]) for item in chosen))
    if selection.statuses:
        parts.append(joint.join(text(f"web.status.{item}", language) for item in selection.statuses))
    texts = [one for one in selection.texts if one.isascii() or chinese_font()]
    if texts:
        parts.append(joint.join(f"“{one}”" for one in texts))
    parts.append(text("figure.count", language, count=len(view.places)))
    parts.append(text("figure.data_date", language, date=atlas.meta["data_date"]))
    return " · ".join(parts)


def _frame(axes: Axes, places: gpd.GeoDataFrame) -> None:
    """Fix the extent: all places with a margin, at least 2 km, widened to the shape of the axes."""
    west, south, east, north = places.total_bounds
    width, height = max(east - west, 2000.0) * 1.12, max(north - south, 2000.0) * 1.12
    box = axes.get_position()
    shape = (box.width * SIZE_INCH[0]) / (box.height * SIZE_INCH[1])
    width, height = max(width, height * shape), max(height, width / shape)
    x, y = (west + east) / 2, (south + north) / 2
    axes.set_xlim(x - width / 2, x + width / 2)
    axes.set_ylim(y - height / 2, y + height / 2)
    axes.set_aspect("equal")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_facecolor("#F1EFEA")
    for spine in axes.spines.values():
        spine.set_color("#9AA5B1")
        spine.set_linewidth(0.8)


def _draw_basemap(axes: Axes, view: View) -> None:
    atlas, crs = view.atlas, view.atlas.meta["metric_crs"]
    layers = atlas.table("basemap").sort_values("sort_order").to_dict("records")
    if (water := sea(atlas)) is not None:
        frame = gpd.GeoSeries([water], crs=4326).to_crs(crs)
        frame.plot(ax=axes, color="#E1ECF2", linewidth=0, zorder=0.5, aspect=None)
    for layer in layers:
        frame = atlas.basemap(layer["layer_id"]).to_crs(crs)
        role = layer["role"]
        if role == "district":
            frame.plot(ax=axes, facecolor="#FBFBF9", edgecolor="#B9C0C7", linewidth=0.7, zorder=1, aspect=None)
        elif role == "water":
            frame.plot(ax=axes, color="#CFE3EE", linewidth=1.2, zorder=2, aspect=None)
        elif role == "coast":
            frame.plot(ax=axes, color="#9FB6C3", linewidth=0.5, zorder=2, aspect=None)
        elif role == "road":
            frame.plot(ax=axes, color="#D8D3CA", linewidth=0.9, zorder=3, aspect=None)
        elif role == "rail":
            colours = frame["colour"] if "colour" in frame else layer["colour"]
            frame.plot(ax=axes, color=colours, linewidth=0.6, alpha=0.45, zorder=3, aspect=None)


def _known(found: Ranking) -> list[str]:
    return [one.place_id for one in found.cells]


def _draw_places(axes: Axes, view: View, places: gpd.GeoDataFrame, found: Ranking | None) -> None:
    kinds = view.atlas.table("kinds").set_index("kind")
    classes = classify(found.comparable) if found else None
    hatches = hatched(view.atlas)
    ordered = places.assign(size=places.area).sort_values("size", ascending=False)
    for place_id, place in ordered.iterrows():
        colour = str(kinds.at[place["kind"], "colour"])
        context = place["status"] == "context"
        shape = gpd.GeoSeries([place.geometry], crs=places.crs)
        if found is None or classes is None:
            shape.plot(ax=axes, color=colour, alpha=0.13, linewidth=0, zorder=4, aspect=None)
        else:
            fill = classes.colours[classes.of[place_id]] if place_id in classes.of else NO_DATA
            shape.plot(ax=axes, color=fill, alpha=0.85, linewidth=0, zorder=4, aspect=None)
            if place_id in _known(found) and place_id not in classes.of:
                _hatch(axes, shape, APART_HATCH, MUTED)
        part = hatches.get(str(place_id))
        if part is not None and not part.is_empty:
            _hatch(axes, gpd.GeoSeries([part], crs=4326).to_crs(places.crs), "///", colour)
        shape.boundary.plot(
            ax=axes, color=colour, linewidth=2.4 if place_id == view.selection.place else 0.8 if context else 1.3,
            linestyle="-" if context else _LINE_STYLES[place["method"]], zorder=6, aspect=None,
        )  # fmt: skip


def _hatch(axes: Axes, shape: gpd.GeoSeries, pattern: str, colour: str) -> None:
    look: dict[str, Any] = {"facecolor": "none", "edgecolor": colour, "hatch": pattern, "alpha": 0.3, "linewidth": 0}
    shape.plot(ax=axes, zorder=5, aspect=None, **look)


def _is_small(axes: Axes, geometry: BaseGeometry) -> bool:
    west, east = axes.get_xlim()
    return math.sqrt(geometry.area) < (east - west) * 0.012


def _mark_small(axes: Axes, places: gpd.GeoDataFrame, kinds: pd.DataFrame) -> bool:
    """Put a square on every place too small to be seen, so that its label does not stand alone; return if any is."""
    found = False
    for place in places.itertuples():
        if _is_small(axes, place.geometry):
            found = True
            centre = place.geometry.centroid
            axes.plot(
                centre.x, centre.y, marker="s", markersize=4.5, markerfacecolor=kinds.at[place.kind, "colour"],
                markeredgecolor="white", markeredgewidth=0.7, zorder=8,
            )  # fmt: skip
    return found


def _draw_institutions(axes: Axes, view: View) -> None:
    placed = view.institutions[view.institutions.geometry.notna()]
    if len(placed):
        placed.to_crs(view.atlas.meta["metric_crs"]).plot(
            ax=axes, color="white", edgecolor=INK, markersize=9, linewidth=0.6, zorder=7, aspect=None
        )


def _draw_labels(axes: Axes, view: View, places: gpd.GeoDataFrame) -> None:
    """Write names where they fit: larger places first, each at the first free of nine spots around its point."""
    from matplotlib import patheffects

    language = view.selection.language
    stand = label_points(view.atlas)
    lon, lat = zip(*(stand[str(place_id)] for place_id in places.index), strict=True)
    points = gpd.GeoSeries(gpd.points_from_xy(lon, lat), index=places.index, crs=4326).to_crs(places.crs)
    halo = [patheffects.withStroke(linewidth=2.2, foreground="white")]
    renderer = axes.figure.canvas.get_renderer()  # type: ignore[attr-defined]
    taken: list[Any] = []
    spots = [(0, 0), (0, 9), (0, -9), (26, 6), (-26, 6), (26, -6), (-26, -6), (0, 18), (0, -18), (40, 0), (-40, 0)]
    for place_id in places.area.sort_values(ascending=False).index:
        for dx, dy in spots[1 if _is_small(axes, places.geometry[place_id]) else 0 :]:
            label = axes.annotate(
                view.atlas.name(place_id, language, short=True), (points[place_id].x, points[place_id].y),
                xytext=(dx, dy), textcoords="offset points", ha="center", va="center", fontsize=8,
                color=INK, path_effects=halo, zorder=9,
            )  # fmt: skip
            box = label.get_window_extent(renderer).padded(1.5)
            if not any(box.overlaps(other) for other in taken) and axes.bbox.contains(box.x0, box.y0):
                taken.append(box)
                break
            label.remove()


def _draw_scale_and_north(axes: Axes, language: str) -> None:
    west, east = axes.get_xlim()
    south, north = axes.get_ylim()
    target = (east - west) * 0.18
    unit = 10 ** math.floor(math.log10(target))
    length = max(step * unit for step in (1, 2, 5) if step * unit <= target)
    x, y = west + (east - west) * 0.03, south + (north - south) * 0.035
    axes.plot([x, x + length], [y, y], color=INK, linewidth=2.2, solid_capstyle="butt", zorder=10)
    name = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    axes.text(x + length / 2, y + (north - south) * 0.008, name, ha="center", va="bottom", fontsize=8, zorder=10)
    x, y = east - (east - west) * 0.03, north - (north - south) * 0.035
    axes.annotate(
        "", (x, y), xytext=(x, y - (north - south) * 0.06),
        arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.4}, zorder=10,
    )  # fmt: skip
    axes.text(x, y, text("figure.north", language), ha="center", va="bottom", fontsize=9, zorder=10)
