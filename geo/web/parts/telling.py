"""What a long run says of itself while it runs; leaving the page ends it."""

from __future__ import annotations

import time

import streamlit as st

from geo.render.markup import tag
from geo.web.server.streamlit_internals import session_id

__all__ = ["Telling", "visitor"]

_TELL_S = 0.5


class Telling:
    """Says in one place of the page how far it is.

    Streamlit ends a run whose page has closed, or starts it anew, when the run next writes something: so it does so
    twice a second.
    """

    def __init__(self) -> None:
        self._place, self._said = st.empty(), ("", 0.0)

    def say(self, said: str) -> None:
        """Say something in place of what was said before."""
        if said != self._said[0] or time.monotonic() - self._said[1] > _TELL_S:
            self._said = said, time.monotonic()
            self._place.html(tag("div", said, class_="geo-note", role="status"))

    def end(self) -> None:
        """Say nothing more."""
        self._place.empty()


def visitor() -> str:
    """Return whose turn it is: the visitor's address, where it is known, else the session."""
    return str(st.context.ip_address or session_id())
