"""The report of a view: one offline HTML file with the interactive map, every figure and every source.

No template engine is used. Text is escaped where it is written (`geo.render.markup`), the map's data are embedded as
JSON that cannot end its element, and the Content-Security-Policy allows the three scripts by their hash: no other
script runs and nothing is loaded, whatever a name in the data contains.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.analysis.site_choice.criteria import Criteria
from geo.analysis.values import cell, measure_heading
from geo.atlas.atlas import View
from geo.base.messages import html_lang
from geo.base.told import told
from geo.contract.notices import notice
from geo.errors import UsageError
from geo.render.map import standalone
from geo.render.markup import Markup, join, tag
from geo.render.report import parts, policy
from geo.render.report.choice import choice_part
from geo.render.report.context import Context
from geo.render.report.places import institution_card, place_card, place_section

if TYPE_CHECKING:
    from geo.analysis.user_data.own_table import OwnTable

__all__ = ["report_html"]


def report_html(view: View, criteria: Criteria | None = None, own: OwnTable | None = None) -> bytes:
    """Return the report of a view as one HTML file.

    Parameters
    ----------
    view : View
        The selected places; `view.selection` gives the language, the measure to colour and rank by, the place in focus
        (ignored if it is not selected) and the map position. The basemap is always the bundled one.
    criteria : Criteria, optional
        Adds a section with the site choice.
    own : OwnTable, optional
        A user's table, joined in the language of the view: the report includes its counts, not its rows.

    Returns
    -------
    bytes
        UTF-8, some 0.9 MB for 21 places. The same bytes for the same view and table: it carries the date of the data,
        not the current one.

    Raises
    ------
    UsageError
        If the view shows no place, or the atlas has no such measure.
    MissingDependencyError
        If the package that brings Leaflet is not installed.

    Notes
    -----
    About one second for 21 places.
    """
    if view.places.empty:
        raise told(UsageError, "wrong.empty_report")
    scripts, styles = standalone.scripts("report.js"), standalone.styles("report.css")
    state = standalone.offline_state(view)
    ctx = Context(view)
    body = _body(ctx, criteria, own)
    title = ctx.say("title", title=view.atlas.meta[f"title_{ctx.language}"])
    head = [
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=standalone.content_policy(scripts)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("meta", name="description", content=ctx.say("description", title=title)),
        tag("link", rel="icon", href="data:,"),
        tag("title", title),
        tag("style", Markup(styles)),
    ]
    data = [
        tag("script", Markup(standalone.embed_json(value)), type="application/json", id=f"geo-{name}")
        for name, value in {**standalone.map_files(view, state), "state": state}.items()
    ]
    run = [tag("script", Markup(script)) for script in scripts]
    whole = join([body, *data, *run, ""], "\n")
    both = tag("head", join(["", *head, ""], "\n")), tag("body", whole, class_="rp")
    page = tag("html", join(["", *both, ""], "\n"), lang=html_lang(ctx.language))
    # A lone surrogate, which JSON can hold but UTF-8 cannot, becomes a question mark.
    return f"<!doctype html>\n{page}\n".encode("utf-8", "replace")


def _body(ctx: Context, criteria: Criteria | None, own: OwnTable | None) -> Markup:
    """Return the content; the sections are made in page order, because that numbers the sources."""
    meta, lang = ctx.atlas.meta, ctx.language
    made = [("choice", choice_part(ctx, criteria, own.spots if own else None))] if criteria else []
    if own is not None:
        from geo.render.report.own import own_part

        made.append(("own", own_part(ctx, own)))
    made.append(("table", parts.overview(ctx)))
    if ctx.view.selection.measure:
        label = measure_heading(ctx.atlas, ctx.view.selection.measure, lang)
        made.append(("ranking", tag("p", label, class_="rp-strong") + parts.ranking(ctx)))
    made.append(("documents", parts.documents(ctx)))
    sections = [place_section(ctx, number, place_id) for number, place_id in enumerate(ctx.view, 1)]
    made += [
        ("places", join(sections)),
        ("institutions", parts.institutions(ctx)),
        ("promises", policy.kept(ctx)),
        ("policy.title", policy.policy(ctx)),
        ("measures", parts.definitions(ctx)),
        ("method", parts.method(ctx)),
    ]
    cards = [place_card(ctx, place_id) for place_id in ctx.view]
    cards += [institution_card(ctx, row) for row in ctx.institutions]
    made += [("sources", parts.sources(ctx)), ("licence", parts.licences(ctx))]
    made = [(name, content) for name, content in made if content]
    head = tag(
        "header",
        tag("h1", meta[f"title_{lang}"]),
        tag("p", cell(meta, f"subtitle_{lang}"), class_="rp-subtitle"),
        tag("p", ctx.text("web.data_date", date=meta["data_date"], version=meta["version"]), class_="rp-date"),
        class_="rp-head",
    )
    listed = [tag("li", tag("a", ctx.say(name), href=f"#{_anchor(name)}")) for name, _ in [("map", ""), *made]]
    contents = tag("nav", tag("ul", *listed), class_="rp-contents", aria_label=ctx.say("contents"))
    shown = tag(
        "section",
        tag("h2", ctx.say("shown")),
        tag("div", parts.shown(ctx), class_="rp-pair"),
        class_="rp-text rp-shown",
    )
    rest = [
        tag("section", tag("h2", ctx.say(name)), content, class_="rp-text", id=_anchor(name)) for name, content in made
    ]
    credit = " · ".join((meta[f"attribution_{lang}"], notice(meta, lang)))
    foot = tag("footer", credit, class_="rp-foot")
    return head + tag("main", shown, contents, _map(ctx), *rest) + foot + join(cards)


def _anchor(name: str) -> str:
    return name.partition(".")[0]


def _map(ctx: Context) -> Markup:
    panel = tag(
        "aside",
        tag("p", ctx.say("card.hint"), class_="rp-quiet"),
        id="panel",
        class_="rp-text",
        aria_live="polite",
        data_none=ctx.say("card.none"),
        data_close=ctx.text("web.panel.close"),
    )
    label = ctx.text("web.map.label")
    waiting = tag("p", ctx.say("noscript"), class_="rp-waiting")
    box = tag("div", waiting, id="map_div", role="application", aria_label=label, tabindex="0")
    return tag("section", tag("h2", ctx.say("map")), tag("div", box, panel, class_="rp-map"), id="map")
