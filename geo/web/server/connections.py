"""Limits on connections and sessions, and on how long a client may take to send a request or read the answer.

Each connection uses a file descriptor, of which a process has a limited number: a client that opens a thousand idle
connections would lock out everyone. So there is a limit in total and one per address. At the limit, the connection
that has been idle longest is closed; a new one is refused only if all are busy. Proxies that uvicorn trusts
(``FORWARDED_ALLOW_IPS``) and this computer carry many clients, so for them only the total limit applies.

`Http` and `Websocket` are uvicorn's protocols with these limits. `geo.web.server.streamlit_internals` passes them to
Streamlit's server; uvicorn takes them by name: ``--http geo.web.server.connections:Http
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

#: Seconds for the head of a request, from the opening of the connection or the first byte after an answer.
ASK_S = 15.0
#: Seconds within which a client must read some of what is sent to it.
READ_S = 60.0
#: Length of the listen queue; small, because all queued connections are accepted at once.
QUEUE = 128

_FILES = 65_536  # as many as are requested; a thousand connections need a part of it
_OTHER_FILES = 256  # layers, libraries, scratch files, pipes to readers
_KEPT = 128  # closed sessions that Streamlit keeps
_FILES_OF_A_SESSION = 3  # its event loop
_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True)
class Bounds:
    """Limits: connections in total and per address, sessions in total and per address."""

    connections: int
    connections_of_one: int
    sessions: int
    sessions_of_one: int


def bounds(files: int) -> Bounds:
    """Return the limits for a process that may open `files` file descriptors.

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
    """Raise this process' limit of open files as far as possible, at most to 65,536, and return it."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = _FILES if hard == resource.RLIM_INFINITY else min(hard, _FILES)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted if soft == resource.RLIM_INFINITY else max(soft, wanted)
    return 1024  # without such a limit (Windows), asyncio itself waits for at most 512


class Gate:
    """Counts connections; at a limit it closes the connection that has been idle longest.

    Parameters
    ----------
    in_all, of_one : int
        Limit in total, and limit per address.
    """

    def __init__(self, in_all: int, of_one: int) -> None:
        self.in_all, self.of_one = in_all, of_one
        self._open: dict[asyncio.Transport, str] = {}
        self._waiting: dict[asyncio.Transport, None] = {}
        self._of: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._open)

    def enter(self, transport: asyncio.Transport, address: str) -> bool:
        """Admit a connection as idle; return False if all others are busy. The address "" has no limit of its own."""
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
        """Mark a connection as idle from now on."""
        if transport in self._open and transport not in self._waiting:
            self._waiting[transport] = None

    def is_busy(self, transport: asyncio.Transport) -> None:
        """Mark a connection as busy: a request is being answered, or it is a websocket."""
        self._waiting.pop(transport, None)

    def leave(self, transport: asyncio.Transport) -> None:
        """Forget a closed connection."""
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
    """Return whether an address is this computer, a trusted proxy, or empty."""
    proxies = tuple(proxies)
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return True
    return found.is_loopback or "*" in proxies or any(found in network for network in _networks(proxies))


class _Timed:
    """A protocol that waits only a limited time for its client."""

    transport: asyncio.Transport
    loop: asyncio.AbstractEventLoop
    _reading: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        """Start the timeout for a client that does not read."""
        super().pause_writing()  # type: ignore[misc]
        self._reading = self._reading or self.loop.call_later(READ_S, self.transport.abort)

    def resume_writing(self) -> None:
        """Cancel the timeout."""
        super().resume_writing()  # type: ignore[misc]
        self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        super().connection_lost(exc)  # type: ignore[misc]
        self._stop_waiting()
        _gate().leave(self.transport)

    def _stop_waiting(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None


class Http(_Timed, AutoHTTPProtocol):  # type: ignore[valid-type,misc]
    """uvicorn's HTTP protocol, with limits."""

    _asking: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Admit the connection, or refuse it."""
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
        """Process data; a complete request ends the timeout."""
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
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
        # Not restarted for each byte: a request head sent byte by byte must not extend the time.
        self._asking = self._asking or self.loop.call_later(ASK_S, self.transport.abort)

    def _have_request(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None


class Websocket(_Timed, WebSocketsSansIOProtocol):
    """uvicorn's websocket protocol, with a timeout for clients that do not read."""


class Sessions:
    """Refuse websockets beyond the limits: 503, in both languages.

    Parameters
    ----------
    app : ASGI application
    in_all, of_one : int
        Open websockets in total, and per client.
    """

    def __init__(self, app: ASGIApp, in_all: int, of_one: int) -> None:
        self.app = app
        self.in_all, self.of_one = in_all, of_one
        self._of: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; count a websocket while it is open."""
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
