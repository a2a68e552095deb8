"""One `Selection` for all pages: held in the session, mirrored in the URL, shown by the widgets.

The selection is the single source of truth. A widget's callback changes it (`update`), which writes the URL. A URL
that the user opens, edits or goes back to is parsed, checked and becomes the selection. Before the widgets are drawn
they are set from the selection.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from geo.atlas.atlas import Atlas
from geo.atlas.selection import FILTERS, QueryProblem, Selection
from geo.render.map.basemaps import basemaps
from geo.web.server.current import current_atlas

__all__ = [
    "WIDGETS",
    "begin",
    "change",
    "current",
    "from_widget",
    "kept",
    "language",
    "parameter",
    "set_parameters",
    "sync",
    "update",
]

#: Field of `Selection` → key of its widget.
WIDGETS = {
    "kinds": "w_kind",
    "clusters": "w_cluster",
    "districts": "w_district",
    "editions": "w_edition",
    "statuses": "w_status",
    "places": "w_only",
    "texts": "w_text",
    "measure": "w_measure",
    "place": "w_place",
    "language": "w_lang",
    "basemap": "w_basemap",
}

_SELECTION = "selection"
_URL = "url_known"
_PAGE = "url_page"
_BARE = "url_bare"
_KEPT = "url_own"
_LABELLED = "labelled_in"
_BETWEEN_TEXTS = " | "
_OF_SELECTION = {*FILTERS.values(), "q", "measure", "place", "lang", "basemap", "at"}


def begin(atlas: Atlas, page: str) -> tuple[Selection, list[QueryProblem]]:
    """Start the run of a page: read the URL if it changed, set the widgets, return the state.

    Parameters
    ----------
    atlas : Atlas
        Determines which ids are valid.
    page : str
        Path of the page; on another page the state is kept, although Streamlit empties the URL.

    Returns
    -------
    Selection
    list of QueryProblem
        Parts of the URL that were ignored; empty if the URL has not changed.
    """
    url = _url()
    problems: list[QueryProblem] = []
    moved = st.session_state.get(_PAGE) not in (None, page)
    st.session_state[_BARE] = moved and not url
    if _SELECTION not in st.session_state or (url != st.session_state.get(_URL) and (url or not moved)):
        selection, problems = Selection.from_query(url, _allowed(atlas), atlas.called)
        st.session_state[_SELECTION] = selection
        st.session_state[_URL] = url
    elif url != st.session_state.get(_URL):
        _write(st.session_state[_SELECTION])
    st.session_state[_PAGE] = page
    selection = st.session_state[_SELECTION]
    sync(selection, anew=moved)
    return selection, problems


def _url() -> dict[str, list[str]]:
    return {name: st.query_params.get_all(name) for name in st.query_params}


def _allowed(atlas: Atlas) -> dict[str, tuple[str, ...]]:
    return {**atlas.allowed, "basemap": tuple(basemaps())}


def current() -> Selection:
    """Return the selection of this session."""
    selection: Selection = st.session_state[_SELECTION]
    return selection


def sync(selection: Selection, *, anew: bool = False) -> None:
    """Set the widgets to a selection; call before they are drawn.

    After a change of language all widgets are set again, because the browser answers with labels and would keep the
    old ones. On another page (`anew`) too: its widgets are new ones with the same keys and would start without a value.
    """
    relabelled = anew or st.session_state.get(_LABELLED) != selection.language
    st.session_state[_LABELLED] = selection.language
    for field, key in WIDGETS.items():
        value: Any = getattr(selection, field)
        if field == "editions":
            value = value[-1] if value else ""
        elif field == "texts":
            value = _BETWEEN_TEXTS.join(value)
        elif isinstance(value, tuple):
            value = list(value)
        if relabelled or st.session_state.get(key, _URL) != value:
            st.session_state[key] = value


def update(**changes: Any) -> None:
    """Change the selection and write it to the URL; a map position from a link is dropped, since it was applied."""
    selection = current().replace(view=None, **changes)
    st.session_state[_SELECTION] = selection
    _write(selection)


def change(**changes: Any) -> None:
    """Change the selection from a button's callback, and update the widgets."""
    update(**changes)
    sync(current())


def from_widget(field: str) -> None:
    """Apply the value of a field's widget; the callback of every such widget.

    An invalid value changes nothing: a browser can send anything, for example a label in the previous language.
    """
    value = st.session_state[WIDGETS[field]]
    if field == "editions":
        value = (value,) if value else ()
    elif field in FILTERS:
        value = tuple(value or ())
    elif field == "texts":
        value = tuple(filter(None, (one.strip() for one in (value or "")[:200].replace("｜", "|").split("|"))))
    elif value is None:
        value = current().language if field == "language" else ""
    if not Selection.from_query(current().replace(**{field: value}).to_query(), _allowed(current_atlas()))[1]:
        update(**{field: value})


def parameter(name: str) -> str:
    """Return a page parameter of the URL, "" if unset; call after `begin`, then check the value.

    When the user returns to a page by the menu, which empties the URL, its parameters are restored.
    """
    values: dict[str, str] = st.session_state.setdefault(_KEPT, {})
    if name in st.query_params:
        values[name] = ",".join(st.query_params.get_all(name))
    elif st.session_state.get(_BARE) and values.get(name):
        set_parameters(**{name: values[name]})
    else:
        values.pop(name, None)
    return values.get(name, "")


def kept(name: str) -> str:
    """Return the parameter of another page as it was when that page was left, "" if unset."""
    values: dict[str, str] = st.session_state.get(_KEPT, {})
    return values.get(name, "")


def set_parameters(**values: str) -> None:
    """Write page parameters to the URL, and keep them in the session; "" removes a parameter."""
    st.session_state.setdefault(_KEPT, {}).update(values)
    url = {name: st.query_params.get_all(name) for name in st.query_params} | {k: [v] for k, v in values.items()}
    # All at once, because each write to the query is a step of the browser's back button.
    st.query_params.from_dict({name: value for name, value in url.items() if value != [""]})
    st.session_state[_URL] = _url()


def _write(selection: Selection) -> None:
    others = {
        name: st.query_params.get_all(name) for name in st.query_params if name not in _OF_SELECTION
    }  # page parameters
    st.query_params.from_dict({**others, **selection.to_query()})
    st.session_state[_URL] = _url()


def language() -> str:
    """Return the language before `begin` ran: of the session, else of the URL, else the default."""
    if _SELECTION in st.session_state:
        return current().language
    return Selection.from_query({"lang": st.query_params.get("lang", "")})[0].language
