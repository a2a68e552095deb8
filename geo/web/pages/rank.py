"""Rank: one measure, the places or districts in order, bars that are links, "no data" apart."""

from __future__ import annotations

import streamlit as st

from geo.analysis import compare
from geo.analysis.compare import Cell, Ranking
from geo.analysis.figures import Figure
from geo.analysis.values import cell, figure_words
from geo.atlas.atlas import Atlas
from geo.atlas.selection import QueryProblem, Selection
from geo.base.messages import text
from geo.render.markup import Markup, tag
from geo.web.parts import page_frame, state
from geo.web.parts.data_links import data_links
from geo.web.parts.links import copy_button, link, page_href, place_link
from geo.web.parts.tables import Content, bar, meta, source, table, topic_name, why_not

PATH = "rank"
TITLE = "web.page.rank"
ORDER = 30

_LEVELS = ("layout", "district")
_ORDERS = ("desc", "asc")


def render(atlas: Atlas, selection: Selection) -> None:
    """Show the page."""
    lang = selection.language
    counts = page_frame.measure_counts(atlas)
    level = _choice("of", _LEVELS, lang) or _fuller(counts, selection.measure)
    order = _choice("order", _ORDERS, lang) or "desc"
    _choosers(atlas, selection, counts, level, order)
    if not selection.measure:
        _index(atlas, selection, counts)
        return
    found = compare.ranking(
        atlas, selection.measure, compare.candidates(atlas, selection, level), ascending=order == "asc"
    )
    _about(atlas, selection)
    _filtered(atlas, selection, level, found)
    if found.cells:
        st.html(ranking_table(atlas, selection, found))
    else:
        st.html(tag("div", text("rank.none", lang), class_="geo-note", role="status"))
    _missing(atlas, selection, found)
    name = f"data/{selection.measure}"
    st.html(data_links({"CSV": f"{name}.csv", "JSON": f"{name}.json"}, lang))


def _choice(name: str, allowed: tuple[str, ...], language: str) -> str:
    """Return a parameter of this page, "" where it is not set; nonsense is named and ignored."""
    value = state.parameter(name)
    if value and value not in allowed:
        page_frame.problems_block([QueryProblem(name, value[:80], allowed)], language)
        return ""
    return value


def _fuller(counts: dict[str, tuple[int, int]], measure_id: str) -> str:
    sites, districts = counts.get(measure_id, (1, 0))
    return "district" if districts > sites else "layout"


def _choosers(atlas: Atlas, selection: Selection, counts: dict[str, tuple[int, int]], level: str, order: str) -> None:
    lang = selection.language
    measures = atlas.rows("measures")
    labels = {"": text("rank.choose", lang)}
    for measure_id, (sites, districts) in counts.items():
        label = measures[measure_id][f"label_{lang}"]
        labels[measure_id] = text("rank.option", lang, label=label, sites=sites, districts=districts)
    if selection.measure and selection.measure not in labels:
        labels[selection.measure] = measures[selection.measure][f"label_{lang}"]
    st.session_state["rank_of"], st.session_state["rank_order"] = level, order
    with st.container(horizontal=True, vertical_alignment="bottom", key="rankbar"):
        st.selectbox(
            text("rank.measure", lang),
            list(labels),
            format_func=labels.__getitem__,
            key=state.WIDGETS["measure"],
            on_change=_measure_chosen,
        )
        st.segmented_control(
            text("rank.of", lang),
            _LEVELS,
            format_func=lambda one: text(f"rank.of.{one}", lang),
            key="rank_of",
            on_change=_chosen,
            args=("of", "rank_of"),
            required=True,
        )
        st.segmented_control(
            text("rank.order", lang),
            _ORDERS,
            format_func=lambda one: text(f"rank.order.{one}", lang),
            key="rank_order",
            on_change=_chosen,
            args=("order", "rank_order"),
            required=True,
        )


def _measure_chosen() -> None:
    """Take over the measure; whether places or districts then follows where it has more figures."""
    state.from_widget("measure")
    state.set_parameters(of="", order="")


def _chosen(name: str, key: str) -> None:
    state.set_parameters(**{name: st.session_state[key]})


def _about(atlas: Atlas, selection: Selection) -> None:
    lang = selection.language
    measure = atlas.rows("measures")[selection.measure]
    parts = [tag("h2", cell(measure, f"label_{lang}")), tag("p", cell(measure, f"definition_{lang}"))]
    if caveat := cell(measure, f"caveat_{lang}"):
        parts.append(tag("p", caveat, class_="geo-caveat"))
    links = [
        link(page_href("", selection), text("rank.on_map", lang)),
        copy_button(text("share.copy_link", lang), lang),
    ]
    parts.append(tag("div", *links, class_="geo-actions"))
    st.html(tag("section", *parts, class_="geo-section geo-about"))


def _filtered(atlas: Atlas, selection: Selection, level: str, found: Ranking) -> None:
    """Say so when filters leave places out, with a link that takes them off."""
    whole = len(atlas.layout if level == "layout" else atlas.districts)
    shown = len(found.cells) + len(found.missing)
    if shown == whole:
        return
    lang = selection.language
    bare = selection.unfiltered()
    clear = link(page_href("rank", bare, of=level), text("web.filter.reset", lang))
    said = text("rank.filtered", lang, shown=shown, total=whole)
    st.html(tag("div", said, " ", clear, class_="geo-note", role="status"))


def ranking_table(atlas: Atlas, selection: Selection, found: Ranking) -> Markup:
    """Return the places in order, those that may not be compared apart and without a position."""
    lang = selection.language
    is_year = atlas.rows("measures")[found.measure_id]["topic"] == "date"
    largest = None if is_year else max(found.comparable.values(), default=None)
    # What this map computed has no source of its own; its formula stands above.
    reported = any(not one.figure.is_computed for one in found.cells if one.figure)

    def line(one: Cell, shown: Figure) -> list[Content]:
        drawn = bar(shown.value, largest) if one.comparable else ""
        href = page_href("place", selection.replace(place=one.place_id))
        name = link(href, tag("b", atlas.name(one.place_id, lang)) + drawn, class_="geo-barlink")
        flag = tag("span", text("value.conflict", lang), class_="geo-differs") if shown.conflict else ""
        cells = [
            str(found.positions.get(one.place_id, "–")),
            name + why_not(atlas, one, lang),
            tag("strong", figure_words(atlas, shown, lang)) + flag,
            tag("span", meta(atlas, shown, lang), class_="geo-meta"),
            source(atlas, shown, lang),
        ]
        return [content if one.comparable else (content, "off") for content in cells[: None if reported else -1]]

    lines = [(one.comparable, line(one, one.figure)) for one in found.cells if one.figure]
    clear = [cells for comparable, cells in lines if comparable]
    marked = [cells for comparable, cells in lines if not comparable]
    groups = [("", clear)] if clear else []
    if marked:
        groups.append((text("rank.marked", lang, count=len(marked)), marked))
    names = ("position", "place", "value", "meta", "source")[: None if reported else -1]
    headings = [text(f"rank.column.{name}", lang) for name in names]
    label = cell(atlas.rows("measures")[found.measure_id], f"label_{lang}")
    return table(headings, groups, label=label, class_="geo-rank-table geo-cardy")


def _missing(atlas: Atlas, selection: Selection, found: Ranking) -> None:
    if not found.missing:
        return
    lang = selection.language
    items = [tag("li", place_link(atlas, place_id, selection, short=True)) for place_id in found.missing]
    title = tag("h3", text("rank.missing", lang, count=len(items)))
    note = tag("p", text("rank.missing.note", lang), class_="geo-quiet")
    st.html(tag("section", title, note, tag("ul", *items, class_="geo-inline"), class_="geo-section", id="geo-missing"))


def _index(atlas: Atlas, selection: Selection, counts: dict[str, tuple[int, int]]) -> None:
    """Show the measures that can be ranked, by topic, each a link."""
    lang = selection.language
    topics: dict[str, list[str]] = {}
    for measure_id, (sites, districts) in counts.items():
        measure = atlas.rows("measures")[measure_id]
        href = page_href("rank", selection.replace(measure=measure_id))
        said = text("rank.counts", lang, sites=sites, districts=districts)
        item = link(href, measure[f"label_{lang}"]) + tag("span", said, class_="geo-meta")
        topics.setdefault(measure["topic"], []).append(tag("li", item))
    cards = [
        tag("div", tag("h3", topic_name(topic, lang)), tag("ul", *items), class_="geo-card")
        for topic, items in topics.items()
    ]
    hint = tag("p", text("rank.hint", lang), class_="geo-quiet")
    title = tag("h2", text("rank.index", lang))
    st.html(tag("section", title, hint, tag("div", *cards, class_="geo-cards"), class_="geo-section"))


__all__ = ["ORDER", "PATH", "TITLE", "ranking_table", "render"]
