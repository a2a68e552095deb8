"""All that the app needs of Streamlit beyond its public face: a socket that sends at once, sessions let go in time.

Streamlit's server holds the second part of every answer back for 40 ms: it binds its socket without naming the
protocol, and asyncio turns Nagle's algorithm off only for sockets that name TCP. So the body of an answer, and each
further message of a run, waits until the browser has acknowledged what came before, which a browser puts off for 40 ms.
Connections inherit the option from the socket that they come in by.

Streamlit keeps the session of a closed page, and a user's table in it, for ``server.disconnectedSessionTTL`` seconds in
case the page comes back, but looks for those whose time is over only when another page closes: on a quiet evening the
last tables of the day would stay till morning. And it collects garbage after every run, which with many sessions takes
most of the server's time; ``config.toml`` turns that off, and it is done here.
"""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import wraps
from typing import Any

import anyio.to_thread
from streamlit.web.server.starlette import starlette_server

from geo.web.server.connections import QUEUE, Http, Websocket
from geo.web.server.logs import spare

__all__ = ["EVERY_S", "bound_connections", "lifespan", "send_at_once", "sweep"]

#: Seconds between two sweeps.
EVERY_S = 30.0

_MARK = "geo_wraps_it"


def send_at_once() -> bool:
    """Make the socket that Streamlit will bind send at once; False where this Streamlit binds it in another way."""
    bind = getattr(starlette_server, "_bind_socket", None)
    if bind is None or hasattr(bind, _MARK):
        return bind is not None

    @wraps(bind)
    def bound(*args: Any, **kwargs: Any) -> socket.socket:
        made: socket.socket = bind(*args, **kwargs)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    setattr(bound, _MARK, True)
    setattr(starlette_server, "_bind_socket", bound)  # noqa: B010 - mypy allows no assignment to a function
    return True


def bound_connections() -> bool:
    """Give the server that Streamlit will start our bounded protocols; False where this Streamlit has another.

    It takes in as many connections as may queue before it hands over the first, so the queue is short as well.
    """
    settings = getattr(starlette_server, "_get_uvicorn_config_kwargs", None)
    if settings is None or hasattr(settings, _MARK):
        return settings is not None

    @wraps(settings)
    def bounded() -> dict[str, Any]:
        return {**settings(), "http": Http, "ws": Websocket, "backlog": QUEUE}

    setattr(bounded, _MARK, True)
    setattr(starlette_server, "_get_uvicorn_config_kwargs", bounded)  # noqa: B010 - as above
    return True


async def sweep(app: Any) -> int:
    """Let go of the sessions whose time is over; return how many closed ones are still kept, -1 if that is not known.

    Parameters
    ----------
    app : streamlit.App
        Running; the event loop must be its own.
    """
    spare()  # loggers come with what is imported late
    kept = -1
    with suppress(AttributeError):  # of another version of Streamlit: then the next page that closes does it
        # Its length takes out those that are over.
        kept = len(app._runtime._session_mgr._session_storage._cache)
    await anyio.to_thread.run_sync(gc.collect)
    return kept


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[dict[str, Any]]:
    """Sweep every `EVERY_S` seconds for as long as the app runs; for ``st.App(lifespan=…)``."""
    spare()

    async def keep_house() -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            await sweep(app)

    task = asyncio.create_task(keep_house(), name="housekeeping")
    try:
        yield {}
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
