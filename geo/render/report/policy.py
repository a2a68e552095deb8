"""The sections of a report on policy: promises and outcomes, and the items that concern the places shown."""

from __future__ import annotations

from collections.abc import Sequence

from geo.analysis.policy import Item, policy_tree, verdict_text, walk
from geo.analysis.promises import promises, status_of
from geo.analysis.values import amount_apart, amount_text, cell, date_text, quote_text
from geo.render.markup import Markup, foreign, join, tag
from geo.render.report.context import Context

__all__ = ["kept", "policy", "policy_item"]


def kept(ctx: Context) -> Markup:
    """Return the promises for the places shown and their outcomes, by plan; for an unfiltered view also the city's."""
    whole = not ctx.view.selection.is_filtered()
    groups = promises(ctx.atlas, place_ids=None if whole else list(ctx.view))
    columns = [ctx.text(f"promises.column.{name}") for name in ("promised", "due", "status", "came", "why")]
    rows = []
    for group in groups:
        plan = group.plan or {}
        title = ctx.text("policy.plan", name=ctx.local(plan, "name"), date=date_text(plan.get("issued"), ctx.language))
        rows.append(tag("tr", tag("th", title, scope="rowgroup", colspan=str(len(columns))), class_="rp-apart"))
        rows += [tag("tr", *ctx.cells(columns, _promise(ctx, item))) for item in group.items]
    return ctx.table(columns, rows, class_="rp-promises rp-stack") if rows else Markup()


def _promise(ctx: Context, item: Item) -> list[str]:
    """Return the cells of one promise: text, due date, status, outcome, reason."""
    row, decided = item.row, item.verdict or {}
    amount, came = (amount_apart(ctx.atlas, one, ctx.language) if "value" in one else "" for one in (row, decided))
    promised = tag("span", ctx.local(row, "text")) + ctx.cite(row["source_id"])
    due = date_text(row["due"], ctx.language) if item.kind == "target" and cell(row, "due") else "–"
    said = join(filter(None, [tag("b", came) if came else "", ctx.local(decided, "text")]), " ")
    dated = date_text(decided["as_of"], ctx.language) if cell(decided, "as_of") else ""
    return [
        promised + (tag("span", amount, class_="rp-below") if amount else ""),
        due,
        tag("span", ctx.text(f"policy.status.{status_of(item)}"), class_="rp-strong"),
        said
        + (ctx.cite(decided["source_id"]) if cell(decided, "source_id") else "")
        + (tag("span", dated, class_="rp-below") if dated else ""),
        tag("span", ctx.local(decided, "why"), class_="rp-quiet"),
    ]


def policy(ctx: Context) -> Markup:
    """Return every policy item that concerns a place shown, with later reports and its caveat."""
    items = {one.policy_id: one for one in walk(policy_tree(ctx.atlas))}
    concerned = {
        policy_id: here
        for policy_id in ctx.rows("policy")
        if (here := [str(row["place_id"]) for row in items[policy_id].places if row["place_id"] in ctx.view])
    }
    return join(
        tag("div", policy_item(ctx, items[policy_id], here), class_="rp-item", id=f"i-{policy_id}")
        for policy_id, here in concerned.items()
    )


def policy_item(ctx: Context, one: Item, place_ids: Sequence[str]) -> Markup:
    """Return one policy item: text, locator, places, verdict, later reports."""
    item = one.row
    target = [
        amount_text(ctx.atlas, item, ctx.language),
        ctx.say("policy.due", date=cell(item, "due")) if cell(item, "due") else "",
    ]
    facts = " · ".join(filter(None, [ctx.text(f"policy.kind.{item['kind']}"), *target, cell(item, "locator")]))
    words = quote_text(item, ctx.language)
    later, verdict = _later(ctx, one), verdict_text(one, ctx.language)
    places = ctx.listed(ctx.place_link(place_id) for place_id in place_ids)
    return join(
        [
            tag("p", tag("span", ctx.local(item, "text"), class_="rp-strong"), ctx.cite(item["source_id"])),
            tag("p", foreign(facts, ctx.language), class_="rp-quiet rp-small"),
            tag("p", foreign(words, ctx.language), class_="rp-quiet rp-small") if words else "",
            tag("p", tag("span", ctx.say("policy.places"), class_="rp-key"), places, class_="rp-small")
            if place_ids
            else "",
            tag("p", tag("b", verdict), class_="rp-small") if verdict else "",
            tag("p", tag("span", ctx.say("policy.later"), class_="rp-key"), class_="rp-small") if later else "",
            tag("ul", *later) if later else "",
        ]
    )


def _later(ctx: Context, one: Item) -> list[Markup]:
    """Return the later reports on an item, a line each, with the source's words and its caveat."""
    later = []
    for row in one.outcomes:
        if cell(row, "source_id"):
            remarks = [foreign(quote_text(row, ctx.language), ctx.language), ctx.local(row, "caveat")]
            later.append(
                tag(
                    "li",
                    tag("b", date_text(row["as_of"], ctx.language)),
                    tag("span", f" {ctx.local(row, 'text')}"),
                    ctx.cite(row["source_id"]),
                    *(tag("span", remark, class_="rp-below") for remark in remarks if remark),
                )
            )
    return later
