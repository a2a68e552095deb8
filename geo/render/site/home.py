"""The first page in each language, with the interactive map; the start page that offers the languages."""

from __future__ import annotations

from geo.analysis.values import cell
from geo.atlas.atlas import Atlas
from geo.base.messages import LANGUAGES, html_lang
from geo.contract.notices import notice
from geo.render.head import card_tags
from geo.render.map.standalone import embed_json, offline_state
from geo.render.markup import Markup, join, tag
from geo.render.report.context import Context
from geo.render.report.parts import shown
from geo.render.report.places import institution_card, place_card
from geo.render.site.context import SiteContext, relative
from geo.render.site.frame import Page, basics, footer
from geo.render.site.linked import dataset_linked
from geo.render.site.parts import section

__all__ = ["cards", "door", "home_page"]


def home_page(atlas: Atlas, language: str) -> Page:
    """Return the first page: summary, map, all places by kind."""
    ctx = SiteContext(atlas, language, "index.html")
    meta = atlas.meta
    title = str(meta[f"title_{language}"])
    subtitle = cell(meta, f"subtitle_{language}")
    drawn = Context(atlas.select(language=language))
    state = offline_state(drawn.view)
    told = tag("script", Markup(embed_json(state)), type="application/json", id="geo-state")
    body = [
        tag("h1", title),
        tag("p", subtitle, class_="rp-subtitle") if subtitle else "",
        _map(ctx),
        tag(
            "section",
            tag("h2", ctx.say("shown")),
            tag("div", shown(drawn), class_="rp-pair"),
            class_="rp-text rp-shown",
        ),
        section(ctx, "place.all", _by_kind(ctx)),
        told,
    ]
    scripts = (f"cards-{language}.js", "map.js", "map-data.js", "start.js")
    picture = f"assets/preview/{meta['city_place_id']}.png"
    linked = dataset_linked(ctx, ["data/index.json", "datapackage.json"])
    return Page(ctx, title, _about(atlas, language), join(body), picture, linked, scripts)


def _about(atlas: Atlas, language: str) -> str:
    return " · ".join([cell(atlas.meta, f"subtitle_{language}") or cell(atlas.meta, f"title_{language}"),
                       notice(atlas.meta, language)])  # fmt: skip


class _Cards(SiteContext):
    """Numbers sources as on the sources page: a card may appear on a page without a list of sources."""

    def __init__(self, atlas: Atlas, language: str) -> None:
        super().__init__(atlas, language, "index.html")
        self.citations = {source_id: number for number, source_id in enumerate(self.rows("sources"), 1)}

    def source_href(self, number: int) -> str:
        """Return the address of a source on the sources page."""
        return self.page(f"sources.html#s-{number}")


def cards(atlas: Atlas, language: str) -> bytes:
    """Return the cards that a click on the map shows, as a script, so that the first page appears before they load."""
    ctx = _Cards(atlas, language)
    made = [place_card(ctx, place_id) for place_id in ctx.view]
    made += [institution_card(ctx, row) for row in ctx.institutions]
    return f"window.geoCards({embed_json(str(join(made)))});\n".encode()


def _map(ctx: SiteContext) -> Markup:
    hint = tag("p", ctx.say("card.hint"), class_="rp-quiet")
    panel = tag(
        "aside",
        hint,
        id="panel",
        class_="rp-text",
        aria_live="polite",
        data_none=ctx.say("card.none"),
        data_close=ctx.text("web.panel.close"),
    )
    waiting = tag("p", ctx.say("noscript"), class_="rp-waiting")
    box = tag("div", waiting, id="map_div", role="application", aria_label=ctx.text("web.map.label"), tabindex="0")
    return tag("section", tag("div", box, panel, class_="rp-map"), id="map")


def _by_kind(ctx: SiteContext) -> Markup:
    groups: dict[str, list[str]] = {}
    for place_id in ctx.view:
        groups.setdefault(str(ctx.places[place_id]["kind"]), []).append(place_id)
    lines = []
    for kind, row in ctx.rows("kinds").items():
        if kind in groups:
            names = ctx.listed(ctx.place_link(one) for one in groups[kind])
            lines.append(tag("dt", ctx.local(row, "name")) + tag("dd", names))
    return tag("dl", *lines)


def door(atlas: Atlas, address: str) -> bytes:
    """Return ``index.html`` of the site: it redirects to the first language and offers the others."""
    titles = {one: str(atlas.meta[f"title_{one}"]) for one in LANGUAGES}
    pages = {one: relative("index.html", f"{one}/index.html") for one in LANGUAGES}
    above, first, title = f"{address}/" if address else "", LANGUAGES[0], " · ".join(titles.values())
    picture = f"{above}assets/preview/{atlas.meta['city_place_id']}.png"
    addresses = {one: f"{above}{page}" for one, page in pages.items()}
    head = [
        *basics(title),
        tag("meta", http_equiv="refresh", content=f"0; url={pages[first]}"),
        tag("link", rel="stylesheet", href="assets/site.css"),
        *card_tags(title, _about(atlas, first), titles[first], first, addresses, picture, absolute=bool(address)),
    ]
    body = [
        tag("div", tag("p", tag("a", titles[one], href=page)), footer(SiteContext(atlas, one, "index.html")),
            lang=html_lang(one))
        for one, page in pages.items()
    ]  # fmt: skip
    html = tag("html", tag("head", *head), tag("body", *body, class_="rp st"), lang=html_lang(first))
    return f"<!doctype html>\n{html}\n".encode()
