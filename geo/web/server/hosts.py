"""The host names that the server accepts, so that a web page elsewhere cannot open a session in a visitor's browser.

With DNS rebinding a malicious page lets its own name resolve to this computer, and then has the same origin as the
app. Its requests still carry its name in the Host header, so a Host that is not on the list is refused, for websockets
too. The list has ``localhost``, ``127.0.0.1`` and ``[::1]``, the address on which the connection arrived, and the
names in `ENVIRONMENT`, which `geo app --host` sets.
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
from geo.base.told import told
from geo.errors import UsageError

__all__ = ["ENVIRONMENT", "AllowedHosts", "allowed_hosts", "named_hosts", "refuse"]

#: Environment variable with additional names, separated by commas.
ENVIRONMENT = "GEO_HOSTS"

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_LONGEST = 300  # a name has at most 253 letters
_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?)\.?(?::\d{1,5})?", re.IGNORECASE)


@lru_cache(maxsize=64)
def _name(host: str) -> str | None:
    """Return the name in a Host header in normal form, without port; None if it is malformed."""
    found = _HOST.fullmatch(host) if len(host) < _LONGEST else None
    return _spelled(found["name"].strip("[]").lower()) if found else None


def _spelled(name: str) -> str:
    with suppress(ValueError):
        address = ipaddress.ip_address(name)
        return str(getattr(address, "ipv4_mapped", None) or address)
    return name


def named_hosts(names: Iterable[str]) -> list[str]:
    """Return names and addresses as browsers send them; ``中文.example`` in its ASCII form.

    Raises
    ------
    UsageError
        If one of them is not just a name: it has a scheme, a port, a path or a star.
    """
    found = []
    for given in names:
        ascii_name = given.strip()
        with suppress(UnicodeError):
            ascii_name = ascii_name if ascii_name.isascii() else ascii_name.encode("idna").decode()
        bare = f"[{ascii_name}]" if ascii_name.count(":") > 1 and "[" not in ascii_name else ascii_name
        name = _name(bare)
        if name is None or re.search(r":\d+$", bare):
            raise told(UsageError, "wrong.host", given=given)
        found.append(name)
    return found


def allowed_hosts() -> frozenset[str]:
    """Return the local names and those in the environment; raises as `named_hosts`."""
    given = os.environ.get(ENVIRONMENT, "").split(",")
    return _LOOPBACK.union(named_hosts(name for name in given if name.strip()))


class AllowedHosts:
    """Refuse requests and websockets whose Host is not allowed: 421, or 400 if it is missing or malformed.

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
    """Return the local address on which a connection arrived; no host name can make a browser send that as Host."""
    server = scope.get("server")
    name = _spelled(str(server[0])) if server and server[0] else ""
    with suppress(ValueError):
        ipaddress.ip_address(name)
        return name
    return None


async def refuse(scope: Scope, receive: Receive, send: Send, status: int, message: str, **values: object) -> None:
    """Answer a request, or a websocket handshake, with a plain text in every language."""
    words = "\n".join(text(message, language, **values) for language in LANGUAGES)
    if scope["type"] == "http" or "websocket.http.response" in scope.get("extensions", {}):
        await PlainTextResponse(f"{words}\n", status, {"Cache-Control": "no-store"})(scope, receive, send)
    else:
        await send({"type": "websocket.close", "code": 1008})
