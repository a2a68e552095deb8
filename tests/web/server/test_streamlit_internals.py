"""What the app needs of Streamlit beyond its public face: its socket, its sessions."""

from __future__ import annotations

import asyncio
import socket
import time
import tomllib
import weakref
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import apart
import pytest
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager
from streamlit.web.server.starlette import starlette_server

from bench.serving import PATIENCE_S
from geo.web import asgi
from geo.web.server import streamlit_internals
from geo.web.server.streamlit_internals import send_at_once

ROOT = Path(__file__).parents[3]


class Held:
    """Such as a user's table; in a cycle, as sessions are."""

    def __init__(self) -> None:
        self.id = "one"
        self.me = self


def app_with(storage: MemorySessionStorage) -> Any:
    manager = WebsocketSessionManager(storage, None, None, None)  # type: ignore[arg-type]
    return SimpleNamespace(_runtime=SimpleNamespace(_session_mgr=manager))


def test_a_session_whose_time_is_over_is_let_go() -> None:
    async def closed(seconds: int) -> tuple[int, bool]:
        storage = MemorySessionStorage(ttl_seconds=seconds)
        held = Held()
        seen = weakref.ref(held)
        storage.save(SimpleNamespace(session=held))  # type: ignore[arg-type]
        del held
        return await streamlit_internals.sweep(app_with(storage)), seen() is None

    assert apart.run(closed, 0) == (0, True)
    assert apart.run(closed, 60) == (1, False)


def test_another_version_of_streamlit_is_no_harm() -> None:
    assert apart.run(streamlit_internals.sweep, SimpleNamespace()) == -1


def test_it_goes_on_while_the_app_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    swept: list[object] = []

    async def sweep(app: object) -> int:
        swept.append(app)
        return 0

    async def live() -> int:
        async with streamlit_internals.lifespan("the app"):
            end = time.monotonic() + PATIENCE_S
            while len(swept) < 3 and time.monotonic() < end:
                await asyncio.sleep(0.01)
        after = len(swept)
        await asyncio.sleep(0.05)
        return len(swept) - after

    monkeypatch.setattr(streamlit_internals, "sweep", sweep)
    monkeypatch.setattr(streamlit_internals, "EVERY_S", 0.01)
    assert apart.run(live) == 0
    assert swept[:3] == ["the app"] * 3


def test_both_ways_to_start_keep_house() -> None:
    assert asgi.app._user_lifespan is streamlit_internals.lifespan
    assert "lifespan=streamlit_internals.lifespan" in (ROOT / "app.py").read_text(encoding="utf-8")
    assert asgi.options()["runner.postScriptGC"] is False
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["runner"]["postScriptGC"] is False


def connection_sends_at_once() -> bool:
    server = starlette_server._bind_socket("127.0.0.1", 0, 5)
    server.setblocking(True)
    with server, socket.create_connection(server.getsockname(), timeout=PATIENCE_S):
        made, _ = server.accept()
        with made:
            return made.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


def test_a_connection_to_streamlit_sends_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starlette_server, "_bind_socket", vars(starlette_server._bind_socket).get(
        "__wrapped__", starlette_server._bind_socket))  # fmt: skip
    assert not connection_sends_at_once(), "Streamlit does it itself: take geo/web/server/streamlit_internals.py out"
    assert send_at_once()
    assert connection_sends_at_once()


def test_it_is_done_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starlette_server, "_bind_socket", starlette_server._bind_socket)
    send_at_once()
    first = starlette_server._bind_socket
    assert send_at_once()
    assert starlette_server._bind_socket is first


def test_another_streamlit_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(starlette_server, "_bind_socket")
    assert not send_at_once()
    assert not hasattr(starlette_server, "_bind_socket")
