"""The basemap in a DXF: lines and names on layers ``base-…``; layers too detailed for the plot scale are turned off."""

from __future__ import annotations

from collections.abc import Iterator

import shapely

from geo.export.base_look import BASE_LOOKS, BaseLook
from geo.export.contents import Layer
from geo.export.dxf_canvas import Canvas
from geo.export.dxf_text import width_of

__all__ = ["draw_basemap", "name_basemap"]


def draw_basemap(canvas: Canvas) -> None:
    """Draw every basemap layer: outlines of areas, lines, points.

    Notes
    -----
    A layer that is meant for larger scales than the plot scale is included but turned off.
    """
    for layer, look, colour in _layers(canvas):
        near = not look.shown_from or canvas.scale <= look.shown_from
        title = layer.title(canvas.job.language)
        frame = canvas.job.frame(layer)
        on = canvas.layer(f"base-{layer.name}", colour, title, shown=near, width_mm=look.width_mm)
        canvas.grow(tuple(frame.total_bounds.tolist()))
        for shape in frame.geometry:
            _draw(canvas, shape, on)


def name_basemap(canvas: Canvas) -> None:
    """Write the names of the basemap where the labels of places leave room; turned off where their layer is.

    Notes
    -----
    Districts among the selected places are already labelled, and are skipped.
    """
    for layer, look, colour in _layers(canvas):
        if look.labels_from:
            near, title = canvas.scale <= look.labels_from, layer.title(canvas.job.language)
            on = canvas.layer(f"base-label-{layer.name}", colour, title, shown=near)
            _name(canvas, layer, on, look.size_pt, near=near)


def _layers(canvas: Canvas) -> Iterator[tuple[Layer, BaseLook, str]]:
    rows = canvas.job.contents.atlas.rows("basemap")
    for layer in canvas.job.contents.basemap:
        row = rows[layer.name]
        yield layer, BASE_LOOKS[str(row["role"])], str(row["colour"])


def _draw(canvas: Canvas, shape: shapely.Geometry, on: str) -> None:
    space, look = canvas.space, {"layer": on}
    for part in shapely.get_parts(shape):
        if part.geom_type == "Point":
            space.add_point((part.x, part.y), dxfattribs=look)
        elif part.geom_type == "Polygon":
            for ring in (part.exterior, *part.interiors):
                space.add_lwpolyline(shapely.get_coordinates(ring)[:-1], close=True, dxfattribs=look)
        else:
            space.add_lwpolyline(shapely.get_coordinates(part), dxfattribs=look)


def _name(canvas: Canvas, layer: Layer, on: str, size_pt: float, *, near: bool) -> None:
    """Write each name once; of several features with the same name, on the largest."""
    frame = canvas.job.frame(layer)
    own = f"name_{canvas.job.language}"
    own = own if own in frame.columns else "name_zh"
    height = canvas.mm(canvas.capital_mm(size_pt))
    size = (frame.geometry.area + frame.geometry.length).sort_values(ascending=False, kind="stable")
    known = canvas.job.contents.named_above(layer)
    written = set()
    for at in size.index:
        if known and frame.at[at, "place_id"] in known:
            continue
        words, point = frame.at[at, own], frame.geometry[at].representative_point()
        if words and words not in written:
            written.add(words)
            spot = (point.x, point.y + height)
            # Names on a layer that is turned off do not take room from the others.
            where = canvas.names.place(spot, width_of(words, height), 1.6 * height) if near else spot
            canvas.write(words, where, height, on)
