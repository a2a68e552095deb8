"""Let go of what closed pages held: their state, and a user's table in it.

Streamlit keeps the session of a closed page for ``server.disconnectedSessionTTL`` seconds, in case the page comes back,
but looks for those whose time is over only when another page closes: on a quiet evening the last tables of the day
would stay till morning. And it collects garbage after every run, which with many sessions takes most of the server's
time; ``config.toml`` turns that off, and it is done here.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import anyio.to_thread

__all__ = ["EVERY_S", "lifespan", "sweep"]

EVERY_S = 30.0


async def sweep(app: Any) -> int:
    """Let go of the sessions whose time is over; return how many closed ones are still kept, -1 if that is not known.

    Parameters
    ----------
    app : streamlit.App
        Running; the event loop must be its own.
    """
    kept = -1
    with suppress(AttributeError):  # of another version of Streamlit: then the next page that closes does it
        # Its length takes out those that are over.
        kept = len(app._runtime._session_mgr._session_storage._cache)
    await anyio.to_thread.run_sync(gc.collect)
    return kept


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[dict[str, Any]]:
    """Sweep every `EVERY_S` seconds for as long as the app runs; for ``st.App(lifespan=…)``."""

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
