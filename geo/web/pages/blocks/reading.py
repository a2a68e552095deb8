"""Read a user's file while the page shows its place in the queue; leaving the page ends the reading."""

from __future__ import annotations

import time
from typing import Any, BinaryIO

import streamlit as st

from geo.analysis.user_table import UserTable, read_user_table
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.errors import GeoError
from geo.render.markup import tag
from geo.web.server.readers import turns
from geo.web.server.streamlit_internals import session_id

__all__ = ["read"]

_TELL_S = 0.5


class _Telling:
    """Says in one place of the page how far it is.

    Streamlit ends a run whose page has closed, or starts it anew, when the run next writes something: so it does so
    twice a second.
    """

    def __init__(self, language: str) -> None:
        self._language, self._place, self._said = language, st.empty(), ("", 0.0)

    def wait(self, before: int) -> None:
        """Say how many files come before."""
        self._say(text("data.queue.place", self._language, count=before))

    def read(self) -> None:
        """Say that the file is being read."""
        self._say(text("data.reading", self._language))

    def _say(self, said: str) -> None:
        if said != self._said[0] or time.monotonic() - self._said[1] > _TELL_S:
            self._said = said, time.monotonic()
            self._place.html(tag("div", said, class_="geo-note", role="status"))

    def end(self) -> None:
        """Say nothing more."""
        self._place.empty()


def read(source: BinaryIO, name: str, atlas: Atlas, language: str, **options: Any) -> UserTable:
    """Read a file as `geo.analysis.user_table.read_user_table` does, when its turn comes.

    Raises
    ------
    DataError, UsageError
        As `read_user_table`; also if too many files wait.
    """
    telling = _Telling(language)
    try:
        with turns.take(_owner(), telling.wait):
            user = read_user_table(source, name, atlas, watch=telling.read, **options)
    except GeoError:
        telling.end()
        raise
    telling.end()
    return user


def _owner() -> str:
    """Return whose file it is: the visitor's address, where it is known, else the session."""
    return str(st.context.ip_address or session_id())
