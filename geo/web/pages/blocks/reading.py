"""Read a user's file while the page shows its place in the queue; leaving the page cancels the reading."""

from __future__ import annotations

from typing import Any, BinaryIO

from geo.analysis.user_data.user_table import UserTable, read_user_table
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.errors import GeoError
from geo.web.parts.telling import Telling, visitor
from geo.web.server.readers import turns

__all__ = ["read"]


def read(source: BinaryIO, name: str, atlas: Atlas, language: str, **options: Any) -> UserTable:
    """Read a file with `geo.analysis.user_data.user_table.read_user_table` when its turn comes.

    Raises
    ------
    DataError, UsageError
        As `read_user_table`; also if too many files are waiting.
    """
    telling = Telling()

    def wait(before: int) -> None:
        telling.say(text("data.queue.place", language, count=before))

    def reading() -> None:
        telling.say(text("data.reading", language))

    try:
        with turns.take(visitor(), wait):
            user = read_user_table(source, name, atlas, watch=reading, **options)
    except GeoError:
        telling.end()
        raise
    telling.end()
    return user
