"""Which names the server answers to: a page whose name is led here (DNS rebinding) gets nothing, not even a socket."""

from __future__ import annotations

import re
from typing import Any

import pytest
from asked import Asked
from starlette.responses import PlainTextResponse

from geo.errors import UsageError
from geo.web.server import middleware
from geo.web.server.hosts import ENVIRONMENT, AllowedHosts, allowed_hosts, named_hosts

DENIAL = {"websocket.http.response": {}}


async def _served(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
    else:
        await PlainTextResponse("served")(scope, receive, send)


def server(came_in_by: str = "127.0.0.1") -> Asked:
    return Asked(AllowedHosts(_served, allowed_hosts()), came_in_by=came_in_by)


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8501", "127.0.0.1:1", "[::1]:65535", "[::1]", "localhost.:80"]
)
def test_this_computer_is_allowed_on_any_port(host: str) -> None:
    assert server()("/", host=host).body == b"served"
    assert server().websocket("/", host=host) == [{"type": "websocket.accept"}]


OTHERS = [
    "evil.example",
    "evil.example:8501",
    "localhost.evil.example",
    "127.0.0.1.nip.io",
    "192.168.1.5",
    "[::2]",
    "0",
]
OTHERS += ["0.0.0.0", "127.0.0.2", "2130706433", "xn--fiq228c.example"]


@pytest.mark.parametrize("host", OTHERS)
def test_any_other_name_is_refused_in_both_languages(host: str) -> None:
    answer = server()("/", host=host)
    assert answer.status == 421
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    chinese, english = answer.body.decode().splitlines()
    assert "本服务器不以" in chinese
    assert "does not answer to the name" in english
    assert "geo app --host" in chinese
    assert "geo app --host" in english


@pytest.mark.parametrize(
    "host", ["", "a b", "a/b", "user@localhost", "localhost:x", "localhost:123456", "[::1", "<b>", "é", "a" * 4000]
)
def test_what_is_no_name_is_refused(host: str) -> None:
    assert server()("/", host=host).status == 400


def test_none_or_two_hosts_are_refused() -> None:
    asked = server()
    assert asked.with_headers("/", []).status == 400
    assert asked.with_headers("/", [(b"host", b"localhost"), (b"host", b"localhost")]).status == 400


def test_a_websocket_of_another_name_does_not_open() -> None:
    assert server().websocket("/", host="evil.example") == [{"type": "websocket.close", "code": 1008}]
    start, body = server().websocket("/", DENIAL, host="evil.example")
    assert (start["type"], start["status"]) == ("websocket.http.response.start", 421)
    assert b"evil.example" in body["body"]


def test_the_address_that_a_connection_came_in_by_is_allowed_but_no_name() -> None:
    assert server("192.168.1.5")("/", host="192.168.1.5:8501").status == 200
    assert server("::ffff:192.168.1.5")("/", host="192.168.1.5:8501").status == 200
    assert server("2001:db8::1")("/", host="[2001:DB8:0::1]").status == 200
    assert server("192.168.1.5")("/", host="192.168.1.6").status == 421
    assert server("testserver")("/", host="testserver").status == 421


def test_further_names_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENVIRONMENT, " map.example.org , 地图.example,10.0.0.7, fd00::1")
    asked = server()
    for host in (
        "map.example.org",
        "MAP.example.org:443",
        "xn--wcs7d.example",
        "10.0.0.7:80",
        "[fd00::1]",
        "localhost",
    ):
        assert asked("/", host=host).status == 200, host
    assert asked("/", host="other.example.org").status == 421


@pytest.mark.parametrize(
    "given", ["http://a.example", "a.example:80", "a.example/map", "*", "*.a.example", "a b", "[::1]:80"]
)
def test_what_cannot_be_a_host_is_named(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="give the name or address alone"):
        named_hosts([given])
    monkeypatch.setenv(ENVIRONMENT, given)
    with pytest.raises(UsageError, match=re.escape(repr(given))):
        middleware.middleware()


def test_it_stands_before_all_that_could_answer() -> None:
    stack = [one.cls.__name__ for one in middleware.middleware()]
    assert stack.index("AllowedHosts") < min(stack.index(name) for name in ("PackedAssets", "PageHead", "BasePath"))
