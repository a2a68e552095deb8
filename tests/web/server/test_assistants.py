"""`/mcp`: the official client over HTTP, the same answers as over standard input, and who may not ask."""

from __future__ import annotations

import io
import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import apart
import pytest
import uvicorn
from asked import Asked
from starlette.applications import Starlette
from starlette.middleware import Middleware

from geo.api.mcp import LONGEST_LINE, VERSIONS, Server
from geo.api.served_tools import served_tools
from geo.atlas.atlas import Atlas
from geo.web.server import assistants
from geo.web.server.hosts import AllowedHosts, allowed_hosts

PING = b'{"jsonrpc":"2.0","id":1,"method":"ping"}'


@pytest.fixture
def application(monkeypatch: pytest.MonkeyPatch) -> Starlette:
    monkeypatch.setenv(assistants.ENVIRONMENT, "1")
    layers = [Middleware(AllowedHosts, names=allowed_hosts()), Middleware(assistants.Assistants)]
    return Starlette(middleware=layers)


@pytest.fixture
def url(application: Starlette) -> Iterator[str]:
    """The address of a server in a thread, on a port that is free."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(application, log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}{assistants.PATH}"
        server.should_exit = True
        thread.join()


def test_the_official_client_asks_over_http(url: str, atlas: Atlas) -> None:
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    async def ask() -> Any:
        async with streamable_http_client(url) as (reading, writing), ClientSession(reading, writing) as session:
            about = await session.initialize()
            listed = await session.list_tools()
            place = await session.call_tool("place", {"place": "zhangjiang", "language": "en"})
            ranked = await session.call_tool("rank", {"measure": "ai_firms", "level": "layout"})
            picture = await session.call_tool("map_picture", {"kind": "town", "language": "en"})
            wrong = await session.call_tool("place", {"place": "nowhere_at_all"})
            return about, listed.tools, place, ranked, picture, wrong

    about, listed, place, ranked, picture, wrong = apart.run(ask)
    assert about.model_dump(by_alias=True)["serverInfo"]["name"] == "geo"
    tools = served_tools(atlas)
    assert [tool.name for tool in listed] == list(tools)
    assert len(listed) == 8
    found = json.loads(place.content[0].text)
    expected = tools["place"].answer(place="zhangjiang", language="en")
    assert found == json.loads(json.dumps(expected, default=dict))
    assert json.loads(ranked.content[0].text)["status"] == "refused"
    assert [one.type for one in picture.content] == ["text", "image"]
    assert wrong.model_dump(by_alias=True)["isError"] is True


def test_what_is_sent_is_what_standard_output_has(application: Starlette, atlas: Atlas) -> None:
    call = {"name": "place", "arguments": {"place": "zhangjiang"}}
    for asked in ({"method": "tools/call", "params": call}, {"method": "nothing"}):
        line, out = json.dumps({"jsonrpc": "2.0", "id": 1, **asked}), io.StringIO()
        Server(lambda: served_tools(atlas)).serve([line], out)
        answer = Asked(application)("/mcp", "POST", line.encode(), content_type="application/json")
        assert answer.body.decode() + "\n" == out.getvalue()


def test_it_is_closed_unless_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(assistants.ENVIRONMENT, raising=False)
    closed = Asked(Starlette(middleware=[Middleware(assistants.Assistants)]))
    assert closed("/mcp", "POST", PING, content_type="application/json").status == 404


@pytest.mark.parametrize(
    ("method", "body", "headers", "status"),
    [
        ("POST", PING, {}, 200),
        ("POST", PING, {"content_type": "application/json; charset=utf-8"}, 200),
        ("POST", PING, {"origin": "http://127.0.0.1"}, 200),
        ("POST", PING, {"mcp_protocol_version": VERSIONS[-1]}, 200),
        ("POST", b'{"jsonrpc":"2.0","method":"notifications/initialized"}', {}, 202),
        ("GET", b"", {}, 405),
        ("DELETE", b"", {}, 405),
        ("POST", PING, {"origin": "https://elsewhere.example"}, 403),
        ("POST", PING, {"origin": "null"}, 403),
        ("POST", PING, {"origin": "http://["}, 403),
        ("POST", PING, {"host": "elsewhere.example"}, 421),
        ("POST", PING, {"content_type": "text/plain"}, 415),
        ("POST", PING, {"mcp_protocol_version": "1999-01-01"}, 400),
        ("POST", b"{", {}, 400),
        ("POST", b"\xff\xfe", {}, 400),
        ("POST", b"[]", {}, 400),
        ("POST", b" " * (LONGEST_LINE + 1), {}, 413),
    ],
)
def test_who_may_ask_and_how(
    application: Starlette, method: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    answer = Asked(application)("/mcp", method, body, **{"content_type": "application/json", **headers})
    assert answer.status == status, answer.body
    if status == 200:
        assert json.loads(answer.body) == {"jsonrpc": "2.0", "id": 1, "result": {}}
    if status == 202:
        assert answer.body == b""
    if status == 405:
        assert answer.headers["allow"] == "POST"
    assert "access-control-allow-origin" not in answer.headers
