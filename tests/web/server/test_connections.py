"""Bounds on connections and sessions: who opens many and says nothing locks nobody out."""

from __future__ import annotations

import asyncio
import resource
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import apart
import pytest
import uvicorn
from asked import Asked
from starlette.responses import PlainTextResponse
from streamlit.web.server.starlette import starlette_server
from websockets.asyncio.client import connect

from bench.serving import PATIENCE_S
from geo.web.server import connections, middleware
from geo.web.server.connections import Gate, Sessions, bounds
from geo.web.server.streamlit_internals import server_settings


class Transport:
    """A connection that can be broken off."""

    aborted = False

    def abort(self) -> None:
        self.aborted = True


def let_in(gate: Gate, address: str = "") -> Any:
    made: Any = Transport()
    return made if gate.enter(made, address) else None


# --- the gate --------------------------------------------------------------------------------------------------------


def test_who_waited_longest_makes_room() -> None:
    gate = Gate(3, 3)
    first, second, third = (let_in(gate) for _ in range(3))
    gate.is_busy(first)
    assert let_in(gate)
    assert (first.aborted, second.aborted, third.aborted) == (False, True, False)
    gate.waits(first)  # its answer is sent: it waits since now
    assert let_in(gate)
    assert (first.aborted, third.aborted) == (False, True)
    assert len(gate) == 3


def test_where_all_are_busy_the_new_one_is_turned_away() -> None:
    gate = Gate(2, 2)
    held = [let_in(gate), let_in(gate)]
    for one in held:
        gate.is_busy(one)
    assert let_in(gate) is None
    assert not any(one.aborted for one in held)
    gate.leave(held[0])
    assert let_in(gate)


def test_one_address_has_a_bound_of_its_own() -> None:
    gate = Gate(100, 2)
    held = [let_in(gate, "198.51.100.1") for _ in range(50)]
    other = let_in(gate, "198.51.100.2")
    assert len(gate) == 3
    assert [one.aborted for one in held] == [True] * 48 + [False] * 2
    for one in held[-2:]:
        gate.is_busy(one)
    assert let_in(gate, "198.51.100.1") is None
    assert not other.aborted
    assert all(let_in(gate) for _ in range(20)), "a proxy speaks for many"


def test_what_has_left_is_forgotten() -> None:
    gate = Gate(5, 5)
    held = [let_in(gate, "198.51.100.1") for _ in range(5)]
    for one in held + held:
        gate.leave(one)
        gate.waits(one)
    assert (len(gate), len(gate._waiting), gate._of) == (0, 0, {})


@pytest.mark.parametrize(
    ("address", "many"),
    [("127.0.0.1", True), ("::1", True), ("", True), ("10.1.2.3", True), ("fd00::7", True), ("198.51.100.1", False)],
)
def test_this_computer_and_trusted_proxies_speak_for_many(address: str, many: bool) -> None:
    assert connections._speaks_for_many(address, ["127.0.0.1", " 10.1.0.0/16", "fd00::/64", "no address"]) is many
    assert connections._speaks_for_many(address, ["*"])


def test_bounds_leave_files_to_the_rest() -> None:
    for files in (256, 512, 1024, 4096, 65_536, 1 << 20):
        found = bounds(files)
        taken = found.connections + 3 * (found.sessions + 128)
        assert taken + 200 < files or files < 1024
        assert 0 < found.sessions_of_one <= found.sessions < found.connections
    assert bounds(1 << 20) == bounds(65_536)


def test_the_process_may_open_as_many_files_as_it_is_allowed_to() -> None:
    code = "from geo.web.server.connections import file_limit; print(file_limit(), file_limit())"
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    few = ["prlimit", f"--nofile=512:{hard if hard >= 0 else 'unlimited'}", sys.executable, "-c", code]
    done = subprocess.run(few, capture_output=True, text=True, timeout=PATIENCE_S, check=True)
    assert done.stdout.split() == [str(wanted)] * 2


# --- real connections ------------------------------------------------------------------------------------------------


async def _app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (await receive())["type"] == "websocket.receive":
            pass
    elif scope["path"] == "/wait":
        while (await receive())["type"] == "http.request":
            pass
    elif scope["path"] == "/much":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(4000):
            await send({"type": "http.response.body", "body": b"x" * 65_536, "more_body": True})
    else:
        await PlainTextResponse("served")(scope, receive, send)


_opened: list[asyncio.StreamWriter] = []
Visit = Callable[[int], Awaitable[Any]]


async def _served(visit: Visit) -> Any:
    settings = {"http": connections.Http, "ws": connections.Websocket, "lifespan": "off", "log_config": None}
    server = uvicorn.Server(uvicorn.Config(_app, host="127.0.0.1", port=0, **settings))  # type: ignore[arg-type]
    task = asyncio.create_task(server._serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        return await visit(server.servers[0].sockets[0].getsockname()[1])
    finally:
        while _opened:
            writer = _opened.pop()
            writer.transport.abort()
            with suppress(ConnectionError):
                await asyncio.wait_for(writer.wait_closed(), 5)
        server.should_exit = server.force_exit = True
        await task


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    made = Gate(5, 5)
    monkeypatch.setattr(connections, "_gate", lambda: made)
    return made


async def _open(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    _opened.append(writer)
    return reader, writer


async def _answer(port: int, path: str = "/") -> bytes:
    reader, writer = await _open(port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
    said = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    return said


async def _ended(reader: asyncio.StreamReader) -> bytes:
    """Return what still comes; an end by force is one too."""
    try:
        return await asyncio.wait_for(reader.read(), 15)
    except ConnectionResetError:
        return b""


def test_a_visitor_is_served_beside_many_who_say_nothing(gate: Gate) -> None:
    async def visit(port: int) -> Any:
        silent = [await _open(port) for _ in range(40)]
        said = [await _answer(port) for _ in range(10)]
        ended = [await _ended(reader) for reader, _ in silent[:30]]
        assert len(gate) <= 5
        return said, ended

    said, ended = apart.run(_served, visit)
    assert all(one.endswith(b"served") for one in said)
    assert ended == [b""] * 30


@pytest.mark.parametrize("said", [b"", b"GET / HT", b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"])
def test_who_does_not_ask_to_the_end_is_let_go(said: bytes, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "ASK_S", 0.2)

    async def visit(port: int) -> Any:
        reader, writer = await _open(port)

        async def drop_by_drop() -> None:
            while True:
                writer.write(said[:1])
                await asyncio.sleep(0.02)

        writer.write(said)
        drops = asyncio.create_task(drop_by_drop())
        await _ended(reader)
        drops.cancel()
        while len(gate):
            await asyncio.sleep(0.01)
        return reader.at_eof() or reader.exception()

    assert apart.run(_served, visit)


def test_who_waits_for_an_answer_is_not_hurried(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "ASK_S", 0.1)

    async def visit(port: int) -> Any:
        reader, writer = await _open(port)
        writer.write(b"POST /wait HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1), 0.5)
        for _ in range(8):
            await _open(port)
        return reader.at_eof()

    assert apart.run(_served, visit) is False


def test_who_does_not_read_is_let_go(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "READ_S", 0.2)

    async def visit(port: int) -> int:
        _, writer = await _open(port)
        writer.write(b"GET /much HTTP/1.1\r\nHost: a\r\n\r\n")
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        while not len(gate):
            await asyncio.sleep(0.01)
        while len(gate):
            await asyncio.sleep(0.01)
        return len(gate)

    assert apart.run(_served, visit) == 0


def test_when_all_are_busy_the_next_hears_so(gate: Gate) -> None:
    async def visit(port: int) -> bytes:
        sockets = [await connect(f"ws://127.0.0.1:{port}/", proxy=None) for _ in range(5)]
        said = await _answer(port)
        for one in sockets:
            await one.close()
        while len(gate):
            await asyncio.sleep(0.01)
        return said + await _answer(port)

    said = apart.run(_served, visit)
    assert said.startswith(b"HTTP/1.1 503 ")
    assert said.endswith(b"served")


def test_streamlits_server_gets_them(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = vars(starlette_server._get_uvicorn_config_kwargs).get(
        "__wrapped__", starlette_server._get_uvicorn_config_kwargs
    )
    monkeypatch.setattr(starlette_server, "_get_uvicorn_config_kwargs", plain)
    assert "http" not in starlette_server._get_uvicorn_config_kwargs()
    ours = {"http": connections.Http, "ws": connections.Websocket, "backlog": connections.QUEUE}
    assert server_settings(**ours)
    assert server_settings(**ours)
    found = starlette_server._get_uvicorn_config_kwargs()
    assert (found["http"], found["ws"], found["backlog"]) == (connections.Http, connections.Websocket, 128)
    assert uvicorn.Config("a:b", **found)
    monkeypatch.delattr(starlette_server, "_get_uvicorn_config_kwargs")
    assert not server_settings(**ours)


# --- sessions --------------------------------------------------------------------------------------------------------


def test_sessions_are_bounded_in_all_and_for_each_client() -> None:
    denial = {"websocket.http.response": {}}
    inside: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        inside.append(scope)
        if len(inside) < 4:  # a client that is here for as long as the next one tries
            await sessions({**scope, "client": clients[len(inside)]}, receive, send)

    sessions = Sessions(app, in_all=3, of_one=1)
    clients = [("", 0), ("198.51.100.1", 1), ("198.51.100.1", 2), ("198.51.100.3", 1)]
    asked = Asked(sessions)
    (start, body) = asked.websocket("/", denial)
    assert start["status"] == 503, "the second of one client"
    assert "Too many people" in body["body"].decode()
    assert "太多" in body["body"].decode()
    assert len(inside) == 2
    inside.clear()
    clients[2] = ("198.51.100.2", 2)
    (start, _) = asked.websocket("/", denial)
    assert (start["status"], len(inside)) == (503, 3), "the fourth in all"
    assert sessions._of.total() == 0
    inside.clear()
    assert asked.websocket("/") == [{"type": "websocket.close", "code": 1008}]


def test_the_app_bounds_its_sessions() -> None:
    (found,) = [one for one in middleware.middleware() if one.cls is Sessions]
    assert 8 <= found.kwargs["of_one"] < found.kwargs["in_all"] <= 300
