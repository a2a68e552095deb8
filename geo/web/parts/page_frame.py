"""The frame of every page: style, heading with language switch, ignored parts of the link, filters, footer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from geo.analysis.labels import district_heading
from geo.atlas.atlas import Atlas
from geo.atlas.selection import FILTERS, QueryProblem, Selection
from geo.base.messages import LANGUAGES, text
from geo.contract.notices import notice
from geo.render.map.basemaps import basemap, basemaps
from geo.render.markup import Markup, tag
from geo.web.parts import search_box, state
from geo.web.parts.links import link
from geo.web.parts.measure_choice import measure_choice
from geo.web.parts.text import escape_markdown
from geo.web.server.streamlit_internals import Slot

__all__ = [
    "basemap_note",
    "chosen",
    "chosen_one",
    "filters",
    "footer",
    "head",
    "language_switch",
    "left_out",
    "place_label",
    "problems_block",
    "switch",
    "version_block",
]

_LANGUAGE_NAMES = {"zh": "中文", "en": "English"}


def head(atlas: Atlas, selection: Selection) -> Slot:
    """Show title and search box; return the slot for `language_switch`.

    The switch is filled in last: it loads a part of Streamlit's script for which the map would otherwise wait.
    """
    lang = selection.language
    with st.container(horizontal=True, vertical_alignment="bottom", key="head"):
        skip = tag("a", text("web.skip.table", lang), href="#geo-table", class_="geo-skip")
        st.html(skip + tag("h1", atlas.meta[f"title_{lang}"]) + tag("p", atlas.meta.get(f"subtitle_{lang}", "")))
        st.html(search_box.box(lang) + _scheme_button(lang), width="content")
        return st.container(width="content", key="language")


def _scheme_button(language: str) -> Markup:
    """Return the switch between light and dark; ``page.js`` handles it, ``before.js`` restores it."""
    label = text("web.scheme", language)
    return tag("button", type="button", class_="geo-scheme", title=label, aria_label=label)


def language_switch(slot: Slot, language: str) -> None:
    """Show the choice of language."""
    slot.segmented_control(
        text("web.language", language),
        list(LANGUAGES),
        format_func=_LANGUAGE_NAMES.__getitem__,
        key=state.WIDGETS["language"],
        on_change=state.from_widget,
        args=("language",),
        label_visibility="collapsed",
        required=True,
    )


def problems_block(problems: Sequence[QueryProblem], language: str) -> None:
    """Show which parts of the link were ignored."""
    for problem in problems:
        allowed = text("list.comma", language).join(problem.allowed[:12]) + (" …" if len(problem.allowed) > 12 else "")
        line = text("web.ignored", language, name=problem.name, value="{value}", allowed=allowed)
        # The value comes from the link: show it as text, never as markup.
        st.html(tag("div", line.replace("{value}", problem.value), class_="geo-warning", role="status"))


def chosen(name: str, allowed: Sequence[str], language: str) -> tuple[str, ...]:
    """Return the values of a page parameter; values that are not allowed are reported and ignored."""
    given = [one for one in state.parameter(name).split(",") if one]
    problems_block([QueryProblem(name, one[:80], tuple(allowed)) for one in given if one not in allowed], language)
    return tuple(one for one in given if one in allowed)


def chosen_one(name: str, allowed: Sequence[str], language: str, usual: str) -> str:
    """Return the value of a page parameter, by default `usual`; a value that is not allowed is reported and ignored."""
    given = state.parameter(name)
    if given in allowed:
        return given
    problems_block([QueryProblem(name, given[:80], tuple(allowed))] if given else [], language)
    return usual


def switch(name: str, key: str, label: str, names: Mapping[str, str], shown: str, *, usual: str = "") -> None:
    """Show a page parameter as a segmented control; a click writes it to the URL.

    Parameters
    ----------
    name : str
        Name of the parameter.
    key : str
        Key of the widget.
    label : str
    names : mapping of str to str
        Value of the parameter → its label.
    shown : str
        The current value.
    usual : str
        The default, which is not written to the URL; "" if the default varies.
    """
    st.session_state[key] = shown
    st.segmented_control(
        label,
        list(names),
        format_func=names.__getitem__,
        key=key,
        on_change=_switched,
        args=(name, key, usual),
        required=True,
    )


def _switched(name: str, key: str, usual: str) -> None:
    value = st.session_state[key]
    state.set_parameters(**{name: "" if value == usual else value})


def left_out(shown: int, total: int, unfiltered: str, language: str, message: str = "rank.filtered") -> None:
    """Show that filters leave something out, with a link (`unfiltered`) that removes them."""
    if shown == total:
        return
    said = text(message, language, shown=shown, total=total)
    clear = link(unfiltered, text("web.filter.reset", language))
    st.html(tag("div", said, " ", clear, class_="geo-note", role="status"))


def version_block(atlas: Atlas, pinned: str, language: str) -> None:
    """Show a note if the link was made for another version of the data."""
    version = str(atlas.meta["version"])
    if pinned and pinned != version:
        line = text("web.head.version", language, pinned="{pinned}", version=version)
        # The version comes from the link: show it as text, never as markup.
        st.html(tag("div", line.replace("{pinned}", pinned[:40]), class_="geo-note", role="status"))


def place_label(atlas: Atlas, place_id: str, language: str) -> str:
    """Return the names of a place in both languages, so that either can be typed to find it."""
    first, second = ("zh", "en") if language == "zh" else ("en", "zh")
    row = atlas.place_rows[place_id]
    return f"{row[f'name_{first}']} · {row[f'name_{second}']}"


def filters(atlas: Atlas, selection: Selection) -> None:
    """Show the filters; each writes to the selection."""
    lang = selection.language
    say = partial(text, language=lang)

    def widget(field: str) -> dict[str, Any]:
        return {"key": state.WIDGETS[field], "on_change": state.from_widget, "args": (field,)}

    def pills(field: str, names: Mapping[str, str]) -> None:
        label = say(f"web.filter.{FILTERS[field]}")
        st.pills(
            label,
            list(names),
            selection_mode="multi",
            format_func=lambda key: escape_markdown(names[key]),
            **widget(field),
        )

    if selection.places:
        pills("places", {place_id: atlas.name(place_id, lang, short=True) for place_id in selection.places})
    pills("clusters", atlas.choices("clusters", lang))
    kinds = atlas.choices("kinds", lang)
    pills("kinds", {kind: name for kind, name in kinds.items() if atlas.roles[kind] != "city"})
    names = {place_id: atlas.place_rows[place_id][f"name_{lang}"] for place_id in atlas.allowed["district"]}
    st.multiselect(
        district_heading(atlas, "web.filter.district", lang),
        list(names),
        format_func=names.__getitem__,
        placeholder=say("web.filter.district.hint"),
        **widget("districts"),
    )
    editions = atlas.rows("editions")
    titles = {"": say("web.filter.edition.all")}
    for edition_id in atlas.allowed["edition"]:
        titles[edition_id] = f"{editions[edition_id]['month']} · {editions[edition_id][f'title_{lang}']}"
    st.selectbox(say("web.filter.edition"), list(titles), format_func=titles.__getitem__, **widget("editions"))
    pills("statuses", {status: say(f"web.status.{status}") for status in atlas.allowed["status"]})
    st.text_input(say("web.filter.text"), placeholder=say("web.filter.text.hint"), max_chars=200, **widget("texts"))
    measure_choice(atlas, selection, label=say("web.filter.measure"), none=say("web.filter.measure.none"))
    maps = {name: row.name(lang) for name, row in basemaps().items()}
    st.selectbox(
        say("web.filter.basemap"),
        list(maps),
        format_func=maps.__getitem__,
        help=say("web.filter.basemap.help"),
        **widget("basemap"),
    )
    st.button(
        say("web.filter.reset"),
        key="reset",
        on_click=state.change,
        kwargs=dict.fromkeys([*FILTERS, "texts"], ()),
        disabled=not selection.is_filtered(),
        width="stretch",
    )


def basemap_note(selection: Selection) -> None:
    """Show a note if tiles come from elsewhere, and if the layers are drawn shifted."""
    chosen = basemap(selection.basemap)
    if not chosen.url:
        return
    lang = selection.language
    line = text("web.map.offline", lang, name=chosen.name(lang), host=chosen.host)
    if chosen.datum != "wgs84":
        line += " " + text("web.map.shifted", lang, name=chosen.name(lang))
    st.html(tag("div", line, class_="geo-note", role="status"))


def footer(atlas: Atlas, selection: Selection) -> None:
    """Show credit, border notice and the date of the data."""
    lang = selection.language
    meta = atlas.meta
    dated = text("web.data_date", lang, date=meta["data_date"], version=meta["version"])
    line = " · ".join([meta[f"attribution_{lang}"], notice(meta, lang), dated])
    st.html(tag("footer", line, class_="geo-footer"))
