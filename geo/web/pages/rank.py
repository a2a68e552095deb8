"""The ranking page: one measure, places or districts in order with bars, places without data apart."""

from __future__ import annotations

import streamlit as st

from geo.analysis import compare
from geo.analysis.compare import Cell, Ranking, longest
from geo.analysis.coverage import Coverage, coverage, coverage_words, fuller_level
from geo.analysis.figures import Figure
from geo.analysis.labels import level_heading
from geo.analysis.values import cell, figure_words
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.messages import text
from geo.contract.carried import LEAST_PLACES
from geo.render.markup import Markup, tag
from geo.web.parts import page_frame, state
from geo.web.parts.data_links import data_links, picture_files
from geo.web.parts.links import copy_button, link, page_href, place_link
from geo.web.parts.measure_choice import measure_choice
from geo.web.parts.tables import Content, bar, meta, source, table, topic_name, why_not

PATH = "rank"
TITLE = "web.page.rank"
ORDER = 30

_LEVELS = ("layout", "district")
_ORDERS = ("desc", "asc")


def render(atlas: Atlas, selection: Selection) -> None:
    """Show the page."""
    lang = selection.language
    level = page_frame.chosen_one("of", _LEVELS, lang, fuller_level(atlas, selection.measure))
    order = page_frame.chosen_one("order", _ORDERS, lang, _ORDERS[0])
    _choosers(atlas, selection, level, order)
    if not selection.measure:
        _index(atlas, selection)
        return
    found = compare.ranking(
        atlas, selection.measure, compare.candidates(atlas, selection, level), ascending=order == "asc"
    )
    _about(atlas, selection)
    total = len(atlas.layout if level == "layout" else atlas.districts)
    bare = page_href(PATH, selection.unfiltered(), of=level)
    page_frame.left_out(len(found.cells) + len(found.missing), total, bare, lang)
    if found.cells:
        st.html(ranking_table(atlas, selection, found))
    else:
        st.html(tag("div", text("rank.none", lang), class_="geo-note", role="status"))
    _missing(atlas, selection, found)
    name = f"data/{selection.measure}"
    pictures = picture_files(name, selection.replace(measure="", place=""), of=level, order=order)
    st.html(data_links({"CSV": f"{name}.csv", "JSON": f"{name}.json"}, lang))
    st.html(data_links(pictures, lang, said="doors.as_picture"))


def _choosers(atlas: Atlas, selection: Selection, level: str, order: str) -> None:
    lang = selection.language
    with st.container(horizontal=True, vertical_alignment="bottom", key="rankbar"):
        measure_choice(
            atlas,
            selection,
            label=text("rank.measure", lang),
            none=text("rank.choose", lang),
            on_change=_measure_chosen,
        )
        levels = {one: level_heading(atlas, one, lang) for one in _LEVELS}
        page_frame.switch("of", "rank_of", text("rank.of", lang), levels, level)
        orders = {one: text(f"rank.order.{one}", lang) for one in _ORDERS}
        page_frame.switch("order", "rank_order", text("rank.order", lang), orders, order)


def _measure_chosen() -> None:
    """Apply the chosen measure; switch between places and districts if the other level has more figures."""
    state.from_widget("measure")
    state.set_parameters(of="", order="")


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


def ranking_table(atlas: Atlas, selection: Selection, found: Ranking) -> Markup:
    """Return the places in order; those that are not comparable follow without a position."""
    lang = selection.language
    largest = longest(atlas, found)
    # A figure computed by this map has no source; its formula is stated above the table.
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


def _index(atlas: Atlas, selection: Selection) -> None:
    """Show the measures that can be ranked, by topic, as links; measures with few figures are folded."""
    lang = selection.language
    found = coverage(atlas)
    hint = tag("p", text("rank.hint", lang), class_="geo-quiet")
    title = tag("h2", text("rank.index", lang))
    wide = _cards(atlas, selection, [one for one in found if not one.thin])
    thin = [one for one in found if one.thin]
    parts = [title, hint, wide]
    if thin:
        summary = tag("summary", text("measure.more", lang, count=len(thin)))
        why = tag("p", text("measure.more.help", lang, least=LEAST_PLACES), class_="geo-quiet")
        parts.append(tag("details", summary, why, _cards(atlas, selection, thin), id="geo-thin"))
    st.html(tag("section", *parts, class_="geo-section"))


def _cards(atlas: Atlas, selection: Selection, found: list[Coverage]) -> Markup:
    lang = selection.language
    topics: dict[str, list[Markup]] = {}
    for one in found:
        measure = atlas.rows("measures")[one.measure_id]
        href = page_href("rank", selection.replace(measure=one.measure_id))
        item = link(href, cell(measure, f"label_{lang}")) + tag("span", coverage_words(one, lang), class_="geo-meta")
        topics.setdefault(str(measure["topic"]), []).append(tag("li", item))
    cards = [
        tag("div", tag("h3", topic_name(topic, lang)), tag("ul", *items), class_="geo-card")
        for topic, items in topics.items()
    ]
    return tag("div", *cards, class_="geo-directory")


__all__ = ["ORDER", "PATH", "TITLE", "ranking_table", "render"]
