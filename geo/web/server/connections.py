"""How many connections and sessions at once, and how long one may take to ask, or to read what it asked for.

A connection costs a file, and a process has only so many: who opens a thousand and says nothing would lock all others
out. So there is a bound in all and one for each address. At the bound the connection that has waited longest without a
request makes room; only where all are busy is the new one turned away. Proxies that uvicorn trusts
(``FORWARDED_ALLOW_IPS``) and this computer itself speak for many and are bounded in all only.

`Http` and `Websocket` are uvicorn's protocols with these bounds. Streamlit's server is given them by
`geo.web.server.streamlit_internals`; uvicorn itself takes their names: ``--http geo.web.server.connections:Http
--ws geo.web.server.connections:Websocket --backlog 128``.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.auto import AutoHTTPProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from geo.web.server.hosts import refuse

__all__ = ["ASK_S", "QUEUE", "READ_S", "Bounds", "Gate", "Http", "Sessions", "Websocket", "bounds", "file_limit"]

#: Seconds for the head of a request, from the opening of a connection or the first byte after an answer.
ASK_S = 15.0
#: Seconds in which a client must take something of what is sent to it.
READ_S = 60.0
#: Connections that may wait to be taken in; all of them are taken in at once, so they are few.
QUEUE = 128

_FILES = 65_536  # as many as are asked for; a thousand connections need a part of it
_OTHER_FILES = 256  # layers, libraries, scratch files, pipes to readers
_KEPT = 128  # closed sessions that Streamlit keeps
_FILES_OF_A_SESSION = 3  # its event loop
_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True)
class Bounds:
    """How many at once: connections in all and of one address, sessions in all and of one address."""

    connections: int
    connections_of_one: int
    sessions: int
    sessions_of_one: int


def bounds(files: int) -> Bounds:
    """Return what a process that may have so many files open can bear.

    Examples
    --------
    >>> bounds(65536)
    Bounds(connections=1000, connections_of_one=250, sessions=300, sessions_of_one=100)
    >>> bounds(1024)
    Bounds(connections=192, connections_of_one=48, sessions=64, sessions_of_one=21)
    """
    spare = max(0, files - _OTHER_FILES)
    connections = min(1000, max(32, spare // 4))
    sessions = min(300, max(8, (spare - connections) // _FILES_OF_A_SESSION - _KEPT))
    return Bounds(connections, max(16, connections // 4), sessions, max(8, sessions // 3))


def file_limit() -> int:
    """Raise the number of files that this process may open as far as it goes, to 65,536 at most, and return it."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = _FILES if hard == resource.RLIM_INFINITY else min(hard, _FILES)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted if soft == resource.RLIM_INFINITY else max(soft, wanted)
    return 1024  # where there is no such limit (Windows), asyncio itself waits for 512


class Gate:
    """Count connections; at a bound, close the one that has waited longest for a request.

    Parameters
    ----------
    in_all, of_one : int
        Bounds of all connections, and of those from one address.
    """

    def __init__(self, in_all: int, of_one: int) -> None:
        self.in_all, self.of_one = in_all, of_one
        self._open: dict[asyncio.Transport, str] = {}
        self._waiting: dict[asyncio.Transport, None] = {}
        self._of: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._open)

    def enter(self, transport: asyncio.Transport, address: str) -> bool:
        """Let a connection in, as one that waits; False if all others are busy. Addresses "" have no bound of one."""
        if address and self._of[address] >= self.of_one and not self._make_room(address):
            return False
        if len(self._open) >= self.in_all and not self._make_room():
            return False
        self._open[transport] = address
        self._of[address] += 1
        self._waiting[transport] = None
        return True

    def _make_room(self, address: str | None = None) -> bool:
        for transport in self._waiting:
            if address is None or self._open[transport] == address:
                self.leave(transport)
                transport.abort()
                return True
        return False

    def waits(self, transport: asyncio.Transport) -> None:
        """Say that a connection has no request, from now on."""
        if transport in self._open and transport not in self._waiting:
            self._waiting[transport] = None

    def is_busy(self, transport: asyncio.Transport) -> None:
        """Say that a request of a connection is being answered, or that it is a websocket."""
        self._waiting.pop(transport, None)

    def leave(self, transport: asyncio.Transport) -> None:
        """Forget a connection that is closed."""
        self._waiting.pop(transport, None)
        address = self._open.pop(transport, None)
        if address is not None:
            self._of[address] -= 1
            if not self._of[address]:
                del self._of[address]


@lru_cache(maxsize=1)
def _gate() -> Gate:
    found = bounds(file_limit())
    return Gate(found.connections, found.connections_of_one)


@lru_cache(maxsize=8)
def _networks(proxies: tuple[str, ...]) -> tuple[Any, ...]:
    found = []
    for one in proxies:
        with suppress(ValueError):
            found.append(ipaddress.ip_network(one.strip(), strict=False))
    return tuple(found)


def _speaks_for_many(address: str, proxies: Iterable[str]) -> bool:
    """Return whether an address is this computer, a proxy that is trusted, or no address at all."""
    proxies = tuple(proxies)
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return True
    return found.is_loopback or "*" in proxies or any(found in network for network in _networks(proxies))


class _Timed:
    """A protocol whose client is waited for, a while."""

    transport: asyncio.Transport
    loop: asyncio.AbstractEventLoop
    _reading: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        """Wait until the client has taken something, not for ever."""
        super().pause_writing()  # type: ignore[misc]
        self._reading = self._reading or self.loop.call_later(READ_S, self.transport.abort)

    def resume_writing(self) -> None:
        """Wait no longer."""
        super().resume_writing()  # type: ignore[misc]
        self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of the connection."""
        super().connection_lost(exc)  # type: ignore[misc]
        self._stop_waiting()
        _gate().leave(self.transport)

    def _stop_waiting(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None


class Http(_Timed, AutoHTTPProtocol):  # type: ignore[valid-type,misc]
    """uvicorn's HTTP, bounded."""

    _asking: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let the connection in, or turn it away."""
        super().connection_made(transport)
        address = str(self.client[0]) if self.client else ""
        given = self.config.forwarded_allow_ips
        many = _speaks_for_many(address, given.split(",") if isinstance(given, str) else given)
        if _gate().enter(self.transport, "" if many else address):
            self._wait_for_request()
        else:
            self.transport.write(_BUSY)
            self.transport.close()

    def data_received(self, data: bytes) -> None:
        """Read on; a request that is whole is waited for no longer."""
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of the connection."""
        super().connection_lost(exc)
        self._have_request()

    def _look(self) -> None:
        upgraded = self.transport.get_protocol() is not self
        if upgraded or (self.cycle is not None and not self.cycle.response_complete):
            self._have_request()
            _gate().is_busy(self.transport)
        elif not self.transport.is_closing():
            _gate().waits(self.transport)
            self._wait_for_request()

    def _wait_for_request(self) -> None:
        # Not anew with each byte: a head that comes in drops is no better than none.
        self._asking = self._asking or self.loop.call_later(ASK_S, self.transport.abort)

    def _have_request(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None


class Websocket(_Timed, WebSocketsSansIOProtocol):
    """uvicorn's websocket, whose client must read."""


class Sessions:
    """Turn websockets away beyond the bounds: 503, in both languages.

    Parameters
    ----------
    app : ASGI application
    in_all, of_one : int
        How many may be open, and how many of one client.
    """

    def __init__(self, app: ASGIApp, in_all: int, of_one: int) -> None:
        self.app = app
        self.in_all, self.of_one = in_all, of_one
        self._of: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; count a websocket for as long as it is open."""
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        client = str(scope["client"][0]) if scope.get("client") else ""
        many = _speaks_for_many(client, ())
        if self._of.total() >= self.in_all or (not many and self._of[client] >= self.of_one):
            await refuse(scope, receive, send, 503, "server.full")
            return
        self._of[client] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._of[client] -= 1
            if not self._of[client]:
                del self._of[client]
