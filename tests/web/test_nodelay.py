"""Streamlit's own socket, bound the way its server binds it, and a connection through it."""

from __future__ import annotations

import socket

import pytest
from streamlit.web.server.starlette import starlette_server

from geo.web.server.streamlit_internals import send_at_once


def connection_sends_at_once() -> bool:
    server = starlette_server._bind_socket("127.0.0.1", 0, 5)
    server.setblocking(True)
    with server, socket.create_connection(server.getsockname(), timeout=10):
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
