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
import ctypes
import gc
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import wraps
from pathlib import PurePosixPath
from typing import Any

import anyio.to_thread
import pyarrow as pa
from streamlit import runtime
from streamlit.runtime import memory_uploaded_file_manager
from streamlit.web.server.starlette import starlette_server

from geo.web.server.connections import QUEUE, Http, Websocket
from geo.web.server.logs import spare
from geo.web.server.uploads import UploadStore

__all__ = [
    "EVERY_S",
    "bound_connections",
    "hold_uploads",
    "is_wanted",
    "lifespan",
    "own_downloads",
    "send_at_once",
    "sweep",
]

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


def hold_uploads() -> bool:
    """Let Streamlit hold uploaded files in our store; False where this Streamlit has none of that name."""
    there = hasattr(memory_uploaded_file_manager, "MemoryUploadedFileManager")
    if there:
        setattr(memory_uploaded_file_manager, "MemoryUploadedFileManager", UploadStore)  # noqa: B010 - as above
    return there


#: File of a download that was made when its button was pressed → sessions that pressed it.
_pressed: dict[str, set[str]] = {}


def _file_of(address: str) -> str:
    return PurePosixPath(address).stem


def own_downloads(manager: Any) -> bool:
    """Note for which session each download is made; False where this Streamlit makes them in another way.

    Parameters
    ----------
    manager : MediaFileManager
        Of the runtime. It knows the sessions of all files but of those that are made when their button is pressed.
    """
    make = getattr(manager, "execute_deferred", None)
    if make is None or not hasattr(manager, "_deferred_callables") or hasattr(make, _MARK):
        return hasattr(make, _MARK)

    @wraps(make)
    def made(file_id: str) -> str:
        entry = manager._deferred_callables.get(file_id)
        address: str = make(file_id)
        if entry is not None:
            _pressed.setdefault(_file_of(address), set()).add(entry["session_id"])
        return address

    setattr(made, _MARK, True)
    manager.execute_deferred = made
    return True


def is_wanted(address: str) -> bool:
    """Return whether a page is open that has a file under ``/media/``; True where it is not known who has it.

    That is so for a moment while a page runs, and with another version of Streamlit.
    """
    found = runtime.get_instance() if runtime.exists() else None
    file = _file_of(address)
    owners = set(_pressed.get(file, ()))
    with suppress(AttributeError):
        by_session = dict(found.media_file_mgr._files_by_session_and_coord)  # type: ignore[union-attr]
        owners |= {session for session, files in by_session.items() if file in list(files.values())}
    return found is None or not owners or any(found.is_active_session(session) for session in owners)


def _drop_downloads(manager: Any) -> None:
    """Let go of files that no session has, which Streamlit does only after a run of one."""
    manager.remove_orphaned_files()
    for file in set(_pressed) - set(manager._file_metadata):
        del _pressed[file]


async def sweep(app: Any) -> int:
    """Let go of sessions whose time is over, of downloads without one, of uploads that no page asked for.

    Parameters
    ----------
    app : streamlit.App
        Running; the event loop must be its own.

    Returns
    -------
    int
        How many closed sessions are still kept, -1 if that is not known.
    """
    spare()  # loggers come with what is imported late
    kept = -1
    with suppress(AttributeError):
        app._runtime.uploaded_file_mgr.drop_unused()
    with suppress(AttributeError):
        _drop_downloads(app._runtime.media_file_mgr)
    with suppress(AttributeError):  # of another version of Streamlit: then the next page that closes does it
        # Its length takes out those that are over.
        kept = len(app._runtime._session_mgr._session_storage._cache)
    await anyio.to_thread.run_sync(_give_back)
    return kept


def _give_back() -> None:
    """Give memory that is free back to the system: what a large table took would else stay with the process."""
    gc.collect()
    pa.default_memory_pool().release_unused()
    with suppress(OSError, TypeError, AttributeError):  # of another C library
        ctypes.CDLL(None).malloc_trim(0)


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[dict[str, Any]]:
    """Sweep every `EVERY_S` seconds for as long as the app runs; for ``st.App(lifespan=…)``."""
    spare()
    with suppress(AttributeError):
        own_downloads(app._runtime.media_file_mgr)

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
