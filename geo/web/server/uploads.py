"""Limits on uploaded files in memory: per session, in total, and how long an unused file is kept.

Streamlit keeps an uploaded file in memory as long as its session lives, whether or not a page uses it, and accepts any
number of files. Here a file that would exceed the limit of its session, or the total limit, is refused before it is
read; and a file that no run of a page requests within `UNUSED_S` seconds is dropped.
"""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import streamlit as st
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geo.web.server.hosts import refuse
from geo.web.server.paths import inner
from geo.web.server.streamlit_internals import UPLOADS, UploadManager

__all__ = ["FILES_IN_ALL", "FILES_OF_ONE", "STALL_S", "UNUSED_S", "Account", "UploadStore", "Uploads", "account"]

#: Seconds that an uploaded file waits to be requested by a page.
UNUSED_S = 120.0
#: Seconds within which more of a file must arrive.
STALL_S = 60.0
#: Limits per session and in total, in files of the largest allowed size.
FILES_OF_ONE, FILES_IN_ALL = 2, 5

_PUT = re.compile(rf"{UPLOADS}/(?P<session>[^/]+)/[^/]+")


class Account:
    """Sizes of uploaded files, stored and arriving, in bytes.

    Parameters
    ----------
    clock : callable, optional
        Returns seconds; replaced in tests.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        #: (session, file) → size, and the time since which it waits to be requested; None once requested.
        self._held: dict[tuple[str, str], tuple[int, float | None]] = {}
        self._coming: list[tuple[str, int]] = []

    def _sizes(self) -> Iterator[tuple[str, int]]:
        yield from self._coming
        yield from ((session, size) for (session, _), (size, _) in self._held.items())

    @contextmanager
    def coming(self, session: str, size: int, largest: int) -> Iterator[str]:
        """Reserve space for an arriving file; yield "", or the id of the message that says why there is no space."""
        with self._lock:
            own = sum(one for whose, one in self._sizes() if whose == session)
            if own + size > FILES_OF_ONE * largest:
                refused = "server.upload.one"
            elif sum(one for _, one in self._sizes()) + size > FILES_IN_ALL * largest:
                refused = "server.upload.all"
            else:
                refused = ""
                self._coming.append((session, size))
        try:
            yield refused
        finally:
            if not refused:
                with self._lock:
                    self._coming.remove((session, size))

    def hold(self, session: str, file: str, size: int) -> None:
        """Record a stored file that waits to be requested."""
        with self._lock:
            self._held[session, file] = size, self._clock()

    def used(self, session: str, files: Sequence[str]) -> None:
        """Record that a page requested files."""
        with self._lock:
            for file in files:
                if held := self._held.get((session, file)):
                    self._held[session, file] = held[0], None

    def let_go(self, session: str, file: str | None = None) -> None:
        """Forget a file, or all files of a session."""
        with self._lock:
            for key in [key for key in self._held if key[0] == session and file in (None, key[1])]:
                del self._held[key]

    def unused(self) -> list[tuple[str, str]]:
        """Return (session, file) of files that waited too long."""
        latest = self._clock() - UNUSED_S
        with self._lock:
            return [key for key, (_, since) in self._held.items() if since is not None and since <= latest]


#: The account of this process.
account = Account()


class UploadStore(UploadManager):
    """Streamlit's store of uploaded files, with an `Account`."""

    def add_file(self, session_id: str, file: Any) -> None:
        """Store a file."""
        super().add_file(session_id, file)
        account.hold(session_id, file.file_id, len(file.data))

    def get_files(self, session_id: str, file_ids: Sequence[str]) -> list[Any]:
        """Return the files of a session that a page requests."""
        account.used(session_id, file_ids)
        return super().get_files(session_id, file_ids)

    def remove_file(self, session_id: str, file_id: str) -> None:
        """Drop a file."""
        super().remove_file(session_id, file_id)
        account.let_go(session_id, file_id)

    def remove_session_files(self, session_id: str) -> None:
        """Drop all files of a session."""
        super().remove_session_files(session_id)
        account.let_go(session_id)

    def drop_unused(self) -> int:
        """Drop files that no page requested in time; return their number."""
        unused = account.unused()
        for session_id, file_id in unused:
            self.remove_file(session_id, file_id)
        return len(unused)


class Uploads:
    """Refuse an upload: 413 or 503 without space, 411 without a stated size, 408 if it stalls."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; an upload only if there is space for it."""
        put = scope["type"] == "http" and scope["method"] == "PUT" and _PUT.fullmatch(inner(scope["path"]))
        if not put:
            await self.app(scope, receive, send)
            return
        length = Headers(scope=scope).get("content-length", "")
        if not length.isdecimal():
            await refuse(scope, receive, send, 411, "server.upload.length")
            return
        largest = int(st.get_option("server.maxUploadSize")) << 20
        with account.coming(put["session"], int(length), largest) as refused:
            if refused:
                await refuse(scope, receive, send, 413 if refused.endswith("one") else 503, refused)
            else:
                await self._take(scope, receive, send)

    async def _take(self, scope: Scope, receive: Receive, send: Send) -> None:
        stalled = False

        async def receive_in_time() -> Message:
            nonlocal stalled
            try:
                return await asyncio.wait_for(receive(), STALL_S)
            except TimeoutError:
                stalled = True
                return {"type": "http.disconnect"}

        try:
            await self.app(scope, receive_in_time, send)
        except ClientDisconnect:
            if not stalled:
                raise
            await refuse(scope, receive, send, 408, "server.upload.slow")
