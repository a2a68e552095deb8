"""The table of all places, and the page of each place: its place sheet with full sources."""

from __future__ import annotations

from geo.analysis.place_words import place_description
from geo.atlas.atlas import Atlas
from geo.render.markup import Markup, join, tag
from geo.render.report.parts import overview, sources
from geo.render.report.places import place_section
from geo.render.site.charts import charts_section
from geo.render.site.context import SiteContext
from geo.render.site.frame import Page
from geo.render.site.linked import place_linked
from geo.render.site.parts import data_links, section

__all__ = ["place_page", "places_page"]


def places_page(atlas: Atlas, language: str) -> Page:
    """Return the table of all places, and the places of each cluster."""
    ctx = SiteContext(atlas, language, "places.html")
    groups: dict[str, list[str]] = {}
    for row in ctx.records("place_clusters"):
        groups.setdefault(row["cluster_id"], []).append(row["place_id"])
    clusters = []
    for cluster_id, cluster in ctx.rows("clusters").items():
        names = [ctx.place_link(one) for one in dict.fromkeys(groups.get(cluster_id, ()))]
        shown = ctx.listed(names) if names else ctx.text("value.none")
        about = tag("p", ctx.local(cluster, "definition"), class_="rp-quiet rp-small")
        name = tag("h3", ctx.local(cluster, "name"), id=f"c-{cluster_id}")
        clusters.append(join([name, about, tag("p", shown)]))
    title = ctx.text("web.page.place")
    parts = [
        tag("h1", title),
        section(ctx, "report.table", overview(ctx)),
        section(ctx, "web.filter.cluster", join(clusters)),
        section(ctx, "report.sources", sources(ctx)),
    ]
    return Page(ctx, title, ctx.say("table"), join(parts))


def place_page(atlas: Atlas, language: str, place_id: str) -> Page:
    """Return everything known about a place, with citation, address and reading of every source."""
    ctx = SiteContext(atlas, language, f"places/{place_id}.html")
    about = tag("div", place_section(ctx, 0, place_id), class_="rp-text")
    picture = f"assets/preview/{place_id}.png"
    where = tag("p", _locator(ctx, place_id, picture), class_="st-where")
    data = f"data/places/{place_id}.json"
    over_time = charts_section(ctx, place_id)
    body = [about, where, over_time, section(ctx, "report.sources", sources(ctx)), data_links(ctx, {"JSON": data})]
    title, said = ctx.local(ctx.places[place_id], "name"), place_description(atlas, place_id, language)
    return Page(ctx, title, said, join(body), picture, place_linked(ctx, place_id), data=data)


def _locator(ctx: SiteContext, place_id: str, picture: str) -> Markup:
    """Return the preview picture with the location of the place, as a link to the map."""
    said = ctx.text("site.locator", name=ctx.local(ctx.places[place_id], "name"))
    image = tag("img", src=ctx.to(picture), alt=said, width="600", height="315", loading="lazy")
    return tag("a", image, href=ctx.on_map(place_id))
