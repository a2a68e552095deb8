"""The sheet of a DXF: paper space with the map in a viewport at the plot scale, title, legend, notes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from ezdxf import colors

from geo.analysis.units import format_number, round_length
from geo.analysis.values import citation
from geo.base.messages import text
from geo.contract.notices import notice
from geo.export.contents import INSTITUTION, rows_of
from geo.export.dxf_canvas import CENTRE, FILL_TRANSPARENCY, LINETYPES, UPPER_LEFT, Canvas
from geo.export.dxf_text import broken, width_of
from geo.export.paper import Box

__all__ = ["draw_sheet"]

_MIDDLE_LEFT = 4
_TITLE_MM, _HEAD_MM, _WORDS_MM, _SMALL_MM = 6.0, 2.6, 2.2, 1.8
_KEY_MM, _LINE = 9.0, 5 / 3
# Legend: preferred and smallest height of a row, gap between groups, height reserved for the sources below;
# millimetres.
_ROW_MM, _LOW_MM, _GROUP_MM, _SOURCES_MM = 5.0, 2.8, 1.5, 22.0

#: (layer, name) of each row of a group; a function that draws the symbol of a layer at a point.
_Rows = list[tuple[str, str]]
_Key = Callable[[str, float, float], None]


def draw_sheet(canvas: Canvas) -> None:
    """Draw the only layout of the drawing, named after its paper and scale; all lengths in millimetres."""
    _Sheet(canvas).draw()


class _Sheet:
    def __init__(self, canvas: Canvas) -> None:
        self.canvas, self.job, self.language = canvas, canvas.job, canvas.job.language
        self.sheet = canvas.sheet
        self.width, self.height = self.sheet.paper
        # A layout name cannot contain the colon of a scale. This layout is added before the empty one that every
        # drawing has: GDAL, and QGIS through it, would take entities on that one for a part of the map.
        self.space = canvas.document.layouts.new(f"{self.sheet.size} 1-{canvas.scale}", {"taborder": 1})
        canvas.document.layout("Layout1").dxf.taborder = 2
        self.space.page_setup(size=self.sheet.paper, margins=(0, 0, 0, 0), units="mm")
        # Without a paper name that it knows, a CAD program asks for a printer.
        self.space.dxf.paper_size = f"ISO_full_bleed_{self.sheet.size}_({self.width:.2f}_x_{self.height:.2f}_MM)"
        self.on = canvas.layer("sheet", "", text("export.dxf.sheet", self.language))

    def draw(self) -> None:
        """Draw map, title, legend, scale and notes."""
        meta, language = self.job.contents.meta, self.language
        self._map()
        title = self.sheet.title
        self._write(str(meta[f"title_{language}"]), title.x, title.y + title.height / 2, _TITLE_MM, hold=_MIDDLE_LEFT)
        self._frame(Box(5, 5, self.width - 10, self.height - 10))
        self._frame(self.sheet.map)
        side = self.sheet.side
        y = self._block(side.x, side.y)
        self._north(side.x + side.width - 8, side.y)
        y = self._legend(side.x, y + 3)
        self._sources(side.x, y + 3)
        notes = f"{meta[f'attribution_{language}']}\n{notice(meta, language)}"
        self._write(notes, self.sheet.notes.x, self.sheet.notes.y + 1, _WORDS_MM)

    def _write(
        self, words: str, x: float, y: float, height: float, *, hold: int = UPPER_LEFT, width: float = 0.0
    ) -> float:
        """Write a text at a point measured from the upper left corner; return its height."""
        lines = broken(words, height, width) if width else words.split("\n")
        self.canvas.write("\n".join(lines), (x, self.height - y), height, self.on, hold=hold, space=self.space)
        return len(lines) * height * _LINE

    @property
    def _end(self) -> float:
        """Lower end of the column beside the map, from the top of the sheet."""
        return self.sheet.side.y + self.sheet.side.height

    def _frame(self, box: Box, **look: Any) -> None:
        low, high = self.height - box.y - box.height, self.height - box.y
        corners = [(box.x, low), (box.x + box.width, low), (box.x + box.width, high), (box.x, high)]
        self.space.add_lwpolyline(corners, close=True, dxfattribs={"layer": self.on, **look})

    def _map(self) -> None:
        box, canvas = self.sheet.map, self.canvas
        west, south, east, north = self.sheet.ground(canvas.bounds, canvas.scale)
        on = canvas.layer("viewport", "", text("export.dxf.sheet", self.language), plotted=False)
        self.space.add_viewport(
            center=(box.x + box.width / 2, self.height - box.y - box.height / 2),
            size=(box.width, box.height),
            view_center_point=((west + east) / 2, (south + north) / 2),
            view_height=box.height * canvas.scale / 1000,
            status=2,
            dxfattribs={"layer": on},
        ).freeze("notice")

    def _block(self, x: float, y: float) -> float:
        """Write scale, CRS and date, and draw the scale bar; return the lower end."""
        meta, language, wide = self.job.contents.meta, self.language, self.sheet.side.width
        words = (
            text("export.dxf.scale", language, scale=format_number(self.canvas.scale), size=self.sheet.size),
            f"{text('export.readme.data_date', language)}{meta['data_date']}",
            f"{text('export.readme.crs', language)}{self.job.crs_text(language)}",
        )
        y += self._write(words[0], x, y, _HEAD_MM) + 2
        y = self._scale_bar(x, y + 3)
        return y + self._write("\n".join(words[1:]), x, y, _SMALL_MM, width=wide)

    def _scale_bar(self, x: float, y: float) -> float:
        step = round_length(45 * self.canvas.scale / 1000) / 2
        wide = step * 1000 / self.canvas.scale
        for number in range(2):
            self._frame(Box(x + number * wide, y, wide, 1.5))
            if not number:
                self._fill(Box(x, y, wide, 1.5), colors.BYLAYER, self.on)
        for number in range(3):
            far = number * step
            words = f"{far / 1000:g} km" if number == 2 and step >= 1000 else f"{far / 1000:g}"
            words = words if step >= 1000 else f"{far:g}" + (" m" if number == 2 else "")
            self._write(words, x + number * wide, y - 1.8, _SMALL_MM, hold=CENTRE)
        return y + 5

    def _north(self, x: float, y: float) -> None:
        self._write(text("figure.north", self.language), x, y + 1.5, _HEAD_MM, hold=CENTRE)
        points = [(x, self.height - y - 4), (x - 2.5, self.height - y - 14), (x, self.height - y - 12)]
        self.space.add_lwpolyline(points, close=True, dxfattribs={"layer": self.on})
        solid = self.space.add_hatch(color=colors.BYLAYER, dxfattribs={"layer": self.on})
        solid.paths.add_polyline_path([points[0], (x + 2.5, points[1][1]), points[2]], is_closed=True, flags=1)

    def _fill(self, box: Box, colour: int, on: str, transparency: float = 0.0) -> None:
        low, high = self.height - box.y - box.height, self.height - box.y
        hatch = self.space.add_hatch(color=colour, dxfattribs={"layer": on})
        corners = [(box.x, low), (box.x + box.width, low), (box.x + box.width, high), (box.x, high)]
        hatch.paths.add_polyline_path(corners, is_closed=True, flags=1)
        if transparency:
            hatch.transparency = transparency

    # --- legend ---------------------------------------------------------------------------------------------------

    def _legend(self, x: float, y: float) -> float:
        """Draw the legend of the drawing's layers, dense enough to leave room for the sources; return its lower end.

        Rows that still do not fit are counted in a last line.
        """
        groups = [group for group in self._groups() if group[1]]
        lines = sum(1 + math.ceil(len(rows) / self._columns(rows)) for _, rows, _ in groups)
        room = self._end - _SOURCES_MM - _GROUP_MM * len(groups) - y
        step = max(_LOW_MM, min(_ROW_MM, room / lines))
        # If not all rows fit, one line is reserved for their number.
        end = self._end - _SOURCES_MM - (step if lines * step > room + 1e-9 else 0.0)
        left = 0
        for title, rows, key in groups:
            fitting = max(0, int((end - y) / step + 1e-9) - 1) * self._columns(rows)
            left += max(0, len(rows) - fitting)
            if fitting:
                y = self._rows(title, rows[:fitting], key, x, y, step)
        if left:
            y += self._write(text("export.dxf.more_rows", self.language, count=left), x, y, _SMALL_MM)
        return y

    def _groups(self) -> Iterator[tuple[str, _Rows, _Key]]:
        """Yield heading, rows (layer and name) and symbol function of each legend group with layers."""
        language, contents = self.language, self.job.contents
        layers = self.canvas.document.layers

        def named(table: str, key: str, prefix: str = "") -> _Rows:
            rows = rows_of(contents.attributes(table))
            found = [(f"{prefix}{row[key]}", str(row[f"name_{language}"])) for row in rows]
            return [pair for pair in found if pair[0] in layers]

        yield text("figure.kinds", language), named("kinds", "kind"), self._outline
        methods = set(contents.places.frame["method"])
        drawn = [(name, text(f"method.{name}", language)) for name in LINETYPES if name in methods]
        yield text("figure.methods", language), drawn, self._dashes
        yield text("method.clusters", language), named("clusters", "cluster_id", "cluster-"), self._swatch
        others = [(INSTITUTION, text("figure.institution", language))] if INSTITUTION in layers else []
        yield text("figure.marks", language), others, self._point
        ground = contents.basemap if self.job.basemap else ()
        base = [(f"base-{one.name}", one.title(language)) for one in ground]
        shown = [pair for pair in base if layers.get(pair[0]).is_on()]
        yield text("export.qgis.base", language), shown, self._outline

    def _columns(self, rows: _Rows) -> int:
        wide = max(width_of(name, _SMALL_MM) for _, name in rows) + _KEY_MM + 5
        return 1 if wide > self.sheet.side.width / 2 else 2

    def _rows(self, title: str, rows: _Rows, key: _Key, x: float, y: float, step: float) -> float:
        """Draw a heading and its rows (symbol and name), in two columns if they fit; return the lower end."""
        self._write(title, x, y + step / 2, _HEAD_MM, hold=_MIDDLE_LEFT)
        y += step
        columns = self._columns(rows)
        for number, (layer, name) in enumerate(rows):
            left = x + (number % columns) * self.sheet.side.width / 2
            middle = y + (number // columns) * step + step / 2
            key(layer, left, middle)
            self._write(name, left + _KEY_MM + 2, middle, _SMALL_MM, hold=_MIDDLE_LEFT)
        return y + math.ceil(len(rows) / columns) * step + _GROUP_MM

    def _line(self, x: float, y: float, **look: Any) -> None:
        ends = [(x, self.height - y), (x + _KEY_MM, self.height - y)]
        self.space.add_lwpolyline(ends, dxfattribs={"layer": self.on, **look})

    def _outline(self, layer: str, x: float, y: float) -> None:
        self._line(x, y, layer=layer, lineweight=35)

    def _dashes(self, method: str, x: float, y: float) -> None:
        # Dash lengths are scaled for the map; on the sheet a unit is a millimetre.
        self._line(x, y, linetype=LINETYPES[method][0], ltscale=1000 / self.canvas.scale)

    def _swatch(self, layer: str, x: float, y: float) -> None:
        self._fill(Box(x, y - 1.5, _KEY_MM, 3), colors.BYLAYER, layer, FILL_TRANSPARENCY)

    def _point(self, layer: str, x: float, y: float) -> None:
        centre = (x + _KEY_MM / 2, self.height - y)
        for radius in (0.45, 0.08):
            self.space.add_circle(centre, radius, dxfattribs={"layer": layer})

    def _sources(self, x: float, y: float) -> None:
        """List the sources of the drawn boundaries as far as there is room, and the number of the others."""
        wide, contents = self.sheet.side.width, self.job.contents
        used = dict.fromkeys(contents.places.frame["boundary_source_id"])
        rows = {row["source_id"]: row for row in rows_of(contents.attributes("sources"))}
        every = len(rows)
        entries = [f"[{rows[one]['grade']}] {citation(rows[one], self.language)}" for one in used if one in rows]
        y += self._write(text("figure.sources", self.language), x, y, _HEAD_MM)
        line = _SMALL_MM * _LINE
        shown = 0
        for entry in entries:
            taken = len(broken(entry, _SMALL_MM, wide)) * line
            if y + taken + 2 * line > self._end:
                break
            y += self._write(entry, x, y, _SMALL_MM, width=wide)
            shown += 1
        if every > shown:
            self._write(text("export.dxf.more", self.language, count=every - shown), x, y, _SMALL_MM, width=wide)
