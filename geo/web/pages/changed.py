"""The page of changes between two years: places new, not named again or renamed; figures then and now; a summary."""

from __future__ import annotations

import streamlit as st

from geo.analysis.between import Between, between, years
from geo.analysis.between_words import usual_years
from geo.atlas.atlas import Atlas
from geo.atlas.selection import QueryProblem, Selection
from geo.base.messages import text
from geo.render.markup import join, tag
from geo.web.pages.blocks import changed as blocks
from geo.web.parts import mapview, page_frame, state
from geo.web.parts.links import link, page_href

PATH = "changed"
TITLE = "web.page.changed"
ORDER = 45

#: Colours of earlier and of new places, from Okabe and Ito's palette; distinguishable with any colour vision.
_THEN, _NEW = "#0072B2", "#E69F00"


def render(atlas: Atlas, selection: Selection) -> None:
    """Show the page."""
    lang = selection.language
    known = years(atlas)
    usual = usual_years(atlas)
    if usual is None:
        st.html(tag("div", text("changed.none", lang), class_="geo-note"))
        return
    first, last = _years(known, usual, lang)
    found = between(atlas, first, last)
    st.html(blocks.answer(atlas, selection, found))
    _choosers(known, first, last, selection)
    left, right = st.columns([1.25, 1], gap="medium")
    with left, st.container(key="changedmap"):
        page_frame.basemap_note(selection)
        view = atlas.select(selection.unfiltered().replace(measure="", places=found.now))
        mapview.show_map(atlas, view, extra={"institutions": [], "classes": _classes(atlas, found, lang)})
    with right, st.container(key="panel"):
        st.html(blocks.places(atlas, selection.replace(view=None), found))
    st.html(blocks.figures(atlas, selection.replace(view=None), found))


def _years(known: tuple[int, ...], usual: tuple[int, int], language: str) -> tuple[int, int]:
    """Return the two years in the link, by default the usual ones; invalid years are reported and ignored."""
    allowed = tuple(map(str, known))
    given = []
    for name, other in zip(("from", "to"), usual, strict=True):
        value = state.parameter(name)
        if value and value not in allowed:
            page_frame.problems_block([QueryProblem(name, value[:80], allowed)], language)
        given.append(int(value) if value in allowed else other)
    first, last = given
    if first >= last:
        if state.parameter("from") or state.parameter("to"):
            page_frame.problems_block([QueryProblem("from", str(first), (f"< {last}",))], language)
        return usual
    return first, last


def _choosers(known: tuple[int, ...], first: int, last: int, selection: Selection) -> None:
    lang = selection.language
    st.session_state["changed_from"], st.session_state["changed_to"] = first, last
    with st.container(horizontal=True, vertical_alignment="bottom", key="changedbar"):
        for name, options in (
            ("from", [one for one in known if one < last]),
            ("to", [one for one in known if one > first]),
        ):
            st.selectbox(
                text(f"changed.{name}", lang),
                options,
                key=f"changed_{name}",
                on_change=_chosen,
                width=140,
            )
        middle = known[len(known) // 3]
        spans = dict.fromkeys([(known[0], last), (known[0], middle), (middle, last)])
        links = [
            link(page_href(PATH, selection, **{"from": str(a), "to": str(b)}), f"{a} → {b}", class_="geo-pick")
            for a, b in spans
            if a < b and (a, b) != (first, last)
        ]
        st.html(tag("div", join(links, " "), class_="geo-picks"))


def _chosen() -> None:
    state.set_parameters(**{"from": str(st.session_state["changed_from"]), "to": str(st.session_state["changed_to"])})


def _classes(atlas: Atlas, found: Between, language: str) -> dict[str, object]:
    """Return the two colours of the map: places named by the first year, places named since."""
    new = {place_id for place_id, _ in found.new}
    return {
        "roles": ["corridor", "node", "site"],
        "list": [
            {"colour": _THEN, "label": text("changed.map.then", language, year=found.first)},
            {"colour": _NEW, "label": text("changed.map.new", language, first=found.first, last=found.last)},
        ],
        "values": {place_id: int(place_id in new) for place_id in found.now},
        "apart": [],
        "apart_label": "",
        "missing": [],
        "texts": {
            place_id: text("changed.map.new" if place_id in new else "changed.map.then", language,
                           year=found.first, first=found.first, last=found.last)
            for place_id in found.now
        },
        "title": text("changed.map", language),
        "note": "",
    }  # fmt: skip


__all__ = ["ORDER", "PATH", "TITLE", "render"]
