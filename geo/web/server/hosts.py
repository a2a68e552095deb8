"""Which names the server answers to, so that no page elsewhere can make a visitor's browser open a session here.

A page of a stranger can let its own name lead to this computer (DNS rebinding) and would then be of the same origin as
the app. Its requests still carry its name as their Host, so a name that is not on the list is refused, on websockets
too. On the list are ``localhost``, ``127.0.0.1`` and ``[::1]``, the address that a connection came in by, and what
`ENVIRONMENT` names, which `geo app --host` sets.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from geo.base.messages import LANGUAGES, text
from geo.errors import UsageError

__all__ = ["ENVIRONMENT", "AllowedHosts", "allowed_hosts", "named_hosts", "refuse"]

#: Environment variable with further names, separated by commas.
ENVIRONMENT = "GEO_HOSTS"

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_LONGEST = 300  # a name has 253 letters at most
_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?)\.?(?::\d{1,5})?", re.IGNORECASE)


@lru_cache(maxsize=64)
def _name(host: str) -> str | None:
    """Return the name in a Host header in one spelling, without its port; None where it is not well formed."""
    found = _HOST.fullmatch(host) if len(host) < _LONGEST else None
    return _spelled(found["name"].strip("[]").lower()) if found else None


def _spelled(name: str) -> str:
    with suppress(ValueError):
        address = ipaddress.ip_address(name)
        return str(getattr(address, "ipv4_mapped", None) or address)
    return name


def named_hosts(names: Iterable[str]) -> list[str]:
    """Return names and addresses as browsers send them; those of ``中文.example`` in their ASCII form.

    Raises
    ------
    UsageError
        If one is more, or less, than a name: with a scheme, a port, a path or a star.
    """
    found = []
    for given in names:
        ascii_name = given.strip()
        with suppress(UnicodeError):
            ascii_name = ascii_name if ascii_name.isascii() else ascii_name.encode("idna").decode()
        bare = f"[{ascii_name}]" if ascii_name.count(":") > 1 and "[" not in ascii_name else ascii_name
        name = _name(bare)
        if name is None or re.search(r":\d+$", bare):
            raise UsageError(
                f"host is {given!r}: give the name or address alone, such as map.example.org or 192.168.1.20,"
                " without http://, port or path; once for each name"
            )
        found.append(name)
    return found


def allowed_hosts() -> frozenset[str]:
    """Return the names of this computer to itself and those of the environment; raise as `named_hosts`."""
    given = os.environ.get(ENVIRONMENT, "").split(",")
    return _LOOPBACK.union(named_hosts(name for name in given if name.strip()))


class AllowedHosts:
    """Refuse requests and websockets whose Host is not on the list: 421, or 400 where it is missing or no name.

    Parameters
    ----------
    app : ASGI application
    names : frozenset of str
        As `allowed_hosts` returns them.
    """

    def __init__(self, app: ASGIApp, names: frozenset[str]) -> None:
        self.app = app
        self.names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on if its Host is allowed."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        given = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        name = _name(given[0]) if len(given) == 1 else None
        if name is None:
            await refuse(scope, receive, send, 400, "server.host.none")
        elif name in self.names or name == _came_in_by(scope):
            await self.app(scope, receive, send)
        else:
            await refuse(scope, receive, send, 421, "server.host.refused", host=name)


def _came_in_by(scope: Scope) -> str | None:
    """Return the address of this computer that a connection was made to; no name can lead a browser to claim it."""
    server = scope.get("server")
    name = _spelled(str(server[0])) if server and server[0] else ""
    with suppress(ValueError):
        ipaddress.ip_address(name)
        return name
    return None


async def refuse(scope: Scope, receive: Receive, send: Send, status: int, message: str, **values: object) -> None:
    """Answer a request, or a websocket that wants to open, with a plain text in every language."""
    words = "\n".join(text(message, language, **values) for language in LANGUAGES)
    if scope["type"] == "http" or "websocket.http.response" in scope.get("extensions", {}):
        await PlainTextResponse(f"{words}\n", status, {"Cache-Control": "no-store"})(scope, receive, send)
    else:
        await send({"type": "websocket.close", "code": 1008})
