"""A DXF document to draw on: units, styles and linetypes for a plot scale, layers, texts."""

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

# The newest version whose texts are in a code page. From R2007 on texts are UTF-8, but GDAL, and QGIS through it, still
# decode them by the code page named in the header and show Chinese as mojibake.
_VERSION, _CODE_PAGE = "R2004", "ANSI_936"
_METRES = 6
#: Name of the only text style.
TEXT_STYLE = "LABEL"
# A Chinese font of every Windows since 7; CAD programs on other systems substitute their own.
_FONT, _FAMILY = "msyh.ttc", "Microsoft YaHei"
#: Boundary method → name of its linetype, lengths of dashes and gaps in millimetres on paper.
LINETYPES = {
    "official_bounds": ("CONTINUOUS", ()),
    "digitised": ("DIGITISED", (2.5, 1.5, -1.0)),
    "schematic": ("SCHEMATIC", (1.0, 0.3, -0.7)),
}
#: Line widths that DXF allows, hundredths of a millimetre.
_LINE_WIDTHS = (5, 9, 13, 15, 18, 20, 25, 30, 35, 40, 50, 53, 60, 70, 80, 90, 100)
FILL_TRANSPARENCY = 0.8
# Colour 7 is black on a light screen and on paper, and white on a dark screen.
_TEXT_COLOUR = colors.BLACK
# Points are drawn as a dot in a circle, this wide on paper.
_POINT_STYLE, _POINT_MM = 33, 0.9
#: Attachment points of a text: its centre, its upper left corner.
CENTRE, UPPER_LEFT = 5, 1
_POINT_OF_TYPE_MM = 0.3528
# Height of a capital letter, by which CAD measures text, as a fraction of the font size.
_CAPITAL = 0.72


class Canvas:
    """The document, and conversion of paper sizes to drawing units.

    Parameters
    ----------
    job : Job
        Its `plot_scale` determines the sheet; without one, the scale at which everything fits A3.

    Raises
    ------
    UsageError
        If no sheet is large enough at the requested scale.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self.bounds = self._extent = job.bounds
        self.sheet = sheet_for(self.bounds, job.plot_scale) if job.plot_scale is not None else Sheet("A3")
        self.scale = job.plot_scale or fitting_scale(self.bounds, self.sheet)
        # Grid cells a few letters wide.
        self.names = Names(self.mm(12))
        self.document = document = new(_VERSION, setup=False)
        document.encoding = ENCODING
        header = document.header
        header["$DWGCODEPAGE"] = _CODE_PAGE
        header["$INSUNITS"] = _METRES
        header["$MEASUREMENT"] = 1
        # Dashes are drawn in model space in metres; through the viewport they have the right length on paper.
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
        """Convert a length on paper, millimetres, to drawing units, metres."""
        return length * self.scale / 1000

    def capital_mm(self, size_pt: float) -> float:
        """Return the height of a capital letter for a font size, millimetres on paper."""
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
        """Return the name of a layer, created on first use; without a colour it has the text colour."""
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
        """Add a text, by default in model space."""
        attributes = {"layer": on, "style": TEXT_STYLE, "char_height": height, "attachment_point": hold, "insert": at}
        return (space or self.space).add_mtext(mtext(words), dxfattribs=attributes)

    def grow(self, bounds: Bounds) -> None:
        """Extend the extent of the drawing to these bounds."""
        west, south, east, north = self._extent
        self._extent = (min(west, bounds[0]), min(south, bounds[1]), max(east, bounds[2]), max(north, bounds[3]))

    def notice(self) -> None:
        """Write title, date, credit and CRS below the drawing."""
        west, south, east, _ = self._extent
        height, wide = self.mm(2.5), max(east - west, self.mm(120))
        header = self.job.header()
        lines = [header["title"], header["data_date"], header["attribution"], header["notice"], header["coordinates"]]
        on = self.layer("notice", "", header["title"])
        shown = [part for line in lines for part in broken(line, height, wide)]
        self.write("\n".join(shown), (west, south - 2 * height), height, on, hold=UPPER_LEFT)
        self.grow((west, south - (2 + len(shown) * 5 / 3) * height, west + wide, south))

    def open_on_everything(self) -> None:
        """Set the initial view and extent, so that programs open the drawing with everything visible."""
        west, south, east, north = self._extent
        self.space.reset_extents((west, south, 0), (east, north, 0))
        # A screen is wider than high: at 4:3 even the widest drawing fits.
        height = max(north - south, (east - west) * 3 / 4) * 1.05
        self.document.set_modelspace_vport(height=height, center=((west + east) / 2, (south + north) / 2))


def _properties(job: Job) -> Iterable[tuple[str, str]]:
    for name, value in job.header().items():
        yield name, literal(one_line(", ".join(value) if isinstance(value, list) else str(value)))
    for number, line in enumerate(source_lines(job), 1):
        yield f"source {number}", literal(one_line(line))
