"""Free memory while the app runs: closed sessions, old downloads and uploads, garbage collection.

Streamlit does so only when another page closes, so in a quiet night the last tables of the day would stay in memory.
It also collects garbage after every run, which takes most of the server's time with many sessions; ``config.toml``
turns that off, and it is done here instead.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import anyio.to_thread
import pyarrow as pa

from geo.web.server import streamlit_internals
from geo.web.server.logs import spare

__all__ = ["EVERY_S", "lifespan", "sweep"]

#: Seconds between two sweeps.
EVERY_S = 30.0


async def sweep(app: Any) -> int:
    """Drop closed sessions, downloads without a session, and uploads that no page has requested.

    Parameters
    ----------
    app : streamlit.App
        The running app; call this in its event loop.

    Returns
    -------
    int
        Number of closed sessions still kept, -1 if unknown.
    """
    spare()  # loggers of modules that were imported late
    with suppress(AttributeError):  # another version of Streamlit does not use our store
        streamlit_internals.uploads_of(app).drop_unused()
    streamlit_internals.drop_downloads(app)
    kept = streamlit_internals.drop_sessions(app)
    await anyio.to_thread.run_sync(_give_back)
    return kept


def _give_back() -> None:
    """Return free memory to the operating system, which the process would otherwise keep after a large table."""
    gc.collect()
    pa.default_memory_pool().release_unused()
    with suppress(OSError, TypeError, AttributeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[dict[str, Any]]:
    """Sweep every `EVERY_S` seconds while the app runs; for ``st.App(lifespan=…)``."""
    spare()
    streamlit_internals.note_downloads(streamlit_internals.downloads_of(app))

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
