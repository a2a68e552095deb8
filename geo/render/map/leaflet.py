"""The folium map: a document that holds an empty Leaflet map and starts ``static/map.js``; the same for everybody.

folium and branca run Jinja over text they are given, more than once. So nothing but constants goes through them: names
and geometry travel by URL (`geo.render.map.data`), the state as JSON from the page to the map (``static/frame.js``).
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from geo.base.optional import needs

__all__ = ["FRAME_SCRIPTS", "MAP_SCRIPTS", "frame", "static_folder", "vendor_folder"]

#: The scripts of the map in `static_folder`, in the order in which they must run.
MAP_SCRIPTS = ("shapes.js", "styles.js", "labels.js", "legend.js", "controls.js", "paper.js", "map.js")

#: Those of the map in the app, which also shows a user's points.
FRAME_SCRIPTS = ("pointing.js", "pointlayer.js", "points.js", *MAP_SCRIPTS, "frame.js")


def static_folder() -> Path:
    """Return the folder of our own script and style."""
    return Path(str(resources.files("geo.render").joinpath("static")))


def vendor_folder() -> Path:
    """Return the folder of Leaflet as an installed package brings it; raise `MissingDependencyError` without it."""
    with needs("the app", "XStatic-Leaflet", "app"):
        from xstatic.pkg import leaflet
    return Path(str(leaflet.BASE_DIR))


def frame(scripts: Sequence[str], styles: Sequence[str]) -> str:
    """Return the document of the map, made by folium: the same text every time, so that a browser keeps it.

    Parameters
    ----------
    scripts, styles : sequence of str
        Paths of Leaflet's and our scripts and styles on this server.

    Raises
    ------
    MissingDependencyError
        If folium is not installed.
    """
    with needs("the app", "folium", "app"):
        import folium
        from branca.element import MacroElement
        from jinja2 import Template

    class Start(MacroElement):
        _template = Template(
            "{% macro script(this, kwargs) %}window.geoFrame.start({{ this._parent.get_name() }});{% endmacro %}"
        )

    made = folium.Map(tiles=None, zoom_control=False, prefer_canvas=True, attributionControl=False)
    made._id = "div"  # "map_div" in the document; folium's own is another one each time
    made.default_js = [("map", path) for path in scripts]
    made.default_css = [(f"map{number}", path) for number, path in enumerate(styles)]
    made.options["max_zoom"] = 18
    made.options["min_zoom"] = 7
    made.options["zoom_snap"] = 0.5
    start = Start()  # type: ignore[no-untyped-call]
    start._id = "start"
    made.add_child(start)
    return str(made.get_root().render())
