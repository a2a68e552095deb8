"""The single entry point of the API: routes a request to its reply, and caches the reply."""

from __future__ import annotations

import re
import threading
from functools import cache
from typing import Any

from geo.api import data
from geo.api.asking import Answering, Ask, RefusedError, Reply, refusal
from geo.atlas.atlas import Atlas
from geo.base.messages import LANGUAGES
from geo.errors import UsageError

__all__ = ["PREFIXES", "Kept", "answer", "kept_answer"]

#: Path prefixes that the API answers.
PREFIXES = ("/data/", "/datapackage.json", "/ogc")


@cache
def _routes() -> tuple[tuple[re.Pattern[str], Answering], ...]:
    from geo.api import charts  # imported on the first request, not at the start of the app
    from geo.api.ogc import resources

    routes = charts.ROUTES | data.ROUTES | resources.ROUTES
    return tuple((_pattern(path), answering) for path, answering in routes.items())


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"<(\w+)>", path)
    named = (rf"(?P<{part}>[^/]+?)" if number % 2 else re.escape(part) for number, part in enumerate(parts))
    return re.compile("".join(named))


class Kept:
    """Cache of replies by data set and request, limited in bytes; the least recently used reply is dropped first."""

    def __init__(self, most_bytes: int, most_of_one: int) -> None:
        self._most_bytes, self._most_of_one = most_bytes, most_of_one
        self._held: dict[Any, tuple[Reply, int]] = {}
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: Any) -> Reply | None:
        """Return a cached reply, None if there is none."""
        with self._lock:
            found = self._held.pop(key, None)
            if found is None:
                return None
            self._held[key] = found
            return found[0]

    def put(self, key: Any, reply: Reply) -> None:
        """Cache a reply unless it is too large; the size of its key counts too."""
        size = len(reply.body) + len(reply.packed) + len(repr(key))
        if size > self._most_of_one:
            return
        with self._lock:
            self._drop(key)
            self._held[key] = reply, size
            self._bytes += size
            while self._bytes > self._most_bytes:
                self._drop(next(iter(self._held)))

    def _drop(self, key: Any) -> None:
        _, size = self._held.pop(key, (None, 0))
        self._bytes -= size


_kept = Kept(most_bytes=48_000_000, most_of_one=4_000_000)


def kept_answer(atlas: Atlas, ask: Ask) -> Reply | None:
    """Return the cached reply to a request, None if it must be made."""
    return _kept.get((atlas.digest, ask))


def answer(atlas: Atlas, ask: Ask) -> Reply:
    """Return the answer to a request.

    Parameters
    ----------
    atlas : Atlas
    ask : Ask

    Returns
    -------
    Reply
        An invalid request gets a JSON reply with ``code``, ``description`` and ``description_zh``.

    Notes
    -----
    Replies are made once per data set and request and cached within 48 MB; error replies are not cached.
    """
    if (held := kept_answer(atlas, ask)) is not None:
        return held
    try:
        reply = _answered(atlas, ask)
    except RefusedError as wrong:
        return refusal(wrong)
    except UsageError as error:
        words = {language: error.in_language(language) for language in LANGUAGES}
        return refusal(RefusedError(400, "InvalidParameterValue", words))
    if reply.status == 200:
        _kept.put((atlas.digest, ask), reply)
    return reply


def _answered(atlas: Atlas, ask: Ask) -> Reply:
    for pattern, answering in _routes():
        if found := pattern.fullmatch(ask.path):
            return answering(atlas, ask, **found.groupdict())
    raise RefusedError.of("missing", given=ask.path[:80], nearest="–", where="/data/index.json")
