"""The pages of news and changes: new, stale and not found figures; changes between two years of the layout."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from geo.analysis.between import Between, Pair, between
from geo.analysis.between_words import answer_texts, change_text, usual_years
from geo.analysis.news import AGES, Aged, Searched, age_group, aged, latest, searched
from geo.analysis.news_words import age_texts, release_texts
from geo.analysis.values import cell, date_text, scope_text, why_text
from geo.atlas.atlas import Atlas
from geo.render.markup import Markup, foreign, join, tag
from geo.render.report.parts import sources
from geo.render.site.context import SiteContext
from geo.render.site.frame import Page
from geo.render.site.parts import section

__all__ = ["changed_page", "news_page"]

_KINDS = ("added", "changed", "removed")
#: Age groups whose figures are listed; of younger groups only the number is stated.
_STALE = ("undated", "ten", "five", "old")


def news_page(atlas: Atlas, language: str) -> Page:
    """Return what is new in this release, the age of figures, and what was not found."""
    ctx = SiteContext(atlas, language, "news.html")
    title = ctx.text("web.page.news")
    body = [
        tag("h1", title),
        section(ctx, "news.new", _new(ctx)),
        section(ctx, "news.stale", _stale(ctx)),
        section(ctx, "news.not_found", _not_found(ctx)),
        section(ctx, "report.sources", sources(ctx) if ctx.citations else Markup()),
    ]
    return Page(ctx, title, ctx.text("news.stale.rule", date=atlas.meta["data_date"]), join(body))


def _columns(ctx: SiteContext, names: Iterable[str]) -> list[str]:
    return [ctx.text(f"news.column.{name}") for name in names]


def _rows(ctx: SiteContext, columns: Sequence[str], lines: Iterable[Sequence[str]]) -> Markup:
    return ctx.table(columns, [tag("tr", *ctx.cells(columns, line)) for line in lines], class_="rp-stack")


def _new(ctx: SiteContext) -> Markup:
    told = latest(ctx.atlas)
    if told is None or not told.changes:
        return tag("p", ctx.text("news.new.none"))
    said, gone = release_texts(told, ctx.language)
    feeds = [
        tag("a", ctx.text("news.atom"), href=ctx.to("layers/changes.atom"), type="application/atom+xml"),
        tag("a", ctx.text("news.json"), href=ctx.to("layers/changes.json"), type="application/json"),
    ]
    parts = [tag("p", tag("b", said), " ", gone), tag("p", join(feeds, " · "))]
    places = [one.key[0] for one in told.changes if (one.group, one.kind) == ("places", "added")]
    if known := [one for one in places if one in ctx.atlas]:
        parts.append(tag("h3", ctx.text("news.new.places")) + tag("p", ctx.listed(map(ctx.place_link, known))))
    columns = _columns(ctx, ("table", *_KINDS))
    lines = [
        [ctx.text(f"diff.table.{group}"), *(f"{kinds[kind]:,}" if kinds[kind] else "–" for kind in _KINDS)]
        for group, kinds in told.counts().items()
    ]
    parts.append(tag("h3", ctx.text("news.new.tables")) + _rows(ctx, columns, lines))
    return join(parts)


def _stale(ctx: SiteContext) -> Markup:
    groups: dict[str, list[Aged]] = {}
    for one in aged(ctx.atlas):
        groups.setdefault(age_group(one.years), []).append(one)
    answer = age_texts(ctx.atlas, ctx.language)
    parts = [tag("p", tag("b", answer[0]), " ", answer[1])] if answer else []
    parts.append(tag("p", ctx.text("news.stale.rule", date=ctx.atlas.meta["data_date"]), class_="rp-quiet"))
    for name, _ in AGES:
        if own := groups.get(name):
            parts.append(tag("h3", ctx.text("list.counted", title=ctx.text(f"news.age.{name}"), count=len(own))))
            parts.append(_ages(ctx, own) if name in _STALE else Markup())
    return join(parts)


def _ages(ctx: SiteContext, found: Sequence[Aged]) -> Markup:
    columns = _columns(ctx, ("place", "measure", "figure", "as_of"))
    lines = [
        [
            ctx.place_link(one.figure.place_id),
            ctx.measure_link(one.figure.measure_id),
            tag("span", ctx.figure_link(one.figure)) + ctx.cite(one.figure.source_id),
            date_text(one.figure.as_of, ctx.language),
        ]
        for one in found
    ]
    return _rows(ctx, columns, lines)


def _not_found(ctx: SiteContext) -> Markup:
    found = searched(ctx.atlas)
    if not found:
        return tag("p", ctx.text("news.not_found.none"))
    places = len({one.row["place_id"] for one in found})
    said = ctx.text("news.not_found.answer", count=len(found), places=places)
    columns = _columns(ctx, ("place", "asked", "topic", "where", "searched_on"))
    lines = [
        [
            ctx.place_link(str(one.row["place_id"])) if one.row["place_id"] in ctx.atlas else "",
            foreign(cell(one.row, f"asked_{ctx.language}"), ctx.language),
            _topic(ctx, one),
            foreign(cell(one.row, f"where_{ctx.language}"), ctx.language),
            date_text(one.row["searched_on"], ctx.language),
        ]
        for one in found
    ]
    note = tag("p", ctx.text("news.not_found.note"), class_="rp-quiet")
    return tag("p", tag("b", said)) + note + _rows(ctx, columns, lines)


def _topic(ctx: SiteContext, one: Searched) -> Markup:
    topic = str(one.row["topic"])
    if one.topic_kind == "measure":
        return ctx.measure_link(topic)
    if one.topic_kind == "policy":
        return tag("a", ctx.local(ctx.rows("policy")[topic], "text"), href=ctx.href("policy", topic))
    return tag("span", ctx.text("news.topic.other"))


def changed_page(atlas: Atlas, language: str) -> Page:
    """Return what changed between the first year and the last complete one: places named, figures then and now."""
    ctx = SiteContext(atlas, language, "changed.html")
    span = usual_years(atlas)
    name = ctx.text("web.page.changed")
    if span is None:
        return Page(ctx, name, name, tag("h1", name) + tag("p", ctx.text("changed.none"), class_="rp-text"))
    found = between(atlas, *span)
    said, silent, figures = answer_texts(found, language)
    title = ctx.text("changed.title", first=found.first, last=found.last)
    answer = tag("p", tag("b", said), " ", silent, " ", figures)
    body = [
        tag("h1", title),
        tag("div", answer, class_="rp-text"),
        section(ctx, "changed.new", _by_edition(ctx, found.new)),
        section(ctx, "changed.silent", _by_edition(ctx, found.silent, ctx.text("changed.silent.note"))),
        section(
            ctx, "changed.again", tag("p", ctx.listed(map(ctx.place_link, found.again))) if found.again else Markup()
        ),
        section(ctx, "changed.renamed", _renamed(ctx, found)),
        section(ctx, "changed.figures", _figures(ctx, found)),
        section(ctx, "report.sources", sources(ctx) if ctx.citations else Markup()),
    ]
    return Page(ctx, name, said, join(body))


def _by_edition(ctx: SiteContext, rows: Sequence[tuple[str, str]], note: str = "") -> Markup:
    if not rows:
        return Markup()
    editions = ctx.rows("editions")
    lines = []
    for place_id, edition_id in rows:
        edition = editions[edition_id]
        told = tag("span", f" {edition['month']} {ctx.local(edition, 'title')}", class_="rp-quiet rp-small")
        lines.append(tag("li", ctx.place_link(place_id), told, ctx.cite(edition["source_id"])))
    return (tag("p", note, class_="rp-quiet") if note else Markup()) + tag("ul", *lines, class_="rp-policy-list")


def _renamed(ctx: SiteContext, found: Between) -> Markup:
    lines = [
        tag("li", tag("b", foreign(cell(row, "name_zh"), ctx.language)), " ", ctx.local(row, "note"))
        for row in found.renamed
    ]
    return tag("ul", *lines, class_="rp-policy-list") if lines else Markup()


def _figures(ctx: SiteContext, found: Between) -> Markup:
    """Return the figures then and now; pairs that are not comparable follow, with the reason."""
    if not found.pairs:
        return Markup()
    columns = [ctx.text(f"changed.column.{name}") for name in ("place", "measure", "then", "now", "change")]
    pairs = sorted(found.pairs, key=lambda one: not one.comparable)
    rows = [tag("tr", *ctx.cells(columns, _pair(ctx, one))) for one in pairs]
    rule = tag("p", ctx.text("changed.figures.rule"), class_="rp-quiet")
    return rule + ctx.table(columns, rows, class_="rp-stack")


def _pair(ctx: SiteContext, one: Pair) -> list[str]:
    scope = tag("span", scope_text(ctx.atlas, one.now.scope, ctx.language), class_="rp-below")
    sides = [
        tag("span", ctx.figure_link(figure))
        + ctx.cite(figure.source_id)
        + tag("span", date_text(figure.as_of, ctx.language), class_="rp-below")
        for figure in (one.then, one.now)
    ]
    why = why_text(ctx.atlas, one.reasons, ctx.language)
    change = tag("b", change_text(ctx.atlas, one, ctx.language))
    return [
        ctx.place_link(one.now.place_id),
        ctx.measure_link(one.now.measure_id) + scope,
        *sides,
        change + (tag("span", why, class_="rp-below") if why else ""),
    ]
