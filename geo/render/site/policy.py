"""The policy pages: all items by plan, a page for each item, and the table of promises and outcomes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from geo.analysis.policy import Item, policy_tree, walk
from geo.analysis.promises import KINDS, status_of
from geo.analysis.values import date_text
from geo.atlas.atlas import Atlas
from geo.base.lines import shortened
from geo.render.markup import Markup, join, tag
from geo.render.report.parts import sources
from geo.render.report.policy import kept, policy_item
from geo.render.site.context import SiteContext
from geo.render.site.frame import Page
from geo.render.site.parts import section

__all__ = ["policy_item_page", "policy_page", "promises_page"]

#: Most characters of a text in the title of its page.
_MOST_OF_TITLE = 60


@lru_cache(maxsize=4)
def _items(atlas: Atlas) -> Mapping[str, Item]:
    return {one.policy_id: one for one in walk(policy_tree(atlas))}


def policy_page(atlas: Atlas, language: str) -> Page:
    """Return all items by plan, each with its status."""
    ctx = SiteContext(atlas, language, "policy.html")
    groups: dict[Any, list[Item]] = {plan_id: [] for plan_id in ctx.rows("plans")}
    for item in policy_tree(atlas):
        groups.setdefault(item.row["plan_id"], []).append(item)
    parts = [tag("h1", ctx.text("policy.title")), tag("p", ctx.text("policy.hint"), class_="rp-quiet")]
    for plan_id, items in groups.items():
        if items:
            plan = ctx.rows("plans")[plan_id] if plan_id else {}
            named = ctx.text("policy.section.related") if not plan else _plan(ctx, plan)
            tree = tag("ul", *_lines(ctx, items), class_="st-tree")
            parts.append(tag("section", tag("h2", named), tree, class_="rp-text"))
    return Page(ctx, ctx.text("policy.title"), ctx.text("policy.hint"), join(parts))


def _plan(ctx: SiteContext, plan: Mapping[str, Any]) -> str:
    return ctx.text("policy.plan", name=ctx.local(plan, "name"), date=date_text(plan.get("issued"), ctx.language))


def _lines(ctx: SiteContext, items: tuple[Item, ...] | list[Item]) -> Iterator[Markup]:
    for item in items:
        told = [tag("a", ctx.local(item.row, "text"), href=ctx.href("policy", item.policy_id))]
        if item.kind in KINDS:
            told.append(tag("span", f" · {ctx.text(f'policy.status.{status_of(item)}')}", class_="rp-quiet"))
        below = tag("ul", *_lines(ctx, item.children)) if item.children else ""
        yield tag("li", *told, below)


def policy_item_page(atlas: Atlas, language: str, policy_id: str) -> Page:
    """Return the page of an item: text, places, verdict, later reports, parent and child items, sources."""
    ctx = SiteContext(atlas, language, f"policy/{policy_id}.html")
    item = _items(atlas)[policy_id]
    said = ctx.local(item.row, "text")
    title = shortened(said, _MOST_OF_TITLE)
    plan_id, parent_id = item.row["plan_id"], item.row["parent_id"]
    lines = []
    if plan_id:
        lines.append(
            (ctx.text("site.plan"), tag("a", _plan(ctx, ctx.rows("plans")[plan_id]), href=ctx.page("policy.html")))
        )
    if parent_id:
        above = _items(atlas)[str(parent_id)]
        up = tag("a", ctx.local(above.row, "text"), href=ctx.href("policy", above.policy_id))
        lines.append((ctx.text("place.parents"), up))
    about = tag("dl", *(tag("dt", key) + tag("dd", value) for key, value in lines)) if lines else Markup()
    places = [str(row["place_id"]) for row in item.places]
    parts = [
        tag("h1", said),
        tag("div", policy_item(ctx, item, places), about, class_="rp-text rp-item"),
        section(ctx, "place.children", tag("ul", *_lines(ctx, item.children)) if item.children else Markup()),
        section(ctx, "report.sources", sources(ctx)),
    ]
    return Page(ctx, title, said, join(parts))


def promises_page(atlas: Atlas, language: str) -> Page:
    """Return promises and outcomes in one table, with their sources."""
    ctx = SiteContext(atlas, language, "promises.html")
    title = ctx.text("report.promises")
    table = tag("div", kept(ctx), class_="rp-text")
    body = [tag("h1", title), table, section(ctx, "report.sources", sources(ctx))]
    return Page(ctx, ctx.text("web.page.promises"), title, join(body))
