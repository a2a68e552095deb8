"""The selection of a measure, the same on every page: measures with most figures first, the others on request."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from geo.analysis.coverage import coverage, coverage_words, offered
from geo.analysis.values import cell
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.messages import text
from geo.contract.carried import LEAST_PLACES
from geo.web.parts import state

__all__ = ["measure_choice"]

_THIN = "thin_measures"
_KEPT = "thin_measures_kept"


def measure_choice(
    atlas: Atlas, selection: Selection, *, label: str, none: str, on_change: Callable[[], None] | None = None
) -> None:
    """Show the list of measures, and the switch that includes measures with few figures.

    Parameters
    ----------
    atlas, selection
        State; the measure in focus is always in the list.
    label, none : str
        Label of the list, and the entry for no measure.
    on_change : callable, optional
        Called on a choice; by default the choice only becomes the measure of the selection.
    """
    lang = selection.language
    st.session_state.setdefault(_THIN, st.session_state.get(_KEPT, False))
    measures = atlas.rows("measures")
    labels = {"": none}
    for one in offered(atlas, thin=st.session_state[_THIN], also=selection.measure):
        name = cell(measures[one.measure_id], f"label_{lang}")
        labels[one.measure_id] = text("measure.option", lang, label=name, counted=coverage_words(one, lang))
    if selection.measure and selection.measure not in labels:
        labels[selection.measure] = cell(measures[selection.measure], f"label_{lang}")
    st.selectbox(
        label,
        list(labels),
        format_func=labels.__getitem__,
        key=state.WIDGETS["measure"],
        on_change=on_change or _chosen,
    )
    st.toggle(
        text("measure.more", lang, count=sum(one.thin for one in coverage(atlas))),
        key=_THIN,
        on_change=_unfolded,
        help=text("measure.more.help", lang, least=LEAST_PLACES),
    )


def _chosen() -> None:
    state.from_widget("measure")


def _unfolded() -> None:
    """Keep the switch for other pages: Streamlit forgets widgets that a page does not show."""
    st.session_state[_KEPT] = st.session_state[_THIN]
