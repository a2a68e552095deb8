"""Free what is no longer needed while the app runs: closed sessions, old downloads and uploads, garbage.

Streamlit would do so only when another page closes: on a quiet evening the last tables of the day would stay in memory
till morning. And it collects garbage after every run, which with many sessions takes most of the server's time;
``config.toml`` turns that off, and it is done here.
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
    """Drop sessions that ended, downloads that belong to none, and uploads that no page has asked for.

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
    with suppress(AttributeError):  # of another version of Streamlit, whose store is not ours
        streamlit_internals.uploads_of(app).drop_unused()
    streamlit_internals.drop_downloads(app)
    kept = streamlit_internals.drop_sessions(app)
    await anyio.to_thread.run_sync(_give_back)
    return kept


def _give_back() -> None:
    """Return free memory to the system; otherwise the process would keep what a large table needed."""
    gc.collect()
    pa.default_memory_pool().release_unused()
    with suppress(OSError, TypeError, AttributeError):  # of another C library
        ctypes.CDLL(None).malloc_trim(0)


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[dict[str, Any]]:
    """Sweep every `EVERY_S` seconds for as long as the app runs; for ``st.App(lifespan=…)``."""
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
