"""A sheet as a raster picture."""

from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING, Any

from geo.base.optional import needs
from geo.render.figure.fonts import font
from geo.render.figure.marks import Area, Circle, Line, Mark, Sheet, Words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["png_bytes"]

#: Matplotlib's settings are global to the process, so pictures are made one at a time.
_ONE = threading.Lock()

_ANCHORS = {"start": "left", "middle": "center", "end": "right"}


def png_bytes(drawn: Sheet, *, title: str, dpi: int) -> bytes:
    """Return a sheet as PNG.

    Parameters
    ----------
    drawn : Sheet
    title : str
        Title in the metadata of the file.
    dpi : int
        Dots per inch.
    """
    with needs("needs.picture", "matplotlib", "report"):
        import matplotlib as mpl
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    family = font().family
    settings: dict[Any, Any] = {
        "font.family": [family, *(["DejaVu Sans"] if family != "DejaVu Sans" else [])],
        "text.parse_math": False,  # a dollar sign in a name is not mathematics
        "path.simplify": False,
    }
    buffer = io.BytesIO()
    with _ONE, mpl.rc_context(settings):
        page = Figure(figsize=(drawn.width / 72, drawn.height / 72), facecolor="white", dpi=dpi)
        FigureCanvasAgg(page)
        for order, mark in enumerate(drawn.marks):
            _add(page, mark, drawn, order)
        page.savefig(buffer, format="png", dpi=dpi, metadata={"Title": title, "Software": None})
    return buffer.getvalue()


def _add(page: Figure, mark: Mark, drawn: Sheet, order: int) -> None:
    from matplotlib.patches import Ellipse, PathPatch
    from matplotlib.path import Path

    def at(x: float, y: float) -> tuple[float, float]:
        return x / drawn.width, 1 - y / drawn.height

    if isinstance(mark, Words):
        _write(page, mark, at(mark.x, mark.y), order)
        return
    look: dict[str, Any] = {"transform": page.transFigure, "zorder": order, "figure": page}
    if isinstance(mark, Circle):
        size = 2 * mark.radius / drawn.width, 2 * mark.radius / drawn.height
        page.add_artist(Ellipse(at(mark.x, mark.y), *size, fc=mark.fill, ec=mark.edge, lw=mark.width, **look))
        return
    rings = mark.rings if isinstance(mark, Area) else (mark.points,)
    corners = [at(x, y) for ring in rings for x, y in ring]
    steps = [Path.MOVETO if number == 0 else Path.LINETO for ring in rings for number in range(len(ring))]
    if isinstance(mark, Line):
        dashes = "-" if mark.dash is None else (0, tuple(step / mark.width for step in mark.dash))
        own = {
            "fill": False,
            "ec": mark.colour,
            "lw": mark.width,
            "ls": dashes,
            "capstyle": "butt",
            "joinstyle": "round",
        }
    else:
        own = {"fc": mark.fill, "alpha": mark.opacity, "lw": 0}
    page.add_artist(PathPatch(Path(corners, steps), **own, **look))


def _write(page: Figure, mark: Words, where: tuple[float, float], order: int) -> None:
    from matplotlib import patheffects

    written = page.text(
        *where, mark.text, fontsize=mark.size, color=mark.colour, weight="bold" if mark.bold else "normal",
        ha=_ANCHORS[mark.anchor], va="baseline", zorder=order,
        rotation=90 if mark.upwards else 0, rotation_mode="anchor",
    )  # fmt: skip
    if mark.halo:
        written.set_path_effects([patheffects.withStroke(linewidth=mark.halo, foreground="white")])
