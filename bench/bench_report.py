"""The report, the figure and the search, beside what one would write with folium, geopandas and pandas."""

from __future__ import annotations

import io
from collections.abc import Iterator

import folium
import geopandas as gpd
import pandas as pd

from bench import Result, seconds, turns, versions
from geo.analysis.search import Index
from geo.atlas.atlas import Atlas, View
from geo.render.figure.sheet import figure
from geo.render.report.page import report_html

ROUNDS = 3
BASEMAP = ("districts", "metro_lines", "water")
WORDS = ("张江", "zj", "zhangjiang", "north park", "临港")


def usual_html(view: View) -> bytes:
    """Return a folium page of the same layers with a table in each popup; it needs the network to open."""
    page = folium.Map(location=[31.1, 121.5], zoom_start=9)
    for layer in BASEMAP:
        folium.GeoJson(view.atlas.basemap(layer)[["geometry"]].to_json()).add_to(page)
    for place in view.places.itertuples():
        shape = folium.GeoJson(gpd.GeoSeries([place.geometry], crs=4326).to_json())
        shape.add_child(folium.Popup(view.atlas.facts(place.Index).to_html()))
        shape.add_to(page)
    return bytes(page.get_root().render().encode())


def usual_figure(view: View) -> bytes:
    """Return a geopandas plot of the same layers, A4 at 200 dots an inch: no legend, scale or sources."""
    from matplotlib.figure import Figure

    drawn = Figure(figsize=(11.69, 8.27))
    axes = drawn.subplots()
    for layer in BASEMAP:
        view.atlas.basemap(layer).plot(ax=axes, alpha=0.3)
    view.places.plot(ax=axes, column="kind")
    written = io.BytesIO()
    drawn.savefig(written, dpi=200)
    return written.getvalue()


def run(quick: bool = False) -> Iterator[Result]:
    """Measure in one process; what each side loads once is loaded before."""
    rounds = 1 if quick else ROUNDS
    atlas = Atlas.load()
    view = atlas.select()
    sizes = len(report_html(view)) / 1000, len(usual_html(view)) / 1000
    ours, peer = turns(rounds, lambda: seconds(lambda: report_html(view)), lambda: seconds(lambda: usual_html(view)))
    yield Result("report.html", ours, "s", peer, versions("folium"))
    yield Result("report.kilobytes", [sizes[0]], "KB", [sizes[1]], versions("folium"))
    figure(view)
    usual_figure(view)
    ours, peer = turns(rounds, lambda: seconds(lambda: figure(view)), lambda: seconds(lambda: usual_figure(view)))
    yield Result("report.figure", ours, "s", peer, versions("geopandas", "matplotlib"))
    index = Index(atlas)
    names = pd.concat([atlas.table(name)[["name_zh", "name_en"]] for name in ("places", "institutions")])

    def search_ours() -> None:
        for word in WORDS:
            index.search(word)

    def search_pandas() -> None:
        for word in WORDS:
            found = names["name_zh"].str.contains(word, regex=False)
            names[found | names["name_en"].str.contains(word, case=False, regex=False)]

    per = 1000 / len(WORDS)
    ours, peer = turns(5 * rounds, lambda: seconds(search_ours) * per, lambda: seconds(search_pandas) * per)
    yield Result("report.search", ours, "ms", peer, versions("pandas"))
