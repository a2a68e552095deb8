"""The frame of every page of the static site: head, navigation, version of the data, credit and notices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from geo.base.messages import LANGUAGES, html_lang
from geo.contract.notices import notice
from geo.render.head import card_tags
from geo.render.map.standalone import embed_json
from geo.render.markup import Markup, join, tag
from geo.render.site.context import SiteContext

__all__ = ["SECTIONS", "Page", "basics", "footer", "html"]

#: Pages in the navigation, in order → message id of the title.
SECTIONS = {
    "index.html": "web.page.map",
    "places.html": "web.page.place",
    "measures.html": "site.measures",
    "policy.html": "web.page.policy",
    "promises.html": "web.page.promises",
    "firms.html": "web.page.firms",
    "news.html": "web.page.news",
    "changed.html": "web.page.changed",
    "sources.html": "report.sources",
    "downloads.html": "site.downloads",
}

#: Only files of the site may be loaded: ``'self'`` on a web host, ``file:`` in a folder.
_POLICY = (
    "default-src 'none'; script-src 'self' file:; style-src 'self' file: 'unsafe-inline'; img-src 'self' file: data:; "
    "base-uri 'none'; form-action 'none'"
)


@dataclass(frozen=True)
class Page:
    """One page.

    Attributes
    ----------
    ctx : SiteContext
    title, description : str
        Plain text; the first page has the title of the map.
    body : Markup
        Content, including its ``h1``.
    picture : str
        Path of its preview picture in the site, "" for none.
    linked : mapping
        schema.org description of the subject; empty for none.
    scripts : tuple of str
        Names of additional scripts in ``assets/``.
    data : str
        Path of the same content as a data file, "" for none.
    """

    ctx: SiteContext
    title: str
    description: str
    body: Markup
    picture: str = ""
    linked: Mapping[str, Any] = field(default_factory=dict)
    scripts: tuple[str, ...] = ()
    data: str = ""


def html(page: Page, address: str) -> bytes:
    """Return a page as HTML.

    Parameters
    ----------
    page : Page
    address : str
        Address of the site without trailing slash. With "" the tags that need a host (canonical, og:url, og:image) are
        left out or relative.
    """
    ctx = page.ctx
    head = join(["", *_head(page, address), ""], "\n")
    scripts = [tag("script", src=ctx.to(f"assets/{name}"), defer="") for name in ("site.js", *page.scripts)]
    main = tag("main", page.body, id="main")
    body = tag("body", join(["", _header(ctx), main, footer(ctx), *scripts, ""], "\n"), class_="rp st")
    html = tag("html", join(["", tag("head", head), body, ""], "\n"), lang=html_lang(ctx.language))
    return f"<!doctype html>\n{html}\n".encode("utf-8", "replace")


def basics(title: str) -> list[Markup]:
    """Return the first tags of every head: content policy, viewport, title."""
    return [
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("link", rel="icon", href="data:,"),
    ]


def _head(page: Page, address: str) -> list[Markup]:
    ctx, site_name = page.ctx, f"{page.ctx.atlas.meta[f'title_{page.ctx.language}']}"
    title = page.title if ctx.file == "index.html" else f"{page.title} · {site_name}"

    def at(path: str) -> str:
        return f"{address}/{path}" if address else ctx.to(path)

    addresses = {one: at(f"{one}/{ctx.file}") for one in LANGUAGES}
    picture = at(page.picture) if page.picture else ""
    lines = [
        *basics(title),
        tag("link", rel="stylesheet", href=ctx.to("assets/site.css")),
        *card_tags(page.title, page.description, site_name, ctx.language, addresses, picture, absolute=bool(address)),
    ]
    if page.data:
        lines.append(tag("link", rel="alternate", type="application/json", href=ctx.to(page.data)))
    if page.linked:
        content = Markup(embed_json({"@context": "https://schema.org", **page.linked}))
        lines.append(tag("script", content, type="application/ld+json"))
    return lines


def _header(ctx: SiteContext) -> Markup:
    home = tag("a", ctx.atlas.meta[f"title_{ctx.language}"], href=ctx.page("index.html"), class_="st-home")
    other = ctx.to(f"{ctx.other}/{ctx.file}")
    switch = tag("a", ctx.text("site.other"), href=other, lang=html_lang(ctx.other), hreflang=html_lang(ctx.other))
    links = []
    for name, title in SECTIONS.items():
        here = {"aria_current": "page"} if name == ctx.file else {}
        links.append(tag("li", tag("a", ctx.text(title), href=ctx.page(name), **here)))
    skip = tag("a", ctx.text("site.skip"), href="#main", class_="st-skip")
    top = tag(
        "div",
        home,
        tag("div", id="st-search", data_label=ctx.text("search.label"), data_hint=ctx.text("search.hint")),
        switch,
        class_="st-top",
    )
    nav = tag("nav", tag("ul", *links), class_="st-nav", aria_label=ctx.text("report.contents"))
    return tag("header", skip, top, nav, class_="st-head")


def footer(ctx: SiteContext) -> Markup:
    """Return the version of the data, credit and notices."""
    meta = ctx.atlas.meta
    version = ctx.text("web.data_date", date=meta["data_date"], version=meta["version"])
    credit = " · ".join((meta[f"attribution_{ctx.language}"], notice(meta, ctx.language)))
    return tag("footer", tag("p", version, class_="rp-date"), tag("p", credit), class_="rp-foot")
