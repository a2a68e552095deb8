"""Send at once: Streamlit's server holds the second part of every answer back for 40 ms.

Streamlit binds its socket without naming the protocol, and asyncio turns Nagle's algorithm off only for sockets that
name TCP. So the body of an answer, and each further message of a run, waits until the browser has acknowledged what
came before, which a browser puts off for 40 ms. Connections inherit the option from the socket that they come in by.
"""

from __future__ import annotations

import socket
from functools import wraps
from typing import Any

from streamlit.web.server.starlette import starlette_server

__all__ = ["send_at_once"]

_MARK = "geo_sends_at_once"


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
