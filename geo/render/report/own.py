"""The section of a report on a user's table: how it was read, number of rows by place, district and township."""

from __future__ import annotations

import base64

from geo.analysis.units import format_number
from geo.analysis.user_data.area_counts import CountedArea
from geo.analysis.user_data.own_counts import LevelCounts, own_counts, own_words
from geo.analysis.user_data.own_table import OwnTable
from geo.render.figure.fonts import can_draw
from geo.render.markup import Markup, join, tag
from geo.render.report.context import Context

__all__ = ["own_part"]

#: Resolution of the figure with the points: sharp in print, small enough for e-mail.
_DPI = 150


def own_part(ctx: Context, own: OwnTable) -> Markup:
    """Return the counts of a user's table and the map of its points; the rows themselves are not included."""
    said = tag("ul", *(tag("li", one) for one in own_words(own, ctx.language)))
    note = tag("p", ctx.say("own.note"), class_="rp-quiet rp-small")
    return join([said, note, _picture(ctx, own), *(_level(ctx, one) for one in own_counts(own, ctx.view))])


def _picture(ctx: Context, own: OwnTable) -> Markup:
    """Return the figure with the points and their legend; "" if it cannot be drawn."""
    if not can_draw():
        return Markup("")
    from geo.render.figure.sheet import figure

    drawn = figure(ctx.view, "png", dpi=_DPI, points=own.points, style=own.points_style)
    title = ctx.say("own.map", title=ctx.atlas.meta[f"title_{ctx.language}"])
    source = f"data:image/png;base64,{base64.b64encode(drawn).decode()}"
    return tag("figure", tag("img", src=source, alt=title), class_="rp-own-map")


def _level(ctx: Context, found: LevelCounts) -> Markup:
    columns = [ctx.text("rank.column.position"), ctx.text("export.page.column.name"), ""]
    columns.append(ctx.text("export.page.column.rows"))
    largest = max((one.rows for one in found.rows if one.position is not None), default=0)
    rows = [_row(ctx, one, largest, found.level) for one in found.rows if one.position is not None]
    if apart := [_row(ctx, one, 0, found.level) for one in found.rows if one.position is None]:
        title = tag("th", ctx.text("rank.marked", count=len(apart)), scope="rowgroup", colspan=str(len(columns)))
        rows += [tag("tr", title, class_="rp-apart"), *apart]
    parts = [tag("h3", ctx.say(f"own.level.{found.level}"))]
    if rows:
        parts.append(ctx.table(columns, rows, class_="rp-ranking"))
    parts.append(tag("p", found.total))
    for key, areas in (("own.none", found.none), ("own.unclear", found.unclear)):
        if areas:
            names = ctx.listed(_named(ctx, one, found.level) for one in areas)
            parts.append(tag("p", tag("span", ctx.say(key), class_="rp-key"), names, class_="rp-small"))
    return join(parts)


def _named(ctx: Context, one: CountedArea, level: str) -> Markup:
    return tag("bdi", one.name) if level == "township" else ctx.place_link(one.area_id)


def _row(ctx: Context, one: CountedArea, largest: int, level: str) -> Markup:
    drawn = tag("i", class_="rp-bar", style=f"--w:{100 * one.rows / largest:.1f}%") if largest else ""
    why = tag("span", one.why, class_="rp-below") if one.why else ""
    return tag(
        "tr",
        tag("td", str(one.position or "–")),
        tag("th", _named(ctx, one, level), why, scope="row"),
        tag("td", drawn, aria_hidden="true"),
        tag("td", format_number(one.rows), class_="rp-strong" if one.position else "rp-quiet"),
    )
