"""A map on a sheet: basemap, places, points, labels, scale bar, north arrow, graticule."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.analysis.classes import Classes, classify
from geo.analysis.compare import Ranking, level_of
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

#: Boundary method → dash and gap length, points.
DASHES: Mapping[str, tuple[float, float] | None] = {
    "official_bounds": None,
    "digitised": (5.0, 2.2),
    "schematic": (1.4, 1.7),
}

NO_DATA = "#FFFFFF"
#: So few points of a user's do not crowd each other, and are easily overlooked: their radius is larger by so much.
_FEW, _FEW_PT = 1000, 0.6

#: Role of a basemap layer → line width, points.
_WIDTHS_PT = {"district": 0.6, "coast": 0.45, "road": 1.0, "rail": 0.55}

#: Side of the square that marks a small place; extent below which a place is small; points.
_SQUARE_PT, _SMALL_PT = 4.6, 8.0


@dataclass(slots=True)
class Plate:
    """A map of a view in a frame, drawn step by step on a sheet.

    Attributes
    ----------
    view : View
    sheet : Sheet
    frame : Frame
    drawn : sequence of str
        place_ids to draw.
    optional : frozenset of str
        Those of them that are labelled only if there is room beside them, because another map on the sheet labels them.
    quiet : frozenset of str
        Those drawn thin, and labelled only if there is room: neighbours of the map's subject.
    focus : str
        place_id of the place to highlight.
    size : float
        Factor of the font sizes.
    window : geometry, optional
        Extent of another map on the sheet, metres; drawn as an outline.
    furniture : list of geometry
        Areas that labels may not cover, points.
    named : dict of str to Spot
        Set by `names`: position of the label of each place.
    edges, small : dict of str to geometry, frozenset of str
        Set by `places`: edge of each place within the frame, points; places that are drawn as squares.
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
        """Places and basemap in metres."""
        return scene(self.view.atlas)

    @property
    def language(self) -> str:
        """Language of the labels."""
        return self.view.selection.language

    def ground(self) -> None:
        """Draw sea, districts, water, coast, roads and railways, all muted."""
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
            if dash:  # longer dashes for thick lines, whose gaps would close otherwise
                dash = (round(dash[0] * max(1.0, width / 1.6), 2), round(dash[1] * max(1.0, width / 1.6), 2))
            # Where the frame cuts a place, no edge is drawn.
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
        """Draw small places as squares, institutions and a user's points as dots; return what names shall avoid.

        Names of districts alone go over a user's points: beside many they would lie on another district.
        """
        found: list[BaseGeometry] = []
        box, atlas = self.frame.box, self.view.atlas
        if points is not None:
            placed = [shapely.Point(spot) for spot in self._points(points)]
            found += placed if any(level_of(atlas, key) == "layout" for key in self.drawn) else []
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
        """Return the square for a small place, in points."""
        centre = self.scene.shapes[key].centroid
        x, y = self.frame.place(np.array([[centre.x, centre.y]]))[0].tolist()
        half = _SQUARE_PT / 2 * math.sqrt(self.size)
        square: BaseGeometry = shapely.box(x - half, y - half, x + half, y + half)
        return square

    def _points(self, points: OwnPoints) -> list[tuple[float, float]]:
        """Draw a user's points, one dot per position on paper; larger if coloured by class, or few."""
        spots = points.spots(self.frame.place(points.metres), self.frame.holds(points.metres))
        radius, edge_pt = (1.2, 0.25) if points.style is None else (1.5, 0.35)
        radius += _FEW_PT if len(spots) < _FEW else 0.0
        for x, y, colour in spots:
            fill, edge = point_look(colour)
            self.sheet.circle(x, y, radius * math.sqrt(self.size), fill, edge, edge_pt)
        return [(x, y) for x, y, _ in spots]

    def names(self, dots: Sequence[BaseGeometry] = ()) -> None:
        """Draw the labels; they avoid `dots` where possible."""
        write_names(self, dots)

    def scale_and_north(self, *, inset: bool = False) -> None:
        """Draw the scale bar with the scale as a number and, except in an inset, the north arrow."""
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
        """Return the left edge of a box at the bottom of the map, on the side where it covers less."""
        frame = self.frame
        base, sides = frame.top + frame.height - 4, (frame.left + 4, frame.left + frame.width - width - 14)

        def hidden(left: float) -> float:
            box = shapely.box(left, base - height * 1.5, left + width * 1.2, base)
            marks = (self.square(key) if key in self.small else edge for key, edge in self.edges.items())
            return sum(1.0 for mark in marks if mark.intersects(box))

        return min(sides, key=hidden)

    def degrees(self) -> None:
        """Draw the frame with degrees at its lower and left edge, and ticks on all sides."""
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
        """Draw the complete map, coloured by a ranking: pass one only if a legend explains its colours."""
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
    """Draw hatching over an area."""
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
    """Return a colour mixed with two parts of white."""
    return "#" + "".join(f"{round((int(colour[n : n + 2], 16) + 2 * 255) / 3):02X}" for n in (1, 3, 5))
