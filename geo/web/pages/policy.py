"""The policy page: the document as a tree, each item with source, places and later reports; the map beside it."""

from __future__ import annotations

from functools import lru_cache

import streamlit as st

from geo.analysis.policy import Item, part_counts, policy_tree, verdict_text, walk
from geo.analysis.promises import promises, status_counts
from geo.analysis.values import amount_apart, cell, date_text, present, quote_text
from geo.atlas.atlas import Atlas, View
from geo.atlas.selection import QueryProblem, Selection
from geo.base.messages import text
from geo.render.markup import Markup, tag
from geo.web.pages.blocks.promises import counts_text
from geo.web.parts import mapview, page_frame, state
from geo.web.parts.links import link, page_href
from geo.web.parts.outcomes import outcome
from geo.web.parts.text import source_details

PATH = "policy"
TITLE = "web.page.policy"
ORDER = 50

_SECTIONS = ("part", "target", "measure", "layout", "figure", "remark", "related")


@lru_cache(maxsize=2)
def _tree(atlas: Atlas) -> tuple[Item, ...]:
    return policy_tree(atlas)


def render(atlas: Atlas, selection: Selection) -> None:
    """Show the page."""
    lang = selection.language
    tree = _tree(atlas)
    given = state.parameter("item")
    item = next((one for one in walk(tree) if one.policy_id == given), None)
    if given and item is None:
        allowed = tuple(one.policy_id for one in walk(tree))
        page_frame.problems_block([QueryProblem("item", given[:80], allowed)], lang)
    st.html(_head(atlas, selection, tree))
    left, right = st.columns([1.35, 1], gap="medium")
    with right, st.container(key="policymap"):
        st.html(_focus(selection, item, _places(atlas, item)))
        page_frame.basemap_note(selection)
        mapview.show_map(atlas, _view(atlas, selection, _places(atlas, item)), extra={"institutions": []})
    # Sent after the map, which on a phone is above it and would be pushed down. The text does not depend on the
    # selection, so that items the reader has unfolded stay unfolded.
    with left, st.container(key="policytree"):
        st.html(_sections(atlas, selection.replace(place="", view=None)))
    if item is not None:
        st.html(tag("span", class_="geo-goto", data_target=_anchor(item), hidden="hidden"))


def _anchor(item: Item) -> str:
    return f"geo-item-{item.policy_id}"


def _places(atlas: Atlas, item: Item | None) -> list[str]:
    """Return the places of an item and its sub-items, without the city, which the page's map does not show."""
    if item is None:
        return []
    named = {str(row["place_id"]) for one in walk((item,)) for row in one.places}
    return [str(one) for one in atlas if one in named and atlas.roles[_kind(atlas, str(one))] != "city"]


def _kind(atlas: Atlas, place_id: str) -> str:
    return str(atlas.place_rows[place_id]["kind"])


def _view(atlas: Atlas, selection: Selection, place_ids: list[str]) -> View:
    return atlas.select(selection.unfiltered().replace(measure="", places=tuple(place_ids)))


def _focus(selection: Selection, item: Item | None, place_ids: list[str]) -> Markup:
    lang = selection.language
    if item is None:
        return tag("p", text("policy.focus.all", lang), class_="geo-tree-note")
    name = tag("b", text("policy.focus", lang, text=item.row[f"text_{lang}"]))
    city = text("policy.focus.city", lang) + " " if not place_ids else ""
    clear = link(page_href(PATH, selection.replace(place="")), text("policy.focus.clear", lang))
    return tag("div", tag("div", name), city, clear, class_="geo-tree-note geo-focus", role="status")


def _head(atlas: Atlas, selection: Selection, tree: tuple[Item, ...]) -> Markup:
    language, counts = selection.language, part_counts(tree)
    kept = counts_text(status_counts(promises(atlas)), language)
    table = link(page_href("promises", selection.replace(place="")), text("policy.table", language))
    parts = [tag("h2", text("policy.title", language)), tag("p", tag("b", kept), " ", table)]
    parts.append(tag("p", text("policy.hint", language), class_="geo-quiet"))
    told = [count for _, count, _ in counts if count]
    if told:
        line = text("policy.counts", language, total=sum(told), parts=len(told))
        parts.append(tag("p", line, " ", text("policy.counts.unseen", language), class_="geo-quiet"))
    tools = [
        tag("button", text(f"policy.{name}", language), type="button", data_fold=fold)
        for name, fold in (("expand", "open"), ("collapse", "closed"), ("print", "print"))
    ]
    return tag("section", *parts, tag("div", *tools, class_="geo-tree-tools"), class_="geo-section")


@lru_cache(maxsize=16)
def _sections(atlas: Atlas, selection: Selection) -> Markup:
    lang = selection.language
    tree = _tree(atlas)
    counts = {part.policy_id: (told, seen) for part, told, seen in part_counts(tree)}
    plans = atlas.rows("plans")
    first = next(iter(plans), None)
    parts = []
    for kind in _SECTIONS:
        roots = [item for item in tree if item.kind == kind and item.row["plan_id"] in (first, None)]
        if roots:
            parts.append(tag("h3", text(f"policy.section.{kind}", lang)))
            parts += [_item(atlas, selection, item, counts) for item in roots]
    for plan_id, plan in plans.items():
        roots = [item for item in tree if item.row["plan_id"] == plan_id != first]
        if roots:
            named = text("policy.plan", lang, name=plan[f"name_{lang}"], date=date_text(plan["issued"], lang))
            parts.append(tag("h3", named))
            parts += [_item(atlas, selection, item, counts) for item in roots]
    return tag("div", *parts, class_="geo-tree")


def _item(atlas: Atlas, selection: Selection, item: Item, counts: dict[str, tuple[int, int]]) -> Markup:
    lang = selection.language
    inside = [_line(atlas, item, counts, lang), _concerned(atlas, selection, item), _outcomes(atlas, item, lang)]
    inside += [_item(atlas, selection, child, counts) for child in item.children]
    body = tag("div", *inside, class_="geo-item-body")
    told = item.row[f"text_{lang}"]
    if item.children:
        name = tag("summary", tag("b", told))
        return tag("details", name, body, class_=f"geo-item {item.kind}", id=_anchor(item), open="open")
    return tag("div", tag("p", told), body, class_=f"geo-item leaf {item.kind}", id=_anchor(item))


def _line(atlas: Atlas, item: Item, counts: dict[str, tuple[int, int]], language: str) -> Markup:
    row = item.row
    parts = []
    if item.policy_id in counts:
        told, seen = counts[item.policy_id]
        if told:
            parts.append(tag("span", text("policy.part.count", language, count=told, seen=seen)))
        elif not seen:
            parts.append(tag("span", text("policy.part.unseen", language)))
    elif amount := amount_apart(atlas, row, language):
        parts.append(tag("strong", amount))
    if present(row["due"]):
        name = "policy.due" if item.kind == "target" else "policy.dated"
        parts.append(tag("span", text(name, language, date=row["due"])))
    source = atlas.rows("sources")[str(row["source_id"])]
    words = quote_text(row, language)
    parts.append(source_details(source, language, locator=cell(row, "locator"), quoted=words))
    return tag("div", *parts, class_="geo-item-line")


def _concerned(atlas: Atlas, selection: Selection, item: Item) -> Markup:
    """Return the places as links that show them on the map, with the remark on each."""
    if not item.places:
        return Markup()
    lang = selection.language
    links = []
    for row in item.places:
        place_id = str(row["place_id"])
        colour = atlas.rows("kinds")[_kind(atlas, place_id)]["colour"]
        href = page_href(PATH, selection.replace(place=place_id), item=item.policy_id)
        key = tag("i", class_="geo-key", style=f"--c:{colour}", aria_hidden="true")
        links.append(link(href, key + atlas.name(place_id, lang, short=True), class_="geo-pick"))
    name = tag("span", text("policy.places", lang), class_="geo-quiet")
    if _places(atlas, item):
        show = link(page_href(PATH, selection, item=item.policy_id), text("policy.show", lang))
        links.append(show)
    notes = dict.fromkeys(filter(None, (cell(row, f"note_{lang}") for row in item.places)))
    told = text("list.semicolon", lang).join(notes)
    more = tag("span", told, class_="geo-quiet") if told else ""
    return tag("div", name, *links, more, class_="geo-item-places")


def _outcomes(atlas: Atlas, item: Item, language: str) -> Markup:
    """Return the verdict with its reason, and later reports, each with caveat and source."""
    verdict = verdict_text(item, language)
    judged = tag("p", tag("b", verdict), class_="geo-tree-note") if verdict else Markup()
    lines = [tag("li", outcome(atlas, row, language)) for row in item.outcomes if row["source_id"]]
    if not lines:
        unmet = not verdict and item.kind == "target" and present(item.row["value"])
        return judged + (tag("p", text("policy.outcomes.none", language), class_="geo-tree-note") if unmet else "")
    name = tag("summary", text("policy.outcomes", language, count=len(lines)))
    return judged + tag("details", name, tag("ol", *lines), class_="geo-outcomes")


__all__ = ["ORDER", "PATH", "TITLE", "render"]
