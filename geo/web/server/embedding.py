"""Which pages elsewhere may show the app in a frame: none, but those that `geo app --embed-for` names."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from geo.errors import UsageError

__all__ = ["EMBEDS", "ENVIRONMENT", "named_origins", "origins"]

#: Environment variable with the origins, separated by blanks.
ENVIRONMENT = "GEO_EMBED_FOR"

#: What ``?embed=…`` shows of a page.
EMBEDS = ("map", "chart", "table", "place")

_ORIGIN = re.compile(r"https?://(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::\d{1,5})?", re.IGNORECASE)


def named_origins(given: Iterable[str]) -> list[str]:
    """Return origins as browsers compare them: scheme, host, port.

    Raises
    ------
    UsageError
        If one is more, or less, than an origin: with a path, a star, or without a scheme.
    """
    found = []
    for one in given:
        bare = one.strip().removesuffix("/")
        scheme, _, host = bare.partition("://")
        if not bare.isascii():
            bare = f"{scheme}://{host.encode('idna').decode()}"
        if not _ORIGIN.fullmatch(bare):
            raise UsageError(
                f"{one!r} is no origin: give scheme and host, and no path, such as https://news.example.org"
            )
        found.append(bare.lower())
    return list(dict.fromkeys(found))


def origins() -> tuple[str, ...]:
    """Return the origins that may show the app in a frame; raise `UsageError` where `ENVIRONMENT` cannot be."""
    return tuple(named_origins(os.environ.get(ENVIRONMENT, "").split()))
