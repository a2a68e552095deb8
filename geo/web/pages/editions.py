"""The page over time: the layout as each document drew it, on a slider that plays; figures over time below."""

from __future__ import annotations

from functools import lru_cache, partial

import streamlit as st

from geo.analysis.editions import Edition, editions, fullest
from geo.atlas.atlas import Atlas, View
from geo.atlas.selection import Selection
from geo.base.messages import text
from geo.render.markup import Markup, tag
from geo.web.pages.blocks import series
from geo.web.parts import mapview, page_frame, state
from geo.web.parts.links import link, page_href
from geo.web.parts.text import counted, source_details

PATH = "time"
TITLE = "web.page.time"
ORDER = 40

#: Seconds per document while playing.
_PACE = 2.2

_SHOWN = ("named", "sofar")

# Session keys: whether it plays, the current edition, when playing began, whether a full run follows the button.
_PLAYING, _AT, _BEGUN, _HELD = "time_playing", "time_at", "time_begun", "time_held"
_SLIDER, _SHOW = "time_edition", "time_show"


@lru_cache(maxsize=2)
def _editions(atlas: Atlas) -> dict[str, Edition]:
    return {one.edition_id: one for one in editions(atlas)}


def render(atlas: Atlas, selection: Selection) -> None:
    """Show the page."""
    lang = selection.language
    found = _editions(atlas)
    if not st.session_state.pop(_BEGUN, False):
        st.session_state[_PLAYING] = False  # any other action of the user stops playing
    playing = st.session_state[_PLAYING]
    hint = tag("p", text("time.hint", lang), class_="geo-quiet")
    st.html(tag("section", tag("h2", text("time.title", lang)), hint, class_="geo-section"))
    if not found:
        return
    shown = page_frame.chosen_one("show", _SHOWN, lang, _SHOWN[0])
    with st.container(horizontal=True, vertical_alignment="bottom", key="timebar"):
        st.button(
            text("time.pause" if playing else "time.play", lang),
            key="time_play",
            icon=":material/pause:" if playing else ":material/play_arrow:",
            on_click=_pause if playing else _play,
            args=(atlas,),
        )
        names = {one: text(f"time.show.{one}", lang) for one in _SHOWN}
        page_frame.switch("show", _SHOW, text("time.show", lang), names, shown, usual=_SHOWN[0])
    # A full run of the page is not a tick of the clock.
    st.session_state[_HELD] = playing
    st.session_state["time_place"] = selection.place
    st.fragment(partial(_stage, atlas), run_every=_PACE if playing else None)()
    series.series_section(atlas, selection)


def _chosen(atlas: Atlas) -> str:
    """Return the edition in the state, by default the one that names most places."""
    given = state.current().editions
    return given[-1] if given else fullest(atlas)


def _play(atlas: Atlas) -> None:
    ids = list(_editions(atlas))
    at = _chosen(atlas)
    st.session_state[_AT] = ids[0] if at == ids[-1] else at
    st.session_state[_PLAYING] = st.session_state[_BEGUN] = True


def _pause(atlas: Atlas) -> None:
    st.session_state[_PLAYING] = False
    state.change(editions=(st.session_state.get(_AT) or _chosen(atlas),))


def _slid() -> None:
    st.session_state[_PLAYING] = False
    state.change(editions=(st.session_state[_SLIDER],))


def _stage(atlas: Atlas) -> None:
    """Show slider, map and document; when run as a fragment, each tick only sends the next state to the map."""
    selection = state.current()
    found = _editions(atlas)
    ids = list(found)
    if selection.place != st.session_state.get("time_place"):
        st.rerun()  # a click on the map: the figures below must follow
    if st.session_state[_PLAYING]:
        at = st.session_state[_AT]
        if not st.session_state.pop(_HELD, False):
            if at == ids[-1]:
                _pause(atlas)
                st.rerun()
            at = st.session_state[_AT] = ids[ids.index(at) + 1]
    else:
        if st.session_state.pop(_HELD, False):
            st.rerun()  # the clock of the previous full run is still ticking
        at = _chosen(atlas)
    edition = found[at]
    lang = selection.language
    st.session_state[_SLIDER] = at
    labels = _labels(found, lang)
    st.select_slider(
        text("time.slider", lang),
        ids,
        format_func=lambda one: labels.get(one, one),
        key=_SLIDER,
        on_change=_slid,
    )
    left, right = st.columns([1.6, 1], gap="medium")
    all_so_far = st.session_state.get(_SHOW) == "sofar"
    drawn = edition.named_by_then if all_so_far else edition.named_ids
    passing = _passing(atlas, selection)
    visible = [place_id for place_id in drawn if place_id in passing]
    with left:
        page_frame.basemap_note(selection)
        # With no place to show, the filter by place would be empty, and an empty filter shows all.
        emptied = ["institutions", *([] if visible else ["visible"])]
        named = () if all_so_far else (edition.edition_id,)
        mapview.show_map(atlas, _view(atlas, selection, named, visible), extra={name: [] for name in emptied})
    with right, st.container(key="panel"):
        bare = page_href(PATH, selection.unfiltered().replace(editions=selection.editions))
        page_frame.left_out(len(visible), len(drawn), bare, lang, "time.filtered")
        st.html(_document(atlas, selection, edition, ids.index(at) + 1, len(ids)))


def _labels(found: dict[str, Edition], lang: str) -> dict[str, str]:
    """Return month and short name of each document; equal labels are numbered."""
    labels: dict[str, str] = {}
    for edition_id, one in found.items():
        label = f"{one.month} {one.short_zh if lang == 'zh' else one.short_en}".strip()
        same = sum(other == label or other.startswith(f"{label} (") for other in labels.values())
        labels[edition_id] = f"{label} ({same + 1})" if same else label
    return labels


def _passing(atlas: Atlas, selection: Selection) -> set[str]:
    """Return the places that pass all filters but the edition; districts only if no kinds are chosen."""
    kinds = selection.kinds or tuple(atlas.allowed["kind"])
    return set(atlas.select(selection.replace(editions=(), kinds=kinds)).places.index)


def _view(atlas: Atlas, selection: Selection, editions: tuple[str, ...], visible: list[str]) -> View:
    # A selected place that this document does not draw stays undrawn.
    place = selection.place if selection.place in visible else ""
    told = selection.unfiltered().replace(editions=editions, places=tuple(visible))
    return atlas.select(told.replace(measure="", place=place))


def _document(atlas: Atlas, selection: Selection, edition: Edition, number: int, total: int) -> Markup:
    lang = selection.language
    source = source_details(atlas.rows("sources")[edition.source_id], lang)
    chip = tag("span", text(f"time.kind.{edition.kind}", lang), class_=f"geo-chip {edition.kind}")
    parts = [
        tag("p", f"{edition.month} · {text('time.step', lang, number=number, total=total)}", class_="geo-quiet"),
        tag("h3", edition.title_zh if lang == "zh" else edition.title_en, class_="geo-doc-title"),
        tag("div", chip, source, class_="geo-chips"),
    ]
    if note := edition.note_zh if lang == "zh" else edition.note_en:
        parts.append(tag("p", note))
    parts.append(tag("p", _added(atlas, edition, number, lang), class_="geo-added"))
    parts.append(tag("h3", counted(text("time.named", lang), len(edition.layout), lang)))
    if edition.named:
        parts.append(tag("ul", *_mentions(atlas, selection, edition), class_="geo-named"))
    else:
        parts.append(tag("p", text("time.none", lang), class_="geo-note"))
    parts.append(tag("p", text("time.total", lang, count=len(edition.named_by_then)), class_="geo-quiet"))
    return tag("section", *parts, class_="geo-place geo-document", aria_live="polite")


def _added(atlas: Atlas, edition: Edition, number: int, language: str) -> str:
    if number == 1:
        return text("time.first", language)
    if not edition.named:
        return ""
    if not edition.added:
        return text("time.added.none", language)
    names = text("list.comma", language).join(atlas.name(one, language, short=True) for one in edition.added)
    return text("time.added", language, count=len(edition.added), names=names)


def _mentions(atlas: Atlas, selection: Selection, edition: Edition) -> list[Markup]:
    lang = selection.language
    kinds = atlas.rows("kinds")
    items = []
    for mention in edition.named:
        row = atlas.place_rows[mention.place_id]
        colour = kinds[row["kind"]]["colour"]
        told = selection.replace(place=mention.place_id, editions=(edition.edition_id,))
        name = link(page_href(PATH, told, show=state.parameter("show")), atlas.name(mention.place_id, lang))
        parts = [tag("i", class_="geo-key", style=f"--c:{colour}", aria_hidden="true"), name]
        if mention.place_id in edition.added:
            parts.append(tag("b", text("time.new", lang), class_="geo-new"))
        if note := mention.note_zh if lang == "zh" else mention.note_en:
            parts.append(tag("span", note))
        if mention.source_id != edition.source_id:
            parts.append(source_details(atlas.rows("sources")[mention.source_id], lang))
        items.append(tag("li", *parts))
    return items


__all__ = ["ORDER", "PATH", "TITLE", "render"]
