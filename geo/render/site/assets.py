"""Files shared by the pages of the static site: style, scripts, map data."""

from __future__ import annotations

from collections.abc import Iterator

from geo.atlas.atlas import Atlas
from geo.base.messages import LANGUAGES
from geo.render.map.data import MapData
from geo.render.map.leaflet import static_folder
from geo.render.map.standalone import embed_json, scripts, styles
from geo.render.site.home import cards
from geo.render.site.search import site_index

__all__ = ["assets"]


def assets(atlas: Atlas) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of each file.

    The map data are a script, because a page opened from a folder may not read other files.

    Raises
    ------
    MissingDependencyError
        If the package that brings Leaflet is not installed.
    """
    yield "assets/site.css", styles("report.css", "site.css").encode()
    for name in ("site.js", "site-find.js"):
        yield f"assets/{name}", (static_folder() / name).read_bytes()
    yield "assets/search.js", site_index(atlas)
    for language in LANGUAGES:
        yield f"assets/cards-{language}.js", cards(atlas, language)
    *drawn, starts = scripts("report.js")
    yield "assets/map.js", "\n;\n".join(drawn).encode()
    own = (static_folder() / "site-map.js").read_text(encoding="utf-8")
    yield "assets/start.js", "\n".join((starts, own)).encode()
    files = {name: make("wgs84") for name, make in MapData(atlas).makers.items()}
    yield "assets/map-data.js", f"window.geoMapData({embed_json(files)});\n".encode()
