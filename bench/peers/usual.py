"""The usual folium page: an object for each place, the whole map made and sent anew on every run.

With GEO_BENCH_POINTS it also draws the points of that CSV file, as one GeoJson layer of circle markers (an object for
each point would be slower still).
"""

import os

import folium
import pandas as pd
import streamlit as st
from streamlit_folium import st_folium

from geo import Atlas, Selection
from geo.web.server.assets import asset_path

atlas = st.cache_resource(Atlas.load)()
kinds = st.pills("kind", list(atlas.allowed["kind"]), selection_mode="multi", key="kind")
view = atlas.select(Selection(kinds=tuple(kinds)))
m = folium.Map(tiles=None, location=[31.1, 121.5], zoom_start=9)
m.options["max_zoom"] = 18
m.default_js = [("l", asset_path("leaflet.js"))]
m.default_css = [("l", asset_path("leaflet.css"))]
for layer in ("districts", "metro_lines"):
    if layer in set(atlas.table("basemap")["layer_id"]):
        folium.GeoJson(atlas.basemap(layer)[["geometry"]].to_json()).add_to(m)
for place in view.places.itertuples():
    feature = folium.GeoJson(place.geometry.__geo_interface__)
    feature.add_child(folium.Tooltip(place.Index))
    feature.add_to(m)


@st.cache_data
def _points(path: str) -> dict[str, object]:
    table = pd.read_csv(path)
    pairs = table[["lng", "lat"]].to_numpy().tolist()
    features = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": pair}} for pair in pairs
    ]
    return {"type": "FeatureCollection", "features": features}


if path := os.environ.get("GEO_BENCH_POINTS"):
    folium.GeoJson(_points(path), marker=folium.CircleMarker(radius=3)).add_to(m)
st_folium(m, key="map", height=640, use_container_width=True)
st.session_state["n"] = st.session_state.get("n", 0) + 1
st.html(f'<p id="done" data-n="{st.session_state["n"]}" data-places="{len(view.places)}">usual</p>')
