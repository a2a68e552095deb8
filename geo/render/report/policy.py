"""The parts of a report about policy: what was promised and what came, and the items that concern the places shown."""

from __future__ import annotations

from geo.analysis.policy import Item
from geo.analysis.promises import promises, status_of
from geo.analysis.values import amount_text, cell, date_text
from geo.render.markup import Markup, foreign, join, tag
from geo.render.report.context import Context

__all__ = ["kept", "policy"]


def kept(ctx: Context) -> Markup:
    """Return what was promised for the places shown and what came, by plan; with all places shown also for the city."""
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
    """Return the cells of one promise: what, until when, how it stands, what came of it, why."""
    row, decided = item.row, item.verdict or {}
    amount, came = (amount_text(ctx.atlas, one, ctx.language) if "value" in one else "" for one in (row, decided))
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
    """Return every policy item that concerns a place shown, with what was reported later and its caveat."""
    concerned: dict[str, list[str]] = {}
    for row in ctx.records("policy_places"):
        if row["place_id"] in ctx.view:
            concerned.setdefault(row["policy_id"], []).append(row["place_id"])
    outcomes = ctx.records("policy_outcomes")
    items = []
    for policy_id, item in ctx.rows("policy").items():
        if policy_id not in concerned:
            continue
        amount = amount_text(ctx.atlas, item, ctx.language)
        target = [amount, ctx.say("policy.due", date=cell(item, "due")) if cell(item, "due") else ""]
        facts = " · ".join(filter(None, [ctx.text(f"policy.kind.{item['kind']}"), *target, cell(item, "locator")]))
        later, verdict = [], ""
        for row in outcomes:
            if row["policy_id"] == policy_id and row["decides"]:
                status = ctx.text(f"policy.status.{row['status']}")
                verdict = ctx.text("policy.verdict", status=status, why=ctx.local(row, "why"))
            if row["policy_id"] == policy_id and cell(row, "source_id"):
                caveat = ctx.local(row, "caveat")
                later.append(
                    tag(
                        "li",
                        tag("b", date_text(row["as_of"], ctx.language)),
                        tag("span", f" {ctx.local(row, 'text')}"),
                        ctx.cite(row["source_id"]),
                        tag("span", caveat, class_="rp-below") if caveat else "",
                    )
                )
        places = ctx.listed(ctx.place_link(place_id) for place_id in concerned[policy_id])
        items.append(
            tag(
                "div",
                tag("p", tag("span", ctx.local(item, "text"), class_="rp-strong"), ctx.cite(item["source_id"])),
                tag("p", foreign(facts, ctx.language), class_="rp-quiet rp-small"),
                tag("p", tag("span", ctx.say("policy.places"), class_="rp-key"), places, class_="rp-small"),
                tag("p", tag("b", verdict), class_="rp-small") if verdict else "",
                tag("p", tag("span", ctx.say("policy.later"), class_="rp-key"), class_="rp-small") if later else "",
                tag("ul", *later) if later else "",
                class_="rp-item",
                id=f"i-{policy_id}",
            )
        )
    return join(items)
