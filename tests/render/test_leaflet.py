"""Nothing of the data passes through a template: a page gets constants and one base64 word, whatever the names are."""

from __future__ import annotations

import base64
import json
import re

import pytest
import streamlit_folium

from geo.errors import MissingDependencyError
from geo.render import leaflet
from geo.render.leaflet import encode_state, layout_map, state_group

PAYLOADS = [
    "{{ 7*7 }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{% raise %}",
    "{# gone #}",
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "`${alert(1)}`",
    "'\"\\ ",
]


def text_for(state: dict[str, object]) -> str:
    """Return all the text that st_folium sends to the browser for a state."""
    drawn = layout_map(["/a.js"], ["/a.css"])
    drawn.get_root().render()
    drawn.render()
    fixed = streamlit_folium._get_header(drawn) + streamlit_folium._get_map_string(drawn)
    return fixed + streamlit_folium._get_feature_group_string(state_group(state), drawn)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_in_the_state_stays_asleep(payload: str) -> None:
    state = {"label": payload, "visible": [payload]}
    sent = text_for(state)
    (word,) = re.findall(r'geoMap\.apply\("([A-Za-z0-9+/=]*)"\)', sent)
    assert json.loads(base64.b64decode(word)) == state
    assert payload not in sent
    assert "49" not in sent.replace(word, "")
    assert sent.replace(word, "") == text_for({}).replace(encode_state({}), "")


def test_the_map_is_the_same_text_every_time_so_it_is_mounted_once() -> None:
    def text() -> str:
        drawn = layout_map(["/a.js"], ["/a.css"])
        drawn.get_root().render()
        drawn.render()
        return streamlit_folium._get_map_string(drawn)

    assert text() == text()
    assert "geoMap.start(map_div)" in text()


def test_only_our_scripts_are_asked_for() -> None:
    drawn = layout_map(["/a.js"], ["/a.css"])
    assert [src for _, src in drawn.default_js] == ["/a.js"]
    assert "http" not in drawn.get_root().render().replace("http-equiv", "").replace("http://www.w3.org", "")


def test_a_state_that_is_not_json_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        encode_state({"area": float("nan")})


def test_leaflet_comes_from_an_installed_package(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (leaflet.vendor_folder() / "leaflet.js").is_file()
    assert (leaflet.static_folder() / "map.js").is_file()
    monkeypatch.setitem(__import__("sys").modules, "xstatic.pkg", None)
    with pytest.raises(MissingDependencyError, match=re.escape('pip install "shanghai-ai-map[app]"')):
        leaflet.vendor_folder()


def test_map_script_uses_no_html() -> None:
    script = (leaflet.static_folder() / "map.js").read_text(encoding="utf-8")
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "setContent(", "http"):
        assert way not in script.replace("http://www.w3.org/2000/svg", "").replace("(HTTP ", ""), way
