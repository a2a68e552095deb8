"""Sites that may show the app in a frame: none by default; named by `geo app --embed-for`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from geo.base.told import told
from geo.errors import UsageError

__all__ = ["EMBEDS", "ENVIRONMENT", "named_origins", "origins"]

#: Environment variable with the origins, separated by spaces.
ENVIRONMENT = "GEO_EMBED_FOR"

#: Values of ``?embed=…``: the part of a page that is shown.
EMBEDS = ("map", "chart", "table", "place")

_ORIGIN = re.compile(r"https?://(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::\d{1,5})?", re.IGNORECASE)


def named_origins(given: Iterable[str]) -> list[str]:
    """Return origins in the form in which browsers compare them: scheme, host, port.

    Raises
    ------
    UsageError
        If one of them is not an origin: it has a path or a star, or no scheme.
    """
    found = []
    for one in given:
        bare = one.strip().removesuffix("/")
        scheme, _, host = bare.partition("://")
        if not bare.isascii():
            bare = f"{scheme}://{host.encode('idna').decode()}"
        if not _ORIGIN.fullmatch(bare):
            raise told(UsageError, "wrong.origin", given=one)
        found.append(bare.lower())
    return list(dict.fromkeys(found))


def origins() -> tuple[str, ...]:
    """Return the origins that may show the app in a frame; raise `UsageError` if `ENVIRONMENT` is invalid."""
    return tuple(named_origins(os.environ.get(ENVIRONMENT, "").split()))
