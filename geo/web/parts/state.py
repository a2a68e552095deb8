"""One `Selection` for every page: in the session, mirrored in the URL, and shown by the widgets.

The selection is the only truth. A widget's callback changes it (`update`), which writes the URL; a URL that the user
opened, edited or went back to is read, checked and becomes the selection; widgets are set from it before they
are drawn.
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

#: Field of `Selection` → key of the widget that shows it.
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
    """Start a run of a page: read the URL if it is news, set the widgets, return the state.

    Parameters
    ----------
    atlas : Atlas
        Says which ids are allowed.
    page : str
        Path of the page; moving to another page keeps the state though Streamlit empties the URL.

    Returns
    -------
    Selection
    list of QueryProblem
        What in the URL was ignored; empty when the URL is not news.
    """
    url = _url()
    problems: list[QueryProblem] = []
    moved = st.session_state.get(_PAGE) not in (None, page)
    st.session_state[_BARE] = moved and not url
    if _SELECTION not in st.session_state or (url != st.session_state.get(_URL) and (url or not moved)):
        selection, problems = Selection.from_query(url, _allowed(atlas))
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
    """Make the widgets show a selection; call before they are drawn.

    In another language they are all told anew: the browser answers with labels, and would go on with the old ones. So
    they are on another page (`anew`): its widgets are others of the same key, and would start without a value.
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
    """Change the selection and write it to the URL; a map position that came with a link has done its work."""
    selection = current().replace(view=None, **changes)
    st.session_state[_SELECTION] = selection
    _write(selection)


def change(**changes: Any) -> None:
    """Change the selection from a button's callback and make the widgets follow."""
    update(**changes)
    sync(current())


def from_widget(field: str) -> None:
    """Take over the value of the widget of a field: the callback of every such widget.

    A value that is none of the field's changes nothing: a browser can send any, a label of before the language changed
    among them.
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
    """Return a page's own parameter of the URL, "" where there is none; call after `begin`, then check the value.

    A page that is come back to by the menu, which empties the URL, finds its parameters as it left them.
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
    """Return what a parameter of another page was when that page was left, "" where it was not set."""
    values: dict[str, str] = st.session_state.get(_KEPT, {})
    return values.get(name, "")


def set_parameters(**values: str) -> None:
    """Write a page's own parameters to the URL and keep them for the session; "" takes one away."""
    st.session_state.setdefault(_KEPT, {}).update(values)
    url = {name: st.query_params.get_all(name) for name in st.query_params} | {k: [v] for k, v in values.items()}
    # At once: every write to the query is a step for the browser's back button.
    st.query_params.from_dict({name: value for name, value in url.items() if value != [""]})
    st.session_state[_URL] = _url()


def _write(selection: Selection) -> None:
    others = {
        name: st.query_params.get_all(name) for name in st.query_params if name not in _OF_SELECTION
    }  # a page's own parameters
    st.query_params.from_dict({**others, **selection.to_query()})
    st.session_state[_URL] = _url()


def language() -> str:
    """Return the language before `begin` ran: the session's, else the URL's, else the default."""
    if _SELECTION in st.session_state:
        return current().language
    return Selection.from_query({"lang": st.query_params.get("lang", "")})[0].language
