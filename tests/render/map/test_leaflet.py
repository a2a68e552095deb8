"""The document of the map is the same whatever the data say: nothing of them passes through a template."""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable
from typing import Any

import pytest

from geo.errors import MissingDependencyError
from geo.render.map import leaflet
from geo.render.map.leaflet import frame


def test_the_document_is_the_same_text_every_time_so_that_a_browser_keeps_it() -> None:
    made = frame(["/a.js"], ["/a.css", "/b.css"])
    assert made == frame(["/a.js"], ["/a.css", "/b.css"])
    assert made.count("geoFrame.start(map_div)") == 1
    assert made.index('src="/a.js"') < made.index("var map_div = L.map(") < made.index("geoFrame.start(map_div)")


def test_only_our_scripts_and_styles_are_asked_for() -> None:
    made = frame(["/a.js"], ["/a.css", "/b.css"])
    assert re.findall(r'src="([^"]*)"', made) == ["/a.js"]
    assert re.findall(r'href="([^"]*)"', made) == ["/a.css", "/b.css"]
    assert "//" not in made


def test_without_folium_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real: Callable[..., Any] = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "folium":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingDependencyError, match=re.escape('pip install "shanghai-ai-map[app]"')):
        frame([], [])


def test_leaflet_comes_from_an_installed_package(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (leaflet.vendor_folder() / "leaflet.js").is_file()
    assert (leaflet.static_folder() / "map.js").is_file()
    monkeypatch.setitem(__import__("sys").modules, "xstatic.pkg", None)
    with pytest.raises(MissingDependencyError, match=re.escape('pip install "shanghai-ai-map[app]"')):
        leaflet.vendor_folder()


@pytest.mark.parametrize("name", leaflet.FRAME_SCRIPTS)
def test_scripts_of_the_map_use_no_html(name: str) -> None:
    script = (leaflet.static_folder() / name).read_text(encoding="utf-8")
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "setContent(", "http"):
        assert way not in script.replace("http://www.w3.org/2000/svg", "").replace("(HTTP ", ""), way
