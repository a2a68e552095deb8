"""A DXF document while it is drawn on: units, styles and linetypes for a plot scale, layers, texts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ezdxf import colors
from ezdxf.filemanagement import new

from geo.export.dxf_labels import Names
from geo.export.dxf_text import ENCODING, broken, literal, mtext, one_line
from geo.export.job import Job
from geo.export.metadata import source_lines
from geo.export.paper import Bounds, Sheet, fitting_scale, sheet_for
from geo.export.styles import rgb

__all__ = ["CENTRE", "FILL_TRANSPARENCY", "LINETYPES", "TEXT_STYLE", "UPPER_LEFT", "Canvas"]

# The newest version whose texts are in a code page. From R2007 on they are UTF-8, but GDAL and what reads through it
# (QGIS among them) go by the code page that the header names all the same, and show Chinese as noise.
_VERSION, _CODE_PAGE = "R2004", "ANSI_936"
_METRES = 6
#: Name of the one text style.
TEXT_STYLE = "LABEL"
# The Chinese font that every Windows since 7 has; CAD programs elsewhere put their own in its place.
_FONT, _FAMILY = "msyh.ttc", "Microsoft YaHei"
#: Boundary method → name of its linetype; lengths of its dashes and gaps in millimetres on paper.
LINETYPES = {
    "official_bounds": ("CONTINUOUS", ()),
    "digitised": ("DIGITISED", (2.5, 1.5, -1.0)),
    "schematic": ("SCHEMATIC", (1.0, 0.3, -0.7)),
}
#: Widths that a line of a drawing can have, hundredths of a millimetre.
_LINE_WIDTHS = (5, 9, 13, 15, 18, 20, 25, 30, 35, 40, 50, 53, 60, 70, 80, 90, 100)
FILL_TRANSPARENCY = 0.8
# Colour 7 is black on a light screen and on paper, white on a dark one.
_TEXT_COLOUR = colors.BLACK
# Points are drawn as a circle around a dot, so wide on paper.
_POINT_STYLE, _POINT_MM = 33, 0.9
#: Where a text is held: its middle, its upper left corner.
CENTRE, UPPER_LEFT = 5, 1
_POINT_OF_TYPE_MM = 0.3528
# The height of a capital letter, by which CAD measures text, in that of the type.
_CAPITAL = 0.72


class Canvas:
    """The document, and how large things are in it.

    Parameters
    ----------
    job : Job
        `plot_scale` asked for decides the sheet; otherwise the scale at which all fits A3.

    Raises
    ------
    UsageError
        If no sheet holds what is shown at the scale asked for.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self.bounds = self._extent = job.bounds
        self.sheet = sheet_for(self.bounds, job.plot_scale) if job.plot_scale is not None else Sheet("A3")
        self.scale = job.plot_scale or fitting_scale(self.bounds, self.sheet)
        # Cells of some letters.
        self.names = Names(self.mm(12))
        self.document = document = new(_VERSION, setup=False)
        document.encoding = ENCODING
        header = document.header
        header["$DWGCODEPAGE"] = _CODE_PAGE
        header["$INSUNITS"] = _METRES
        header["$MEASUREMENT"] = 1
        # Dashes are drawn in the model, in metres, and seen through the viewport as long as they are on paper.
        header["$LTSCALE"] = self.mm(1)
        header["$PSLTSCALE"] = 0
        header["$PDMODE"] = _POINT_STYLE
        header["$PDSIZE"] = self.mm(_POINT_MM)
        self.space = document.modelspace()
        document.styles.add(TEXT_STYLE, font=_FONT).set_extended_font_data(_FAMILY)
        for name, pattern in LINETYPES.values():
            if pattern:
                document.linetypes.add(name, pattern)
        for name, value in _properties(job):
            header.custom_vars.append(name, value)

    def mm(self, length: float) -> float:
        """Return a length on paper as one in the drawing, metres."""
        return length * self.scale / 1000

    def capital_mm(self, size_pt: float) -> float:
        """Return the height of a capital letter of a type, millimetres on paper."""
        return size_pt * _POINT_OF_TYPE_MM * _CAPITAL

    def layer(
        self,
        name: str,
        colour: str,
        description: str,
        *,
        shown: bool = True,
        plotted: bool = True,
        width_mm: float = 0.25,
    ) -> str:
        """Return the name of a layer of a colour, or of that of text if there is none; made when first asked for."""
        if name not in self.document.layers:
            true_colour = colors.rgb2int(rgb(colour)) if colour else None
            layer = self.document.layers.add(name, color=_TEXT_COLOUR, true_color=true_colour)
            layer.description = literal(one_line(description))
            layer.dxf.plot = int(plotted)
            layer.dxf.lineweight = min(_LINE_WIDTHS, key=lambda one: abs(one - 100 * width_mm))
            if not shown:
                layer.off()
        return name

    def write(
        self,
        words: str,
        at: tuple[float, float],
        height: float,
        on: str,
        *,
        hold: int = CENTRE,
        space: Any = None,
    ) -> Any:
        """Write a text, by default in model space."""
        attributes = {"layer": on, "style": TEXT_STYLE, "char_height": height, "attachment_point": hold, "insert": at}
        return (space or self.space).add_mtext(mtext(words), dxfattribs=attributes)

    def grow(self, bounds: Bounds) -> None:
        """Note that something is drawn within these bounds."""
        west, south, east, north = self._extent
        self._extent = (min(west, bounds[0]), min(south, bounds[1]), max(east, bounds[2]), max(north, bounds[3]))

    def notice(self) -> None:
        """Write title, date, credit and coordinates under the drawing."""
        west, south, east, _ = self._extent
        height, wide = self.mm(2.5), max(east - west, self.mm(120))
        header = self.job.header()
        lines = [header["title"], header["data_date"], header["attribution"], header["notice"], header["coordinates"]]
        on = self.layer("notice", "", header["title"])
        shown = [part for line in lines for part in broken(line, height, wide)]
        self.write("\n".join(shown), (west, south - 2 * height), height, on, hold=UPPER_LEFT)
        self.grow((west, south - (2 + len(shown) * 5 / 3) * height, west + wide, south))

    def open_on_everything(self) -> None:
        """Let a program that opens the drawing show all of it, and know its extent."""
        west, south, east, north = self._extent
        self.space.reset_extents((west, south, 0), (east, north, 0))
        # A screen is wider than high: by a ratio of 4 to 3 even the widest drawing is in.
        height = max(north - south, (east - west) * 3 / 4) * 1.05
        self.document.set_modelspace_vport(height=height, center=((west + east) / 2, (south + north) / 2))


def _properties(job: Job) -> Iterable[tuple[str, str]]:
    for name, value in job.header().items():
        yield name, literal(one_line(", ".join(value) if isinstance(value, list) else str(value)))
    for number, line in enumerate(source_lines(job), 1):
        yield f"source {number}", literal(one_line(line))
