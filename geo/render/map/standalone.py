"""The map embedded in a document that works offline: its scripts, styles, data and content policy."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from geo.atlas import View
from geo.base.optional import needs
from geo.render.map.data import MapData
from geo.render.map.leaflet import MAP_SCRIPTS, static_folder, vendor_folder
from geo.render.map.state import map_state

__all__ = ["content_policy", "embed_json", "map_files", "offline_state", "scripts", "styles"]

#: Characters that could end a script element or, in old browsers, a line of a script.
_UNSAFE = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def embed_json(value: Any) -> str:
    r"""Return JSON that is safe inside ``<script type="application/json">``: no text in it can end the element.

    Examples
    --------
    >>> embed_json({"a": "</script>"})
    '{"a":"\\u003c/script\\u003e"}'
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).translate(_UNSAFE)


def offline_state(view: View) -> dict[str, Any]:
    """Return the state of the map; its data are the elements ``geo-…`` of the same document."""
    selection = view.selection
    focus = selection.place if selection.place in view else ""
    shown = view.atlas.select(selection.replace(basemap="bundled", place=focus))
    urls = {name: f"#geo-{name}" for name in MapData(view.atlas).makers}
    return map_state(view.atlas, shown, urls, number=1, focus=bool(focus) and selection.view is None)


def map_files(view: View, state: Mapping[str, Any]) -> dict[str, Any]:
    """Return the map's data by name; of the layout only the selected places."""
    made = {name: make("wgs84") for name, make in MapData(view.atlas).makers.items()}
    visible, institutions = set(state["visible"]), set(view.institutions.index)
    layout = dict(made["layout"])
    layout["places"] = [place for place in layout["places"] if place["id"] in visible]
    layout["institutions"] = [one for one in layout["institutions"] if one["id"] in institutions]
    return {**made, "layout": layout}


def content_policy(scripts: Sequence[str]) -> str:
    """Return the Content-Security-Policy: the given scripts, inline styles, inline images, nothing else."""
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    rules = {
        "default-src": "'none'",
        "script-src": " ".join(f"'sha256-{digest}'" for digest in hashes),
        "style-src": "'unsafe-inline'",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def scripts(last: str) -> list[str]:
    """Return Leaflet with its licence, the map, and the script `last` that starts it, as embedded in the document.

    Raises
    ------
    MissingDependencyError
        If the package that brings Leaflet is not installed.
    """
    with needs("needs.report", "XStatic-Leaflet", "report"):
        leaflet = (vendor_folder() / "leaflet.js").read_text(encoding="utf-8")
    leaflet = re.sub(r"\n//# sourceMappingURL=\S*\s*$", "\n", leaflet)
    own = static_folder()
    licence = (own / "leaflet-licence.txt").read_text(encoding="utf-8")
    made = [f"/*\n{licence}*/\n{leaflet}", *((own / name).read_text("utf-8") for name in (*MAP_SCRIPTS, last))]
    # Browsers compute the hash of a script after converting its line ends to line feeds.
    return [script.replace("\r\n", "\n") for script in made]


def styles(*more: str) -> str:
    """Return Leaflet's style sheet without the images of its default markers, the map's, and `more` of ours."""
    leaflet = re.sub(r"url\([^)]*\)", "none", (vendor_folder() / "leaflet.css").read_text(encoding="utf-8"))
    own = [(static_folder() / name).read_text(encoding="utf-8") for name in ("map.css", *more)]
    return "\n".join([leaflet, *own])
