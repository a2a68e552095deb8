"""The list of measures by topic, and the page of each measure: definition, ranking, sources."""

from __future__ import annotations

from collections.abc import Mapping

from geo.analysis.compare import rankings
from geo.analysis.coverage import Coverage, coverage, coverage_words
from geo.analysis.labels import level_heading
from geo.atlas.atlas import Atlas
from geo.contract.carried import LEAST_PLACES
from geo.render.markup import Markup, join, tag
from geo.render.report.parts import ranked, sources
from geo.render.site.context import SiteContext
from geo.render.site.frame import Page
from geo.render.site.linked import measure_linked
from geo.render.site.parts import data_links, section

__all__ = ["measure_page", "measures_page"]


def measures_page(atlas: Atlas, language: str) -> Page:
    """Return every measure by topic, those with most comparable figures first; measures with few figures are folded."""
    ctx = SiteContext(atlas, language, "measures.html")
    found = {one.measure_id: one for one in coverage(atlas)}
    wide = [measure_id for measure_id, one in found.items() if not one.thin]
    thin = [measure_id for measure_id in [*found, *ctx.rows("measures")] if measure_id not in wide]
    title, thin = ctx.text("site.measures"), list(dict.fromkeys(thin))
    parts = [tag("h1", title), tag("p", ctx.text("rank.hint"), class_="rp-quiet"), *_by_topic(ctx, wide, found)]
    if thin:
        summary = tag("summary", ctx.text("measure.more", count=len(thin)))
        why = tag("p", ctx.text("measure.more.help", least=LEAST_PLACES), class_="rp-quiet")
        parts.append(tag("details", summary, why, *_by_topic(ctx, thin, found)))
    return Page(ctx, title, ctx.text("rank.hint"), join(parts))


def _by_topic(ctx: SiteContext, measures: list[str], found: Mapping[str, Coverage]) -> list[Markup]:
    topics: dict[str, list[Markup]] = {}
    for measure_id in measures:
        measure = ctx.rows("measures")[measure_id]
        name = tag("a", ctx.local(measure, "label"), href=ctx.href("measure", measure_id))
        said = coverage_words(found[measure_id], ctx.language) if measure_id in found else ""
        line = tag("li", name, " ", tag("span", said, class_="rp-quiet rp-small"))
        topics.setdefault(str(measure["topic"]), []).append(line)
    return [section(ctx, f"topic.{topic}", tag("ul", *lines, class_="st-columns")) for topic, lines in topics.items()]


def measure_page(atlas: Atlas, language: str, measure_id: str) -> Page:
    """Return the page of a measure: definition, ranking, and the sources of its figures."""
    ctx = SiteContext(atlas, language, f"measures/{measure_id}.html", measure_id)
    measure = ctx.rows("measures")[measure_id]
    title = ctx.local(measure, "label")
    unit = ctx.local(ctx.rows("units")[measure["unit"]], "symbol")
    lines = [
        (ctx.say("column.definition"), ctx.local(measure, "definition")),
        (ctx.say("column.unit"), unit),
        (ctx.say("column.caveat"), ctx.local(measure, "caveat")),
        (ctx.text("site.origin"), ctx.say(f"origin.{measure['origin']}")),
        (ctx.say("id"), tag("code", measure_id)),
    ]
    about = tag("dl", *(tag("dt", key) + tag("dd", value) for key, value in lines if value))
    levels = [join([tag("h3", level_heading(atlas, found.level, language)), ranked(ctx, found)])
              for found in rankings(ctx.view) if found.cells]  # fmt: skip
    figures = join(levels) if levels else tag("p", ctx.text("rank.none"), class_="rp-quiet")
    files = {"CSV": f"data/{measure_id}.csv", "JSON": f"data/{measure_id}.json"}
    body = [
        tag("h1", title),
        tag("div", about, class_="rp-text"),
        section(ctx, "place.facts" if measure["origin"] == "reported" else "place.derived", figures),
        section(ctx, "report.sources", sources(ctx) if ctx.citations else Markup()),
        data_links(ctx, files),
    ]
    return Page(
        ctx, title, ctx.local(measure, "definition"), join(body), linked=measure_linked(ctx, measure_id, files),
        data=files["JSON"],
    )  # fmt: skip
