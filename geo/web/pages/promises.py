"""The promises page: promises and outcomes as a table by plan, printable on A4, as a file."""

from __future__ import annotations

from functools import partial

import streamlit as st

from geo.analysis.promises import PROMISE_COLUMNS, STATUSES, promise_rows, promises, status_counts
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.messages import text
from geo.export.csvfile import csv_bytes
from geo.render.markup import tag
from geo.web.pages.blocks import promises as blocks
from geo.web.parts import page_frame, state
from geo.web.parts.downloads import download

PATH = "promises"
TITLE = "web.page.promises"
ORDER = 55


#: A table of six columns needs landscape paper.
_PRINTED = "<style>@media print { @page { size: A4 landscape; margin: 12mm; } }</style>"


def render(atlas: Atlas, selection: Selection) -> None:
    """Show the page."""
    lang = selection.language
    statuses = page_frame.chosen("verdict", STATUSES, lang)
    place = selection.place
    every = promises(atlas, place_ids=_here(atlas, place))
    st.html(blocks.answer(atlas, selection, status_counts(every), statuses))
    _choosers(atlas, statuses, place, lang)
    st.html(_PRINTED)
    found = promises(atlas, statuses, _here(atlas, place))
    if found:
        st.html(blocks.promises_table(atlas, selection.replace(place="", view=None), found))
    else:
        st.html(tag("div", text("promises.none", lang), class_="geo-note", role="status"))


def _here(atlas: Atlas, place_id: str) -> tuple[str, ...] | None:
    return (place_id,) if place_id else None


def _choosers(atlas: Atlas, statuses: tuple[str, ...], place: str, language: str) -> None:
    concerned = {str(row["place_id"]) for group in promises(atlas) for item in group.items for row in item.places}
    names = {one: page_frame.place_label(atlas, one, language) for one in atlas if one in concerned or one == place}
    st.session_state["promises_verdict"] = list(statuses)
    with st.container(horizontal=True, vertical_alignment="bottom", key="promisebar"):
        st.pills(
            text("promises.status", language),
            list(STATUSES),
            selection_mode="multi",
            format_func=lambda one: text(f"policy.status.{one}", language),
            key="promises_verdict",
            on_change=lambda: state.set_parameters(verdict=",".join(st.session_state["promises_verdict"] or ())),
        )
        st.selectbox(
            text("promises.place", language),
            list(names),
            format_func=names.__getitem__,
            index=None,
            placeholder=text("promises.place.hint", language),
            key=state.WIDGETS["place"],
            on_change=state.from_widget,
            args=("place",),
        )
        st.html(tag("button", text("policy.print", language), type="button", class_="geo-copy", data_fold="print"))
        make = partial(_csv, atlas, statuses, place)
        download("CSV", make, f"{atlas.meta['atlas_id']}_promises.csv", "promises_csv")


def _csv(atlas: Atlas, statuses: tuple[str, ...], place: str) -> bytes:
    """Write the listed rows as CSV; the session keeps the request, not the rows."""
    rows = promise_rows(atlas, promises(atlas, statuses, _here(atlas, place)))
    return csv_bytes(PROMISE_COLUMNS, ([row[name] for name in PROMISE_COLUMNS] for row in rows))


__all__ = ["ORDER", "PATH", "TITLE", "render"]
