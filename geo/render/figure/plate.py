"""A map on a sheet: ground, places, points, names, scale, north and degrees."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.analysis.classes import Classes, classify
from geo.analysis.compare import Ranking
from geo.analysis.units import format_number, round_length
from geo.atlas.atlas import View
from geo.base.messages import text
from geo.export.base_look import BASE_LOOKS, BEYOND, SEA
from geo.render.figure.fonts import width_pt
from geo.render.figure.frame import Frame, ticks
from geo.render.figure.labels import Spot
from geo.render.figure.marks import INK, MUTED, RULE, Sheet
from geo.render.figure.names import write_names
from geo.render.figure.own import OwnPoints, point_look
from geo.render.figure.scene import Scene, scene

__all__ = ["DASHES", "NO_DATA", "Plate", "draw_hatch"]

#: Method of the boundary → length drawn and left out, in points.
DASHES: Mapping[str, tuple[float, float] | None] = {
    "official_bounds": None,
    "digitised": (5.0, 2.2),
    "schematic": (1.4, 1.7),
}

NO_DATA = "#FFFFFF"

#: Role of a layer of the basemap → width of its lines, in points.
_WIDTHS_PT = {"district": 0.6, "coast": 0.45, "road": 1.0, "rail": 0.55}

#: Side of a place drawn as a square, and the extent below which it is, in points.
_SQUARE_PT, _SMALL_PT = 4.6, 8.0


@dataclass(slots=True)
class Plate:
    """A view in a frame, drawn part by part on a sheet.

    Attributes
    ----------
    view : View
    sheet : Sheet
    frame : Frame
    drawn : sequence of str
        The places to draw, by place_id.
    optional : frozenset of str
        Of these only those are named whose names stand beside them: another map on the sheet names them.
    quiet : frozenset of str
        Drawn, but thin and without a name unless one fits: the neighbours of what the map is about.
    focus : str
        The place that is stressed.
    size : float
        By what the type is enlarged.
    window : geometry, optional
        What another map on the sheet shows, in metres: its outline is drawn.
    furniture : list of geometry
        What names may not cover, in points.
    named : dict of str to Spot
        After `names`: where the name of each place stands.
    edges, small : dict of str to geometry, frozenset of str
        After `places`: the edge of each within the frame, in points; those that are drawn as squares.
    """

    view: View
    sheet: Sheet
    frame: Frame
    drawn: Sequence[str]
    optional: frozenset[str] = frozenset()
    quiet: frozenset[str] = frozenset()
    focus: str = ""
    size: float = 1.0
    window: BaseGeometry | None = None
    furniture: list[BaseGeometry] = field(default_factory=list)
    named: dict[str, Spot] = field(default_factory=dict)
    edges: dict[str, BaseGeometry] = field(default_factory=dict)
    small: frozenset[str] = frozenset()

    @property
    def scene(self) -> Scene:
        """What it is drawn of."""
        return scene(self.view.atlas)

    @property
    def language(self) -> str:
        """Of its names."""
        return self.view.selection.language

    def ground(self) -> None:
        """Draw sea, districts, water, coast, roads and railways, all quiet."""
        box = self.frame.box
        self.sheet.area(box, BEYOND)
        for layer in self.scene.ground:
            shape = self.frame.drawn(layer.shape)
            if layer.role == "sea":
                self.sheet.area(shape, SEA)
                continue
            look = BASE_LOOKS[layer.role]
            if look.fill:
                self.sheet.area(shape, look.fill)
            if layer.role in _WIDTHS_PT:
                self.sheet.line(shape, look.colour, _WIDTHS_PT[layer.role])

    def places(self, found: Ranking | None = None) -> None:
        """Draw the places, the largest first, coloured by kind or by the classes of a ranking."""
        atlas = self.view.atlas
        colours = {kind: str(row["colour"]) for kind, row in atlas.rows("kinds").items()}
        classes = classify(found.comparable) if found else None
        known = {one.place_id for one in found.cells} if found else set()
        shapes = {key: self.frame.drawn(self.scene.shapes[key]) for key in self.drawn}
        order = [key for key in sorted(self.drawn, key=lambda key: -self.scene.shapes[key].area) if shapes[key].area]
        small = []
        for key in order:
            row, shape = atlas.place_rows[key], shapes[key]
            colour, context = colours[row["kind"]], row["status"] == "context"
            if self._is_small(key):
                small.append(key)
            self._fill(key, shape, colour, classes, apart=key in known, context=context)
            part = self.scene.hatched.get(key)
            if part is not None and not context:
                draw_hatch(self.sheet, self.frame.drawn(part), colour)
            width = 2.4 if key == self.focus else 0.8 if context or key in self.quiet else 1.3
            width *= math.sqrt(self.size)
            dash = None if context else DASHES[row["method"]]
            if dash:  # of a thick line longer, or they would run together
                dash = (round(dash[0] * max(1.0, width / 1.6), 2), round(dash[1] * max(1.0, width / 1.6), 2))
            # Where the frame cuts a place, no edge is.
            self.edges[key] = self.frame.drawn(self.scene.shapes[key].boundary)
            self.sheet.line(self.edges[key], colour, width, dash)
        self.small = frozenset(small)

    def _fill(
        self, key: str, shape: BaseGeometry, colour: str, classes: Classes | None, *, apart: bool, context: bool
    ) -> None:
        if classes is None:
            self.sheet.area(shape, colour, 0.05 if context or key in self.quiet else 0.14)
        elif key in classes.of:
            self.sheet.area(shape, classes.colours[classes.of[key]], 0.85)
        else:
            self.sheet.area(shape, NO_DATA, 0.85)
            if apart:
                draw_hatch(self.sheet, shape, MUTED, crossed=True)

    def _is_small(self, key: str) -> bool:
        return math.sqrt(self.scene.shapes[key].area) / self.frame.metres < _SMALL_PT * self.size

    def dots(self, points: OwnPoints | None = None) -> list[BaseGeometry]:
        """Draw small places as squares, institutions and own points as dots; return where."""
        found: list[BaseGeometry] = []
        box = self.frame.box
        if points is not None:
            found += [shapely.Point(spot) for spot in self._points(points)]
        size = math.sqrt(self.size)
        for key in self.view.institutions.index:
            if (at := self.scene.institutions.get(str(key))) is not None:
                x, y = self.frame.place(np.array([at]))[0]
                if box.contains(spot := shapely.Point(x, y)):
                    found.append(spot.buffer(1.7 * size))
                    self.sheet.circle(x, y, 1.7 * size, "#FFFFFF", INK, 0.6)
        colours = {kind: str(row["colour"]) for kind, row in self.view.atlas.rows("kinds").items()}
        for key in sorted(self.small):
            mark = self.square(key)
            self.sheet.area(mark.buffer(0.7, join_style="mitre"), "#FFFFFF")
            self.sheet.area(mark, colours[self.view.atlas.place_rows[key]["kind"]])
        return found

    def square(self, key: str) -> BaseGeometry:
        """Return the square that stands for a small place, in points."""
        centre = self.scene.shapes[key].centroid
        x, y = self.frame.place(np.array([[centre.x, centre.y]]))[0].tolist()
        half = _SQUARE_PT / 2 * math.sqrt(self.size)
        square: BaseGeometry = shapely.box(x - half, y - half, x + half, y + half)
        return square

    def _points(self, points: OwnPoints) -> list[tuple[float, float]]:
        """Draw own points: of those that stand in one spot on paper, one; a little larger where colours tell."""
        spots = points.spots(self.frame.place(points.metres), self.frame.holds(points.metres))
        radius, edge_pt = (1.2, 0.25) if points.style is None else (1.5, 0.35)
        for x, y, colour in spots:
            fill, edge = point_look(colour)
            self.sheet.circle(x, y, radius * math.sqrt(self.size), fill, edge, edge_pt)
        return [(x, y) for x, y, _ in spots]

    def names(self, dots: Sequence[BaseGeometry] = ()) -> None:
        """Write the names; `dots` are better not covered."""
        write_names(self, dots)

    def scale_and_north(self, *, inset: bool = False) -> None:
        """Draw the scale bar with the scale as a number, and, but in an inset, the arrow to the north."""
        frame, size = self.frame, 7.5 * self.size
        length = round_length(frame.width * frame.metres * (0.3 if inset else 0.2))
        wide = length / frame.metres
        y = frame.top + frame.height - 9
        name = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
        told = f"{name} · 1:{format_number(frame.scale)}"
        room = max(wide, width_pt(told, size)) + 10
        x = self._free_side(room, size * 2) + 5
        back = shapely.box(x - 5, y - size * 1.9, x + room, y + 5)
        self.sheet.area(back, "#FFFFFF", 0.75)
        self.furniture.append(back)
        self.sheet.line(shapely.LineString([(x, y), (x + wide, y)]), INK, 2.0)
        self.sheet.line(shapely.LineString([(x, y), (x + wide / 2, y)]), "#FFFFFF", 1.0)
        self.sheet.words(x, y - size * 0.5, told, size)
        if inset:
            return
        x, y = frame.left + frame.width - 16, frame.top + 22
        self.furniture.append(shapely.box(x - 10, y - 20, x + 10, y + 24))
        self.sheet.area(shapely.Polygon([(x, y), (x - 4.5, y + 16), (x, y + 12), (x + 4.5, y + 16)]), INK)
        self.sheet.words(x, y - 3, text("figure.north", self.language), size + 0.5, anchor="middle")

    def _free_side(self, width: float, height: float) -> float:
        """Return where a box at the lower edge begins so that it hides the less: at the left or at the right."""
        frame = self.frame
        base, sides = frame.top + frame.height - 4, (frame.left + 4, frame.left + frame.width - width - 14)

        def hidden(left: float) -> float:
            box = shapely.box(left, base - height * 1.5, left + width * 1.2, base)
            marks = (self.square(key) if key in self.small else edge for key, edge in self.edges.items())
            return sum(1.0 for mark in marks if mark.intersects(box))

        return min(sides, key=hidden)

    def degrees(self) -> None:
        """Draw the frame with the degrees at its lower and left edge, and short ticks at all four."""
        frame = self.frame
        left, top, right, bottom = frame.box.bounds
        for one in ticks(frame, self.scene.crs):
            if one.edge == "bottom":
                pairs = [((one.at, bottom), (one.at, bottom + 3)), ((one.at, top), (one.at, top - 3))]
                self.sheet.words(one.at, bottom + 9.5, one.label, 6, colour=MUTED, anchor="middle")
            else:
                pairs = [((left, one.at), (left - 3, one.at)), ((right, one.at), (right + 3, one.at))]
                self.sheet.words(left - 4.5, one.at, one.label, 6, colour=MUTED, anchor="middle", upwards=True)
            for pair in pairs:
                self.sheet.line(shapely.LineString(pair), RULE, 0.6)
        self.sheet.line(frame.box, RULE, 0.8)

    def whole(self, found: Ranking | None, points: OwnPoints | None = None, *, inset: bool = False) -> None:
        """Draw all of it, coloured by a ranking: give one only where a legend tells what its colours mean."""
        self.ground()
        self.places(found)
        dots = self.dots(points)
        if self.window is not None:
            self.sheet.line(self.frame.drawn(self.window), INK, 0.7)
        self.scale_and_north(inset=inset)
        self.names(dots)
        if inset:
            self.sheet.line(self.frame.box, RULE, 0.8)
        else:
            self.degrees()


def draw_hatch(sheet: Sheet, shape: BaseGeometry, colour: str, *, crossed: bool = False) -> None:
    """Draw slanted lines over an area."""
    if shape.is_empty or shape.area <= 0:
        return
    left, top, right, bottom = shape.bounds
    high, gap = bottom - top, 5.0
    steps = np.arange(left - high, right, gap)
    lines: list[Any] = [shapely.LineString([(x, bottom), (x + high, top)]) for x in steps]
    if crossed:
        lines += [shapely.LineString([(x, top), (x + high, bottom)]) for x in steps]
    if lines:
        sheet.line(shapely.intersection(shapely.multilinestrings(lines), shape), _pale(colour), 0.5)


def _pale(colour: str) -> str:
    """Return a colour mixed with twice as much white."""
    return "#" + "".join(f"{round((int(colour[n : n + 2], 16) + 2 * 255) / 3):02X}" for n in (1, 3, 5))
