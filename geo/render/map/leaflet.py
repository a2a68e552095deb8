"""The HTML document of the map: an empty Leaflet map made by folium, and ``static/map.js``; the same for every user.

folium and branca render their texts with Jinja, some of them twice. Only constants are passed to them: names and
geometry are fetched by URL (`geo.render.map.data`), and the page sends the state as JSON (``static/frame.js``).
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from geo.base.optional import needs

__all__ = ["FRAME_SCRIPTS", "MAP_SCRIPTS", "frame", "static_folder", "vendor_folder"]

#: Scripts of the map in `static_folder`, in loading order.
MAP_SCRIPTS = ("shapes.js", "styles.js", "labels.js", "legend.js", "controls.js", "paper.js", "map.js")

#: Scripts of the map in the app, which also shows a user's points.
FRAME_SCRIPTS = ("pointing.js", "pointlayer.js", "points.js", *MAP_SCRIPTS, "frame.js")


def static_folder() -> Path:
    """Return the folder of our scripts and styles."""
    return Path(str(resources.files("geo.render").joinpath("static")))


def vendor_folder() -> Path:
    """Return the folder with Leaflet in the package that brings it; raise `MissingDependencyError` without it."""
    with needs("needs.app", "XStatic-Leaflet", "app"):
        from xstatic.pkg import leaflet
    return Path(str(leaflet.BASE_DIR))


def frame(scripts: Sequence[str], styles: Sequence[str]) -> str:
    """Return the HTML document of the map, made by folium; always the same text, so that browsers cache it.

    Parameters
    ----------
    scripts, styles : sequence of str
        URL paths of the scripts and styles, Leaflet's and ours.

    Raises
    ------
    MissingDependencyError
        If folium is not installed.
    """
    with needs("needs.app", "folium", "app"):
        import folium
        from branca.element import MacroElement
        from jinja2 import Template

    class Start(MacroElement):
        _template = Template(
            "{% macro script(this, kwargs) %}window.geoFrame.start({{ this._parent.get_name() }});{% endmacro %}"
        )

    made = folium.Map(tiles=None, zoom_control=False, prefer_canvas=True, attributionControl=False)
    made._id = "div"  # a constant element id ("map_div"); folium's own is random
    made.default_js = [("map", path) for path in scripts]
    made.default_css = [(f"map{number}", path) for number, path in enumerate(styles)]
    made.options["max_zoom"] = 18
    made.options["min_zoom"] = 7
    made.options["zoom_snap"] = 0.5
    start = Start()  # type: ignore[no-untyped-call]
    start._id = "start"
    made.add_child(start)
    return str(made.get_root().render())
