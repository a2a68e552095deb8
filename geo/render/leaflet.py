"""The folium map: an empty Leaflet map plus one element that hands the state to ``static/map.js``.

folium and branca run Jinja over text they are given, more than once. So nothing but constants and one base64 word ever
goes through them: names and geometry travel by URL (`geo.render.mapdata`), the state as base64 of JSON, whose alphabet
holds no character that Jinja, HTML or JavaScript could act upon.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from geo.errors import MissingDependencyError

__all__ = ["encode_state", "layout_map", "state_group", "static_folder", "vendor_folder"]


def static_folder() -> Path:
    """Return the folder of our own script and style."""
    return Path(str(resources.files("geo.render").joinpath("static")))


def vendor_folder() -> Path:
    """Return the folder of Leaflet as an installed package brings it; raise `MissingDependencyError` without it."""
    try:
        from xstatic.pkg import leaflet
    except ImportError as error:
        raise MissingDependencyError.of("the app", "XStatic-Leaflet", "app") from error
    return Path(str(leaflet.BASE_DIR))


def encode_state(state: Mapping[str, Any]) -> str:
    """Return a state as base64 of its JSON, characters A-Z a-z 0-9 + / = only."""
    text = json.dumps(state, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return base64.b64encode(text.encode()).decode("ascii")


def layout_map(scripts: list[str], styles: list[str]) -> Any:
    """Return a `folium.Map` without tiles that starts ``map.js``; the same text every time, so it is mounted once.

    Parameters
    ----------
    scripts, styles : list of str
        Paths of Leaflet's and our script and style on this server.

    Raises
    ------
    MissingDependencyError
        If folium is not installed.
    """
    try:
        import folium
        from branca.element import MacroElement
        from jinja2 import Template
    except ImportError as error:
        raise MissingDependencyError.of("the app", "folium", "app") from error

    class Start(MacroElement):
        _template = Template("{% macro script(this, kwargs) %}window.geoMap.start(map_div);{% endmacro %}")

    made = folium.Map(tiles=None, zoom_control=False, prefer_canvas=True, attributionControl=False)
    made.default_js = [("map", path) for path in scripts]
    made.default_css = [("map", path) for path in styles]
    made.options["max_zoom"] = 18
    made.options["min_zoom"] = 7
    made.options["zoom_snap"] = 0.5
    made.add_child(Start())  # type: ignore[no-untyped-call]
    return made


def state_group(state: Mapping[str, Any]) -> Any:
    """Return a `folium.FeatureGroup` for ``feature_group_to_add`` that applies a state.

    Raises
    ------
    MissingDependencyError
        If folium is not installed.
    """
    try:
        import folium
        from branca.element import MacroElement
        from jinja2 import Template
    except ImportError as error:
        raise MissingDependencyError.of("the app", "folium", "app") from error

    class Apply(MacroElement):
        _template = Template('{% macro script(this, kwargs) %}window.geoMap.apply("{{ this.word }}");{% endmacro %}')

        def __init__(self, word: str) -> None:
            super().__init__()  # type: ignore[no-untyped-call]
            self.word = word

    group = folium.FeatureGroup()
    group.add_child(Apply(encode_state(state)))
    return group
