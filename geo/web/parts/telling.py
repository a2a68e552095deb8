"""Progress of a long run, shown on the page; leaving the page ends the run."""

from __future__ import annotations

import time

import streamlit as st

from geo.render.markup import tag
from geo.web.server.streamlit_internals import session_id

__all__ = ["Telling", "visitor"]

_TELL_S = 0.5


class Telling:
    """A line on the page that shows the progress.

    Streamlit checks only when a run writes something whether its page was closed or must rerun; so the line is written
    twice a second.
    """

    def __init__(self) -> None:
        self._place, self._said = st.empty(), ("", 0.0)

    def say(self, said: str) -> None:
        """Replace the text of the line."""
        if said != self._said[0] or time.monotonic() - self._said[1] > _TELL_S:
            self._said = said, time.monotonic()
            self._place.html(tag("div", said, class_="geo-note", role="status"))

    def end(self) -> None:
        """Remove the line."""
        self._place.empty()


def visitor() -> str:
    """Return the owner of a turn in the queue: the visitor's address if known, else the session."""
    return str(st.context.ip_address or session_id())
